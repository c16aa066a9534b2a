//! The last events of the stand-in.

use std::collections::VecDeque;

use tern_core::time::Instant;

use crate::protocol::cloud::{EVENTS, Event};

/// A bounded list: the oldest go, and are counted.
#[derive(Debug, Default)]
pub(super) struct Events {
    held: VecDeque<(Instant, tern_platform::Event)>,
    dropped: u64,
}

impl Events {
    pub(super) fn push(&mut self, now: Instant, event: tern_platform::Event) {
        if self.held.len() == EVENTS {
            self.held.pop_front();
            self.dropped += 1;
        }
        self.held.push_back((now, event));
    }

    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The newest first.
    pub(super) fn shown(&self) -> Vec<Event> {
        let numbered = (self.dropped..).zip(&self.held);
        let mut shown: Vec<_> = numbered
            .map(|(number, (at, event))| {
                #[allow(clippy::cast_precision_loss, reason = "no page lives 2^53 ms")]
                Event::new(number, at.as_millis() as f64, event)
            })
            .collect();
        shown.reverse();
        shown
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
