//! The table of statements, as people read it: Markdown.

use crate::standard::{Id, all};
use crate::{Problem, Role};

/// The table's file, below the clone's top folder.
pub const TABLE: &str = "tests/conformance/statements.md";

/// How a role stands to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It binds the role and is kept.
    Kept,
    /// It binds the role, which departs from it on purpose.
    Departs,
    /// It binds whoever uses what it is about, and the role does not.
    Unused,
    /// It is addressed to the other role.
    Elsewhere,
}

impl Stand {
    /// Whether a test has to show it: that it is kept, or what is seen instead.
    #[must_use]
    pub const fn wants_a_test(self) -> bool {
        matches!(self, Self::Kept | Self::Departs)
    }

    /// The word for it in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Departs => "departs",
            Self::Unused => "unused",
            Self::Elsewhere => "–",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Self::Kept, Self::Departs, Self::Unused, Self::Elsewhere]
            .into_iter()
            .find(|stand| stand.word() == word)
    }
}

/// A statement, and how Tern stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The statement.
    pub id: Id,
    /// What it says, in short.
    pub says: String,
    /// How the client stands to it.
    pub client: Stand,
    /// How the server stands to it.
    pub server: Stand,
    /// What is seen instead, or why it is not used; may be empty where it is kept.
    pub note: String,
    /// Its line in the table's file.
    pub line: usize,
}

impl Row {
    /// How a role stands to it.
    #[must_use]
    pub const fn stand(&self, role: Role) -> Stand {
        match role {
            Role::Client => self.client,
            Role::Server => self.server,
        }
    }
}

/// Reads the table: its rows, and what is wrong with it. Rows that are wrong in themselves are left out.
#[must_use]
pub fn rows(text: &str) -> (Vec<Row>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::<Row>::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        if !text.starts_with("| MQTT-") && !text.starts_with("|MQTT-") {
            continue;
        }
        let row = row(line, text).and_then(|row| match rows.last() {
            Some(last) if last.id == row.id => Err(format!("{} stands here twice", row.id)),
            Some(last) if last.id > row.id => Err(format!(
                "{} stands behind {}: keep the standard's order",
                row.id, last.id
            )),
            _ => Ok(row),
        });
        match row {
            Ok(row) => rows.push(row),
            Err(what) => problems.push(problem(Some(line), what)),
        }
    }
    for id in all().filter(|id| rows.iter().all(|row| row.id != *id)) {
        problems.push(problem(None, format!("{id} has no row that is right")));
    }
    (rows, problems)
}

fn row(line: usize, text: &str) -> Result<Row, String> {
    let cells: Vec<&str> = text.trim().split('|').map(str::trim).collect();
    let ["", id, says, client, server, note, ""] = cells[..] else {
        return Err(
            "a row has five cells: the statement, what it says, client, server, and a note"
                .to_owned(),
        );
    };
    let id: Id = id.parse()?;
    if all().all(|known| known != id) {
        return Err(format!("the standard has no {id}"));
    }
    let stand = |role, word| {
        Stand::of_word(word)
            .ok_or_else(|| format!("{id}, {role}: `{word}` is none of kept, departs, unused and –"))
    };
    let (client, server) = (stand(Role::Client, client)?, stand(Role::Server, server)?);
    if says.is_empty() {
        return Err(format!("{id} does not say what the statement asks for"));
    }
    if client == Stand::Elsewhere && server == Stand::Elsewhere {
        return Err(format!(
            "{id} is addressed to nobody: where nobody uses what it is about, write unused"
        ));
    }
    let explained = [client, server]
        .iter()
        .any(|stand| matches!(stand, Stand::Departs | Stand::Unused));
    if explained && note.is_empty() {
        return Err(format!(
            "{id} has no note: say what is seen on the wire instead, or why it is not used"
        ));
    }
    Ok(Row {
        id,
        says: says.to_owned(),
        client,
        server,
        note: note.to_owned(),
        line,
    })
}

fn problem(line: Option<usize>, what: String) -> Problem {
    Problem {
        file: TABLE.to_owned(),
        line,
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with these lines, but for the statements that they leave out.
    fn wrong(text: &str) -> Vec<String> {
        let (_, problems) = rows(text);
        problems
            .into_iter()
            .filter(|problem| problem.line.is_some())
            .map(|problem| problem.to_string())
            .collect()
    }

    #[test]
    fn a_row_is_read() {
        let (rows, problems) = rows("text\n| MQTT-1.5.3-1 | UTF-8. | kept | departs | Bytes. |\n");
        let expected = Row {
            id: "MQTT-1.5.3-1".parse().expect("an identifier"),
            says: "UTF-8.".to_owned(),
            client: Stand::Kept,
            server: Stand::Departs,
            note: "Bytes.".to_owned(),
            line: 2,
        };
        assert_eq!(rows, [expected]);
        // The other 140 are missing.
        assert_eq!(problems.len(), 140);
        assert_eq!(
            problems[0].to_string(),
            "tests/conformance/statements.md: MQTT-1.5.3-2 has no row that is right"
        );
    }

    #[test]
    fn a_row_that_is_malformed_is_named_with_its_line() {
        for (row, expected) in [
            ("| MQTT-1.5.3-1 | a | kept | kept |", "five cells"),
            ("| MQTT-1.5.3-1 | a | b | kept | kept | |", "five cells"),
            ("| MQTT-1.5.3 | a | kept | kept | |", "no identifier"),
            ("| MQTT-1.5.3-4 | a | kept | kept | |", "no MQTT-1.5.3-4"),
            ("| MQTT-2.1.2-1 | a | kept | kept | |", "no MQTT-2.1.2-1"),
            ("| MQTT-1.5.3-1 | a | good | kept | |", "client: `good`"),
            ("| MQTT-1.5.3-1 | a | kept | | |", "server: ``"),
            ("| MQTT-1.5.3-1 | | kept | kept | |", "does not say"),
            ("| MQTT-1.5.3-1 | a | – | – | |", "addressed to nobody"),
            ("| MQTT-1.5.3-1 | a | kept | departs | |", "no note"),
            ("| MQTT-1.5.3-1 | a | unused | kept | |", "no note"),
        ] {
            let wrong = wrong(row);
            assert_eq!(wrong.len(), 1, "{row}: {wrong:?}");
            assert!(
                wrong[0].starts_with("tests/conformance/statements.md:1: "),
                "{wrong:?}"
            );
            assert!(wrong[0].contains(expected), "{row}: {wrong:?}");
        }
    }

    #[test]
    fn rows_stand_in_the_standards_order_and_once() {
        let row = |id| format!("| {id} | a | kept | kept | |\n");
        let twice = row("MQTT-3.9.3-1") + &row("MQTT-3.9.3-1");
        assert!(wrong(&twice)[0].contains(":2: MQTT-3.9.3-1 stands here twice"));
        let back = row("MQTT-3.10.1-1") + &row("MQTT-3.9.3-1");
        assert!(wrong(&back)[0].contains("MQTT-3.9.3-1 stands behind MQTT-3.10.1-1"));
        let forth = row("MQTT-3.9.3-1") + &row("MQTT-3.10.1-1");
        assert!(wrong(&forth).is_empty());
    }
}
