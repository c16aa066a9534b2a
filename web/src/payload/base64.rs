//! base64 in lines of 76 characters [RFC 2045, 6.8], so that a difference has lines to compare.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const LINE: usize = 76;

/// The lines.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let whole = STANDARD.encode(bytes);
    let mut text = String::with_capacity(whole.len() + whole.len() / LINE);
    for (place, c) in whole.chars().enumerate() {
        if place > 0 && place % LINE == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_seventy_six_characters() {
        assert_eq!(encode(b""), "");
        assert_eq!(encode(b"\xfb\xff"), "+/8=");
        let text = encode(&[0; 100]);
        let lines: Vec<_> = text.lines().map(str::len).collect();
        assert_eq!(lines, [76, 60]);
    }
}
