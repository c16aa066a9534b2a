//! Payloads: what they look like, how they read as text, JSON, hex, base64 and CBOR, how two of them
//! differ, the numbers in them over time, and how they are typed.
//!
//! Nothing here knows a page or a connection. MQTT gives a payload no type, so every view is an attempt:
//! it shows what can be shown and says where the bytes stop being what it tried.

pub mod base64;
pub mod cbor;
pub mod chart;
pub mod diff;
pub mod hex;
pub mod json;
mod lay_out;
mod quote;
pub mod reading;
pub mod typed;

use std::borrow::Cow;

use crate::lang::Lang;
use cbor::CborFault;
use json::JsonFault;

/// A way to look at a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// As UTF-8.
    #[default]
    Text,
    /// Laid out as JSON.
    Json,
    /// Sixteen bytes a line.
    Hex,
    /// base64
    Base64,
    /// In CBOR's diagnostic notation.
    Cbor,
}

impl Codec {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Hex, Self::Base64, Self::Cbor];

    /// The name in attributes: `text`, `json`, `hex`, `base64`, `cbor`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Cbor => "cbor",
        }
    }

    /// What a payload looks like: JSON where it is an object or an array, else text where it is one, else
    /// CBOR where all of it is items that hold others, else bytes.
    #[must_use]
    pub fn guess(bytes: &[u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let is_document = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
            return if is_document && json::check(text).is_ok() {
                Self::Json
            } else if text.chars().all(is_legible) {
                Self::Text
            } else {
                Self::Hex
            };
        }
        // An array, a map or a tag: any two bytes are a small number and another one.
        let may_be_cbor = matches!(bytes.first(), Some(0x80..=0xdb));
        if may_be_cbor && cbor::diagnose(bytes).1.is_none() {
            Self::Cbor
        } else {
            Self::Hex
        }
    }

    /// A payload in this view.
    #[must_use]
    pub fn show(self, bytes: &[u8]) -> View {
        // Nothing is nothing in every view; and an empty payload is as legal as any [MQTT-3.3.3].
        if bytes.is_empty() {
            return View::default();
        }
        let (text, fault) = match self {
            Self::Text => match legible(bytes) {
                (text, None) => (text.into_owned(), None),
                (text, Some(at)) => (text.into_owned(), Some(Fault::NotUtf8 { at })),
            },
            Self::Json => match legible(bytes) {
                (text, Some(at)) => (text.into_owned(), Some(Fault::NotUtf8 { at })),
                (text, None) => match json::pretty(&text) {
                    Ok(pretty) => (pretty, None),
                    Err(fault) => (text.into_owned(), Some(Fault::Json(fault))),
                },
            },
            Self::Hex => (hex::dump(bytes), None),
            Self::Base64 => (base64::encode(bytes), None),
            Self::Cbor => {
                let (text, fault) = cbor::diagnose(bytes);
                (text, fault.map(Fault::Cbor))
            }
        };
        View { text, fault }
    }
}

/// A payload as somebody reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Its text, or as much of it as could be read.
    pub text: String,
    /// Where and why the payload is not what the view shows.
    pub fault: Option<Fault>,
}

/// Why a payload is not what a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A byte that is no UTF-8.
    NotUtf8 {
        /// Its offset, from 0.
        at: usize,
    },
    /// Not JSON.
    Json(JsonFault),
    /// Not CBOR.
    Cbor(CborFault),
}

impl Fault {
    /// What is wrong and where, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Self::Json(fault)) => fault.say(lang),
            (_, Self::Cbor(fault)) => fault.say(lang),
            (Lang::En, Self::NotUtf8 { at }) => {
                format!(
                    "not text: byte {at} is no UTF-8 and is shown as \u{fffd}; hex shows the bytes themselves"
                )
            }
            (Lang::Zh, Self::NotUtf8 { at }) => {
                format!("不是文本：字节 {at} 处不是 UTF-8，以 \u{fffd} 显示；原始字节请看十六进制")
            }
        }
    }
}

/// The text, and the offset of the first byte that is none.
fn legible(bytes: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => (String::from_utf8_lossy(bytes), Some(error.valid_up_to())),
    }
}

fn is_legible(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_what_it_looks_like() {
        for (bytes, wanted) in [
            (&b""[..], Codec::Text),
            (b"21.5 \xc2\xb0C\n", Codec::Text),
            (b" {\"a\":1}", Codec::Json),
            (b"[]", Codec::Json),
            (b"{\"a\":1", Codec::Text),
            (b"21.5", Codec::Text),
            (b"\x00\x01", Codec::Hex),
            (b"\xa1\x61\x74\x18\x15", Codec::Cbor),
            (b"\x81\xc1\x00", Codec::Cbor),
            (b"\xa1\x61\x74", Codec::Hex),
            (b"\xff\xfe", Codec::Hex),
        ] {
            assert_eq!(Codec::guess(bytes), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_utf8_is_shown_as_far_as_it_goes() {
        let view = Codec::Text.show(b"t=21\xff!");
        assert_eq!(view.text, "t=21\u{fffd}!");
        assert_eq!(view.fault, Some(Fault::NotUtf8 { at: 4 }));
        assert_eq!(
            Codec::Json.show(b"\"\xff\"").fault,
            Some(Fault::NotUtf8 { at: 1 })
        );
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_came() {
        let view = Codec::Json.show(b"{\"a\": 1,}");
        assert_eq!(view.text, "{\"a\": 1,}");
        let fault = view.fault.expect("a comma too many");
        assert!(fault.say(Lang::En).contains("character 9"), "{fault:?}");
        assert!(fault.say(Lang::Zh).contains("第 9 个字符"), "{fault:?}");
    }

    #[test]
    fn an_empty_payload_is_empty_in_every_view() {
        for codec in Codec::ALL {
            assert_eq!(codec.show(b""), View::default());
        }
    }

    #[test]
    fn the_largest_payload_of_the_platform_shows_in_every_view() {
        let noise: Vec<u8> = (0_u32..256 * 1024)
            .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect();
        for codec in Codec::ALL {
            assert!(!codec.show(&noise).text.is_empty(), "{codec:?}");
        }
        assert_eq!(Codec::guess(&noise), Codec::Hex);
    }

    #[test]
    fn every_fault_is_said_in_both_languages() {
        for bytes in [&b"\xff"[..], b"{", b"\x1c"] {
            for codec in [Codec::Text, Codec::Json, Codec::Cbor] {
                if let Some(fault) = codec.show(bytes).fault {
                    assert!(
                        fault.say(Lang::En).is_ascii() || matches!(fault, Fault::NotUtf8 { .. })
                    );
                    assert!(!fault.say(Lang::Zh).is_ascii());
                }
            }
        }
    }
}
