//! How the connection stands, with all that is known about why.

use yew::prelude::*;

use crate::app::Console;
use crate::protocol::{Link, Refusal};
use crate::state::{Place, Standing};
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let standing = state.standing();
    let now = state.now();
    if matches!(
        standing,
        Standing::Starting | Standing::NotConnected | Standing::Broken
    ) {
        return Html::default();
    }
    let endpoint = |endpoint: &Option<String>| {
        let place = endpoint
            .as_deref()
            .unwrap_or(words.connect.the_stand_in)
            .to_owned();
        if endpoint.is_some() {
            html! { <code>{ place }</code> }
        } else {
            html! { { place } }
        }
    };
    let link = match &now.link {
        Link::Connecting { endpoint: place } => html! { <p>{ endpoint(place) }</p> },
        Link::Connected {
            endpoint: place,
            session_present,
            ..
        } => html! {
            <>
                <p>{ words.connect.connected_with }{ " " }
                    { if *session_present { words.connect.session_kept } else { words.connect.session_new } }
                    { " · " }{ endpoint(place) }
                </p>
                <p class="onward">
                    <a href={format!("#{}", Place::Messages.name())}>{ words.connect.to_messages }</a>
                    <a href={format!("#{}", Place::Timeline.name())}>{ words.connect.to_packets }</a>
                </p>
            </>
        },
        Link::Waiting { attempt, left_ms } => html! {
            <p class="countdown">
                { words.connect.next_attempt }{ " " }<b>{ format!("{:.0} s", (left_ms / 1000.0).ceil()) }</b>
                { " · " }{ words.connect.attempt }{ " " }{ attempt }
            </p>
        },
        Link::Idle | Link::Closing => Html::default(),
    };
    let ended = now.ended.as_ref().map(|ended| {
        if ended.asked_for {
            html! { <p>{ words.connect.ended_by_you }</p> }
        } else {
            html! { <p class="told" id="ended">{ &ended.reason }</p> }
        }
    });
    html! {
        <section id="status" class="status" data-standing={standing.name()} aria-labelledby="status-title">
            <h2 id="status-title">{ standing.word(words) }</h2>
            if let Some(refusal) = &now.refusal {
                { refused(refusal, words) }
            } else {
                { for ended }
            }
            { link }
            if now.refusal.is_some() {
                <p class="onward">
                    <a href={format!("#{}", Place::Timeline.name())}>{ words.connect.to_packets }</a>
                </p>
            }
        </section>
    }
}

fn refused(refusal: &Refusal, words: &Words) -> Html {
    html! {
        <div id="refusal" role="alert">
            <p class="code">
                <b>{ words.connect.refused_with }{ " " }{ refusal.code }</b>{ " " }{ &refusal.reason }
            </p>
            <h3>{ words.connect.what_it_means }</h3>
            <p class="told">{ &refusal.explanation }</p>
            if let Some(remark) = &refusal.remark {
                <h3>{ words.connect.stand_in_says }</h3>
                <p class="told">{ remark }</p>
            }
        </div>
    }
}
