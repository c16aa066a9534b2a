//! The places of the console.

use crate::words::Words;

/// A place of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// From the triple to a connection.
    #[default]
    Connect,
    /// Whether a login that somebody else made is right.
    Check,
    /// Everything that went over the wire.
    Timeline,
    /// Subscribe, publish, and what was received.
    Messages,
    /// The cloud side: who is online, messages pushed down, faults.
    Cloud,
}

impl Place {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Connect,
        Self::Check,
        Self::Timeline,
        Self::Messages,
        Self::Cloud,
    ];

    /// Its name in the address, after `#`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Check => "check",
            Self::Timeline => "timeline",
            Self::Messages => "messages",
            Self::Cloud => "cloud",
        }
    }

    /// Its name on the page.
    #[must_use]
    pub const fn word(self, words: &Words) -> &'static str {
        let places = words.places;
        match self {
            Self::Connect => places.connect,
            Self::Check => places.check,
            Self::Timeline => places.timeline,
            Self::Messages => places.messages,
            Self::Cloud => places.cloud,
        }
    }

    /// The place that the end of an address names, if it names one: none of them is the first one, and
    /// anything else is a mark within a place. What follows a `?` is that place's own business.
    #[must_use]
    pub fn from_hash(hash: &str) -> Option<Self> {
        let name = hash.trim_start_matches('#');
        match name.split('?').next().unwrap_or_default() {
            "" => Some(Self::default()),
            name => Self::ALL.into_iter().find(|place| place.name() == name),
        }
    }
}
