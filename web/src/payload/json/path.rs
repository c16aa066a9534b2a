//! The numbers in a JSON text, and the paths that lead to them.

use std::fmt;

use super::{JsonFault, Reader, Token};

/// Where a value stands: `params.temperature.value`, `items[0].v`, `["a key with spaces"]`; empty for
/// the whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A member's name, as it stands in the text: escapes unresolved.
    Key(String),
    /// An element's place, from 0.
    Index(usize),
}

/// A number in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberAt {
    /// Where.
    pub path: Path,
    /// How much, as near as an `f64` gets.
    pub value: f64,
}

impl Path {
    /// Reads what [`Display`](fmt::Display) writes; none where it is no path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(bracketed) = rest.strip_prefix("[\"") {
                // A name's own quotes are escaped in it, so the first bare one ends it.
                let end = closing(bracketed)?;
                steps.push(Step::Key(bracketed.get(..end)?.to_owned()));
                rest = bracketed.get(end..)?.strip_prefix("\"]")?;
            } else if let Some(bracketed) = rest.strip_prefix('[') {
                let (index, after) = bracketed.split_once(']')?;
                steps.push(Step::Index(index.parse().ok()?));
                rest = after;
            } else {
                let named = match (steps.is_empty(), rest.strip_prefix('.')) {
                    (true, None) => rest,
                    (false, Some(named)) => named,
                    _ => return None,
                };
                let end = named.find(['.', '[']).unwrap_or(named.len());
                let name = named.get(..end).filter(|name| is_plain(name))?;
                steps.push(Step::Key(name.to_owned()));
                rest = named.get(end..)?;
            }
        }
        Some(Self(steps))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if !is_plain(name) => write!(f, "[\"{name}\"]")?,
                Step::Key(name) if place == 0 => f.write_str(name)?,
                Step::Key(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The numbers of a JSON text in its order, at most `most` of them. A string that is a number and
/// nothing else counts: devices of this platform often send their values so.
///
/// # Errors
/// The first place where the text is no JSON.
pub fn numbers(text: &str, most: usize) -> Result<Vec<NumberAt>, JsonFault> {
    let mut reader = Reader::new(text);
    // The place of the next value in everything that is open.
    let mut places = Vec::new();
    let mut found = Vec::new();
    while let Some(token) = reader.next()? {
        match token {
            Token::ObjectStart => places.push(Place::Key("")),
            Token::ArrayStart => places.push(Place::Index(0)),
            Token::Key(name) => {
                places.pop();
                places.push(Place::Key(name));
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                places.pop();
                next_place(&mut places);
            }
            Token::String(_) | Token::Number(_) | Token::Word(_) => {
                // A longer way is nobody's to read, and each of many such ways would be copied.
                if found.len() < most
                    && places.len() <= MOST_STEPS
                    && let Some(value) = value_of(token)
                {
                    let path = Path(places.iter().map(Place::step).collect());
                    found.push(NumberAt { path, value });
                }
                next_place(&mut places);
            }
        }
    }
    Ok(found)
}

/// More steps than this lead to no number that is offered.
const MOST_STEPS: usize = 32;

/// The number at a path. None where the text has none there, or is no JSON up to there.
#[must_use]
pub fn number_at(text: &str, path: &Path) -> Option<f64> {
    let mut reader = Reader::new(text);
    // The places in what the path leads into, outermost first; whatever else is open is passed over.
    let mut on_the_way: Vec<usize> = Vec::new();
    let mut key_fits = false;
    loop {
        let depth = reader.depth();
        let token = reader.next().ok()??;
        if depth != on_the_way.len() {
            continue;
        }
        if let Token::ObjectEnd | Token::ArrayEnd = token {
            on_the_way.pop();
            if let Some(place) = on_the_way.last_mut() {
                *place += 1;
            }
            continue;
        }
        let step = depth.checked_sub(1).and_then(|step| path.0.get(step));
        if let Token::Key(name) = token {
            key_fits = matches!(step, Some(Step::Key(wanted)) if wanted == name);
            continue;
        }
        let fits = match step {
            None => depth == 0,
            Some(Step::Key(_)) => key_fits,
            Some(Step::Index(wanted)) => on_the_way.last() == Some(wanted),
        };
        if fits && depth == path.0.len() {
            if let Some(value) = value_of(token) {
                return Some(value);
            }
        } else if fits && leads_into(path.0.get(depth), token) {
            key_fits = false;
            on_the_way.push(0);
            continue;
        }
        if let Some(place) = on_the_way.last_mut() {
            *place += 1;
        }
    }
}

fn leads_into(step: Option<&Step>, token: Token<'_>) -> bool {
    matches!(
        (step, token),
        (Some(Step::Key(_)), Token::ObjectStart) | (Some(Step::Index(_)), Token::ArrayStart)
    )
}

enum Place<'a> {
    Key(&'a str),
    Index(usize),
}

impl Place<'_> {
    fn step(&self) -> Step {
        match self {
            Self::Key(name) => Step::Key((*name).to_owned()),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

fn next_place(places: &mut [Place<'_>]) {
    if let Some(Place::Index(index)) = places.last_mut() {
        *index += 1;
    }
}

fn value_of(token: Token<'_>) -> Option<f64> {
    let digits = match token {
        Token::Number(digits) => digits,
        Token::String(content) if is_number(content) => content,
        _ => return None,
    };
    // JSON's numbers have no bounds, a chart has.
    digits.parse().ok().filter(|value: &f64| value.is_finite())
}

fn is_number(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|first| first.is_ascii_digit() || *first == b'-')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
}

/// Whether a name can stand in a path without quotes.
fn is_plain(name: &str) -> bool {
    let is_special = |c: char| c.is_whitespace() || c.is_control() || ".[]\"\\".contains(c);
    !name.is_empty() && !name.contains(is_special)
}

/// Where the first bare quote stands.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let is_bare = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_bare
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"id":"7","params":{"temperature":{"value":21.5,"time":1524448722000},
        "a.b":[[1,2],[3,{"v":-4e2}]],"on":true,"text":"21 C"},"version":1.0}"#;

    fn all(text: &str) -> Vec<(String, f64)> {
        let found = numbers(text, 100).expect(text).into_iter();
        found.map(|n| (n.path.to_string(), n.value)).collect()
    }

    #[test]
    fn every_number_has_a_path_that_reads_like_code() {
        let wanted = [
            ("id", 7.0),
            ("params.temperature.value", 21.5),
            ("params.temperature.time", 1_524_448_722_000.0),
            ("params[\"a.b\"][0][0]", 1.0),
            ("params[\"a.b\"][0][1]", 2.0),
            ("params[\"a.b\"][1][0]", 3.0),
            ("params[\"a.b\"][1][1].v", -400.0),
            ("version", 1.0),
        ];
        assert_eq!(all(REPORT), wanted.map(|(path, n)| (path.to_owned(), n)));
    }

    #[test]
    fn a_path_leads_back_to_its_number() {
        for (path, value) in all(REPORT) {
            let read = Path::parse(&path).expect(&path);
            assert_eq!(read.to_string(), path);
            assert_eq!(number_at(REPORT, &read), Some(value), "{path}");
        }
    }

    #[test]
    fn odd_names_survive_a_path() {
        let text = r#"{"":1,"a\"]":{"b c":2},"温度":3,"[0]":4}"#;
        for (path, value) in all(text) {
            let read = Path::parse(&path).expect(&path);
            assert_eq!(number_at(text, &read), Some(value), "{path}");
        }
        assert_eq!(all(text).len(), 4);
    }

    #[test]
    fn a_text_that_is_a_number_has_it_at_the_empty_path() {
        assert_eq!(all("21.5"), [(String::new(), 21.5)]);
        assert_eq!(number_at(" 21.5 ", &Path::default()), Some(21.5));
        assert_eq!(number_at("[21.5]", &Path::default()), None);
    }

    #[test]
    fn a_path_that_leads_elsewhere_finds_nothing() {
        for path in [
            "params",
            "params.temperature",
            "temperature.value",
            "id[0]",
            "params.on",
        ] {
            let path = Path::parse(path).expect("a path");
            assert_eq!(number_at(REPORT, &path), None, "{path}");
        }
        let inner = Path::parse("v").expect("a path");
        assert_eq!(number_at(r#"{"a":{"v":1},"v":2}"#, &inner), Some(2.0));
        assert_eq!(number_at(r#"{"a":[{"v":1}]}"#, &inner), None);
        assert_eq!(number_at("{\"v\":", &inner), None, "cut");
        assert_eq!(number_at("{\"v\":1e999}", &inner), None, "beyond any chart");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [".a", "a.", "a..b", "a[", "a[x]", "a[\"b]", "a b", "[\"a\""] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
        assert_eq!(Path::parse(""), Some(Path::default()));
    }

    #[test]
    fn numbers_deep_down_and_too_many_are_left_out() {
        let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(numbers(&deep, 10), Ok(Vec::new()));
        let many = format!("[{}0]", "1,".repeat(100_000));
        assert_eq!(numbers(&many, 10).map(|found| found.len()), Ok(10));
    }
}
