//! One packet, byte by byte.

words! {
    /// One packet, byte by byte.
    Inspector {
        title: "Inspector", "报文解析";
        bytes: "Bytes", "字节";
        fields: "Fields", "字段";
        about: "The field looked at", "当前字段";
        hint: "Point at a byte or a field, or step through them with the arrow keys: what belongs together lights up, and its meaning stands here.",
            "将指针移到字节或字段上，或用方向键逐个查看：对应的部分会高亮，含义显示在这里。";
        broken_at: "Rule broken at byte", "违反规则，位于字节";
        bad_byte: "bad byte", "错误字节";
        missing: "missing", "缺失";
        byte: "byte", "字节";
        bytes_from: "bytes", "字节";
        bits_of_byte: "bits of byte", "按位拆解字节";
        not_drawn: "bytes not drawn", "个字节未显示";
        empty: "empty", "空";
        hidden: "hidden", "已隐藏";
        show_password: "Show password", "显示密码";
        hide_password: "Hide password", "隐藏密码";
        copy: "Copy as hex", "复制为十六进制";
        copied: "Copied", "已复制";
        copied_without_password: "Copied without the password", "已复制（不含密码）";
        copy_yourself: "The browser does not let this page copy. Take the text from here:", "浏览器不允许本页复制，请从此处自行复制：";
        gone: "This packet is no longer held.", "该报文已不再保留。";
    }
}
