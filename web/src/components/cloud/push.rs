//! Messages from the cloud's side to a device.

use tern_core::explain::InWords;
use tern_platform::{DeviceAddress, DeviceView};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::ask::{ask, problem_of, send};
use super::choose::choice;
use super::own;
use crate::app::Console;
use crate::components::field::{focus, input_text};
use crate::components::messages::qos;
use crate::components::when::grouped;
use crate::markup::html;
use crate::protocol::cloud::{Ask, Done, Tally, View};
use crate::state::cloud::{Action, PushFault, Task};
use crate::words::Lang;
use crate::words::cloud::Cloud;

/// Draws it.
pub(super) fn view(console: &Console, view: &View) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let to = state.cloud.push_to(view, own(console));
    html! {
        <section class="push" aria-labelledby="push-title">
            <h2 id="push-title">{ words.push }</h2>
            if let Some(to) = to {
                { form(console, view, to) }
            } else {
                <p class="hint">{ words.first_a_device }</p>
            }
        </section>
    }
}

fn form(console: &Console, view: &View, to: DeviceAddress) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let pushing = &state.cloud.pushing;
    let (topic, order) = (pushing.topic(&to), pushing.read(&to));
    let faults = order.as_ref().err().cloned().unwrap_or_default();
    let waits = state.cloud.asked.waits(Task::Push);
    let onsubmit = {
        let console = console.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match &order {
                Ok(push) => ask(&console, Task::Push, Ask::Push(push.clone())),
                Err(faults) => focus(faults.first().map_or("push-topic", id)),
            }
        })
    };
    let on_topic = console.acts(|event: InputEvent| Action::PushTopic(input_text(&event)));
    let on_count = console.acts(|event: InputEvent| Action::PushCount(input_text(&event)));
    let on_payload = console.acts(|event: InputEvent| {
        let area = event.target().and_then(|target| target.dyn_into().ok());
        Action::PushPayload(area.map_or_else(String::new, |area: HtmlTextAreaElement| area.value()))
    });
    let error = |of: &'static str| {
        let fault = faults.iter().find(|fault| id(fault) == of);
        let text = fault.map(|fault| rule(fault, &to, state.lang));
        html! {
            if let Some(text) = text {
                <p class="error" id={format!("{of}-error")} role="alert">{ text }</p>
            }
        }
    };
    let invalid = |of: &str| faults.iter().any(|fault| id(fault) == of).then_some("true");
    let described = |of: &str| invalid(of).map(|_| format!("{of}-error"));
    let stop = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            send(&console, Ask::StopPush);
        })
    };
    html! {
        <form {onsubmit} novalidate=true>
            { device(console, view, &to) }
            <div class="field">
                <label for="push-topic">{ state.words().common.topic }</label>
                <input
                    id="push-topic"
                    class="mono"
                    value={topic}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid={invalid("push-topic")}
                    aria-describedby={described("push-topic")}
                    oninput={on_topic}
                />
                { error("push-topic") }
            </div>
            <div class="field">
                <label for="push-payload">{ state.words().common.payload }</label>
                <textarea
                    id="push-payload"
                    class="mono"
                    rows="3"
                    spellcheck="false"
                    value={pushing.payload.clone()}
                    aria-invalid={invalid("push-payload")}
                    aria-describedby={described("push-payload")}
                    oninput={on_payload}
                />
                { error("push-payload") }
            </div>
            <div class="line">
                { qos("push-qos", pushing.qos, console.acts(Action::PushQos)) }
                <div class="field count">
                    <label for="push-count">{ words.count }</label>
                    <input
                        id="push-count"
                        class="mono"
                        inputmode="numeric"
                        autocomplete="off"
                        value={pushing.count.clone()}
                        aria-invalid={invalid("push-count")}
                        aria-describedby={described("push-count")}
                        oninput={on_count}
                    />
                </div>
                if waits {
                    <button type="button" class="plain" id="stop-push" onclick={stop}>{ words.stop }</button>
                } else {
                    <button type="submit" class="primary" id="push">{ words.do_push }</button>
                }
            </div>
            { error("push-count") }
            { problem_of(console, Task::Push) }
            { outcome(console) }
        </form>
    }
}

fn device(console: &Console, view: &View, to: &DeviceAddress) -> Html {
    let words = console.state().words().cloud;
    let addresses: Vec<_> = view.devices.iter().filter_map(address).collect();
    let chosen = addresses.iter().position(|device| device == to);
    let names = addresses.iter().map(DeviceAddress::to_string).collect();
    let act = console.clone();
    let chooses = Callback::from(move |place: usize| {
        if let Some(device) = addresses.get(place) {
            act.act(Action::PushTo(device.clone()));
        }
    });
    choice(
        "push-to",
        words.to_device,
        names,
        chosen.unwrap_or_default(),
        chooses,
    )
}

/// Which device a row is about.
pub(super) fn address(device: &DeviceView) -> Option<DeviceAddress> {
    DeviceAddress::new(&device.product_key, &device.device_name).ok()
}

/// The id of the field that a fault is in.
fn id(fault: &PushFault) -> &'static str {
    match fault {
        PushFault::Topic(_) | PushFault::NotItsTopic => "push-topic",
        PushFault::Payload(_) => "push-payload",
        PushFault::Count => "push-count",
    }
}

fn rule(fault: &PushFault, to: &DeviceAddress, lang: Lang) -> String {
    let words = lang.words().cloud;
    match fault {
        PushFault::Topic(error) => format!("{} {}", words.no_topic, error.in_words(lang.core())),
        PushFault::NotItsTopic => format!("{} /{to}/", words.not_its_topic),
        PushFault::Payload(len) => format!("{} {}", words.too_large, grouped(*len as u64)),
        PushFault::Count => words.bad_count.to_owned(),
    }
}

fn outcome(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let asked = &state.cloud.asked;
    let waits = asked.waits(Task::Push);
    let text = match asked.outcome(Task::Push) {
        _ if waits => words.pushing.to_owned(),
        Some(Ok(Done::Pushed(tally))) => told(tally, words),
        Some(Ok(Done::Done)) => words.stopped.to_owned(),
        _ => return Html::default(),
    };
    html! { <p class="tally" id="pushed" role="status" aria-busy={waits.then_some("true")}>{ text }</p> }
}

/// `Pushed 3: 2 on their way, 1 queued`.
fn told(tally: &Tally, words: &Cloud) -> String {
    let parts = [
        (tally.routed, words.routed),
        (tally.queued, words.was_queued),
        (tally.not_subscribed, words.not_subscribed),
        (tally.offline, words.was_offline),
        (tally.dropped, words.was_dropped),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    format!(
        "{} {}: {}",
        words.pushed,
        grouped(tally.pushed),
        parts.join(" · ")
    )
}
