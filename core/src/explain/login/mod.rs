//! The sign debugger: whether a pasted login is right, and if not, which known mistake makes it.
//!
//! [`check`] takes a client id, a user name and a password as another tool or a firmware's log shows
//! them, and the secret. It says whether the password is the signature that the platform expects; if
//! not, it tries the known [mistakes](Mistake), alone and in pairs, until one reproduces the given
//! password exactly.
//!
//! ```
//! use tern_core::explain::login::{Mistake, Pasted, Verdict, check};
//!
//! // The seed's example with the values signed alone, as its prose says.
//! let checked = check(&Pasted {
//!     client_id: "12345|securemode=3,signmethod=hmacsha1,timestamp=789|",
//!     username: "device&pk",
//!     password: "6f2e85580829a91cce65df1cb2b1fe0fd44fa7b2",
//!     secret: "secret",
//!     ..Pasted::default()
//! });
//! let Verdict::Mistaken { mistakes, content } = checked.verdict else { panic!() };
//! assert_eq!(mistakes, [Mistake::ValuesOnly]);
//! assert_eq!(content, "12345devicepk789");
//! ```

mod candidates;
mod claim;
mod mistake;
mod note;
mod recipe;
mod right;
mod search;
mod words;
mod written;

use core::fmt;

use super::{InWords, Lang};
use crate::identity::TransportKind;
use crate::sign::{Password, SignMethod};
use claim::Claim;

pub use mistake::{Blank, Encoding, Extra, Hash, Joint, Mistake, NameCase, SignedId};
pub use note::{Note, Part};

/// A login as it was pasted, and what is known about the device. `Debug` hides password and secrets.
#[derive(Clone, Default)]
pub struct Pasted<'a> {
    /// The whole MQTT client id, `ID|securemode=…,signmethod=…|`.
    pub client_id: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The password: hex in any case, white space allowed.
    pub password: &'a str,
    /// The device's secret as it was pasted, white space and all.
    pub secret: &'a str,
    /// The device's productKey, if known for certain; else it is read from the user name.
    pub product_key: Option<&'a str>,
    /// The device's deviceName, if known for certain; else it is read from the user name.
    pub device_name: Option<&'a str>,
    /// A timestamp that may have been signed, besides the one in the client id.
    pub timestamp: Option<&'a str>,
    /// What carries the bytes, if known: the securemode must fit it.
    pub transport: Option<TransportKind>,
    /// Secrets that may have been taken for the device's, each with a name such as `productSecret`.
    pub other_secrets: &'a [(&'a str, &'a str)],
}

impl fmt::Debug for Pasted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pasted")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether the password is right, or which mistake makes it.
    pub verdict: Verdict,
    /// What is to be said about the client id, the user name and the password themselves.
    pub notes: Vec<Note>,
    /// What the login should be; `None` where a part is missing for that.
    pub right: Option<RightLogin>,
}

impl Checked {
    /// Whether this login will do: the password is right, and no note stands against it.
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        matches!(self.verdict, Verdict::Right) && !self.notes.iter().any(Note::is_refused)
    }
}

/// What the platform expects of this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightLogin {
    /// The whole MQTT client id: the pasted one where it can be read, else one that can.
    pub client_id: String,
    /// `deviceName&productKey`
    pub username: String,
    /// What is to be signed. The secret is not in it.
    pub content: String,
    /// How it is to be signed.
    pub method: SignMethod,
    /// The signature in hex.
    pub password: Password,
}

/// Whether a pasted password is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the signature that the platform expects.
    Right,
    /// These mistakes together reproduce the password exactly; mostly it is one.
    Mistaken {
        /// The mistakes: mostly one, seldom more than two.
        mistakes: Vec<Mistake>,
        /// What was signed under them; the secret, where it was in it, stands as `(secret)`.
        content: String,
    },
    /// None of the known mistakes makes this password.
    Unknown {
        /// How many ways of signing were tried.
        tried: usize,
    },
    /// Something is missing, so that nothing can be signed.
    Missing(Vec<Part>),
}

impl InWords for Verdict {
    fn in_words(&self, lang: Lang) -> String {
        words::verdict(self, lang)
    }
}

/// Checks a pasted login.
///
/// A few thousand digests are made at most, which is a matter of milliseconds.
#[must_use]
pub fn check(pasted: &Pasted<'_>) -> Checked {
    let missing: Vec<_> = [
        (pasted.client_id, Part::ClientId),
        (pasted.password, Part::Password),
        (pasted.secret, Part::Secret),
    ]
    .into_iter()
    .filter_map(|(text, part)| text.trim().is_empty().then_some(part))
    .collect();
    let claim = Claim::read(pasted);
    let notes = note::all(pasted, claim.as_ref());
    let (verdict, right) = match claim {
        Some(claim) if missing.is_empty() => (
            search::verdict(&claim, pasted),
            right::login(&claim, pasted),
        ),
        Some(_) => (Verdict::Missing(missing), None),
        None => {
            let at = usize::from(missing.first() == Some(&Part::ClientId));
            let mut missing = missing;
            missing.insert(at, Part::Username);
            (Verdict::Missing(missing), None)
        }
    };
    Checked {
        verdict,
        notes,
        right,
    }
}

/// A text in which every secret that was given stands as `(secret)`.
fn without_secrets(text: String, pasted: &Pasted<'_>) -> String {
    let others = pasted.other_secrets.iter().map(|(_, secret)| *secret);
    let mut text = text;
    for secret in [pasted.secret].into_iter().chain(others).map(str::trim) {
        if secret.len() >= SHORTEST_SECRET && text.contains(secret) {
            text = text.replace(secret, "(secret)");
        }
    }
    text
}

/// A shorter text is no secret of the platform's, whose have 32 characters, and stands in other texts by chance.
const SHORTEST_SECRET: usize = 8;
