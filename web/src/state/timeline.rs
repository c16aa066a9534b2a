//! What the timeline looks at.

use super::ListKeys;
use crate::protocol::Span;
use crate::protocol::timeline::{Filter, Watch};

/// What the timeline looks at, and what is typed into its filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// What the place looks at.
    pub watch: Watch,
    /// The keys of the rows in sight.
    pub keys: ListKeys,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The list looks elsewhere.
    Look(Span),
    /// Another filter.
    Filter(Filter),
    /// Nothing newer than the packet before this index is listed; or everything again.
    Pause(Option<u64>),
    /// A packet is chosen, or none.
    Choose(Option<u64>),
}

impl Timeline {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Look(span) => self.watch.span = span,
            Action::Filter(filter) => {
                self.watch.filter = filter;
                self.watch.span = Span::Newest(self.watch.span.count());
            }
            Action::Pause(until) => self.watch.until = until,
            Action::Choose(index) => self.watch.chosen = index,
        }
    }
}
