//! What a person typed as a payload, as the bytes that are meant.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _};
use serde::{Deserialize, Serialize};

use super::json::{self, JsonFault};
use super::{base64 as base64_lines, hex};
use crate::lang::Lang;

/// How a payload is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notation {
    /// The characters themselves, in UTF-8.
    #[default]
    Text,
    /// The same, and it must be JSON.
    Json,
    /// Hexadecimal digits.
    Hex,
    /// base64, in either alphabet, with padding or without.
    Base64,
}

impl Notation {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Hex, Self::Base64];

    /// The name in attributes: `text`, `json`, `hex`, `base64`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Hex => "hex",
            Self::Base64 => "base64",
        }
    }

    /// The bytes that are meant.
    ///
    /// # Errors
    /// The first place that breaks the notation's rule.
    pub fn read(self, text: &str) -> Result<Vec<u8>, Mistyped> {
        match self {
            Self::Text => Ok(text.as_bytes().to_vec()),
            Self::Json => {
                json::check(text).map_err(Mistyped::Json)?;
                Ok(text.as_bytes().to_vec())
            }
            Self::Hex => hex::parse(text),
            Self::Base64 => from_base64(text),
        }
    }

    /// How these bytes are typed; none where this notation cannot say them.
    #[must_use]
    pub fn write(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Text => std::str::from_utf8(bytes).ok().map(ToOwned::to_owned),
            Self::Json => {
                let text = std::str::from_utf8(bytes).ok()?;
                json::check(text).ok()?;
                Some(text.to_owned())
            }
            Self::Hex => Some(hex::spaced(bytes)),
            Self::Base64 => Some(base64_lines::encode(bytes)),
        }
    }

    /// How bytes are best typed: as text where they are one, else in hexadecimal.
    #[must_use]
    pub fn fitting(bytes: &[u8]) -> Self {
        [Self::Json, Self::Text]
            .into_iter()
            .find(|notation| {
                // A lone number or word is a text to most people.
                let is_document = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
                (is_document || *notation == Self::Text) && notation.write(bytes).is_some()
            })
            .unwrap_or(Self::Hex)
    }
}

/// Why what was typed is no payload. Places are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistyped {
    /// No JSON.
    Json(JsonFault),
    /// A character that is no hexadecimal digit.
    HexDigit {
        /// The byte that it would be part of.
        byte: usize,
        /// Its place in the text.
        character: usize,
        /// What stands there.
        found: char,
    },
    /// A byte has one hexadecimal digit only.
    HalfByte {
        /// Which.
        byte: usize,
        /// Where its digit stands in the text.
        character: usize,
    },
    /// A character that base64 does not have, or not there.
    Base64Character {
        /// Its place in the text.
        character: usize,
        /// What stands there.
        found: char,
    },
    /// The last group of base64 has one character, or padding that does not fit it.
    Base64Length {
        /// How many characters there are, without white space.
        characters: usize,
    },
}

impl Mistyped {
    /// What is wrong, where, and what to do, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Self::Json(fault)) => fault.say(lang),
            (
                Lang::En,
                Self::HexDigit {
                    byte,
                    character,
                    found,
                },
            ) => {
                format!(
                    "byte {byte} is not hex: {found:?} (character {character}) is no hex digit; use 0 to 9 and a to f, two for each byte"
                )
            }
            (
                Lang::Zh,
                Self::HexDigit {
                    byte,
                    character,
                    found,
                },
            ) => {
                format!(
                    "第 {byte} 个字节不是十六进制：{found:?}（第 {character} 个字符）不是十六进制数字；每个字节用两位 0–9、a–f"
                )
            }
            (Lang::En, Self::HalfByte { byte, character }) => {
                format!(
                    "byte {byte} has one hex digit only (character {character}); write two for each byte, such as 0a"
                )
            }
            (Lang::Zh, Self::HalfByte { byte, character }) => {
                format!(
                    "第 {byte} 个字节只有一位十六进制数字（第 {character} 个字符）；每个字节须写两位，例如 0a"
                )
            }
            (Lang::En, Self::Base64Character { character, found }) => {
                format!(
                    "character {character} is not base64: {found:?}; use letters, digits, + and / (or - and _), and = at the end only"
                )
            }
            (Lang::Zh, Self::Base64Character { character, found }) => {
                format!(
                    "第 {character} 个字符不是 base64：{found:?}；只能用字母、数字、+ 和 /（或 - 和 _），= 只能在末尾"
                )
            }
            (Lang::En, Self::Base64Length { characters }) => {
                format!(
                    "base64 of {characters} characters is not complete: groups have four characters, the last one two or three and = to fill it up, or no = at all"
                )
            }
            (Lang::Zh, Self::Base64Length { characters }) => {
                format!(
                    "共 {characters} 个字符，base64 不完整：每组四个字符，最后一组可以是两个或三个字符，用 = 补足或都不补"
                )
            }
        }
    }
}

/// Reads either alphabet, with padding or without; white space is passed over.
fn from_base64(text: &str) -> Result<Vec<u8>, Mistyped> {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // Both alphabets have 62 characters in common; the other two stand for the same values.
    let standard = packed.replace('-', "+").replace('_', "/");
    STANDARD.decode(&standard).map_err(|error| match error {
        DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol { offset: at, .. } => {
            let wrong = text
                .chars()
                .enumerate()
                .filter(|(_, c)| !c.is_whitespace())
                // `-` and `_` are as long as `+` and `/`, so places in bytes are the same in both.
                .scan(0, |offset, (place, c)| {
                    *offset += c.len_utf8();
                    Some((*offset, place, c))
                })
                .find(|(end, ..)| *end > at);
            let (_, place, found) = wrong.unwrap_or_default();
            Mistyped::Base64Character {
                character: place + 1,
                found,
            }
        }
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => Mistyped::Base64Length {
            characters: packed.chars().count(),
        },
    })
}

const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_as_it_is_and_json_only_if_it_is_json() {
        let text = "{ \"t\" : 21.50 }\n";
        assert_eq!(Notation::Text.read("21.5 °C"), Ok("21.5 °C".into()));
        assert_eq!(Notation::Json.read(text), Ok(text.into()), "untouched");
        let fault = Notation::Json.read("{\"t\":}").expect_err("no JSON");
        assert!(fault.say(Lang::En).contains("character 6"), "{fault:?}");
        assert!(fault.say(Lang::Zh).contains("第 6 个字符"), "{fault:?}");
    }

    #[test]
    fn base64_is_read_in_either_alphabet_with_padding_or_without() {
        for text in ["+/8=", "-_8", "-_8=", " +/\n8 = "] {
            assert_eq!(Notation::Base64.read(text), Ok(vec![0xfb, 0xff]), "{text}");
        }
        assert_eq!(Notation::Base64.read(""), Ok(Vec::new()));
    }

    #[test]
    fn the_character_that_is_no_base64_is_named() {
        let read = |text| Notation::Base64.read(text);
        let wrong = |character, found| Err(Mistyped::Base64Character { character, found });
        assert_eq!(read("AA\nAA ?A"), wrong(7, '?'));
        assert_eq!(read("AA=A"), wrong(3, '='));
        assert_eq!(read("温AAA"), wrong(1, '温'));
        assert_eq!(read("AAAAA"), Err(Mistyped::Base64Length { characters: 5 }));
    }

    #[test]
    fn bytes_survive_being_written_and_read() {
        let every: Vec<u8> = (0..=255).collect();
        for notation in [Notation::Hex, Notation::Base64] {
            let typed = notation.write(&every).expect("any bytes");
            assert_eq!(notation.read(&typed).as_deref(), Ok(every.as_slice()));
        }
        assert_eq!(Notation::Text.write(&every), None);
        assert_eq!(Notation::fitting(&every), Notation::Hex);
        assert_eq!(Notation::fitting(b" {\"a\":1}"), Notation::Json);
        assert_eq!(Notation::fitting(b"21.5"), Notation::Text);
        assert_eq!(Notation::fitting(b"{a}"), Notation::Text);
    }

    #[test]
    fn a_hex_fault_says_which_byte_and_what_to_do() {
        let fault = Notation::Hex.read("00 01 02 03 4g").expect_err("no hex");
        let said = fault.say(Lang::En);
        assert!(said.starts_with("byte 5 is not hex: 'g'"), "{said}");
        assert!(fault.say(Lang::Zh).starts_with("第 5 个字节"));
    }
}
