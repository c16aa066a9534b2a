//! MQTT's own: return codes, malformed packets, what can't be written.

use super::rule_in_words;
use crate::explain::{InWords, Lang};
use crate::wire::dissect::Fault;
use crate::wire::{ConnectCode, FrameError, Malformed, WriteError};

impl InWords for ConnectCode {
    fn in_words(&self, lang: Lang) -> String {
        lang.pick(
            self.name(),
            match self {
                Self::Accepted => "已接受",
                Self::UnacceptableProtocol => "不支持的协议版本",
                Self::IdentifierRejected => "客户端 ID 被拒绝",
                Self::ServerUnavailable => "服务不可用",
                Self::BadCredentials => "用户名或密码错误",
                Self::NotAuthorized => "未授权",
            },
        )
        .to_owned()
    }
}

impl InWords for Malformed {
    fn in_words(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Zh => format!(
                "报文格式错误，第 {} 字节：{}",
                self.at,
                rule_in_words(self.rule, lang)
            ),
        }
    }
}

impl InWords for FrameError {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, *self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::Malformed(malformed)) => malformed.in_words(lang),
            (Lang::Zh, error) => Fault { at: 0, error }.chinese(),
        }
    }
}

impl InWords for WriteError {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::FieldTooLong { field, len }) => format!(
                "{}长 {len} 字节；MQTT 报文的一个字段最多 65535 字节 [MQTT-1.5.3]",
                rule_in_words(field, lang)
            ),
            (Lang::Zh, Self::PacketTooLong { len }) => {
                format!("报文的剩余长度为 {len} 字节；MQTT 最多允许 268435455")
            }
            (Lang::Zh, Self::Invalid(rule)) => rule_in_words(rule, lang).to_owned(),
        }
    }
}
