//! Asking the cloud's side that is shown, whichever it is, and saying why something could not be done.

use std::sync::atomic::{AtomicU32, Ordering};

use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::protocol::Command;
use crate::protocol::cloud::{self, Ask, Problem};
use crate::state::cloud::{Action, Source, Task};

/// Numbers what is asked, so that an answer finds its way back.
static NUMBER: AtomicU32 = AtomicU32::new(1);

/// Asks; the outcome stands with `task` once it is known.
pub(super) fn ask(console: &Console, task: Task, ask: Ask) {
    let number = send(console, ask);
    console.act(Action::Ask(task, number));
}

/// Asks for something whose outcome shows by itself.
pub(super) fn send(console: &Console, ask: Ask) -> u32 {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    match console.state().cloud_source() {
        Source::InPage => console.tell(Command::Cloud(cloud::Command::Ask { number, ask })),
        Source::Served => console.ask_served.emit((number, ask)),
    }
    number
}

/// What is wrong, what to do, and what the other side says about it.
pub(super) fn problem(console: &Console, problem: &Problem) -> Html {
    let words = console.state().words().cloud;
    html! {
        <>
            { words.of(problem.kind) }
            if !problem.text.is_empty() {
                <span class="told">{ words.they_say }{ " " }<q lang="en">{ &problem.text }</q></span>
            }
        </>
    }
}

/// Why the last thing that a part asked for could not be done.
pub(super) fn problem_of(console: &Console, task: Task) -> Html {
    let found = console.state().cloud.asked.problem(task);
    html! {
        if let Some(found) = found {
            <p class="error" role="alert" data-problem={found.kind.name()}>{ problem(console, found) }</p>
        }
    }
}
