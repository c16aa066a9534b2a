//! The fields of a packet as the lines of a tree: which are folded, and where a key leads.

use std::ops::Range;

use tern_core::wire::dissect::{Dissection, Field, FieldName, Value};

use super::Key;

/// More subscriptions than this begin folded.
const MANY: usize = 8;

/// A field as a line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub name: FieldName,
    /// Its bytes.
    pub range: Range<usize>,
    /// Its bits of the one byte.
    pub mask: Option<u8>,
    /// What it says.
    pub value: Value,
    /// Whether it is not to be shown unasked.
    pub secret: bool,
    /// Its depth, from 1.
    pub level: usize,
    /// Its place among its siblings, from 1, and how many they are.
    pub place: (usize, usize),
    /// The line of the field that it is a part of.
    pub parent: Option<usize>,
    /// The line after its last descendant.
    pub end: usize,
    /// Whether its children are out of sight.
    pub folded: bool,
}

/// The tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// The tree of a dissection. What is read once in a life begins folded.
    #[must_use]
    pub fn new(dissection: &Dissection) -> Self {
        let mut tree = Self::default();
        tree.add(&dissection.fields, None, 1);
        tree
    }

    fn add(&mut self, fields: &[Field], parent: Option<usize>, level: usize) {
        for (index, field) in fields.iter().enumerate() {
            let line = self.nodes.len();
            self.nodes.push(Node {
                name: field.name,
                range: field.range.clone(),
                mask: field.mask,
                value: field.value,
                secret: field.secret,
                level,
                place: (index + 1, fields.len()),
                parent,
                end: line + 1,
                folded: begins_folded(field, fields.len()),
            });
            self.add(&field.children, Some(line), level + 1);
            let end = self.nodes.len();
            if let Some(node) = self.nodes.get_mut(line) {
                node.end = end;
            }
        }
    }

    /// A line's field.
    #[must_use]
    pub fn get(&self, line: usize) -> Option<&Node> {
        self.nodes.get(line)
    }

    /// Every line, folded or not.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate()
    }

    /// The lines in sight.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Node)> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let line = next;
            let node = self.nodes.get(line)?;
            next = if node.folded { node.end } else { line + 1 };
            Some((line, node))
        })
    }

    /// Whether a line has lines below it.
    #[must_use]
    pub fn is_parent(&self, line: usize) -> bool {
        self.get(line).is_some_and(|node| node.end > line + 1)
    }

    /// Folds a line, or unfolds it.
    pub fn fold(&mut self, line: usize, folded: bool) {
        let is_parent = self.is_parent(line);
        if let Some(node) = self.nodes.get_mut(line) {
            node.folded = folded && is_parent;
        }
    }

    /// The line itself, or the outermost folded one that it is hidden in.
    #[must_use]
    pub fn in_sight(&self, line: usize) -> usize {
        let ancestors = std::iter::successors(Some(line), |line| self.get(*line)?.parent);
        let folded = ancestors.skip(1).filter(|line| self.is_folded(*line));
        folded.last().unwrap_or(line)
    }

    fn is_folded(&self, line: usize) -> bool {
        self.get(line).is_some_and(|node| node.folded)
    }

    /// The line that a key leads to, after folding or unfolding where the key does that.
    pub fn step(&mut self, from: usize, key: Key) -> usize {
        let from = self.in_sight(from);
        match key {
            Key::Up => {
                let mut before = self.shown().take_while(|(line, _)| *line < from);
                before.by_ref().last().map_or(from, |(line, _)| line)
            }
            Key::Down => {
                let mut after = self.shown().skip_while(|(line, _)| *line <= from);
                after.next().map_or(from, |(line, _)| line)
            }
            Key::Home => 0,
            Key::End => self.shown().last().map_or(from, |(line, _)| line),
            Key::Right if self.is_folded(from) => {
                self.fold(from, false);
                from
            }
            Key::Right if self.is_parent(from) => from + 1,
            Key::Right => from,
            Key::Left if self.is_parent(from) && !self.is_folded(from) => {
                self.fold(from, true);
                from
            }
            Key::Left => self.get(from).and_then(|node| node.parent).unwrap_or(from),
        }
    }

    /// The innermost field of a byte; one byte has several bits, so they do not count.
    #[must_use]
    pub fn innermost(&self, at: usize) -> Option<usize> {
        let of_byte = |(_, node): &(usize, &Node)| node.mask.is_none() && node.range.contains(&at);
        let deepest = self.lines().filter(of_byte).last();
        deepest.map(|(line, _)| line)
    }

    /// The bytes whose bits belong to a line, each with the lines of its bits: its own, its siblings' where
    /// it is some bits itself, and those of each byte of a remaining length.
    #[must_use]
    pub fn bits(&self, line: usize) -> Vec<(usize, Vec<usize>)> {
        let Some(node) = self.get(line) else {
            return Vec::new();
        };
        let within = match (node.mask, node.parent) {
            (Some(_), Some(parent)) => parent,
            _ => line,
        };
        let deep = node.name == FieldName::RemainingLength;
        let end = self.get(within).map_or(within, |node| node.end);
        let mut bytes: Vec<(usize, Vec<usize>)> = Vec::new();
        for line in within + 1..end {
            let Some(bits) = self.get(line).filter(|bits| bits.mask.is_some()) else {
                continue;
            };
            if bits.parent != Some(within) && !deep {
                continue;
            }
            match bytes.last_mut().filter(|(at, _)| *at == bits.range.start) {
                Some((_, lines)) => lines.push(line),
                None => bytes.push((bits.range.start, vec![line])),
            }
        }
        bytes
    }
}

fn begins_folded(field: &Field, siblings: usize) -> bool {
    match field.name {
        FieldName::RemainingLength => true,
        FieldName::Subscription => siblings > MANY,
        // Its bits say something in a PUBLISH only.
        FieldName::TypeAndFlags => field
            .children
            .iter()
            .all(|bits| bits.name != FieldName::QoS),
        _ => false,
    }
}
