//! The bytes of a packet in hex and ASCII.

use yew::prelude::*;

use super::dump_row::DumpRow;
use super::{Scene, sight};
use crate::components::when::grouped;
use crate::inspector::Key;
use crate::inspector::dump::ROW;
use crate::inspector::look::Action;
use crate::markup::html;

/// Draws them.
pub(super) fn view(scene: &Scene<'_>, act: &Callback<Action>, away: &Callback<MouseEvent>) -> Html {
    let look = scene.look;
    let words = scene.lang.words().inspector;
    let onkeydown = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            let key = Key::named(&event.key());
            if let Some(key) =
                key.filter(|_| !event.ctrl_key() && !event.alt_key() && !event.meta_key())
            {
                event.prevent_default();
                act.emit(Action::StepByte(key, sight::bytes_in_a_row()));
            }
        })
    };
    let on_byte = |action: fn(usize) -> Action| {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(at) = sight::number_of(&event, "byte") {
                act.emit(action(at));
            }
        })
    };
    let mut pieces = Vec::new();
    let mut end = 0;
    for piece in &look.drawn {
        if piece.start > end {
            pieces.push(gap(piece.start - end, words.not_drawn));
        }
        // One row more where the byte that is missing would begin it.
        let missing = look
            .fault
            .as_ref()
            .filter(|fault| fault.at == scene.bytes.len());
        let stop = piece.end + usize::from(missing.is_some() && piece.end == scene.bytes.len());
        pieces.extend(
            (piece.start..stop)
                .step_by(ROW)
                .map(|start| row(scene, start)),
        );
        end = piece.end;
    }
    if scene.bytes.len() > end {
        pieces.push(gap(scene.bytes.len() - end, words.not_drawn));
    }
    html! {
        <div
            class="frame dump"
            role="grid"
            aria-labelledby="bytes-title"
            {onkeydown}
            onmouseover={on_byte(Action::PointAtByte)}
            onclick={on_byte(Action::ChooseByte)}
            onmouseleave={away}
        >
            { for pieces }
        </div>
    }
}

fn gap(bytes: usize, not_drawn: &str) -> Html {
    html! {
        <p class="gap" role="row"><span role="gridcell">{ grouped(bytes as u64) }{ " " }{ not_drawn }</span></p>
    }
}

fn row(scene: &Scene<'_>, start: usize) -> Html {
    let look = scene.look;
    let in_row = |at: usize| at.checked_sub(start).filter(|column| *column < ROW);
    let lit = look.lit_bytes();
    // One more on each side, so that a row knows whether the light begins or ends in it.
    let lit = lit.start.max(start.saturating_sub(1))..lit.end.min(start + ROW + 1);
    let len = scene.bytes.len();
    let bytes = scene.bytes.get(start..len.min(start + ROW));
    let is_hidden = |at: &usize| look.hidden().iter().any(|range| range.contains(at));
    let hidden = (start..start + ROW)
        .rev()
        .fold(0, |mask, at| mask << 1 | u16::from(is_hidden(&at)));
    html! {
        <DumpRow
            key={start}
            {start}
            bytes={bytes.unwrap_or_default().to_vec()}
            lit={if lit.is_empty() { 0..0 } else { lit }}
            caret={in_row(look.caret)}
            bad={look.fault.as_ref().and_then(|fault| in_row(fault.at))}
            {hidden}
            lang={scene.lang}
        />
    }
}
