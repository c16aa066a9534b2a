//! Texts with places to fill in: topics, payloads, client ids.
//!
//! A `{` that an ASCII letter follows begins a placeholder; any other `{`, and every `}`, stands for itself. So
//! JSON needs no escaping: `{"n":{n},"t":{random_float:18..24}}`. `{{` writes one `{`, for a text such as `{{n}`.
//! `%i` is another word for `{n}`.

use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use super::pattern::BadText;
use super::random::Random;

/// The most letters that `{letters:N}` makes: the platform takes no larger payload.
const MAX_LETTERS: u64 = 256 * 1024;

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    ProductKey,
    DeviceName,
    ClientId,
    Number,
    Sequence,
    TimeMs,
    Time,
    Random {
        first: i64,
        last: i64,
    },
    /// In units of the last decimal.
    RandomFloat {
        first: i64,
        last: i64,
        decimals: u32,
    },
    Letters(u64),
}

/// What a template is for, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name of the device: it is the same in each of its messages.
    Name,
    /// A message's topic or payload.
    Message,
}

/// What is filled in.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The device's productKey; empty where it has no triple.
    pub product_key: &'a str,
    /// The device's deviceName; empty where it has no triple.
    pub device_name: &'a str,
    /// The device's client id.
    pub client_id: &'a str,
    /// The device's number, from 1.
    pub number: u64,
    /// The message's number, from 0.
    pub sequence: u64,
    /// In ms since 1970.
    pub time_ms: u64,
}

const KNOWN: &str = "{product_key}, {device_name}, {client_id}, {n}, {seq}, {time_ms}, {time}, \
                     {random:A..B}, {random_float:A..B}, {letters:N}";

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A placeholder that is unknown, wrongly written, or has no meaning for this kind.
    pub fn new(option: &'static str, text: &str, kind: Kind) -> Result<Self, BadText> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (part, len) = next(rest, kind).map_err(|rule| BadText {
                option,
                at: text.get(..at).unwrap_or(text).chars().count() + 1,
                rule,
            })?;
            match (parts.last_mut(), part) {
                (Some(Part::Text(before)), Part::Text(more)) => before.push_str(&more),
                (_, part) => parts.push(part),
            }
            at += len;
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a device's triple stands in it.
    #[must_use]
    pub fn needs_triple(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::ProductKey | Part::DeviceName))
    }

    /// Adds the text, with everything filled in, to `out`.
    pub(crate) fn fill(&self, out: &mut String, values: &Values<'_>, random: &mut Random) {
        for part in &self.parts {
            // Writing to a `String` can't fail.
            let _ = match part {
                Part::Text(text) => out.write_str(text),
                Part::ProductKey => out.write_str(values.product_key),
                Part::DeviceName => out.write_str(values.device_name),
                Part::ClientId => out.write_str(values.client_id),
                Part::Number => write!(out, "{}", values.number),
                Part::Sequence => write!(out, "{}", values.sequence),
                Part::TimeMs => write!(out, "{}", values.time_ms),
                Part::Time => {
                    let time = UNIX_EPOCH + Duration::from_millis(values.time_ms);
                    write!(out, "{}", humantime::format_rfc3339_millis(time))
                }
                &Part::Random { first, last } => write!(out, "{}", between(random, first, last)),
                &Part::RandomFloat {
                    first,
                    last,
                    decimals,
                } => write_decimal(out, between(random, first, last), decimals),
                &Part::Letters(count) => {
                    for _ in 0..count {
                        // Below 26.
                        out.push(char::from(b'a' + random.below(26) as u8));
                    }
                    Ok(())
                }
            };
        }
    }
}

/// The first part of a text that is not empty, and its length in bytes.
fn next(rest: &str, kind: Kind) -> Result<(Part, usize), String> {
    if rest.starts_with("{{") {
        return Ok((Part::Text("{".to_owned()), 2));
    }
    if rest.starts_with("%i") {
        return Ok((Part::Number, 2));
    }
    let begins = rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic);
    if rest.starts_with('{') && begins {
        let end = rest.find('}').ok_or_else(|| {
            "this placeholder has no }; write {{ where a { stands for itself before a letter"
                .to_owned()
        })?;
        let inner = rest.get(1..end).unwrap_or_default();
        return Ok((placeholder(inner, kind)?, end + 1));
    }
    let mut characters = rest.char_indices().skip(1);
    let end = characters
        .find(|(_, c)| matches!(c, '{' | '%'))
        .map_or(rest.len(), |(at, _)| at);
    Ok((Part::Text(rest.get(..end).unwrap_or(rest).to_owned()), end))
}

fn placeholder(inner: &str, kind: Kind) -> Result<Part, String> {
    let (name, argument) = match inner.split_once(':') {
        Some((name, argument)) => (name, Some(argument)),
        None => (inner, None),
    };
    let part = match (name, argument) {
        ("product_key", None) => Part::ProductKey,
        ("device_name", None) => Part::DeviceName,
        ("client_id", None) => Part::ClientId,
        ("n", None) => Part::Number,
        ("seq", None) => Part::Sequence,
        ("time_ms", None) => Part::TimeMs,
        ("time", None) => Part::Time,
        ("random", Some(range)) => {
            let (first, last) = bounds(inner, range, 0)?;
            Part::Random { first, last }
        }
        ("random_float", Some(range)) => {
            // As many decimals as were written, and two at least.
            let written = range.split("..").filter_map(|end| end.split_once('.'));
            let decimals = written
                .map(|(_, decimals)| decimals.len())
                .max()
                .unwrap_or(0)
                .max(2);
            let decimals = u32::try_from(decimals).unwrap_or(u32::MAX);
            let (first, last) = bounds(inner, range, decimals)?;
            Part::RandomFloat {
                first,
                last,
                decimals,
            }
        }
        ("letters", Some(count)) => Part::Letters(
            count
                .parse()
                .ok()
                .filter(|count| *count <= MAX_LETTERS)
                .ok_or_else(|| {
                    format!("{{{inner}}}: write {{letters:N}}, N from 0 to {MAX_LETTERS}")
                })?,
        ),
        _ => {
            return Err(format!(
                "{{{inner}}} is unknown; there are {KNOWN}; write {{{{ for a single {{"
            ));
        }
    };
    let is_name = matches!(part, Part::ProductKey | Part::DeviceName | Part::Number);
    if kind == Kind::Name && !is_name {
        return Err(format!(
            "{{{inner}}} has no place here, where a device has one name; there are {{product_key}}, \
             {{device_name}}, {{n}}"
        ));
    }
    Ok(part)
}

/// Reads `A..B` in units of the last decimal.
fn bounds(inner: &str, range: &str, decimals: u32) -> Result<(i64, i64), String> {
    let wrong = || {
        let what = if decimals == 0 {
            "whole numbers"
        } else {
            "numbers of up to 9 decimals"
        };
        format!("{{{inner}}}: write A..B with {what}, such as 18..24")
    };
    let (first, last) = range.split_once("..").ok_or_else(wrong)?;
    let read = |text| units(text, decimals).ok_or_else(wrong);
    let (first, last) = (read(first)?, read(last)?);
    if first > last {
        return Err(format!(
            "{{{inner}}}: the range is empty, its first number is the larger one"
        ));
    }
    Ok((first, last))
}

/// Reads `-12.5` as -1250 where there are two decimals. Far from where 64 bits end.
fn units(text: &str, decimals: u32) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || decimals > 9 {
        return None;
    }
    if part.is_empty() && digits.contains('.') || part.len() > decimals as usize {
        return None;
    }
    let missing = decimals - u32::try_from(part.len()).ok()?;
    let number: i64 = format!("{whole}{part}").parse().ok()?;
    let number = number.checked_mul(10_i64.checked_pow(missing)?)?;
    (number <= i64::MAX / 4).then_some(sign * number)
}

/// A number from `first` to `last`, both included.
fn between(random: &mut Random, first: i64, last: i64) -> i64 {
    let count = first.abs_diff(last).saturating_add(1);
    // Both are far from where 64 bits end, and so is what lies between.
    first.saturating_add_unsigned(random.below(count))
}

fn write_decimal(out: &mut String, units: i64, decimals: u32) -> std::fmt::Result {
    let one = 10_u64.pow(decimals);
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    write!(
        out,
        "{sign}{whole}.{part:0width$}",
        width = decimals as usize
    )
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    fn filled(text: &str, seed: u64) -> String {
        let template = Template::new("--message", text, Kind::Message).unwrap();
        let values = Values {
            product_key: "pk",
            device_name: "dev7",
            client_id: "pk.dev7",
            number: 7,
            sequence: 3,
            time_ms: 1_500_000_000_123,
        };
        let mut out = String::new();
        template.fill(
            &mut out,
            &values,
            &mut Random::new(seed, Purpose::Message, 7, 3),
        );
        out
    }

    fn error(text: &str) -> String {
        Template::new("--message", text, Kind::Message)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_placeholder_is_filled_and_json_stays_as_it_is() {
        assert_eq!(
            filled(
                r#"{"d":"{product_key}/{device_name}","i":[{n},%i],"o":{},"s":{seq}}"#,
                1
            ),
            r#"{"d":"pk/dev7","i":[7,7],"o":{},"s":3}"#
        );
        assert_eq!(
            filled("{client_id} {time_ms} {time}", 1),
            "pk.dev7 1500000000123 2017-07-14T02:40:00.123Z"
        );
        assert_eq!(filled("{{n} {{{n}} 100% {", 1), "{n} {7} 100% {");
        assert_eq!(filled("", 1), "");
    }

    #[test]
    fn random_numbers_stay_in_their_range_and_repeat_with_their_seed() {
        let text = "{random:-2..2} {random_float:-0.5..0.125} {letters:5}";
        let mut different = 0;
        for seed in 0..200 {
            let out = filled(text, seed);
            assert_eq!(out, filled(text, seed));
            different += usize::from(out != filled(text, seed + 1));
            let parts: Vec<&str> = out.split(' ').collect();
            let whole: i64 = parts[0].parse().unwrap();
            assert!((-2..=2).contains(&whole), "{out}");
            let float: f64 = parts[1].parse().unwrap();
            assert!((-0.5..=0.125).contains(&float), "{out}");
            assert_eq!(parts[1].split_once('.').unwrap().1.len(), 3, "{out}");
            assert!(
                parts[2].len() == 5 && parts[2].bytes().all(|b| b.is_ascii_lowercase()),
                "{out}"
            );
        }
        assert!(different > 190, "{different}");
        assert_eq!(filled("{random:5..5} {random_float:20..20}", 1), "5 20.00");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, expected) in [
            (
                "温{tim}",
                "--message: character 2: {tim} is unknown; there are {product_key}",
            ),
            ("a{n", "--message: character 2: this placeholder has no }"),
            ("{seq:1}", "{seq:1} is unknown"),
            ("{random}", "{random} is unknown"),
            (
                "{random:1.5..2}",
                "{random:1.5..2}: write A..B with whole numbers",
            ),
            ("{random:9..1}", "the range is empty"),
            (
                "{random_float:1..}",
                "write A..B with numbers of up to 9 decimals",
            ),
            ("{random_float:1..2.1234567891}", "up to 9 decimals"),
            ("{random:0..9223372036854775807}", "write A..B"),
            ("{letters:9999999}", "{letters:N}, N from 0 to 262144"),
        ] {
            let error = error(text);
            assert!(error.contains(expected), "{error}");
        }
        let error = Template::new("--client-id", "c{seq}", Kind::Name)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("--client-id: character 2: {seq} has no place here"),
            "{error}"
        );
    }
}
