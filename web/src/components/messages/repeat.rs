//! Publishing again and again.

use tern_core::explain::InWords;
use yew::prelude::*;

use super::{TextLine, keeping};
use crate::app::Console;
use crate::components::when::grouped;
use crate::drafts::Publication;
use crate::markup::html;
use crate::protocol::{Command, Repeating, Stop};
use crate::state::messages::Action;
use crate::words::Lang;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let now = state.now();
    let repeat = now.repeat.as_ref();
    let running = repeat.is_some_and(Repeating::is_running);
    let fault = state.messages.interval_ms().err();
    let can_start = now.link.is_connected() && fault.is_none() && state.messages.bytes().is_ok();
    let onclick = {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| {
            if running {
                console.tell(Command::StopRepeat);
            } else {
                start(&console);
            }
        })
    };
    let line = TextLine {
        id: "repeat-every",
        value: state.messages.every_ms.clone(),
        name: None,
        error: fault.is_some().then_some("repeat-error"),
        searches: false,
        typed: console.acts(Action::TypeEvery),
    };
    html! {
        <div class="repeat">
            <div class="field">
                <label for="repeat-every">{ words.messages.every }</label>
                <div class="beside">
                    { line.view() }
                    <span class="unit">{ "ms" }</span>
                    <button
                        type="button"
                        class={if running { "primary" } else { "plain" }}
                        id={if running { "repeat-stop" } else { "repeat-start" }}
                        disabled={!running && !can_start}
                        {onclick}
                    >
                        { if running { words.messages.stop } else { words.messages.start } }
                    </button>
                </div>
                if let Some(fault) = fault {
                    <p class="error" id="repeat-error" role="alert">{ fault.say(state.lang) }</p>
                }
                if let Some(repeat) = repeat {
                    <p class="hint" id="repeat-status" role="status" aria-live="off">{ status(repeat, state.lang) }</p>
                }
            </div>
        </div>
    }
}

fn start(console: &Console) {
    let state = console.state();
    // The button is not to be pressed as long as either is wrong.
    let (Ok(bytes), Ok(every_ms)) = (state.messages.bytes(), state.messages.interval_ms()) else {
        return;
    };
    let (topic, qos) = (state.topic(), state.messages.publish_qos);
    let publication = Publication {
        repeat_ms: Some(every_ms),
        ..state.messages.publication(topic.clone())
    };
    let command = Command::Repeat {
        topic,
        qos,
        every_ms,
    };
    console.send.emit((command, bytes));
    keeping::remember(console, publication);
}

fn status(repeat: &Repeating, lang: Lang) -> String {
    let words = lang.words().messages;
    let sent = grouped(repeat.sent);
    let why = match &repeat.stopped {
        None => {
            return format!(
                "{} ({} ms, {}) · {sent} {}",
                words.repeating,
                grouped(repeat.every_ms.into()),
                repeat.topic,
                words.times
            );
        }
        Some(Stop::Asked) => words.stopped,
        Some(Stop::ConnectionOver) => words.connection_over,
        Some(Stop::Refused(said)) => &said.in_words(lang.core()),
    };
    format!("{} {sent} {} · {why}", words.repeated, words.times)
}
