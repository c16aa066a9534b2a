//! Why a login was refused or a connection dropped: the causes, the likeliest first.

use tern_core::explain::InWords;
use tern_core::explain::causes::{Cause, Likelihood, causes};
use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::protocol::case::{Case, End};
use crate::words::connect::Connect as Words;

/// Draws them; nothing where the evidence says no more than the end itself.
pub(super) fn view(console: &Console, case: &Case) -> Html {
    let state = console.state();
    let (words, lang) = (state.words().connect, state.lang.core());
    if let End::AuthFailed(failure) = &case.end {
        return html! { <p class="told" id="auth-failed">{ failure.in_words(lang) }</p> };
    }
    let other_tab = state.connect.other_tabs() > 0;
    let Some(evidence) = case.evidence(state.connect.page(), other_tab) else {
        return Html::default();
    };
    let causes = causes(&evidence);
    html! {
        <div class="causes-of" id="causes">
            <h3>{ words.likely_causes }</h3>
            <ol class="causes">{ for causes.iter().map(|cause| one(cause, lang, words)) }</ol>
        </div>
    }
}

fn one(cause: &Cause, lang: tern_core::explain::Lang, words: &Words) -> Html {
    let (likelihood, label) = match cause.likelihood {
        Likelihood::Certain => ("certain", words.certain),
        Likelihood::Likely => ("likely", words.likely),
        Likelihood::Possible => ("possible", words.possible),
    };
    html! {
        <li data-cause={cause.id.name()} data-likelihood={likelihood}>
            <p class="title"><b>{ cause.title(lang) }</b>{ " " }<span class="likelihood">{ label }</span></p>
            if !cause.seen.is_empty() {
                <p class="seen">
                    <span>{ words.seen }</span>
                    { for cause.seen.iter().map(|seen| html! { <em>{ seen.in_words(lang) }</em> }) }
                </p>
            }
            <p class="try"><span>{ words.try_this }</span>{ cause.to_try(lang) }</p>
        </li>
    }
}
