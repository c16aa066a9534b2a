//! What `platform/DEPARTURES.md` says, beside the table: the same departures, one by one.

use std::collections::BTreeSet;

use crate::standard::Id;
use crate::{Problem, Row, Stand, TABLE};

/// The page's file, below the clone's top folder.
pub(crate) const PAGE: &str = "platform/DEPARTURES.md";

/// Where the departures of the stand-in that the page's table cites are not those of the table of statements.
#[must_use]
pub fn differences(rows: &[Row], page: &str) -> Vec<Problem> {
    let told: BTreeSet<Id> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(cited)
        .collect();
    let judged: BTreeSet<Id> = rows
        .iter()
        .filter(|row| row.server == Stand::Departs)
        .map(|row| row.id)
        .collect();
    let problem = |what| Problem {
        file: PAGE.to_owned(),
        line: None,
        what,
    };
    let untold = judged.difference(&told).map(|id| {
        problem(format!(
            "the server departs from {id}, says {TABLE}, but no row of the page's table cites it"
        ))
    });
    let unjudged = told.difference(&judged).map(|id| {
        problem(format!(
            "a row of the page's table cites {id}, which the server does not depart from, says {TABLE}"
        ))
    });
    untold.chain(unjudged).collect()
}

/// The identifiers in a text, wherever they stand.
fn cited(text: &str) -> impl Iterator<Item = Id> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.')))
        .filter_map(|word| word.trim_end_matches('.').parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_departure_is_in_both() {
        let (rows, _) = crate::rows(
            "| MQTT-3.1.2-8 | a | – | departs | b |\n| MQTT-3.1.2-16 | a | – | departs | b |\n| MQTT-3.1.2-24 | a | – | kept | |\n",
        );
        let page = "Text [MQTT-3.9.3-2].\n| a [MQTT-3.1.2-8, MQTT-3.1.2-16]. | b | c |\n";
        assert_eq!(differences(&rows, page), []);
        let fewer = differences(&rows, "| a [MQTT-3.1.2-8] | b | c |");
        assert_eq!(fewer.len(), 1);
        assert!(
            fewer[0]
                .what
                .starts_with("the server departs from MQTT-3.1.2-16")
        );
        let more = differences(&rows, &format!("{page}| a [MQTT-3.1.2-24] | b | c |"));
        assert_eq!(more.len(), 1);
        assert!(more[0].what.contains("cites MQTT-3.1.2-24"));
    }
}
