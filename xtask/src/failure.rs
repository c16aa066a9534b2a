//! Why a chore did not end well, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Why a chore ended. Its text is the last thing that a person reads.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for what is not there.
    Usage(String),
    /// Something that only the user can provide is missing: what, and how to get it.
    Missing { what: String, remedy: String },
    /// A program could not be started.
    NotStarted { command: String, source: io::Error },
    /// A program ended with a bad status. What it had to say, it has said.
    Ended { command: String, status: ExitStatus },
    /// A file or folder could not be read or written.
    File {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A tool answered something that this program does not understand.
    Unexpected(String),
    /// Nothing of what was asked for could be done here, for a reason that has been said and that is nobody's fault.
    Skipped(String),
    /// Steps that were attempted one after the other, and failed.
    Steps(Vec<String>),
}

impl Failure {
    pub(crate) fn usage(text: String) -> Failure {
        Failure::Usage(text)
    }

    /// For `map_err` on what touches a file: `File::open(&p).map_err(Failure::file("read", &p))`.
    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Failure {
        let path = path.into();
        move |source| Failure::File {
            doing,
            path,
            source,
        }
    }

    pub(crate) fn not_started(command: &Command, source: io::Error) -> Failure {
        Failure::NotStarted {
            command: command_line(command),
            source,
        }
    }

    /// The status that xtask itself ends with: 64 for wrong usage, as the `tern` program does, 77 where all was skipped.
    pub(crate) fn exit_status(&self) -> u8 {
        match self {
            Failure::Usage(_) => 64,
            Failure::Skipped(_) => tern_skipped::STATUS,
            _ => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(text) => write!(f, "{text}. `cargo xtask help` lists what there is"),
            Failure::Missing { what, remedy } => write!(f, "{what}\n{remedy}"),
            Failure::NotStarted { command, source } => {
                write!(f, "`{command}` could not be started: {source}")
            }
            Failure::Ended { command, status } => write!(f, "`{command}` failed ({status})"),
            Failure::File {
                doing,
                path,
                source,
            } => write!(f, "cannot {doing} {}: {source}", path.display()),
            Failure::Unexpected(text) => f.write_str(text),
            Failure::Skipped(what) => write!(f, "skipped: {what} (why stands above)"),
            Failure::Steps(names) => write!(f, "failed: {}", names.join(", ")),
        }
    }
}

/// A command as a person would type it: the program without its folder.
pub(crate) fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args());
    let words = words.map(|word| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("'{word}'")
        } else {
            word.into_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/somewhere/bin/cargo");
        command.args(["build", "--config", "a = 1"]);
        assert_eq!(command_line(&command), "cargo build --config 'a = 1'");
    }
}
