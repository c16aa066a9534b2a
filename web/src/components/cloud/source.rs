//! Whose cloud side is shown, and what to do where the device connects elsewhere or nobody answers.

use yew::prelude::*;

use super::ask::problem;
use crate::app::Console;
use crate::form::Carrier;
use crate::markup::html;
use crate::state::cloud::{Action, Source};
use crate::state::connect;

/// Draws it.
pub(super) fn view(console: &Console, source: Source) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let served = state.cloud.served.as_deref();
    html! {
        <>
            <div class="bar">
                <h2 id="cloud-title">{ words.title }</h2>
                if served.is_some() {
                    { sources(console, source) }
                }
                <p class="lead">
                    if let (Source::Served, Some(served)) = (source, served) {
                        { words.served_lead }{ " " }<code>{ served }</code>
                    } else {
                        { words.in_page_lead }
                    }
                </p>
            </div>
            { elsewhere(console, source) }
            { unreachable(console, source) }
        </>
    }
}

fn sources(console: &Console, chosen: Source) -> Html {
    let words = console.state().words().cloud;
    let choices = [
        (Source::InPage, words.source_in_page),
        (Source::Served, "tern platform"),
    ];
    html! {
        <div class="segments" role="radiogroup" aria-label={words.source}>
            { for choices.into_iter().map(|(source, label)| html! {
                <label class="segment">
                    <input
                        type="radio"
                        name="source"
                        id={format!("source-{}", source.name())}
                        checked={source == chosen}
                        onchange={console.acts(move |_: Event| Action::Look(source))}
                    />
                    <span>{ label }</span>
                </label>
            }) }
        </div>
    }
}

/// The page's device may connect to something else than what is shown.
fn elsewhere(console: &Console, source: Source) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let form = &state.connect.form;
    let endpoint = form.endpoint().ok();
    let served = state.cloud.served.as_deref();
    let port = served.and_then(|served| served.rsplit_once(':')?.1.parse().ok());
    let is_here = match (source, form.carrier) {
        (Source::InPage, Carrier::InPage) => true,
        // By its port: one machine has several names.
        (Source::Served, Carrier::Ws | Carrier::Wss) => {
            endpoint.as_ref().map(|endpoint| endpoint.port) == port
        }
        _ => false,
    };
    if is_here {
        return Html::default();
    }
    let place = match (&endpoint, form.carrier) {
        (_, Carrier::InPage) => words.elsewhere_in_page.to_owned(),
        (Some(endpoint), _) => endpoint.to_string(),
        (None, _) => form.host.clone(),
    };
    let use_in_page = console.acts(|_: MouseEvent| connect::Action::Carry(Carrier::InPage));
    html! {
        <div class="remark" id="elsewhere" role="note">
            <p>{ words.elsewhere }{ " " }<code>{ place }</code></p>
            if source == Source::InPage {
                if served.is_none() {
                    <p class="hint">{ words.cannot_reach }</p>
                }
                <p class="onward">
                    <button type="button" class="link" id="use-in-page" onclick={use_in_page}>{ words.use_in_page }</button>
                    <a href="#connect">{ words.to_connect }</a>
                </p>
            } else {
                <p class="onward"><a href="#connect">{ words.to_connect }</a></p>
            }
        </div>
    }
}

fn unreachable(console: &Console, source: Source) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let found = state.cloud.unreachable.as_ref();
    let Some(found) = found.filter(|_| source == Source::Served) else {
        return Html::default();
    };
    let again = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| console.look_served.emit(()))
    };
    html! {
        <div class="banner" id="unreachable" role="alert" data-problem={found.kind.name()}>
            <p>{ problem(console, found) }</p>
            if state.cloud.view(source).is_some() {
                <p class="hint">{ words.stale }</p>
            }
            <p><button type="button" class="plain" onclick={again}>{ words.ask_again }</button></p>
        </div>
    }
}
