//! The place where a login that somebody else made is checked.

words! {
    /// The place where a login that somebody else made is checked.
    Check {
        title: "Is this login right?", "这个登录参数对吗？";
        lead: "Paste what another tool or a firmware log shows, and the device’s secret: it says whether the signature is right, and if not, which mistake makes it.", "粘贴其他工具或固件日志中的登录参数以及设备的 deviceSecret：这里会判断签名是否正确；若不正确，指出是哪种错误造成的。";
    }
}
