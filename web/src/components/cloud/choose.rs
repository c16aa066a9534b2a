//! A choice from a list, and a switch.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::markup::html;

/// A choice: each with what it is and what it is called; a choice is told by its place.
pub(super) fn choice(
    id: &'static str,
    label: &str,
    choices: Vec<String>,
    chosen: usize,
    act: Callback<usize>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into().ok());
        let place = select.map(|select: HtmlSelectElement| select.selected_index());
        if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
            act.emit(place);
        }
    });
    html! {
        <div class="field">
            <label for={id}>{ label }</label>
            <select {id} class="mono" {onchange}>
                { for choices.into_iter().enumerate().map(|(place, text)| html! {
                    <option selected={place == chosen}>{ text }</option>
                }) }
            </select>
        </div>
    }
}

/// A switch with what it does; `beside` is what it takes, such as a code.
pub(super) fn switch(
    id: &'static str,
    label: &str,
    hint: &str,
    on: bool,
    act: Callback<bool>,
    beside: Html,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into().ok());
        act.emit(input.is_some_and(|input: HtmlInputElement| input.checked()));
    });
    html! {
        <div class={classes!("switch", on.then_some("on"))}>
            <input
                {id}
                type="checkbox"
                role="switch"
                checked={on}
                aria-describedby={format!("{id}-hint")}
                {onchange}
            />
            <label for={id}>{ label }</label>
            { beside }
            <p class="hint" id={format!("{id}-hint")}>{ hint }</p>
        </div>
    }
}
