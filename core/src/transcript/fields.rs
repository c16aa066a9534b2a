//! One line's fields: how they are written, and how they are read again.
//!
//! A field is a word, a number, or a text in double quotes, in which every byte can stand.

use crate::identity::quoted;

/// Why a recording can't be read. Prints as `line 12, column 9: qos is "3": it must be 0, 1 or 2`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {field} is {found}: it must be {rule}")]
pub struct ReadError {
    /// The line, from 1.
    pub line: u64,
    /// Where in the line, in bytes from 1.
    pub column: usize,
    /// What is expected there.
    pub field: &'static str,
    /// What stands there instead: quoted, and cut where it is long.
    pub found: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

/// Appends one field after another to a line.
pub(super) struct Line<'a>(pub(super) &'a mut String);

impl Line<'_> {
    fn space(&mut self) {
        if !(self.0.is_empty() || self.0.ends_with('\n')) {
            self.0.push(' ');
        }
    }

    /// A word or a number.
    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        self.space();
        self.0.push_str(word);
        self
    }

    /// A number.
    pub(super) fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        let number: u64 = number.into();
        self.word(&number.to_string())
    }

    /// A count of bytes or of things.
    pub(super) fn size(&mut self, size: usize) -> &mut Self {
        self.word(&size.to_string())
    }

    /// `none` or what `put` writes.
    pub(super) fn option<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => put(self, value),
            None => {
                self.word("none");
            }
        }
    }

    /// Bytes for people: as text where they are UTF-8.
    pub(super) fn text(&mut self, bytes: &[u8]) -> &mut Self {
        let Ok(text) = str::from_utf8(bytes) else {
            return self.wire(bytes);
        };
        self.space();
        self.0.push('"');
        for c in text.chars() {
            let shows =
                c.is_ascii_graphic() || c == ' ' || (!c.is_ascii() && c.escape_debug().len() == 1);
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                c if shows => self.0.push(c),
                c => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        self.escape(byte);
                    }
                }
            }
        }
        self.0.push('"');
        self
    }

    /// Bytes of the wire: all but visible ASCII is escaped.
    pub(super) fn wire(&mut self, bytes: &[u8]) -> &mut Self {
        self.space();
        self.0.reserve(bytes.len() + 2);
        self.0.push('"');
        for &byte in bytes {
            match byte {
                b'"' | b'\\' => self.0.extend(['\\', char::from(byte)]),
                b' '..=b'~' => self.0.push(char::from(byte)),
                byte => self.escape(byte),
            }
        }
        self.0.push('"');
        self
    }

    fn escape(&mut self, byte: u8) {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
        ];
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
        self.0
            .extend(['\\', 'x', digit(byte >> 4), digit(byte & 0x0F)]);
    }

    /// The line's end.
    pub(super) fn end(&mut self) {
        self.0.push('\n');
    }
}

/// Takes one field after another from a line.
pub(super) struct Fields<'a> {
    line: u64,
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    /// `text` is the line without its end, `line` its number.
    pub(super) const fn new(line: u64, text: &'a str) -> Self {
        Self { line, text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The error of a field that begins at `at` and is `found`.
    fn bad_at(
        &self,
        at: usize,
        field: &'static str,
        found: String,
        rule: &'static str,
    ) -> ReadError {
        ReadError {
            line: self.line,
            column: at + 1,
            field,
            found,
            rule,
        }
    }

    /// The field's start; an error where the line has ended.
    fn start(&mut self, field: &'static str, rule: &'static str) -> Result<usize, ReadError> {
        if self.at > 0 {
            match self.rest().strip_prefix(' ') {
                Some(_) => self.at += 1,
                None => return Err(self.bad_at(self.at, field, "not there".to_owned(), rule)),
            }
        }
        Ok(self.at)
    }

    /// A word, up to the next space.
    pub(super) fn word(
        &mut self,
        field: &'static str,
        rule: &'static str,
    ) -> Result<&'a str, ReadError> {
        let start = self.start(field, rule)?;
        let rest = self.rest();
        let word = rest.split(' ').next().unwrap_or_default();
        if word.is_empty() {
            return Err(self.bad_at(start, field, "empty".to_owned(), rule));
        }
        self.at += word.len();
        Ok(word)
    }

    /// What `read` makes of a word.
    pub(super) fn word_as<T>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReadError> {
        let word = self.word(field, rule)?;
        let start = self.at - word.len();
        read(word).ok_or_else(|| self.bad_at(start, field, quoted(word), rule))
    }

    /// A number, in decimal digits.
    pub(super) fn number<T: core::str::FromStr>(
        &mut self,
        field: &'static str,
        rule: &'static str,
    ) -> Result<T, ReadError> {
        self.word_as(field, rule, |word| {
            let digits = word.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| word.parse().ok()).flatten()
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, ReadError> {
        self.word_as(field, "true or false", |word| word.parse().ok())
    }

    /// One of the words of a table.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        all: &[T],
        word_of: impl Fn(T) -> &'static str,
    ) -> Result<T, ReadError> {
        self.word_as(field, rule, |word| {
            all.iter().copied().find(|one| word_of(*one) == word)
        })
    }

    /// Bytes in quotes.
    pub(super) fn bytes(&mut self, field: &'static str) -> Result<Vec<u8>, ReadError> {
        const RULE: &str = r#"text in double quotes, in which \", \\ and \xNN are the escapes"#;
        let start = self.start(field, RULE)?;
        let rest = self.rest();
        let Some(inner) = rest.strip_prefix('"') else {
            let found = rest.split(' ').next().unwrap_or_default();
            let found = if found.is_empty() {
                "empty".to_owned()
            } else {
                quoted(found)
            };
            return Err(self.bad_at(start, field, found, RULE));
        };
        let inner = inner.as_bytes();
        let mut bytes = Vec::new();
        let mut at = 0;
        loop {
            let stretch = inner.get(at..).unwrap_or_default();
            match stretch {
                [b'"', ..] => break,
                [b'\\', byte @ (b'"' | b'\\'), ..] => {
                    bytes.push(*byte);
                    at += 2;
                }
                [b'\\', b'x', high, low, ..] if hex(*high).is_some() && hex(*low).is_some() => {
                    bytes.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                    at += 4;
                }
                [b'\\', ..] => {
                    let found = "another escape".to_owned();
                    return Err(self.bad_at(start + 1 + at, field, found, RULE));
                }
                [byte, ..] => {
                    bytes.push(*byte);
                    at += 1;
                }
                [] => {
                    let found = "without its closing quote".to_owned();
                    return Err(self.bad_at(start, field, found, RULE));
                }
            }
        }
        self.at += at + 2;
        Ok(bytes)
    }

    /// Text in quotes.
    pub(super) fn text(&mut self, field: &'static str) -> Result<String, ReadError> {
        let rule = "UTF-8 text";
        let start = self.at;
        let bytes = self.bytes(field)?;
        String::from_utf8(bytes)
            .map_err(|_| self.bad_at(start + 1, field, "no UTF-8 text".to_owned(), rule))
    }

    /// What `read` makes of a text in quotes.
    pub(super) fn text_as<T>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReadError> {
        let start = self.at;
        let text = self.text(field)?;
        read(&text).ok_or_else(|| self.bad_at(start + 1, field, quoted(&text), rule))
    }

    /// The same for what no error may repeat.
    pub(super) fn secret_text<T>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReadError> {
        let start = self.at;
        let text = self.text(field)?;
        let found = || "something else".to_owned();
        read(&text).ok_or_else(|| self.bad_at(start + 1, field, found(), rule))
    }

    /// `none`, or what `read` reads.
    pub(super) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        match self.rest().trim_start_matches(' ').split(' ').next() {
            Some("none") => {
                self.word("", "")?;
                Ok(None)
            }
            _ => read(self).map(Some),
        }
    }

    /// Nothing more may stand in the line.
    pub(super) fn end(&self) -> Result<(), ReadError> {
        match self.rest() {
            "" => Ok(()),
            rest => Err(self.bad_at(
                self.at,
                "the line's rest",
                quoted(rest),
                "empty: all fields of this line have been read",
            )),
        }
    }
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> [String; 2] {
        let (mut text, mut wire) = (String::new(), String::new());
        Line(&mut text).text(bytes);
        Line(&mut wire).wire(bytes);
        [text, wire]
    }

    #[test]
    fn any_bytes_come_back_from_a_line() {
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..2_000 {
            let bytes: Vec<u8> = (0..rng.usize(..40)).map(|_| rng.u8(..)).collect();
            for line in written(&bytes) {
                assert!(!line.contains('\n'), "{line}");
                let mut fields = Fields::new(1, &line);
                assert_eq!(fields.bytes("x"), Ok(bytes.clone()), "{line}");
                assert_eq!(fields.end(), Ok(()));
            }
        }
    }

    #[test]
    fn text_stays_readable_and_what_does_not_show_is_escaped() {
        let [text, wire] = written("你好 \"x\"\\\n\u{202E}é".as_bytes());
        assert_eq!(text, r#""你好 \"x\"\\\x0A\xE2\x80\xAEé""#);
        assert!(wire.starts_with(r#""\xE4\xBD\xA0"#), "{wire}");
        assert!(wire.is_ascii());
    }

    #[test]
    fn what_breaks_a_rule_is_named_with_its_place() {
        let error = |text: &str| {
            let mut fields = Fields::new(7, text);
            let read = fields
                .word("kind", "a word")
                .and_then(|_| fields.bytes("payload"))
                .and_then(|_| fields.end());
            read.unwrap_err().to_string()
        };
        assert!(
            error("a x").starts_with(r#"line 7, column 3: payload is "x": it must be text in"#),
            "{}",
            error("a x")
        );
        assert!(error(r#"a "\q""#).starts_with("line 7, column 4: payload is another escape"));
        assert!(error(r#"a "b"#).starts_with("line 7, column 3: payload is without its closing"));
        assert!(error("a").starts_with("line 7, column 2: payload is not there"));
        assert!(error("").starts_with("line 7, column 1: kind is empty"));
        assert!(error(r#"a "b" c"#).starts_with(r#"line 7, column 6: the line's rest is " c""#));
    }
}
