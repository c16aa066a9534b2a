//! The cloud side: who is online, messages pushed down, faults.

use yew::prelude::*;

use crate::app::Console;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let words = console.state().words();
    html! {
        <section class="cloud" aria-labelledby="cloud-title">
            <h2 id="cloud-title">{ words.cloud.title }</h2>
            <p class="lead">{ words.cloud.lead }</p>
        </section>
    }
}
