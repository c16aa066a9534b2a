//! The string to sign, the three methods, and the digest.

use std::fmt;
use std::str::FromStr;

use ::hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::identity::{DeviceSecret, quoted};

/// How a login is signed. Prints and reads as `hmacmd5`, `hmacsha1`, `hmacsha256`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignMethod {
    /// HMAC with MD5: 16 bytes. What the HTTPS authentication means when no method is sent (seed: signmethod).
    HmacMd5,
    /// HMAC with SHA-1: 20 bytes. The seed's own for a direct connect.
    #[default]
    HmacSha1,
    /// HMAC with SHA-256: 32 bytes. Not in the seed; today's SDKs send it (platform facts).
    HmacSha256,
}

impl SignMethod {
    /// All three.
    pub const ALL: [Self; 3] = [Self::HmacMd5, Self::HmacSha1, Self::HmacSha256];

    /// The name as it is sent: `hmacmd5`, `hmacsha1`, `hmacsha256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacMd5 => "hmacmd5",
            Self::HmacSha1 => "hmacsha1",
            Self::HmacSha256 => "hmacsha256",
        }
    }
}

impl fmt::Display for SignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SignMethod {
    type Err = UnknownSignMethod;

    fn from_str(text: &str) -> Result<Self, UnknownSignMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == text)
            .ok_or_else(|| UnknownSignMethod {
                given: quoted(text),
            })
    }
}

/// A signing method that is none of the three.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "signmethod {given} is unknown: it must be hmacmd5, hmacsha1 or hmacsha256, in lower case; give one of them"
)]
pub struct UnknownSignMethod {
    /// What was given, quoted and shortened.
    pub given: String,
}

/// The string to sign: each parameter's name and value, sorted by name, joined without separators.
pub fn content(pairs: &[(&str, &str)]) -> String {
    let mut sorted = pairs.to_vec();
    sorted.sort_by_key(|(name, _)| *name);
    sorted
        .iter()
        .flat_map(|(name, value)| [*name, *value])
        .collect()
}

/// Signs a content with the device's secret.
pub fn sign(method: SignMethod, secret: &DeviceSecret, content: &str) -> Digest {
    match method {
        SignMethod::HmacMd5 => digest::<Hmac<md5::Md5>>(secret, content),
        SignMethod::HmacSha1 => digest::<Hmac<sha1::Sha1>>(secret, content),
        SignMethod::HmacSha256 => digest::<Hmac<sha2::Sha256>>(secret, content),
    }
}

/// A signature. `Display` prints lower-case hex, since a digest is there to be sent; `Debug` hides it.
#[derive(Clone)]
pub struct Digest(Vec<u8>);

impl Digest {
    /// The raw bytes: 16, 20 or 32 of them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Upper-case hex, the way the seed prints it and this device sends it.
    pub fn to_hex_upper(&self) -> String {
        format!("{self:X}")
    }

    /// Whether a text is this digest in hex; upper and lower case are the same (seed: 大小写不敏感).
    ///
    /// How long it takes depends on what was given, not on how much of it is right.
    pub fn matches_hex(&self, text: &str) -> bool {
        from_hex(text).is_some_and(|bytes| self.0.ct_eq(&bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::UpperHex for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl Drop for Digest {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn digest<M: Mac + KeyInit>(secret: &DeviceSecret, content: &str) -> Digest {
    // HMAC takes a key of any length (RFC 2104): longer ones are hashed, shorter ones padded.
    let mut mac =
        <M as KeyInit>::new_from_slice(secret.expose()).expect("HMAC takes any key length");
    mac.update(content.as_bytes());
    Digest(mac.finalize().into_bytes().to_vec())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).map(|n| n as u8);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect()
}
