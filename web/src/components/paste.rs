//! What is pasted into a field for one line: a browser would drop its line breaks without a word.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement};
use yew::prelude::*;

use crate::pasted::{LeftOut, cleaned, put_in};
use crate::words::Words;

/// The field's text after something was pasted into it, and what of that was left out.
pub(super) struct Pasted {
    pub(super) text: String,
    pub(super) left_out: LeftOut,
}

/// Takes what a browser would change in silence. What can be pasted as it is goes its own way; so does
/// what `takes` wants for something else.
pub(super) fn listen(
    act: Callback<Pasted>,
    takes: impl Fn(&str) -> bool + 'static,
) -> Callback<Event> {
    Callback::from(move |event: Event| {
        let Some(pasted) = event.dyn_ref::<ClipboardEvent>() else {
            return;
        };
        let text = pasted.clipboard_data();
        let Some(text) = text.and_then(|data| data.get_data("text/plain").ok()) else {
            return;
        };
        if takes(&text) {
            event.prevent_default();
            return;
        }
        let Some((kept, left_out)) = cleaned(&text) else {
            return;
        };
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
            return;
        };
        event.prevent_default();
        let typed = input.value();
        let end_of = |place: Option<u32>| place.unwrap_or(u32::MAX);
        let start = end_of(input.selection_start().ok().flatten());
        let end = end_of(input.selection_end().ok().flatten());
        let (text, cursor) = put_in(&typed, start, end, &kept);
        act.emit(Pasted { text, left_out });
        // Once the text stands there; a field that is gone has no cursor.
        Timeout::new(0, move || {
            let _ = input.set_selection_range(cursor, cursor);
        })
        .forget();
    })
}

/// Says what was left out.
pub(super) fn what_was_left_out(left_out: LeftOut, words: &'static Words) -> &'static str {
    let words = words.connect;
    match left_out {
        LeftOut {
            line_breaks: true, ..
        } => words.pasted_line_breaks,
        LeftOut {
            invisible: true, ..
        } => words.pasted_invisible,
        LeftOut { .. } => words.pasted_ends,
    }
}
