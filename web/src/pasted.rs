//! What becomes of a text that is pasted into a field for one line.
//!
//! A browser drops line breaks there without a word. Here they are taken out in the open: the field says
//! what stood in the text and was left out, so that nobody searches for a signature's fault in vain.

/// What was left out of a pasted text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Line breaks inside the text: it is probably more than the field is for.
    pub line_breaks: bool,
    /// White space at its ends.
    pub ends: bool,
    /// Characters that show nothing, such as the zero-width space.
    pub invisible: bool,
}

/// The text that the field gets, and what was left out; none where it can be taken as it is.
#[must_use]
pub fn cleaned(pasted: &str) -> Option<(String, LeftOut)> {
    let trimmed = pasted.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let kept: String = trimmed
        .chars()
        .filter(|c| !is_line_break(*c) && !is_invisible(*c))
        .collect();
    if kept == pasted {
        return None;
    }
    let left_out = LeftOut {
        line_breaks: trimmed.contains(is_line_break),
        ends: pasted.starts_with(char::is_whitespace) || pasted.ends_with(char::is_whitespace),
        invisible: pasted.contains(is_invisible),
    };
    Some((kept, left_out))
}

/// A text with another put in the place of a range, as a browser counts it: in UTF-16 units.
///
/// The answer also holds where the cursor belongs: behind what was put in.
#[must_use]
pub fn put_in(text: &str, start: u32, end: u32, new: &str) -> (String, u32) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = |place: u32| {
        usize::try_from(place)
            .unwrap_or(usize::MAX)
            .min(units.len())
    };
    let (start, end) = (at(start), at(end).max(at(start)));
    let mut all = units.get(..start).unwrap_or_default().to_vec();
    all.extend(new.encode_utf16());
    let cursor = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.extend_from_slice(units.get(end..).unwrap_or_default());
    (String::from_utf16_lossy(&all), cursor)
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Format characters that come along from web pages and documents: zero-width ones, marks of direction,
/// the byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(pasted: &str) -> (String, bool, bool, bool) {
        let (kept, left) = cleaned(pasted).expect(pasted);
        (kept, left.line_breaks, left.ends, left.invisible)
    }

    #[test]
    fn what_is_left_out_is_told_apart() {
        assert_eq!(cleaned("a1aq9sQk2JE"), None);
        assert_eq!(cleaned("a b"), None);
        assert_eq!(cleaned(""), None);
        assert_eq!(left_out("secret\n"), ("secret".into(), false, true, false));
        assert_eq!(left_out(" \tsecret"), ("secret".into(), false, true, false));
        assert_eq!(
            left_out("sec\r\nret"),
            ("secret".into(), true, false, false)
        );
        assert_eq!(
            left_out("sec\u{200b}ret"),
            ("secret".into(), false, false, true)
        );
        assert_eq!(left_out("\u{feff}a\nb "), ("ab".into(), true, true, true));
        assert_eq!(left_out("\n\n"), (String::new(), false, true, false));
    }

    #[test]
    fn what_was_typed_before_stays_around_it() {
        assert_eq!(put_in("abcd", 1, 3, "XY"), ("aXYd".into(), 3));
        assert_eq!(put_in("", 0, 0, "XY"), ("XY".into(), 2));
        assert_eq!(put_in("设备😀x", 2, 4, "1"), ("设备1x".into(), 3));
        assert_eq!(put_in("ab", 7, 9, "c"), ("abc".into(), 3));
        assert_eq!(put_in("ab", 2, 1, "c"), ("abc".into(), 3));
    }
}
