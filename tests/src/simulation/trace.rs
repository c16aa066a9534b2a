//! The trace of a run, kept only where somebody asks for it: the same seed always gives the same.

use core::fmt;

use tern_core::time::Instant;

/// What happened, a line each.
#[derive(Default)]
pub(super) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    /// One that is kept.
    pub(super) fn kept() -> Self {
        Self {
            lines: Some(Vec::new()),
        }
    }

    /// Notes a line.
    pub(super) fn note(&mut self, now: Instant, who: &str, what: fmt::Arguments<'_>) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>8} ms  {who:<8}  {what}", now.as_millis()));
        }
    }

    /// Whether anything is kept: for what is dear to put into words.
    pub(super) fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
