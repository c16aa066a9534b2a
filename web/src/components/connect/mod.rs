//! The place where a triple becomes a connection.

mod signing;
mod status;

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use tern_core::identity::Region;
use tern_core::sign::SignMethod;

use super::field::{TextField, described_by, fault_of, rule};
use crate::app::Console;
use crate::form::{Address, Carrier, Field};
use crate::protocol::{Command, Task};
use crate::state::connect::Action;
use crate::words::Words;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let active = state.now().link.is_active();
    let onsubmit = {
        let console = console.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            submit(&console);
        })
    };
    let faults = state.connect.faults_shown();
    let problem = state.now().problem.as_ref();
    let problem = problem.filter(|problem| problem.of == Task::Connect);
    html! {
        <div class="connect">
            <form class="sheet" {onsubmit} novalidate=true>
                { device(console, words) }
                { whereto(console, words) }
                { login(console, words) }
                <div class="actions">
                    <button type="submit" class={if active { "plain" } else { "primary" }}>
                        { if active { words.connect.do_disconnect } else { words.common.do_connect } }
                    </button>
                    if state.connect.tried && !faults.is_empty() {
                        <p class="error" role="alert">{ words.connect.fix_first }</p>
                    } else if let Some(problem) = problem {
                        <p class="error" role="alert">{ &problem.text }</p>
                    }
                </div>
            </form>
            <div class="beside-form">
                { status::view(console) }
                { signing::view(console) }
            </div>
        </div>
    }
}

fn submit(console: &Console) {
    let state = console.state();
    if state.now().link.is_active() {
        console.tell(Command::Disconnect);
        return;
    }
    console.act(Action::Try);
    match state.connect.form.faults().first() {
        None => console.tell(Command::Connect(Box::new(state.connect.form.clone()))),
        Some(fault) => focus(fault.field.id()),
    }
}

fn device(console: &Console, words: &'static Words) -> Html {
    let state = console.state();
    let shown = state.connect.secret_shown;
    let is_sample = state.connect.form.is_sample();
    let show = html! {
        <button
            type="button"
            class="plain"
            aria-pressed={shown.to_string()}
            aria-controls={Field::DeviceSecret.id()}
            aria-label={format!("{} deviceSecret", if shown { words.common.hide } else { words.common.show })}
            onclick={console.acts(move |_: MouseEvent| Action::ShowSecret(!shown))}
        >
            { if shown { words.common.hide } else { words.common.show } }
        </button>
    };
    let secret = TextField {
        hint: Some(words.connect.secret_hint),
        hidden: !shown,
        beside: show,
        ..TextField::default()
    };
    html! {
        <fieldset>
            <legend>{ words.connect.device }</legend>
            <p class="lead">{ if is_sample { words.connect.sample_hint } else { words.connect.device_hint } }</p>
            { TextField::default().view(console, Field::ProductKey, "productKey") }
            { TextField::default().view(console, Field::DeviceName, "deviceName") }
            { secret.view(console, Field::DeviceSecret, "deviceSecret") }
            if !is_sample {
                <p>
                    <button type="button" class="link" onclick={console.acts(|_: MouseEvent| Action::UseSample)}>
                        { words.connect.use_sample }
                    </button>
                </p>
            }
        </fieldset>
    }
}

fn whereto(console: &Console, words: &'static Words) -> Html {
    let form = &console.state().connect.form;
    let carrier_name = |carrier| match carrier {
        Carrier::InPage => words.connect.in_page,
        Carrier::Ws => "ws",
        Carrier::Wss => "wss",
    };
    let hint = match form.carrier {
        Carrier::InPage => words.connect.in_page_hint,
        Carrier::Ws => words.connect.ws_hint,
        Carrier::Wss => words.connect.wss_hint,
    };
    let by_host = form.address == Address::Host;
    let carriers = Carrier::ALL.map(|carrier| {
        let chosen = form.carrier == carrier;
        let act = console.acts(move |()| Action::Carry(carrier));
        radio(
            "carrier",
            carrier.name(),
            carrier_name(carrier),
            chosen,
            act,
        )
    });
    let addresses = [
        (Address::Host, "by-host", words.connect.by_host),
        (Address::Region, "by-region", words.connect.by_region),
    ]
    .map(|(address, id, label)| {
        let act = console.acts(move |()| Action::Address(address));
        radio("address", id, label, form.address == address, act)
    });
    let host = TextField {
        placeholder: "127.0.0.1".into(),
        ..TextField::default()
    };
    let port = TextField {
        placeholder: form.default_port().to_string(),
        digits: true,
        ..TextField::default()
    };
    html! {
        <fieldset>
            <legend>{ words.connect.whereto }</legend>
            <div class="segments" role="radiogroup" aria-label={words.connect.whereto} aria-describedby="carrier-hint">
                { for carriers }
            </div>
            <p class="hint" id="carrier-hint">{ hint }</p>
            if form.carrier != Carrier::InPage {
                <div class="segments small" role="radiogroup" aria-label={words.connect.address}>
                    { for addresses }
                </div>
                if by_host {
                    <div class="pair wide-narrow">
                        { host.view(console, Field::Host, words.connect.host) }
                        { port.view(console, Field::Port, words.connect.port) }
                    </div>
                } else {
                    { select(console, Field::Region, words.connect.region, Region::ALL.map(Region::name)) }
                }
                if let Ok(endpoint) = form.endpoint() {
                    <p class="hint target">{ words.connect.connects_to }{ " " }<code>{ endpoint.to_string() }</code></p>
                }
            }
        </fieldset>
    }
}

fn login(console: &Console, words: &'static Words) -> Html {
    let form = &console.state().connect.form;
    let on_clean = console.acts(|event: Event| {
        let input = event.target().and_then(|target| target.dyn_into().ok());
        Action::CleanSession(input.is_some_and(|input: HtmlInputElement| input.checked()))
    });
    let now = console.acts(|_: MouseEvent| {
        Action::Type(Field::Timestamp, format!("{:.0}", js_sys::Date::now()))
    });
    let client_id = TextField {
        hint: Some(words.connect.client_id_hint),
        placeholder: form.client_id_meant(),
        ..TextField::default()
    };
    let keep_alive = TextField {
        hint: Some(words.connect.keep_alive_hint),
        digits: true,
        ..TextField::default()
    };
    let timestamp = TextField {
        hint: Some(words.connect.timestamp_hint),
        digits: true,
        beside: html! { <button type="button" class="plain" onclick={now}>{ words.connect.now }</button> },
        ..TextField::default()
    };
    html! {
        <fieldset>
            <legend>{ words.connect.login_and_session }</legend>
            { client_id.view(console, Field::ClientId, words.connect.client_id) }
            <div class="pair">
                { select(console, Field::Method, words.connect.method, SignMethod::ALL.map(SignMethod::name)) }
                { keep_alive.view(console, Field::KeepAlive, words.connect.keep_alive) }
            </div>
            { timestamp.view(console, Field::Timestamp, words.connect.timestamp) }
            <div class="check">
                <input
                    id="clean-session"
                    type="checkbox"
                    checked={form.clean_session}
                    aria-describedby="clean-session-hint"
                    onchange={on_clean}
                />
                <label for="clean-session">{ words.connect.clean_session }</label>
                <p class="hint" id="clean-session-hint">{ words.connect.clean_session_hint }</p>
            </div>
        </fieldset>
    }
}

fn radio(
    group: &'static str,
    id: &'static str,
    label: &str,
    chosen: bool,
    act: Callback<()>,
) -> Html {
    html! {
        <label class="segment">
            <input
                type="radio"
                name={group}
                id={format!("{group}-{id}")}
                checked={chosen}
                onchange={move |_: Event| act.emit(())}
            />
            <span>{ label }</span>
        </label>
    }
}

fn select<const N: usize>(
    console: &Console,
    field: Field,
    label: &'static str,
    choices: [&'static str; N],
) -> Html {
    let chosen = console.state().connect.form.text(field).to_owned();
    let fault = fault_of(field, &console.state().connect.faults_shown());
    let onchange = console.acts(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into().ok());
        let text = select.map_or_else(String::new, |select: HtmlSelectElement| select.value());
        Action::Type(field, text)
    });
    html! {
        <div class="field">
            <label for={field.id()}>{ label }</label>
            <select
                id={field.id()}
                class="mono"
                aria-invalid={fault.is_some().then_some("true")}
                aria-describedby={described_by(field, false, fault.is_some())}
                {onchange}
            >
                { for choices.into_iter().map(|choice| html! {
                    <option value={choice} selected={choice == chosen}>{ choice }</option>
                }) }
            </select>
            { rule(field, fault.as_ref()) }
        </div>
    }
}

fn focus(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that can't take the focus keeps its mark all the same.
        let _ = element.focus();
    }
}
