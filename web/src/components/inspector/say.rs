//! What fields are called and say, in the page's language.

use tern_core::wire::dissect::{FieldName, Value};

use super::Scene;
use crate::inspector::dump;
use crate::inspector::tree::Node;
use crate::words::Lang;

/// What stands for a password.
pub(super) const DOTS: &str = "••••••••";

/// A field's name.
pub(super) fn name(lang: Lang, name: FieldName) -> &'static str {
    match lang {
        Lang::En => name.english(),
        Lang::Zh => name.chinese(),
    }
}

/// What a field says; of a text at most `most` characters. Empty where its parts say it.
pub(super) fn value(scene: &Scene<'_>, node: &Node, most: usize) -> String {
    let bytes = scene.bytes.get(node.range.clone()).unwrap_or_default();
    let words = scene.lang.words().inspector;
    let is_hidden = node.secret && !scene.look.secrets_shown;
    match node.value {
        Value::Text | Value::Bytes if bytes.is_empty() => words.empty.to_owned(),
        Value::Text | Value::Bytes if is_hidden => DOTS.to_owned(),
        Value::Text => match core::str::from_utf8(bytes) {
            Ok(text) => printable(text, most),
            // The dissection has found a text there.
            Err(_) => String::new(),
        },
        Value::Bytes => {
            let most = most / 3;
            let front = bytes.get(..most);
            let mut text = dump::hex(front.unwrap_or(bytes), &[]);
            if front.is_some() {
                text.push_str(" …");
            }
            text
        }
        other => {
            let said = match scene.lang {
                Lang::En => other.english(),
                Lang::Zh => other.chinese(),
            };
            said.unwrap_or_default()
        }
    }
}

/// A text with pictures in the place of its control characters.
fn printable(text: &str, most: usize) -> String {
    let mut said: String = text
        .chars()
        .take(most)
        .map(|character| match u32::from(character) {
            code @ 0..=0x1F => char::from_u32(0x2400 + code).unwrap_or(character),
            0x7F => '␡',
            _ => character,
        })
        .collect();
    if text.chars().nth(most).is_some() {
        said.push('…');
    }
    said
}

/// The bits of a byte that a mask leaves, the others as dots: `0011 ....`.
pub(super) fn pattern(byte: u8, mask: u8) -> String {
    let mut text = String::with_capacity(9);
    for bit in (0..8).rev() {
        text.push(match (mask >> bit & 1, byte >> bit & 1) {
            (0, _) => '·',
            (_, 0) => '0',
            _ => '1',
        });
        if bit == 4 {
            text.push(' ');
        }
    }
    text
}
