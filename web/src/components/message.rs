//! One message, whole.

use yew::prelude::*;

use super::payload::{Shown, pretty, read};
use super::when::{grouped, time_of_day};
use crate::app::Console;
use crate::protocol::{Chosen, Detail};
use crate::state::{Action, State};
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let Some(index) = state.watch.chosen else {
        return Html::default();
    };
    let chosen = state
        .now()
        .chosen
        .as_ref()
        .filter(|chosen| chosen.row.index == index);
    let is_gone = index < state.now().packets.evicted;
    let close = console.acts(|_: MouseEvent| Action::Choose(None));
    html! {
        <section class="whole" aria-labelledby="whole-title">
            <div class="bar">
                <h2 id="whole-title">{ words.message }</h2>
                <button type="button" class="quiet" onclick={close}>{ words.close }</button>
            </div>
            if let Some(chosen) = chosen {
                { whole(state, chosen, words) }
            } else if is_gone {
                <p class="hint">{ words.gone }</p>
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
                <dt>{ words.topic }</dt><dd><code>{ topic }</code></dd>
                <dt>{ words.time }</dt><dd>{ time_of_day(&state.worker, chosen.row.at_ms) }</dd>
                <dt>{ "QoS" }</dt><dd>{ qos }</dd>
                <dt>{ "DUP" }</dt><dd>{ u8::from(*dup) }</dd>
                <dt>{ "RETAIN" }</dt><dd>{ u8::from(*retain) }</dd>
                if let Some(id) = chosen.row.packet_id {
                    <dt>{ words.packet_id }</dt><dd>{ id }</dd>
                }
                <dt>{ words.size }</dt><dd>{ grouped(*payload_size as u64) }{ " B" }</dd>
            </dl>
            if hex {
                <p class="hint">{ words.not_text }</p>
            }
            <pre tabindex="0">{ text }</pre>
        </>
    }
}
