//! The messages received: all, those of a branch, those with a text.

use yew::prelude::*;

use super::TextLine;
use crate::app::Console;
use crate::components::list::List;
use crate::components::when::{grouped, time_of_day};
use crate::markup::html;
use crate::payload::hex::spaced;
use crate::protocol::{Detail, Row};
use crate::state::messages::Action;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let kept = state.now().messages;
    let ever = kept.held + kept.evicted;
    let rows = state.now().inbox.as_ref().map(|inbox| &inbox.rows);
    let passing = rows.map_or(0, |rows| rows.held + rows.evicted);
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
                { search(console, passing) }
                if let Some(rows) = rows {
                    if passing == 0 {
                        <div class="empty tall" id="none-found">
                            <p class="title">{ words.messages.none_found }</p>
                            <p>{ words.messages.none_found_hint }</p>
                        </div>
                    } else {
                        <List
                            label={words.messages.received}
                            name="message-list"
                            evicted={rows.evicted}
                            held={rows.held}
                            first={rows.first}
                            newest={words.common.newest}
                            on_span={console.acts(Action::Look)}
                        >
                            { for rows.rows.iter().enumerate().map(|(place, row)| message(console, place, row)) }
                        </List>
                    }
                }
            }
        </section>
    }
}

fn search(console: &Console, passing: u64) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let watch = &state.messages.watch;
    let is_narrowed = watch.branch.is_some() || !watch.text.is_empty();
    let all_again = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            console.act(Action::Branch(None));
            console.act(Action::Search(String::new()));
        })
    };
    let line = TextLine {
        id: "message-search",
        value: watch.text.clone(),
        name: Some(words.search),
        error: None,
        searches: true,
        typed: console.acts(Action::Search),
    };
    html! {
        <div class="search" role="search">
            { line.view() }
            if is_narrowed {
                <p class="narrowed">
                    if let Some(branch) = &watch.branch {
                        <code id="branch">{ if branch.is_empty() { "/" } else { branch.as_str() } }</code>
                    }
                    <span class="hint" id="found" role="status">{ grouped(passing) }{ " " }{ words.found }</span>
                    <button type="button" class="quiet" onclick={all_again}>{ words.all_again }</button>
                </p>
            }
        </div>
    }
}

fn message(console: &Console, place: usize, row: &Row) -> Html {
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
    let chosen = state.messages.watch.chosen == Some(index);
    let bytes = state.seen.bytes.get(payload.clone()).unwrap_or_default();
    html! {
        <div key={state.messages.keys.key(place)} class="message" role="listitem">
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
                if bytes.is_empty() {
                    <span class="preview nothing">{ state.words().messages.empty }</span>
                } else {
                    <span class="preview">{ preview(bytes, payload.len() < *payload_size) }</span>
                }
            </button>
        </div>
    }
}

/// Text where it is text, hex where it is not. `cut` says that these are only its first bytes, so that
/// the last character may be half.
fn preview(bytes: &[u8], cut: bool) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) if cut && error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            String::from_utf8_lossy(whole).into_owned()
        }
        Err(_) => spaced(bytes),
    }
}
