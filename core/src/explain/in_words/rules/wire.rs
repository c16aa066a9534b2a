//! The rules of MQTT 3.1.1 that bytes can break, and the fields of its packets.

use super::Pair;

pub(super) const RULES: &[Pair] = &[
    (
        "the packet identifier (2 bytes) is missing [MQTT-2.3.1-1]",
        "缺少报文标识（2 字节）[MQTT-2.3.1-1]",
    ),
    (
        "a packet identifier is not 0 [MQTT-2.3.1-1]",
        "报文标识不能为 0 [MQTT-2.3.1-1]",
    ),
    (
        "the field's two length bytes are missing",
        "缺少该字段的两个长度字节",
    ),
    (
        "the field's length reaches past the end of the packet",
        "该字段的长度超出了报文末尾",
    ),
    (
        "a string is well-formed UTF-8 [MQTT-1.5.3-1]",
        "字符串必须是合法的 UTF-8 [MQTT-1.5.3-1]",
    ),
    (
        "a string holds no U+0000 [MQTT-1.5.3-2]",
        "字符串中不能有 U+0000 [MQTT-1.5.3-2]",
    ),
    (
        "bytes follow the packet's last field",
        "报文的最后一个字段之后还有字节",
    ),
    (
        "the remaining length uses more bytes than it needs [MQTT 3.1.1, 2.2.3]",
        "剩余长度使用了多于所需的字节 [MQTT 3.1.1, 2.2.3]",
    ),
    (
        "the remaining length has at most four bytes [MQTT 3.1.1, 2.2.3]",
        "剩余长度最多四个字节 [MQTT 3.1.1, 2.2.3]",
    ),
    (
        "packet types 0 and 15 are reserved [MQTT 3.1.1, table 2.1]; is the peer an MQTT broker?",
        "报文类型 0 和 15 是保留的 [MQTT 3.1.1, table 2.1]；对端是 MQTT 服务器吗？",
    ),
    (
        "packet types 0 and 15 are reserved",
        "报文类型 0 和 15 是保留的",
    ),
    (
        "QoS 3 does not exist [MQTT-3.3.1-4]",
        "不存在 QoS 3 [MQTT-3.3.1-4]",
    ),
    (
        "DUP is 0 in every QoS 0 message [MQTT-3.3.1-2]",
        "QoS 0 的消息中 DUP 必须为 0 [MQTT-3.3.1-2]",
    ),
    (
        "this type's flags are 0010 [MQTT-2.2.2-1]",
        "此类报文的标志位必须是 0010 [MQTT-2.2.2-1]",
    ),
    (
        "this type's flags are 0000 [MQTT-2.2.2-1]",
        "此类报文的标志位必须是 0000 [MQTT-2.2.2-1]",
    ),
    ("bytes follow the packet", "报文之后还有字节"),
    ("the packet is cut off", "报文不完整"),
    (
        "a topic name has at least one character [MQTT-4.7.3-1]",
        "Topic 名至少要有一个字符 [MQTT-4.7.3-1]",
    ),
    (
        "a PUBLISH's topic name holds no wildcard [MQTT-3.3.2-2]",
        "PUBLISH 的 Topic 名中不能有通配符 [MQTT-3.3.2-2]",
    ),
    (
        "the protocol name is \"MQTT\" [MQTT-3.1.2-1]",
        "协议名必须是“MQTT” [MQTT-3.1.2-1]",
    ),
    (
        "the protocol level is missing [MQTT 3.1.1, 3.1.2.2]",
        "缺少协议级别 [MQTT 3.1.1, 3.1.2.2]",
    ),
    (
        "the connect flags are missing [MQTT 3.1.1, 3.1.2.3]",
        "缺少连接标志 [MQTT 3.1.1, 3.1.2.3]",
    ),
    (
        "the connect flags' lowest bit is 0 [MQTT-3.1.2-3]",
        "连接标志的最低位必须为 0 [MQTT-3.1.2-3]",
    ),
    (
        "the will's QoS is not 3 [MQTT-3.1.2-14]",
        "遗嘱的 QoS 不能为 3 [MQTT-3.1.2-14]",
    ),
    (
        "without a will its QoS is 0 [MQTT-3.1.2-13]",
        "没有遗嘱时，遗嘱 QoS 必须为 0 [MQTT-3.1.2-13]",
    ),
    (
        "without a will its retain flag is 0 [MQTT-3.1.2-15]",
        "没有遗嘱时，遗嘱保留标志必须为 0 [MQTT-3.1.2-15]",
    ),
    (
        "a password comes only with a user name [MQTT-3.1.2-22]",
        "有用户名时才能有密码 [MQTT-3.1.2-22]",
    ),
    (
        "the keep alive (2 bytes) is missing [MQTT 3.1.1, 3.1.2.10]",
        "缺少保活时间（2 字节）[MQTT 3.1.1, 3.1.2.10]",
    ),
    (
        "the connect acknowledge flags are missing [MQTT 3.1.1, 3.2.2.1]",
        "缺少连接确认标志 [MQTT 3.1.1, 3.2.2.1]",
    ),
    (
        "the acknowledge flags' upper seven bits are 0 [MQTT 3.1.1, 3.2.2.1]",
        "连接确认标志的高七位必须为 0 [MQTT 3.1.1, 3.2.2.1]",
    ),
    (
        "the return code is missing [MQTT 3.1.1, 3.2.2.3]",
        "缺少返回码 [MQTT 3.1.1, 3.2.2.3]",
    ),
    (
        "return codes above 5 are reserved [MQTT 3.1.1, table 3.1]",
        "大于 5 的返回码是保留的 [MQTT 3.1.1, table 3.1]",
    ),
    (
        "session present is 0 in a refusal [MQTT-3.2.2-4]",
        "拒绝连接时，当前会话标志必须为 0 [MQTT-3.2.2-4]",
    ),
    (
        "a SUBSCRIBE holds at least one filter [MQTT-3.8.3-3]",
        "SUBSCRIBE 至少要有一个 Topic 过滤器 [MQTT-3.8.3-3]",
    ),
    (
        "the filter's requested QoS is missing [MQTT 3.1.1, 3.8.3]",
        "缺少 Topic 过滤器所请求的 QoS [MQTT 3.1.1, 3.8.3]",
    ),
    (
        "the requested QoS is 0, 1 or 2 and the byte's upper six bits are 0 [MQTT-3.8.3-4]",
        "所请求的 QoS 为 0、1 或 2，且该字节的高六位必须为 0 [MQTT-3.8.3-4]",
    ),
    (
        "an UNSUBSCRIBE holds at least one filter [MQTT-3.10.3-2]",
        "UNSUBSCRIBE 至少要有一个 Topic 过滤器 [MQTT-3.10.3-2]",
    ),
    (
        "a topic filter has at least one character [MQTT-4.7.3-1]",
        "Topic 过滤器至少要有一个字符 [MQTT-4.7.3-1]",
    ),
    (
        "a SUBACK holds a return code for each filter [MQTT-3.8.4-5]",
        "SUBACK 对每个 Topic 过滤器都要有一个返回码 [MQTT-3.8.4-5]",
    ),
    ("a return code is missing", "缺少一个返回码"),
    (
        "a SUBACK's codes are 0, 1, 2 and 0x80 [MQTT-3.9.3-2]",
        "SUBACK 的返回码只有 0、1、2 和 0x80 [MQTT-3.9.3-2]",
    ),
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
