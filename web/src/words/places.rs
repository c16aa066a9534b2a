//! The names of the places.

words! {
    /// The names of the places.
    Places {
        connect: "Connect", "连接";
        check: "Check", "验签";
        timeline: "Timeline", "报文";
        messages: "Messages", "消息";
        cloud: "Cloud", "云端";
    }
}
