//! What the worker says in words, whichever language the page speaks.

use serde::{Deserialize, Serialize};
use tern_core::explain::{InWords, Lang};

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    en: String,
    zh: String,
}

impl Bilingual {
    /// What a value of the core is in words.
    #[must_use]
    pub fn of(what: &impl InWords) -> Self {
        Self {
            en: what.in_words(Lang::En),
            zh: what.in_words(Lang::Zh),
        }
    }

    /// The same for several, one to a line.
    #[must_use]
    pub fn lines<T: InWords>(all: &[T]) -> Self {
        let lines = |lang| {
            let lines: Vec<_> = all.iter().map(|one| one.in_words(lang)).collect();
            lines.join("\n")
        };
        Self {
            en: lines(Lang::En),
            zh: lines(Lang::Zh),
        }
    }

    /// A text that is written here.
    #[must_use]
    pub fn both(en: &str, zh: &str) -> Self {
        Self {
            en: en.to_owned(),
            zh: zh.to_owned(),
        }
    }
}

impl InWords for Bilingual {
    fn in_words(&self, lang: Lang) -> String {
        lang.pick(&self.en, &self.zh).to_owned()
    }
}
