//! The known mistakes: what people sign instead of what they should.

use super::{InWords, Lang, words};
use crate::sign::SignMethod;

/// A known mistake that makes another password than the right one.
///
/// What was signed, with which key and how, and how the digest was written: each is one mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// Another client id was signed than the bare one that is sent.
    OtherId(SignedId),
    /// A parameter was left out of the content altogether.
    LeftOut(&'static str),
    /// The values were signed without their names.
    ValuesOnly,
    /// The parameters were not sorted, but signed in this order.
    Order(Vec<&'static str>),
    /// Names and values were joined by separators.
    Joined(Joint),
    /// The timestamp is sent and was not signed.
    TimestampNotSigned,
    /// This timestamp was signed and is not sent.
    TimestampNotSent {
        /// The one signed.
        signed: String,
    },
    /// One of the two timestamps is in seconds, the other in milliseconds.
    TimestampUnit {
        /// The one in the client id.
        sent: String,
        /// The one signed.
        signed: String,
    },
    /// Another timestamp was signed than the one sent.
    OtherTimestamp {
        /// The one in the client id.
        sent: String,
        /// The one signed.
        signed: String,
    },
    /// The values of productKey and deviceName stand for each other in the content.
    ValuesSwapped,
    /// The user name is `productKey&deviceName`; the content was right.
    UsernameSwapped,
    /// The names were spelled otherwise.
    Names(NameCase),
    /// The values were put into lower case.
    ValuesLowered,
    /// Parameters were signed that are not to be.
    ExtraSigned(Extra),
    /// The values were percent-encoded before they were signed.
    UrlEncoded,
    /// Something invisible was signed with the content, at its end.
    ContentBlank(Blank),
    /// Another method was used than the one declared.
    OtherMethod {
        /// What the client id declares.
        declared: SignMethod,
        /// What was used.
        used: SignMethod,
    },
    /// Something invisible was taken for a part of the secret.
    SecretBlank(Blank),
    /// The secret was put into upper or lower case.
    SecretCase,
    /// The secret was decoded from hex, and its bytes used as the key.
    SecretDecoded,
    /// Another secret was used, such as the product's.
    OtherSecret {
        /// Its name as it was given.
        name: String,
    },
    /// The content was used as the key, and the secret as the message.
    KeyAndMessageSwapped,
    /// A plain hash was made instead of an HMAC.
    PlainHash(Hash),
    /// The digest was written otherwise than in hex.
    Encoded(Encoding),
    /// Only a part of the digest's hex was sent.
    Cut {
        /// Its first character, from 0.
        from: usize,
        /// Its length in characters.
        len: usize,
        /// The whole digest's length in characters.
        of: usize,
    },
    /// The secret itself was sent as the password.
    SecretSent,
}

/// Which client id was signed instead of the bare one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedId {
    /// The whole `ID|…|`.
    Whole,
    /// The whole without its last bar, `ID|…`.
    WithoutLastBar,
    /// The deviceName.
    DeviceName,
    /// The productKey.
    ProductKey,
    /// `productKey.deviceName`, while another one is sent.
    Dotted,
    /// `productKey&deviceName`
    KeyAndName,
    /// `deviceName&productKey`, the user name.
    Username,
    /// An empty one.
    Empty,
    /// Only the first 23 characters of the bare one.
    CutAt23,
}

/// What names and values were joined by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Joint {
    /// Between a name and its value.
    pub pair: &'static str,
    /// Between two pairs.
    pub between: &'static str,
}

/// How the names were spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameCase {
    /// `clientid`, `devicename`, `productkey`
    Lower,
    /// `CLIENTID`, …
    Upper,
    /// `ClientId`, …
    Capital,
    /// `client_id`, …
    Snake,
}

/// Parameters that are sent, and not to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extra {
    /// `securemode` of the client id.
    Securemode,
    /// `signmethod`, which is signed neither here nor in the HTTPS authentication.
    Signmethod,
    /// `securemode` and `signmethod` of the client id.
    Extension,
    /// Every parameter that stands between the bars.
    WholeExtension,
    /// `version=default` of the HTTPS authentication.
    Version,
    /// `resources=mqtt` of the HTTPS authentication.
    Resources,
    /// `signmethod`, `version` and `resources` of the HTTPS authentication.
    HttpsAuth,
}

/// Something invisible, or as good as that, that got into a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blank {
    /// A line feed at the end, as `echo` without `-n` adds it.
    LineFeed,
    /// A carriage return and a line feed at the end.
    CrLf,
    /// A space at the end.
    SpaceAfter,
    /// A space at the beginning.
    SpaceBefore,
    /// A tab at the end.
    Tab,
    /// A zero byte at the end, as C's strings have it.
    Nul,
    /// Quotes around it.
    Quotes,
    /// The white space that stands in it as it was pasted here.
    AsPasted,
}

/// What was hashed instead of signed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// The content alone.
    Content,
    /// The content, then the secret.
    ContentSecret,
    /// The secret, then the content.
    SecretContent,
    /// The secret, the content, and the secret again.
    SecretContentSecret,
}

/// How a digest was written instead of in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Base64 of the digest.
    Base64,
    /// Base64 of the digest's lower-case hex.
    Base64OfHex,
    /// Base64 of the digest's upper-case hex.
    Base64OfUpperHex,
    /// Hex of the digest's hex.
    HexOfHex,
}

impl Mistake {
    /// A name that stays, for scripts: `whole_client_id`, `values_only`, …
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::OtherId(SignedId::Whole | SignedId::WithoutLastBar) => "whole_client_id",
            Self::OtherId(SignedId::Empty) => "empty_client_id",
            Self::OtherId(_) => "other_client_id",
            Self::LeftOut(_) => "parameter_left_out",
            Self::ValuesOnly => "values_only",
            Self::Order(_) => "not_sorted",
            Self::Joined(_) => "separators",
            Self::TimestampNotSigned => "timestamp_not_signed",
            Self::TimestampNotSent { .. } => "timestamp_not_sent",
            Self::TimestampUnit { .. } => "timestamp_unit",
            Self::OtherTimestamp { .. } => "other_timestamp",
            Self::ValuesSwapped => "values_swapped",
            Self::UsernameSwapped => "username_swapped",
            Self::Names(_) => "names_spelled_otherwise",
            Self::ValuesLowered => "values_lowered",
            Self::ExtraSigned(Extra::Version | Extra::Resources | Extra::HttpsAuth) => {
                "https_parameters_signed"
            }
            Self::ExtraSigned(_) => "extension_signed",
            Self::UrlEncoded => "url_encoded",
            Self::ContentBlank(_) => "content_blank",
            Self::OtherMethod { .. } => "other_method",
            Self::SecretBlank(_) => "secret_blank",
            Self::SecretCase => "secret_case",
            Self::SecretDecoded => "secret_decoded",
            Self::OtherSecret { .. } => "other_secret",
            Self::KeyAndMessageSwapped => "key_and_message_swapped",
            Self::PlainHash(_) => "plain_hash",
            Self::Encoded(_) => "not_hex",
            Self::Cut { .. } => "cut",
            Self::SecretSent => "secret_sent",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self, lang: Lang) -> String {
        words::advice(self, lang)
    }
}

impl InWords for Mistake {
    /// What was done, without what to do about it.
    fn in_words(&self, lang: Lang) -> String {
        words::what(self, lang)
    }
}
