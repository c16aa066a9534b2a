//! Drafts that were saved, and what was published last.

use yew::prelude::*;

use super::{TextLine, keeping};
use crate::app::Console;
use crate::components::when::grouped;
use crate::drafts::{Draft, Publication};
use crate::markup::html;
use crate::state::messages::Action;

/// So many characters of a payload are shown.
const SHOWN: usize = 80;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let kept = &state.messages.drafts;
    let fault = state.messages.keeping.as_ref();
    html! {
        <section class="drafts" aria-labelledby="drafts-title">
            <h2 id="drafts-title">{ words.drafts }</h2>
            { save(console) }
            if let Some(fault) = fault {
                <p class="error" id="drafts-error" role="alert">{ fault.say(state.lang) }</p>
            }
            if kept.drafts().is_empty() {
                <p class="hint">{ words.no_drafts }</p>
            } else {
                <ul class="entries" id="drafts">
                    { for kept.drafts().iter().map(|one| draft(console, one)) }
                </ul>
            }
            <details class="history">
                <summary>
                    { words.history }<span class="count">{ kept.history().len() }</span>
                </summary>
                if kept.history().is_empty() {
                    <p class="hint">{ words.no_history }</p>
                } else {
                    <ul class="entries" id="history">
                        { for kept.history().iter().map(|one| html! { <li>{ entry(console, None, one) }</li> }) }
                    </ul>
                    <button type="button" class="quiet" id="forget" onclick={forget(console)}>{ words.forget }</button>
                }
            </details>
        </section>
    }
}

fn save(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let onsubmit = {
        let console = console.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let state = console.state();
            let mut publication = state.messages.publication(state.topic());
            publication.repeat_ms = state.messages.interval_ms().ok();
            let name = state.messages.draft_name.clone();
            keeping::change(&console, move |drafts| {
                drafts.save(Draft { name, publication })
            });
        })
    };
    let line = TextLine {
        id: "draft-name",
        value: state.messages.draft_name.clone(),
        name: Some(words.draft_name),
        error: None,
        searches: false,
        typed: console.acts(Action::TypeDraftName),
    };
    html! {
        <form class="beside" {onsubmit} novalidate=true>
            { line.view() }
            <button type="submit" class="plain" id="save-draft">{ words.save }</button>
        </form>
    }
}

fn draft(console: &Console, draft: &Draft) -> Html {
    let words = console.state().words().messages;
    let delete = {
        let (console, name) = (console.clone(), draft.name.clone());
        Callback::from(move |_: MouseEvent| {
            let name = name.clone();
            keeping::change(&console, move |drafts| {
                drafts.delete(&name);
                Ok(())
            });
        })
    };
    html! {
        <li key={draft.name.clone()} data-draft={draft.name.clone()}>
            { entry(console, Some(&draft.name), &draft.publication) }
            <button
                type="button"
                class="quiet delete"
                aria-label={format!("{} {}", words.delete, draft.name)}
                onclick={delete}
            >
                { words.delete }
            </button>
        </li>
    }
}

/// Choosing it puts it where it is typed.
fn entry(console: &Console, name: Option<&str>, publication: &Publication) -> Html {
    let words = console.state().words().messages;
    let load = {
        let (publication, name) = (publication.clone(), name.map(ToOwned::to_owned));
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            console.act(Action::Load(publication.clone()));
            if let Some(name) = &name {
                console.act(Action::TypeDraftName(name.clone()));
            }
        })
    };
    let payload: String = publication.payload.chars().take(SHOWN).collect();
    html! {
        <button type="button" class="kept" title={words.load} onclick={load}>
            if let Some(name) = name {
                <b>{ name }</b>
            }
            <code>{ &publication.topic }</code>
            <span class="fate">
                { format!("QoS {} · {} · ", publication.qos, publication.codec.name()) }
                if let Some(every_ms) = publication.repeat_ms {
                    { format!("{} ms · ", grouped(every_ms.into())) }
                }
                { payload }
            </span>
        </button>
    }
}

fn forget(console: &Console) -> Callback<MouseEvent> {
    let console = console.clone();
    Callback::from(move |_| {
        keeping::change(&console, |drafts| {
            drafts.forget();
            Ok(())
        });
    })
}
