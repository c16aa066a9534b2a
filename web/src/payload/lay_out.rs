//! Nested values in lines, indented by two spaces a level.

/// Deeper levels are indented like this one: a payload of opening brackets alone would otherwise grow by
/// the square of its length.
const DEEPEST: usize = 32;

/// Builds the lines.
#[derive(Debug)]
pub(super) struct Layout {
    text: String,
    depth: usize,
    /// Whether something stands before the next value that a comma must follow.
    after_value: bool,
    /// Whether the value's place is already there: it follows its name.
    in_place: bool,
}

impl Layout {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            depth: 0,
            after_value: false,
            in_place: true,
        }
    }

    /// Begins something that holds values.
    pub(super) fn open(&mut self, bracket: &str) {
        self.place();
        self.text.push_str(bracket);
        self.depth += 1;
        self.after_value = false;
    }

    /// Ends it; empty, it stays in one line.
    pub(super) fn close(&mut self, bracket: &str) {
        self.depth = self.depth.saturating_sub(1);
        if self.after_value {
            self.break_line();
        }
        self.text.push_str(bracket);
        self.after_value = true;
        self.in_place = false;
    }

    /// A member's name; its value follows in the same line.
    pub(super) fn name(&mut self, parts: &[&str]) {
        self.place();
        self.push(parts);
        self.ends_name();
    }

    /// What was built last is a name: its value follows.
    pub(super) fn ends_name(&mut self) {
        self.text.push_str(": ");
        (self.after_value, self.in_place) = (false, true);
    }

    /// Something that the next value belongs to, as a tag's number.
    pub(super) fn prefix(&mut self, parts: &[&str]) {
        self.place();
        self.push(parts);
        (self.after_value, self.in_place) = (false, true);
    }

    /// Something that belongs to the value before.
    pub(super) fn suffix(&mut self, part: &str) {
        self.text.push_str(part);
    }

    /// A value in one piece.
    pub(super) fn value(&mut self, parts: &[&str]) {
        self.place();
        self.push(parts);
        self.after_value = true;
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn place(&mut self) {
        if self.after_value {
            self.text.push(',');
        }
        if !std::mem::take(&mut self.in_place) {
            self.break_line();
        }
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth.min(DEEPEST) {
            self.text.push_str("  ");
        }
    }

    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            self.text.push_str(part);
        }
    }
}
