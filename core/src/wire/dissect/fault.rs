//! What is wrong with a packet, in both languages.

use super::super::FrameError;

/// The first rule that a packet breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Offset in bytes from the packet's start. One past the last byte where something is missing there.
    pub at: usize,
    /// The very error of [`read`](crate::wire::read).
    pub error: FrameError,
}

impl Fault {
    pub(super) const fn new(error: FrameError) -> Self {
        let at = match &error {
            FrameError::Malformed(malformed) => malformed.at,
            // The first byte names the type. `read` sets no limit, so it finds nothing too large.
            FrameError::WrongSender(..) | FrameError::TooLarge { .. } => 0,
        };
        Self { at, error }
    }

    /// The rule in English, with its place in the standard.
    #[must_use]
    pub fn english(&self) -> String {
        match &self.error {
            FrameError::Malformed(malformed) => malformed.rule.to_owned(),
            other => other.to_string(),
        }
    }

    /// The rule in Simplified Chinese, with its place in the standard.
    #[must_use]
    pub fn chinese(&self) -> String {
        match &self.error {
            FrameError::Malformed(malformed) => rule_in_chinese(malformed.rule)
                // A test holds that no rule of `read` comes here.
                .unwrap_or(malformed.rule)
                .to_owned(),
            FrameError::WrongSender(packet_type, peer) => {
                let peer = if *peer == "client" {
                    "客户端"
                } else {
                    "服务端"
                };
                format!("连接的这一端从不发送 {packet_type}；对端难道是{peer}？")
            }
            FrameError::TooLarge { len, max } => {
                format!("报文共 {len} 字节，超过 {max} 字节的上限")
            }
        }
    }
}

/// A rule of the strict check in Simplified Chinese; none for another text.
#[must_use]
pub fn rule_in_chinese(rule: &str) -> Option<&'static str> {
    RULES
        .iter()
        .find(|(english, _)| *english == rule)
        .map(|(_, chinese)| *chinese)
}

#[rustfmt::skip]
const RULES: &[(&str, &str)] = &[
    // The frame.
    ("packet types 0 and 15 are reserved [MQTT 3.1.1, table 2.1]; is the peer an MQTT broker?",
     "报文类型 0 和 15 为保留值 [MQTT 3.1.1, 表 2.1]；对端是 MQTT 服务器吗？"),
    ("QoS 3 does not exist [MQTT-3.3.1-4]", "不存在 QoS 3 [MQTT-3.3.1-4]"),
    ("DUP is 0 in every QoS 0 message [MQTT-3.3.1-2]", "QoS 0 的消息，DUP 必须为 0 [MQTT-3.3.1-2]"),
    ("this type's flags are 0010 [MQTT-2.2.2-1]", "此类型报文的标志位必须为 0010 [MQTT-2.2.2-1]"),
    ("this type's flags are 0000 [MQTT-2.2.2-1]", "此类型报文的标志位必须为 0000 [MQTT-2.2.2-1]"),
    ("the remaining length uses more bytes than it needs [MQTT 3.1.1, 2.2.3]",
     "剩余长度占用的字节数多于所需 [MQTT 3.1.1, 2.2.3]"),
    ("the remaining length has at most four bytes [MQTT 3.1.1, 2.2.3]",
     "剩余长度最多四个字节 [MQTT 3.1.1, 2.2.3]"),
    ("bytes follow the packet", "报文之后还有多余的字节"),
    ("the packet is cut off", "报文不完整，被截断"),
    // Every body.
    ("the packet identifier (2 bytes) is missing [MQTT-2.3.1-1]", "缺少报文标识符（2 字节）[MQTT-2.3.1-1]"),
    ("a packet identifier is not 0 [MQTT-2.3.1-1]", "报文标识符不能为 0 [MQTT-2.3.1-1]"),
    ("the field's two length bytes are missing", "缺少该字段的两个长度字节"),
    ("the field's length reaches past the end of the packet", "该字段的长度超出了报文末尾"),
    ("a string is well-formed UTF-8 [MQTT-1.5.3-1]", "字符串必须是合法的 UTF-8 [MQTT-1.5.3-1]"),
    ("a string holds no U+0000 [MQTT-1.5.3-2]", "字符串不能包含 U+0000 [MQTT-1.5.3-2]"),
    ("bytes follow the packet's last field", "报文的最后一个字段之后还有多余的字节"),
    // PUBLISH.
    ("a topic name has at least one character [MQTT-4.7.3-1]", "主题名至少有一个字符 [MQTT-4.7.3-1]"),
    ("a PUBLISH's topic name holds no wildcard [MQTT-3.3.2-2]", "PUBLISH 的主题名不能包含通配符 [MQTT-3.3.2-2]"),
    // CONNECT.
    ("the protocol name is \"MQTT\" [MQTT-3.1.2-1]", "协议名必须是 \"MQTT\" [MQTT-3.1.2-1]"),
    ("the protocol level is missing [MQTT 3.1.1, 3.1.2.2]", "缺少协议级别 [MQTT 3.1.1, 3.1.2.2]"),
    ("the connect flags are missing [MQTT 3.1.1, 3.1.2.3]", "缺少连接标志 [MQTT 3.1.1, 3.1.2.3]"),
    ("the connect flags' lowest bit is 0 [MQTT-3.1.2-3]", "连接标志的最低位必须为 0 [MQTT-3.1.2-3]"),
    ("the will's QoS is not 3 [MQTT-3.1.2-14]", "遗嘱 QoS 不能为 3 [MQTT-3.1.2-14]"),
    ("without a will its QoS is 0 [MQTT-3.1.2-13]", "没有遗嘱时，遗嘱 QoS 必须为 0 [MQTT-3.1.2-13]"),
    ("without a will its retain flag is 0 [MQTT-3.1.2-15]", "没有遗嘱时，遗嘱保留标志必须为 0 [MQTT-3.1.2-15]"),
    ("a password comes only with a user name [MQTT-3.1.2-22]", "有密码就必须有用户名 [MQTT-3.1.2-22]"),
    ("the keep alive (2 bytes) is missing [MQTT 3.1.1, 3.1.2.10]", "缺少保活时间（2 字节）[MQTT 3.1.1, 3.1.2.10]"),
    // CONNACK.
    ("the connect acknowledge flags are missing [MQTT 3.1.1, 3.2.2.1]", "缺少连接确认标志 [MQTT 3.1.1, 3.2.2.1]"),
    ("the acknowledge flags' upper seven bits are 0 [MQTT 3.1.1, 3.2.2.1]",
     "连接确认标志的高七位必须为 0 [MQTT 3.1.1, 3.2.2.1]"),
    ("the return code is missing [MQTT 3.1.1, 3.2.2.3]", "缺少返回码 [MQTT 3.1.1, 3.2.2.3]"),
    ("return codes above 5 are reserved [MQTT 3.1.1, table 3.1]", "大于 5 的返回码为保留值 [MQTT 3.1.1, 表 3.1]"),
    ("session present is 0 in a refusal [MQTT-3.2.2-4]", "拒绝连接时，当前会话标志必须为 0 [MQTT-3.2.2-4]"),
    // SUBSCRIBE, SUBACK, UNSUBSCRIBE.
    ("a SUBSCRIBE holds at least one filter [MQTT-3.8.3-3]", "SUBSCRIBE 至少包含一个主题过滤器 [MQTT-3.8.3-3]"),
    ("the filter's requested QoS is missing [MQTT 3.1.1, 3.8.3]", "缺少主题过滤器的请求 QoS [MQTT 3.1.1, 3.8.3]"),
    ("the requested QoS is 0, 1 or 2 and the byte's upper six bits are 0 [MQTT-3.8.3-4]",
     "请求的 QoS 只能是 0、1 或 2，且该字节的高六位必须为 0 [MQTT-3.8.3-4]"),
    ("an UNSUBSCRIBE holds at least one filter [MQTT-3.10.3-2]", "UNSUBSCRIBE 至少包含一个主题过滤器 [MQTT-3.10.3-2]"),
    ("a topic filter has at least one character [MQTT-4.7.3-1]", "主题过滤器至少有一个字符 [MQTT-4.7.3-1]"),
    ("a SUBACK holds a return code for each filter [MQTT-3.8.4-5]",
     "SUBACK 为每个主题过滤器返回一个返回码 [MQTT-3.8.4-5]"),
    ("a SUBACK's codes are 0, 1, 2 and 0x80 [MQTT-3.9.3-2]", "SUBACK 的返回码只能是 0、1、2 和 0x80 [MQTT-3.9.3-2]"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text after `rule:` or in a call that hands a rule on, as the sources of the check spell it.
    fn rules_in(source: &str) -> impl Iterator<Item = String> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let texts = code.split('"').skip(1).step_by(2);
        let texts = texts.map(str::to_owned).collect::<Vec<_>>();
        texts
            .into_iter()
            .filter(|text| text.contains(' ') && !text.starts_with("rule"))
    }

    #[test]
    fn every_rule_of_the_strict_check_is_said_in_chinese() {
        // A quotation mark inside a rule would end it here: taken out before the sources are split.
        let quoted = "the protocol name is \\\"MQTT\\\" [MQTT-3.1.2-1]";
        let sources = [
            include_str!("../check.rs"),
            include_str!("../frame.rs"),
            include_str!("../read.rs"),
        ];
        assert!(sources[2].contains(quoted));
        let mut count = 1;
        for source in sources {
            let source = source.replace(quoted, "");
            let source = without_comments(&source);
            for rule in rules_in(&source) {
                // What `read` says only where `frame` and the codec disagree with it: never, by its proofs.
                if rule == "packet types 0 and 15 are reserved"
                    || rule == "a return code is missing"
                    || rule == "the packet's fields do not add up to its length"
                {
                    continue;
                }
                assert!(rule_in_chinese(&rule).is_some(), "no Chinese for {rule:?}");
                count += 1;
            }
        }
        assert!(rule_in_chinese("the protocol name is \"MQTT\" [MQTT-3.1.2-1]").is_some());
        assert!(count >= RULES.len(), "{count} rules in the sources");
    }

    #[test]
    fn a_rule_keeps_its_place_in_the_standard_in_chinese() {
        for (english, chinese) in RULES {
            let place = |text: &str| {
                let digits = text.split_once('[')?.1.split_once(']')?.0;
                Some(digits.replace("table", "表"))
            };
            assert_eq!(place(english), place(chinese), "{english}");
        }
    }

    fn without_comments(source: &str) -> String {
        let lines = source.lines();
        let code = lines.filter(|line| !line.trim_start().starts_with("//"));
        code.collect::<Vec<_>>().join("\n")
    }
}
