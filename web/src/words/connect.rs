//! The place where a triple becomes a connection.

words! {
    /// The place where a triple becomes a connection.
    Connect {
        device: "Device", "设备";
        device_hint: "The triple of the device, from its page in the platform's console.", "设备三元组，从物联网平台控制台的设备页获取。";
        sample_hint: "The sample device. The stand-in knows it, so you can connect right away.", "这是示例设备，替身平台已登记，可以直接连接。";
        use_sample: "Use the sample device", "使用示例设备";
        secret_hint: "Stays in this browser: it signs, is never sent, and is kept only with a profile that you ask to.", "只留在本浏览器：仅用于签名，从不发送；只有您要求时才随配置保存。";
        whereto: "Where to", "连接到";
        in_page: "In this page", "本页之内";
        in_page_hint: "The cloud side's stand-in runs inside this page. Nothing leaves it.", "云端的替身就运行在本页里，数据不会离开本页。";
        ws_hint: "WebSocket without TLS, signed with securemode 3.", "不加密的 WebSocket，以 securemode 3 签名。";
        wss_hint: "WebSocket over TLS, signed with securemode 2.", "基于 TLS 的 WebSocket，以 securemode 2 签名。";
        address: "Address", "地址";
        by_host: "Host and port", "主机和端口";
        by_region: "Region", "地域";
        host: "Host", "主机";
        port: "Port", "端口";
        region: "Region", "地域";
        connects_to: "Connects to", "将连接到";
        login_and_session: "Login and session", "登录与会话";
        client_id: "Client id", "客户端 ID";
        client_id_hint: "Up to 64 characters. Left empty: productKey.deviceName.", "64 字符内。留空则为 productKey.deviceName。";
        method: "Sign method", "签名方法";
        timestamp: "Timestamp, ms", "时间戳（毫秒）";
        timestamp_hint: "Left empty, none is signed and none is sent.", "留空则不签名，也不发送。";
        now: "Now", "现在";
        keep_alive: "Keep alive, s", "保活时间（秒）";
        clean_session: "Clean session", "清除会话";
        clean_session_hint: "Off: the platform keeps subscriptions and QoS 1 messages while the device is away.", "关闭时，设备离线期间平台保留订阅和 QoS 1 消息。";
        do_disconnect: "Disconnect", "断开";
        fix_first: "Please mend what is marked above first.", "请先修正上面标出的内容。";
        signed_connect: "The signed CONNECT", "签名后的 CONNECT";
        signed_connect_hint: "How this login comes about, as you type.", "登录参数的由来，随输入即时更新。";
        signing_waits: "Still needed before anything can be signed:", "签名之前还需要：";
        step_parameters: "Parameters", "参数";
        step_sorted: "Sorted by name", "按名称排序";
        step_content: "String to sign", "待签名字符串";
        step_hmac: "Signature", "签名";
        step_client_id: "MQTT client id", "MQTT 客户端 ID";
        step_username: "User name", "用户名";
        step_password: "Password", "密码";
        connected_with: "The platform accepted the login.", "平台接受了登录。";
        session_new: "New session", "新会话";
        session_kept: "Session kept from before", "沿用之前的会话";
        the_stand_in: "the stand-in in this page", "本页里的替身";
        refused_with: "CONNACK", "CONNACK";
        what_it_means: "What it means", "含义";
        stand_in_says: "What the stand-in saw", "替身看到的原因";
        next_attempt: "Next attempt in", "距下次尝试";
        attempt: "Attempt", "第几次";
        ended_by_you: "Disconnected, as you asked.", "已按您的要求断开。";
        to_messages: "Subscribe and publish", "订阅与发布";
        to_packets: "See the packets", "查看报文";

        auth: "Sign in", "认证方式";
        auth_direct: "Direct", "域名直连";
        auth_https: "HTTPS auth", "HTTPS 认证";
        auth_direct_hint: "The CONNECT itself is signed.", "直接对 CONNECT 签名。";
        auth_https_hint: "First a signed request, then a CONNECT with the iotId and iotToken that it grants.", "先发送签名的 HTTPS 请求，再用得到的 iotId 和 iotToken 连接。";
        auth_asks_page: "Asked: the stand-in in this page.", "由本页里的替身认证。";
        auth_asks_program: "Asked: the stand-in of the program that serves this page.", "由提供本页的程序的替身认证。";
        auth_asks_region: "Asked, through the program that serves this page:", "通过提供本页的程序访问：";
        keep_alive_range_hint: "The platform takes {min} to {max}; a stand-in may take others.", "平台允许 {min} 至 {max}；替身可以不同。";
        keep_alive_min: "Accepted from, s", "允许下限（秒）";
        keep_alive_max: "Accepted up to, s", "允许上限（秒）";

        pasted_line_breaks: "The pasted text held line breaks: they were left out. Is it all meant for this field?", "粘贴的文本中有换行，已去掉。全部内容都属于这一栏吗？";
        pasted_ends: "White space around the pasted text was left out.", "已去掉粘贴文本首尾的空白。";
        pasted_invisible: "Invisible characters in the pasted text were left out.", "已去掉粘贴文本中的不可见字符。";

        preflight: "Before anything is sent", "发送之前";
        preflight_good: "Nothing found that would be refused.", "未发现会被拒绝的内容。";
        will_be_refused: "Refused", "会被拒绝";
        doubtful: "Doubtful", "可疑";
        rule_from: "Rule:", "依据：";

        step_form: "The form that is posted", "提交的表单";
        step_form_why: "POST /auth/devicename, application/x-www-form-urlencoded. signmethod, version, resources and sign are sent and not signed.", "POST /auth/devicename，application/x-www-form-urlencoded。signmethod、version、resources 和 sign 只发送，不参与签名。";
        step_token: "Then the CONNECT", "然后是 CONNECT";
        step_token_value: "client id = {id}\nuser name = iotId\npassword  = iotToken", "客户端 ID = {id}\n用户名 = iotId\n密码 = iotToken";
        step_token_why: "The answer grants both for 7 days; the client id is sent as it is, without an extension part.", "两者来自认证的应答，7 天内有效；客户端 ID 原样发送，不带扩展参数。";
        signed_request: "The signed request", "签名后的请求";

        authenticates: "Asking for the HTTPS authentication", "正在进行 HTTPS 认证";
        likely_causes: "What is likely behind it", "可能的原因";
        certain: "certain", "确定";
        likely: "likely", "很可能";
        possible: "possible", "可能";
        seen: "Seen", "依据";
        try_this: "Try", "建议";
        in_its_words: "In the connection's own words", "连接自身的描述（英文）";
        auth_refused_with: "HTTPS auth", "HTTPS 认证";
        other_tab: "Another tab of this console is connected as this device. The platform lets in one client for each triple: the two would push each other off again and again. Disconnect there, or use another device here.", "本调试台的另一个标签页正以同一设备连接。平台对每个三元组只允许一个客户端：两者会不断相互挤下线。请在那边断开，或在这里换一个设备。";

        profiles: "Profiles", "配置";
        profile: "Profile", "配置";
        profile_none: "No profile", "未选择";
        profiles_hint: "Forms under a name, kept by this browser. The secret is kept only where you say so.", "以名称保存的表单，存放在本浏览器中。只有您要求时才保存 deviceSecret。";
        profile_name: "Name", "名称";
        keep_secret: "Keep the secret too", "同时保存 deviceSecret";
        keep_secret_hint: "In this browser's storage, readable for whoever can use this browser.", "保存在本浏览器中，能使用此浏览器的人都可以读到。";
        save: "Save", "保存";
        delete: "Delete", "删除";
        import: "Import a file", "导入文件";
        export: "Export all", "全部导出";
        saved: "Saved:", "已保存：";
        deleted: "Deleted:", "已删除：";
        exported: "Profiles written to a file:", "已导出的配置：";
        exported_secrets: "with their secret:", "其中含 deviceSecret：";
        imported: "New profiles:", "新增配置：";
        imported_renamed: "of which renamed, since the name was taken:", "其中因重名而改名：";
        imported_known: "there already:", "已存在：";

        elsewhere: "Take it elsewhere", "在别处使用";
        elsewhere_hint: "The form as a command line, or as a link. The secret is in neither.", "以命令行或链接的形式使用此表单，两者都不含 deviceSecret。";
        command_for: "Command for", "命令行工具";
        command: "Command line", "命令行";
        copy: "Copy", "复制";
        copied: "Copied", "已复制";
        not_copied: "The browser did not let it be copied: select the text and copy it by hand.", "浏览器不允许复制：请选中文本后手动复制。";
        put_password_in: "Put the signed password into the line", "把签名后的密码写入命令行";
        share_link: "Share link", "分享链接";
        note_secret: "The secret comes from the environment: set TERN_DEVICE_SECRET first.", "deviceSecret 取自环境变量：请先设置 TERN_DEVICE_SECRET。";
        note_password: "The signed password comes from the environment: set TERN_PASSWORD first, to the password shown above.", "签名后的密码取自环境变量：请先将 TERN_PASSWORD 设为上面显示的密码。";
        note_password_inside: "The signed password stands in this line: whoever reads it can log in as this device, and it stays in the shell's history.", "签名后的密码就在命令行中：看到它的人都能以此设备登录，并且它会留在 shell 的历史记录里。";
        note_needs_platform: "The stand-in in this page is not reached from a shell: start `tern platform` first, which knows the same sample device.", "命令行无法访问本页里的替身：请先启动 tern platform，它登记了同一个示例设备。";
        note_no_websocket: "mosquitto's clients have no WebSocket before 2.1: this line uses MQTT on the platform's port, with the same securemode.", "mosquitto 2.1 之前的客户端不支持 WebSocket：此命令使用平台端口上的 MQTT，securemode 不变。";
        note_ca_file: "ca.pem stands for the certificate to trust: the platform's root is GlobalSign R1, a stand-in names its own when it starts.", "ca.pem 代表要信任的证书：平台的根证书是 GlobalSign R1，替身在启动时会给出自己的证书。";
        note_no_https_auth: "This program knows no HTTPS auth: the line signs in directly.", "该程序不支持 HTTPS 认证：此命令使用域名直连。";
        note_auth_url: "Put the address of your stand-in's HTTPS authentication into --auth-url.", "请将 --auth-url 换成您的替身的 HTTPS 认证地址。";
        note_nul: "The payload holds U+0000, which no command line can carry: it was left out.", "消息内容含有 U+0000，命令行无法携带，已去掉。";
        note_bytes: "The payload is no text: write it into a file and give that with -f.", "消息内容不是文本：请写入文件，并用 -f 指定。";
        line_waits: "The form has faults: mend them first.", "表单有误，请先修正。";

        link_whole: "This form came by a link. The secret is never in one: type it, then connect.", "此表单来自链接。链接中不含 deviceSecret：请填写后再连接。";
        link_cut: "The link was cut off on its way.", "链接不完整，途中被截断。";
        link_changed: "The link was changed on its way: check each field.", "链接在途中被改动过：请逐项检查。";
        link_too_long: "The link is longer than any that this console makes: nothing of it was read.", "链接过长，不是本调试台生成的：未读取任何内容。";
        link_missing: "Missing, and left as in an empty form:", "缺少的内容（按空表单处理）：";
        link_damaged: "Damaged or cut short:", "损坏或被截短的内容：";
    }
}
