//! The cloud side: who is online, messages pushed down, faults.

use super::Lang;
use crate::protocol::cloud::ProblemKind;

words! {
    /// The cloud side: who is online, messages pushed down, faults.
    Cloud {
        title: "The cloud side", "云端";
        source: "Whose cloud side", "数据来源";
        source_in_page: "In this page", "本页之内";
        in_page_lead: "The stand-in that runs inside this page.", "运行在本页内的替身平台。";
        served_lead: "The tern platform that serves this page, MQTT at", "提供本页的 tern platform，MQTT 地址";
        elsewhere: "The page's device is set to connect elsewhere:", "本页的设备将连接到别处：";
        elsewhere_in_page: "the stand-in in this page", "本页内的替身平台";
        cannot_reach: "What its cloud side does can't be seen from here: the real platform's console shows that. Below is the stand-in inside this page; or start tern up and open the console at the address that it prints.", "从这里看不到那一侧的情况，请到物联网平台控制台查看。下面是本页内的替身平台；也可以启动 tern up，再打开它给出的控制台地址。";
        use_in_page: "Connect to the stand-in in this page", "改连本页内的替身平台";
        to_connect: "Change where it connects", "修改连接目标";
        loading: "Asking the control address…", "正在查询控制接口……";
        stale: "What is shown was true when it last answered.", "以下为上一次应答时的状态。";

        devices: "Devices", "设备";
        device: "Device", "设备";
        state: "State", "状态";
        online_since: "online since", "在线，自";
        offline_since: "offline since", "离线，自";
        never: "never came", "从未上线";
        disabled: "disabled", "已禁用";
        subscriptions: "Subscriptions", "订阅";
        no_subscriptions: "none", "无";
        queued: "Queued", "排队";
        queued_hint: "QoS 1 messages that wait for the device", "等待设备的 QoS 1 消息数";
        in_flight: "In flight", "在途";
        in_flight_hint: "QoS 1 messages sent and not acknowledged", "已发送、尚未确认的 QoS 1 消息数";
        do_disable: "Disable", "禁用";
        do_enable: "Enable", "启用";
        do_remove: "Remove", "删除";
        really_remove: "Really remove?", "确认删除？";
        this_page: "this page's device", "本页的设备";
        no_devices: "No device is registered", "没有已注册的设备";
        no_devices_hint: "Every login is refused until you add one.", "添加设备之前，所有登录都会被拒绝。";
        more_devices: "more devices, not listed here", "台设备未在此列出";

        add: "Add a device", "添加设备";
        add_hint: "Kept until the stand-in ends; the secret is never shown again.", "保留到替身平台结束；密钥之后不再显示。";
        do_add: "Add", "添加";
        added: "Added.", "已添加。";
        empty: "Still needed.", "请填写。";
        too_long: "At most 64 characters.", "最多 64 个字符。";
        rule_product_key: "ASCII letters and digits only: it is part of a host name.", "只能是英文字母和数字：它是域名的一部分。";
        rule_device_name: "ASCII letters, digits and - _ . : @ only.", "只能是英文字母、数字和 - _ . : @。";
        rule_device_secret: "Visible ASCII characters only: no space, no line end.", "只能是可见的 ASCII 字符，不能有空格和换行。";

        push: "Push a message", "下行推送";
        to_device: "To", "推送到";
        qos: "QoS", "QoS";
        count: "How many", "条数";
        do_push: "Push", "推送";
        stop: "Stop", "停止";
        pushing: "Pushing…", "推送中……";
        stopped: "Stopped.", "已停止。";
        pushed: "Pushed", "已推送";
        routed: "on their way", "已下发";
        was_queued: "queued", "已排队";
        not_subscribed: "not subscribed: the device has no subscription for this topic", "未订阅：设备没有订阅该 Topic";
        was_offline: "lost: the device is offline, and QoS 0 is not kept", "已丢弃：设备离线，QoS 0 消息不保留";
        was_dropped: "dropped at a limit", "超出限制被丢弃";
        no_topic: "No topic name:", "不是合法的 Topic：";
        not_its_topic: "Not a topic of this device. Use one that begins with", "不是该设备的 Topic，请使用以此开头的 Topic：";
        too_large: "The payload is over 256 KiB. Bytes:", "消息内容超过 256 KiB，字节数：";
        bad_count: "A whole number from 1 to 100000.", "1 到 100000 的整数。";
        first_a_device: "Add a device first.", "请先添加设备。";

        faults: "Faults", "故障注入";
        faults_of: "For", "作用于";
        all_devices: "All devices", "全部设备";
        refuse: "Refuse logins", "拒绝登录";
        refuse_hint: "Every CONNECT gets this CONNACK code.", "所有 CONNECT 都以此返回码应答 CONNACK。";
        auth_refuse: "Refuse HTTPS authentication", "拒绝 HTTPS 认证";
        auth_refuse_hint: "Every authentication gets this code.", "所有认证请求都返回此错误码。";
        code: "Code", "返回码";
        cut_now: "Cut now", "立即断开";
        cut_now_hint: "Cuts the connections that there are, once.", "断开现有连接，仅一次。";
        after_connect: "Cut after each login", "登录后即断开";
        after_connect_hint: "Right after the CONNACK, each time.", "每次在 CONNACK 之后立即断开。";
        delay: "Delay", "延迟";
        delay_hint: "Everything sent to the device comes so much later.", "发往设备的数据都推迟这么久。";
        milliseconds: "Milliseconds", "毫秒";
        bad_delay: "A whole number from 1 to 600000 ms.", "1 到 600000 毫秒的整数。";
        half_open: "Half-open link", "半开连接";
        half_open_hint: "The link stays open and is dead: the device has to notice.", "连接看似正常，其实已失效，只能由设备自己发现。";
        garbage: "Garbage", "乱码";
        garbage_hint: "Bytes that are no MQTT, in the place of every packet.", "每个报文都换成不是 MQTT 的字节。";
        on_now: "On now", "当前生效";
        none_on: "No fault is on.", "没有生效的故障。";
        all_off: "All off", "全部关闭";
        for_all: "all", "全部";

        rival: "Second client", "第二个客户端";
        rival_hint: "Logs in with the same triple: the platform keeps the newer connection, so the two push each other off.", "使用同一设备三元组登录：平台只保留较新的连接，于是两者互相顶下线。";
        rival_switch: "A second client is on", "启用第二个客户端";
        rival_of: "As", "冒用";
        rival_elsewhere: "Only the stand-in in this page has one. Here, open the console in a second tab, or let tern run log in with the same triple.", "仅本页内的替身平台提供。此处请在另一个标签页打开调试台，或用 tern run 以同一三元组登录。";
        rival_connecting: "logging in", "登录中";
        rival_connected: "it is in", "已登录";
        rival_waiting: "pushed off; it comes back", "被顶下线，稍后重连";
        rival_stopped: "refused; it does not come back", "被拒绝，不再重试";
        logins: "logins", "次登录";

        events: "Events", "事件";
        events_dropped: "no longer held", "已移出";
        no_events: "Nothing has happened yet", "尚无事件";
        no_events_hint: "Logins, refusals, subscriptions and messages are listed here as the platform sees them.", "登录、拒绝、订阅和消息会在这里列出，以平台所见为准。";
        clear: "Clear", "清空";
        keep_alive: "keep alive", "保活";
        session_kept: "session kept", "沿用会话";
        not_routed: "not passed on: not its topic", "未转发：不是它的 Topic";
        they_say: "The stand-in says:", "替身平台的原话：";

        unreachable: "The control address does not answer. Is tern platform still running? It is asked again every 2 seconds.", "控制接口没有应答。tern platform 还在运行吗？每 2 秒重试一次。";
        ask_again: "Ask again", "立即重试";
        forbidden: "The control address refuses this page (403): it takes requests only from a page that it serves itself, by the address of this machine. Open the console at the address that tern platform printed.", "控制接口拒绝了本页（403）：它只接受由它自己提供、且以本机地址打开的页面。请用 tern platform 给出的地址打开调试台。";
        no_device: "This device is not registered (404). It may have been removed meanwhile: choose another one, or add it.", "该设备未注册（404），可能刚被删除。请选择其他设备，或重新添加。";
        known: "A device of this name is registered already. Remove that one first, or choose another name.", "同名设备已注册。请先删除它，或换一个名称。";
        rule: "The stand-in does not take this. Change what it names, and try again.", "替身平台不接受此请求。请按其说明修改后重试。";
        other: "The answer can't be understood. Are the page and tern platform of the same version? Reload the page.", "无法理解应答内容。页面与 tern platform 的版本是否一致？请刷新页面。";
    }
}

impl Cloud {
    /// What is wrong, and what to do.
    #[must_use]
    pub const fn of(&self, problem: ProblemKind) -> &'static str {
        match problem {
            ProblemKind::Unreachable => self.unreachable,
            ProblemKind::Forbidden => self.forbidden,
            ProblemKind::NoDevice => self.no_device,
            ProblemKind::Known => self.known,
            ProblemKind::Rule => self.rule,
            ProblemKind::Other => self.other,
        }
    }
}

/// The name of an event; one that is not known keeps its own.
#[must_use]
pub fn event(lang: Lang, name: &str) -> &str {
    let (en, zh) = match name {
        "connected" => ("connected", "已上线"),
        "refused" => ("refused", "被拒绝"),
        "disconnected" => ("disconnected", "已断开"),
        "published" => ("published", "上行消息"),
        "subscribed" => ("subscribed", "已订阅"),
        "subscribe_refused" => ("subscription refused", "订阅被拒绝"),
        "unsubscribed" => ("unsubscribed", "已取消订阅"),
        "dropped" => ("message dropped", "消息被丢弃"),
        "ignored" => ("ignored", "已忽略"),
        "authenticated" => ("authenticated", "认证通过"),
        "auth_refused" => ("authentication refused", "认证被拒绝"),
        "handshake_failed" => ("TLS handshake failed", "TLS 握手失败"),
        "accept_failed" => ("accept failed", "接受连接失败"),
        "request_refused" => ("request refused", "请求被拒绝"),
        "events_dropped" => ("events missed", "遗漏的事件"),
        other => return other,
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What a CONNACK code that refuses says, in the standard's words.
#[must_use]
pub const fn refusal(lang: Lang, code: u8) -> &'static str {
    let (en, zh) = match code {
        1 => ("protocol version", "协议版本"),
        2 => ("client id", "客户端 ID"),
        3 => ("server unavailable", "服务不可用"),
        4 => ("user name or password", "用户名或密码"),
        _ => ("not authorized", "未授权"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What a code of the HTTPS authentication says.
#[must_use]
pub const fn auth_refusal(lang: Lang, code: u32) -> &'static str {
    let (en, zh) = match code {
        401 => ("signature", "签名错误"),
        460 => ("parameter", "参数错误"),
        5001 => ("device not found", "设备不存在"),
        6200 => ("authentication type", "认证类型不匹配"),
        _ => ("unknown error", "未知错误"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
