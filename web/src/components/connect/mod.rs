//! The place where a triple becomes a connection.

mod causes;
mod device;
mod elsewhere;
mod linked;
mod login;
mod preflight;
mod profiles;
mod signing;
mod status;
mod whereto;

use tern_core::explain::InWords;
use yew::prelude::*;

use super::field::focus;
use crate::app::Console;
use crate::markup::html;
use crate::protocol::{Command, Task};
use crate::state::connect::Action;

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
                { linked::view(console) }
                { profiles::view(console) }
                { device::view(console, words) }
                { whereto::view(console, words) }
                { login::view(console, words) }
                <div class="actions">
                    <button type="submit" class={if active { "plain" } else { "primary" }}>
                        { if active { words.connect.do_disconnect } else { words.common.do_connect } }
                    </button>
                    if state.connect.tried && !faults.is_empty() {
                        <p class="error" role="alert">{ words.connect.fix_first }</p>
                    } else if let Some(problem) = problem {
                        <p class="error" role="alert">{ problem.said.in_words(state.lang.core()) }</p>
                    }
                </div>
            </form>
            <div class="beside-form">
                { status::view(console) }
                { preflight::view(console) }
                { signing::view(console) }
                { elsewhere::view(console) }
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
