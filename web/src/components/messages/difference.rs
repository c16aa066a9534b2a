//! What differs from the message before.

use yew::prelude::*;

use super::message::more;
use crate::app::Console;
use crate::components::when::grouped;
use crate::markup::html;
use crate::payload::diff::Line;
use crate::payload::reading::Reading;

/// So many lines are drawn at once.
const LINES: usize = 1000;

/// Draws it.
pub(super) fn view(console: &Console, reading: &Reading) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let Some(difference) = &reading.difference else {
        return html! { <p class="hint" id="difference">{ words.no_before }</p> };
    };
    if difference.is_none() {
        return html! { <p class="hint" id="difference">{ words.no_difference }</p> };
    }
    let drawn = if state.messages.at_length {
        usize::MAX
    } else {
        LINES
    };
    let rest = difference.lines.iter().skip(drawn).map(|line| match line {
        Line::Same(text) | Line::Gone(text) | Line::New(text) => text.chars().count(),
        Line::Skipped(_) => 0,
    });
    html! {
        <>
            <p class="hint" id="difference">
                { grouped(difference.gone as u64) }{ " " }{ words.gone_lines }{ " · " }
                { grouped(difference.new as u64) }{ " " }{ words.new_lines }
                if difference.is_coarse {
                    { " · " }{ words.coarse }
                }
            </p>
            <pre class="difference" tabindex="0">
                { for difference.lines.iter().take(drawn).map(|line| match line {
                    Line::Same(text) => html! { <span class="same">{ "  " }{ text }{ "\n" }</span> },
                    Line::Gone(text) => html! { <del>{ "- " }{ text }{ "\n" }</del> },
                    Line::New(text) => html! { <ins>{ "+ " }{ text }{ "\n" }</ins> },
                    Line::Skipped(count) => html! {
                        <span class="skipped">{ "  … " }{ grouped(*count as u64) }{ " " }{ words.same_lines }{ "\n" }</span>
                    },
                }) }
            </pre>
            { more(console, rest.sum()) }
        </>
    }
}
