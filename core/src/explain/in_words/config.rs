//! The device's settings, and why it took or finished something not.

use super::rule_in_words;
use crate::device::{Config, ConfigError, FailReason, PublishError, SubscribeError};
use crate::explain::{InWords, Lang};
use crate::vendor;

impl InWords for ConfigError {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::KeepAlive { given, min, max } => format!(
                "保活时间为 {given} 秒，不在 {min} 至 {max} 秒之内：平台会拒绝这样的 CONNECT（{}）。请改为范围内的值；若您的平台范围不同，请设置该范围",
                vendor::KEEP_ALIVE_SOURCE
            ),
            Self::ClientIdMissing => {
                "客户端 ID 为空：只有清除会话为 true 时才允许 [MQTT-3.1.3-7]。请填写客户端 ID，或将清除会话设为 true".to_owned()
            }
            Self::PasswordAlone => {
                "只有密码而没有用户名：MQTT 中密码只能与用户名一起发送 [MQTT-3.1.2-22]。请同时填写用户名".to_owned()
            }
            Self::Nul { field } => format!(
                "{}含有 U+0000，MQTT 字符串中不允许出现 [MQTT-1.5.3-2]。请将其去掉",
                rule_in_words(field, lang)
            ),
            Self::TooLong { field, len } => format!(
                "{}长 {len} 字节：MQTT 报文的一个字段最多 65535 字节。请缩短",
                rule_in_words(field, lang)
            ),
            Self::Time {
                field,
                given_ms,
                min_ms,
            } => format!(
                "{field} 为 {given_ms} 毫秒：必须是 {min_ms} 至 {} 毫秒（49 天）。请改为范围内的值",
                Config::LONGEST.as_millis()
            ),
            Self::FirstOverCap { first_ms, cap_ms } => format!(
                "reconnect.first 为 {first_ms} 毫秒，reconnect.cap 为 {cap_ms} 毫秒：首次等待不能超过最长等待。请让 cap 不小于 first"
            ),
            Self::MaxInflight { given } => format!(
                "max_inflight 为 {given}：必须是 1 至 65535，即报文标识的个数。请改为范围内的值"
            ),
        }
    }
}

impl InWords for FailReason {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::TimedOut) => "在请求超时时间内没有收到应答".to_owned(),
            (Lang::Zh, Self::GivenBack) => "平台确认之前设备已停止".to_owned(),
            (Lang::Zh, Self::Unwritable) => "Topic 过滤器无法写入报文：最多 65535 字节，且不含 U+0000 [MQTT-1.5.3]。请换一个过滤器；若它符合规则，则是 Tern 的错误".to_owned(),
            (Lang::Zh, Self::Withdrawn) => "消息未能保存，没有发送".to_owned(),
        }
    }
}

impl InWords for PublishError {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::Full { what, limit }) => format!(
                "队列已满（{limit} {}）：请在有消息得到确认后重试",
                match *what {
                    "bytes" => "字节",
                    "packet identifiers" => "个报文标识",
                    _ => "条消息",
                }
            ),
            (Lang::Zh, Self::PayloadTooLarge { len, max }) => format!(
                "消息内容长 {len} 字节，超过 {max} 字节的上限：平台会断开连接。请拆成较小的部分发送"
            ),
            (Lang::Zh, Self::Qos2) => "QoS 为 2：平台只支持 0 和 1".to_owned(),
            (Lang::Zh, Self::NotRunning) => "设备已停止或正在停止：请先连接".to_owned(),
            (Lang::Zh, Self::Unwritable(error)) => error.in_words(lang),
        }
    }
}

impl InWords for SubscribeError {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::Full { limit }) => {
                format!("已有 {limit} 个订阅或订阅请求，达到设置的上限：请先取消订阅")
            }
            (Lang::Zh, Self::Qos2) => "QoS 为 2：平台只支持 0 和 1".to_owned(),
            (Lang::Zh, Self::NotRunning) => "设备已停止或正在停止：请先连接".to_owned(),
        }
    }
}
