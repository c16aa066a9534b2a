//! The mistakes and the verdict, in both languages.

use super::{
    Blank, Encoding, Extra, Hash, InWords, Joint, Lang, Mistake, NameCase, Part, SignedId, Verdict,
};

/// What was done, as a sentence.
pub(super) fn what(mistake: &Mistake, lang: Lang) -> String {
    match (lang, mistake) {
        (Lang::En, Mistake::OtherId(id)) => {
            format!("As clientId {} was signed.", signed_id(*id, lang))
        }
        (Lang::Zh, Mistake::OtherId(id)) => {
            format!("签名时 clientId 用的是{}。", signed_id(*id, lang))
        }
        (Lang::En, Mistake::LeftOut(name)) => format!("{name} was left out of what was signed."),
        (Lang::Zh, Mistake::LeftOut(name)) => format!("待签名字符串中漏掉了 {name}。"),
        (Lang::En, Mistake::Order(order)) => format!(
            "The parameters were not sorted by name: they were signed in the order {}.",
            order.join(", ")
        ),
        (Lang::Zh, Mistake::Order(order)) => {
            format!("参数没有按名称排序：签名时的顺序是 {}。", order.join("、"))
        }
        (_, Mistake::Joined(joint)) => joined(*joint, lang),
        (Lang::En, Mistake::TimestampNotSent { signed }) => {
            format!("The timestamp {signed} was signed, and none is sent.")
        }
        (Lang::Zh, Mistake::TimestampNotSent { signed }) => {
            format!("时间戳 {signed} 参与了签名，却没有发送。")
        }
        (Lang::En, Mistake::TimestampUnit { sent, signed }) => format!(
            "Seconds against milliseconds: timestamp={sent} is sent, and {signed} was signed."
        ),
        (Lang::Zh, Mistake::TimestampUnit { sent, signed }) => {
            format!("秒与毫秒混用：发送的是 timestamp={sent}，签名用的却是 {signed}。")
        }
        (Lang::En, Mistake::OtherTimestamp { sent, signed }) => {
            format!("timestamp={sent} is sent, and another one, {signed}, was signed.")
        }
        (Lang::Zh, Mistake::OtherTimestamp { sent, signed }) => {
            format!("发送的是 timestamp={sent}，签名用的却是另一个时间戳 {signed}。")
        }
        (Lang::En, Mistake::Names(case)) => {
            format!("The names were spelled otherwise: {}.", name_case(*case))
        }
        (Lang::Zh, Mistake::Names(case)) => {
            format!("参数名的写法不对：写成了 {}。", name_case(*case))
        }
        (Lang::En, Mistake::ExtraSigned(extra)) => {
            format!("{} signed too.", extra_signed(*extra, lang))
        }
        (Lang::Zh, Mistake::ExtraSigned(extra)) => {
            format!("{}也参与了签名。", extra_signed(*extra, lang))
        }
        (Lang::En, Mistake::ContentBlank(blank)) => {
            format!("{} was signed with the content.", blank_words(*blank, lang))
        }
        (Lang::Zh, Mistake::ContentBlank(blank)) => {
            format!("待签名字符串带上了{}。", blank_words(*blank, lang))
        }
        (Lang::En, Mistake::OtherMethod { declared, used }) => {
            format!("The client id declares {declared}, and {used} was used.")
        }
        (Lang::Zh, Mistake::OtherMethod { declared, used }) => {
            format!("客户端 ID 中声明的是 {declared}，实际使用的却是 {used}。")
        }
        (Lang::En, Mistake::SecretBlank(blank)) => format!(
            "{} was taken for a part of the secret.",
            blank_words(*blank, lang)
        ),
        (Lang::Zh, Mistake::SecretBlank(blank)) => {
            format!("密钥带上了{}。", blank_words(*blank, lang))
        }
        (Lang::En, Mistake::OtherSecret { name }) => {
            format!("Another secret was used as the key: {name}.")
        }
        (Lang::Zh, Mistake::OtherSecret { name }) => {
            format!("用作密钥的是另一个密钥：{name}。")
        }
        (Lang::En, Mistake::PlainHash(hash)) => format!(
            "A plain hash of {} was made instead of an HMAC.",
            hashed(*hash, lang)
        ),
        (Lang::Zh, Mistake::PlainHash(hash)) => {
            format!("没有用 HMAC，而是对{}直接做了散列。", hashed(*hash, lang))
        }
        (Lang::En, Mistake::Encoded(encoding)) => {
            format!(
                "The password is {} instead of its hex.",
                encoded(*encoding, lang)
            )
        }
        (Lang::Zh, Mistake::Encoded(encoding)) => {
            format!(
                "密码是{}，而不是签名的十六进制形式。",
                encoded(*encoding, lang)
            )
        }
        (Lang::En, Mistake::Cut { from, len, of }) => format!(
            "The signature is cut: of its {of} characters {len} are there, from the {}.",
            ordinal(from + 1)
        ),
        (Lang::Zh, Mistake::Cut { from, len, of }) => format!(
            "签名不完整：全长 {of} 个字符，只有从第 {} 个开始的 {len} 个。",
            from + 1
        ),
        _ => fixed(mistake, lang).to_owned(),
    }
}

fn fixed(mistake: &Mistake, lang: Lang) -> &'static str {
    match mistake {
        Mistake::ValuesOnly => lang.pick(
            "The values alone were signed, without their names.",
            "只对参数值做了签名，没有参数名。",
        ),
        Mistake::TimestampNotSigned => lang.pick(
            "The timestamp is sent, and was not signed.",
            "时间戳发送了，却没有参与签名。",
        ),
        Mistake::ValuesSwapped => lang.pick(
            "productKey and deviceName were signed with each other's value.",
            "签名时 productKey 与 deviceName 的值颠倒了。",
        ),
        Mistake::UsernameSwapped => lang.pick(
            "The user name is productKey&deviceName: its halves stand in the wrong order.",
            "用户名写成了 productKey&deviceName，前后颠倒。",
        ),
        Mistake::ValuesLowered => lang.pick(
            "The values were put into lower case before they were signed.",
            "签名前参数值被转成了小写。",
        ),
        Mistake::UrlEncoded => lang.pick(
            "The values were percent-encoded before they were signed.",
            "签名前参数值做了 URL 编码。",
        ),
        Mistake::SecretCase => lang.pick(
            "The secret was put into another case.",
            "密钥的大小写被改变了。",
        ),
        Mistake::SecretDecoded => lang.pick(
            "The secret was decoded from hex, and its bytes were used as the key.",
            "密钥被当作十六进制解码，用解码后的字节作了密钥。",
        ),
        Mistake::KeyAndMessageSwapped => lang.pick(
            "Key and message of the HMAC are swapped: the content was the key, the secret the message.",
            "HMAC 的密钥与消息颠倒了：待签名字符串作了密钥，deviceSecret 作了消息。",
        ),
        Mistake::SecretSent => lang.pick(
            "The password is the secret itself, not a signature made with it.",
            "密码就是 deviceSecret 本身，而不是用它计算的签名。",
        ),
        // The others have a part that varies, and their words stand above.
        _ => "",
    }
}

/// What to do about a mistake.
pub(super) fn advice(mistake: &Mistake, lang: Lang) -> String {
    match mistake {
        Mistake::OtherId(_) => lang.pick(
            "Sign the bare client id: exactly what is sent before the first '|'.",
            "请对不带扩展参数的 clientId 签名，即所发送的第一个“|”之前的部分，一字不差。",
        ),
        Mistake::LeftOut(_) => lang.pick(
            "Sign productKey, deviceName and clientId, and the timestamp if one is sent.",
            "productKey、deviceName 和 clientId 都要参与签名；发送时间戳时，它也要。",
        ),
        Mistake::ValuesOnly => lang.pick(
            "Put each name before its value. The platform's document says \"values\"; its example, which is right, has both.",
            "每个值之前要有它的名称。文档的文字说“参数值”，但示例（它是对的）两者都有。",
        ),
        Mistake::Order(_) => lang.pick(
            "Sort by name: clientId, deviceName, productKey, timestamp.",
            "请按名称排序：clientId、deviceName、productKey、timestamp。",
        ),
        Mistake::Joined(_) => lang.pick(
            "Join names and values without anything between them.",
            "名称和值直接相连，中间什么都不加。",
        ),
        Mistake::TimestampNotSigned => lang.pick(
            "Add the timestamp to the content, or take it out of the client id.",
            "请把 timestamp 加入待签名字符串，或从客户端 ID 中去掉它。",
        ),
        Mistake::TimestampNotSent { .. } => lang.pick(
            "Send the signed timestamp between the bars of the client id, or leave it out of the content.",
            "请把签名所用的 timestamp 写进客户端 ID 的两条竖线之间，或不让它参与签名。",
        ),
        Mistake::TimestampUnit { .. } | Mistake::OtherTimestamp { .. } => lang.pick(
            "Take the time once, in milliseconds, and use that very text for both.",
            "只取一次时间（毫秒），签名和发送用同一个文本。",
        ),
        Mistake::ValuesSwapped => lang.pick(
            "Check the arguments of the signing function: productKey is the product's, deviceName the device's.",
            "请检查签名函数的参数：productKey 是产品的，deviceName 是设备的。",
        ),
        Mistake::UsernameSwapped => lang.pick(
            "Send deviceName&productKey.",
            "请发送 deviceName&productKey。",
        ),
        Mistake::Names(_) => lang.pick(
            "Spell them clientId, deviceName, productKey, timestamp.",
            "请写成 clientId、deviceName、productKey、timestamp。",
        ),
        Mistake::ValuesLowered => lang.pick(
            "Sign the values as they are: upper and lower case differ. Browsers and URL parsers lower a host name, so don't take the productKey from there.",
            "请按原样对值签名：大小写有别。浏览器和 URL 解析会把主机名转成小写，不要从那里取 productKey。",
        ),
        Mistake::ExtraSigned(_) => lang.pick(
            "Sign productKey, deviceName, clientId and timestamp, and nothing else that is sent.",
            "只对 productKey、deviceName、clientId 和 timestamp 签名，其他发送的参数都不参与。",
        ),
        Mistake::UrlEncoded => lang.pick(
            "Sign the values as they are; only the form of the HTTPS authentication is encoded, and after signing.",
            "请按原样对值签名；只有 HTTPS 认证的表单需要编码，而且在签名之后。",
        ),
        Mistake::ContentBlank(Blank::LineFeed) => lang.pick(
            "Sign without the line end: use printf '%s' or echo -n.",
            "签名时不要带换行：请用 printf '%s' 或 echo -n。",
        ),
        Mistake::ContentBlank(_) => lang.pick(
            "Take it out before signing.",
            "请在签名前将其去掉。",
        ),
        Mistake::OtherMethod { .. } => lang.pick(
            "Declare in signmethod the method that is used.",
            "请让 signmethod 与实际使用的方法一致。",
        ),
        Mistake::SecretBlank(_) => lang.pick(
            "Use the secret's visible characters alone; cut line ends when reading it from a file.",
            "只使用密钥的可见字符；从文件读取时请去掉换行。",
        ),
        Mistake::SecretCase => lang.pick(
            "Use the secret as the platform's console shows it: upper and lower case differ.",
            "请按物联网平台控制台显示的原样使用密钥：大小写有别。",
        ),
        Mistake::SecretDecoded => lang.pick(
            "Use the secret's text as the key, as it is.",
            "请直接用密钥的文本作为 HMAC 的密钥。",
        ),
        Mistake::OtherSecret { .. } => lang.pick(
            "Use the device's own secret, from the device's page in the platform's console.",
            "请使用设备自己的 deviceSecret，从物联网平台控制台的设备页获取。",
        ),
        Mistake::KeyAndMessageSwapped => lang.pick(
            "Look at the order of the HMAC function's arguments: the secret is the key.",
            "请检查 HMAC 函数的参数顺序：密钥是 deviceSecret。",
        ),
        Mistake::PlainHash(_) => lang.pick(
            "Use HMAC with the secret as its key; appending the secret to the content is something else.",
            "请使用以 deviceSecret 为密钥的 HMAC；把密钥拼到内容上是另一回事。",
        ),
        Mistake::Encoded(_) => lang.pick(
            "Write the digest's bytes in hex, two characters each.",
            "请把签名的字节写成十六进制，每字节两个字符。",
        ),
        Mistake::Cut { .. } => lang.pick(
            "Send all of it; look for a buffer that is too small, or a column that cuts.",
            "请完整发送；看看是不是缓冲区太小，或者字段长度被限制。",
        ),
        Mistake::SecretSent => lang.pick(
            "Send the signature instead, and never the secret: whoever read it on the way can be this device. Consider a new one.",
            "请发送签名，绝不要发送密钥：途中看到它的人都能冒充该设备。建议更换密钥。",
        ),
    }
    .to_owned()
}

/// The verdict, and for mistakes all of them with what to do.
pub(super) fn verdict(verdict: &Verdict, lang: Lang) -> String {
    match verdict {
        Verdict::Right => lang
            .pick(
                "The password is right: it is the signature that the platform expects.",
                "密码正确：正是平台所期望的签名。",
            )
            .to_owned(),
        Verdict::Mistaken { mistakes, .. } => {
            let lead = lang.pick(
                "The password is not right. This reproduces it exactly:",
                "密码不正确。以下做法可以精确重现它：",
            );
            let told: Vec<_> = mistakes
                .iter()
                .map(|mistake| {
                    let between = lang.pick(" ", "");
                    format!("{}{between}{}", what(mistake, lang), advice(mistake, lang))
                })
                .collect();
            format!(
                "{lead}{}{}",
                lang.pick(" ", ""),
                told.join(lang.pick(" ", ""))
            )
        }
        Verdict::Unknown { tried } => match lang {
            Lang::En => format!(
                "The password is not right, and none of the known mistakes makes it ({tried} ways were tried). \
                 Most likely the secret is another device's or incomplete, or the password was made for another \
                 client id, user name or timestamp."
            ),
            Lang::Zh => format!(
                "密码不正确，而且已知的错误都得不出它（试了 {tried} 种做法）。很可能密钥属于别的设备或不完整，\
                 或者密码是为另一个客户端 ID、用户名或时间戳生成的。"
            ),
        },
        Verdict::Missing(parts) => {
            let names: Vec<_> = parts.iter().map(|part| part.in_words(lang)).collect();
            match lang {
                Lang::En => format!("Nothing can be checked yet: give {}.", names.join(", and ")),
                Lang::Zh => format!("还不能检查：请给出{}。", names.join("和")),
            }
        }
    }
}

impl InWords for Part {
    fn in_words(&self, lang: Lang) -> String {
        match self {
            Self::ClientId => lang.pick("the client id", "客户端 ID"),
            Self::Username => lang.pick("the user name", "用户名"),
            Self::Password => lang.pick("the password", "密码"),
            Self::Secret => lang.pick("the device's secret", "deviceSecret"),
        }
        .to_owned()
    }
}

fn signed_id(id: SignedId, lang: Lang) -> &'static str {
    match id {
        SignedId::Whole => lang.pick(
            "the whole ID|…| with its extension part",
            "带扩展参数的整个 ID|…|",
        ),
        SignedId::WithoutLastBar => lang.pick("ID|… with its extension part", "带扩展参数的 ID|…"),
        SignedId::DeviceName => lang.pick("the deviceName", " deviceName"),
        SignedId::ProductKey => lang.pick("the productKey", " productKey"),
        SignedId::Dotted => lang.pick("productKey.deviceName", " productKey.deviceName"),
        SignedId::KeyAndName => lang.pick("productKey&deviceName", " productKey&deviceName"),
        SignedId::Username => lang.pick(
            "the user name deviceName&productKey",
            "用户名 deviceName&productKey",
        ),
        SignedId::Empty => lang.pick("an empty text", "空字符串"),
        SignedId::CutAt23 => lang.pick(
            "only the first 23 characters of the client id",
            "客户端 ID 的前 23 个字符",
        ),
    }
}

fn joined(joint: Joint, lang: Lang) -> String {
    let Joint { pair, between } = joint;
    let quoted = |text: &str| match lang {
        Lang::En => format!("'{text}'"),
        Lang::Zh => format!("“{text}”"),
    };
    match (lang, pair.is_empty(), between.is_empty()) {
        (Lang::En, true, _) => format!("{} was put between the pairs.", quoted(between)),
        (Lang::En, false, true) => {
            format!("{} was put between each name and its value.", quoted(pair))
        }
        (Lang::En, false, false) => format!(
            "{} was put between each name and its value, and {} between the pairs.",
            quoted(pair),
            quoted(between)
        ),
        (Lang::Zh, true, _) => format!("各参数之间加了{}。", quoted(between)),
        (Lang::Zh, false, true) => format!("名称与值之间加了{}。", quoted(pair)),
        (Lang::Zh, false, false) => format!(
            "名称与值之间加了{}，各参数之间加了{}。",
            quoted(pair),
            quoted(between)
        ),
    }
}

const fn name_case(case: NameCase) -> &'static str {
    match case {
        NameCase::Lower => "clientid, devicename, productkey",
        NameCase::Upper => "CLIENTID, DEVICENAME, PRODUCTKEY",
        NameCase::Capital => "ClientId, DeviceName, ProductKey",
        NameCase::Snake => "client_id, device_name, product_key",
    }
}

fn extra_signed(extra: Extra, lang: Lang) -> &'static str {
    match extra {
        Extra::Securemode => lang.pick("securemode was", "securemode "),
        Extra::Signmethod => lang.pick("signmethod was", "signmethod "),
        Extra::Extension => lang.pick(
            "securemode and signmethod were",
            "securemode 和 signmethod ",
        ),
        Extra::WholeExtension => lang.pick(
            "All parameters between the bars were",
            "两条竖线之间的所有参数",
        ),
        Extra::Version => lang.pick("version=default was", "version=default "),
        Extra::Resources => lang.pick("resources=mqtt was", "resources=mqtt "),
        Extra::HttpsAuth => lang.pick(
            "version, resources and signmethod of the HTTPS authentication were",
            "HTTPS 认证的 version、resources 和 signmethod ",
        ),
    }
}

fn blank_words(blank: Blank, lang: Lang) -> &'static str {
    match blank {
        Blank::LineFeed => lang.pick("A line end at the end", "末尾的换行"),
        Blank::CrLf => lang.pick("A line end (CR LF) at the end", "末尾的换行（CR LF）"),
        Blank::SpaceAfter => lang.pick("A space at the end", "末尾的空格"),
        Blank::SpaceBefore => lang.pick("A space at the beginning", "开头的空格"),
        Blank::Tab => lang.pick("A tab at the end", "末尾的制表符"),
        Blank::Nul => lang.pick("A zero byte at the end", "末尾的零字节"),
        Blank::Quotes => lang.pick("A pair of quotes around it", "两端的引号"),
        Blank::AsPasted => lang.pick(
            "The white space that stands in the secret as it was pasted",
            "粘贴内容里的空白",
        ),
    }
}

fn hashed(hash: Hash, lang: Lang) -> &'static str {
    match hash {
        Hash::Content => lang.pick("the content alone", "待签名字符串"),
        Hash::ContentSecret => lang.pick(
            "the content and the secret after it",
            "“待签名字符串＋密钥”",
        ),
        Hash::SecretContent => lang.pick(
            "the secret and the content after it",
            "“密钥＋待签名字符串”",
        ),
        Hash::SecretContentSecret => lang.pick(
            "the secret, the content and the secret again",
            "“密钥＋待签名字符串＋密钥”",
        ),
    }
}

fn encoded(encoding: Encoding, lang: Lang) -> &'static str {
    match encoding {
        Encoding::Base64 => lang.pick("the digest in Base64", "签名的 Base64 形式"),
        Encoding::Base64OfHex | Encoding::Base64OfUpperHex => lang.pick(
            "the digest's hex in Base64",
            "签名十六进制文本的 Base64 形式",
        ),
        Encoding::HexOfHex => lang.pick(
            "the hex of the digest's hex",
            "签名十六进制文本再次转成的十六进制",
        ),
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        number => format!("{number}th"),
    }
}
