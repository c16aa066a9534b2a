//! Why each step of a signature is so.

use super::Pair;

pub(super) const REASONS: &[Pair] = &[
    (
        "What is signed: the bare client id without its extension part, and the timestamp because it is sent too.",
        "参与签名的参数：clientId 是不带扩展参数的部分；时间戳会一并发送，因此也参与签名。",
    ),
    (
        "What is signed: the bare client id without its extension part. No timestamp is sent, so none is signed.",
        "参与签名的参数：clientId 是不带扩展参数的部分；不发送时间戳，因此也不对时间戳签名。",
    ),
    (
        "The parameters are sorted by name, as plain ASCII. Any other order gives another digest.",
        "按参数名的 ASCII 字典序排序。换一种顺序就会得到另一个签名。",
    ),
    (
        "Each name is followed by its value, without separators: names too, not the values alone.",
        "名称后面紧跟值，依次拼接，没有分隔符；名称也参与签名，不只是值。",
    ),
    (
        "HMAC with MD5, 16 bytes. The key is the device's own secret as text, not the product's and not decoded from hex; it is never shown.",
        "HMAC-MD5，16 字节。密钥是设备自己的 deviceSecret 原文，不是产品的密钥，也不做十六进制解码；这里从不显示它。",
    ),
    (
        "HMAC with SHA-1, 20 bytes. The key is the device's own secret as text, not the product's and not decoded from hex; it is never shown.",
        "HMAC-SHA1，20 字节。密钥是设备自己的 deviceSecret 原文，不是产品的密钥，也不做十六进制解码；这里从不显示它。",
    ),
    (
        "HMAC with SHA-256, 32 bytes. The key is the device's own secret as text, not the product's and not decoded from hex; it is never shown.",
        "HMAC-SHA256，32 字节。密钥是设备自己的 deviceSecret 原文，不是产品的密钥，也不做十六进制解码；这里从不显示它。",
    ),
    (
        "The bare client id, then the extension part between two bars. securemode=2 says that the connection is TLS; signmethod and timestamp are those used for signing.",
        "先是 clientId，然后是两条竖线之间的扩展参数。securemode=2 表示 TLS 直连；signmethod 和 timestamp 即签名所用的值。",
    ),
    (
        "The bare client id, then the extension part between two bars. securemode=3 says that the connection is plain TCP; signmethod and timestamp are those used for signing.",
        "先是 clientId，然后是两条竖线之间的扩展参数。securemode=3 表示 TCP 直连；signmethod 和 timestamp 即签名所用的值。",
    ),
    (
        "The bare client id, then the extension part between two bars. securemode is not one of a direct connect (2 for TLS, 3 for TCP); signmethod and timestamp are those used for signing.",
        "先是 clientId，然后是两条竖线之间的扩展参数。securemode 不是域名直连的取值（TLS 为 2，TCP 为 3）；signmethod 和 timestamp 即签名所用的值。",
    ),
    (
        "The device's name, then '&', then the product key: in this order.",
        "先是 deviceName，然后是 &，最后是 productKey，顺序不能颠倒。",
    ),
    (
        "The digest in hex. Upper and lower case are the same to the platform.",
        "签名的十六进制形式，平台不区分大小写。",
    ),
];
