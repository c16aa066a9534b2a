//! A named stretch of a packet.

use std::ops::Range;

use super::{FieldName, Value};

/// A named stretch of a packet's bytes, or some bits of one byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub name: FieldName,
    /// Where it is: offsets in bytes from the packet's start. Empty for a text of no character.
    pub range: Range<usize>,
    /// Which bits of the one byte it is; none where it is whole bytes.
    pub mask: Option<u8>,
    /// What it says.
    pub value: Value,
    /// Whether its bytes are, or may hold, the password: don't show them unasked. Children say it for themselves.
    pub secret: bool,
    /// What it is made of, in the order of the bytes, high bits first.
    pub children: Vec<Self>,
}

impl Field {
    /// The field's text, out of the bytes that it was dissected from. None where its value is no text.
    #[must_use]
    pub fn text<'a>(&self, packet: &'a [u8]) -> Option<&'a str> {
        match self.value {
            Value::Text => str::from_utf8(packet.get(self.range.clone())?).ok(),
            _ => None,
        }
    }

    /// A field of whole bytes without children.
    pub(super) const fn leaf(name: FieldName, range: Range<usize>, value: Value) -> Self {
        Self {
            name,
            range,
            mask: None,
            value,
            secret: false,
            children: Vec::new(),
        }
    }

    /// A field that its children cover; none where there are no children.
    pub(super) fn of(name: FieldName, children: Vec<Self>) -> Option<Self> {
        let range = children.first()?.range.start..children.last()?.range.end;
        Some(Self {
            children,
            ..Self::leaf(name, range, Value::Parts)
        })
    }

    /// Some bits of the byte at `at`.
    pub(super) fn bits(name: FieldName, at: usize, mask: u8, value: Value) -> Self {
        Self {
            mask: Some(mask),
            ..Self::leaf(name, at..at + 1, value)
        }
    }

    /// The same field, secret or not.
    pub(super) fn hidden(self, secret: bool) -> Self {
        Self { secret, ..self }
    }

    /// The same field with children.
    pub(super) fn with(self, children: Vec<Self>) -> Self {
        Self { children, ..self }
    }
}
