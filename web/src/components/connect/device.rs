//! The triple.

use yew::prelude::*;

use crate::app::Console;
use crate::components::field::TextField;
use crate::form::Field;
use crate::markup::html;
use crate::state::connect::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console, words: &'static Words) -> Html {
    let state = console.state();
    let shown = state.connect.secret_shown;
    let is_sample = state.connect.form.is_sample();
    let show = html! {
        <button
            type="button"
            class="plain"
            aria-pressed={shown.to_string()}
            aria-controls={Field::DeviceSecret.id()}
            aria-label={format!("{} deviceSecret", if shown { words.common.hide } else { words.common.show })}
            onclick={console.acts(move |_: MouseEvent| Action::ShowSecret(!shown))}
        >
            { if shown { words.common.hide } else { words.common.show } }
        </button>
    };
    let secret = TextField {
        hint: Some(words.connect.secret_hint),
        hidden: !shown,
        beside: show,
        ..TextField::default()
    };
    html! {
        <fieldset>
            <legend>{ words.connect.device }</legend>
            <p class="lead">{ if is_sample { words.connect.sample_hint } else { words.connect.device_hint } }</p>
            { TextField::default().view(console, Field::ProductKey, "productKey") }
            { TextField::default().view(console, Field::DeviceName, "deviceName") }
            { secret.view(console, Field::DeviceSecret, "deviceSecret") }
            if !is_sample {
                <p>
                    <button type="button" class="link" onclick={console.acts(|_: MouseEvent| Action::UseSample)}>
                        { words.connect.use_sample }
                    </button>
                </p>
            }
        </fieldset>
    }
}
