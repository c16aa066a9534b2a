//! Received messages: the topics they came on, their lists, and the one that is looked at.

use serde::{Deserialize, Serialize};

use super::{Chosen, Rows, Span};
use crate::payload::chart::Sample;

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
    /// Whether the message before it on the same topic is wanted too.
    pub compare: bool,
    /// The number that is wanted over time.
    pub chart: Option<Chart>,
    /// The branches whose own branches are hidden.
    pub closed: Vec<String>,
    /// Which lines of the topics are in sight.
    pub topics: Span,
}

/// A number in the messages of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Exactly this topic.
    pub topic: String,
    /// Where the number stands, as a [`Path`](crate::payload::json::Path) reads.
    pub path: String,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The messages looked at.
    pub rows: Rows,
    /// The message chosen, whole.
    pub chosen: Option<Chosen>,
    /// The message before it on the same topic, if that is held and wanted.
    pub before: Option<Chosen>,
    /// The number over time, where it is wanted.
    pub series: Option<Series>,
    /// The topics.
    pub topics: Topics,
}

/// A number over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Which.
    pub of: Chart,
    /// What is to be drawn: all of it, or so much that no peak is lost.
    pub samples: Vec<Sample>,
    /// How many messages hold the number.
    pub numbers: u64,
    /// How many messages of the topic do not hold it.
    pub gaps: u64,
    /// How many messages are still to be read.
    pub unread: u64,
}

impl Series {
    /// More samples than this are never sent at once.
    pub const MOST: usize = 500;
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
    /// Its last level; and those above it that lead to nothing else.
    pub level: String,
    /// How many lines stand above it.
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
