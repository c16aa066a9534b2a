//! Why there is no answer of the HTTPS authentication's.

use serde::{Deserialize, Serialize};
use tern_core::auth::MAX_ANSWER;
use tern_core::device::{CloseKind, CloseReason};
use tern_core::explain::{InWords, Lang};

/// How long the program may take to answer, in ms: below the 10 s that an attempt may take in all, so that
/// it is told from a platform that says nothing.
pub const AUTH_TIMEOUT_MS: u32 = 8_000;
/// Why there is no answer of the authentication's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum HttpFailure {
    /// What serves the page does not know the address: it is a plain file server.
    #[error(
        "what serves this page passes no HTTPS authentication on (it answered with status {status}): browsers do not let a page ask the platform itself. Open the page that `tern up` or `tern platform` serves, or choose the direct login"
    )]
    NoProgram {
        /// The HTTP status.
        status: u16,
    },
    /// The program said why it did not pass the form on.
    #[error(
        "the program that serves this page could not pass the form on (status {status}): {words}"
    )]
    Program {
        /// The HTTP status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// Nobody answered.
    #[error(
        "the program that serves this page could not be asked: it has ended, or the network is away. Start it again, then connect again"
    )]
    Unreachable,
    /// Nobody answered in time.
    #[error("the program that serves this page gave no answer within {} s; try again", AUTH_TIMEOUT_MS / 1000)]
    TimedOut,
    /// More than an answer can have.
    #[error("the answer has {bytes} bytes: no authentication's answer is longer than {MAX_ANSWER}")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
}

impl InWords for HttpFailure {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::NoProgram { status } => format!(
                "提供本页的服务器不转发 HTTPS 认证（应答状态为 {status}）：浏览器不允许网页直接访问平台。请打开由 tern up 或 tern platform 提供的页面，或选择域名直连"
            ),
            Self::Program { status, words } => {
                format!("提供本页的程序未能转发表单（状态 {status}）：{words}")
            }
            Self::Unreachable => {
                "无法访问提供本页的程序：程序已退出，或网络不通。请重新启动它，再连接".into()
            }
            Self::TimedOut => format!(
                "提供本页的程序在 {} 秒内没有应答，请重试",
                AUTH_TIMEOUT_MS / 1000
            ),
            Self::TooLarge { bytes } => {
                format!("应答有 {bytes} 字节：认证的应答不会超过 {MAX_ANSWER} 字节")
            }
        }
    }
}

impl From<HttpFailure> for CloseReason {
    fn from(failure: HttpFailure) -> Self {
        let kind = match failure {
            HttpFailure::TimedOut => CloseKind::TimedOut,
            HttpFailure::Unreachable => CloseKind::Network,
            _ => CloseKind::Protocol,
        };
        Self {
            kind,
            text: failure.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
        let shown = HttpFailure::NoProgram { status: 501 }.to_string();
        assert!(
            shown.contains("501") && shown.contains("tern platform"),
            "{shown}"
        );
        let reason = CloseReason::from(HttpFailure::TimedOut);
        assert_eq!(reason.kind, CloseKind::TimedOut);
        assert!(reason.text.contains("8 s"), "{}", reason.text);
    }
}
