//! Topic names and topic filters.

use crate::explain::{InWords, Lang};
use crate::topic::{TopicError, TopicKind};

impl InWords for TopicKind {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::Name) => "Topic 名".to_owned(),
            (Lang::Zh, Self::Filter) => "Topic 过滤器".to_owned(),
        }
    }
}

impl InWords for TopicError {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Empty { kind } => format!(
                "{}为空：至少要有一个字符 [MQTT-4.7.3-1]。请填写，例如 /PRODUCTKEY/DEVICENAME/data",
                kind.in_words(lang)
            ),
            Self::TooLong { kind, bytes } => format!(
                "{}长 {bytes} 字节：一个报文最多放得下 65535 字节 [MQTT-4.7.3-3]。请缩短",
                kind.in_words(lang)
            ),
            Self::Nul { kind, at } => format!(
                "{}：第 {at} 个字符是 U+0000，不允许出现 [MQTT-4.7.3-2]。请将其去掉",
                kind.in_words(lang)
            ),
            Self::Wildcard { kind, at, found } => format!(
                "{}：第 {at} 个字符是“{found}”：通配符只能用于订阅 [MQTT-3.3.2-2]。请发布到一个完整的 Topic",
                kind.in_words(lang)
            ),
            Self::NotAlone { kind, at, found } => format!(
                "{}：第 {at} 个字符是“{found}”，它必须独占两个“/”之间的一整级 [{}]。请让它单独位于斜杠之间",
                kind.in_words(lang),
                if *found == '#' {
                    "MQTT-4.7.1-2"
                } else {
                    "MQTT-4.7.1-3"
                }
            ),
            Self::NotLast { kind, at } => format!(
                "{}：第 {at} 个字符是“#”，它必须是最后一个字符 [MQTT-4.7.1-2]。只匹配一级请用“+”",
                kind.in_words(lang)
            ),
        }
    }
}
