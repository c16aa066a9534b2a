//! The line at the top: the name, the places, how the connection stands, the language.

use yew::prelude::*;

use crate::app::{Console, remember};
use crate::markup::html;
use crate::state::{Action, Place};

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let standing = state.standing();
    let other = state.lang.other();
    let onclick = {
        let console = console.clone();
        Callback::from(move |_| {
            remember(other);
            console.act(Action::Speak(other));
        })
    };
    html! {
        <header>
            <div class="brand">
                { mark() }
                <h1>{ "Tern" }</h1>
                <p>{ words.common.tagline }</p>
            </div>
            <nav aria-label={words.common.places}>
                <ul>
                    { for Place::ALL.into_iter().map(|place| html! {
                        <li>
                            <a
                                href={format!("#{}", place.name())}
                                aria-current={(place == state.place).then_some("page")}
                            >
                                { place.word(words) }
                            </a>
                        </li>
                    }) }
                </ul>
            </nav>
            <div class="aside">
                <p id="standing" class="standing" role="status" aria-live="polite" data-standing={standing.name()}>
                    { standing.word(words) }
                </p>
                <button
                    type="button"
                    class="quiet"
                    id="open-keys"
                    aria-label={words.keys.open}
                    title={words.keys.open}
                    onclick={console.acts(|_: MouseEvent| Action::ShowKeys(true))}
                >
                    { "?" }
                </button>
                <button type="button" class="quiet" id="other-language" lang={other.tag()} {onclick}>{ words.common.other_language }</button>
            </div>
        </header>
    }
}

/// A tern in three strokes: a set of three.
fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path d="M2 9c6-1 11 2 14 9" />
            <path d="M30 6c-7 0-12 4-14 12" />
            <path class="beak" d="M16 18c0 4 1 6 4 9" />
        </svg>
    }
}
