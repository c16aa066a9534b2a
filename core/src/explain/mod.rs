//! What a refusal means on this platform, what will be refused, and which mistake is behind it.
//!
//! Plain functions over plain data, for the page and the command line alike, in English and Chinese:
//!
//! - [`preflight`]: what will be refused, said before anything is sent;
//! - [`login`]: the sign debugger, which finds the mistake that makes a given password;
//! - [`causes`]: why a login was refused or a connection dropped, from what was seen;
//! - [`InWords`]: the core's own errors, in either language.
//!
//! Nothing here is decided: the platform refuses, the device gives up, this room explains. No text ever
//! holds a secret, a password or a token.

pub mod causes;
mod in_words;
mod lang;
pub mod login;
pub mod preflight;
mod situation;

pub use in_words::{rule_in_words, step_why};
pub use lang::{InWords, Lang};
pub use situation::{Auth, Page};

use causes::{Cause, End, Evidence, Seen, Speaks};

/// How many causes an explanation in one text holds at most: more is no help on one line.
const TOLD: usize = 3;

/// The causes of an end in one text, the likeliest first: what the `explanation` of a `refused` event says.
///
/// What the event says by itself, the code, is not repeated.
#[must_use]
pub fn explanation(evidence: &Evidence<'_>, lang: Lang) -> String {
    let causes = causes::causes(evidence);
    let mut text = String::new();
    for cause in causes.iter().take(TOLD) {
        if !text.is_empty() {
            text.push_str(lang.pick(" Or: ", "或者："));
        }
        text.push_str(&told(cause, lang));
    }
    text
}

/// What a `code` of the HTTPS authentication's answer means, and what to check.
#[must_use]
pub fn auth_code(code: u32, lang: Lang) -> String {
    explanation(&Evidence::new(End::AuthCode(code)), lang)
}

/// Names what answers instead of an MQTT broker, by the first bytes that came instead of a CONNACK.
pub(crate) fn not_mqtt(bytes: &[u8]) -> String {
    let evidence = Evidence::new(End::NotMqtt(Speaks::of(bytes)));
    format!("; {}", explanation(&evidence, Lang::En))
}

/// Explains connections that the platform accepts and closes shortly after, `times` in a row.
pub(crate) fn take_over(times: u32) -> String {
    let evidence = Evidence {
        short_lives: times,
        ..Evidence::new(End::Closed)
    };
    let causes = causes::causes(&evidence);
    let told = causes.first().map(|cause| cause.in_words(Lang::En));
    format!(
        "; {} The next attempts are slowed down",
        told.unwrap_or_default()
    )
}

/// A cause with the evidence that has numbers or names in it.
fn told(cause: &Cause, lang: Lang) -> String {
    let is_told = |seen: &&Seen| !matches!(seen, Seen::Connack(_) | Seen::AuthCode(_));
    let seen = cause.seen.iter().filter(is_told).cloned().collect();
    Cause {
        seen,
        ..cause.clone()
    }
    .in_words(lang)
}
