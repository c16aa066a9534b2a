//! The place where a login that somebody else made is checked.

mod verdict;

use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::choice::radio;
use super::field::input_text;
use super::paste::{self, Pasted};
use crate::app::Console;
use crate::login_text;
use crate::markup::html;
use crate::state::check::{Action, Part};

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let check = &state.check;
    let on_text = console.acts(|event: InputEvent| {
        let area = event.target().and_then(|target| target.dyn_into().ok());
        Action::Text(area.map_or_else(String::new, |area: HtmlTextAreaElement| area.value()))
    });
    let carried = [
        ("unknown", words.check.transport_unknown, None),
        ("tls", words.check.transport_tls, Some(true)),
        ("tcp", words.check.transport_tcp, Some(false)),
    ]
    .map(|(id, label, is_secure)| {
        let act = console.acts(move |()| Action::Secure(is_secure));
        radio("carried", id, label, check.is_secure == is_secure, act)
    });
    html! {
        <div class="check-place">
            <form class="sheet" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
                <section aria-labelledby="check-title">
                    <h2 id="check-title">{ words.check.title }</h2>
                    <p class="lead">{ words.check.lead }</p>
                    <div class="field">
                        <label for="check-text">{ words.check.text }</label>
                        <textarea
                            id="check-text"
                            rows="3"
                            spellcheck="false"
                            autocomplete="off"
                            aria-describedby="check-text-hint"
                            value={check.text.clone()}
                            oninput={on_text}
                        />
                        <p class="hint" id="check-text-hint" role="status">
                            { match check.found {
                                None => words.check.text_hint.to_owned(),
                                Some(0) => words.check.found_none.to_owned(),
                                Some(found) => format!("{} {found}", words.check.found),
                            } }
                        </p>
                    </div>
                    { part(console, Part::ClientId, words.check.client_id, Some(words.check.client_id_hint)) }
                    { part(console, Part::Username, words.check.username, None) }
                    { part(console, Part::Password, words.check.password, None) }
                    { part(console, Part::Secret, "deviceSecret", Some(words.check.secret_hint)) }
                    { part(console, Part::OtherSecret, words.check.other_secret, Some(words.check.other_secret_hint)) }
                    <div class="field">
                        <span class="label" id="carried-label">{ words.check.transport }</span>
                        <div class="segments" role="radiogroup" aria-labelledby="carried-label">{ for carried }</div>
                    </div>
                </section>
                <div class="actions">
                    <button type="button" class="plain" id="check-clear" onclick={console.acts(|_: MouseEvent| Action::Clear)}>
                        { words.check.clear }
                    </button>
                </div>
            </form>
            { verdict::view(console) }
        </div>
    }
}

fn part(console: &Console, part: Part, label: &'static str, hint: Option<&'static str>) -> Html {
    let state = console.state();
    let words = state.words().common;
    let is_secret = matches!(part, Part::Secret | Part::OtherSecret);
    let shown = state.check.shown;
    let oninput = console.acts(move |event: InputEvent| Action::Type(part, input_text(&event)));
    let act = console.acts(move |Pasted { text, left_out }| Action::Paste(part, text, left_out));
    // Somebody who pastes all of it into one field means all of it.
    let all = console.acts(Action::Text);
    let onpaste = paste::listen(act, move |text| {
        let is_login = login_text::find(text).count() > 1;
        if is_login {
            all.emit(text.to_owned());
        }
        is_login
    });
    let pasted = state.check.pasted.filter(|(into, _)| *into == part);
    let hint_id = format!("{}-hint", part.id());
    let show_or_hide = if shown { words.hide } else { words.show };
    html! {
        <div class="field">
            <label for={part.id()}>{ label }</label>
            <div class="beside">
                <input
                    id={part.id()}
                    class="mono"
                    type={if is_secret && !shown { "password" } else { "text" }}
                    value={state.check.part(part).to_owned()}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby={hint.is_some().then(|| hint_id.clone())}
                    {oninput}
                    {onpaste}
                />
                if is_secret {
                    <button
                        type="button"
                        class="plain"
                        aria-pressed={shown.to_string()}
                        aria-controls={part.id()}
                        aria-label={format!("{show_or_hide} {label}")}
                        onclick={console.acts(move |_: MouseEvent| Action::Show(!shown))}
                    >
                        { show_or_hide }
                    </button>
                }
            </div>
            if let Some((_, left_out)) = pasted {
                <p class="note" id={format!("{}-pasted", part.id())} role="status">
                    { paste::what_was_left_out(left_out, state.words()) }
                </p>
            }
            if let Some(hint) = hint {
                <p class="hint" id={hint_id}>{ hint }</p>
            }
        </div>
    }
}
