//! Client ids with their extension part, sign methods, and the HTTPS authentication.

use crate::auth::{AuthError, Code};
use crate::explain::{self, InWords, Lang};
use crate::sign::{ClientIdError, UnknownSignMethod};

impl InWords for ClientIdError {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::NoExtension => {
                "客户端 ID 没有扩展参数；域名直连发送的是 clientId|securemode=…,signmethod=…|"
                    .to_owned()
            }
            Self::NotClosed { at } => format!(
                "客户端 ID 在第 {at} 个字符处缺少收尾的“|”：扩展参数位于两条竖线之间。请在末尾加上“|”，并确认没有工具截断客户端 ID"
            ),
            Self::TextAfterEnd { at } => format!(
                "客户端 ID 收尾的“|”之后还有文字（第 {at} 个字符）：第二条竖线即是客户端 ID 的结尾。请将其去掉"
            ),
            Self::Bare(error) => error.in_words(lang),
            Self::NotAPair { at, given } => format!(
                "客户端 ID 第 {at} 个字符处是 {given}，不是 key=value 的形式。请写成 key=value，以逗号分隔"
            ),
            Self::BadSecuremode { given } => {
                format!(
                    "客户端 ID 中的 securemode 为 {given}，不是数字。TLS 请发送 2，TCP 请发送 3"
                )
            }
            Self::UnknownSignMethod { given } => format!(
                "客户端 ID 中的 signmethod 为 {given}。请发送小写的 hmacmd5、hmacsha1 或 hmacsha256"
            ),
        }
    }
}

impl InWords for UnknownSignMethod {
    fn in_words(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Zh => format!(
                "signmethod {} 未知：应为小写的 hmacmd5、hmacsha1 或 hmacsha256",
                self.given
            ),
        }
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
