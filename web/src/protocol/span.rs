//! Which part of a long list is looked at.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A part of a list, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// The last so many, whatever comes.
    Newest(u32),
    /// From an index on.
    From {
        /// The first index.
        first: u64,
        /// How many.
        count: u32,
    },
}

impl Span {
    /// How many entries are wanted.
    #[must_use]
    pub const fn count(self) -> u32 {
        match self {
            Self::Newest(count) | Self::From { count, .. } => count,
        }
    }

    /// More rows than this are never sent at once.
    pub const MOST: u32 = 200;

    /// The indices meant, in a list that holds `held`.
    #[must_use]
    pub fn within(self, held: Range<u64>) -> Range<u64> {
        let (first, count) = match self {
            Self::Newest(count) => (held.end.saturating_sub(count.min(Self::MOST).into()), count),
            Self::From { first, count } => (first, count),
        };
        let first = first.clamp(held.start, held.end);
        first..held.end.min(first + u64::from(count.min(Self::MOST)))
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::Newest(40)
    }
}
