//! The signed CONNECT, step by step, as it is typed.

use tern_core::sign::Step;
use yew::prelude::*;

use crate::app::Console;
use crate::form::Field;
use crate::state::connect::Action;
use crate::words::Words;
use crate::words::connect::why;

/// What stands in the place of a password.
const HIDDEN: &str = "••••••••••••••••••••••••";

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let content = match state.connect.form.steps() {
        Ok(steps) => html! {
            <ol class="steps">
                { for steps.iter().map(|step| one(console, step, words)) }
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
            <h2 id="signing-title">{ words.connect.signed_connect }</h2>
            <p class="lead">{ words.connect.signed_connect_hint }</p>
            { content }
        </section>
    }
}

fn one(console: &Console, step: &Step, words: &'static Words) -> Html {
    let shown = console.state().connect.password_shown;
    let why = why(console.state().lang, step.name).unwrap_or(step.why);
    let sent = matches!(step.name, "client_id" | "username" | "password");
    let value = if step.is_secret() && !shown {
        html! { <code class="value" data-step={step.name}>{ HIDDEN }</code> }
    } else {
        html! { <code class="value" data-step={step.name}>{ step.value.expose().to_owned() }</code> }
    };
    html! {
        <li class={classes!(sent.then_some("sent"))}>
            <h3>{ title(step.name, words) }</h3>
            <div class="beside">
                { value }
                if step.is_secret() {
                    <button
                        type="button"
                        class="plain"
                        aria-pressed={shown.to_string()}
                        aria-label={format!(
                            "{} {}",
                            if shown { words.common.hide } else { words.common.show },
                            title(step.name, words)
                        )}
                        onclick={console.acts(move |_: MouseEvent| Action::ShowPassword(!shown))}
                    >
                        { if shown { words.common.hide } else { words.common.show } }
                    </button>
                }
            </div>
            <p class="why">{ why }</p>
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
    }
}
