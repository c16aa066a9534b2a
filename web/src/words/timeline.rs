//! Everything that went over the wire.

words! {
    /// Everything that went over the wire.
    Timeline {
        no_packets: "Nothing went over the wire yet", "还没有任何报文";
        no_packets_hint: "Connect: the first packet will be the CONNECT.", "点“连接”：第一个报文将是 CONNECT。";
        direction: "Direction", "方向";
        sent_up: "sent", "发出";
        received_down: "received", "收到";
        kind: "Type", "类型";
        details: "Details", "内容";
        up: "up", "上行";
        down: "down", "下行";
        clear: "Clear", "清空";
        malformed: "MALFORMED", "格式错误";
        at_byte: "at byte", "位于字节";
        pause: "Pause", "暂停";
        go_on: "Go on", "继续";
        paused: "Paused; everything is still received", "已暂停，后台仍在接收";
        behind: "newer", "条更新的报文";
        round_trip: "Round trip", "往返";
        frame: "WS message", "WS 消息";
        frame_hint: "The WebSocket messages that this packet lay in: their borders are not those of packets.", "该报文所在的 WebSocket 消息：两者的边界并不一致。";
        filter: "Filter", "筛选";
        filter_text: "Text in the packet", "报文中的文本";
        filter_topic: "Topic, + and # allowed", "Topic，可用 + 和 #";
        both_ways: "both", "全部";
        kinds: "Types", "类型";
        all_kinds: "All types", "全部类型";
        all: "All", "全选";
        none: "None", "全不选";
        pass: "pass", "条符合";
        all_again: "No filter", "取消筛选";
        none_pass: "No packet passes the filter", "没有符合筛选条件的报文";
        none_pass_hint: "Packets are still collected; choose another filter to see them.", "报文仍在收集，换一个筛选条件即可查看。";
    }
}
