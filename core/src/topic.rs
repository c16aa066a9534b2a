//! Topic names and topic filters (MQTT 3.1.1, chapter 4.7), and which filter takes which name.
//!
//! Which topics a device may use is the platform's affair and not known here.
//!
//! ```
//! use tern_core::topic::{TopicFilter, TopicName};
//!
//! let filter = TopicFilter::new("/a1aq9sQk2JE/dev1/#")?;
//! assert!(filter.matches("/a1aq9sQk2JE/dev1/data"));
//! assert!(!filter.matches("/a1aq9sQk2JE/dev2/data"));
//!
//! let error = TopicName::new("/a1aq9sQk2JE/+/data").unwrap_err();
//! assert!(error.to_string().contains("character 14 is '+'"));
//! # Ok::<(), tern_core::topic::TopicError>(())
//! ```

mod plain;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub(crate) use plain::is_plain_name;

/// The longest topic name or filter, in bytes of UTF-8 [MQTT-4.7.3-3].
pub const MAX_TOPIC: usize = 65_535;

/// A topic that a message is published to: 1 to 65535 bytes, no wildcard, no NUL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicName(String);

/// A pattern that a subscription takes messages by: 1 to 65535 bytes, `+` for one level, `#` for
/// all the rest, no NUL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicFilter(String);

/// What was read: it decides which rules hold, and how an error calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicKind {
    /// A [`TopicName`]
    Name,
    /// A [`TopicFilter`]
    Filter,
}

/// A text that is no topic name or no topic filter. Places count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// Nothing was given.
    #[error(
        "{kind} is empty: it must have at least one character [MQTT-4.7.3-1]; give one such as /PRODUCTKEY/DEVICENAME/data"
    )]
    Empty {
        /// A name or a filter.
        kind: TopicKind,
    },
    /// Over 65535 bytes.
    #[error("{kind} has {bytes} bytes: at most 65535 fit into a packet [MQTT-4.7.3-3]; shorten it")]
    TooLong {
        /// A name or a filter.
        kind: TopicKind,
        /// The length given, in bytes.
        bytes: usize,
    },
    /// The character U+0000.
    #[error("{kind}: character {at} is U+0000, which must not occur [MQTT-4.7.3-2]; take it out")]
    Nul {
        /// A name or a filter.
        kind: TopicKind,
        /// Where it stands.
        at: usize,
    },
    /// A wildcard where a message is published to.
    #[error(
        "{kind}: character {at} is '{found}': wildcards stand in subscriptions only [MQTT-3.3.2-2]; publish to one full topic"
    )]
    Wildcard {
        /// Always a name.
        kind: TopicKind,
        /// Where it stands.
        at: usize,
        /// `+` or `#`
        found: char,
    },
    /// A wildcard that shares its level with other characters.
    #[error("{kind}: character {at} is '{found}', which must fill a whole level between two '/' [{}]; put it alone between slashes", rule_of(*found))]
    NotAlone {
        /// Always a filter.
        kind: TopicKind,
        /// Where it stands.
        at: usize,
        /// `+` or `#`
        found: char,
    },
    /// A `#` with levels after it.
    #[error(
        "{kind}: character {at} is '#', which must be the last character [MQTT-4.7.1-2]; use '+' for a single level"
    )]
    NotLast {
        /// Always a filter.
        kind: TopicKind,
        /// Where it stands.
        at: usize,
    },
}

impl TopicName {
    /// Checks the text and keeps it as it is.
    ///
    /// # Errors
    /// Empty, too long, a NUL, or a wildcard, with its place.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        check_name(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The topic.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TopicFilter {
    /// Checks the text and keeps it as it is.
    ///
    /// # Errors
    /// Empty, too long, a NUL, or a misplaced wildcard, with its place.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        check_filter(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The filter.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a message published to `topic` is for this filter.
    ///
    /// A filter that begins with a wildcard takes no topic that begins with `$` [MQTT-4.7.2-1]. `a/#`
    /// takes `a` too. Nothing takes the empty text, which is no topic. Costs one pass and no memory.
    pub fn matches(&self, topic: &str) -> bool {
        if topic.is_empty() || (topic.starts_with('$') && self.0.starts_with(['+', '#'])) {
            return false;
        }
        let mut levels = topic.split('/');
        for wanted in self.0.split('/') {
            match (wanted, levels.next()) {
                ("#", _) => return true,
                ("+", Some(_)) => {}
                (wanted, Some(level)) if wanted == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

macro_rules! text {
    ($name:ident, $check:path) => {
        impl FromStr for $name {
            type Err = TopicError;

            fn from_str(text: &str) -> Result<Self, TopicError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TopicError;

            fn try_from(text: String) -> Result<Self, TopicError> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(topic: $name) -> Self {
                topic.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(TopicName, check_name);
text!(TopicFilter, check_filter);

impl fmt::Display for TopicKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "topic name",
            Self::Filter => "topic filter",
        })
    }
}

fn check_name(text: &str) -> Result<(), TopicError> {
    if text.len() <= MAX_TOPIC && is_plain_name(text.as_bytes()) {
        return Ok(());
    }
    let kind = TopicKind::Name;
    check_any(text, kind)?;
    match text.chars().zip(1..).find(|(c, _)| matches!(c, '+' | '#')) {
        None => Ok(()),
        Some((found, at)) => Err(TopicError::Wildcard { kind, at, found }),
    }
}

fn check_filter(text: &str) -> Result<(), TopicError> {
    let kind = TopicKind::Filter;
    check_any(text, kind)?;
    let mut before = '/';
    let mut rest = text.chars().zip(1..).peekable();
    while let Some((found, at)) = rest.next() {
        let after = rest.peek().map(|(c, _)| *c);
        if matches!(found, '+' | '#') {
            if before != '/' || !matches!(after, None | Some('/')) {
                return Err(TopicError::NotAlone { kind, at, found });
            }
            if found == '#' && after.is_some() {
                return Err(TopicError::NotLast { kind, at });
            }
        }
        before = found;
    }
    Ok(())
}

/// What holds for names and filters alike (MQTT 3.1.1, 4.7.3).
fn check_any(text: &str, kind: TopicKind) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty { kind });
    }
    if text.len() > MAX_TOPIC {
        return Err(TopicError::TooLong {
            kind,
            bytes: text.len(),
        });
    }
    match text.chars().zip(1..).find(|(c, _)| *c == '\0') {
        None => Ok(()),
        Some((_, at)) => Err(TopicError::Nul { kind, at }),
    }
}

fn rule_of(wildcard: char) -> &'static str {
    if wildcard == '#' {
        "MQTT-4.7.1-2"
    } else {
        "MQTT-4.7.1-3"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        TopicName::new(text).unwrap_err().to_string()
    }

    fn filter(text: &str) -> String {
        TopicFilter::new(text).unwrap_err().to_string()
    }

    fn matches(filter: &str, topic: &str) -> bool {
        TopicFilter::new(filter).unwrap().matches(topic)
    }

    // client and server: [MQTT-3.3.2-2], [MQTT-4.7.1-1], [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-4.7.3-3]
    #[test]
    fn a_name_is_1_to_65535_bytes_without_wildcard_and_nul() {
        for text in ["/", "a", " ", "$SYS/x", "/pk/dn/data", "温度/1", "a//b"] {
            assert_eq!(text.parse::<TopicName>().unwrap().as_str(), text);
        }
        assert!(TopicName::new(&"x".repeat(65_535)).is_ok());
        assert!(name("").starts_with("topic name is empty") && name("").contains("[MQTT-4.7.3-1]"));
        let long = name(&"x".repeat(65_536));
        assert!(
            long.starts_with("topic name has 65536 bytes: at most 65535"),
            "{long}"
        );
        assert!(name(&"温".repeat(21_846)).contains("65538 bytes"));
        assert!(name("a/\0").starts_with("topic name: character 3 is U+0000"));
        for (text, expected) in [
            (
                "a/+/b",
                "topic name: character 3 is '+': wildcards stand in subscriptions only [MQTT-3.3.2-2]",
            ),
            ("温度/#", "topic name: character 4 is '#'"),
            ("a+", "topic name: character 2 is '+'"),
        ] {
            assert!(name(text).starts_with(expected), "{}", name(text));
        }
    }

    // client and server: [MQTT-4.7.1-2], [MQTT-4.7.1-3]
    #[test]
    fn a_filters_wildcards_stand_alone_in_their_level() {
        for text in [
            "#", "+", "/", "+/+", "/+", "a/+/b/#", "/#", "+/a/#", "$SYS/#", "a",
        ] {
            assert!(TopicFilter::new(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            (
                "a#",
                "topic filter: character 2 is '#', which must fill a whole level between two '/' [MQTT-4.7.1-2]",
            ),
            ("a/b#", "topic filter: character 4 is '#', which must fill"),
            ("#a", "topic filter: character 1 is '#', which must fill"),
            ("##", "topic filter: character 1 is '#', which must fill"),
            (
                "#/a",
                "topic filter: character 1 is '#', which must be the last character [MQTT-4.7.1-2]",
            ),
            (
                "a/#/",
                "topic filter: character 3 is '#', which must be the last",
            ),
            (
                "a+",
                "topic filter: character 2 is '+', which must fill a whole level between two '/' [MQTT-4.7.1-3]",
            ),
            ("+a", "topic filter: character 1 is '+'"),
            ("温/+a/b", "topic filter: character 3 is '+'"),
            ("++", "topic filter: character 1 is '+'"),
            ("+#", "topic filter: character 1 is '+'"),
        ] {
            assert!(
                filter(text).starts_with(expected),
                "{text}: {}",
                filter(text)
            );
        }
    }

    // client and server: [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-4.7.3-3]
    #[test]
    fn a_filter_has_the_limits_of_a_name() {
        assert!(filter("").starts_with("topic filter is empty"));
        assert!(filter("#\0").starts_with("topic filter: character 2 is U+0000"));
        assert!(filter(&"/".repeat(65_536)).starts_with("topic filter has 65536 bytes"));
    }

    #[test]
    fn the_examples_of_the_standard_match_as_it_says() {
        // MQTT 3.1.1, 4.7.1.2
        for topic in [
            "sport/tennis/player1",
            "sport/tennis/player1/ranking",
            "sport/tennis/player1/score/wimbledon",
        ] {
            assert!(matches("sport/tennis/player1/#", topic), "{topic}");
        }
        assert!(matches("sport/#", "sport"));
        assert!(matches("#", "anything/at/all"));
        // 4.7.1.3
        assert!(matches("sport/tennis/+", "sport/tennis/player1"));
        assert!(!matches("sport/tennis/+", "sport/tennis/player1/ranking"));
        assert!(!matches("sport/+", "sport"));
        assert!(matches("sport/+", "sport/"));
        assert!(matches("+/+", "/finance"));
        assert!(matches("/+", "/finance"));
        assert!(!matches("+", "/finance"));
        assert!(matches("+/tennis/#", "sport/tennis"));
        // 4.7.3
        assert!(!matches("accounts", "ACCOUNTS"));
        assert!(!matches("/finance", "finance"));
    }

    // server: [MQTT-4.7.2-1]
    #[test]
    fn a_leading_wildcard_takes_no_dollar_topic() {
        // [MQTT-4.7.2-1] and its examples
        assert!(!matches("#", "$SYS/monitor"));
        assert!(!matches("+/monitor/Clients", "$SYS/monitor/Clients"));
        assert!(matches("$SYS/#", "$SYS/monitor"));
        assert!(matches("$SYS/monitor/+", "$SYS/monitor/Clients"));
        assert!(matches("a/+", "a/$x") && matches("a/#", "a/$x"));
    }

    #[test]
    fn levels_count_even_when_they_are_empty() {
        assert!(matches("a//b", "a//b") && matches("a/+/b", "a//b") && matches("//", "//"));
        assert!(!matches("a/b", "a//b") && !matches("a", "a/") && !matches("a/", "a"));
        assert!(!matches("a/b/#", "a") && !matches("a/b/#", "a/bc"));
        assert!(!matches("#", "") && !matches("+", ""));
    }

    #[test]
    fn many_levels_do_not_take_long() {
        let topic = "/".repeat(MAX_TOPIC);
        assert!(matches(&topic, &topic));
        assert!(matches(&"+/".repeat(32_767), &"a/".repeat(32_767)));
    }

    #[test]
    fn what_is_deserialised_is_checked_too() {
        assert!(serde_json::from_str::<TopicName>("\"a/b\"").is_ok());
        assert!(serde_json::from_str::<TopicName>("\"a/+\"").is_err());
        assert_eq!(
            serde_json::to_string(&TopicFilter::new("a/+").unwrap()).unwrap(),
            "\"a/+\""
        );
    }
}
