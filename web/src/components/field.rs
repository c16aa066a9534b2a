//! One field of the form: label, input, hint, and the rule that its content breaks.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::Console;
use crate::form::{Fault, Field};
use crate::state::Action;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) field: Field,
    pub(super) label: AttrValue,
    #[prop_or_default]
    pub(super) hint: Option<AttrValue>,
    /// Shown while the field is empty: what then counts.
    #[prop_or_default]
    pub(super) placeholder: AttrValue,
    /// Whether the content is hidden.
    #[prop_or_default]
    pub(super) hidden: bool,
    /// Whether only digits make sense.
    #[prop_or_default]
    pub(super) digits: bool,
    /// What stands beside the input, such as a button.
    #[prop_or_default]
    pub(super) children: Html,
}

#[component(FormField)]
pub(super) fn form_field(props: &Props) -> Html {
    let Some(console) = use_context::<Console>() else {
        return Html::default();
    };
    let field = props.field;
    let state = console.state();
    let fault = fault_of(field, &state.faults_shown());
    let oninput = console.acts(move |event: InputEvent| Action::Type(field, input_text(&event)));
    html! {
        <div class="field">
            <label for={field.id()}>{ &props.label }</label>
            <div class="beside">
                <input
                    id={field.id()}
                    class="mono"
                    type={if props.hidden { "password" } else { "text" }}
                    inputmode={props.digits.then_some("numeric")}
                    value={state.form.text(field).to_owned()}
                    placeholder={props.placeholder.clone()}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid={fault.is_some().then_some("true")}
                    aria-describedby={described_by(field, props.hint.is_some(), fault.is_some())}
                    {oninput}
                />
                { props.children.clone() }
            </div>
            { rule(field, fault.as_ref()) }
            if let Some(hint) = &props.hint {
                <p class="hint" id={format!("{}-hint", field.id())}>{ hint }</p>
            }
        </div>
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
