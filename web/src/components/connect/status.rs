//! How the connection stands, with all that is known about why.

use yew::prelude::*;

use tern_core::auth::Code;
use tern_core::explain::InWords;
use tern_core::wire::ConnectCode;

use super::causes;
use crate::app::Console;
use crate::markup::html;
use crate::protocol::case::End;
use crate::protocol::{Link, Refusal};
use crate::state::{Place, Standing};
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let standing = state.standing();
    let now = state.now();
    let other_tab = (state.connect.other_tabs() > 0).then(|| {
        html! { <p class="banner warn" id="other-tab" role="status">{ words.connect.other_tab }</p> }
    });
    if matches!(
        standing,
        Standing::Starting | Standing::NotConnected | Standing::Broken
    ) {
        return html! { { for other_tab } };
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
        Link::Connecting {
            authenticates: true,
            ..
        } => html! { <p>{ words.connect.authenticates }</p> },
        Link::Connecting {
            endpoint: place, ..
        } => html! { <p>{ endpoint(place) }</p> },
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
    let case = now.case.as_ref();
    let why = case.map(|case| causes::view(console, case));
    let ended = now.ended.as_ref().map(|ended| {
        if ended.asked_for {
            html! { <p>{ words.connect.ended_by_you }</p> }
        } else {
            html! {
                <>
                    { for why.clone() }
                    <h3>{ words.connect.in_its_words }</h3>
                    <p class="told" id="ended" lang="en">{ &ended.reason }</p>
                </>
            }
        }
    });
    html! {
        <>
            { for other_tab }
            <section id="status" class="status" data-standing={standing.name()} aria-labelledby="status-title">
                <h2 id="status-title">{ standing.word(words) }</h2>
                { link }
                if let Some(refusal) = &now.refusal {
                    { refused(console, refusal, why, words) }
                } else {
                    { for ended }
                }
                if now.refusal.is_some() {
                    <p class="onward">
                        <a href={format!("#{}", Place::Timeline.name())}>{ words.connect.to_packets }</a>
                    </p>
                }
            </section>
        </>
    }
}

fn refused(console: &Console, refusal: &Refusal, why: Option<Html>, words: &Words) -> Html {
    let state = console.state();
    let lang = state.lang.core();
    let case = state.now().case.as_ref();
    let (by, reason) = match case.map(|case| &case.end) {
        Some(End::AuthCode(code)) => (
            words.connect.auth_refused_with,
            Code::from_number(*code).map(|code| code.message().to_owned()),
        ),
        Some(End::Connack(code)) => (
            words.connect.refused_with,
            ConnectCode::from_number(*code).map(|code| code.in_words(lang)),
        ),
        _ => (words.connect.refused_with, None),
    };
    let reason = reason.unwrap_or_else(|| refusal.reason.clone());
    html! {
        <div id="refusal" role="alert">
            <p class="code"><b>{ by }{ " " }{ refusal.code }</b>{ " " }{ reason }</p>
            if let Some(remark) = &refusal.remark {
                <h3>{ words.connect.stand_in_says }</h3>
                <p class="told" lang="en">{ remark }</p>
            }
            if let Some(why) = why {
                { why }
            } else {
                <h3>{ words.connect.what_it_means }</h3>
                <p class="told">{ &refusal.explanation }</p>
            }
        </div>
    }
}
