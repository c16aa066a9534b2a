//! The tests that name a statement, found in their sources.

use std::fs;
use std::io;
use std::path::Path;

use crate::standard::Id;
use crate::{Problem, Role};

/// How a comment begins that names statements, and for whom.
const BEGINNINGS: [(&str, &[Role]); 3] = [
    ("// client: ", &[Role::Client]),
    ("// server: ", &[Role::Server]),
    ("// client and server: ", &Role::ALL),
];

/// Folders that hold no source of ours.
const PASSED_OVER: [&str; 3] = ["target", "dist", "node_modules"];

/// A test that names a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The statement.
    pub id: Id,
    /// Of whom the test shows it.
    pub role: Role,
    /// The test's name.
    pub test: String,
    /// Its file below the clone's top folder, with `/` between its folders.
    pub file: String,
    /// The line of the name.
    pub line: usize,
}

/// What the sources hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The names, file by file.
    pub named: Vec<Named>,
    /// Names that stand where no test is, or that can't be read.
    pub problems: Vec<Problem>,
}

impl Found {
    /// Reads every Rust source below the clone's top folder.
    ///
    /// # Errors
    /// A file or folder that can't be read, with its path.
    pub fn below(root: &Path) -> io::Result<Self> {
        let mut found = Self::default();
        found.folder(root, "")?;
        Ok(found)
    }

    fn folder(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        let told = |path: &Path| {
            let path = path.display().to_string();
            move |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"))
        };
        let mut entries = fs::read_dir(folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(told(folder))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let kind = entry.file_type().map_err(told(&path))?;
            if kind.is_dir() && !name.starts_with('.') && !PASSED_OVER.contains(&name.as_ref()) {
                self.folder(&path, &format!("{below}{name}/"))?;
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).map_err(told(&path))?;
                self.source(&format!("{below}{name}"), &text);
            }
        }
        Ok(())
    }

    /// Reads one source.
    pub fn source(&mut self, file: &str, text: &str) {
        let mut above = Above::default();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if above.open_brackets > 0 {
                above.open_brackets += open_brackets(text);
            } else if let Some((roles, list)) = naming(text) {
                match ids(list) {
                    Ok(ids) => above.names.extend(
                        ids.into_iter()
                            .flat_map(|id| roles.iter().map(move |&role| (line, id, role))),
                    ),
                    Err(what) => self.problem(file, line, what),
                }
            } else if let Some(attribute) = text.strip_prefix("#[") {
                above.is_test |= attribute == "test]" || attribute.starts_with("wasm_bindgen_test");
                above.is_ignored |= attribute.starts_with("ignore");
                above.open_brackets = open_brackets(text);
            } else if !text.starts_with("//") {
                self.end_of(std::mem::take(&mut above), file, function(text));
            }
        }
        self.end_of(above, file, None);
    }

    /// What stands above a line of code belongs to it, if it begins a test.
    fn end_of(&mut self, above: Above, file: &str, function: Option<&str>) {
        let test = function.filter(|_| above.is_test && !above.is_ignored);
        for (line, id, role) in above.names {
            match test {
                Some(test) => self.named.push(Named {
                    id,
                    role,
                    test: test.to_owned(),
                    file: file.to_owned(),
                    line,
                }),
                None => self.problem(
                    file,
                    line,
                    format!("[{id}] is named here, but no test that runs stands right below"),
                ),
            }
        }
    }

    fn problem(&mut self, file: &str, line: usize, what: String) {
        self.problems.push(Problem {
            file: file.to_owned(),
            line: Some(line),
            what,
        });
    }
}

/// The comments and attributes above a line of code.
#[derive(Default)]
struct Above {
    names: Vec<(usize, Id, Role)>,
    is_test: bool,
    is_ignored: bool,
    /// More than none within an attribute that goes on in the next line.
    open_brackets: isize,
}

/// Whom a comment names statements for, and the list of them.
fn naming(text: &str) -> Option<(&'static [Role], &str)> {
    BEGINNINGS.into_iter().find_map(|(beginning, roles)| {
        let list = text.strip_prefix(beginning)?;
        list.starts_with("[MQTT-").then_some((roles, list))
    })
}

fn ids(list: &str) -> Result<Vec<Id>, String> {
    list.split(", ")
        .map(|id| {
            let bare = id.strip_prefix('[').and_then(|id| id.strip_suffix(']'));
            bare.ok_or_else(|| {
                format!("`{id}` is not read: a list looks like [MQTT-3.1.2-23], [MQTT-3.1.2-24]")
            })?
            .parse()
        })
        .collect()
}

/// How many brackets a line opens and does not close.
fn open_brackets(text: &str) -> isize {
    text.chars().fold(0, |open, c| match c {
        '[' => open + 1,
        ']' => open - 1,
        _ => open,
    })
}

/// The name of the function that a line begins.
fn function(text: &str) -> Option<&str> {
    let text = text.strip_prefix("pub ").unwrap_or(text);
    let text = text.strip_prefix("async ").unwrap_or(text);
    text.strip_prefix("fn ")?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Found {
        let mut found = Found::default();
        found.source("a/b.rs", text);
        found
    }

    fn names(found: &Found) -> Vec<String> {
        found
            .named
            .iter()
            .map(|one| format!("{} {} {}", one.id, one.role, one.test))
            .collect()
    }

    #[test]
    fn a_test_is_found_by_what_it_names() {
        let found = found(
            "// client: [MQTT-3.1.0-1], [MQTT-3.1.0-2]\n// server: [MQTT-3.1.2-1]\n/// Words.\n#[test]\n#[allow(\n    dead_code\n)]\nfn it_is_so() {\n",
        );
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        assert_eq!(
            names(&found),
            [
                "MQTT-3.1.0-1 client it_is_so",
                "MQTT-3.1.0-2 client it_is_so",
                "MQTT-3.1.2-1 server it_is_so"
            ]
        );
        assert_eq!(
            (found.named[2].file.as_str(), found.named[2].line),
            ("a/b.rs", 2)
        );
    }

    #[test]
    fn an_attribute_ends_with_its_bracket_whatever_follows_it() {
        let found = found(
            "#[allow(dead_code)] // for now\nfn a() {}\n// client: [MQTT-3.1.0-1]\n#[test]\nfn b() {}",
        );
        assert_eq!(names(&found), ["MQTT-3.1.0-1 client b"]);
    }

    #[test]
    fn one_name_may_hold_for_both() {
        let found = found("    // client and server: [MQTT-4.7.3-1]\n    #[test]\n    fn a() {");
        assert_eq!(
            names(&found),
            ["MQTT-4.7.3-1 client a", "MQTT-4.7.3-1 server a"]
        );
    }

    #[test]
    fn a_name_counts_on_a_test_that_runs_and_nowhere_else() {
        for source in [
            "// client: [MQTT-3.1.0-1]\nfn no_test() {}",
            "// client: [MQTT-3.1.0-1]\n\n#[test]\nfn too_far() {}",
            "// client: [MQTT-3.1.0-1]\nlet code = 1;\n#[test]\nfn behind_code() {}",
            "// client: [MQTT-3.1.0-1]\n#[test]\n#[ignore = \"slow\"]\nfn ignored() {}",
            "// client: [MQTT-3.1.0-1]\n#[cfg(test)]\nmod tests {",
            "#[test]\nfn a() {\n    // client: [MQTT-3.1.0-1]\n}",
            "// client: [MQTT-3.1.0-1]",
        ] {
            let found = found(source);
            assert!(found.named.is_empty(), "{source}");
            assert_eq!(found.problems.len(), 1, "{source}");
            assert!(
                found.problems[0].what.contains("[MQTT-3.1.0-1]"),
                "{source}"
            );
        }
    }

    #[test]
    fn a_list_that_can_not_be_read_is_told() {
        for list in [
            "[MQTT-3.1.0-1] [MQTT-3.1.0-2]",
            "[MQTT-3.1.0-1].",
            "[MQTT-3.1]",
        ] {
            let found = found(&format!("// client: {list}\n#[test]\nfn a() {{"));
            assert!(found.named.is_empty(), "{list}");
            assert_eq!(found.problems[0].to_string().find("a/b.rs:1: "), Some(0));
        }
    }

    #[test]
    fn other_comments_name_nothing() {
        let found = found("// client: a device\n// see [MQTT-3.1.0-1]\n#[test]\nfn a() {");
        assert_eq!(found, Found::default());
    }
}
