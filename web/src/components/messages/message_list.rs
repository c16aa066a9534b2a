//! The messages received.

use yew::prelude::*;

use super::payload::{Shown, read};
use crate::app::Console;
use crate::components::list::List;
use crate::components::when::{grouped, time_of_day};
use crate::protocol::messages::Watch;
use crate::protocol::{Detail, Row};
use crate::state::messages::Action;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let kept = state.now().messages;
    let ever = kept.held + kept.evicted;
    let rows = state
        .now()
        .inbox
        .as_ref()
        .map(|inbox| inbox.rows.clone())
        .unwrap_or_default();
    let watch = state.messages.watch.clone();
    html! {
        <section class="received" aria-labelledby="received-title">
            <div class="bar">
                <h2 id="received-title">{ words.messages.received }</h2>
                <dl class="counts">
                    <div><dt>{ words.common.held }</dt><dd id="messages-held">{ grouped(kept.held) }</dd></div>
                    <div><dt>{ words.common.evicted }</dt><dd>{ grouped(kept.evicted) }</dd></div>
                </dl>
            </div>
            if ever == 0 {
                <div class="empty tall">
                    <p class="title">{ words.messages.no_messages }</p>
                    <p>{ words.messages.no_messages_hint }</p>
                </div>
            } else {
                <List
                    label={words.messages.received}
                    name="message-list"
                    evicted={rows.evicted}
                    held={rows.held}
                    first={rows.first}
                    newest={words.common.newest}
                    on_span={console.acts(move |span| Action::Look(Watch { span, ..watch.clone() }))}
                >
                    { for rows.rows.iter().map(|row| message(console, row)) }
                </List>
            }
        </section>
    }
}

fn message(console: &Console, row: &Row) -> Html {
    let Detail::Publish {
        topic,
        qos,
        dup,
        retain,
        payload,
        payload_size,
    } = &row.detail
    else {
        return Html::default();
    };
    let state = console.state();
    let index = row.index;
    let watch = state.messages.watch.clone();
    let chosen = state.messages.watch.chosen == Some(index);
    let bytes = state.seen.bytes.get(payload.clone()).unwrap_or_default();
    let shown = match read(bytes, payload.len() < *payload_size) {
        Shown::Text(text) => html! { <span class="preview">{ text }</span> },
        Shown::Hex(hex) => html! { <span class="preview hex">{ hex }</span> },
    };
    html! {
        <div key={index} class="message" role="listitem">
            <button
                type="button"
                aria-pressed={chosen.to_string()}
                onclick={console.acts(move |_: MouseEvent| Action::Look(Watch {
                    chosen: (!chosen).then_some(index),
                    ..watch.clone()
                }))}
            >
                <span class="head">
                    <time>{ time_of_day(&state.worker, row.at_ms) }</time>
                    <code class="topic">{ topic }</code>
                    <span class="flag">{ format!("QoS {qos}") }</span>
                    if *dup {
                        <span class="flag">{ "DUP" }</span>
                    }
                    if *retain {
                        <span class="flag">{ "RETAIN" }</span>
                    }
                    <span class="flag">{ format!("{} B", grouped(*payload_size as u64)) }</span>
                </span>
                { shown }
            </button>
        </div>
    }
}
