//! The login that somebody pastes to have it checked.

/// The login that somebody pastes to have it checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {}

impl Check {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {}
    }
}
