//! Subscribe, publish, and what was received.

words! {
    /// Subscribe, publish, and what was received.
    Messages {
        subscribe: "Subscribe", "订阅";
        unsubscribe: "Unsubscribe", "取消订阅";
        filter: "Topic filter", "Topic 过滤器";
        subscriptions: "Subscriptions", "已订阅";
        no_subscriptions: "None yet.", "暂无。";
        asked: "asked", "等待应答";
        granted: "granted", "已生效";
        sub_refused: "refused: not one of this device's own topics?", "被拒绝：是否不是本设备自己的 Topic？";
        ending: "ending", "取消中";
        publish: "Publish", "发布";
        published: "Published", "已发布";
        received: "Received", "收到的消息";
        no_messages: "No message yet", "还没有消息";
        no_messages_hint: "Subscribe to a topic. A device that publishes to a topic it subscribes to gets its own message back.", "请先订阅。设备若向自己订阅的 Topic 发布，会收到自己的消息。";
        choose_message: "Choose a message to see all of it.", "选择一条消息查看全部内容。";
        message: "Message", "消息";
        not_text: "Not text: shown in hex.", "不是文本，以十六进制显示。";
        gone: "This message is no longer held: newer ones took its place.", "这条消息已被更新的消息挤出。";
    }
}
