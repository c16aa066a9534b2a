//! Words that more than one place needs.

words! {
    /// Words that more than one place needs.
    Common {
        tagline: "device console", "设备调试台";
        skip_to_content: "Skip to the content", "跳到正文";
        places: "Places", "页面";
        other_language: "中文", "English";
        starting: "Starting", "启动中";
        not_connected: "Not connected", "未连接";
        connecting: "Connecting", "连接中";
        connected: "Connected", "已连接";
        reconnecting: "Reconnecting", "等待重连";
        disconnecting: "Disconnecting", "断开中";
        disconnected: "Disconnected", "已断开";
        refused: "Refused", "被拒绝";
        worker_broken: "The part of the console that holds the connection could not be started. Reload the page; if that does not help, look into the browser's own console.", "负责保持连接的部分未能启动。请刷新页面；若仍无效，请查看浏览器自带的控制台。";
        place_coming: "This place is being loaded.", "正在加载此页面。";
        place_missing: "This place could not be loaded: is the server that the console came from still there? A connection that is up stays up.", "此页面未能加载：提供本调试台的服务器是否仍在运行？已建立的连接不受影响。";
        load_again: "Load it again", "重新加载";
        show: "Show", "显示";
        hide: "Hide", "隐藏";
        close: "Close", "关闭";
        topic: "Topic", "Topic";
        payload: "Payload", "消息内容";
        time: "Time", "时间";
        size: "Size", "大小";
        packet_id: "Packet id", "报文标识";
        held: "held", "保留";
        evicted: "evicted", "已移出";
        newest: "To the newest", "到最新";
        waiting: "waiting", "等待应答";
        sent: "sent", "已发送";
        acknowledged: "acknowledged", "已确认";
        failed: "failed", "失败";
        connect_first: "Not connected.", "尚未连接。";
        do_connect: "Connect", "连接";
    }
}
