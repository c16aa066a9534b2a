//! The bytes into the clipboard, where the browser lets a page do that.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::components::clipboard;
use crate::markup::html;
use crate::words::inspector::Inspector;

/// How it went.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// It is in the clipboard.
    Copied,
    /// It is not; a person can take it from here.
    Yourself(String),
}

/// Copies a text and tells how it went.
pub(super) fn copy(text: String, tell: UseStateSetter<Option<Outcome>>) {
    spawn_local(async move {
        let outcome = match clipboard::write(&text).await {
            Some(()) => Outcome::Copied,
            None => Outcome::Yourself(text),
        };
        tell.set(Some(outcome));
    });
}

/// Says how it went.
pub(super) fn outcome(outcome: Option<&Outcome>, is_hiding: bool, words: &Inspector) -> Html {
    match outcome {
        None => Html::default(),
        Some(Outcome::Copied) => html! {
            <span class="hint" id="copied" role="status">
                { if is_hiding { words.copied_without_password } else { words.copied } }
            </span>
        },
        Some(Outcome::Yourself(text)) => html! {
            <label class="yourself">
                <span class="hint" role="status">{ words.copy_yourself }</span>
                <textarea readonly=true rows="4" value={text.clone()} />
            </label>
        },
    }
}
