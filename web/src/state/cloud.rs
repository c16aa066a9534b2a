//! What is typed and looked at on the cloud side.

/// What is typed and looked at on the cloud side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {}

impl Cloud {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {}
    }
}
