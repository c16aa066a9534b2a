//! The signed CONNECT, or the signed request before it, step by step, as it is typed.

use tern_core::explain::step_why;
use tern_core::sign::Step;
use yew::prelude::*;

use crate::app::Console;
use crate::form::{Auth, Fault, Field};
use crate::markup::html;
use crate::state::connect::Action;
use crate::words::Words;

/// What stands in the place of a password.
const HIDDEN: &str = "••••••••••••••••••••••••";

/// A step as it is drawn.
struct Shown {
    name: &'static str,
    title: &'static str,
    value: String,
    why: &'static str,
    /// Whether it is sent as it stands.
    is_sent: bool,
    /// Whether a button shows and hides what is secret in it.
    has_secret: bool,
}

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let title = match state.connect.form.auth {
        Auth::Direct => words.connect.signed_connect,
        Auth::Https => words.connect.signed_request,
    };
    let content = match steps(console, words) {
        Ok(steps) => html! {
            <ol class="steps">
                { for steps.into_iter().map(|step| one(console, step, words)) }
            </ol>
        },
        Err(faults) => html! {
            <div class="empty">
                <p>{ words.connect.signing_waits }</p>
                <ul>{ for faults.iter().map(|fault| html! { <li>{ name(fault.field, words) }</li> }) }</ul>
            </div>
        },
    };
    html! {
        <section class="signing" aria-labelledby="signing-title">
            <h2 id="signing-title">{ title }</h2>
            <p class="lead">{ words.connect.signed_connect_hint }</p>
            { content }
        </section>
    }
}

fn steps(console: &Console, words: &'static Words) -> Result<Vec<Shown>, Vec<Fault>> {
    let state = console.state();
    let form = &state.connect.form;
    let shown = state.connect.password_shown;
    let of_core = |step: &Step| Shown {
        name: step.name,
        title: title(step.name, words),
        value: match step.is_secret() && !shown {
            true => HIDDEN.to_owned(),
            false => step.value.expose().to_owned(),
        },
        why: step_why(step, state.lang.core()),
        is_sent: matches!(step.name, "client_id" | "username" | "password"),
        has_secret: step.is_secret(),
    };
    let steps = form.steps()?;
    let mut steps: Vec<_> = steps.iter().map(of_core).collect();
    if form.auth == Auth::Https {
        // Signed alike; what is made of the signature is another thing.
        steps.retain(|step| !step.is_sent);
        let body = form.auth_request()?.body;
        let body = match body.split_once("sign=").filter(|_| !shown) {
            Some((before, sign)) => {
                let after = sign.split_once('&').map_or("", |(_, after)| after);
                format!("{before}sign={HIDDEN}&{after}")
            }
            None => body,
        };
        steps.push(Shown {
            name: "form",
            title: words.connect.step_form,
            value: body,
            why: words.connect.step_form_why,
            is_sent: true,
            has_secret: true,
        });
        let id = form.client_id_meant();
        steps.push(Shown {
            name: "token",
            title: words.connect.step_token,
            value: words.connect.step_token_value.replace("{id}", &id),
            why: words.connect.step_token_why,
            is_sent: true,
            has_secret: false,
        });
    }
    Ok(steps)
}

fn one(console: &Console, step: Shown, words: &'static Words) -> Html {
    let shown = console.state().connect.password_shown;
    let show_or_hide = if shown {
        words.common.hide
    } else {
        words.common.show
    };
    html! {
        <li class={classes!(step.is_sent.then_some("sent"))}>
            <h3>{ step.title }</h3>
            <div class="beside">
                <code class="value" data-step={step.name}>{ step.value }</code>
                if step.has_secret {
                    <button
                        type="button"
                        class="plain"
                        aria-pressed={shown.to_string()}
                        aria-label={format!("{show_or_hide} {}", step.title)}
                        onclick={console.acts(move |_: MouseEvent| Action::ShowPassword(!shown))}
                    >
                        { show_or_hide }
                    </button>
                }
            </div>
            <p class="why">{ step.why }</p>
        </li>
    }
}

fn title(step: &'static str, words: &Words) -> &'static str {
    match step {
        "parameters" => words.connect.step_parameters,
        "sorted" => words.connect.step_sorted,
        "content" => words.connect.step_content,
        "hmac" => words.connect.step_hmac,
        "client_id" => words.connect.step_client_id,
        "username" => words.connect.step_username,
        "password" => words.connect.step_password,
        other => other,
    }
}

fn name(field: Field, words: &Words) -> &'static str {
    match field {
        Field::ProductKey => "productKey",
        Field::DeviceName => "deviceName",
        Field::DeviceSecret => "deviceSecret",
        Field::ClientId => words.connect.client_id,
        Field::Host => words.connect.host,
        Field::Port => words.connect.port,
        Field::Region => words.connect.region,
        Field::Method => words.connect.method,
        Field::Timestamp => words.connect.timestamp,
        Field::KeepAlive => words.connect.keep_alive,
        Field::KeepAliveMin => words.connect.keep_alive_min,
        Field::KeepAliveMax => words.connect.keep_alive_max,
    }
}
