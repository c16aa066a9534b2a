//! The place where everything that went over the wire is listed.

mod filter;
mod packet;

use yew::prelude::*;

use super::inspector;
use super::list::List;
use super::when::grouped;
use crate::app::Console;
use crate::markup::html;
use crate::protocol::{Command, Count};
use crate::state::timeline::Action;
use crate::words::Words;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let ever = now.packets.held + now.packets.evicted;
    let shown = now.timeline.as_ref();
    let rows = shown.map(|shown| &shown.rows);
    let clear = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| console.tell(Command::Clear))
    };
    html! {
        <section class="timeline" aria-labelledby="timeline-title">
            <div class="bar">
                <h2 id="timeline-title">{ words.places.timeline }</h2>
                <dl class="counts">
                    { count("held", words.common.held, grouped(now.packets.held)) }
                    { count("evicted", words.common.evicted, grouped(now.packets.evicted)) }
                    { count("up", words.timeline.up, sum(now.up)) }
                    { count("down", words.timeline.down, sum(now.down)) }
                </dl>
                { pause(console, words) }
                <button type="button" class="plain" disabled={ever == 0} onclick={clear}>
                    { words.timeline.clear }
                </button>
            </div>
            if ever == 0 {
                <div class="empty tall">
                    <p class="title">{ words.timeline.no_packets }</p>
                    <p>{ words.timeline.no_packets_hint }</p>
                    <p><a href="#connect">{ words.common.do_connect }</a></p>
                </div>
            } else {
                { filter::view(console) }
                <div class="beside-inspector">
                    if let Some(rows) = rows {
                        if rows.held + rows.evicted == 0 {
                            <div class="empty tall">
                                <p class="title">{ words.timeline.none_pass }</p>
                                <p>{ words.timeline.none_pass_hint }</p>
                            </div>
                        } else {
                            <List
                                label={words.places.timeline}
                                name="packet-list"
                                evicted={rows.evicted}
                                held={rows.held}
                                first={rows.first}
                                newest={words.common.newest}
                                head={columns(words)}
                                on_span={console.acts(Action::Look)}
                            >
                                { for rows.rows.iter().enumerate().map(|(place, row)| packet::view(console, place, row)) }
                            </List>
                        }
                    }
                    { inspector::view(console) }
                </div>
            }
        </section>
    }
}

/// Stops the list where it is; nothing is lost meanwhile.
fn pause(console: &Console, words: &Words) -> Html {
    let timeline = &console.state().timeline;
    let shown = console.state().now().timeline.as_ref();
    let paused = timeline.watch.until.is_some();
    let end = shown.map_or(0, |shown| shown.end);
    let behind = shown.map_or(0, |shown| shown.behind);
    html! {
        <>
            if paused {
                <p class="paused" role="status">
                    { words.timeline.paused }{ " · " }<b id="behind">{ grouped(behind) }</b>{ " " }{ words.timeline.behind }
                </p>
            }
            <button
                type="button"
                id="pause"
                class={if paused { "primary" } else { "plain" }}
                aria-pressed={paused.to_string()}
                onclick={console.acts(move |_: MouseEvent| Action::Pause((!paused).then_some(end)))}
            >
                { if paused { words.timeline.go_on } else { words.timeline.pause } }
            </button>
        </>
    }
}

fn columns(words: &Words) -> Html {
    html! {
        <div class="columns packet" aria-hidden="true">
            <span>{ words.common.time }</span>
            <span></span>
            <span>{ words.timeline.kind }</span>
            <span>{ words.timeline.details }</span>
            <span>{ words.common.packet_id }</span>
            <span>{ words.timeline.round_trip }</span>
            <span>{ words.timeline.frame }</span>
            <span>{ words.common.size }</span>
        </div>
    }
}

fn count(id: &'static str, name: &str, value: String) -> Html {
    html! {
        <div>
            <dt>{ name }</dt>
            <dd id={format!("count-{id}")}>{ value }</dd>
        </div>
    }
}

fn sum(count: Count) -> String {
    format!("{} · {} B", grouped(count.packets), grouped(count.bytes))
}
