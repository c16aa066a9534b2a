//! The messages received.

use yew::prelude::*;

use super::list::List;
use super::payload::{Shown, read};
use super::when::{grouped, time_of_day};
use crate::app::Console;
use crate::protocol::{Detail, Row};
use crate::state::Action;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let rows = &state.now().messages;
    let ever = rows.held + rows.evicted;
    html! {
        <section class="received" aria-labelledby="received-title">
            <div class="bar">
                <h2 id="received-title">{ words.received }</h2>
                <dl class="counts">
                    <div><dt>{ words.held }</dt><dd id="messages-held">{ grouped(rows.held) }</dd></div>
                    <div><dt>{ words.evicted }</dt><dd>{ grouped(rows.evicted) }</dd></div>
                </dl>
            </div>
            if ever == 0 {
                <div class="empty tall">
                    <p class="title">{ words.no_messages }</p>
                    <p>{ words.no_messages_hint }</p>
                </div>
            } else {
                <List
                    label={words.received}
                    name="message-list"
                    evicted={rows.evicted}
                    held={rows.held}
                    first={rows.first}
                    newest={words.newest}
                    on_span={console.acts(Action::LookAtMessages)}
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
    let chosen = state.watch.chosen == Some(index);
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
                onclick={console.acts(move |_: MouseEvent| Action::Choose((!chosen).then_some(index)))}
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
