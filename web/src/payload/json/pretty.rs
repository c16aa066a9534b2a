//! JSON with a line for every value, and otherwise as it came.

use super::{JsonFault, Reader, Token};
use crate::payload::lay_out::Layout;

/// Lays a JSON text out in lines. Numbers and strings stay character for character, names keep their
/// order and repetitions.
///
/// # Errors
/// The first place where the text is no JSON.
pub fn pretty(text: &str) -> Result<String, JsonFault> {
    let mut reader = Reader::new(text);
    let mut layout = Layout::with_capacity(text.len() + text.len() / 2);
    while let Some(token) = reader.next()? {
        match token {
            Token::ObjectStart => layout.open("{"),
            Token::ArrayStart => layout.open("["),
            Token::ObjectEnd => layout.close("}"),
            Token::ArrayEnd => layout.close("]"),
            Token::Key(name) => layout.name(&["\"", name, "\""]),
            Token::String(content) => layout.value(&["\"", content, "\""]),
            Token::Number(value) | Token::Word(value) => layout.value(&[value]),
        }
    }
    Ok(layout.into_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_gets_a_line() {
        let text = r#"{"id":"1","params":{"t":[21.5,22.0],"e":{},"a":[]}}"#;
        let wanted = "\
{
  \"id\": \"1\",
  \"params\": {
    \"t\": [
      21.5,
      22.0
    ],
    \"e\": {},
    \"a\": []
  }
}";
        assert_eq!(pretty(text).as_deref(), Ok(wanted));
        assert_eq!(pretty(wanted).as_deref(), Ok(wanted), "already laid out");
    }

    #[test]
    fn big_numbers_escapes_order_and_repetition_stay() {
        let text = r#"{"z":123456789012345678901234567890,"a":1.0000,"a":1e400,"s":"\u0041\/"}"#;
        let laid_out = pretty(text).expect("JSON");
        let squeezed: String = laid_out.split_whitespace().collect();
        assert_eq!(squeezed, text);
    }

    #[test]
    fn depth_costs_no_more_than_lines() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let laid_out = pretty(&deep).expect("JSON");
        assert!(laid_out.len() < 100 * deep.len(), "{}", laid_out.len());
    }

    #[test]
    fn a_large_payload_is_laid_out() {
        let text = format!("[{}1]", "{\"t\":21.5},".repeat(24 * 1024));
        assert!(text.len() > 256 * 1024);
        let laid_out = pretty(&text).expect("JSON");
        assert_eq!(laid_out.lines().count(), 3 * 24 * 1024 + 3);
    }
}
