//! Subscriptions: asking for them, what became of them, ending them.

use tern_core::explain::InWords;
use yew::prelude::*;

use tern_core::topic::TopicFilter;

use super::{TextLine, qos};
use crate::app::Console;
use crate::markup::html;
use crate::protocol::{Command, Subscription, SubscriptionState, Task};
use crate::state::messages::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let filter = state.filter();
    let fault = TopicFilter::new(&filter)
        .err()
        .filter(|_| !filter.is_empty());
    let problem = now
        .problem
        .as_ref()
        .filter(|problem| problem.of == Task::Subscribe);
    let error = fault
        .map(|fault| fault.in_words(state.lang.core()))
        .or_else(|| problem.map(|problem| problem.said.in_words(state.lang.core())));
    let connected = now.link.is_connected();
    let onsubmit = {
        let (console, filter, qos) = (
            console.clone(),
            filter.clone(),
            state.messages.subscribe_qos,
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            console.tell(Command::Subscribe {
                filter: filter.clone(),
                qos,
            });
        })
    };
    let line = TextLine {
        id: "filter",
        value: filter,
        name: None,
        error: error.is_some().then_some("filter-error"),
        searches: false,
        typed: console.acts(Action::TypeFilter),
    };
    html! {
        <section aria-labelledby="subscribe-title">
            <h2 id="subscribe-title">{ words.messages.subscribe }</h2>
            <form {onsubmit} novalidate=true>
                <div class="field">
                    <label for="filter">{ words.messages.filter }</label>
                    { line.view() }
                    if let Some(error) = error {
                        <p class="error" id="filter-error" role="alert">{ error }</p>
                    }
                </div>
                <div class="line">
                    { qos("subscribe-qos", state.messages.subscribe_qos, console.acts(Action::SubscribeQos)) }
                    <button type="submit" class="primary" id="subscribe" disabled={!connected}>{ words.messages.subscribe }</button>
                </div>
                { not_connected(connected, words) }
            </form>
            <h3>{ words.messages.subscriptions }</h3>
            if now.subscriptions.is_empty() {
                <p class="hint">{ words.messages.no_subscriptions }</p>
            } else {
                <ul class="entries" id="subscriptions">
                    { for now.subscriptions.iter().map(|one| subscription(console, one, words)) }
                </ul>
            }
        </section>
    }
}

/// What to do where nothing can be asked for.
pub(super) fn not_connected(connected: bool, words: &Words) -> Html {
    html! {
        if !connected {
            <p class="hint">{ words.common.connect_first }{ " " }<a href="#connect">{ words.common.do_connect }</a></p>
        }
    }
}

fn subscription(console: &Console, one: &Subscription, words: &'static Words) -> Html {
    let (state, text) = match &one.state {
        SubscriptionState::Asked => ("asked", words.messages.asked.to_owned()),
        SubscriptionState::Granted => ("granted", words.messages.granted.to_owned()),
        SubscriptionState::Refused => ("refused", words.messages.sub_refused.to_owned()),
        SubscriptionState::Ending => ("ending", words.messages.ending.to_owned()),
        SubscriptionState::Failed(said) => {
            let why = said.in_words(console.state().lang.core());
            ("failed", format!("{}: {why}", words.common.failed))
        }
    };
    let end = {
        let (console, filter) = (console.clone(), one.filter.clone());
        Callback::from(move |_: MouseEvent| {
            console.tell(Command::Unsubscribe {
                filter: filter.clone(),
            });
        })
    };
    html! {
        <li key={one.filter.clone()} data-state={state} data-filter={one.filter.clone()}>
            <code>{ &one.filter }</code>
            <span class="fate">{ format!("QoS {} · ", one.qos) }{ text }</span>
            if one.state == SubscriptionState::Granted {
                <button
                    type="button"
                    class="quiet"
                    aria-label={format!("{} {}", words.messages.unsubscribe, one.filter)}
                    onclick={end}
                >
                    { words.messages.unsubscribe }
                </button>
            }
        </li>
    }
}
