//! The two languages that everything here is said in.

/// A language that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English: the command line's, and the device's own events'.
    #[default]
    En,
    /// Simplified Chinese (简体中文).
    Zh,
}

impl Lang {
    /// The one of two texts that is in this language.
    #[must_use]
    pub const fn pick<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

/// Something that can be said in either language.
///
/// A text never holds a secret, a password or a token. In English an error says the same as its `Display`.
pub trait InWords {
    /// What it is, in a sentence or two.
    fn in_words(&self, lang: Lang) -> String;
}
