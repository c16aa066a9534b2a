//! What happened on the cloud's side, the newest first.

use yew::prelude::*;

use super::ask::ask;
use super::origin_ms;
use crate::app::Console;
use crate::components::when::{clock, grouped};
use crate::markup::html;
use crate::protocol::cloud::{Ask, Event as Told, View};
use crate::state::cloud::{Source, Task};
use crate::words::cloud::{Cloud, event as name_of};

/// Draws it.
pub(super) fn view(console: &Console, view: &View, source: Source) -> Html {
    let words = console.state().words();
    let origin = origin_ms(console, source).unwrap_or_default();
    let clear = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| ask(&console, Task::Events, Ask::ClearEvents))
    };
    html! {
        <section class="events" aria-labelledby="events-title">
            <div class="bar">
                <h3 id="events-title">{ words.cloud.events }</h3>
                <dl class="counts">
                    <div><dt>{ words.common.held }</dt><dd id="events-held">{ grouped(view.events.len() as u64) }</dd></div>
                    <div><dt>{ words.cloud.events_dropped }</dt><dd id="events-dropped">{ grouped(view.events_dropped) }</dd></div>
                </dl>
                <button type="button" class="plain" id="clear-events" disabled={view.events.is_empty()} onclick={clear}>
                    { words.cloud.clear }
                </button>
            </div>
            if view.events.is_empty() {
                <div class="empty">
                    <p class="title">{ words.cloud.no_events }</p>
                    <p>{ words.cloud.no_events_hint }</p>
                </div>
            } else {
                <ol class="told" id="events" reversed=true tabindex="0" aria-labelledby="events-title">
                    { for view.events.iter().map(|event| row(console, event, origin)) }
                </ol>
            }
        </section>
    }
}

fn row(console: &Console, event: &Told, origin: f64) -> Html {
    let (lang, words) = (console.state().lang, console.state().words().cloud);
    let name = name_of(lang, &event.name).to_owned();
    html! {
        <li key={event.number} data-event={event.name.clone()}>
            <time>{ clock(origin + event.at_ms, true) }</time>
            <span class={classes!("name", tone(&event.name))}>{ name }</span>
            <span class="of">{ event.device_name.clone() }</span>
            <span class="what">{ what(event, words) }</span>
        </li>
    }
}

fn tone(name: &str) -> Option<&'static str> {
    match name {
        "connected" | "authenticated" => Some("good"),
        "refused" | "auth_refused" | "subscribe_refused" | "handshake_failed" | "dropped"
        | "events_dropped" => Some("bad"),
        _ => None,
    }
}

fn what(event: &Told, words: &Cloud) -> Html {
    let code = event.connack.map(|code| format!("CONNACK {code}"));
    let auth = event.auth_code.map(|code| format!("HTTPS {code}"));
    let keep_alive = event
        .keep_alive
        .map(|seconds| format!("{} {seconds} s", words.keep_alive));
    let kept = event.session_present == Some(true);
    let kept = kept.then(|| words.session_kept.to_owned());
    let qos = event.qos.map(|qos| format!("QoS {qos}"));
    let lost = (event.routed == Some(false)).then(|| words.not_routed.to_owned());
    let count = event.count.map(grouped);
    let facts = [code, auth, keep_alive, kept, qos, lost, count];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    let name = event.topic.as_ref().or(event.filter.as_ref());
    let name = name.or(event.client_id.as_ref());
    let reason = event.reason.as_ref().or(event.what.as_ref());
    html! {
        <>
            if let Some(name) = name {
                <code>{ name }</code>
            }
            if !facts.is_empty() {
                <span class="soft">{ facts.join(" · ") }</span>
            }
            if let Some(reason) = reason {
                <span lang="en">{ reason }</span>
            }
        </>
    }
}
