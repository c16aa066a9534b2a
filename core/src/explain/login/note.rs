//! What is to be said about a pasted login besides its signature.

use super::candidates::is_seconds;
use super::claim::{Claim, OLD_LIMIT};
use super::{InWords, Lang, Pasted, SHORTEST_SECRET};
use crate::identity::{DeviceName, IdentityError, ProductKey, TransportKind};
use crate::sign::{ClientIdError, ExtendedClientId, SignMethod};

/// A part of a pasted login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The whole MQTT client id.
    ClientId,
    /// The user name.
    Username,
    /// The password.
    Password,
    /// The device's secret.
    Secret,
}

impl Part {
    /// A name that stays: `client_id`, `username`, `password`, `secret`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::Username => "username",
            Self::Password => "password",
            Self::Secret => "secret",
        }
    }
}

/// Something wrong with a part of a pasted login, whatever its signature is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// White space stands around the part; it was passed over here, and the platform won't.
    WhiteSpace(Part),
    /// The client id can't be read as `ID|key=value,…|`.
    ClientId(ClientIdError),
    /// The extension part is there, and the bars that it stands between are not.
    BarsLost,
    /// The client id has exactly 23 characters and no end: a tool cut it there.
    CutAt23,
    /// The extension part holds no `securemode`.
    NoSecuremode,
    /// `securemode` is neither 2 nor 3.
    UnknownSecuremode(i8),
    /// `securemode` does not fit what carries the bytes.
    SecuremodeOfOtherTransport {
        /// The one sent.
        sent: i8,
        /// What carries the bytes.
        transport: TransportKind,
    },
    /// The extension part holds no `signmethod`.
    NoSignMethod,
    /// A parameter comes twice between the bars.
    Twice(String),
    /// The timestamp is no number.
    TimestampNotANumber,
    /// The timestamp has ten digits: seconds.
    TimestampInSeconds,
    /// The user name has no `&`.
    NoAmpersand,
    /// The user name has more than one `&`.
    TwoAmpersands,
    /// The user name is `productKey&deviceName`.
    UsernameSwapped,
    /// A half of the user name breaks its rule.
    Username(IdentityError),
    /// The user name names another product than the one given.
    OtherProduct {
        /// The one in the user name.
        named: String,
        /// The one given.
        given: String,
    },
    /// The user name names another device than the one given.
    OtherDevice {
        /// The one in the user name.
        named: String,
        /// The one given.
        given: String,
    },
    /// The password is not hex.
    NotHex,
    /// The password's length is not that of the declared method.
    PasswordLength {
        /// Its characters.
        length: usize,
        /// The method that the client id declares.
        declared: SignMethod,
    },
    /// The secret stands in the client id or the user name, where everybody can read it.
    SecretShown(Part),
}

impl Note {
    /// The part that it is about.
    #[must_use]
    pub const fn part(&self) -> Part {
        match self {
            Self::WhiteSpace(part) | Self::SecretShown(part) => *part,
            Self::ClientId(_)
            | Self::BarsLost
            | Self::CutAt23
            | Self::NoSecuremode
            | Self::UnknownSecuremode(_)
            | Self::SecuremodeOfOtherTransport { .. }
            | Self::NoSignMethod
            | Self::Twice(_)
            | Self::TimestampNotANumber
            | Self::TimestampInSeconds => Part::ClientId,
            Self::NoAmpersand
            | Self::TwoAmpersands
            | Self::UsernameSwapped
            | Self::Username(_)
            | Self::OtherProduct { .. }
            | Self::OtherDevice { .. } => Part::Username,
            Self::NotHex | Self::PasswordLength { .. } => Part::Password,
        }
    }

    /// Whether the platform refuses the login because of it even if its signature is right, or nobody should
    /// send such a login.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        !matches!(
            self,
            Self::WhiteSpace(_)
                | Self::Twice(_)
                | Self::TimestampNotANumber
                | Self::TimestampInSeconds
        )
    }
}

impl InWords for Note {
    fn in_words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, Self::WhiteSpace(part)) => format!(
                "White space stands around or in {}. It was passed over here; see that it is not sent.",
                part.in_words(lang)
            ),
            (Lang::Zh, Self::WhiteSpace(part)) => format!(
                "{}的首尾或中间有空白。这里忽略了它；请确认没有把它发送出去。",
                part.in_words(lang)
            ),
            (_, Self::ClientId(error)) => error.in_words(lang),
            (Lang::En, Self::UnknownSecuremode(mode)) => {
                format!("securemode is {mode}: a direct connect has 2 over TLS and 3 over TCP.")
            }
            (Lang::Zh, Self::UnknownSecuremode(mode)) => {
                format!("securemode 为 {mode}：域名直连时 TLS 为 2，TCP 为 3。")
            }
            (Lang::En, Self::SecuremodeOfOtherTransport { sent, transport }) => format!(
                "securemode is {sent}, and the transport is {transport}: send securemode={}.",
                transport.securemode()
            ),
            (Lang::Zh, Self::SecuremodeOfOtherTransport { sent, transport }) => format!(
                "securemode 为 {sent}，而传输方式是 {transport}：请发送 securemode={}。",
                transport.securemode()
            ),
            (Lang::En, Self::Twice(key)) => {
                format!("{key} comes twice between the bars; the first counts.")
            }
            (Lang::Zh, Self::Twice(key)) => {
                format!("两条竖线之间 {key} 出现了两次，以第一个为准。")
            }
            (_, Self::Username(error)) => error.in_words(lang),
            (Lang::En, Self::OtherProduct { named, given }) => format!(
                "The user name names the product {named}, and the device's productKey is {given}."
            ),
            (Lang::Zh, Self::OtherProduct { named, given }) => {
                format!("用户名中的产品是 {named}，而设备的 productKey 是 {given}。")
            }
            (Lang::En, Self::OtherDevice { named, given }) => {
                format!("The user name names the device {named}, and the device is {given}.")
            }
            (Lang::Zh, Self::OtherDevice { named, given }) => {
                format!("用户名中的设备是 {named}，而设备的 deviceName 是 {given}。")
            }
            (Lang::En, Self::PasswordLength { length, declared }) => format!(
                "The password has {length} characters; {declared} gives {}.",
                2 * declared.digest_len()
            ),
            (Lang::Zh, Self::PasswordLength { length, declared }) => format!(
                "密码有 {length} 个字符；{declared} 的结果是 {} 个。",
                2 * declared.digest_len()
            ),
            (Lang::En, Self::SecretShown(part)) => format!(
                "The secret stands in {}, where everybody on the way can read it. Take it out, and consider a new one.",
                part.in_words(lang)
            ),
            (Lang::Zh, Self::SecretShown(part)) => format!(
                "{}中含有 deviceSecret，途中的任何人都能看到。请将其去掉，并考虑更换密钥。",
                part.in_words(lang)
            ),
            _ => self.fixed(lang).to_owned(),
        }
    }
}

impl Note {
    fn fixed(&self, lang: Lang) -> &'static str {
        match self {
            Self::BarsLost => lang.pick(
                "The extension part is there without its bars: write clientId|securemode=…,signmethod=…|. A shell takes an unquoted '|' for itself.",
                "有扩展参数，却没有竖线：请写成 clientId|securemode=…,signmethod=…|。注意 shell 会截走没有加引号的“|”。",
            ),
            Self::CutAt23 => lang.pick(
                "The client id has exactly 23 characters and no end: a tool cut it there, at the limit of MQTT 3.1. Look for that tool's setting, or use another one.",
                "客户端 ID 恰好 23 个字符，且没有结尾：某个工具按 MQTT 3.1 的上限把它截断了。请修改该工具的设置，或换一个工具。",
            ),
            Self::NoSecuremode => lang.pick(
                "securemode is missing between the bars: send securemode=2 over TLS, 3 over TCP.",
                "两条竖线之间缺少 securemode：TLS 请发送 securemode=2，TCP 发送 3。",
            ),
            Self::NoSignMethod => lang.pick(
                "signmethod is missing between the bars: send hmacmd5, hmacsha1 or hmacsha256.",
                "两条竖线之间缺少 signmethod：请发送 hmacmd5、hmacsha1 或 hmacsha256。",
            ),
            Self::TimestampNotANumber => lang.pick(
                "The timestamp is no number: it should be the milliseconds since 1970. It may be left out.",
                "时间戳不是数字：应为 1970 年以来的毫秒数。也可以不发送。",
            ),
            Self::TimestampInSeconds => lang.pick(
                "The timestamp is in seconds; the platform's documents say milliseconds. What counts is that the very text that is sent was signed.",
                "时间戳以秒为单位，而平台文档要求毫秒。关键是签名所用的就是发送的那个文本。",
            ),
            Self::NoAmpersand => lang.pick(
                "The user name has no '&': send deviceName&productKey.",
                "用户名中没有“&”：请发送 deviceName&productKey。",
            ),
            Self::TwoAmpersands => lang.pick(
                "The user name has more than one '&': send deviceName&productKey.",
                "用户名中有不止一个“&”：请发送 deviceName&productKey。",
            ),
            Self::UsernameSwapped => lang.pick(
                "The user name is the wrong way round: send deviceName&productKey.",
                "用户名前后颠倒：请发送 deviceName&productKey。",
            ),
            Self::NotHex => lang.pick(
                "The password is not hex: it has characters other than 0 to 9 and a to f.",
                "密码不是十六进制：含有 0 至 9、a 至 f 以外的字符。",
            ),
            // The others have a part that varies, and their words stand above.
            _ => "",
        }
    }
}

/// Every note on a login, in the order of its parts.
pub(super) fn all(pasted: &Pasted<'_>, claim: Option<&Claim>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (part, text) in [
        (Part::ClientId, pasted.client_id),
        (Part::Username, pasted.username),
        (Part::Password, pasted.password),
        (Part::Secret, pasted.secret),
    ] {
        let is_blank = match part {
            Part::ClientId | Part::Username => text.trim() != text,
            Part::Password | Part::Secret => text.chars().any(char::is_whitespace),
        };
        if is_blank && !text.trim().is_empty() {
            notes.push(Note::WhiteSpace(part));
        }
        let secret = pasted.secret.trim();
        let is_sent = matches!(part, Part::ClientId | Part::Username);
        if is_sent && secret.len() >= SHORTEST_SECRET && text.contains(secret) {
            // Nothing further is said about this part, since it would be repeated.
            notes.push(Note::SecretShown(part));
            continue;
        }
        match part {
            Part::ClientId => on_client_id(text.trim(), pasted, &mut notes),
            Part::Username => on_username(text.trim(), pasted, claim, &mut notes),
            Part::Password => on_password(text, claim, &mut notes),
            Part::Secret => {}
        }
    }
    notes
}

fn on_client_id(text: &str, pasted: &Pasted<'_>, notes: &mut Vec<Note>) {
    if text.is_empty() {
        return;
    }
    let is_cut = text.chars().count() == OLD_LIMIT && !text.ends_with('|');
    let read = match ExtendedClientId::parse(text) {
        Ok(read) => read,
        Err(_) if is_cut => return notes.push(Note::CutAt23),
        Err(ClientIdError::NoExtension) if text.contains("securemode=") => {
            return notes.push(Note::BarsLost);
        }
        Err(error) => return notes.push(Note::ClientId(error)),
    };
    match (read.securemode(), pasted.transport) {
        (None, _) => notes.push(Note::NoSecuremode),
        (Some(sent @ (2 | 3)), Some(transport))
            if i8::try_from(transport.securemode()) != Ok(sent) =>
        {
            notes.push(Note::SecuremodeOfOtherTransport { sent, transport });
        }
        (Some(2 | 3), _) => {}
        (Some(other), _) => notes.push(Note::UnknownSecuremode(other)),
    }
    if read.sign_method().is_none() {
        notes.push(Note::NoSignMethod);
    }
    for (index, (key, _)) in read.params.iter().enumerate() {
        let before = read.params.iter().take(index);
        if before.filter(|(earlier, _)| earlier == key).count() == 1 {
            notes.push(Note::Twice(key.clone()));
        }
    }
    if let Some(timestamp) = read.timestamp() {
        if timestamp.is_empty() || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            notes.push(Note::TimestampNotANumber);
        } else if is_seconds(timestamp) {
            notes.push(Note::TimestampInSeconds);
        }
    }
}

fn on_username(text: &str, pasted: &Pasted<'_>, claim: Option<&Claim>, notes: &mut Vec<Note>) {
    let Some((left, right)) = text.split_once('&') else {
        if !text.is_empty() {
            notes.push(Note::NoAmpersand);
        }
        return;
    };
    if right.contains('&') {
        return notes.push(Note::TwoAmpersands);
    }
    if claim.is_some_and(|claim| claim.is_swapped) {
        return notes.push(Note::UsernameSwapped);
    }
    let halves = [
        DeviceName::new(left).map(|_| ()),
        ProductKey::new(right).map(|_| ()),
    ];
    notes.extend(
        halves
            .into_iter()
            .filter_map(Result::err)
            .map(Note::Username),
    );
    let known = |text: Option<&str>| text.map(|text| text.trim().to_owned());
    if let Some(given) =
        known(pasted.product_key).filter(|given| !given.is_empty() && given != right)
    {
        let named = right.to_owned();
        notes.push(Note::OtherProduct { named, given });
    }
    if let Some(given) =
        known(pasted.device_name).filter(|given| !given.is_empty() && given != left)
    {
        let named = left.to_owned();
        notes.push(Note::OtherDevice { named, given });
    }
}

fn on_password(text: &str, claim: Option<&Claim>, notes: &mut Vec<Note>) {
    let password: String = text.split_whitespace().collect();
    if password.is_empty() {
        return;
    }
    if !password.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return notes.push(Note::NotHex);
    }
    if let Some(declared) = claim.and_then(|claim| claim.method)
        && password.len() != 2 * declared.digest_len()
    {
        let length = password.len();
        notes.push(Note::PasswordLength { length, declared });
    }
}
