//! Why an authentication failed, in words.

use super::Code;
use super::answer::MAX_ANSWER;

/// An answer that grants nothing. The text never holds a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The platform said no.
    #[error(
        "the platform refused the authentication with code {code}{}",
        said(message)
    )]
    Refused {
        /// The answer's `code`.
        code: u32,
        /// The answer's `message`: without control characters, at most 200 characters, often empty.
        message: String,
    },
    /// The body is no JSON text.
    #[error(
        "the authentication's answer ({bytes} bytes) is not JSON: line {line}, column {column}{}",
        if *html { "; it looks like a web page" } else { "" }
    )]
    NotJson {
        /// The body's length.
        bytes: usize,
        /// Where reading stopped, from 1.
        line: usize,
        /// Where reading stopped, in bytes from 1; 0 at the very beginning of a line.
        column: usize,
        /// Whether the body begins with `<`, as a proxy's or a login page does.
        html: bool,
    },
    /// A field is not there.
    #[error("the authentication's answer has no {field}, which must be there")]
    MissingField {
        /// Its path, such as `data.resources.mqtt.port`.
        field: &'static str,
    },
    /// A field is there and breaks its rule.
    #[error("the authentication's answer: {field} is {found}: it must be {rule}")]
    BadField {
        /// Its path; `the body` for the whole.
        field: &'static str,
        /// What it is instead, by kind or length; never a token.
        found: String,
        /// What it must be.
        rule: &'static str,
    },
    /// More bytes than an answer can have.
    #[error(
        "the authentication's answer is longer than {limit} bytes (at least {bytes} came): it was not read"
    )]
    TooLarge {
        /// How many came, or were announced.
        bytes: usize,
        /// The most that is read: [`MAX_ANSWER`].
        limit: usize,
    },
    /// The HTTP status is not 200, and the body holds no refusal of the platform's.
    #[error("the authentication was answered with HTTP status {status} instead of 200")]
    Http {
        /// The status.
        status: u16,
    },
}

impl AuthError {
    /// The error of an answer of which at least `bytes` came, for a host that stops reading at [`MAX_ANSWER`].
    pub fn too_large(bytes: usize) -> Self {
        Self::TooLarge {
            bytes,
            limit: MAX_ANSWER,
        }
    }

    /// Whether the same request would fail again, so that trying again needs a change first.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refused { code, .. } => Code::from_number(*code).is_some_and(Code::is_final),
            Self::Http { status } => {
                matches!(status, 400..=499) && !matches!(status, 408 | 425 | 429)
            }
            // A network's login page gives way, a fault on the other side gets mended.
            Self::NotJson { .. }
            | Self::MissingField { .. }
            | Self::BadField { .. }
            | Self::TooLarge { .. } => false,
        }
    }
}

fn said(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(" and said \"{message}\"")
    }
}
