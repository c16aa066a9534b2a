//! The sheet of keys.

words! {
    /// The sheet of keys.
    Keys {
        title: "Keys", "快捷键";
        open: "Keyboard shortcuts", "快捷键";
        close: "Close this sheet", "关闭";
        go: "Go to a place", "切换页面";
        search: "Search or filter", "搜索或筛选";
        pause: "Pause or go on", "暂停或继续";
        next: "The next packet or message", "下一条";
        previous: "The one before", "上一条";
        newest: "To the newest", "到最新一条";
        leave: "Leave a field, close what is open", "离开输入框，关闭弹层";
        help: "Show this sheet", "显示本页";
        inspect: "To the fields of the packet chosen", "查看所选报文的字段";
        connect: "Connect or disconnect", "连接或断开";
    }
}
