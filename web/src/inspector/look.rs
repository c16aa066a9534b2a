//! What is looked at: one field, whether it was reached through the tree or through its bytes.

use std::ops::Range;

use tern_core::wire::Sender;
use tern_core::wire::dissect::{Fault, dissect};

use super::tree::Tree;
use super::{Key, dump};

/// A packet taken apart, and what of it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Its fields.
    pub tree: Tree,
    /// What is wrong with it.
    pub fault: Option<Fault>,
    /// Which of its bytes are drawn.
    pub drawn: Vec<Range<usize>>,
    /// The bytes that are, or may hold, the password.
    pub secrets: Vec<Range<usize>>,
    /// Whether those are shown.
    pub secrets_shown: bool,
    /// The line that was chosen last: it stays.
    pub chosen: Option<usize>,
    /// The line under the pointer: it passes.
    pub pointed: Option<usize>,
    /// The byte that the keys step from.
    pub caret: usize,
}

/// What a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Points at a line.
    PointAtLine(usize),
    /// Points at a byte.
    PointAtByte(usize),
    /// Points elsewhere.
    PointAway,
    /// Chooses a line.
    ChooseLine(usize),
    /// Chooses a byte.
    ChooseByte(usize),
    /// Folds a line, or unfolds it.
    Fold(usize),
    /// Steps through the tree.
    StepLine(Key),
    /// Steps through the bytes; so many stand in a row.
    StepByte(Key, usize),
    /// Shows the password, or hides it.
    ShowSecrets(bool),
}

impl Look {
    /// A first look: at the bad byte where there is one, else at nothing yet.
    #[must_use]
    pub fn new(bytes: &[u8], sender: Sender) -> Self {
        let dissection = dissect(bytes, sender);
        let tree = Tree::new(&dissection);
        let leaf_secrets = tree.lines().filter(|(_, node)| node.secret);
        let secrets = leaf_secrets.map(|(_, node)| node.range.clone()).collect();
        let fault = dissection.fault;
        let bad = fault.as_ref().map(|fault| fault.at);
        let last = bytes.len().saturating_sub(1);
        Self {
            chosen: bad.and_then(|at| tree.innermost(at.min(last))),
            caret: bad.unwrap_or(0).min(last),
            drawn: dump::drawn(bytes.len(), bad),
            tree,
            fault,
            secrets,
            secrets_shown: false,
            pointed: None,
        }
    }

    /// What is looked at after an action.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::PointAtLine(line) => self.pointed = Some(line),
            Action::PointAtByte(at) => self.pointed = self.tree.innermost(at),
            Action::PointAway => self.pointed = None,
            Action::ChooseLine(line) => self.choose_line(line),
            Action::ChooseByte(at) => self.choose_byte(at),
            Action::Fold(line) => {
                let folded = self.tree.get(line).is_some_and(|node| node.folded);
                self.tree.fold(line, !folded);
            }
            Action::StepLine(key) => {
                let from = self.chosen.unwrap_or(0);
                let line = self.tree.step(from, key);
                self.choose_line(line);
            }
            Action::StepByte(key, row) => {
                self.choose_byte(dump::step(&self.drawn, self.caret, key, row));
            }
            Action::ShowSecrets(shown) => self.secrets_shown = shown,
        }
    }

    /// The line that is lit: the one pointed at, else the one chosen.
    #[must_use]
    pub fn lit(&self) -> Option<usize> {
        self.pointed.or(self.chosen)
    }

    /// The bytes that are lit.
    #[must_use]
    pub fn lit_bytes(&self) -> Range<usize> {
        let node = self.lit().and_then(|line| self.tree.get(line));
        node.map_or(0..0, |node| node.range.clone())
    }

    /// The line that the Tab key reaches.
    #[must_use]
    pub fn tab_line(&self) -> usize {
        self.tree.in_sight(self.chosen.unwrap_or(0))
    }

    /// The bytes that are not to be shown now.
    #[must_use]
    pub fn hidden(&self) -> &[Range<usize>] {
        if self.secrets_shown {
            &[]
        } else {
            &self.secrets
        }
    }

    fn choose_line(&mut self, line: usize) {
        if let Some(node) = self.tree.get(line) {
            let start = node.range.start;
            self.chosen = Some(line);
            self.pointed = None;
            if self.drawn.iter().any(|piece| piece.contains(&start)) {
                self.caret = start;
            }
        }
    }

    fn choose_byte(&mut self, at: usize) {
        self.caret = at;
        self.chosen = self.tree.innermost(at);
        self.pointed = None;
    }
}
