//! What the password is as bytes: hex as it should be, or written otherwise, or cut.

use super::{Encoding, Mistake};

/// The shortest part of a digest that is recognised, in hex characters: 48 bits don't fit by chance.
const SHORTEST_CUT: usize = 12;

/// A password, ready to be compared with digests.
pub(super) struct Written {
    targets: Vec<(Option<Encoding>, Vec<u8>)>,
    cut: Option<String>,
}

/// How a digest was found in a password.
#[derive(Debug)]
pub(super) enum Match {
    /// All of it, in hex.
    Exact,
    /// In another way.
    Otherwise(Mistake),
}

impl Written {
    /// Reads a password without its white space.
    pub(super) fn read(password: &str) -> Self {
        let mut targets = Vec::new();
        let mut cut = None;
        if let Some(bytes) = from_hex(password) {
            if let Some(inner) = hex_in(&bytes) {
                targets.push((Some(Encoding::HexOfHex), inner));
            }
            targets.push((None, bytes));
        } else if let Some(bytes) = from_base64(password) {
            if let Some(inner) = hex_in(&bytes) {
                let is_upper = bytes.iter().any(u8::is_ascii_uppercase);
                let encoding = match is_upper {
                    true => Encoding::Base64OfUpperHex,
                    false => Encoding::Base64OfHex,
                };
                targets.push((Some(encoding), inner));
            }
            targets.push((Some(Encoding::Base64), bytes));
        }
        let is_hex = password.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && password.len() >= SHORTEST_CUT {
            cut = Some(password.to_ascii_lowercase());
        }
        Self { targets, cut }
    }

    /// Whether a digest of so many bytes can be in it.
    pub(super) fn may_hold(&self, len: usize) -> bool {
        let is_target = self.targets.iter().any(|(_, target)| target.len() == len);
        is_target || self.cut.as_ref().is_some_and(|cut| cut.len() < 2 * len)
    }

    /// Whether a digest of so many bytes can be in it as a whole.
    pub(super) fn may_be(&self, len: usize) -> bool {
        self.targets.iter().any(|(_, target)| target.len() == len)
    }

    /// Looks for a digest.
    pub(super) fn find(&self, digest: &[u8]) -> Option<Match> {
        for (encoding, target) in &self.targets {
            if target == digest {
                return Some(match encoding {
                    None => Match::Exact,
                    Some(encoding) => Match::Otherwise(Mistake::Encoded(*encoding)),
                });
            }
        }
        let cut = self.cut.as_ref()?;
        let of = 2 * digest.len();
        if cut.len() >= of {
            return None;
        }
        let hex = to_hex(digest);
        let from = hex.find(cut.as_str())?;
        Some(Match::Otherwise(Mistake::Cut {
            from,
            len: cut.len(),
            of,
        }))
    }
}

/// Reads hex of either case.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|n| u8::try_from(n).ok())
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    if pairs.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect()
}

fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]); // below 16
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        hex.push(digit(byte >> 4));
        hex.push(digit(*byte));
    }
    hex
}

/// The bytes behind a text of hex digits that stands there as bytes.
fn hex_in(bytes: &[u8]) -> Option<Vec<u8>> {
    from_hex(core::str::from_utf8(bytes).ok()?)
}

/// Reads Base64 of either alphabet, padded or not.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}
