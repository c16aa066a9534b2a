//! The place where a triple becomes a connection.

use super::Lang;

words! {
    /// The place where a triple becomes a connection.
    Connect {
        device: "Device", "设备";
        device_hint: "The triple of the device, from its page in the platform's console.", "设备三元组，从物联网平台控制台的设备页获取。";
        sample_hint: "The sample device. The stand-in knows it, so you can connect right away.", "这是示例设备，替身平台已登记，可以直接连接。";
        use_sample: "Use the sample device", "使用示例设备";
        secret_hint: "Stays in this page: it signs, and is neither sent nor stored.", "只留在本页：仅用于签名，不发送，也不保存。";
        whereto: "Where to", "连接到";
        in_page: "In this page", "本页之内";
        in_page_hint: "The cloud side's stand-in runs inside this page. Nothing leaves it.", "云端的替身就运行在本页里，数据不会离开本页。";
        ws_hint: "WebSocket without TLS, signed with securemode 3.", "不加密的 WebSocket，以 securemode 3 签名。";
        wss_hint: "WebSocket over TLS, signed with securemode 2.", "基于 TLS 的 WebSocket，以 securemode 2 签名。";
        address: "Address", "地址";
        by_host: "Host and port", "主机和端口";
        by_region: "Region", "地域";
        host: "Host", "主机";
        port: "Port", "端口";
        region: "Region", "地域";
        connects_to: "Connects to", "将连接到";
        login_and_session: "Login and session", "登录与会话";
        client_id: "Client id", "客户端 ID";
        client_id_hint: "Up to 64 characters. Left empty: productKey.deviceName.", "64 字符内。留空则为 productKey.deviceName。";
        method: "Sign method", "签名方法";
        timestamp: "Timestamp, ms", "时间戳（毫秒）";
        timestamp_hint: "Left empty, none is signed and none is sent.", "留空则不签名，也不发送。";
        now: "Now", "现在";
        keep_alive: "Keep alive, s", "保活时间（秒）";
        keep_alive_hint: "60 to 300.", "60 至 300。";
        clean_session: "Clean session", "清除会话";
        clean_session_hint: "Off: the platform keeps subscriptions and QoS 1 messages while the device is away.", "关闭时，设备离线期间平台保留订阅和 QoS 1 消息。";
        do_disconnect: "Disconnect", "断开";
        fix_first: "Please mend what is marked above first.", "请先修正上面标出的内容。";
        signed_connect: "The signed CONNECT", "签名后的 CONNECT";
        signed_connect_hint: "How this login comes about, as you type.", "登录参数的由来，随输入即时更新。";
        signing_waits: "Still needed before anything can be signed:", "签名之前还需要：";
        step_parameters: "Parameters", "参数";
        step_sorted: "Sorted by name", "按名称排序";
        step_content: "String to sign", "待签名字符串";
        step_hmac: "Signature", "签名";
        step_client_id: "MQTT client id", "MQTT 客户端 ID";
        step_username: "User name", "用户名";
        step_password: "Password", "密码";
        connected_with: "The platform accepted the login.", "平台接受了登录。";
        session_new: "New session", "新会话";
        session_kept: "Session kept from before", "沿用之前的会话";
        the_stand_in: "the stand-in in this page", "本页里的替身";
        refused_with: "CONNACK", "CONNACK";
        what_it_means: "What it means", "含义";
        stand_in_says: "What the stand-in saw", "替身看到的原因";
        next_attempt: "Next attempt in", "距下次尝试";
        attempt: "Attempt", "第几次";
        ended_by_you: "Disconnected, as you asked.", "已按您的要求断开。";
        to_messages: "Subscribe and publish", "订阅与发布";
        to_packets: "See the packets", "查看报文";
    }
}

/// Why each step of signing is so, where the core's own English does not do: `None` there.
#[must_use]
pub fn why(lang: Lang, step: &str) -> Option<&'static str> {
    if lang == Lang::En {
        return None;
    }
    Some(match step {
        "parameters" => {
            "参与签名的参数：clientId 是不带扩展参数的部分；只有发送时间戳时，才对时间戳签名。"
        }
        "sorted" => "按参数名的字典序排序。换一种顺序就会得到另一个签名。",
        "content" => "名称后面紧跟值，依次拼接，没有分隔符；名称也参与签名，不只是值。",
        "hmac" => {
            "密钥是设备自己的 deviceSecret 原文，不是产品的密钥，也不做十六进制解码；这里从不显示它。"
        }
        "client_id" => "两条竖线之间是扩展参数。securemode 跟随传输方式：TLS 为 2，不加密为 3。",
        "username" => "先是设备名，然后是 &，最后是 productKey，顺序不能颠倒。",
        "password" => "签名的十六进制形式，平台不区分大小写。",
        _ => return None,
    })
}
