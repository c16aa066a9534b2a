//! The two languages of the page. Its words in them are in [`words`](crate::words).

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English
    #[default]
    En,
    /// Simplified Chinese
    Zh,
}

impl Lang {
    /// The language for a browser's language tag, such as `zh-CN`.
    #[must_use]
    pub fn for_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The tag for the page's `lang` attribute and for storage.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// The same one, as the core names it.
    #[must_use]
    pub const fn core(self) -> tern_core::explain::Lang {
        match self {
            Self::En => tern_core::explain::Lang::En,
            Self::Zh => tern_core::explain::Lang::Zh,
        }
    }
}
