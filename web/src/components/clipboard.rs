//! The clipboard, where the browser lets a page write to it.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::state::Action;

/// Writes a text; none where the browser does not let it.
pub(super) async fn write(text: &str) -> Option<()> {
    let navigator = web_sys::window()?.navigator();
    // Missing where the page came over plain HTTP.
    let clipboard = Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    if clipboard.is_undefined() {
        return None;
    }
    let written = navigator.clipboard().write_text(text);
    JsFuture::from(written).await.ok().map(drop)
}

/// A button that copies a text, and beside it how that went. `what` names the text for a screen reader.
pub(super) fn button(console: &Console, id: &'static str, what: &str, text: String) -> Html {
    let state = console.state();
    let words = state.words().connect;
    let onclick = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            let (console, text) = (console.clone(), text.clone());
            spawn_local(async move {
                let done = write(&text).await.is_some();
                console.act(Action::Copied(id, done));
            });
        })
    };
    let outcome = state.copied.filter(|(copied, _)| *copied == id);
    html! {
        <>
            <button type="button" class="plain" {id} aria-label={format!("{}: {what}", words.copy)} {onclick}>
                { words.copy }
            </button>
            if let Some((_, done)) = outcome {
                <span class={classes!("hint", (!done).then_some("bad"))} role="status">
                    { if done { words.copied } else { words.not_copied } }
                </span>
            }
        </>
    }
}
