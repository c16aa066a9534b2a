//! The HTTPS authentication: its codes, and why it failed.
//!
//! Its `explanation`s stand here, not beside their types: they are made of causes, of which [`crate::auth`] knows
//! nothing.

use crate::auth::{AuthError, Code};
use crate::explain::{self, InWords, Lang};

impl Code {
    /// What the code means, and what to check.
    pub fn explanation(self) -> String {
        self.in_words(Lang::En)
    }
}

impl InWords for Code {
    /// What the code means, and what to check.
    fn in_words(&self, lang: Lang) -> String {
        match self {
            Self::Success => lang
                .pick(
                    "The platform authenticated the device.",
                    "平台已认证该设备。",
                )
                .to_owned(),
            refused => explain::auth_code(refused.number(), lang),
        }
    }
}

impl AuthError {
    /// What the error means, and what to check.
    pub fn explanation(&self) -> String {
        match self {
            Self::Refused { code, .. } => return explain::auth_code(*code, Lang::En),
            Self::NotJson { .. } => {
                "Something other than the platform's authentication answered: often a proxy, the login \
                 page of a network, or a wrong URL. Check the authentication URL and the network."
            }
            Self::MissingField { .. } | Self::BadField { .. } => {
                "The answer is JSON, yet not the one that the authentication gives. Check that the \
                 authentication URL is https://HOST/auth/devicename on the platform or its stand-in; if \
                 it is, the fault is on its side: give the MQTT host with a URL and connect directly."
            }
            Self::TooLarge { .. } => {
                "An answer has a few hundred bytes, so something other than the platform's \
                 authentication answered. Check the authentication URL and the network's proxy."
            }
            Self::Http { status: 300..=399 } => {
                "The host wants the request elsewhere; a signed request is not sent on. Check the \
                 authentication URL, and whether the network has a login page."
            }
            Self::Http { status: 404 | 405 } => {
                "The host does not serve the authentication at this path. Check the authentication \
                 URL: its path is /auth/devicename."
            }
            Self::Http { status: 429 } => {
                "The host gets more requests than it takes. Wait, and authenticate less often."
            }
            Self::Http { status: 500..=599 } => {
                "The host, or a proxy before it, can't serve now. Wait and try again."
            }
            Self::Http { .. } => {
                "The host did not take the request. Check the authentication URL and whether a proxy \
                 stands in between."
            }
        }
        .to_owned()
    }
}

impl InWords for AuthError {
    /// What happened and what to check.
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return format!("{self}. {}", self.explanation());
        }
        match self {
            Self::Refused { code, message } => {
                let said = if message.is_empty() {
                    String::new()
                } else {
                    format!("，消息为“{message}”")
                };
                let meaning = explain::auth_code(*code, lang);
                format!("平台拒绝了认证，错误码 {code}{said}。{meaning}")
            }
            Self::NotJson { bytes, html, .. } => format!(
                "认证的应答（{bytes} 字节）不是 JSON{}。应答的不是平台的认证服务：常见的是代理、网络的登录页，或 URL 有误。请检查认证 URL 和网络。",
                if *html { "，看起来是网页" } else { "" }
            ),
            Self::MissingField { field } => {
                format!(
                    "认证的应答中没有 {field}，它必须存在。{}",
                    zh_not_the_answer()
                )
            }
            Self::BadField { field, .. } => {
                format!("认证的应答中 {field} 不符合规则。{}", zh_not_the_answer())
            }
            Self::TooLarge { limit, .. } => format!(
                "认证的应答超过 {limit} 字节，没有读取。正常应答只有几百字节，可见应答的不是平台的认证服务。请检查认证 URL 和网络代理。"
            ),
            Self::Http { status } => format!(
                "认证得到的 HTTP 状态码是 {status}，而不是 200。{}",
                match status {
                    300..=399 =>
                        "对方要求转到别处，而签名的请求不会转发。请检查认证 URL，以及网络是否有登录页。",
                    404 | 405 =>
                        "对方在这个路径上不提供认证。请检查认证 URL：路径应为 /auth/devicename。",
                    429 => "对方收到的请求过多。请稍候，并减少认证次数。",
                    500..=599 => "对方或中间的代理暂时无法服务。请稍后重试。",
                    _ => "对方没有接受请求。请检查认证 URL，以及中间是否有代理。",
                }
            ),
        }
    }
}

const fn zh_not_the_answer() -> &'static str {
    "应答是 JSON，但不是认证的应答。请检查认证 URL 是否为平台或其替身的 https://HOST/auth/devicename；若是，则问题在对方：请用 URL 给出 MQTT 主机，直接连接。"
}
