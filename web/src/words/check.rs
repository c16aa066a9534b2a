//! The place where a login that somebody else made is checked.

words! {
    /// The place where a login that somebody else made is checked.
    Check {
        title: "Is this login right?", "这个登录参数对吗？";
        text: "A log or JSON with the login in it", "含有登录参数的日志或 JSON";
        text_hint: "Optional: paste it whole, and the parts are found. It stays in this page.", "可选：整段粘贴，会自动找出各项。内容只留在本页。";
        found: "Parts found:", "找到的项数：";
        found_none: "No part of a login was found in this text: paste the parts one by one.", "这段文本中没有找到登录参数：请逐项粘贴。";
        client_id: "MQTT client id", "MQTT 客户端 ID";
        client_id_hint: "The whole of it, with what stands between the bars.", "完整内容，包括两条竖线之间的部分。";
        username: "User name", "用户名";
        password: "Password", "密码";
        secret_hint: "Stays in this page: it signs, and is neither sent nor stored.", "只留在本页：仅用于签名，不发送，也不保存。";
        other_secret: "Another secret, such as the product's", "其他密钥，例如 productSecret";
        other_secret_hint: "Optional: it is tried too, in case it was taken for the device's.", "可选：也会尝试，以防被误当作 deviceSecret。";
        transport: "Carried by", "传输方式";
        transport_unknown: "Not known", "未知";
        transport_tls: "TLS or wss", "TLS 或 wss";
        transport_tcp: "TCP or ws", "TCP 或 ws";
        clear: "Clear all", "全部清空";
        empty: "Nothing to check yet", "还没有可检查的内容";
        empty_hint: "Client id, user name, password and the device's secret are needed; the verdict follows as you type.", "需要客户端 ID、用户名、密码和 deviceSecret；结论随输入即时给出。";
        right: "The login is right", "登录参数正确";
        right_but: "The signature is right, the login is not", "签名正确，但登录参数有误";
        wrong: "The login is wrong, and this is why", "登录参数有误，原因如下";
        unknown: "The password is wrong, and no known mistake makes it", "密码有误，且不属于任何已知的错误";
        missing: "Still needed", "还需要";
        signed_content: "What was signed", "实际签名的字符串";
        right_content: "What is to be signed", "应当签名的字符串";
        notes: "What else was noticed", "另外注意到";
        refused_note: "refused", "会被拒绝";
        right_login: "What the login should be", "正确的登录参数";
        lead: "Paste what another tool or a firmware log shows, and the device’s secret: it says whether the signature is right, and if not, which mistake makes it.", "粘贴其他工具或固件日志中的登录参数以及设备的 deviceSecret：这里会判断签名是否正确；若不正确，指出是哪种错误造成的。";
    }
}
