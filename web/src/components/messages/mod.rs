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
