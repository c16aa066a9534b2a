//! What will be refused, said before anything is sent, each with a button that mends it.

use tern_core::explain::InWords;
use tern_core::explain::preflight::{Finding, Severity};
use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::state::connect::Action;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().connect;
    let findings = state.connect.findings_shown();
    html! {
        <section class="preflight" id="preflight" aria-labelledby="preflight-title" data-findings={findings.len().to_string()}>
            <h2 id="preflight-title">{ words.preflight }</h2>
            if findings.is_empty() {
                <p class="hint fine">{ words.preflight_good }</p>
            } else {
                <ul>{ for findings.iter().map(|finding| one(console, finding)) }</ul>
            }
        </section>
    }
}

fn one(console: &Console, finding: &Finding) -> Html {
    let state = console.state();
    let (words, lang) = (state.words().connect, state.lang.core());
    let (severity, label) = match finding.severity {
        Severity::Refused => ("refused", words.will_be_refused),
        Severity::Warning => ("warning", words.doubtful),
    };
    let mends = finding.mends.clone();
    let says: Vec<_> = mends.iter().map(|mend| mend.in_words(lang)).collect();
    let onclick = console.acts(move |_: MouseEvent| Action::Mend(mends.clone()));
    html! {
        <li data-field={finding.field.name()} data-severity={severity}>
            <p><b>{ label }</b>{ finding.in_words(lang) }</p>
            <p class="source">{ words.rule_from }{ " " }{ finding.source() }</p>
            if !says.is_empty() {
                <button type="button" class="plain mend" {onclick}>{ says.join("; ") }</button>
            }
        </li>
    }
}
