//! The identifiers that the standard has.

use std::fmt;
use std::str::FromStr;

/// Each section of the standard that has normative statements, and how many: they count from 1, without a gap
/// (MQTT 3.1.1, Appendix B).
const SECTIONS: [([u8; 3], u8); 39] = [
    ([1, 5, 3], 3),
    ([2, 2, 2], 2),
    ([2, 3, 1], 7),
    ([3, 1, 0], 2),
    ([3, 1, 2], 24),
    ([3, 1, 3], 11),
    ([3, 1, 4], 5),
    ([3, 2, 0], 1),
    ([3, 2, 2], 6),
    ([3, 3, 1], 12),
    ([3, 3, 2], 3),
    ([3, 3, 4], 1),
    ([3, 3, 5], 2),
    ([3, 6, 1], 1),
    ([3, 8, 1], 1),
    ([3, 8, 3], 4),
    ([3, 8, 4], 6),
    ([3, 9, 3], 2),
    ([3, 10, 1], 1),
    ([3, 10, 3], 2),
    ([3, 10, 4], 6),
    ([3, 12, 4], 1),
    ([3, 14, 1], 1),
    ([3, 14, 4], 3),
    ([4, 1, 0], 2),
    ([4, 3, 1], 1),
    ([4, 3, 2], 2),
    ([4, 3, 3], 2),
    ([4, 4, 0], 1),
    ([4, 5, 0], 2),
    ([4, 6, 0], 6),
    ([4, 7, 1], 3),
    ([4, 7, 2], 1),
    ([4, 7, 3], 4),
    ([4, 8, 0], 2),
    ([6, 0, 0], 4),
    ([7, 0, 0], 2),
    ([7, 1, 1], 1),
    ([7, 1, 2], 1),
];

/// A statement's identifier, such as `MQTT-3.1.2-24`. They are ordered as in the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    section: [u8; 3],
    number: u8,
}

/// Every identifier of the standard, in its order.
pub fn all() -> impl Iterator<Item = Id> {
    SECTIONS
        .into_iter()
        .flat_map(|(section, count)| (1..=count).map(move |number| Id { section, number }))
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.section;
        f.pad(&format!("MQTT-{a}.{b}.{c}-{}", self.number))
    }
}

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| {
            format!(
                "`{text}` is no identifier of a statement: write it like MQTT-3.1.2-24, without brackets"
            )
        })
    }
}

fn parse(text: &str) -> Option<Id> {
    let (section, number) = text.strip_prefix("MQTT-")?.split_once('-')?;
    let mut parts = section.split('.').map(digits);
    let section = [parts.next()??, parts.next()??, parts.next()??];
    let number = digits(number)?;
    (parts.next().is_none() && number > 0).then_some(Id { section, number })
}

/// A number as the standard writes it: without a sign and without a leading zero.
fn digits(text: &str) -> Option<u8> {
    text.parse()
        .ok()
        .filter(|number: &u8| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_has_141_statements() {
        assert_eq!(all().count(), 141);
        let ordered: Vec<Id> = all().collect();
        assert!(ordered.is_sorted());
    }

    #[test]
    fn an_identifier_reads_back_as_it_is_written() {
        for id in all() {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_no_identifier_is_named() {
        for text in [
            "",
            "MQTT-3.1.2",
            "MQTT-3.1-2",
            "MQTT-3.1.2.4-1",
            "MQTT-3.1.2-0",
            "MQTT-3.1.2-01",
            "MQTT-3.1.2-+1",
            "MQTT-3.1.2-256",
            "[MQTT-3.1.2-1]",
            "3.1.2-1",
        ] {
            let error = text.parse::<Id>().expect_err(text);
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }
}
