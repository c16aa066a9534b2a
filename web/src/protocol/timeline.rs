//! The timeline: which packets are listed, and the one that is taken apart.

use serde::{Deserialize, Serialize};

use super::Direction;
use super::{Chosen, Rows, Span};

/// What the timeline looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Which packets are listed.
    pub filter: Filter,
    /// Which of those.
    pub span: Span,
    /// Only packets before this index: a pause, during which nothing is lost.
    pub until: Option<u64>,
    /// The packet whose bytes are wanted, by its index in the log.
    pub chosen: Option<u64>,
}

/// Which packets are listed: those that pass all four.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// One bit for each packet type, by its number; bit 0 for what is malformed.
    pub kinds: u16,
    /// One way only.
    pub direction: Option<Direction>,
    /// A topic filter with its wildcards, or a part of a topic; empty means every packet. Packets without
    /// a topic do not pass any other.
    pub topic: String,
    /// A text somewhere in the packet's bytes, ASCII letters of either case; empty means every packet.
    pub text: String,
}

impl Filter {
    /// Every packet type.
    pub const ALL_KINDS: u16 = u16::MAX;

    /// Whether every packet passes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.kinds == Self::ALL_KINDS
            && self.direction.is_none()
            && self.topic.is_empty()
            && self.text.is_empty()
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            kinds: Self::ALL_KINDS,
            direction: None,
            topic: String::new(),
            text: String::new(),
        }
    }
}

/// What the timeline shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Of the packets that pass the filter, those looked at. `held` and `evicted` count what passes.
    pub rows: Rows,
    /// The index that the next packet will have.
    pub end: u64,
    /// How many have come since the pause began and would be listed.
    pub behind: u64,
    /// The packet chosen, whole.
    pub chosen: Option<Chosen>,
}
