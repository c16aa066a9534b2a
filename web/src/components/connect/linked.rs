//! What is to be said of a form that came by a link.

use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::share::Damage;
use crate::words::connect::Connect as Words;

/// Draws it, as long as the form is as it came.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().connect;
    let Some(damage) = &state.connect.linked else {
        return Html::default();
    };
    html! {
        <div class={classes!("linked", damage.is_some().then_some("damaged"))} id="linked" role="status">
            { for damage.iter().map(|damage| damaged(damage, words)) }
            <p>{ words.link_whole }</p>
        </div>
    }
}

fn damaged(damage: &Damage, words: &Words) -> Html {
    let kinds = [
        (damage.cut, words.link_cut),
        (damage.changed, words.link_changed),
        (damage.too_long, words.link_too_long),
    ];
    let parts = [
        (&damage.damaged, words.link_damaged),
        (&damage.missing, words.link_missing),
    ];
    html! {
        <>
            { for kinds.into_iter().filter(|(is, _)| *is).map(|(_, text)| html! { <p><b>{ text }</b></p> }) }
            { for parts.into_iter().filter(|(names, _)| !names.is_empty()).map(|(names, text)| html! {
                <p>{ text }{ " " }<code>{ names.join(", ") }</code></p>
            }) }
        </>
    }
}
