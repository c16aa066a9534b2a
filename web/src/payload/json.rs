//! JSON as it came: a walk over its text [RFC 8259].
//!
//! Numbers are never turned into another form and keys keep their order and their repetitions, since
//! what a device really sent is the question; so this is no reader into values. It keeps its own stack,
//! and cannot overflow the program's, however deep a payload nests.

mod fault;
mod path;
mod pretty;

pub use fault::{JsonFault, Rule};
pub use path::{NumberAt, Path, number_at, numbers};
pub use pretty::pretty;

/// A piece of a JSON text. Texts are as they stand in it, without their quotes, escapes unresolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// A member's name; its value comes next.
    Key(&'a str),
    /// A string.
    String(&'a str),
    /// A number, in the digits that it came in.
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
}

/// Takes a JSON text apart, token by token, and says where it is none.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The objects (true) and arrays (false) that are open.
    open: Vec<bool>,
    next: Next,
}

/// What may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Value,
    /// After `[`: a value, or its end.
    ValueOrEnd,
    /// After `{`: a name, or its end.
    KeyOrEnd,
    /// After a comma in an object.
    Key,
    /// After a value.
    CommaOrEnd,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            next: Next::Value,
        }
    }

    /// How many objects and arrays are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next token; none once the text has come to its proper end.
    ///
    /// # Errors
    /// The first place where the text is no JSON.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator would go on after an error"
    )]
    pub fn next(&mut self) -> Result<Option<Token<'a>>, JsonFault> {
        self.skip_space();
        if self.next == Next::CommaOrEnd && !self.separator()? {
            return Ok(None);
        }
        let Some(byte) = self.peek() else {
            return self.fault(self.at, Rule::Unfinished);
        };
        let token = match (self.next, byte) {
            (Next::Value | Next::ValueOrEnd, b'{') => self.opens(true, Next::KeyOrEnd),
            (Next::Value | Next::ValueOrEnd, b'[') => self.opens(false, Next::ValueOrEnd),
            (Next::ValueOrEnd | Next::CommaOrEnd, b']') => self.closes(false)?,
            (Next::KeyOrEnd | Next::CommaOrEnd, b'}') => self.closes(true)?,
            (Next::CommaOrEnd, _) => return self.fault(self.at, Rule::Comma),
            (Next::Value | Next::ValueOrEnd, _) => {
                let value = self.scalar(byte)?;
                self.next = Next::CommaOrEnd;
                value
            }
            (Next::KeyOrEnd | Next::Key, b'"') => {
                let key = self.string()?;
                self.skip_space();
                match self.peek() {
                    Some(b':') => self.at += 1,
                    None => return self.fault(self.at, Rule::Unfinished),
                    Some(_) => return self.fault(self.at, Rule::Colon),
                }
                self.next = Next::Value;
                Token::Key(key)
            }
            (Next::KeyOrEnd | Next::Key, _) => return self.fault(self.at, Rule::Key),
        };
        Ok(Some(token))
    }

    /// Takes the comma that must stand between two values; false at the text's proper end.
    fn separator(&mut self) -> Result<bool, JsonFault> {
        let Some(is_object) = self.open.last() else {
            return match self.peek() {
                None => Ok(false),
                Some(_) => self.fault(self.at, Rule::Trailing),
            };
        };
        if self.peek() == Some(b',') {
            self.next = if *is_object { Next::Key } else { Next::Value };
            self.at += 1;
            self.skip_space();
        }
        Ok(true)
    }

    fn opens(&mut self, is_object: bool, next: Next) -> Token<'a> {
        self.at += 1;
        self.open.push(is_object);
        self.next = next;
        if is_object {
            Token::ObjectStart
        } else {
            Token::ArrayStart
        }
    }

    fn closes(&mut self, is_object: bool) -> Result<Token<'a>, JsonFault> {
        if self.open.last() != Some(&is_object) {
            return self.fault(self.at, Rule::Comma);
        }
        self.open.pop();
        self.at += 1;
        self.next = Next::CommaOrEnd;
        Ok(if is_object {
            Token::ObjectEnd
        } else {
            Token::ArrayEnd
        })
    }

    fn scalar(&mut self, first: u8) -> Result<Token<'a>, JsonFault> {
        match first {
            b'"' => self.string().map(Token::String),
            b'-' | b'0'..=b'9' => self.number().map(Token::Number),
            _ => self.word().map(Token::Word),
        }
    }

    fn string(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek() {
                None => return self.fault(self.at, Rule::Unfinished),
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0..0x20) => return self.fault(self.at, Rule::ControlCharacter),
                Some(_) => self.at += 1,
            }
        }
        let content = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(content)
    }

    fn escape(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start + 1..).unwrap_or_default();
        let len = match rest {
            [] => return self.fault(self.text.len(), Rule::Unfinished),
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', digits @ ..] if digits.iter().take(4).all(u8::is_ascii_hexdigit) => {
                if digits.len() < 4 {
                    return self.fault(self.text.len(), Rule::Unfinished);
                }
                6
            }
            _ => return self.fault(start, Rule::Escape),
        };
        self.at += len;
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_nought = self.peek() == Some(b'0');
        let whole = self.digits();
        let mut good = whole > 0 && !(leading_nought && whole > 1);
        if self.peek() == Some(b'.') {
            self.at += 1;
            good &= self.digits() > 0;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            good &= self.digits() > 0;
        }
        if !good {
            return self.fault(start, Rule::Number);
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        match self.text.get(start..self.at).unwrap_or_default() {
            word @ ("true" | "false" | "null") => Ok(word),
            _ => self.fault(start, Rule::Value),
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault<T>(&self, at: usize, rule: Rule) -> Result<T, JsonFault> {
        Err(JsonFault::new(self.text, at, rule))
    }
}

/// Whether a text is JSON.
///
/// # Errors
/// The first place where it is none.
pub fn check(text: &str) -> Result<(), JsonFault> {
    let mut reader = Reader::new(text);
    while reader.next()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, usize, Rule) {
        let fault = check(text).expect_err(text);
        (fault.line, fault.column, fault.rule)
    }

    #[test]
    fn every_kind_of_value_is_json_on_its_own() {
        for text in [
            "0",
            "-0.5e-10",
            "1E+5",
            "\"\"",
            "\"\\u00e9\\n\"",
            "true",
            " null\r\n",
            "[]",
            "{}",
            "[1, [2], {\"a\": {}}]",
            "{\"a\":1,\"a\":2}",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_fault_names_its_line_and_column() {
        assert_eq!(fault("{\n  \"a\": 1,\n}"), (3, 1, Rule::Key));
        assert_eq!(fault("{\"温度\" 1}"), (1, 7, Rule::Colon));
        assert_eq!(fault("[1 2]"), (1, 4, Rule::Comma));
        assert_eq!(fault("[1,]"), (1, 4, Rule::Value));
        assert_eq!(fault("{\"a\":1]"), (1, 7, Rule::Comma));
        assert_eq!(fault("1 2"), (1, 3, Rule::Trailing));
        assert_eq!(fault("{'a':1}"), (1, 2, Rule::Key));
        assert_eq!(fault("\"\\x\""), (1, 2, Rule::Escape));
        assert_eq!(fault("\"a\nb\""), (1, 3, Rule::ControlCharacter));
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for text in ["01", "-", "1.", "1e", "--1", "+1", ".5", "0x10"] {
            let fault = check(text).expect_err(text);
            assert!(
                matches!(fault.rule, Rule::Number | Rule::Value | Rule::Trailing),
                "{text}: {fault:?}"
            );
        }
        assert_eq!(fault("{\"v\": NaN}"), (1, 7, Rule::Value));
        assert_eq!(fault("[Infinity]"), (1, 2, Rule::Value));
    }

    #[test]
    fn a_text_cut_anywhere_is_unfinished() {
        let text = "{\"params\":{\"t\":[1.5,\"a\\u00e9\",true]}}";
        for end in 0..text.len() {
            let cut = &text[..end];
            let fault = check(cut).expect_err(cut);
            // Only a word or a number can look wrong before it looks unfinished.
            let cut_in_a_word = cut.ends_with(char::is_alphabetic) || cut.ends_with('.');
            assert!(fault.rule == Rule::Unfinished || cut_in_a_word, "{cut}");
        }
        assert_eq!(check(text), Ok(()));
    }

    #[test]
    fn a_payload_may_nest_as_deep_as_it_is_long() {
        let deep = "[".repeat(128 * 1024) + &"]".repeat(128 * 1024);
        assert_eq!(check(&deep), Ok(()));
        assert_eq!(fault(&deep[1..]).2, Rule::Trailing);
        assert_eq!(fault(&deep[..deep.len() - 1]).2, Rule::Unfinished);
    }
}
