//! Texts in double quotes, with what would not be seen or would end them escaped.

/// Quotes a text as JSON does.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                quoted.push_str("\\u");
                // Control characters lie below U+00A0.
                for shift in [12, 8, 4, 0] {
                    let digit = u32::from(c) >> shift & 0xf;
                    quoted.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_escaped() {
        assert_eq!(quoted("a\"\\\n\u{7f}\u{0}é"), r#""a\"\\\n\u007f\u0000é""#);
    }
}
