//! The place where a login that somebody else made is checked.

use yew::prelude::*;

use crate::app::Console;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let words = console.state().words();
    html! {
        <section class="check" aria-labelledby="check-title">
            <h2 id="check-title">{ words.check.title }</h2>
            <p class="lead">{ words.check.lead }</p>
        </section>
    }
}
