//! Publishing, and what became of what was published.

use tern_core::explain::InWords;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use tern_core::topic::TopicName;

use super::subscribe::not_connected;
use super::{TextLine, keeping, qos, repeat, segments};
use crate::app::Console;
use crate::components::when::{grouped, time_of_day};
use crate::markup::html;
use crate::payload::typed::Notation;
use crate::protocol::{Command, Fate, Sent, Task};
use crate::state::State;
use crate::state::messages::Action;
use crate::words::Lang;

/// How many publishes are listed.
const LISTED: usize = 5;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let topic_error = topic_error(state);
    let payload_error = state.messages.bytes().err();
    let connected = now.link.is_connected();
    let onsubmit = {
        let console = console.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            publish(&console);
        })
    };
    let line = TextLine {
        id: "topic",
        value: state.topic(),
        name: None,
        error: topic_error.is_some().then_some("topic-error"),
        searches: false,
        typed: console.acts(Action::TypeTopic),
    };
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
                    { line.view() }
                    if let Some(error) = topic_error {
                        <p class="error" id="topic-error" role="alert">{ error }</p>
                    }
                </div>
                <div class="field">
                    <label for="payload">{ words.common.payload }</label>
                    <textarea
                        id="payload"
                        class="mono"
                        rows="5"
                        spellcheck="false"
                        value={state.messages.payload.clone()}
                        aria-invalid={payload_error.is_some().then_some("true")}
                        aria-describedby={payload_error.is_some().then_some("payload-error")}
                        oninput={on_payload}
                    />
                    if let Some(error) = payload_error {
                        <p class="error" id="payload-error" role="alert">{ error.say(state.lang) }</p>
                    }
                </div>
                { notations(console) }
                <div class="line">
                    { qos("publish-qos", state.messages.publish_qos, console.acts(Action::PublishQos)) }
                    <button
                        type="submit"
                        class="primary"
                        id="publish"
                        disabled={!connected || payload_error.is_some()}
                    >
                        { words.messages.publish }
                    </button>
                </div>
                { not_connected(connected, words) }
            </form>
            { repeat::view(console) }
            if !now.outbox.is_empty() {
                <h3>{ words.messages.published }</h3>
                <ul class="entries" id="published">
                    { for now.outbox.iter().take(LISTED).map(|sent| html! {
                        <li data-fate={fate_name(&sent.fate)} data-at={sent.at_ms.to_string()}>
                            <code title={sent.topic.clone()}>{ &sent.topic }</code>
                            <span class="fate">
                                { time_of_day(&state.worker, sent.at_ms) }
                                { format!(" · QoS {} · {} B · ", sent.qos, grouped(sent.size as u64)) }
                                { fate(sent, state.lang) }
                            </span>
                        </li>
                    }) }
                </ul>
            }
        </section>
    }
}

fn publish(console: &Console) {
    let state = console.state();
    // The button is not to be pressed as long as the payload is none.
    let Ok(bytes) = state.messages.bytes() else {
        return;
    };
    let (topic, qos) = (state.topic(), state.messages.publish_qos);
    let publication = state.messages.publication(topic.clone());
    console.send.emit((Command::Publish { topic, qos }, bytes));
    keeping::remember(console, publication);
}

fn topic_error(state: &State) -> Option<String> {
    let lang = state.lang.core();
    let topic = state.topic();
    let fault = TopicName::new(&topic).err().filter(|_| !topic.is_empty());
    let problem = state.now().problem.as_ref();
    let problem = problem.filter(|problem| problem.of == Task::Publish);
    fault
        .map(|fault| fault.in_words(lang))
        .or_else(|| problem.map(|problem| problem.said.in_words(lang)))
}

fn notations(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let choices = Notation::ALL.map(|notation| {
        let label = match notation {
            Notation::Text => words.text,
            Notation::Json => "JSON",
            Notation::Hex => "Hex",
            Notation::Base64 => "base64",
        };
        let act = console.acts(move |_: Event| Action::Notation(notation));
        let chosen = state.messages.notation == notation;
        (notation.name().to_owned(), label.to_owned(), chosen, act)
    });
    html! {
        <div class="field">
            <span class="label" id="typed-as">{ words.typed_as }</span>
            { segments("notation", "typed-as", choices) }
        </div>
    }
}

fn fate_name(fate: &Fate) -> &'static str {
    match fate {
        Fate::Waiting => "waiting",
        Fate::Done { .. } => "done",
        Fate::Failed(_) => "failed",
    }
}

fn fate(sent: &Sent, lang: Lang) -> String {
    let words = lang.words();
    match &sent.fate {
        Fate::Waiting => words.common.waiting.to_owned(),
        Fate::Done { .. } if sent.qos == 0 => words.common.sent.to_owned(),
        Fate::Done { after_ms } if *after_ms < 0.1 => words.common.acknowledged.to_owned(),
        Fate::Done { after_ms } if *after_ms < 10.0 => {
            format!("{} {after_ms:.1} ms", words.common.acknowledged)
        }
        Fate::Done { after_ms } => format!("{} {after_ms:.0} ms", words.common.acknowledged),
        Fate::Failed(said) => format!("{}: {}", words.common.failed, said.in_words(lang.core())),
    }
}
