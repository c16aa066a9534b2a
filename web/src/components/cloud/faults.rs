//! The switchboard of faults: what is on shows at once, for all devices or for one.

use tern_platform::{Cut, DeviceAddress, Fault, Faults};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ask::{ask, problem_of, send};
use super::choose::{choice, switch};
use super::push::address;
use crate::app::Console;
use crate::components::field::{focus, input_text};
use crate::markup::html;
use crate::protocol::cloud::{Ask, View};
use crate::state::cloud::{AUTH_CODES, Action, REFUSALS, Task};
use crate::words::cloud::{Cloud, auth_refusal, refusal};

/// Draws it.
pub(super) fn view(console: &Console, view: &View) -> Html {
    let words = console.state().words().cloud;
    let faults = console.state().cloud.faults(view);
    html! {
        <section class="faults" aria-labelledby="faults-title">
            <h2 id="faults-title">{ words.faults }</h2>
            { on_now(console, faults) }
            { whose(console, view, faults) }
            { switches(console, faults) }
            { problem_of(console, Task::Faults) }
        </section>
    }
}

/// Switches what changes a device's faults.
fn set(console: &Console, faults: &Faults, change: &dyn Fn(&mut Fault)) {
    let faulting = &console.state().cloud.faulting;
    let changed = faulting.changed(faults, change);
    switch_to(console, changed);
}

fn switch_to(console: &Console, faults: Faults) {
    ask(console, Task::Faults, Ask::SetFaults(faults.clone()));
    console.act(Action::Switch(faults));
}

/// What a switch that is set does to them.
fn sets(
    console: &Console,
    faults: &Faults,
    change: impl Fn(&mut Fault, bool) + 'static,
) -> Callback<bool> {
    let (console, faults) = (console.clone(), faults.clone());
    Callback::from(move |on| set(&console, &faults, &|fault| change(fault, on)))
}

fn whose(console: &Console, view: &View, faults: &Faults) -> Html {
    let words = console.state().words().cloud;
    let of = console.state().cloud.faulting.of.clone();
    // Faults need no registered device: one that is chosen, or has faults on, stays in the list.
    let mut devices: Vec<_> = view.devices.iter().filter_map(address).collect();
    devices.extend(faults.devices.keys().chain(&of).cloned());
    devices.sort();
    devices.dedup();
    let chosen = of.and_then(|of| devices.iter().position(|device| *device == of));
    let names = devices.iter().map(DeviceAddress::to_string);
    let names = [words.all_devices.to_owned()]
        .into_iter()
        .chain(names)
        .collect();
    let act = console.clone();
    let chooses = Callback::from(move |place: usize| {
        let device = place.checked_sub(1).and_then(|place| devices.get(place));
        act.act(Action::FaultsOf(device.cloned()));
    });
    let place = chosen.map_or(0, |place| place + 1);
    choice("faults-of", words.faults_of, names, place, chooses)
}

fn switches(console: &Console, faults: &Faults) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let on = state.cloud.faulting.on(faults);
    let cut = {
        let (console, faults) = (console.clone(), faults.clone());
        Callback::from(move |_: MouseEvent| {
            let faulting = &console.state().cloud.faulting;
            let cutting = faulting.changed(&faults, |fault| fault.drop = Some(Cut::Now));
            send(&console, Ask::SetFaults(cutting));
            // To cut once takes the place of a cut after each login: what was on is on again.
            switch_to(&console, faults.clone());
        })
    };
    let after_connect = sets(console, faults, |fault, on| {
        fault.drop = bool::then_some(on, Cut::AfterConnect);
    });
    let half_open = sets(console, faults, |fault, on| fault.half_open = on);
    let garbage = sets(console, faults, |fault, on| fault.garbage = on);
    let none = Html::default;
    html! {
        <div class="switches">
            { refuse(console, faults, on) }
            { auth_refuse(console, faults, on) }
            { delay(console, faults, on) }
            { switch("fault-half-open", words.half_open, words.half_open_hint, on.half_open, half_open, none()) }
            { switch("fault-garbage", words.garbage, words.garbage_hint, on.garbage, garbage, none()) }
            { switch("fault-after-connect", words.after_connect, words.after_connect_hint, on.drop.is_some(), after_connect, none()) }
            <div class="switch">
                <button type="button" class="plain" id="fault-cut" aria-describedby="fault-cut-hint" onclick={cut}>{ words.cut_now }</button>
                <p class="hint" id="fault-cut-hint">{ words.cut_now_hint }</p>
            </div>
        </div>
    }
}

fn refuse(console: &Console, faults: &Faults, on: Fault) -> Html {
    let (lang, words) = (console.state().lang, console.state().words().cloud);
    let faulting = &console.state().cloud.faulting;
    let shown = on
        .refuse
        .map_or(faulting.refuse, |refuse| refuse.code.number());
    let names = REFUSALS.map(|code| format!("{code} · {}", refusal(lang, code)));
    let place = REFUSALS.iter().position(|code| *code == shown);
    let chooses = {
        let (console, faults) = (console.clone(), faults.clone());
        Callback::from(move |place: usize| {
            let code = REFUSALS.get(place).copied().unwrap_or_default();
            console.act(Action::RefuseWith(code));
            let mut chosen = console.state().cloud.faulting.clone();
            chosen.refuse = code;
            if on.refuse.is_some() {
                set(&console, &faults, &|fault| fault.refuse = chosen.refusal());
            }
        })
    };
    let beside = choice(
        "refuse-code",
        words.code,
        names.to_vec(),
        place.unwrap_or_default(),
        chooses,
    );
    let refusal = faulting.refusal();
    let act = sets(console, faults, move |fault, on| {
        fault.refuse = refusal.filter(|_| on);
    });
    switch(
        "fault-refuse",
        words.refuse,
        words.refuse_hint,
        on.refuse.is_some(),
        act,
        beside,
    )
}

fn auth_refuse(console: &Console, faults: &Faults, on: Fault) -> Html {
    let (lang, words) = (console.state().lang, console.state().words().cloud);
    let faulting = &console.state().cloud.faulting;
    let shown = on
        .auth_refuse
        .map_or(faulting.auth_refuse, |refuse| refuse.code);
    let names = AUTH_CODES.map(|code| format!("{code} · {}", auth_refusal(lang, code)));
    let place = AUTH_CODES.iter().position(|code| *code == shown);
    let chooses = {
        let (console, faults) = (console.clone(), faults.clone());
        Callback::from(move |place: usize| {
            let code = AUTH_CODES.get(place).copied().unwrap_or_default();
            console.act(Action::AuthRefuseWith(code));
            let mut chosen = console.state().cloud.faulting.clone();
            chosen.auth_refuse = code;
            if on.auth_refuse.is_some() {
                set(&console, &faults, &|fault| {
                    fault.auth_refuse = Some(chosen.auth_refusal())
                });
            }
        })
    };
    let beside = choice(
        "auth-refuse-code",
        words.code,
        names.to_vec(),
        place.unwrap_or_default(),
        chooses,
    );
    let refusal = faulting.auth_refusal();
    let act = sets(console, faults, move |fault, on| {
        fault.auth_refuse = on.then_some(refusal);
    });
    let is_on = on.auth_refuse.is_some();
    switch(
        "fault-auth-refuse",
        words.auth_refuse,
        words.auth_refuse_hint,
        is_on,
        act,
        beside,
    )
}

fn delay(console: &Console, faults: &Faults, on: Fault) -> Html {
    let words = console.state().words().cloud;
    let faulting = &console.state().cloud.faulting;
    let (is_on, delay) = (on.delay_ms > 0, faulting.delay());
    let oninput = console.acts(|event: InputEvent| Action::DelayBy(input_text(&event)));
    // Once the hand is off the field, what stands there holds.
    let onchange = {
        let (console, faults) = (console.clone(), faults.clone());
        Callback::from(move |event: Event| {
            let input = event.target().and_then(|target| target.dyn_into().ok());
            let mut typed = console.state().cloud.faulting.clone();
            typed.delay_ms =
                input.map_or_else(String::new, |input: HtmlInputElement| input.value());
            if let Some(delay) = typed.delay().filter(|_| is_on) {
                set(&console, &faults, &|fault| fault.delay_ms = delay);
            }
        })
    };
    let act = {
        let (console, faults) = (console.clone(), faults.clone());
        Callback::from(move |on: bool| match delay {
            Some(delay) if on => set(&console, &faults, &|fault| fault.delay_ms = delay),
            None if on => {
                // The switch shows again what is: nothing was switched.
                console.act(Action::Forget(Task::Faults));
                focus("delay-ms");
            }
            _ => set(&console, &faults, &|fault| fault.delay_ms = 0),
        })
    };
    let beside = html! {
        <div class="field">
            <label for="delay-ms">{ words.milliseconds }</label>
            <input
                id="delay-ms"
                class="mono"
                inputmode="numeric"
                autocomplete="off"
                value={faulting.delay_ms.clone()}
                aria-invalid={delay.is_none().then_some("true")}
                aria-describedby={delay.is_none().then_some("delay-ms-error")}
                {oninput}
                {onchange}
            />
            if delay.is_none() {
                <p class="error" id="delay-ms-error" role="alert">{ words.bad_delay }</p>
            }
        </div>
    };
    switch(
        "fault-delay",
        words.delay,
        words.delay_hint,
        is_on,
        act,
        beside,
    )
}

/// All that is on, whomever it is for.
fn on_now(console: &Console, faults: &Faults) -> Html {
    let waits = console.state().cloud.asked.waits(Task::Faults);
    let words = console.state().words().cloud;
    let devices = faults.devices.iter();
    let devices = devices.map(|(device, fault)| (device.to_string(), *fault));
    let all = [(words.for_all.to_owned(), faults.all)].into_iter();
    let on: Vec<_> = all
        .chain(devices)
        .filter(|(_, fault)| !fault.is_none())
        .map(|(whose, fault)| (whose, named(fault, words)))
        .collect();
    let off = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            switch_to(&console, Faults::default());
        })
    };
    html! {
        <div class={classes!("on-now", (!on.is_empty()).then_some("some"))} id="faults-on" role="status" aria-busy={waits.then_some("true")}>
            if on.is_empty() {
                <p class="hint">{ words.none_on }</p>
            } else {
                <ul>
                    { for on.into_iter().map(|(whose, names)| html! {
                        <li data-of={whose.clone()}><b>{ whose }</b>{ ": " }{ names.join(" · ") }</li>
                    }) }
                </ul>
                <button type="button" class="quiet" id="faults-off" onclick={off}>{ words.all_off }</button>
            }
        </div>
    }
}

fn named(fault: Fault, words: &Cloud) -> Vec<String> {
    let refuse = fault
        .refuse
        .map(|refuse| format!("{} {}", words.refuse, refuse.code.number()));
    let auth = fault
        .auth_refuse
        .map(|refuse| format!("{} {}", words.auth_refuse, refuse.code));
    let drop = fault.drop.map(|_| words.after_connect.to_owned());
    let delay = (fault.delay_ms > 0).then(|| format!("{} {} ms", words.delay, fault.delay_ms));
    let half_open = fault.half_open.then(|| words.half_open.to_owned());
    let garbage = fault.garbage.then(|| words.garbage.to_owned());
    [refuse, auth, drop, delay, half_open, garbage]
        .into_iter()
        .flatten()
        .collect()
}
