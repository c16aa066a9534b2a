//! Names by the thousand: `dev{0001..18000}` stands for dev0001 to dev18000.

use std::fmt::Write;

/// The most names that a pattern may stand for.
pub const MAX_NAMES: u64 = 10_000_000;

/// A text with ranges of whole numbers in it. The last range counts fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    count: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Range {
        first: u64,
        count: u64,
        /// Numbers are filled with zeros to this many digits.
        width: usize,
    },
}

/// A pattern or template that can't be read. Prints as `OPTION: character N: rule`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{option}: character {at}: {rule}")]
pub struct BadText {
    /// The option that it was given with.
    pub option: &'static str,
    /// The place, counted in characters from 1.
    pub at: usize,
    /// The rule, and what to do.
    pub rule: String,
}

impl Pattern {
    /// Reads a pattern. `%i` stands for `{1..CLIENTS}` where that number is given.
    ///
    /// # Errors
    /// A range that can't be read, is empty, or touches another; more than [`MAX_NAMES`] names.
    pub fn new(option: &'static str, text: &str, clients: Option<u64>) -> Result<Self, BadText> {
        let bad = |offset: usize, rule: String| BadText {
            option,
            at: text.get(..offset).unwrap_or(text).chars().count() + 1,
            rule,
        };
        let mut parts = Vec::new();
        let mut count: u64 = 1;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let range = if rest.starts_with("%i") {
                let clients = clients.ok_or_else(|| {
                    let rule = "%i counts the devices: say with --clients N how many there are";
                    bad(at, rule.to_owned())
                })?;
                Some((1, clients, 0, 2))
            } else if let Some(inner) = rest.strip_prefix('{') {
                let end = inner.find('}').ok_or_else(|| {
                    bad(
                        at,
                        "this { has no }; write a range as {0001..9999}".to_owned(),
                    )
                })?;
                let inner = inner.get(..end).unwrap_or_default();
                let (first, last, width) = range(inner).map_err(|rule| bad(at, rule))?;
                Some((first, last - first + 1, width, end + 2))
            } else {
                None
            };
            if let Some((first, range_count, width, len)) = range {
                if matches!(parts.last(), Some(Part::Range { .. })) {
                    let rule = "two ranges touch, so that two devices could get the same name; put \
                                something between them";
                    return Err(bad(at, rule.to_owned()));
                }
                count = count
                    .checked_mul(range_count)
                    .filter(|count| *count <= MAX_NAMES)
                    .ok_or_else(|| {
                        bad(
                            at,
                            format!("the pattern stands for more than {MAX_NAMES} names"),
                        )
                    })?;
                parts.push(Part::Range {
                    first,
                    count: range_count,
                    width,
                });
                at += len;
            } else {
                let len = rest.find(['{', '%']).unwrap_or(rest.len());
                // A % that begins no %i is itself.
                let len = len.max(rest.chars().next().map_or(1, char::len_utf8));
                let len = if rest.starts_with('%') { 1 } else { len };
                let piece = rest.get(..len).unwrap_or(rest);
                match parts.last_mut() {
                    Some(Part::Text(before)) => before.push_str(piece),
                    _ => parts.push(Part::Text(piece.to_owned())),
                }
                at += len;
            }
        }
        Ok(Self { parts, count })
    }

    /// How many names it stands for; 1 where no range is in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The name with this index, from 0 to [`count`](Self::count) − 1.
    #[must_use]
    pub fn name(&self, index: u64) -> String {
        // From the last range to the first, as digits of a number are found.
        let mut left = index;
        let mut numbers = Vec::new();
        for part in self.parts.iter().rev() {
            if let Part::Range { first, count, .. } = part {
                numbers.push(first + left % count);
                left /= count;
            }
        }
        let mut name = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Range { width, .. } => {
                    let number = numbers.pop().unwrap_or_default();
                    // Writing to a `String` can't fail.
                    let _ = write!(name, "{number:0width$}");
                }
            }
        }
        name
    }
}

/// Reads `A..B`.
fn range(text: &str) -> Result<(u64, u64, usize), String> {
    let wrong = || {
        format!(
            "{{{text}}} is no range: write {{A..B}} with whole numbers, such as {{0001..9999}} (with zeros in \
             front where A has them)"
        )
    };
    let (first, last) = text.split_once("..").ok_or_else(wrong)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return Err(wrong());
    }
    let width = if first.starts_with('0') {
        first.len()
    } else {
        0
    };
    let first: u64 = first.parse().map_err(|_| wrong())?;
    let last: u64 = last.parse().map_err(|_| wrong())?;
    if first > last {
        return Err(format!("the range is empty: {first} is more than {last}"));
    }
    if last - first >= MAX_NAMES {
        return Err(format!(
            "the pattern stands for more than {MAX_NAMES} names"
        ));
    }
    Ok((first, last, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, clients: Option<u64>) -> Vec<String> {
        let pattern = Pattern::new("--device-name", text, clients).unwrap();
        (0..pattern.count())
            .map(|index| pattern.name(index))
            .collect()
    }

    fn error(text: &str) -> String {
        Pattern::new("--device-name", text, None)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_range_counts_with_the_zeros_that_its_beginning_has() {
        assert_eq!(
            names("dev{08..11}", None),
            ["dev08", "dev09", "dev10", "dev11"]
        );
        assert_eq!(names("dev{9..10}x", None), ["dev9x", "dev10x"]);
        assert_eq!(names("dev1", None), ["dev1"]);
        assert_eq!(names("50%-{1..1}", None), ["50%-1"]);
        assert_eq!(
            names("r{1..2}-{01..02}", None),
            ["r1-01", "r1-02", "r2-01", "r2-02"]
        );
    }

    #[test]
    fn the_sign_of_other_load_tools_counts_from_1() {
        assert_eq!(names("dev%i", Some(3)), ["dev1", "dev2", "dev3"]);
        assert!(error("dev%i").contains("character 4: %i counts the devices: say with --clients"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, expected) in [
            ("温{1..", "--device-name: character 2: this { has no }"),
            ("dev{1-5}", "--device-name: character 4: {1-5} is no range"),
            (
                "dev{5..1}",
                "character 4: the range is empty: 5 is more than 1",
            ),
            ("dev{..5}", "character 4: {..5} is no range"),
            ("{1..11}{1..11}", "character 8: two ranges touch"),
            (
                "{1..99999999}",
                "character 1: the pattern stands for more than 10000000",
            ),
            (
                "{1..9999}-{1..9999}",
                "character 11: the pattern stands for more than",
            ),
            ("{1..99999999999999999999}", "is no range"),
        ] {
            let error = error(text);
            assert!(error.contains(expected), "{error}");
        }
    }
}
