//! One field of the form: label, input, hint, and the rule that its content breaks.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::Console;
use crate::form::{Fault, Field};
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
        let fault = fault_of(field, &state.connect.faults_shown());
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
                    />
                    { self.beside }
                </div>
                { rule(field, fault.as_ref()) }
                if let Some(hint) = hint {
                    <p class="hint" id={format!("{}-hint", field.id())}>{ hint }</p>
                }
            </div>
        }
    }
}

/// The fault of a field among those to show.
pub(super) fn fault_of(field: Field, faults: &[Fault]) -> Option<Fault> {
    faults.iter().find(|fault| fault.field == field).cloned()
}

/// The rule that a field's content breaks, where the field says so.
pub(super) fn rule(field: Field, fault: Option<&Fault>) -> Html {
    html! {
        if let Some(fault) = fault {
            <p class="error" id={format!("{}-error", field.id())}>{ &fault.rule }</p>
        }
    }
}

/// What a screen reader reads with a field.
pub(super) fn described_by(field: Field, hint: bool, fault: bool) -> Option<String> {
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
