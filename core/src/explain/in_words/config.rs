//! The device's settings.

use super::rule_in_words;
use crate::config::{Config, ConfigError};
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
