//! The iotToken in an authentication's answer, overwritten.
//!
//! The answer comes from the network: it may be no JSON, or JSON of an odd form. The length of the body and
//! everything outside of the token stay as they are, so that a device reads the same from what is left.

/// The key whose value is a secret.
const KEY: &[u8] = b"iotToken";

/// Overwrites the value of every `iotToken` in `body`; `found` gets each of them first, as it is on the wire of
/// a CONNECT. A text becomes as many stars as it has bytes.
pub(super) fn mask_token(body: &mut [u8], found: &mut dyn FnMut(&[u8])) {
    let mut at = 0;
    while at < body.len() {
        if body.get(at) != Some(&b'"') {
            at = match plain_key(body, at) {
                Some(end) => mask_plain(body, end, found),
                None => at + 1,
            };
            continue;
        }
        let (text, end) = string_at(body, at);
        at = end;
        if text == KEY {
            let colon = skip_space(body, end);
            if body.get(colon) == Some(&b':') {
                at = mask_value(body, skip_space(body, colon + 1), found);
            }
        }
    }
}

/// Masks the JSON value that begins at `at`; returns where it ends.
fn mask_value(body: &mut [u8], mut at: usize, found: &mut dyn FnMut(&[u8])) -> usize {
    let mut depth = 0_usize;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'"' => {
                let (text, end) = string_at(body, at);
                found(&text);
                mask_string(body, at, end);
                at = end;
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth <= 1 => return at + usize::from(depth == 1),
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return at,
            // No token is a number, so it is refused; it still is whatever it is.
            b'0'..=b'9' => {
                if let Some(digit) = body.get_mut(at) {
                    *digit = b'1';
                }
            }
            _ => {}
        }
        at += 1;
    }
    at
}

/// Writes stars over the string from its quote at `start` to `end`, as many as its text has bytes, then the
/// closing quote, then spaces up to the length that it had. Control characters stay: they make it no token.
fn mask_string(body: &mut [u8], start: usize, end: usize) {
    let mut masked = vec![b'"'];
    let is_closed = is_closed(body, start, end);
    let inside = start + 1..end - usize::from(is_closed);
    let mut at = inside.start;
    while at < inside.end {
        let (unit, len) = unit_at(body, at);
        let raw = body.get(at..(at + len).min(inside.end)).unwrap_or_default();
        match unit {
            Unit::Text(text) if !text.iter().any(u8::is_ascii_control) => {
                masked.extend(text.iter().map(|_| b'*'));
            }
            // A control character, or no escape: the reader's error says where.
            _ => masked.extend_from_slice(raw),
        }
        at += len;
    }
    if is_closed {
        masked.push(b'"');
    }
    let Some(place) = body.get_mut(start..end) else {
        return;
    };
    let len = place.len();
    masked.resize(len.max(masked.len()), b' ');
    for (byte, masked) in place.iter_mut().zip(masked) {
        *byte = masked;
    }
}

fn is_closed(body: &[u8], start: usize, end: usize) -> bool {
    end > start + 1 && body.get(end - 1) == Some(&b'"') && {
        // The last quote is not an escaped one.
        let mut at = start + 1;
        while at < end - 1 {
            at += unit_at(body, at).1;
        }
        at == end - 1
    }
}

/// What stands for something inside of a JSON string.
enum Unit {
    /// Bytes of text.
    Text(Vec<u8>),
    /// No escape that there is.
    Bad,
}

/// One byte or one escape (a surrogate pair is one), and its length.
fn unit_at(body: &[u8], at: usize) -> (Unit, usize) {
    let rest = body.get(at..).unwrap_or_default();
    let text = |byte: u8| Unit::Text(vec![byte]);
    match rest {
        [b'\\', b'u', ..] => {
            let Some(first) = code_at(rest, 0) else {
                return (Unit::Bad, 2.min(rest.len()));
            };
            let pair = [Some(first), code_at(rest, 6)];
            let codes = pair.into_iter().flatten();
            let mut units = char::decode_utf16(codes);
            match units.next() {
                Some(Ok(c)) => {
                    let mut buffer = [0; 4];
                    let bytes = c.encode_utf8(&mut buffer).as_bytes().to_vec();
                    (Unit::Text(bytes), 6 * c.len_utf16())
                }
                _ => (Unit::Bad, 6),
            }
        }
        [b'\\', escaped, ..] => match escaped {
            b'"' | b'\\' | b'/' => (text(*escaped), 2),
            b'n' | b'r' | b't' | b'b' | b'f' => (text(b'\n'), 2),
            _ => (Unit::Bad, 2),
        },
        [byte, ..] => (text(*byte), 1),
        [] => (Unit::Bad, 1),
    }
}

/// The code of `\uXXXX` at an offset.
fn code_at(rest: &[u8], at: usize) -> Option<u16> {
    let escape = rest.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    let digits = str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

/// The text of the string whose quote is at `start`, and where it ends: behind its closing quote, or at the
/// body's end.
fn string_at(body: &[u8], start: usize) -> (Vec<u8>, usize) {
    let mut text = Vec::new();
    let mut at = start + 1;
    while at < body.len() {
        if body.get(at) == Some(&b'"') {
            return (text, at + 1);
        }
        let (unit, len) = unit_at(body, at);
        if let Unit::Text(bytes) = unit {
            text.extend(bytes);
        }
        at += len;
    }
    (text, body.len())
}

fn skip_space(body: &[u8], at: usize) -> usize {
    let rest = body.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_ascii_start().len()
}

/// Where the value begins, if `iotToken=` or something like it stands here outside of double quotes.
fn plain_key(body: &[u8], at: usize) -> Option<usize> {
    let behind = body.get(at..)?.strip_prefix(KEY)?;
    let quote = usize::from(behind.starts_with(b"'"));
    let sign = skip_space(body, at + KEY.len() + quote);
    matches!(body.get(sign), Some(b'=' | b':')).then(|| skip_space(body, sign + 1))
}

/// Masks what stands at `at` up to whatever ends a value in a form, in a log or in YAML.
fn mask_plain(body: &mut [u8], at: usize, found: &mut dyn FnMut(&[u8])) -> usize {
    let quotes = usize::from(matches!(body.get(at), Some(b'\'' | b'"')));
    let start = at + quotes;
    let rest = body.get(start..).unwrap_or_default();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || br#"&,;'"<>}"#.contains(byte);
    let end = start + rest.iter().position(ends).unwrap_or(rest.len());
    if let Some(value) = body.get_mut(start..end) {
        found(value);
        value.fill(b'*');
    }
    end.max(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(body: &str) -> (String, Vec<String>) {
        let mut bytes = body.as_bytes().to_vec();
        let mut found = Vec::new();
        mask_token(&mut bytes, &mut |token| {
            found.push(String::from_utf8_lossy(token).into_owned());
        });
        assert_eq!(bytes.len(), body.len(), "{body}");
        (String::from_utf8(bytes).unwrap(), found)
    }

    #[test]
    fn a_token_becomes_as_many_stars() {
        let (body, found) = masked(r#"{"data":{"iotId":"42","iotToken" : "0d7f","x":"iotToken"}}"#);
        assert_eq!(
            body,
            r#"{"data":{"iotId":"42","iotToken" : "****","x":"iotToken"}}"#
        );
        assert_eq!(found, ["0d7f"]);
    }

    #[test]
    fn escapes_count_as_what_they_stand_for() {
        let (body, found) = masked(r#"{"iot\u0054oken":"a\/\u00e9\"\ud83d\ude00"}"#);
        assert_eq!(found, ["a/é\"😀"]);
        // 1 + 1 + 2 + 1 + 4 bytes, then spaces up to the length before.
        let stars = r#"{"iot\u0054oken":"*********""#;
        assert_eq!(body.trim_end_matches('}').trim_end(), stars);
        let token = serde_json::from_str::<serde_json::Value>(&body).unwrap();
        assert_eq!(token["iotToken"], "*********");
    }

    #[test]
    fn a_control_character_stays_since_it_makes_the_token_invalid() {
        let (body, _) = masked(r#"{"iotToken":"ab\ncd"}"#);
        assert_eq!(body, r#"{"iotToken":"**\n**"}"#);
    }

    #[test]
    fn a_token_of_an_odd_form_is_no_less_a_secret() {
        for (body, expected) in [
            (r#"{"iotToken":12345}"#, r#"{"iotToken":11111}"#),
            (
                r#"{"iotToken":["hunter2",{"x":"hunter2"}],"a":"b"}"#,
                r#"{"iotToken":["*******",{"*":"*******"}],"a":"b"}"#,
            ),
            (r#"{"iotToken":"hunter2"#, r#"{"iotToken":"*******"#),
            (r#"{"iotToken":"hunter2\"#, r#"{"iotToken":"********"#),
            (r#"{"iotToken":"hunter2\""#, r#"{"iotToken":"******** "#),
            (
                "code=200&iotToken=hunter2&x=1",
                "code=200&iotToken=*******&x=1",
            ),
            (
                "{'iotToken': 'hunter2', 'x': 1}",
                "{'iotToken': '*******', 'x': 1}",
            ),
            ("<b>iotToken: hunter2</b>", "<b>iotToken: *******</b>"),
        ] {
            assert_eq!(masked(body).0, expected, "{body}");
        }
    }

    #[test]
    fn any_bytes_keep_their_number_and_do_no_harm() {
        let parts: [&[u8]; 14] = [
            b"\"iotToken\"",
            b"iotToken",
            b":",
            b"=",
            b"\"",
            b"\\",
            b"\\u00",
            b"\\ud83d",
            b"{",
            b"}",
            b"[",
            b" ",
            b"12",
            b"\xFF",
        ];
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let mut body: Vec<u8> = Vec::new();
            for _ in 0..rng.usize(..12) {
                body.extend(parts[rng.usize(..parts.len())]);
            }
            let len = body.len();
            mask_token(&mut body, &mut |_| {});
            assert_eq!(body.len(), len);
        }
    }
}
