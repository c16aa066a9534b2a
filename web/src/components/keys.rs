//! The keys: what each does, and the sheet that lists them.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::protocol::Command;
use crate::state::{Action, Place};
use crate::state::{messages, timeline};

/// Draws the sheet, where it is open.
pub(crate) fn view(console: &Console) -> Html {
    let words = console.state().words();
    if !console.state().keys_shown {
        return Html::default();
    }
    let keys = words.keys;
    let close = console.acts(|_: MouseEvent| Action::ShowKeys(false));
    let rows = [
        ("1 – 5", keys.go),
        ("/", keys.search),
        ("p", keys.pause),
        ("j", keys.next),
        ("k", keys.previous),
        ("i", keys.inspect),
        ("c", keys.connect),
        ("Esc", keys.leave),
        ("?", keys.help),
    ];
    html! {
        <div class="veil">
            <div class="keys" id="keys" role="dialog" aria-modal="true" aria-labelledby="keys-title">
                <div class="bar">
                    <h2 id="keys-title">{ keys.title }</h2>
                    <button type="button" class="quiet" id="close-keys" onclick={close}>{ keys.close }</button>
                </div>
                <dl>
                    { for rows.into_iter().map(|(key, what)| html! {
                        <div><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></div>
                    }) }
                </dl>
            </div>
        </div>
    }
}

/// Does what a key is for; where somebody types, letters are text.
pub(crate) fn pressed(console: &Console, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return;
    }
    let focused = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let key = event.key();
    if key == "Escape" {
        leave(console, focused.as_ref());
        return;
    }
    let types = |element: &HtmlElement| {
        let tag = element.tag_name();
        matches!(tag.as_str(), "TEXTAREA" | "SELECT")
            || tag == "INPUT"
                && element
                    .matches("[type=text], [type=password], :not([type])")
                    .unwrap_or(true)
    };
    if focused.as_ref().is_some_and(types) {
        return;
    }
    let state = console.state();
    let is_done = match key.as_str() {
        "?" => {
            console.act(Action::ShowKeys(!state.keys_shown));
            focus_soon("#close-keys");
            true
        }
        "1" | "2" | "3" | "4" | "5" => {
            let number = usize::from(key.as_bytes().first().map_or(0, |digit| digit - b'1'));
            if let (Some(place), Some(window)) = (Place::ALL.get(number), web_sys::window()) {
                // The address is the place's: the page follows it.
                let _ = window.location().set_hash(place.name());
            }
            true
        }
        "/" => focus("[data-search]"),
        "p" if state.place == Place::Timeline => {
            let end = state.now().timeline.as_ref().map_or(0, |shown| shown.end);
            let paused = state.timeline.watch.until.is_some();
            console.act(timeline::Action::Pause((!paused).then_some(end)));
            true
        }
        "j" | "k" if matches!(state.place, Place::Timeline | Place::Messages) => {
            step(console, key == "j");
            true
        }
        "i" if state.place == Place::Timeline => focus(".fields [tabindex='0']"),
        "c" if state.now().link.is_active() => {
            console.tell(Command::Disconnect);
            true
        }
        "c" => {
            // Through the form, which says what is to be mended first.
            if let Some(window) = web_sys::window() {
                let _ = window.location().set_hash(Place::Connect.name());
            }
            console.act(crate::state::connect::Action::Try);
            let form = &state.connect.form;
            if form.faults().is_empty() {
                console.tell(Command::Connect(Box::new(form.clone())));
            }
            true
        }
        _ => false,
    };
    if is_done {
        event.prevent_default();
    }
}

/// Closes what is open, or takes the focus out of a field.
fn leave(console: &Console, focused: Option<&HtmlElement>) {
    let state = console.state();
    if state.keys_shown {
        console.act(Action::ShowKeys(false));
    } else if let (Place::Timeline, Some(index)) = (state.place, state.timeline.watch.chosen) {
        console.act(timeline::Action::Choose(None));
        // Back to where the packet was chosen, if that is in sight.
        focus(&format!("[data-index='{index}']"));
    } else if state.place == Place::Messages && state.messages.watch.chosen.is_some() {
        console.act(messages::Action::Choose(None));
    } else if let Some(element) = focused {
        // What can't lose the focus keeps it.
        let _ = element.blur();
    }
}

/// Chooses the next packet or message listed, or the one before.
fn step(console: &Console, forward: bool) {
    let state = console.state();
    let is_timeline = state.place == Place::Timeline;
    let now = state.now();
    let (rows, chosen) = if is_timeline {
        let rows = now.timeline.as_ref().map(|shown| &shown.rows);
        (rows, state.timeline.watch.chosen)
    } else {
        let rows = now.inbox.as_ref().map(|shown| &shown.rows);
        (rows, state.messages.watch.chosen)
    };
    let Some(rows) = rows else {
        return;
    };
    let mut rows = rows.rows.iter().map(|row| row.index);
    let next = match (chosen, forward) {
        (None, _) => rows.next_back(),
        (Some(chosen), true) => rows.find(|index| *index > chosen),
        (Some(chosen), false) => rows.rfind(|index| *index < chosen),
    };
    if next.is_none() {
        return;
    }
    if is_timeline {
        console.act(timeline::Action::Choose(next));
    } else {
        console.act(messages::Action::Choose(next));
    }
}

fn focus(css: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.query_selector(css).ok()?);
    let element = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// Focuses what the next drawing brings.
pub(super) fn focus_soon(css: &'static str) {
    gloo::timers::callback::Timeout::new(0, move || {
        focus(css);
    })
    .forget();
}
