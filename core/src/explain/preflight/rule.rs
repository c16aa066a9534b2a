//! The rules that a draft can break, in both languages, each with its source.

use super::{Change, Field, Mend};
use crate::explain::{InWords, Lang};
use crate::identity::{IdentityError, TransportKind};
use crate::vendor::{self, page};

/// A broken rule, and by what it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// A part of the triple, the client id, the host or the port breaks its own rule.
    Identity(IdentityError),
    /// White space, a line end or an invisible character stands in the field.
    Blanks(Field),
    /// productKey and deviceName stand in each other's place: the host begins with the deviceName.
    TripleSwapped,
    /// A `|` in the client id.
    BarInClientId,
    /// The sign method is none of the three.
    UnknownMethod,
    /// The timestamp is no number.
    TimestampNotANumber,
    /// The timestamp is in seconds.
    TimestampInSeconds,
    /// The HTTPS authentication goes before a connection over TLS only.
    HttpsAuthNeedsTls,
    /// The HTTPS authentication needs a program that forwards it, and the page is served as plain files.
    HttpsAuthFromFiles,
    /// A page can't open TCP or TLS.
    NoSocketsInPage(TransportKind),
    /// A page that came over https may not open `ws:`.
    WsFromHttps,
    /// securemode does not fit the transport.
    SecuremodeMismatch {
        /// The one given.
        given: i8,
        /// The transport.
        transport: TransportKind,
    },
    /// securemode is neither 2 nor 3.
    UnknownSecuremode,
    /// The host is a whole URL, or has a port or a path with it.
    UrlAsHost,
    /// The documentation's placeholder stands in the host.
    PlaceholderInHost,
    /// The host's first part is another productKey.
    HostOfOtherProduct {
        /// The host's first part.
        label: String,
        /// The productKey typed.
        product_key: String,
    },
    /// The host takes the HTTPS authentication, and no MQTT.
    AuthHost,
    /// The platform has another port for this transport.
    PlatformPort {
        /// The one typed.
        given: u16,
        /// What carries the bytes.
        transport: TransportKind,
    },
    /// The keep alive is outside the window, all in seconds.
    KeepAlive {
        /// The one typed.
        given: u64,
        /// The window's start.
        min: u16,
        /// The window's end.
        max: u16,
    },
    /// The keep alive is no whole number from 0 to 65535.
    KeepAliveNotANumber,
    /// An empty client id with a session to keep.
    ClientIdMissing,
}

impl Rule {
    /// Where the rule comes from, in words by which a person finds it.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Identity(_) | Self::Blanks(_) | Self::TripleSwapped => page!("Connect报文参数"),
            Self::BarInClientId => page!("mqttClientId"),
            Self::UnknownMethod => page!("signmethod"),
            Self::TimestampNotANumber | Self::TimestampInSeconds => page!("timestamp"),
            Self::HttpsAuthNeedsTls => page!("HTTPS认证再连接"),
            Self::HttpsAuthFromFiles => "Fetch: CORS",
            Self::NoSocketsInPage(_) => "HTML: WebSocket",
            Self::WsFromHttps => "W3C: Mixed Content",
            Self::SecuremodeMismatch { .. } | Self::UnknownSecuremode => page!("securemode"),
            Self::UrlAsHost => "RFC 1035",
            Self::PlaceholderInHost
            | Self::HostOfOtherProduct { .. }
            | Self::PlatformPort { .. } => page!("连接域名"),
            Self::AuthHost => page!("设备认证"),
            Self::KeepAlive { .. } => vendor::KEEP_ALIVE_SOURCE,
            Self::KeepAliveNotANumber => "MQTT 3.1.1, 3.1.2.10",
            Self::ClientIdMissing => "MQTT-3.1.3-7",
        }
    }
}

impl InWords for Rule {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Self::Identity(error)) => error.in_words(lang),
            (Lang::En, Self::Blanks(field)) => format!(
                "White space or an invisible character stands in {}: it came along when copying, and would change the signature.",
                field.in_words(lang)
            ),
            (Lang::Zh, Self::Blanks(field)) => format!(
                "{}中有空白、换行或不可见字符：多半是复制时带上的，会改变签名。",
                field.in_words(lang)
            ),
            (Lang::En, Self::SecuremodeMismatch { given, transport }) => format!(
                "securemode is {given}, and the transport is {transport}: it must be {}, 2 with TLS and 3 without.",
                transport.securemode()
            ),
            (Lang::Zh, Self::SecuremodeMismatch { given, transport }) => format!(
                "securemode 为 {given}，而传输方式是 {transport}：应为 {}，使用 TLS 时为 2，否则为 3。",
                transport.securemode()
            ),
            (Lang::En, Self::HostOfOtherProduct { label, product_key }) => format!(
                "The host begins with {label}, and the productKey is {product_key}: each product has its own host."
            ),
            (Lang::Zh, Self::HostOfOtherProduct { label, product_key }) => format!(
                "域名以 {label} 开头，而 productKey 是 {product_key}：每个产品有自己的域名。"
            ),
            (Lang::En, Self::PlatformPort { given, transport }) => format!(
                "Port {given} is not the platform's for {transport}: it is {}.",
                transport.default_port()
            ),
            (Lang::Zh, Self::PlatformPort { given, transport }) => format!(
                "{given} 不是平台为 {transport} 提供的端口：应为 {}。",
                transport.default_port()
            ),
            (Lang::En, Self::KeepAlive { given, min, max }) => format!(
                "The keep alive is {given} s: the platform refuses what is outside {min} to {max} s, with CONNACK 3."
            ),
            (Lang::Zh, Self::KeepAlive { given, min, max }) => format!(
                "保活时间为 {given} 秒：不在 {min} 至 {max} 秒之内的，平台会以 CONNACK 3 拒绝。"
            ),
            (Lang::En, Self::NoSocketsInPage(transport)) => format!(
                "A page can't open {transport}: browsers offer WebSocket only. Take ws or wss, or the tern program."
            ),
            (Lang::Zh, Self::NoSocketsInPage(transport)) => format!(
                "网页无法使用 {transport}：浏览器只提供 WebSocket。请使用 ws 或 wss，或者使用 tern 程序。"
            ),
            _ => fixed(self, lang).to_owned(),
        }
    }
}

const fn fixed(rule: &Rule, lang: Lang) -> &'static str {
    match rule {
        Rule::TripleSwapped => lang.pick(
            "productKey and deviceName look swapped: the host begins with what stands as deviceName.",
            "productKey 与 deviceName 似乎填反了：域名的开头是填在 deviceName 中的内容。",
        ),
        Rule::BarInClientId => lang.pick(
            "The client id holds a '|', which begins the extension part. Give the bare client id; the part between the bars is added when signing.",
            "客户端 ID 中有“|”，它是扩展参数的开头。请只填 clientId 本身，两条竖线之间的部分会在签名时加上。",
        ),
        Rule::UnknownMethod => lang.pick(
            "The sign method must be hmacsha1, hmacmd5 or hmacsha256, in lower case.",
            "签名方法应为小写的 hmacsha1、hmacmd5 或 hmacsha256。",
        ),
        Rule::TimestampNotANumber => lang.pick(
            "The timestamp is no whole number: give milliseconds since 1970, or leave it empty so that none is sent.",
            "时间戳不是整数：请填写 1970 年以来的毫秒数，或留空不发送。",
        ),
        Rule::TimestampInSeconds => lang.pick(
            "The timestamp has ten digits, which are seconds; the platform's documents say milliseconds.",
            "时间戳只有十位，是以秒为单位；平台文档要求毫秒。",
        ),
        Rule::HttpsAuthNeedsTls => lang.pick(
            "After the HTTPS authentication the connection must be TLS: the token would be readable on the way. Plain TCP goes with the direct connect only.",
            "HTTPS 认证之后必须使用 TLS 连接，否则途中可以读到 iotToken。只有域名直连才支持不加密的 TCP。",
        ),
        Rule::HttpsAuthFromFiles => lang.pick(
            "This page is served as plain files: browsers forbid it to ask the authentication host, so nobody can authenticate for it. Connect directly, or open the console from tern platform or tern up.",
            "本页以静态文件的方式提供：浏览器禁止它访问认证域名，因此无法进行 HTTPS 认证。请使用域名直连，或通过 tern platform、tern up 打开调试台。",
        ),
        Rule::WsFromHttps => lang.pick(
            "This page came over https, and browsers forbid it to open ws:// (localhost excepted). Take wss.",
            "本页通过 https 打开，浏览器禁止它使用 ws://（localhost 除外）。请使用 wss。",
        ),
        Rule::UnknownSecuremode => lang.pick(
            "securemode of a direct connect is 2 with TLS and 3 without.",
            "域名直连的 securemode：使用 TLS 时为 2，否则为 3。",
        ),
        Rule::UrlAsHost => lang.pick(
            "The host is more than a host name: scheme, port and path have their own fields.",
            "主机中不只有主机名：协议、端口和路径有各自的输入框。",
        ),
        Rule::PlaceholderInHost => lang.pick(
            "The host still holds the documentation's placeholder: put the productKey there.",
            "主机中还保留着文档里的占位符：请换成 productKey。",
        ),
        Rule::AuthHost => lang.pick(
            "This host takes the HTTPS authentication and no MQTT.",
            "这个域名只提供 HTTPS 认证，不提供 MQTT。",
        ),
        Rule::KeepAliveNotANumber => lang.pick(
            "The keep alive must be a whole number of seconds, at most 65535.",
            "保活时间应为整数秒，最大 65535。",
        ),
        Rule::ClientIdMissing => lang.pick(
            "An empty client id goes only with a clean session.",
            "客户端 ID 为空时，必须清除会话。",
        ),
        // The others have a part that varies, and their words stand above.
        _ => "",
    }
}

/// What the button of a mend says.
pub(super) fn mend_in_words(mend: &Mend, lang: Lang) -> String {
    let field = mend.field.in_words(lang);
    match (lang, &mend.change) {
        (Lang::En, Change::TakeOutBlanks) => format!("Take the white space out of {field}"),
        (Lang::Zh, Change::TakeOutBlanks) => format!("去掉{field}中的空白"),
        (Lang::En, Change::Put(text)) if text.is_empty() => format!("Leave {field} empty"),
        (Lang::Zh, Change::Put(text)) if text.is_empty() => format!("清空{field}"),
        (Lang::En, Change::Put(text)) => format!("Set {field} to {text}"),
        (Lang::Zh, Change::Put(text)) => format!("将{field}改为 {text}"),
    }
}

impl InWords for Field {
    fn in_words(&self, lang: Lang) -> String {
        match self {
            Self::ProductKey => lang.pick("productKey", " productKey "),
            Self::DeviceName => lang.pick("deviceName", " deviceName "),
            Self::DeviceSecret => lang.pick("deviceSecret", " deviceSecret "),
            Self::ClientId => lang.pick("the client id", "客户端 ID "),
            Self::Auth => lang.pick("the authentication", "认证方式"),
            Self::Method => lang.pick("the sign method", "签名方法"),
            Self::Timestamp => lang.pick("the timestamp", "时间戳"),
            Self::Transport => lang.pick("the transport", "传输方式"),
            Self::Securemode => lang.pick("securemode", " securemode "),
            Self::Host => lang.pick("the host", "主机"),
            Self::Port => lang.pick("the port", "端口"),
            Self::KeepAlive => lang.pick("the keep alive", "保活时间"),
            Self::CleanSession => lang.pick("clean session", "清除会话"),
        }
        .to_owned()
    }
}
