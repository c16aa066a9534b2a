//! All that is shown of one payload, worked out once.

use super::diff::{Difference, difference};
use super::json::{NumberAt, numbers};
use super::{Codec, View};

/// A payload as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it looks like.
    pub guess: Codec,
    /// How it is shown.
    pub codec: Codec,
    /// Its text.
    pub view: View,
    /// The difference from the payload before, where one was given.
    pub difference: Option<Difference>,
    /// The numbers in it, where it is JSON.
    pub numbers: Vec<NumberAt>,
}

impl Reading {
    /// More numbers than this are not offered.
    pub const NUMBERS: usize = 200;

    /// Reads a payload; `codec` none means as what it looks like.
    #[must_use]
    pub fn of(bytes: &[u8], codec: Option<Codec>, before: Option<&[u8]>) -> Self {
        let guess = Codec::guess(bytes);
        let codec = codec.unwrap_or(guess);
        let view = codec.show(bytes);
        let difference = before.map(|before| difference(&codec.show(before).text, &view.text));
        let text = str::from_utf8(bytes).ok();
        let numbers = text.and_then(|text| numbers(text, Self::NUMBERS).ok());
        Self {
            guess,
            codec,
            view,
            difference,
            numbers: numbers.unwrap_or_default(),
        }
    }
}

/// The front of a text that a page draws at once without a delay, and how many characters come after it.
#[must_use]
pub fn front(text: &str) -> (&str, usize) {
    const LINES: usize = 1000;
    const BYTES: usize = 64 * 1024;
    let by_lines = text.match_indices('\n').nth(LINES - 1);
    let end = by_lines.map_or(text.len(), |(at, _)| at);
    let front = text.get(..text.floor_char_boundary(end.min(BYTES)));
    let front = front.unwrap_or(text);
    let rest = text.get(front.len()..).unwrap_or_default();
    (front, rest.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_as_what_it_looks_like_unless_told_otherwise() {
        let reading = Reading::of(b"{\"t\":21.5}", None, Some(b"{\"t\":21}"));
        assert_eq!((reading.guess, reading.codec), (Codec::Json, Codec::Json));
        let difference = reading.difference.expect("one before");
        assert_eq!((difference.gone, difference.new), (1, 1));
        assert_eq!(reading.numbers[0].value, 21.5);
        let reading = Reading::of(b"{\"t\":21.5}", Some(Codec::Hex), None);
        assert_eq!((reading.guess, reading.codec), (Codec::Json, Codec::Hex));
        assert!(reading.view.text.starts_with("00000000"));
        assert_eq!(reading.difference, None);
        assert_eq!(Reading::of(b"\xff", None, None).numbers, []);
    }

    #[test]
    fn only_the_front_of_a_long_text_is_drawn_at_once() {
        assert_eq!(front("short"), ("short", 0));
        let lines = "a\n".repeat(1500);
        let (shown, rest) = front(&lines);
        assert_eq!(shown.lines().count(), 1000);
        assert_eq!(rest, 1001);
        let long = "温".repeat(30_000);
        let (shown, rest) = front(&long);
        assert_eq!((shown.chars().count(), rest), (21_845, 8155));
    }
}
