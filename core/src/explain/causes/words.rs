//! The causes in both languages: what each is, what was seen, what to try.

use super::{Cause, CauseId, Seen, Speaks};
use crate::explain::{InWords, Lang};
use crate::identity::TransportKind;

/// The name that stays.
pub(super) const fn name(id: CauseId) -> &'static str {
    match id {
        CauseId::KeepAliveOutside => "keep_alive_outside",
        CauseId::TokenExpired => "token_expired",
        CauseId::TokenNotAccepted => "token_not_accepted",
        CauseId::ServerUnavailable => "server_unavailable",
        CauseId::BadSignature => "bad_signature",
        CauseId::SecuremodeMismatch => "securemode_mismatch",
        CauseId::BadCredentials => "bad_credentials",
        CauseId::UnknownDevice => "unknown_device",
        CauseId::DeviceDisabled => "device_disabled",
        CauseId::WrongHost => "wrong_host",
        CauseId::NotAllowed => "not_allowed",
        CauseId::ClientIdUnreadable => "client_id_unreadable",
        CauseId::ClientIdRejected => "client_id_rejected",
        CauseId::ProtocolLevel => "protocol_level",
        CauseId::TakeOver => "take_over",
        CauseId::OtherTab => "other_tab",
        CauseId::KeepAliveStarved => "keep_alive_starved",
        CauseId::LinkLost => "link_lost",
        CauseId::ClosedByPeer => "closed_by_peer",
        CauseId::PeerBroken => "peer_broken",
        CauseId::NotABroker => "not_a_broker",
        CauseId::HttpServer => "http_server",
        CauseId::TlsExpected => "tls_expected",
        CauseId::TlsMix => "tls_mix",
        CauseId::Certificate => "certificate",
        CauseId::WrongPort => "wrong_port",
        CauseId::Unreachable => "unreachable",
        CauseId::InsecureFromHttps => "insecure_from_https",
        CauseId::AuthSignature => "auth_signature",
        CauseId::AuthParameter => "auth_parameter",
        CauseId::AuthFault => "auth_fault",
        CauseId::AuthType => "auth_type",
        CauseId::AuthCodeUnknown => "auth_code_unknown",
    }
}

/// What it is, in a sentence.
pub(super) const fn title(id: CauseId, lang: Lang) -> &'static str {
    match id {
        CauseId::KeepAliveOutside => lang.pick(
            "The keep alive is outside the window that the platform accepts.",
            "保活时间不在平台接受的范围内。",
        ),
        CauseId::TokenExpired => lang.pick(
            "The iotToken is too old: it lives 7 days.",
            "iotToken 已过期：有效期为 7 天。",
        ),
        CauseId::TokenNotAccepted => lang.pick(
            "The platform did not accept the iotId and iotToken of the HTTPS authentication.",
            "平台没有接受 HTTPS 认证所得的 iotId 和 iotToken。",
        ),
        CauseId::ServerUnavailable => lang.pick(
            "The server is unavailable for the moment.",
            "服务暂时不可用。",
        ),
        CauseId::BadSignature => lang.pick("The signature does not match.", "签名不匹配。"),
        CauseId::SecuremodeMismatch => lang.pick(
            "The securemode that was sent does not fit the transport.",
            "发送的 securemode 与传输方式不符。",
        ),
        CauseId::BadCredentials => lang.pick(
            "The user name or the password is wrong.",
            "用户名或密码错误。",
        ),
        CauseId::UnknownDevice => lang.pick(
            "The platform knows no such device.",
            "平台上没有这个设备。",
        ),
        CauseId::DeviceDisabled => lang.pick(
            "The device is disabled.",
            "设备已被禁用。",
        ),
        CauseId::WrongHost => lang.pick(
            "The host belongs to another product or region.",
            "连接的域名属于另一个产品或地域。",
        ),
        CauseId::NotAllowed => lang.pick(
            "The broker does not let this client in.",
            "服务器不允许该客户端连接。",
        ),
        CauseId::ClientIdUnreadable => lang.pick(
            "The platform could not read the client id.",
            "平台无法解析客户端 ID。",
        ),
        CauseId::ClientIdRejected => lang.pick(
            "The broker does not accept the client id.",
            "服务器不接受这个客户端 ID。",
        ),
        CauseId::ProtocolLevel => lang.pick(
            "The broker does not take MQTT 3.1.1 (protocol level 4).",
            "服务器不接受 MQTT 3.1.1（协议级别 4）。",
        ),
        CauseId::TakeOver => lang.pick(
            "Most likely another client uses the same device triple, and the two push each other off.",
            "很可能另一个客户端使用了同一个设备三元组，两者互相挤下线。",
        ),
        CauseId::OtherTab => lang.pick(
            "Another tab of this console uses the same device triple.",
            "本调试台的另一个标签页使用了同一个设备三元组。",
        ),
        CauseId::KeepAliveStarved => lang.pick(
            "The keep alive was starved: the platform drops who sends nothing for 1.5 times the keep alive.",
            "保活中断：超过保活时间的 1.5 倍没有发送任何报文，平台就会断开连接。",
        ),
        CauseId::LinkLost => lang.pick(
            "The network between lost the connection.",
            "中间的网络断开了连接。",
        ),
        CauseId::ClosedByPeer => lang.pick(
            "The other side closed the connection, and MQTT 3.1.1 lets it say no reason.",
            "对端关闭了连接，而 MQTT 3.1.1 无法说明原因。",
        ),
        CauseId::PeerBroken => lang.pick(
            "The other side broke a rule of MQTT.",
            "对端违反了 MQTT 协议的规则。",
        ),
        CauseId::NotABroker => lang.pick(
            "What answers there is no MQTT broker, or not over this transport.",
            "那里应答的不是 MQTT 服务器，或者传输方式不对。",
        ),
        CauseId::HttpServer => lang.pick(
            "An HTTP server answers there, not an MQTT broker.",
            "那里应答的是 HTTP 服务器，不是 MQTT 服务器。",
        ),
        CauseId::TlsExpected => lang.pick(
            "The other side speaks TLS, and this connection does not.",
            "对端使用 TLS，而这个连接没有。",
        ),
        CauseId::TlsMix => lang.pick(
            "One side speaks TLS and the other does not.",
            "一端使用 TLS，另一端没有。",
        ),
        CauseId::Certificate => lang.pick(
            "The certificate is not trusted, or is another host's.",
            "证书不受信任，或不属于这个主机。",
        ),
        CauseId::WrongPort => lang.pick(
            "The platform has another port for this transport.",
            "平台上这种传输方式用的是另一个端口。",
        ),
        CauseId::Unreachable => lang.pick(
            "The host can't be reached, or nothing listens on that port.",
            "无法连接到主机，或该端口没有服务在监听。",
        ),
        CauseId::InsecureFromHttps => lang.pick(
            "A page that came over https may not open ws://: the browser forbids it.",
            "通过 https 打开的页面不能使用 ws://：浏览器禁止这样做。",
        ),
        CauseId::AuthSignature => lang.pick(
            "The signature does not match.",
            "签名不匹配。",
        ),
        CauseId::AuthParameter => lang.pick(
            "A parameter is missing or wrong.",
            "参数缺失或有误。",
        ),
        CauseId::AuthFault => lang.pick(
            "Something went wrong on the platform's side.",
            "平台一侧出现异常。",
        ),
        CauseId::AuthType => lang.pick(
            "The device is not allowed to authenticate this way.",
            "不允许该设备以这种方式认证。",
        ),
        CauseId::AuthCodeUnknown => lang.pick(
            "The platform gave a code that is not known here.",
            "平台给出的错误码在这里没有记载。",
        ),
    }
}

/// What to try.
pub(super) const fn to_try(id: CauseId, lang: Lang) -> &'static str {
    match id {
        CauseId::KeepAliveOutside => lang.pick(
            "Choose a keep alive inside the window.",
            "请选择范围内的保活时间。",
        ),
        CauseId::TokenExpired => lang.pick(
            "Authenticate over HTTPS again, and connect with the new token.",
            "请重新进行 HTTPS 认证，用新的 iotToken 连接。",
        ),
        CauseId::TokenNotAccepted => lang.pick(
            "A token lives 7 days and is good for the host that the authentication named. Authenticate again, and check that the MQTT host belongs to the same region as the authentication.",
            "iotToken 有效期 7 天，且只对认证应答给出的主机有效。请重新认证，并检查 MQTT 主机与认证域名是否属于同一地域。",
        ),
        CauseId::ServerUnavailable => lang.pick(
            "Try again later.",
            "请稍后重试。",
        ),
        CauseId::BadSignature => lang.pick(
            "Check that the deviceSecret is this device's own (not the product's), complete and without white space, and that productKey and deviceName are spelled as in the platform's console.",
            "请检查：deviceSecret 是该设备自己的（不是产品的）、完整且不含空白；productKey 和 deviceName 与物联网平台控制台中的写法一致。",
        ),
        CauseId::SecuremodeMismatch => lang.pick(
            "Send securemode=2 over TLS and wss, securemode=3 over TCP and ws.",
            "TLS 和 wss 请发送 securemode=2，TCP 和 ws 发送 securemode=3。",
        ),
        CauseId::BadCredentials => lang.pick(
            "Check both.",
            "请检查这两项。",
        ),
        CauseId::UnknownDevice => lang.pick(
            "Check productKey and deviceName (upper and lower case differ), that the device was not deleted, and that the host is that of the region where the product was made.",
            "请检查 productKey 和 deviceName（区分大小写）、设备是否已被删除，以及域名是否属于创建产品的地域。",
        ),
        CauseId::DeviceDisabled => lang.pick(
            "Look in the platform's console whether the device is disabled, and enable it.",
            "请在物联网平台控制台查看设备是否被禁用，并启用它。",
        ),
        CauseId::WrongHost => lang.pick(
            "Connect to ${productKey}.iot-as-mqtt.${region}.aliyuncs.com with this device's productKey and its product's region, or to the instance's own host.",
            "请连接 ${productKey}.iot-as-mqtt.${region}.aliyuncs.com，其中是本设备的 productKey 和产品所在的地域；或连接实例自己的域名。",
        ),
        CauseId::NotAllowed => lang.pick(
            "Check the user name, the password and the client id against its access rules.",
            "请对照服务器的访问规则检查用户名、密码和客户端 ID。",
        ),
        CauseId::ClientIdUnreadable => lang.pick(
            "It must be the bare client id of 1 to 64 characters, then |securemode=…,signmethod=…| with both bars. Check that nothing on the way cuts it.",
            "它应为 1 至 64 个字符的 clientId，后接 |securemode=…,signmethod=…|，两条竖线都要有。请检查途中是否有工具截断了它。",
        ),
        CauseId::ClientIdRejected => lang.pick(
            "Give another one; an empty one goes only with clean session true.",
            "请换一个；只有清除会话为 true 时才可以为空。",
        ),
        CauseId::ProtocolLevel => lang.pick(
            "Check that the host and port are a broker's that does.",
            "请检查主机和端口是否属于支持它的服务器。",
        ),
        CauseId::TakeOver => lang.pick(
            "Stop the other one, or give each its own device. Think of a device that is still running, a second program or tool, and a colleague with the same triple.",
            "请停掉另一个，或为每个客户端使用各自的设备。想一想：仍在运行的设备、另一个程序或工具、使用同一三元组的同事。",
        ),
        CauseId::OtherTab => lang.pick(
            "Disconnect in the other tab, or close it.",
            "请在另一个标签页断开连接，或将其关闭。",
        ),
        CauseId::KeepAliveStarved => lang.pick(
            "Send a PINGREQ in time: see that the program's loop (IOT_MQTT_Yield) runs often enough and is not blocked, that the computer does not sleep, and that no browser slows the page down in the background.",
            "请及时发送 PINGREQ：确认程序的循环（IOT_MQTT_Yield）运行得足够频繁、没有被阻塞，电脑没有休眠，页面没有在后台被浏览器降速。",
        ),
        CauseId::LinkLost => lang.pick(
            "Check the network, and whether a router or firewall drops idle connections: a shorter keep alive keeps them open.",
            "请检查网络，以及路由器或防火墙是否会丢弃空闲连接：缩短保活时间可以保持连接。",
        ),
        CauseId::ClosedByPeer => lang.pick(
            "Look at the device's log in the platform's console for this moment. Frequent reasons: a message over the size limit, too many messages a second, the device deleted or disabled meanwhile.",
            "请在物联网平台控制台查看该时刻的设备日志。常见原因：消息超过大小限制、每秒消息过多、设备此时被删除或禁用。",
        ),
        CauseId::PeerBroken => lang.pick(
            "Look at the last packet received, byte by byte; if a proxy stands in between, try without it.",
            "请逐字节查看最后收到的报文；若中间有代理，请绕过它再试。",
        ),
        CauseId::NotABroker => lang.pick(
            "Is there an MQTT broker on that port? Check host, port and transport; for WebSocket also the path, and that the server offers the sub-protocol mqtt.",
            "请检查主机、端口和传输方式；WebSocket 还要检查路径，以及服务器是否支持子协议 mqtt。",
        ),
        CauseId::HttpServer => lang.pick(
            "Check the port; where the server offers MQTT over WebSocket, choose the transport ws or wss.",
            "请检查端口；若该服务器提供 MQTT over WebSocket，请选择传输方式 ws 或 wss。",
        ),
        CauseId::TlsExpected => lang.pick(
            "Choose the transport tls (in a page wss), and securemode 2 with it.",
            "请选择传输方式 tls（网页中为 wss），相应的 securemode 为 2。",
        ),
        CauseId::TlsMix => lang.pick(
            "Choose tls or wss (securemode 2) where the port speaks TLS, tcp or ws (securemode 3) where it does not.",
            "端口使用 TLS 时选择 tls 或 wss（securemode 2），否则选择 tcp 或 ws（securemode 3）。",
        ),
        CauseId::Certificate => lang.pick(
            "Check the host's name and this device's clock; trust the root that it chains to (the platform's: GlobalSign Root CA R1 and R6).",
            "请检查主机名和本机时钟；并信任其证书链的根证书（平台使用 GlobalSign Root CA R1 和 R6）。",
        ),
        CauseId::WrongPort => lang.pick(
            "Use 1883 for tcp and tls, 443 for wss, 80 for ws.",
            "tcp 和 tls 使用 1883，wss 使用 443，ws 使用 80。",
        ),
        CauseId::Unreachable => lang.pick(
            "Check the host's spelling, the port, and whether a firewall or proxy lets this connection out.",
            "请检查主机名的拼写和端口，以及防火墙或代理是否放行这个连接。",
        ),
        CauseId::InsecureFromHttps => lang.pick(
            "Use wss, or open the page over http from this machine.",
            "请使用 wss，或在本机以 http 打开页面。",
        ),
        CauseId::AuthSignature => lang.pick(
            "Check that the deviceSecret is this device's own, whole and without white space, not the product's; that names and values are signed, sorted by name; that the timestamp sent is the one signed; and that signmethod is the method used (hmacmd5 where none is sent).",
            "请检查：deviceSecret 是该设备自己的、完整且不含空白，而不是产品的密钥；名称和值都参与签名，并按名称排序；发送的时间戳就是签名所用的；signmethod 就是实际使用的方法（未发送时为 hmacmd5）。",
        ),
        CauseId::AuthParameter => lang.pick(
            "productKey, deviceName, clientId and sign must be there, the clientId with at most 64 characters, signmethod one of hmacmd5, hmacsha1 and hmacsha256, and the body percent-encoded as application/x-www-form-urlencoded.",
            "productKey、deviceName、clientId 和 sign 都必须有，clientId 不超过 64 个字符，signmethod 为 hmacmd5、hmacsha1、hmacsha256 之一，请求体以 application/x-www-form-urlencoded 编码。",
        ),
        CauseId::AuthFault => lang.pick(
            "Wait and try again; if it stays, look at the device's log in the platform's console.",
            "请稍后重试；若持续出现，请在物联网平台控制台查看该设备的日志。",
        ),
        CauseId::AuthType => lang.pick(
            "Check the product's authentication type in the platform's console: it must be the device's own secret, not a certificate or the product's secret; or connect directly.",
            "请在物联网平台控制台查看产品的认证方式：必须是设备密钥，而不是证书或产品密钥；或者改用域名直连。",
        ),
        CauseId::AuthCodeUnknown => lang.pick(
            "Look at its message, and for the code in the platform's documentation.",
            "请看它的消息，并在平台文档中查找该错误码。",
        ),
    }
}

/// The cause with all that belongs to it.
pub(super) fn whole(cause: &Cause, lang: Lang) -> String {
    let seen: Vec<_> = cause.seen.iter().map(|seen| seen.in_words(lang)).collect();
    let title = cause.title(lang);
    let to_try = cause.to_try(lang);
    match (lang, seen.is_empty()) {
        (Lang::En, true) => format!("{title} {to_try}"),
        (Lang::En, false) => format!("{title} Seen: {}. {to_try}", seen.join("; ")),
        (Lang::Zh, true) => format!("{title}{to_try}"),
        (Lang::Zh, false) => format!("{title}依据：{}。{to_try}", seen.join("；")),
    }
}

/// One thing that was seen, without a full stop.
pub(super) fn seen(seen: &Seen, lang: Lang) -> String {
    match (lang, seen) {
        (Lang::En, Seen::Connack(code)) => {
            format!("CONNACK {} ({})", code.number(), code.in_words(lang))
        }
        (Lang::Zh, Seen::Connack(code)) => {
            format!("CONNACK {}（{}）", code.number(), code.in_words(lang))
        }
        (Lang::En, Seen::AuthCode(code)) => {
            format!("the HTTPS authentication answered with code {code}")
        }
        (Lang::Zh, Seen::AuthCode(code)) => format!("HTTPS 认证应答的错误码为 {code}"),
        (Lang::En, Seen::KeepAlive { sent, min, max }) => {
            format!("the keep alive: it was {sent} s, the window is {min} to {max} s")
        }
        (Lang::Zh, Seen::KeepAlive { sent, min, max }) => {
            format!("保活时间为 {sent} 秒，范围是 {min} 至 {max} 秒")
        }
        (Lang::En, Seen::HostOfOtherProduct { label, product_key }) => {
            format!("the host begins with {label}, and the productKey is {product_key}")
        }
        (Lang::Zh, Seen::HostOfOtherProduct { label, product_key }) => {
            format!("域名以 {label} 开头，而 productKey 是 {product_key}")
        }
        (Lang::En, Seen::Host(host)) => format!("the host is {host}"),
        (Lang::Zh, Seen::Host(host)) => format!("主机为 {host}"),
        (Lang::En, Seen::Lived(ms)) => {
            format!("accepted, and closed again after {}", duration(*ms, lang))
        }
        (Lang::Zh, Seen::Lived(ms)) => format!("连接被接受，{}后又被关闭", duration(*ms, lang)),
        (Lang::En, Seen::ShortLives(times)) => format!(
            "{times} times in a row the platform accepted the connection and closed it shortly after"
        ),
        (Lang::Zh, Seen::ShortLives(times)) => {
            format!("连续 {times} 次，平台接受连接后很快又将其关闭")
        }
        (
            Lang::En,
            Seen::Silence {
                silent_ms,
                keep_alive,
            },
        ) => format!(
            "nothing was sent for {} with a keep alive of {keep_alive} s",
            duration(*silent_ms, lang)
        ),
        (
            Lang::Zh,
            Seen::Silence {
                silent_ms,
                keep_alive,
            },
        ) => format!(
            "保活时间为 {keep_alive} 秒，却有 {}没有发送任何报文",
            duration(*silent_ms, lang)
        ),
        (Lang::En, Seen::TokenAge(ms)) => format!("the iotToken is {} old", duration(*ms, lang)),
        (Lang::Zh, Seen::TokenAge(ms)) => format!("iotToken 已签发 {}", duration(*ms, lang)),
        (_, Seen::Way { transport, port }) => way(*transport, *port, lang),
        (
            Lang::En,
            Seen::OtherPort {
                transport,
                port,
                expected,
            },
        ) => {
            format!("port {port} over {transport}; the platform's is {expected}")
        }
        (
            Lang::Zh,
            Seen::OtherPort {
                transport,
                port,
                expected,
            },
        ) => {
            format!("{transport} 用了端口 {port}，平台的是 {expected}")
        }
        _ => fixed(seen, lang).to_owned(),
    }
}

const fn fixed(seen: &Seen, lang: Lang) -> &'static str {
    match seen {
        Seen::OtherTab => lang.pick(
            "a second tab of this console is connected with the same triple",
            "本调试台的另一个标签页正以同一三元组连接",
        ),
        Seen::BeforeConnack => lang.pick(
            "the connection was closed before a CONNACK came",
            "连接在收到 CONNACK 之前就被关闭",
        ),
        Seen::NoConnack => lang.pick("no CONNACK came in time", "没有及时收到 CONNACK"),
        Seen::Speaks(Speaks::Http) => lang.pick(
            "what came instead of a CONNACK looks like HTTP",
            "收到的不是 CONNACK，看起来是 HTTP",
        ),
        Seen::Speaks(Speaks::Tls) => lang.pick(
            "what came instead of a CONNACK looks like TLS",
            "收到的不是 CONNACK，看起来是 TLS",
        ),
        Seen::Speaks(Speaks::Other) => lang.pick(
            "what came instead of a CONNACK is no MQTT",
            "收到的不是 CONNACK，也不是 MQTT",
        ),
        Seen::PageIsHttps => lang.pick("the page came over https", "页面是通过 https 打开的"),
        Seen::LetInBefore => lang.pick(
            "the same login was accepted before",
            "同样的登录此前曾被接受",
        ),
        Seen::NotOpened => lang.pick("the connection could not be opened", "连接无法建立"),
        Seen::TlsFailed => lang.pick("TLS failed", "TLS 握手失败"),
        Seen::LinkLost => lang.pick("the connection was lost", "连接丢失"),
        Seen::RuleBroken => lang.pick("a packet came that breaks a rule", "收到了违反规则的报文"),
        Seen::Closed => lang.pick("the other side closed the connection", "对端关闭了连接"),
        // The others have a part that varies, and their words stand above.
        _ => "",
    }
}

fn way(transport: TransportKind, port: Option<u16>, lang: Lang) -> String {
    match (lang, port) {
        (Lang::En, Some(port)) => format!("the transport is {transport}, the port {port}"),
        (Lang::En, None) => format!("the transport is {transport}"),
        (Lang::Zh, Some(port)) => format!("传输方式为 {transport}，端口 {port}"),
        (Lang::Zh, None) => format!("传输方式为 {transport}"),
    }
}

/// A duration as people say it, rounded down to two places of its unit at most.
fn duration(ms: u64, lang: Lang) -> String {
    const DAY: u64 = 24 * 3600 * 1000;
    let (value, en, zh) = match ms {
        0..1_000 => return format!("{ms} {}", lang.pick("ms", "毫秒")),
        1_000..120_000 => (ms / 100, "s", "秒"),
        120_000..7_200_000 => (ms / 6_000, "min", "分钟"),
        7_200_000..172_800_000 => (ms / 360_000, "h", "小时"),
        _ => (ms / (DAY / 10), "days", "天"),
    };
    let unit = lang.pick(en, zh);
    match value % 10 {
        0 => format!("{} {unit}", value / 10),
        tenth => format!("{}.{tenth} {unit}", value / 10),
    }
}
