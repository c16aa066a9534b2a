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

        topics: "Topics", "Topic 树";
        all_topics: "All topics", "全部 Topic";
        no_topics: "Each topic that a message comes on will stand here.", "收到消息的 Topic 会列在这里。";
        unfold: "Unfold", "展开";
        fold: "Fold", "收起";

        received: "Received", "收到的消息";
        search: "Search in topic and payload", "在 Topic 和消息内容中搜索";
        found: "found", "条符合";
        all_again: "Show all", "显示全部";
        none_found: "No message fits", "没有符合的消息";
        none_found_hint: "None of the messages held is in this branch with this text.", "保留的消息中，没有属于该分支且包含该文本的。";
        no_messages: "No message yet", "还没有消息";
        no_messages_hint: "Subscribe to a topic. A device that publishes to a topic it subscribes to gets its own message back.", "请先订阅。设备若向自己订阅的 Topic 发布，会收到自己的消息。";
        message: "Message", "消息";
        empty: "empty", "空";
        gone: "This message is no longer held: newer ones took its place.", "这条消息已被更新的消息挤出。";

        shown_as: "Shown as", "显示方式";
        auto: "Auto", "自动";
        text: "Text", "文本";
        empty_payload: "The payload is empty.", "消息内容为空。";
        cut_here: "lines more", "行未显示";
        show_all: "Show all of it", "显示全部";
        compare: "Difference from the message before", "与上一条的差异";
        no_before: "No message before it on this topic is held.", "此 Topic 上没有保留更早的消息。";
        no_difference: "Nothing differs.", "没有差异。";
        coarse: "So much differs that lines are not aligned.", "差异过大，未逐行对齐。";
        same_lines: "lines unchanged", "行相同";
        gone_lines: "removed", "删除";
        new_lines: "added", "新增";
        use_it: "Publish it again…", "再次发布…";

        over_time: "A number over time", "数值曲线";
        none: "none", "无";
        whole_payload: "(the whole payload)", "（整个消息内容）";
        lowest: "lowest", "最低";
        highest: "highest", "最高";
        latest: "latest", "最新";
        values: "values", "个值";
        without: "without it", "条没有该值";
        unread: "still to be read", "条待读取";
        no_numbers: "No message held has this number.", "保留的消息中都没有该值。";
        as_table: "Values as a table", "以表格显示";
        value: "Value", "值";

        publish: "Publish", "发布";
        published: "Published", "已发布";
        typed_as: "Typed as", "输入方式";
        every: "Repeat every", "重复间隔";
        start: "Start", "开始";
        stop: "Stop", "停止";
        repeating: "Repeating", "重复发布中";
        repeated: "Repeated", "已重复";
        times: "times", "次";
        stopped: "stopped", "已停止";
        connection_over: "the connection is over", "连接已结束";

        drafts: "Drafts", "草稿";
        draft_name: "Name of the draft", "草稿名称";
        save: "Save", "保存";
        load: "Load", "载入";
        delete: "Delete", "删除";
        no_drafts: "What you save stands here, and stays in this browser.", "保存的草稿列在这里，只存放在本浏览器中。";
        history: "History", "历史";
        no_history: "What you publish stands here, and stays in this browser.", "发布过的内容列在这里，只存放在本浏览器中。";
        forget: "Forget the history", "清除历史";
    }
}
