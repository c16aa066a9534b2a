//! A device to be registered.

use yew::prelude::*;

use super::ask::{ask, problem_of};
use crate::app::Console;
use crate::components::field::{focus, input_text};
use crate::markup::html;
use crate::protocol::cloud::{Ask, Done};
use crate::state::cloud::{Action, NewDeviceFault, Part, Task};
use crate::words::cloud::Cloud;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let added = state.cloud.asked.outcome(Task::Register) == Some(&Ok(Done::Done));
    let onsubmit = {
        let console = console.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            console.act(Action::TryNew);
            match console.state().cloud.first_new_fault() {
                Some(part) => focus(part.id()),
                None => {
                    let device = console.state().cloud.new.clone();
                    ask(&console, Task::Register, Ask::Register(device));
                }
            }
        })
    };
    html! {
        <details class="add" id="add-device">
            <summary>{ words.add }</summary>
            <form {onsubmit} novalidate=true>
                <div class="parts">
                    { for Part::ALL.into_iter().map(|part| field(console, part)) }
                    <button type="submit" class="plain" disabled={state.cloud.asked.waits(Task::Register)}>{ words.do_add }</button>
                </div>
                { problem_of(console, Task::Register) }
                if added {
                    <p class="good" role="status" id="added">{ words.added }</p>
                } else {
                    <p class="hint">{ words.add_hint }</p>
                }
            </form>
        </details>
    }
}

fn field(console: &Console, part: Part) -> Html {
    let state = console.state();
    let rule = state
        .cloud
        .new_fault(part)
        .map(|fault| rule(part, fault, state.words().cloud));
    let oninput = console.acts(move |event: InputEvent| Action::TypeNew(part, input_text(&event)));
    html! {
        <div class="field">
            <label for={part.id()}>{ part.name() }</label>
            <input
                id={part.id()}
                class="mono"
                type={if part == Part::DeviceSecret { "password" } else { "text" }}
                value={part.of(&state.cloud.new).to_owned()}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid={rule.is_some().then_some("true")}
                aria-describedby={rule.is_some().then(|| format!("{}-error", part.id()))}
                {oninput}
            />
            if let Some(rule) = rule {
                <p class="error" id={format!("{}-error", part.id())}>{ rule }</p>
            }
        </div>
    }
}

const fn rule(part: Part, fault: NewDeviceFault, words: &Cloud) -> &'static str {
    match (fault, part) {
        (NewDeviceFault::Empty, _) => words.empty,
        (NewDeviceFault::TooLong, _) => words.too_long,
        (NewDeviceFault::Character, Part::ProductKey) => words.rule_product_key,
        (NewDeviceFault::Character, Part::DeviceName) => words.rule_device_name,
        (NewDeviceFault::Character, Part::DeviceSecret) => words.rule_device_secret,
    }
}
