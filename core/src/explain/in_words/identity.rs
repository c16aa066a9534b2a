//! The triple, the client id, hosts and endpoints.

use super::rule_in_words;
use crate::explain::{InWords, Lang};
use crate::identity::{Field, IdentityError};

impl InWords for Field {
    fn in_words(&self, lang: Lang) -> String {
        lang.pick(
            self.name(),
            match self {
                Self::ProductKey => "productKey",
                Self::DeviceName => "deviceName",
                Self::DeviceSecret => "deviceSecret",
                Self::ClientId => "clientId",
                Self::Region => "地域",
                Self::Transport => "传输方式",
                Self::Instance => "实例 ID",
                Self::Host => "主机",
                Self::Port => "端口",
                Self::Url => "URL",
                Self::AuthUrl => "认证 URL",
            },
        )
        .to_owned()
    }
}

const fn advice(field: Field) -> &'static str {
    match field {
        Field::ProductKey => "请从物联网平台控制台的产品页复制",
        Field::DeviceName => "请从物联网平台控制台的设备页复制",
        Field::DeviceSecret => {
            "请从物联网平台控制台的设备页复制设备自己的密钥（不是产品的），不要带引号和换行"
        }
        Field::ClientId => {
            "请为本设备选一个简短的标识，如 MAC 地址或 SN；两条竖线之间的部分会在签名时加上"
        }
        Field::Region => "请填写产品所在的地域",
        Field::Transport => "请填写 tcp、tls、ws、wss 之一",
        Field::Instance => "请从物联网平台控制台的实例页复制",
        Field::Host => "请填写主机名（如 broker.example.com）或 IP 地址",
        Field::Port => "请填写 1 至 65535 的数字，或留空使用默认端口",
        Field::Url => "请写成 mqtt://HOST[:PORT]、mqtts://…、ws://…/PATH 或 wss://…/PATH",
        Field::AuthUrl => "请写成 https://HOST[:PORT]/auth/devicename",
    }
}

impl InWords for IdentityError {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        let field = self.field();
        let name = field.in_words(lang);
        let broken = match self {
            Self::Empty { max, .. } => format!("{name} 为空：应有 1 至 {max} 个字符"),
            Self::TooLong { length, max, .. } => format!(
                "{name} 有 {length} 个字符，比上限 {max} 多 {} 个",
                length.saturating_sub(*max)
            ),
            Self::BadCharacter {
                at, found, rule, ..
            } => format!(
                "{name}：第 {at} 个字符是{}：{}",
                character(found),
                rule_in_words(rule, lang)
            ),
            Self::Unknown { given, known, .. } => {
                format!("{name} {given} 未知：应为 {known} 之一")
            }
            Self::BadPort { given } => format!("端口 {given} 不是 1 至 65535 的整数"),
            Self::BadForm { at, rule, .. } => {
                format!("{name}：第 {at} 个字符处：{}", rule_in_words(rule, lang))
            }
        };
        format!("{broken}。{}", advice(field))
    }
}

/// A character in Chinese, from the English words that an error holds.
fn character(found: &str) -> String {
    let with = |prefix, name: &str| {
        found
            .strip_prefix(prefix)
            .map(|code| format!("{name} {code}"))
    };
    match found {
        "a space" => "空格".to_owned(),
        "a tab" => "制表符".to_owned(),
        "a line end" => "换行".to_owned(),
        "a control character" => "控制字符".to_owned(),
        "not an ASCII character" => "非 ASCII 字符".to_owned(),
        _ => with("the control character ", "控制字符")
            .or_else(|| with("the white space ", "空白字符"))
            .unwrap_or_else(|| format!(" {found} ")),
    }
}
