//! What the wire says beyond the strict check of what is read, whose rules stand in
//! [`dissect`](crate::wire::dissect) in both languages: rules of writing, and the fields of a packet.

use super::Pair;

pub(super) const RULES: &[Pair] = &[
    (
        "packet types 0 and 15 are reserved",
        "报文类型 0 和 15 是保留的",
    ),
    ("a return code is missing", "缺少一个返回码"),
    (
        "the packet's fields do not add up to its length",
        "报文各字段之和与其长度不符",
    ),
    (
        "a SUBACK holds a code for each filter [MQTT-3.8.4-5]",
        "SUBACK 对每个 Topic 过滤器都要有一个返回码 [MQTT-3.8.4-5]",
    ),
    (
        "a topic name holds no wildcard and no U+0000 [MQTT-3.3.2-2]",
        "Topic 名中不能有通配符和 U+0000 [MQTT-3.3.2-2]",
    ),
    (
        "a packet identifier stands exactly where QoS is 1 or 2 [MQTT-2.3.1-5]",
        "QoS 为 1 或 2 时才有、且必须有报文标识 [MQTT-2.3.1-5]",
    ),
    (
        "only protocol level 4 (MQTT 3.1.1) is written",
        "只能生成协议级别 4（MQTT 3.1.1）的报文",
    ),
    (
        "an empty client id goes only with clean session 1 [MQTT-3.1.3-7]",
        "客户端 ID 为空时，清除会话必须为 1 [MQTT-3.1.3-7]",
    ),
    (
        "this packet is not written by the codec",
        "编解码器不生成这种报文",
    ),
    ("the codec refused the packet", "编解码器拒绝了这个报文"),
];

pub(super) const FIELDS: &[Pair] = &[
    ("the topic", "Topic "),
    ("the topic filter", "Topic 过滤器"),
    ("the client id", "客户端 ID "),
    ("the will's topic", "遗嘱 Topic "),
    ("the will's payload", "遗嘱消息"),
    ("the user name", "用户名"),
    ("the password", "密码"),
    ("client id", "客户端 ID "),
    ("user name", "用户名"),
    ("password", "密码"),
];
