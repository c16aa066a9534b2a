//! The place to subscribe, to publish, and to see what came.

mod message;
mod message_list;
mod payload;
mod publish;
mod subscribe;

use yew::prelude::*;

use crate::app::Console;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    html! {
        <div class="messages">
            <div class="sheet">
                { subscribe::view(console) }
                { publish::view(console) }
            </div>
            <div class="inbox">
                { message_list::view(console) }
                { message::view(console) }
            </div>
        </div>
    }
}

/// The choice between QoS 0 and 1: all that the platform offers.
pub(super) fn qos(id: &'static str, chosen: u8, act: Callback<u8>) -> Html {
    html! {
        <div class="field">
            <span class="label" id={format!("{id}-label")}>{ "QoS" }</span>
            <div class="segments" role="radiogroup" aria-labelledby={format!("{id}-label")}>
                { for [0_u8, 1].into_iter().map(|qos| {
                    let act = act.clone();
                    html! {
                        <label class="segment">
                            <input
                                type="radio"
                                name={id}
                                id={format!("{id}-{qos}")}
                                checked={qos == chosen}
                                onchange={move |_: Event| act.emit(qos)}
                            />
                            <span>{ qos }</span>
                        </label>
                    }
                }) }
            </div>
        </div>
    }
}
