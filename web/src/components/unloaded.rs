//! A place that is not there yet, or could not be loaded.

use web_sys::MouseEvent;
use yew::Html;

use crate::app::Console;
use crate::markup::html;
use crate::state::{Action, Places};

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let words = console.state().words().common;
    if console.state().places != Places::Missing {
        return html! { <p class="empty tall" role="status" aria-busy="true">{ words.place_coming }</p> };
    }
    let again = console.acts(|_: MouseEvent| Action::Places(Places::Absent));
    html! {
        <div class="empty tall" id="place-missing" role="alert">
            <p>{ words.place_missing }</p>
            <button type="button" class="plain" id="load-place" onclick={again}>{ words.load_again }</button>
        </div>
    }
}
