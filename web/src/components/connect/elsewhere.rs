//! The form in other hands: as a command line, and as a link.

use yew::prelude::*;

use crate::app::Console;
use crate::components::choice::{check, selected};
use crate::components::clipboard;
use crate::copy_as::{Note, Subject, Tool, command_line};
use crate::markup::html;
use crate::setup::Setup;
use crate::share;
use crate::state::State;
use crate::state::connect::Action;
use crate::words::connect::Connect as Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let words = console.state().words().connect;
    html! {
        <section class="elsewhere" id="elsewhere" aria-labelledby="elsewhere-title">
            <h2 id="elsewhere-title">{ words.elsewhere }</h2>
            <p class="lead">{ words.elsewhere_hint }</p>
            { command(console, words) }
            { link(console, words) }
        </section>
    }
}

fn command(console: &Console, words: &'static Words) -> Html {
    let state = console.state();
    let tool = state.connect.tool;
    let (subject, is_text) = subject(state);
    let line = command_line(
        tool,
        &state.connect.form,
        &subject,
        state.connect.password_in_line,
    );
    let on_tool = console.acts(|event: Event| {
        let name = selected(&event);
        let tool = Tool::ALL.into_iter().find(|tool| tool.command() == name);
        Action::Tool(tool.unwrap_or(Tool::TernSub))
    });
    let choose = html! {
        <div class="field">
            <label for="tool">{ words.command_for }</label>
            <select id="tool" class="mono" onchange={on_tool}>
                { for Tool::ALL.into_iter().map(|one| html! {
                    <option value={one.command()} selected={one == tool}>{ one.command() }</option>
                }) }
            </select>
        </div>
    };
    let shown = match line {
        // Which ones, the form says where they stand.
        Err(_) => html! { <p class="empty">{ words.line_waits }</p> },
        Ok(line) => {
            let mut notes: Vec<_> = line
                .notes
                .iter()
                .map(|note| (*note, say(*note, words)))
                .collect();
            notes.dedup_by_key(|(note, _)| *note);
            html! {
                <>
                    <pre class="line" id="command" tabindex="0" aria-label={words.command}>{ &line.text }</pre>
                    <div class="beside">{ clipboard::button(console, "copy-command", words.command, line.text.clone()) }</div>
                    <ul class="notes">
                        { for notes.into_iter().map(|(note, text)| html! {
                            <li class={classes!((note == Note::PasswordInside).then_some("bad"))}>{ text }</li>
                        }) }
                        if !is_text {
                            <li>{ words.note_bytes }</li>
                        }
                    </ul>
                </>
            }
        }
    };
    html! {
        <>
            { choose }
            if !tool.signs() {
                { check(
                    "password-in-line",
                    words.put_password_in,
                    "",
                    state.connect.password_in_line,
                    console.acts(Action::PasswordInLine),
                ) }
            }
            { shown }
        </>
    }
}

fn link(console: &Console, words: &'static Words) -> Html {
    let setup = Setup::from(&console.state().connect.form);
    let link = format!("{}#{}", address(), share::fragment(&setup));
    html! {
        <div class="field">
            <span class="label" id="share-label">{ words.share_link }</span>
            <code class="link-shown" id="share-link" tabindex="0" aria-labelledby="share-label">{ &link }</code>
            <div class="beside">{ clipboard::button(console, "copy-link", words.share_link, link.clone()) }</div>
        </div>
    }
}

/// What the page is about; the payload as bytes where it is typed so, and whether they are text.
fn subject(state: &State) -> (Subject, bool) {
    let messages = &state.messages;
    let bytes = messages.notation.read(&messages.payload).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let is_text = text.is_some();
    let subject = Subject {
        filter: state.filter(),
        subscribe_qos: messages.subscribe_qos,
        topic: state.topic(),
        publish_qos: messages.publish_qos,
        payload: text.unwrap_or_else(|| messages.payload.clone()),
    };
    (subject, is_text)
}

/// The page's own address without what stands behind its `#`.
fn address() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok());
    let href = href.unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

fn say(note: Note, words: &'static Words) -> &'static str {
    match note {
        Note::SecretByEnvironment => words.note_secret,
        Note::PasswordByEnvironment => words.note_password,
        Note::PasswordInside => words.note_password_inside,
        Note::NeedsPlatform => words.note_needs_platform,
        Note::NoWebSocket => words.note_no_websocket,
        Note::CaFile => words.note_ca_file,
        Note::NoHttpsAuth => words.note_no_https_auth,
        Note::AuthUrl => words.note_auth_url,
        Note::NulLeftOut => words.note_nul,
    }
}
