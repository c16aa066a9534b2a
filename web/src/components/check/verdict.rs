//! What came of the check, as somebody types.

use tern_core::explain::login::{Checked, Mistake, Note, RightLogin, Verdict};
use tern_core::explain::{InWords, Lang};
use yew::prelude::*;

use crate::app::Console;
use crate::components::clipboard;
use crate::markup::html;
use crate::state::check::Action;
use crate::words::check::Check as Words;

/// What stands in the place of a password.
const HIDDEN: &str = "••••••••••••••••••••••••";

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let (words, lang) = (state.words().check, state.lang.core());
    let Some(checked) = state.check.checked.as_deref() else {
        return html! {
            <section class="verdict" id="verdict" data-verdict="empty" aria-live="polite">
                <div class="empty tall">
                    <p class="title">{ words.empty }</p>
                    <p>{ words.empty_hint }</p>
                </div>
            </section>
        };
    };
    let (name, title) = told(checked, words);
    html! {
        <section class="verdict" id="verdict" data-verdict={name} data-mistakes={mistakes(&checked.verdict)} aria-labelledby="verdict-title">
            <div class="judged" role="status" aria-live="polite">
                <h2 id="verdict-title">{ title }</h2>
                <p>{ checked.verdict.in_words(lang) }</p>
            </div>
            { signed(&checked.verdict, words) }
            { notes(&checked.notes, lang, words) }
            { for checked.right.iter().map(|right| right_login(console, right, checked, words)) }
        </section>
    }
}

fn told(checked: &Checked, words: &Words) -> (&'static str, &'static str) {
    match &checked.verdict {
        Verdict::Right if checked.is_acceptable() => ("right", words.right),
        Verdict::Right => ("noted", words.right_but),
        Verdict::Mistaken { .. } => ("mistaken", words.wrong),
        Verdict::Unknown { .. } => ("unknown", words.unknown),
        Verdict::Missing(_) => ("missing", words.missing),
    }
}

/// What was signed under the mistakes, where that is another string than the right one.
fn signed(verdict: &Verdict, words: &Words) -> Html {
    let Verdict::Mistaken { content, .. } = verdict else {
        return Html::default();
    };
    html! {
        <>
            <h3>{ words.signed_content }</h3>
            <code class="value" id="signed-content">{ content }</code>
        </>
    }
}

/// The names of the mistakes, for tests and styles.
fn mistakes(verdict: &Verdict) -> Option<String> {
    let Verdict::Mistaken { mistakes, .. } = verdict else {
        return None;
    };
    let names: Vec<_> = mistakes.iter().map(Mistake::id).collect();
    Some(names.join(" "))
}

fn notes(notes: &[Note], lang: Lang, words: &Words) -> Html {
    if notes.is_empty() {
        return Html::default();
    }
    let one = |note: &Note| {
        html! {
            <li class={classes!(note.is_refused().then_some("bad"))} data-part={note.part().name()}>
                if note.is_refused() {
                    <b>{ words.refused_note }</b>
                }
                { note.in_words(lang) }
            </li>
        }
    };
    html! {
        <>
            <h3>{ words.notes }</h3>
            <ul class="notes" id="notes">{ for notes.iter().map(one) }</ul>
        </>
    }
}

fn right_login(
    console: &Console,
    right: &RightLogin,
    checked: &Checked,
    words: &'static Words,
) -> Html {
    let state = console.state();
    let common = state.words().common;
    let shown = state.check.shown;
    let show_or_hide = if shown { common.hide } else { common.show };
    let password = right.password.expose();
    html! {
        <>
            <h3>{ words.right_login }</h3>
            <dl class="right-login" id="right-login">
                <dt>{ words.client_id }</dt>
                <dd><code class="value">{ &right.client_id }</code></dd>
                <dt>{ words.username }</dt>
                <dd><code class="value">{ &right.username }</code></dd>
                <dt>{ words.password }</dt>
                <dd class="beside">
                    <code class="value" id="right-password">
                        { if shown { password.to_owned() } else { HIDDEN.to_owned() } }
                    </code>
                    <button
                        type="button"
                        class="plain"
                        aria-pressed={shown.to_string()}
                        aria-label={format!("{show_or_hide} {}", words.password)}
                        onclick={console.acts(move |_: MouseEvent| Action::Show(!shown))}
                    >
                        { show_or_hide }
                    </button>
                    { clipboard::button(console, "copy-password", words.password, password.to_owned()) }
                </dd>
                if !matches!(checked.verdict, Verdict::Right) {
                    <dt>{ words.right_content }</dt>
                    <dd><code class="value" id="right-content">{ &right.content }</code></dd>
                }
            </dl>
        </>
    }
}
