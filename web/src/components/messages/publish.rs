//! Publishing, and what became of what was published.

use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use tern_core::topic::TopicName;

use super::qos;
use super::subscribe::not_connected;
use crate::app::Console;
use crate::components::field::input_text;
use crate::components::when::{grouped, time_of_day};
use crate::protocol::{Command, Fate, Sent, Task};
use crate::state::messages::Action;
use crate::words::Words;

/// How many publishes are listed.
const LISTED: usize = 8;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let topic = state.topic();
    let fault = TopicName::new(&topic).err().filter(|_| !topic.is_empty());
    let problem = now
        .problem
        .as_ref()
        .filter(|problem| problem.of == Task::Publish);
    let error = fault
        .map(|fault| fault.to_string())
        .or_else(|| problem.map(|p| p.text.clone()));
    let connected = now.link.is_connected();
    let onsubmit = {
        let (console, topic) = (console.clone(), topic.clone());
        let (qos, payload) = (state.messages.publish_qos, state.messages.payload.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let command = Command::Publish {
                topic: topic.clone(),
                qos,
            };
            console.send.emit((command, payload.clone().into_bytes()));
        })
    };
    let oninput = console.acts(|event: InputEvent| Action::TypeTopic(input_text(&event)));
    let on_payload = console.acts(|event: InputEvent| {
        let area = event.target().and_then(|target| target.dyn_into().ok());
        Action::TypePayload(area.map_or_else(String::new, |area: HtmlTextAreaElement| area.value()))
    });
    html! {
        <section aria-labelledby="publish-title">
            <h2 id="publish-title">{ words.messages.publish }</h2>
            <form {onsubmit} novalidate=true>
                <div class="field">
                    <label for="topic">{ words.common.topic }</label>
                    <input
                        id="topic"
                        class="mono"
                        value={topic}
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid={error.is_some().then_some("true")}
                        aria-describedby={error.is_some().then_some("topic-error")}
                        {oninput}
                    />
                    if let Some(error) = error {
                        <p class="error" id="topic-error" role="alert">{ error }</p>
                    }
                </div>
                <div class="field">
                    <label for="payload">{ words.common.payload }</label>
                    <textarea
                        id="payload"
                        class="mono"
                        rows="4"
                        spellcheck="false"
                        value={state.messages.payload.clone()}
                        oninput={on_payload}
                    />
                </div>
                <div class="line">
                    { qos("publish-qos", state.messages.publish_qos, console.acts(Action::PublishQos)) }
                    <button type="submit" class="primary" id="publish" disabled={!connected}>{ words.messages.publish }</button>
                </div>
                { not_connected(connected, words) }
            </form>
            if !now.outbox.is_empty() {
                <h3>{ words.messages.published }</h3>
                <ul class="entries" id="published">
                    { for now.outbox.iter().take(LISTED).map(|sent| html! {
                        <li data-fate={fate_name(&sent.fate)}>
                            <code>{ &sent.topic }</code>
                            <span class="fate">
                                { time_of_day(&state.worker, sent.at_ms) }
                                { format!(" · QoS {} · {} B · ", sent.qos, grouped(sent.size as u64)) }
                                { fate(sent, words) }
                            </span>
                        </li>
                    }) }
                </ul>
            }
        </section>
    }
}

fn fate_name(fate: &Fate) -> &'static str {
    match fate {
        Fate::Waiting => "waiting",
        Fate::Done { .. } => "done",
        Fate::Failed(_) => "failed",
    }
}

fn fate(sent: &Sent, words: &Words) -> String {
    match &sent.fate {
        Fate::Waiting => words.common.waiting.to_owned(),
        Fate::Done { .. } if sent.qos == 0 => words.common.sent.to_owned(),
        Fate::Done { after_ms } if *after_ms < 0.1 => words.common.acknowledged.to_owned(),
        Fate::Done { after_ms } if *after_ms < 10.0 => {
            format!("{} {after_ms:.1} ms", words.common.acknowledged)
        }
        Fate::Done { after_ms } => format!("{} {after_ms:.0} ms", words.common.acknowledged),
        Fate::Failed(reason) => format!("{}: {reason}", words.common.failed),
    }
}
