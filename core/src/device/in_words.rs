//! Why the device did not take something, or did not finish it, in either language.

use super::{FailReason, PublishError, SubscribeError};
use crate::explain::{InWords, Lang};

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
