//! The topics that messages came on, as a tree: how many there are below each branch, and which they are.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;

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

    /// The messages of exactly this topic that are held, from an index into the log on, the oldest first.
    pub fn of_topic(&self, topic: &str, from: u64) -> impl ExactSizeIterator<Item = u64> {
        static NONE: VecDeque<u64> = VecDeque::new();
        let node = self.by_topic.get(topic).and_then(|n| self.node(*n));
        let messages = node.map_or(&NONE, |node| &node.messages);
        let first = messages.partition_point(|index| *index < from);
        messages.range(first..).copied()
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

    /// The lines of the tree in sight; the branches in `closed` hide their own.
    #[must_use]
    pub fn shown(&self, closed: &[String], span: Span) -> Shown {
        let mut lines = Lines {
            topics: self,
            closed,
            path: String::new(),
            passed: 0,
            wanted: 0..0,
            branches: Vec::new(),
        };
        // Once to count them, once for those in sight: nothing is built for the others.
        lines.below(ROOT, 0);
        let count = lines.passed;
        lines.wanted = span.within(0..count);
        lines.passed = 0;
        lines.below(ROOT, 0);
        Shown {
            topics: self.len() as u64,
            lines: count,
            first: lines.wanted.start,
            branches: lines.branches,
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

/// A walk through the lines of the tree, from the top.
struct Lines<'a> {
    topics: &'a Topics,
    closed: &'a [String],
    path: String,
    passed: u64,
    wanted: Range<u64>,
    branches: Vec<Branch>,
}

impl Lines<'_> {
    fn below(&mut self, number: u32, depth: u16) {
        let topics = self.topics;
        let Some(node) = topics.node(number) else {
            return;
        };
        for (level, below) in &node.below {
            let before = self.path.len();
            if number != ROOT {
                self.path.push('/');
            }
            let level_start = self.path.len();
            self.path.push_str(level);
            self.branch(*below, level_start, depth);
            self.path.truncate(before);
        }
    }

    fn branch(&mut self, number: u32, level_start: usize, depth: u16) {
        let topics = self.topics;
        let (mut number, mut branch) = (number, topics.node(number));
        // Levels that lead to one other and are no topic themselves share its line.
        while let Some(node) = branch
            && !node.is_topic
            && node.below.len() == 1
            && let Some((level, only)) = node.below.first_key_value()
        {
            self.path.push('/');
            self.path.push_str(level);
            (number, branch) = (*only, topics.node(*only));
        }
        let Some(branch) = branch else { return };
        let is_open = !self.closed.contains(&self.path);
        if self.wanted.contains(&self.passed) {
            self.branches.push(Branch {
                path: self.path.clone(),
                level: self.path.get(level_start..).unwrap_or_default().to_owned(),
                depth,
                has_branches: !branch.below.is_empty(),
                is_open,
                held: branch.held,
                ever: branch.ever,
            });
        }
        self.passed += 1;
        // A topic has at most 65,535 bytes, so no more levels than that.
        if is_open {
            self.below(number, depth.saturating_add(1));
        }
    }
}
