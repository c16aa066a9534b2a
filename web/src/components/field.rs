//! One field of the form: label, input, hint, and the rule that its content breaks.

use tern_core::explain::{InWords, Lang};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::choice::selected;
use super::paste::{self, Pasted};
use crate::app::Console;
use crate::form::{Fault, Field};
use crate::markup::html;
use crate::state::connect::Action;

/// A field for a line of text.
#[derive(Default)]
pub(super) struct TextField {
    pub(super) hint: Option<&'static str>,
    /// Shown while the field is empty: what then counts.
    pub(super) placeholder: String,
    /// Whether the content is hidden.
    pub(super) hidden: bool,
    /// Whether only digits make sense.
    pub(super) digits: bool,
    /// What stands beside the input, such as a button.
    pub(super) beside: Html,
}

impl TextField {
    /// Draws it.
    pub(super) fn view(self, console: &Console, field: Field, label: &'static str) -> Html {
        let state = console.state();
        let lang = state.lang.core();
        let fault = fault_of(field, &state.connect.faults_shown());
        let pasted = state.connect.pasted.filter(|(into, _)| *into == field);
        let act =
            console.acts(move |Pasted { text, left_out }| Action::Paste(field, text, left_out));
        let onpaste = paste::listen(act, |_| false);
        // The rule says all that the hint does, and more.
        let hint = self.hint.filter(|_| fault.is_none());
        let oninput =
            console.acts(move |event: InputEvent| Action::Type(field, input_text(&event)));
        html! {
            <div class="field">
                <label for={field.id()}>{ label }</label>
                <div class="beside">
                    <input
                        id={field.id()}
                        class="mono"
                        type={if self.hidden { "password" } else { "text" }}
                        inputmode={self.digits.then_some("numeric")}
                        value={state.connect.form.text(field).to_owned()}
                        placeholder={self.placeholder}
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid={fault.is_some().then_some("true")}
                        aria-describedby={described_by(field, hint.is_some(), fault.is_some())}
                        {oninput}
                        {onpaste}
                    />
                    { self.beside }
                </div>
                { rule(field, fault.as_ref(), lang) }
                if let Some((_, left_out)) = pasted {
                    <p class="note" id={format!("{}-pasted", field.id())} role="status">
                        { paste::what_was_left_out(left_out, state.words()) }
                    </p>
                }
                if let Some(hint) = hint {
                    <p class="hint" id={format!("{}-hint", field.id())}>{ hint }</p>
                }
            </div>
        }
    }
}

impl TextField {
    /// Draws a field that is one of a list.
    pub(super) fn choose<const N: usize>(
        console: &Console,
        field: Field,
        label: &'static str,
        choices: [&'static str; N],
    ) -> Html {
        let state = console.state();
        let chosen = state.connect.form.text(field).to_owned();
        let fault = fault_of(field, &state.connect.faults_shown());
        // What a file or a link brought may be none of the list; it is shown, and has its fault.
        let other = (!choices.contains(&chosen.as_str())).then(|| chosen.clone());
        let onchange = console.acts(move |event: Event| Action::Type(field, selected(&event)));
        html! {
            <div class="field">
                <label for={field.id()}>{ label }</label>
                <select
                    id={field.id()}
                    class="mono"
                    aria-invalid={fault.is_some().then_some("true")}
                    aria-describedby={described_by(field, false, fault.is_some())}
                    {onchange}
                >
                    if let Some(other) = other {
                        <option value={other.clone()} selected=true>{ other.clone() }</option>
                    }
                    { for choices.into_iter().map(|choice| html! {
                        <option value={choice} selected={choice == chosen}>{ choice }</option>
                    }) }
                </select>
                { rule(field, fault.as_ref(), state.lang.core()) }
            </div>
        }
    }
}

/// The fault of a field among those to show.
fn fault_of(field: Field, faults: &[Fault]) -> Option<Fault> {
    faults.iter().find(|fault| fault.field == field).cloned()
}

/// The rule that a field's content breaks, where the field says so.
fn rule(field: Field, fault: Option<&Fault>, lang: Lang) -> Html {
    html! {
        if let Some(fault) = fault {
            <p class="error" id={format!("{}-error", field.id())}>{ fault.rule.in_words(lang) }</p>
        }
    }
}

/// What a screen reader reads with a field.
fn described_by(field: Field, hint: bool, fault: bool) -> Option<String> {
    let ids: Vec<_> = [(fault, "error"), (hint, "hint")]
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, what)| format!("{}-{what}", field.id()))
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The text of the input that an event is from.
pub(super) fn input_text(event: &InputEvent) -> String {
    let input = event.target().and_then(|target| target.dyn_into().ok());
    input.map_or_else(String::new, |input: HtmlInputElement| input.value())
}

/// Goes to an element, such as the first field with a fault.
pub(super) fn focus(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that can't take the focus keeps its mark all the same.
        let _ = element.focus();
    }
}
