//! What the field that is lit means, and where its rule stands.

use tern_core::wire::dissect::Value;
use yew::prelude::*;

use super::fields::place_of;
use super::{Scene, bits, say};
use crate::inspector::dump;
use crate::markup::html;
use crate::words::Lang;

/// How much of a text is shown, in characters.
const SHOWN: usize = 2000;

/// How many bytes are shown in hex beside the name.
const FEW: usize = 8;

/// Draws it.
pub(super) fn view(scene: &Scene<'_>) -> Html {
    let words = scene.lang.words().inspector;
    let lit = scene.look.lit();
    let Some((line, node)) = lit.and_then(|line| Some((line, scene.look.tree.get(line)?))) else {
        return html! {
            <div class="about" role="status" aria-label={words.about}><p class="hint">{ words.hint }</p></div>
        };
    };
    let explanation = node.name.explanation();
    let text = match scene.lang {
        Lang::En => explanation.english,
        Lang::Zh => explanation.chinese,
    };
    let value = say::value(scene, node, SHOWN);
    let bytes = scene.bytes.get(node.range.clone()).unwrap_or_default();
    let place = match (node.mask, bytes.len()) {
        (Some(_), _) => format!(
            "{} {}",
            scene.lang.words().timeline.at_byte,
            node.range.start
        ),
        (None, 0) => String::new(),
        (None, 1) => format!("{} {}", words.byte, place_of(scene, node)),
        (None, _) => format!("{} {}", words.bytes_from, place_of(scene, node)),
    };
    let is_hidden = node.secret && !scene.look.secrets_shown;
    let is_short = node.mask.is_none() && (1..=FEW).contains(&bytes.len()) && !is_hidden;
    html! {
        <div class="about" role="status" aria-label={words.about}>
            <p class="title">
                <b>{ say::name(scene.lang, node.name) }</b>
                <span>{ place }</span>
                if is_short {
                    <code>{ dump::hex(bytes, &[]) }</code>
                }
            </p>
            if !(value.is_empty() || is_short && node.value == Value::Bytes) {
                <p class="said"><code>{ value }</code></p>
            }
            { bits::view(scene, line) }
            <p class="why">
                { text }
                if let Some(section) = explanation.section {
                    <span class="section">{ format!(" [MQTT 3.1.1, {section}]") }</span>
                }
            </p>
        </div>
    }
}
