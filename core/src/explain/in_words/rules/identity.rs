//! The rules of the triple, the client id, hosts and URLs.

use super::Pair;

pub(super) const RULES: &[Pair] = &[
    (
        "only ASCII letters and digits are allowed, since the key is part of a host name",
        "只能有 ASCII 字母和数字，因为 productKey 是域名的一部分",
    ),
    (
        "only ASCII letters, digits and - _ . : @ are allowed ('&' would divide the user name)",
        "只能有 ASCII 字母、数字和 - _ . : @（“&”会把用户名分成两半）",
    ),
    (
        "'|' starts the extension part, which is added when signing",
        "“|”是扩展参数的开头，扩展参数会在签名时加上",
    ),
    ("control characters are not allowed", "不能有控制字符"),
    (
        "white space is not allowed at the beginning or the end",
        "开头和结尾不能有空白",
    ),
    (
        "only visible ASCII characters are allowed, no white space",
        "只能有可见的 ASCII 字符，不能有空白",
    ),
    (
        "only ASCII letters and digits are allowed, and '-' between them",
        "只能有 ASCII 字母和数字，以及位于其间的“-”",
    ),
    (
        "it must begin with mqtt://, mqtts://, ws:// or wss://",
        "必须以 mqtt://、mqtts://、ws:// 或 wss:// 开头",
    ),
    (
        "the scheme tcp:// is written mqtt:// here",
        "tcp:// 在这里写作 mqtt://",
    ),
    (
        "this scheme is written mqtts:// here",
        "这个协议在这里写作 mqtts://",
    ),
    (
        "the scheme of MQTT over WebSocket is ws://, not http://",
        "MQTT over WebSocket 的协议是 ws://，不是 http://",
    ),
    (
        "the scheme of MQTT over WebSocket is wss://, not https://",
        "MQTT over WebSocket 的协议是 wss://，不是 https://",
    ),
    (
        "the scheme must be mqtt, mqtts, ws or wss",
        "协议必须是 mqtt、mqtts、ws 或 wss",
    ),
    (
        "only ws:// and wss:// have a path",
        "只有 ws:// 和 wss:// 有路径",
    ),
    (
        "a user and password don't belong in the URL: give them by their own options",
        "URL 中不应有用户名和密码：请用各自的选项给出",
    ),
    (
        "a path has only visible ASCII characters and no '#' (write others as %XX)",
        "路径中只能有可见的 ASCII 字符，且没有“#”（其他字符写成 %XX）",
    ),
    (
        "after an address in brackets comes :PORT, a path, or nothing",
        "方括号内的地址之后只能是 :PORT、路径，或什么都没有",
    ),
    (
        "brackets must be closed and hold an IPv6 address, without a zone",
        "方括号必须成对，其中是不带区域的 IPv6 地址",
    ),
    (
        "an IPv6 address stands in brackets: [::1]",
        "IPv6 地址要写在方括号中：[::1]",
    ),
    ("the host is missing", "缺少主机"),
    (
        "a host name has only ASCII letters, digits and - _ . (write other scripts in their xn-- form)",
        "主机名只能有 ASCII 字母、数字和 - _ .（其他文字请写成 xn-- 形式）",
    ),
    (
        "a host name has at most 253 characters",
        "主机名最多 253 个字符",
    ),
    (
        "a host name has no empty part: no two dots together, none at either end",
        "主机名中没有空的部分：两个点不能相连，首尾也不能有点",
    ),
    (
        "each part of a host name has at most 63 characters",
        "主机名的每个部分最多 63 个字符",
    ),
    (
        "no part of a host name begins or ends with '-'",
        "主机名的各部分不能以“-”开头或结尾",
    ),
    (
        "a host that ends in a number must be an IPv4 address: four numbers from 0 to 255",
        "以数字结尾的主机必须是 IPv4 地址：四个 0 至 255 的数",
    ),
    (
        "plain http would give the token away: it must begin with https://",
        "明文 http 会泄露 token：必须以 https:// 开头",
    ),
    ("it must begin with https://", "必须以 https:// 开头"),
    ("a query needs a path before it", "查询参数之前必须有路径"),
];
