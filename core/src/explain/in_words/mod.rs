//! The core's own errors, names and reasons in Chinese.
//!
//! In English each says what its `Display` says. What the core holds as an English text, such as the rules of
//! [`Malformed`](crate::wire::Malformed), has its Chinese in a table here.

mod auth;
mod config;
mod identity;
mod login;
mod rules;
mod topic;
mod wire;

use super::Lang;
use crate::sign::Step;

/// A rule of the core's, such as [`Malformed::rule`](crate::wire::Malformed::rule), in the language. One
/// that is not known here comes back as it is.
#[must_use]
pub fn rule_in_words(rule: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::En => rule,
        Lang::Zh => rules::zh(rule).unwrap_or(rule),
    }
}

/// Why a step of a signature is so, in the language.
#[must_use]
pub fn step_why(step: &Step, lang: Lang) -> &'static str {
    rule_in_words(step.why, lang)
}
