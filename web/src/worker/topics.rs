//! The topics that messages came on, as a tree: how many there are below each branch, and which they are.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::protocol::Span;
use crate::protocol::messages::{Branch, Topics as Shown};

/// From so many topics on, those of which no message is held are forgotten.
const REMEMBERED: usize = 5_000;
/// The branch that all others stem from.
const ROOT: u32 = 0;

/// The tree. A topic has a number that stays the same as long as a message of it is held.
#[derive(Debug)]
pub struct Topics {
    branches: Vec<Node>,
    free: Vec<u32>,
    by_topic: HashMap<Box<str>, u32>,
}

#[derive(Debug, Default)]
struct Node {
    parent: u32,
    level: Box<str>,
    below: BTreeMap<Box<str>, u32>,
    held: u64,
    ever: u64,
    /// The messages of the topic that ends here, as indices into the log.
    messages: VecDeque<u64>,
    is_topic: bool,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            branches: vec![Node::default()],
            free: Vec::new(),
            by_topic: HashMap::new(),
        }
    }
}

impl Topics {
    /// Takes in a message by its index in the log; answers the topic's number.
    pub fn push(&mut self, topic: &str, index: u64) -> u32 {
        let number = match self.by_topic.get(topic) {
            Some(number) => *number,
            None => self.plant(topic),
        };
        if let Some(node) = self.node_mut(number) {
            node.messages.push_back(index);
        }
        self.climb(number, |node| {
            node.held += 1;
            node.ever += 1;
        });
        number
    }

    /// Forgets the oldest message of a topic: it has left the log.
    pub fn evict(&mut self, number: u32) {
        let Some(node) = self.node_mut(number) else {
            return;
        };
        if node.messages.pop_front().is_none() {
            return;
        }
        let is_bare = node.messages.is_empty();
        self.climb(number, |node| node.held -= 1);
        if is_bare && self.by_topic.len() > REMEMBERED {
            self.fell(number);
        }
    }

    /// How many topics there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_topic.len()
    }

    /// Whether no message ever came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_topic.is_empty()
    }

    /// The messages of exactly this topic that are held, the oldest first, as indices into the log.
    pub fn of_topic(&self, topic: &str) -> impl DoubleEndedIterator<Item = u64> {
        let node = self.by_topic.get(topic).and_then(|n| self.node(*n));
        node.into_iter()
            .flat_map(|node| node.messages.iter().copied())
    }

    /// The message of the same topic before this one, if it is held.
    #[must_use]
    pub fn before(&self, number: u32, index: u64) -> Option<u64> {
        let messages = &self.node(number)?.messages;
        let place = messages.binary_search(&index).ok()?;
        messages.get(place.checked_sub(1)?).copied()
    }

    /// The numbers of all topics in a branch: the topic of that name and those below it.
    #[must_use]
    pub fn in_branch(&self, path: &str) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open: Vec<u32> = self.find(path).into_iter().collect();
        while let Some(number) = open.pop() {
            if let Some(node) = self.node(number) {
                if node.is_topic {
                    found.push(number);
                }
                open.extend(node.below.values());
            }
        }
        found
    }

    /// The lines of the tree in sight, where the branches in `open` show their own.
    #[must_use]
    pub fn shown(&self, open: &[String], span: Span) -> Shown {
        let mut lines = Vec::new();
        let mut path = String::new();
        self.lines(ROOT, 0, &mut path, open, &mut lines);
        let count = lines.len() as u64;
        let seen = span.within(0..count);
        let first = usize::try_from(seen.start).unwrap_or(usize::MAX);
        let wanted = usize::try_from(seen.end - seen.start).unwrap_or(0);
        Shown {
            topics: self.len() as u64,
            lines: count,
            first: seen.start,
            branches: lines.into_iter().skip(first).take(wanted).collect(),
        }
    }

    fn lines(
        &self,
        number: u32,
        depth: u16,
        path: &mut String,
        open: &[String],
        lines: &mut Vec<Branch>,
    ) {
        let Some(node) = self.node(number) else {
            return;
        };
        for (level, below) in &node.below {
            let Some(branch) = self.node(*below) else {
                continue;
            };
            let before = path.len();
            if depth > 0 {
                path.push('/');
            }
            path.push_str(level);
            let is_open = open.iter().any(|open| open == path);
            lines.push(Branch {
                path: path.clone(),
                level: level.to_string(),
                depth,
                has_branches: !branch.below.is_empty(),
                is_open,
                held: branch.held,
                ever: branch.ever,
            });
            // A topic has at most 65,535 bytes, so no more levels than that.
            if is_open {
                self.lines(*below, depth.saturating_add(1), path, open, lines);
            }
            path.truncate(before);
        }
    }

    fn find(&self, path: &str) -> Option<u32> {
        let mut number = ROOT;
        for level in path.split('/') {
            number = *self.node(number)?.below.get(level)?;
        }
        Some(number)
    }

    fn node(&self, number: u32) -> Option<&Node> {
        self.branches.get(number as usize)
    }

    fn node_mut(&mut self, number: u32) -> Option<&mut Node> {
        self.branches.get_mut(number as usize)
    }

    /// Does something to a branch and all that it stems from.
    fn climb(&mut self, mut number: u32, act: impl Fn(&mut Node)) {
        while let Some(node) = self.node_mut(number) {
            act(node);
            if number == ROOT {
                return;
            }
            number = node.parent;
        }
    }

    fn plant(&mut self, topic: &str) -> u32 {
        let mut number = ROOT;
        for level in topic.split('/') {
            let known = self.node(number).and_then(|n| n.below.get(level)).copied();
            number = known.unwrap_or_else(|| self.sprout(number, level));
        }
        if let Some(node) = self.node_mut(number) {
            node.is_topic = true;
        }
        self.by_topic.insert(topic.into(), number);
        number
    }

    fn sprout(&mut self, parent: u32, level: &str) -> u32 {
        let node = Node {
            parent,
            level: level.into(),
            ..Node::default()
        };
        let number = match self.free.pop() {
            Some(number) => {
                if let Some(place) = self.node_mut(number) {
                    *place = node;
                }
                number
            }
            None => {
                self.branches.push(node);
                // One message of each topic would fill the log long before.
                u32::try_from(self.branches.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(parent) = self.node_mut(parent) {
            parent.below.insert(level.into(), number);
        }
        number
    }

    /// Takes a topic without messages out of the tree, and every branch that leads to nothing else.
    fn fell(&mut self, number: u32) {
        let topic = self.path(number);
        self.by_topic.remove(topic.as_str());
        if let Some(node) = self.node_mut(number) {
            node.is_topic = false;
        }
        let mut number = number;
        while number != ROOT {
            let Some(node) = self.node_mut(number) else {
                return;
            };
            if node.is_topic || !node.below.is_empty() {
                return;
            }
            let (parent, level) = (node.parent, std::mem::take(&mut node.level));
            self.free.push(number);
            if let Some(parent) = self.node_mut(parent) {
                parent.below.remove(&level);
            }
            number = parent;
        }
    }

    fn path(&self, mut number: u32) -> String {
        let mut levels = Vec::new();
        while number != ROOT {
            let Some(node) = self.node(number) else { break };
            levels.push(&*node.level);
            number = node.parent;
        }
        levels.reverse();
        levels.join("/")
    }
}
