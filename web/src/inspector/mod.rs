//! One packet under the glass, without a browser: its fields as a tree that is walked by keys, its bytes as
//! rows, and what is lit in both.

pub mod dump;
pub mod look;
pub mod tree;

/// A key that steps through fields or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the keys' own names")]
pub enum Key {
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
}

impl Key {
    /// The key by the name that a browser gives it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "Home" => Self::Home,
            "End" => Self::End,
            _ => return None,
        })
    }
}
