//! Client ids with their extension part, and sign methods.

use crate::explain::{InWords, Lang};
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
