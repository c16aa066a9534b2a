//! Every single mistake that this login may hold: about the content, and about the key.

use zeroize::Zeroizing;

use super::claim::Claim;
use super::recipe::{around, other_ids};
use super::written::from_hex;
use super::{Blank, Extra, Joint, Mistake, NameCase, Pasted};

/// What people put between names and values.
const JOINTS: [(&str, &str); 14] = [
    ("=", "&"),
    ("", "&"),
    ("=", ""),
    ("=", ","),
    ("", ","),
    (":", ","),
    (":", ""),
    ("=", ";"),
    ("", ";"),
    ("=", " "),
    ("", " "),
    ("", "\n"),
    ("=", "\n"),
    ("", "|"),
];

/// Timestamps that stand in documents and SDKs as examples and defaults (seed, platform facts).
const EXAMPLES: [&str; 4] = ["2524608000000", "132323232", "789", "123"];

/// A key, and the mistake that it is.
pub(super) struct Key {
    pub(super) mistake: Option<Mistake>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// The mistakes about the content, the likelier ones first.
pub(super) fn about_content(claim: &Claim, pasted: &Pasted<'_>) -> Vec<Mistake> {
    let mut mistakes: Vec<_> = other_ids(claim).into_iter().map(Mistake::OtherId).collect();
    mistakes.push(Mistake::ValuesOnly);
    mistakes.extend(about_timestamp(claim, pasted));
    if claim.device_name != claim.product_key {
        mistakes.push(if claim.is_username_blamed && !claim.is_swapped {
            Mistake::UsernameSwapped
        } else {
            Mistake::ValuesSwapped
        });
    }
    mistakes.extend(orders().map(Mistake::Order));
    mistakes.extend(JOINTS.map(|(pair, between)| Mistake::Joined(Joint { pair, between })));
    mistakes.extend(
        [
            NameCase::Lower,
            NameCase::Upper,
            NameCase::Capital,
            NameCase::Snake,
        ]
        .map(Mistake::Names),
    );
    mistakes.extend(["clientId", "deviceName", "productKey"].map(Mistake::LeftOut));
    mistakes.extend(
        [
            Extra::Extension,
            Extra::Signmethod,
            Extra::Securemode,
            Extra::WholeExtension,
            Extra::HttpsAuth,
            Extra::Version,
            Extra::Resources,
        ]
        .map(Mistake::ExtraSigned),
    );
    mistakes.push(Mistake::UrlEncoded);
    mistakes.push(Mistake::ValuesLowered);
    mistakes.extend(
        [
            Blank::LineFeed,
            Blank::CrLf,
            Blank::SpaceAfter,
            Blank::SpaceBefore,
            Blank::Nul,
        ]
        .map(Mistake::ContentBlank),
    );
    mistakes
}

/// Two mistakes of one kind exclude each other.
pub(super) fn kind(mistake: &Mistake) -> u8 {
    match mistake {
        Mistake::OtherId(_) | Mistake::LeftOut("clientId") => 0,
        Mistake::ValuesOnly | Mistake::Names(_) => 1,
        Mistake::Order(_) => 2,
        Mistake::Joined(_) => 3,
        Mistake::TimestampNotSigned
        | Mistake::TimestampNotSent { .. }
        | Mistake::TimestampUnit { .. }
        | Mistake::OtherTimestamp { .. } => 4,
        Mistake::ValuesSwapped | Mistake::UsernameSwapped => 5,
        Mistake::LeftOut(_) => 6,
        Mistake::ExtraSigned(_) => 7,
        Mistake::UrlEncoded => 8,
        Mistake::ValuesLowered => 9,
        _ => 10,
    }
}

/// A timestamp in seconds is sent: every millisecond of that second may have been signed.
pub(super) fn milliseconds_of(claim: &Claim) -> Vec<Mistake> {
    let Some(sent) = claim.timestamp().filter(|sent| is_seconds(sent)) else {
        return Vec::new();
    };
    // The plain `000` is among the candidates already.
    (1..1000)
        .map(|ms| Mistake::TimestampUnit {
            sent: sent.to_owned(),
            signed: format!("{sent}{ms:03}"),
        })
        .collect()
}

/// Whether a text is a time in seconds: ten digits.
pub(super) fn is_seconds(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The keys: the secret as it should be, then what people take instead.
pub(super) fn keys(pasted: &Pasted<'_>) -> Vec<Key> {
    let secret = pasted.secret.trim();
    let key = |mistake: Option<Mistake>, bytes: &[u8]| Key {
        mistake,
        bytes: Zeroizing::new(bytes.to_vec()),
    };
    let mut keys = vec![key(None, secret.as_bytes())];
    if pasted.secret != secret {
        let mistake = Mistake::SecretBlank(Blank::AsPasted);
        keys.push(key(Some(mistake), pasted.secret.as_bytes()));
    }
    for (name, other) in pasted.other_secrets {
        let other = other.trim();
        if !other.is_empty() && other != secret {
            let name = (*name).to_owned();
            keys.push(key(Some(Mistake::OtherSecret { name }), other.as_bytes()));
        }
    }
    for blank in [
        Blank::LineFeed,
        Blank::CrLf,
        Blank::SpaceAfter,
        Blank::SpaceBefore,
        Blank::Tab,
        Blank::Quotes,
    ] {
        let bytes = Zeroizing::new(around(secret, blank));
        keys.push(key(Some(Mistake::SecretBlank(blank)), bytes.as_bytes()));
    }
    if let Some(bytes) = from_hex(secret) {
        let bytes = Zeroizing::new(bytes);
        keys.push(key(Some(Mistake::SecretDecoded), &bytes));
    }
    for other in [secret.to_ascii_lowercase(), secret.to_ascii_uppercase()] {
        let other = Zeroizing::new(other);
        if other.as_str() != secret {
            keys.push(key(Some(Mistake::SecretCase), other.as_bytes()));
        }
    }
    keys
}

fn about_timestamp(claim: &Claim, pasted: &Pasted<'_>) -> Vec<Mistake> {
    let given = pasted
        .timestamp
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let Some(sent) = claim.timestamp() else {
        let mut candidates: Vec<String> = Vec::new();
        for given in given.into_iter().chain(EXAMPLES) {
            candidates.push(given.to_owned());
            candidates.extend(in_other_unit(given));
        }
        candidates.dedup();
        let not_sent = |signed| Mistake::TimestampNotSent { signed };
        return candidates.into_iter().map(not_sent).collect();
    };
    let mut mistakes = vec![Mistake::TimestampNotSigned];
    let unit = in_other_unit(sent);
    mistakes.extend(unit.iter().map(|signed| Mistake::TimestampUnit {
        sent: sent.to_owned(),
        signed: signed.clone(),
    }));
    for other in given.into_iter().chain(EXAMPLES).map(str::to_owned) {
        let derived = in_other_unit(&other);
        for signed in [other].into_iter().chain(derived) {
            if signed == sent || unit.contains(&signed) {
                continue;
            }
            let sent = sent.to_owned();
            // The same second in the other unit, with its milliseconds.
            mistakes.push(if is_seconds(&sent) && signed.starts_with(&sent) {
                Mistake::TimestampUnit { sent, signed }
            } else {
                Mistake::OtherTimestamp { sent, signed }
            });
        }
    }
    mistakes
}

/// A time in ms as seconds, cut and rounded; one in seconds as ms.
fn in_other_unit(text: &str) -> Vec<String> {
    if is_seconds(text) {
        return vec![format!("{text}000")];
    }
    match text.parse::<u64>() {
        Ok(ms) if text.len() == 13 => {
            let mut seconds = vec![(ms / 1000).to_string()];
            if ms % 1000 >= 500 {
                seconds.push((ms / 1000 + 1).to_string());
            }
            seconds
        }
        _ => Vec::new(),
    }
}

/// Every order but the right one; the documentation's own first.
fn orders() -> impl Iterator<Item = Vec<&'static str>> {
    const NAMES: [&str; 4] = ["productKey", "deviceName", "clientId", "timestamp"];
    const SORTED: [&str; 4] = ["clientId", "deviceName", "productKey", "timestamp"];
    let mut orders = Vec::new();
    for first in 0..4 {
        for second in (0..4).filter(|second| *second != first) {
            for third in (0..4).filter(|third| *third != first && *third != second) {
                let fourth = 6 - first - second - third; // 0 + 1 + 2 + 3 is 6
                let order = [first, second, third, fourth].map(|index| NAMES[index]); // each below 4
                if order != SORTED {
                    orders.push(order.to_vec());
                }
            }
        }
    }
    orders.into_iter()
}
