//! What was asked of the cloud's side, and what became of it.

use std::collections::BTreeMap;

use crate::protocol::cloud::{Done, Problem};

/// A part of the place that asks for things, each with an outcome of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Registering a device
    Register,
    /// Disabling, enabling and removing one
    Devices,
    /// Pushing messages
    Push,
    /// Switching faults
    Faults,
    /// Starting and stopping the second client
    Rival,
    /// Forgetting events
    Events,
}

/// For each task what it waits for, and how the last thing asked for ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    waiting: BTreeMap<Task, u32>,
    ended: BTreeMap<Task, Result<Done, Problem>>,
}

impl Asked {
    /// Whether an answer is still to come.
    #[must_use]
    pub fn waits(&self, task: Task) -> bool {
        self.waiting.contains_key(&task)
    }

    /// How the last thing asked for ended, until the next is asked for.
    #[must_use]
    pub fn outcome(&self, task: Task) -> Option<&Result<Done, Problem>> {
        self.ended.get(&task)
    }

    /// Why the last thing asked for could not be done.
    #[must_use]
    pub fn problem(&self, task: Task) -> Option<&Problem> {
        self.outcome(task)?.as_ref().err()
    }

    pub(super) fn ask(&mut self, task: Task, number: u32) {
        self.waiting.insert(task, number);
        self.ended.remove(&task);
    }

    pub(super) fn forget(&mut self, task: Task) {
        self.ended.remove(&task);
    }

    /// The task that the answer was for: only the last thing that each asked for counts.
    pub(super) fn answered(&mut self, number: u32, outcome: Result<Done, Problem>) -> Option<Task> {
        let mut waiting = self.waiting.iter();
        let (&task, _) = waiting.find(|(_, asked)| **asked == number)?;
        self.waiting.remove(&task);
        self.ended.insert(task, outcome);
        Some(task)
    }
}
