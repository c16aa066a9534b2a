//! Which normative statements of MQTT 3.1.1 bind Tern, and which tests show that they are kept.
//!
//! The table is `statements.md`, beside this crate's sources. A test names what it shows in comments right above it:
//!
//! ```text
//! // client: [MQTT-3.1.2-23]
//! #[test]
//! fn a_pingreq_goes_out_after_three_quarters_of_the_keep_alive() {
//! ```
//!
//! `client`, `server`, or `client and server` where the test shows it of code that both use. The comment has to stand
//! on a real test, which is not ignored. This crate reads the table and the sources and compares the two; it runs no
//! test, and it can't tell whether a test shows what it names: that is for whoever reviews it.
#![forbid(unsafe_code)]

mod departures;
mod named;
mod report;
mod standard;
mod table;

use std::fmt;

pub use departures::differences;
pub use named::{Found, Named};
pub use report::Conformance;
pub use standard::{Id, all};
pub use table::{Row, Stand, TABLE, rows};

/// Whom a statement is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The device: `core`, and the `tern` program around it.
    Client,
    /// The platform's stand-in: `platform`, and `tern platform` around it.
    Server,
}

impl Role {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Client, Self::Server];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

/// What is wrong, and where: a file below the clone's top folder and its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, with `/` between its folders.
    pub file: String,
    /// The line; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}
