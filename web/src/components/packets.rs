//! The place where everything that went over the wire is listed.

use yew::prelude::*;

use super::list::List;
use super::packet;
use super::when::grouped;
use crate::app::Console;
use crate::protocol::{Command, Count};
use crate::state::Action;
use crate::words::Words;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let rows = &now.packets;
    let clear = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| console.tell(Command::Clear))
    };
    let ever = now.up.packets + now.down.packets;
    html! {
        <section class="packets" aria-labelledby="packets-title">
            <div class="bar">
                <h2 id="packets-title">{ words.packets }</h2>
                <dl class="counts">
                    { count("held", words.held, grouped(rows.held)) }
                    { count("evicted", words.evicted, grouped(rows.evicted)) }
                    { count("up", words.up, sum(now.up)) }
                    { count("down", words.down, sum(now.down)) }
                </dl>
                <button type="button" class="plain" disabled={ever == 0} onclick={clear}>{ words.clear }</button>
            </div>
            if ever == 0 {
                <div class="empty tall">
                    <p class="title">{ words.no_packets }</p>
                    <p>{ words.no_packets_hint }</p>
                    <p><a href="#connect">{ words.do_connect }</a></p>
                </div>
            } else {
                <List
                    label={words.packets}
                    name="packet-list"
                    evicted={rows.evicted}
                    held={rows.held}
                    first={rows.first}
                    newest={words.newest}
                    head={columns(words)}
                    on_span={console.acts(Action::LookAtPackets)}
                >
                    { for rows.rows.iter().map(|row| packet::view(state, row)) }
                </List>
            }
        </section>
    }
}

fn columns(words: &Words) -> Html {
    html! {
        <div class="columns packet" aria-hidden="true">
            <span>{ words.time }</span>
            <span></span>
            <span>{ words.kind }</span>
            <span>{ words.details }</span>
            <span>{ words.packet_id }</span>
            <span>{ words.size }</span>
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
