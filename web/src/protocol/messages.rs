//! Received messages: the topics they came on, their lists, and the one that is looked at.

use serde::{Deserialize, Serialize};

use super::{Chosen, Rows, Span};

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Which branch of the topics is listed: a topic and all below it; `None` for all.
    pub branch: Option<String>,
    /// A text in topic or payload, ASCII letters of either case; empty means every message.
    pub text: String,
    /// Which messages of those.
    pub span: Span,
    /// The message whose bytes are wanted, by its packet's index in the log.
    pub chosen: Option<u64>,
    /// The branches whose own branches are shown.
    pub open: Vec<String>,
    /// Which lines of the topics are in sight.
    pub topics: Span,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The messages looked at.
    pub rows: Rows,
    /// The message chosen, whole.
    pub chosen: Option<Chosen>,
    /// The topics.
    pub topics: Topics,
}

/// The topics' tree, as far as it is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Topics {
    /// How many topics there are.
    pub topics: u64,
    /// How many lines the open tree has.
    pub lines: u64,
    /// The first line below.
    pub first: u64,
    /// The lines in sight, from the top.
    pub branches: Vec<Branch>,
}

/// A line of the topics' tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// The topic up to here; the key of everything that is asked about it.
    pub path: String,
    /// Its last level.
    pub level: String,
    /// How many levels stand above it.
    pub depth: u16,
    /// Whether levels stand below it.
    pub has_branches: bool,
    /// Whether those are shown.
    pub is_open: bool,
    /// Messages held, here and below.
    pub held: u64,
    /// Messages that ever came, here and below.
    pub ever: u64,
}
