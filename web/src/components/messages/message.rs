//! One message, whole.

use yew::prelude::*;

use super::payload::{Shown, pretty, read};
use crate::app::Console;
use crate::components::when::{grouped, time_of_day};
use crate::protocol::messages::Watch;
use crate::protocol::{Chosen, Detail};
use crate::state::State;
use crate::state::messages::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let Some(index) = state.messages.watch.chosen else {
        return Html::default();
    };
    let inbox = state.now().inbox.as_ref();
    let chosen = inbox
        .and_then(|inbox| inbox.chosen.as_ref())
        .filter(|chosen| chosen.row.index == index);
    let is_gone = index < state.now().packets.evicted;
    let close = {
        let watch = state.messages.watch.clone();
        console.acts(move |_: MouseEvent| {
            Action::Look(Watch {
                chosen: None,
                ..watch.clone()
            })
        })
    };
    html! {
        <section class="whole" aria-labelledby="whole-title">
            <div class="bar">
                <h2 id="whole-title">{ words.messages.message }</h2>
                <button type="button" class="quiet" onclick={close}>{ words.common.close }</button>
            </div>
            if let Some(chosen) = chosen {
                { whole(state, chosen, words) }
            } else if is_gone {
                <p class="hint">{ words.messages.gone }</p>
            }
        </section>
    }
}

fn whole(state: &State, chosen: &Chosen, words: &Words) -> Html {
    let Detail::Publish {
        topic,
        qos,
        dup,
        retain,
        payload,
        payload_size,
    } = &chosen.row.detail
    else {
        return Html::default();
    };
    let bytes = state.seen.bytes.get(payload.clone()).unwrap_or_default();
    let (text, hex) = match read(bytes, false) {
        Shown::Text(text) => (pretty(&text), false),
        Shown::Hex(text) => (text, true),
    };
    html! {
        <>
            <dl class="facts">
                <dt>{ words.common.topic }</dt><dd><code>{ topic }</code></dd>
                <dt>{ words.common.time }</dt><dd>{ time_of_day(&state.worker, chosen.row.at_ms) }</dd>
                <dt>{ "QoS" }</dt><dd>{ qos }</dd>
                <dt>{ "DUP" }</dt><dd>{ u8::from(*dup) }</dd>
                <dt>{ "RETAIN" }</dt><dd>{ u8::from(*retain) }</dd>
                if let Some(id) = chosen.row.packet_id {
                    <dt>{ words.common.packet_id }</dt><dd>{ id }</dd>
                }
                <dt>{ words.common.size }</dt><dd>{ grouped(*payload_size as u64) }{ " B" }</dd>
            </dl>
            if hex {
                <p class="hint">{ words.messages.not_text }</p>
            }
            <pre tabindex="0">{ text }</pre>
        </>
    }
}
