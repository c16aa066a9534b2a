//! Every word of the page, in each language, side by side: a missing one does not compile.
//!
//! One file for each place, and [`common`] for what more than one of them says. The protocol's own names
//! (CONNECT, productKey, QoS, …) stay as they are.

/// Declares a set of words: `name: "English", "中文";`.
macro_rules! words {
    ($(#[$doc:meta])* $set:ident { $($name:ident: $en:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the English beside each name says it")]
        pub struct $set { $(pub $name: &'static str,)* }
        pub(super) static EN: $set = $set { $($name: $en,)* };
        pub(super) static ZH: $set = $set { $($name: $zh,)* };
    };
}

pub mod check;
pub mod cloud;
pub mod common;
pub mod connect;
pub mod inspector;
pub mod keys;
pub mod messages;
pub mod places;
pub mod timeline;

pub use crate::lang::Lang;

impl Lang {
    /// Its words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::En => &EN,
            Self::Zh => &ZH,
        }
    }
}

/// The words of one language.
#[derive(Debug)]
#[allow(missing_docs, reason = "each is the place of its name")]
pub struct Words {
    pub common: &'static common::Common,
    pub places: &'static places::Places,
    pub connect: &'static connect::Connect,
    pub check: &'static check::Check,
    pub timeline: &'static timeline::Timeline,
    pub inspector: &'static inspector::Inspector,
    pub messages: &'static messages::Messages,
    pub cloud: &'static cloud::Cloud,
    pub keys: &'static keys::Keys,
}

static EN: Words = Words {
    common: &common::EN,
    places: &places::EN,
    connect: &connect::EN,
    check: &check::EN,
    timeline: &timeline::EN,
    inspector: &inspector::EN,
    messages: &messages::EN,
    cloud: &cloud::EN,
    keys: &keys::EN,
};

static ZH: Words = Words {
    common: &common::ZH,
    places: &places::ZH,
    connect: &connect::ZH,
    check: &check::ZH,
    timeline: &timeline::ZH,
    inspector: &inspector::ZH,
    messages: &messages::ZH,
    cloud: &cloud::ZH,
    keys: &keys::ZH,
};
