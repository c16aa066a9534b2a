//! Choices: one of a few side by side, one of a list, on or off.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::markup::html;

/// One of a few that stand side by side.
pub(super) fn radio(
    group: &'static str,
    id: &'static str,
    label: &str,
    chosen: bool,
    act: Callback<()>,
) -> Html {
    html! {
        <label class="segment">
            <input
                type="radio"
                name={group}
                id={format!("{group}-{id}")}
                checked={chosen}
                onchange={move |_: Event| act.emit(())}
            />
            <span>{ label }</span>
        </label>
    }
}

/// On or off, with what it means below.
pub(super) fn check(
    id: &'static str,
    label: &str,
    hint: &str,
    on: bool,
    act: Callback<bool>,
) -> Html {
    let hint_id = format!("{id}-hint");
    let onchange = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into().ok());
        act.emit(input.is_some_and(|input: HtmlInputElement| input.checked()));
    };
    html! {
        <div class="check">
            <input
                {id}
                type="checkbox"
                checked={on}
                aria-describedby={(!hint.is_empty()).then(|| hint_id.clone())}
                {onchange}
            />
            <label for={id}>{ label }</label>
            if !hint.is_empty() {
                <p class="hint" id={hint_id}>{ hint }</p>
            }
        </div>
    }
}

/// What a select was set to.
pub(super) fn selected(event: &Event) -> String {
    let select = event.target().and_then(|target| target.dyn_into().ok());
    select.map_or_else(String::new, |select: HtmlSelectElement| select.value())
}
