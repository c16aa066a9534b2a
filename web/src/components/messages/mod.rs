//! The place to subscribe, to publish, and to see what came.

mod chart;
mod difference;
mod drafts;
mod keeping;
mod message;
mod message_list;
mod publish;
mod repeat;
mod subscribe;
mod topics;

use yew::prelude::*;

pub(crate) use keeping::kept;

use crate::app::Console;
use crate::components::field::input_text;
use crate::markup::html;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    html! {
        <div class="messages">
            <div class="sheet asking">
                { subscribe::view(console) }
                { topics::view(console) }
            </div>
            <div class="inbox">
                { message_list::view(console) }
                { message::view(console) }
            </div>
            <div class="sheet publishing">
                { publish::view(console) }
                { drafts::view(console) }
            </div>
        </div>
    }
}

/// A field for a line of text.
struct TextLine {
    id: &'static str,
    value: String,
    /// Its name, where no label stands beside it.
    name: Option<&'static str>,
    /// The id of what says what is wrong with it, where something is.
    error: Option<&'static str>,
    /// Whether it is what the place is searched with.
    searches: bool,
    /// Told what was typed.
    typed: Callback<String>,
}

impl TextLine {
    fn view(self) -> Html {
        let Self {
            id, name, error, ..
        } = self;
        let typed = self.typed;
        let oninput = Callback::from(move |event: InputEvent| typed.emit(input_text(&event)));
        html! {
            <input
                {id}
                class="mono"
                type="text"
                data-search={self.searches.then_some("true")}
                aria-label={name}
                placeholder={name}
                value={self.value}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid={error.is_some().then_some("true")}
                aria-describedby={error}
                {oninput}
            />
        }
    }
}

/// The choice between QoS 0 and 1: all that the platform offers.
pub(in crate::components) fn qos(id: &'static str, chosen: u8, act: Callback<u8>) -> Html {
    let choices = [0_u8, 1].map(|qos| {
        let act = act.clone();
        let onchange = Callback::from(move |_: Event| act.emit(qos));
        let name = qos.to_string();
        (name.clone(), name, qos == chosen, onchange)
    });
    html! {
        <div class="field">
            <span class="label" id={format!("{id}-label")}>{ "QoS" }</span>
            { segments(id, &format!("{id}-label"), choices) }
        </div>
    }
}

/// One of several, side by side. Each choice is the end of its id, its words, whether it is chosen, and
/// what choosing it does.
fn segments(
    id: &'static str,
    labelled_by: &str,
    choices: impl IntoIterator<Item = (String, String, bool, Callback<Event>)>,
) -> Html {
    html! {
        <div class="segments" role="radiogroup" aria-labelledby={labelled_by.to_owned()}>
            { for choices.into_iter().map(|(end, words, checked, onchange)| html! {
                <label class="segment">
                    <input type="radio" name={id} id={format!("{id}-{end}")} {checked} {onchange} />
                    <span>{ words }</span>
                </label>
            }) }
        </div>
    }
}
