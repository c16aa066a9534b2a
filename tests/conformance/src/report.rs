//! The table and the tests together.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use crate::departures::{self, differences};
use crate::named::{Found, Named};
use crate::table::{self, Row, Stand};
use crate::{Problem, Role};

/// The statements, the tests that show them, and what is wrong.
#[derive(Clone, Debug)]
pub struct Conformance {
    /// The table, in the standard's order.
    pub rows: Vec<Row>,
    /// The tests' names, file by file.
    pub named: Vec<Named>,
    /// Everything that is wrong; nothing, where all is as it should be.
    pub problems: Vec<Problem>,
}

impl Conformance {
    /// Reads the table, the sources and the page of departures of the clone with this top folder.
    ///
    /// # Errors
    /// A file or folder that can't be read, with its path.
    pub fn of(root: &Path) -> io::Result<Self> {
        let read = |file: &str| {
            fs::read_to_string(root.join(file))
                .map_err(|error| io::Error::new(error.kind(), format!("{file}: {error}")))
        };
        let (rows, mut problems) = table::rows(&read(table::TABLE)?);
        problems.extend(differences(&rows, &read(departures::PAGE)?));
        let found = Found::below(root)?;
        problems.extend(found.problems);
        Ok(Self::new(rows, found.named, problems))
    }

    /// Adds to these problems what the tests leave open, and what they name that is not there.
    #[must_use]
    pub fn new(rows: Vec<Row>, named: Vec<Named>, mut problems: Vec<Problem>) -> Self {
        problems.extend(named.iter().filter_map(|one| strange(&rows, one)));
        let mut conformance = Self {
            rows,
            named,
            problems,
        };
        let missing = conformance.missing().map(|(row, role)| Problem {
            file: table::TABLE.to_owned(),
            line: Some(row.line),
            what: format!("no test names {} for the {role}", row.id),
        });
        let missing: Vec<Problem> = missing.collect();
        conformance.problems.extend(missing);
        conformance
    }

    /// The tests that show a statement of a role.
    pub fn tests(&self, row: &Row, role: Role) -> impl Iterator<Item = &Named> {
        let id = row.id;
        self.named
            .iter()
            .filter(move |one| one.id == id && one.role == role)
    }

    /// The statements that bind a role, and that no test shows.
    pub fn missing(&self) -> impl Iterator<Item = (&Row, Role)> {
        self.bound()
            .filter(|&(row, role)| self.tests(row, role).next().is_none())
    }

    /// The statements that bind a role.
    fn bound(&self) -> impl Iterator<Item = (&Row, Role)> {
        let roles = self
            .rows
            .iter()
            .flat_map(|row| Role::ALL.map(|role| (row, role)));
        roles.filter(|(row, role)| row.stand(*role).wants_a_test())
    }

    /// For each role: how many statements bind it, how many of these a test shows, how many it departs from.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut lines = format!("{} statements\n", self.rows.len());
        for role in Role::ALL {
            let count = |stand| {
                let stands = self.rows.iter().filter(|row| row.stand(role) == stand);
                stands.count()
            };
            let bound = self.bound().filter(|bound| bound.1 == role).count();
            let missing = self.missing().filter(|missing| missing.1 == role).count();
            lines += &format!(
                "{role}: {bound} bind it, {} of them are shown by a test; it keeps {} and departs on purpose from {}; \
                 {} are about what it does not use\n",
                bound - missing,
                count(Stand::Kept),
                count(Stand::Departs),
                count(Stand::Unused),
            );
        }
        lines
    }
}

/// A test that names what its role is not bound by.
fn strange(rows: &[Row], one: &Named) -> Option<Problem> {
    let Named { id, role, test, .. } = one;
    let what = match rows.iter().find(|row| row.id == *id) {
        None => format!("{test} names [{id}], which the table does not have"),
        Some(row) if row.stand(*role).wants_a_test() => return None,
        Some(row) => format!(
            "{test} names [{id}] for the {role}, where the table says `{}`",
            row.stand(*role).word()
        ),
    };
    Some(Problem {
        file: one.file.clone(),
        line: Some(one.line),
        what,
    })
}

/// The table with its tests: a line for the statement, then for each role that it concerns how it stands, the note, and
/// the tests.
impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{:14} {}", row.id, row.says)?;
            for role in Role::ALL {
                let stand = row.stand(role);
                if stand == Stand::Elsewhere {
                    continue;
                }
                let mut tests = self
                    .tests(row, role)
                    .map(|one| format!("{}: {}", one.file, one.test));
                let first = match (stand.wants_a_test(), tests.next()) {
                    (_, Some(test)) => test,
                    (true, None) => "NO TEST NAMES IT".to_owned(),
                    (false, None) => String::new(),
                };
                writeln!(
                    f,
                    "{}",
                    format!("    {role:7} {:8} {first}", stand.word()).trim_end()
                )?;
                for test in tests {
                    writeln!(f, "{:20} {test}", "")?;
                }
            }
            if !row.note.is_empty() {
                writeln!(f, "    {:7} {}", "note", row.note)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| MQTT-3.1.0-1 | First. | kept | – | |\n| MQTT-3.1.2-8 | Will. | unused | departs | None. |\n";

    fn with(sources: &str) -> Conformance {
        let mut found = Found::default();
        found.source("a.rs", sources);
        Conformance::new(crate::rows(TABLE).0, found.named, found.problems)
    }

    fn problems(conformance: &Conformance) -> Vec<String> {
        conformance
            .problems
            .iter()
            .map(Problem::to_string)
            .collect()
    }

    #[test]
    fn a_statement_that_binds_and_has_no_test_is_a_problem() {
        let conformance = with("// client: [MQTT-3.1.0-1]\n#[test]\nfn first() {}");
        assert_eq!(
            problems(&conformance),
            ["tests/conformance/statements.md:2: no test names MQTT-3.1.2-8 for the server"]
        );
        let both = with(
            "// client: [MQTT-3.1.0-1]\n#[test]\nfn first() {}\n// server: [MQTT-3.1.2-8]\n#[test]\nfn no_will() {}",
        );
        assert_eq!(problems(&both), Vec::<String>::new());
    }

    #[test]
    fn a_test_that_names_what_does_not_bind_is_a_problem() {
        let conformance = with(
            "// client: [MQTT-3.1.0-1], [MQTT-3.1.2-8], [MQTT-3.5.4-1]\n// server: [MQTT-3.1.0-1], [MQTT-3.1.2-8]\n#[test]\nfn first() {}",
        );
        assert_eq!(
            problems(&conformance),
            [
                "a.rs:1: first names [MQTT-3.1.2-8] for the client, where the table says `unused`",
                "a.rs:1: first names [MQTT-3.5.4-1], which the table does not have",
                "a.rs:2: first names [MQTT-3.1.0-1] for the server, where the table says `–`",
            ]
        );
    }

    #[test]
    fn the_table_is_printed_with_its_tests() {
        let conformance = with("// client: [MQTT-3.1.0-1]\n#[test]\nfn first() {}");
        assert_eq!(
            conformance.to_string(),
            "MQTT-3.1.0-1   First.\n    client  kept     a.rs: first\nMQTT-3.1.2-8   Will.\n    client  unused\n    server  departs  NO TEST NAMES IT\n    note    None.\n"
        );
        assert!(conformance.summary().contains(
            "server: 1 bind it, 0 of them are shown by a test; it keeps 0 and departs on purpose from 1"
        ));
    }
}
