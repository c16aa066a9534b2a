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

    /// The signature's length in bytes: 16, 20, 32.
    pub(crate) const fn digest_len(self) -> usize {
        match self {
            Self::HmacMd5 => 16,
            Self::HmacSha1 => 20,
            Self::HmacSha256 => 32,
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
    digest(method, secret.expose(), content.as_bytes())
}

/// The HMAC of any message under any key.
pub(crate) fn digest(method: SignMethod, key: &[u8], message: &[u8]) -> Digest {
    match method {
        SignMethod::HmacMd5 => mac::<Hmac<md5::Md5>>(key, message),
        SignMethod::HmacSha1 => mac::<Hmac<sha1::Sha1>>(key, message),
        SignMethod::HmacSha256 => mac::<Hmac<sha2::Sha256>>(key, message),
    }
}

/// The hash that a method is made of, of several pieces one after the other: what is no signature.
pub(crate) fn plain_hash(method: SignMethod, pieces: &[&[u8]]) -> Vec<u8> {
    fn of<H: sha2::Digest>(pieces: &[&[u8]]) -> Vec<u8> {
        let mut hash = H::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finalize().to_vec()
    }
    match method {
        SignMethod::HmacMd5 => of::<md5::Md5>(pieces),
        SignMethod::HmacSha1 => of::<sha1::Sha1>(pieces),
        SignMethod::HmacSha256 => of::<sha2::Sha256>(pieces),
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

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Digest {
    // HMAC takes a key of any length (RFC 2104): longer ones are hashed, shorter ones padded.
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes any key length");
    mac.update(message);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(method: SignMethod, secret: &str, content: &str) -> Digest {
        sign(method, &DeviceSecret::new(secret).unwrap(), content)
    }

    const WITH_TIMESTAMP: &str = "clientId12345deviceNamedeviceproductKeypktimestamp789";

    #[test]
    fn the_seeds_example_gives_the_digest_that_the_seed_prints() {
        let digest = digest_of(SignMethod::HmacSha1, "secret", WITH_TIMESTAMP);
        assert_eq!(
            digest.to_hex_upper(),
            "FAFD82A3D602B37FB0FA8B7892F24A477F851A14"
        );
        assert_eq!(digest.as_bytes().len(), 20);
    }

    #[test]
    fn the_same_with_md5() {
        let digest = digest_of(SignMethod::HmacMd5, "secret", WITH_TIMESTAMP);
        assert_eq!(digest.to_hex_upper(), "14B198324FE55E1D3C88F2E705E201EE");
        assert_eq!(digest.as_bytes().len(), 16);
    }

    #[test]
    fn the_same_with_sha256() {
        let digest = digest_of(SignMethod::HmacSha256, "secret", WITH_TIMESTAMP);
        let expected = "6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57";
        assert_eq!(digest.to_hex_upper(), expected);
        assert_eq!(digest.as_bytes().len(), 32);
    }

    #[test]
    fn the_same_without_a_timestamp() {
        let content = "clientId12345deviceNamedeviceproductKeypk";
        let digest = digest_of(SignMethod::HmacSha1, "secret", content);
        assert_eq!(
            digest.to_hex_upper(),
            "3504E4DF7CE4766D30F796EE973C9CE7FC5425CB"
        );
    }

    #[test]
    fn the_seeds_https_example_with_md5() {
        let content = "clientId123deviceNametestproductKey123timestamp123";
        let digest = digest_of(SignMethod::HmacMd5, "secret", content);
        assert_eq!(digest.to_string(), "7f9c0941a986fe6d3ad883eda7efda9c");
    }

    #[test]
    fn a_third_partys_vector() {
        let content = content(&[
            ("clientId", "11111"),
            ("deviceName", "test1"),
            ("productKey", "a1U4pQzrgim"),
            ("timestamp", "2524608000000"),
        ]);
        let digest = digest_of(
            SignMethod::HmacSha1,
            "fc73ae4f1f2fb21073f1eee685cf4435",
            &content,
        );
        assert_eq!(
            digest.to_string(),
            "88794a49fc0663f9eb3eb3c97194d2f76d10329b"
        );
    }

    #[test]
    fn content_sorts_by_name_and_joins_names_and_values() {
        let pairs = [
            ("timestamp", "789"),
            ("productKey", "pk"),
            ("deviceName", "device"),
            ("clientId", "12345"),
        ];
        assert_eq!(content(&pairs), WITH_TIMESTAMP);
        assert_eq!(content(&[]), "");
        // Plain ASCII order: upper case before lower case, a prefix before the longer name.
        assert_eq!(
            content(&[("b", "1"), ("ab", "2"), ("a", "3"), ("B", "4")]),
            "B4a3ab2b1"
        );
    }

    #[test]
    fn a_digest_matches_its_hex_in_any_case_and_nothing_else() {
        let digest = digest_of(SignMethod::HmacSha1, "secret", WITH_TIMESTAMP);
        let right = digest.to_hex_upper();
        assert!(digest.matches_hex(&right) && digest.matches_hex(&right.to_lowercase()));
        assert!(digest.matches_hex("faFD82A3D602B37FB0FA8B7892F24A477F851A14"));
        let other = digest_of(SignMethod::HmacMd5, "secret", WITH_TIMESTAMP).to_hex_upper();
        for wrong in [
            "",
            "FAFD82A3D602B37FB0FA8B7892F24A477F851A15",
            &right[..38],
            &right[..39],
            &format!("{right}0"),
            &format!("{right}00"),
            &format!(" {right}"),
            &format!("{}é", &right[..38]),
            &right.replace('F', "+"),
            &other,
        ] {
            assert!(!digest.matches_hex(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_digest_does_not_print_by_accident() {
        let digest = digest_of(SignMethod::HmacSha1, "secret", WITH_TIMESTAMP);
        assert_eq!(format!("{digest:?}"), "Digest(…)");
    }

    #[test]
    fn every_method_reads_back_from_what_it_prints() {
        for method in SignMethod::ALL {
            assert_eq!(method.to_string().parse(), Ok(method));
            let json = serde_json::to_string(&method).unwrap();
            assert_eq!(json, format!("\"{method}\""));
            assert_eq!(serde_json::from_str::<SignMethod>(&json).unwrap(), method);
        }
        assert_eq!(SignMethod::default(), SignMethod::HmacSha1);
    }

    #[test]
    fn an_unknown_method_is_answered_with_the_known_ones() {
        for text in ["", "sha1", "HMACSHA1", "hmacsha512", " hmacsha1"] {
            let error = text.parse::<SignMethod>().unwrap_err().to_string();
            assert!(error.starts_with("signmethod \""), "{error}");
            assert!(error.contains("hmacmd5, hmacsha1 or hmacsha256"), "{error}");
        }
    }
}
