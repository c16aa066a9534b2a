//! How the device signs in, and its session.

use tern_core::sign::SignMethod;
use tern_core::vendor;
use yew::prelude::*;

use crate::app::Console;
use crate::components::choice::{check, radio};
use crate::components::field::TextField;
use crate::form::{Auth, Carrier, Field, Form};
use crate::markup::html;
use crate::state::connect::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console, words: &'static Words) -> Html {
    let form = &console.state().connect.form;
    let words = words.connect;
    let now = console.acts(|_: MouseEvent| {
        Action::Type(Field::Timestamp, format!("{:.0}", js_sys::Date::now()))
    });
    let auths = Auth::ALL.map(|auth| {
        let label = match auth {
            Auth::Direct => words.auth_direct,
            Auth::Https => words.auth_https,
        };
        let act = console.acts(move |()| Action::Auth(auth));
        radio("auth", auth.name(), label, form.auth == auth, act)
    });
    let client_id = TextField {
        hint: Some(words.client_id_hint),
        placeholder: form.client_id_meant(),
        ..TextField::default()
    };
    let keep_alive = TextField {
        digits: true,
        ..TextField::default()
    };
    let range = |hint| TextField {
        hint,
        digits: true,
        ..TextField::default()
    };
    let timestamp = TextField {
        hint: Some(words.timestamp_hint),
        digits: true,
        beside: html! { <button type="button" class="plain" onclick={now}>{ words.now }</button> },
        ..TextField::default()
    };
    let (min, max) = vendor::KEEP_ALIVE_RANGE.into_inner();
    let range_hint = words
        .keep_alive_range_hint
        .replace("{min}", &min.to_string())
        .replace("{max}", &max.to_string());
    html! {
        <fieldset>
            <legend>{ words.login_and_session }</legend>
            <div class="segments" role="radiogroup" aria-label={words.auth} aria-describedby="auth-hint">
                { for auths }
            </div>
            <p class="hint" id="auth-hint">{ auth_hint(form, words) }</p>
            { client_id.view(console, Field::ClientId, words.client_id) }
            <div class="pair">
                { TextField::choose(console, Field::Method, words.method, SignMethod::ALL.map(SignMethod::name)) }
                { keep_alive.view(console, Field::KeepAlive, words.keep_alive) }
            </div>
            <div class="pair">
                { range(None).view(console, Field::KeepAliveMin, words.keep_alive_min) }
                { range(None).view(console, Field::KeepAliveMax, words.keep_alive_max) }
            </div>
            <p class="hint below">{ range_hint }</p>
            { timestamp.view(console, Field::Timestamp, words.timestamp) }
            { check(
                "clean-session",
                words.clean_session,
                words.clean_session_hint,
                form.clean_session,
                console.acts(Action::CleanSession),
            ) }
        </fieldset>
    }
}

fn auth_hint(form: &Form, words: &'static crate::words::connect::Connect) -> Html {
    if form.auth == Auth::Direct {
        return html! { { words.auth_direct_hint } };
    }
    let asked = match (form.carrier, form.auth_region()) {
        (Carrier::InPage, _) => html! { { words.auth_asks_page } },
        (_, None) => html! { { words.auth_asks_program } },
        (_, Some(region)) => html! {
            <>{ words.auth_asks_region }{ " " }<code>{ format!("iot-auth.{region}.aliyuncs.com") }</code></>
        },
    };
    html! { <>{ words.auth_https_hint }{ " " }{ asked }</> }
}
