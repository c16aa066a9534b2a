//! Each known mistake, made here by hand, is recognised as that one and no other.

use std::time::Instant;

use tern_core::explain::login::{
    Blank, Encoding, Extra, Hash, Joint, Mistake, NameCase, Pasted, SignedId, Verdict, check,
};
use tern_core::explain::{InWords, Lang};
use tern_core::sign::SignMethod;

use crate::signing::Algorithm::{Md5, Sha1, Sha256};
use crate::signing::{base64, hash, hex, hmac};

const SECRET: &str = "Fc73ae4f1f2fb21073f1eee685cf4435";
const WHOLE: &str = "AA:bb:01|securemode=3,signmethod=hmacsha1,timestamp=1700000000123|";
const USERNAME: &str = "Dev-1&a1U4pQzrgim";
const RIGHT: &str = "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimtimestamp1700000000123";

fn pasted<'a>(password: &'a str) -> Pasted<'a> {
    Pasted {
        client_id: WHOLE,
        username: USERNAME,
        password,
        secret: SECRET,
        ..Pasted::default()
    }
}

fn signed(content: &str) -> String {
    hex(&hmac(Sha1, SECRET.as_bytes(), content.as_bytes()))
}

fn keyed(key: &[u8]) -> String {
    hex(&hmac(Sha1, key, RIGHT.as_bytes()))
}

fn joined(pair: &'static str, between: &'static str) -> Mistake {
    Mistake::Joined(Joint { pair, between })
}

/// What makes a password, and how the password is made.
fn about_content() -> Vec<(Mistake, String)> {
    let sent = || "1700000000123".to_owned();
    let seconds = || "1700000000".to_owned();
    [
        (
            Mistake::OtherId(SignedId::Whole),
            format!("clientId{WHOLE}deviceNameDev-1productKeya1U4pQzrgimtimestamp1700000000123"),
        ),
        (
            Mistake::OtherId(SignedId::WithoutLastBar),
            format!(
                "clientId{}deviceNameDev-1productKeya1U4pQzrgimtimestamp1700000000123",
                &WHOLE[..WHOLE.len() - 1]
            ),
        ),
        (Mistake::OtherId(SignedId::DeviceName), RIGHT.replace("AA:bb:01", "Dev-1")),
        (Mistake::OtherId(SignedId::ProductKey), RIGHT.replace("AA:bb:01", "a1U4pQzrgim")),
        (Mistake::OtherId(SignedId::Dotted), RIGHT.replace("AA:bb:01", "a1U4pQzrgim.Dev-1")),
        (Mistake::OtherId(SignedId::KeyAndName), RIGHT.replace("AA:bb:01", "a1U4pQzrgim&Dev-1")),
        (Mistake::OtherId(SignedId::Username), RIGHT.replace("AA:bb:01", "Dev-1&a1U4pQzrgim")),
        (Mistake::OtherId(SignedId::Empty), RIGHT.replace("AA:bb:01", "")),
        (Mistake::LeftOut("clientId"), RIGHT.replace("clientIdAA:bb:01", "")),
        (Mistake::LeftOut("productKey"), RIGHT.replace("productKeya1U4pQzrgim", "")),
        (Mistake::ValuesOnly, "AA:bb:01Dev-1a1U4pQzrgim1700000000123".to_owned()),
        (
            Mistake::Order(vec!["productKey", "deviceName", "clientId", "timestamp"]),
            "productKeya1U4pQzrgimdeviceNameDev-1clientIdAA:bb:01timestamp1700000000123".to_owned(),
        ),
        (
            Mistake::Order(vec!["productKey", "deviceName", "timestamp", "clientId"]),
            "productKeya1U4pQzrgimdeviceNameDev-1timestamp1700000000123clientIdAA:bb:01".to_owned(),
        ),
        (
            Mistake::Order(vec!["timestamp", "productKey", "clientId", "deviceName"]),
            "timestamp1700000000123productKeya1U4pQzrgimclientIdAA:bb:01deviceNameDev-1".to_owned(),
        ),
        (
            joined("=", "&"),
            "clientId=AA:bb:01&deviceName=Dev-1&productKey=a1U4pQzrgim&timestamp=1700000000123".to_owned(),
        ),
        (
            joined("=", ","),
            "clientId=AA:bb:01,deviceName=Dev-1,productKey=a1U4pQzrgim,timestamp=1700000000123".to_owned(),
        ),
        (
            joined("", "&"),
            "clientIdAA:bb:01&deviceNameDev-1&productKeya1U4pQzrgim&timestamp1700000000123".to_owned(),
        ),
        (
            joined("=", ""),
            "clientId=AA:bb:01deviceName=Dev-1productKey=a1U4pQzrgimtimestamp=1700000000123".to_owned(),
        ),
        (Mistake::TimestampNotSigned, RIGHT.replace("timestamp1700000000123", "")),
        (
            Mistake::TimestampUnit { sent: sent(), signed: seconds() },
            RIGHT.replace("1700000000123", "1700000000"),
        ),
        (
            Mistake::ValuesSwapped,
            "clientIdAA:bb:01deviceNamea1U4pQzrgimproductKeyDev-1timestamp1700000000123".to_owned(),
        ),
        (
            Mistake::Names(NameCase::Lower),
            "clientidAA:bb:01devicenameDev-1productkeya1U4pQzrgimtimestamp1700000000123".to_owned(),
        ),
        (
            Mistake::Names(NameCase::Snake),
            "client_idAA:bb:01device_nameDev-1product_keya1U4pQzrgimtimestamp1700000000123".to_owned(),
        ),
        (
            Mistake::ValuesLowered,
            "clientIdaa:bb:01deviceNamedev-1productKeya1u4pqzrgimtimestamp1700000000123".to_owned(),
        ),
        (
            Mistake::ExtraSigned(Extra::Extension),
            "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimsecuremode3signmethodhmacsha1timestamp1700000000123".to_owned(),
        ),
        (
            Mistake::ExtraSigned(Extra::Signmethod),
            "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimsignmethodhmacsha1timestamp1700000000123".to_owned(),
        ),
        (
            Mistake::ExtraSigned(Extra::HttpsAuth),
            "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimresourcesmqttsignmethodhmacsha1timestamp1700000000123versiondefault".to_owned(),
        ),
        (
            Mistake::ExtraSigned(Extra::Version),
            "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimtimestamp1700000000123versiondefault".to_owned(),
        ),
        (Mistake::UrlEncoded, RIGHT.replace(':', "%3A")),
        (Mistake::ContentBlank(Blank::LineFeed), format!("{RIGHT}\n")),
        (Mistake::ContentBlank(Blank::Nul), format!("{RIGHT}\0")),
    ]
    .map(|(mistake, content)| (mistake, signed(&content)))
    .into()
}

fn about_key_and_digest() -> Vec<(Mistake, String)> {
    let secret = SECRET.as_bytes();
    let right = RIGHT.as_bytes();
    let digest = hmac(Sha1, secret, right);
    let other = |declared, used| Mistake::OtherMethod { declared, used };
    let decoded: Vec<u8> = secret
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    vec![
        (
            other(SignMethod::HmacSha1, SignMethod::HmacMd5),
            hex(&hmac(Md5, secret, right)),
        ),
        (
            other(SignMethod::HmacSha1, SignMethod::HmacSha256),
            hex(&hmac(Sha256, secret, right)),
        ),
        (
            Mistake::SecretBlank(Blank::LineFeed),
            keyed(format!("{SECRET}\n").as_bytes()),
        ),
        (
            Mistake::SecretBlank(Blank::CrLf),
            keyed(format!("{SECRET}\r\n").as_bytes()),
        ),
        (
            Mistake::SecretBlank(Blank::SpaceBefore),
            keyed(format!(" {SECRET}").as_bytes()),
        ),
        (
            Mistake::SecretBlank(Blank::Quotes),
            keyed(format!("\"{SECRET}\"").as_bytes()),
        ),
        (Mistake::SecretCase, keyed(SECRET.to_lowercase().as_bytes())),
        (Mistake::SecretDecoded, keyed(&decoded)),
        (
            Mistake::KeyAndMessageSwapped,
            hex(&hmac(Sha1, right, secret)),
        ),
        (Mistake::PlainHash(Hash::Content), hex(&hash(Sha1, right))),
        (
            Mistake::PlainHash(Hash::ContentSecret),
            hex(&hash(Sha1, &[right, secret].concat())),
        ),
        (
            Mistake::PlainHash(Hash::SecretContent),
            hex(&hash(Sha1, &[secret, right].concat())),
        ),
        (
            Mistake::PlainHash(Hash::SecretContentSecret),
            hex(&hash(Sha1, &[secret, right, secret].concat())),
        ),
        (Mistake::Encoded(Encoding::Base64), base64(&digest)),
        (
            Mistake::Encoded(Encoding::Base64OfHex),
            base64(hex(&digest).as_bytes()),
        ),
        (
            Mistake::Encoded(Encoding::HexOfHex),
            hex(hex(&digest).as_bytes()),
        ),
        (
            Mistake::Cut {
                from: 0,
                len: 32,
                of: 40,
            },
            hex(&digest)[..32].to_owned(),
        ),
        (
            Mistake::Cut {
                from: 8,
                len: 16,
                of: 40,
            },
            hex(&digest)[8..24].to_owned(),
        ),
        (Mistake::SecretSent, SECRET.to_owned()),
    ]
}

#[test]
fn each_known_mistake_is_recognised_as_just_that_one() {
    let table = [about_content(), about_key_and_digest()].concat();
    let mut kinds: Vec<_> = table.iter().map(|(mistake, _)| mistake.id()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() >= 20, "{kinds:?}");
    for (mistake, password) in table {
        for password in [password.clone(), upper_where_hex(&password)] {
            let checked = check(&pasted(&password));
            let Verdict::Mistaken { mistakes, content } = &checked.verdict else {
                panic!("{mistake:?}: {:?}", checked.verdict)
            };
            assert_eq!(mistakes, std::slice::from_ref(&mistake), "{content}");
            assert!(!checked.is_acceptable());
            assert_eq!(checked.right.unwrap().content, RIGHT);
            for lang in [Lang::En, Lang::Zh] {
                let told = checked.verdict.in_words(lang);
                assert!(told.contains(&mistake.in_words(lang)), "{told}");
                assert!(told.contains(&mistake.advice(lang)), "{told}");
            }
        }
    }
}

/// Hex is the same in upper case; Base64 and a secret are not.
fn upper_where_hex(password: &str) -> String {
    match password.bytes().all(|byte| byte.is_ascii_hexdigit()) && password != SECRET {
        true => password.to_uppercase(),
        false => password.to_owned(),
    }
}

#[test]
fn mistakes_that_depend_on_what_is_sent_are_recognised_too() {
    let content = "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgim";
    let expect = |pasted: Pasted<'_>, mistake: Mistake| {
        let checked = check(&pasted);
        let Verdict::Mistaken { mistakes, .. } = &checked.verdict else {
            panic!("{mistake:?}: {:?}", checked.verdict)
        };
        assert_eq!(mistakes, &[mistake]);
    };
    let without = "AA:bb:01|securemode=3,signmethod=hmacsha1|";
    let signed_later = "1700000000999".to_owned();
    let password = signed(&format!("{content}timestamp{signed_later}"));
    expect(
        Pasted {
            client_id: without,
            timestamp: Some(&signed_later),
            ..pasted(&password)
        },
        Mistake::TimestampNotSent {
            signed: signed_later.clone(),
        },
    );
    expect(
        Pasted {
            timestamp: Some(&signed_later),
            ..pasted(&password)
        },
        Mistake::OtherTimestamp {
            sent: "1700000000123".to_owned(),
            signed: signed_later.clone(),
        },
    );
    // Seconds are sent, and the milliseconds that were signed are found without being told.
    let password = signed(RIGHT);
    expect(
        Pasted {
            client_id: "AA:bb:01|securemode=3,signmethod=hmacsha1,timestamp=1700000000|",
            ..pasted(&password)
        },
        Mistake::TimestampUnit {
            sent: "1700000000".to_owned(),
            signed: "1700000000123".to_owned(),
        },
    );
    // A long client id of which only 23 characters were signed.
    let password = signed("clientIdA123456789B123456789C12deviceNameDev-1productKeya1U4pQzrgim");
    expect(
        Pasted {
            client_id: "A123456789B123456789C123456789|securemode=3,signmethod=hmacsha1|",
            ..pasted(&password)
        },
        Mistake::OtherId(SignedId::CutAt23),
    );
    // The product's secret.
    let others = [("productSecret", "9u8y7t6r5e4w3q2a")];
    let password = keyed(others[0].1.as_bytes());
    expect(
        Pasted {
            other_secrets: &others,
            ..pasted(&password)
        },
        Mistake::OtherSecret {
            name: "productSecret".to_owned(),
        },
    );
    // White space that was pasted with the secret and used.
    let spaced = format!("\t{SECRET} ");
    let password = keyed(spaced.as_bytes());
    expect(
        Pasted {
            secret: &spaced,
            ..pasted(&password)
        },
        Mistake::SecretBlank(Blank::AsPasted),
    );
}

#[test]
fn a_swapped_user_name_is_told_from_swapped_values() {
    let password = signed(RIGHT);
    let swapped = "a1U4pQzrgim&Dev-1";
    let verdict = |pasted: Pasted<'_>| match check(&pasted).verdict {
        Verdict::Mistaken { mistakes, .. } => mistakes,
        other => panic!("{other:?}"),
    };
    // By what the two look like.
    let guessed = verdict(Pasted {
        username: swapped,
        ..pasted(&password)
    });
    assert_eq!(guessed, [Mistake::UsernameSwapped]);
    // By what is known.
    let known = |username, password| Pasted {
        username,
        product_key: Some("Dev-1"),
        device_name: Some("a1U4pQzrgim"),
        ..pasted(password)
    };
    let other =
        signed("clientIdAA:bb:01deviceNamea1U4pQzrgimproductKeyDev-1timestamp1700000000123");
    assert_eq!(
        verdict(known("Dev-1&a1U4pQzrgim", &other)),
        [Mistake::UsernameSwapped]
    );
    assert_eq!(
        verdict(known("a1U4pQzrgim&Dev-1", &password)),
        [Mistake::ValuesSwapped]
    );
    // Both, consistently.
    let both = verdict(known("Dev-1&a1U4pQzrgim", &password));
    assert_eq!(both, [Mistake::UsernameSwapped, Mistake::ValuesSwapped]);
}

#[test]
fn two_mistakes_together_are_recognised() {
    let secret = SECRET.as_bytes();
    for (expected, password) in [
        (
            vec!["values_only", "not_sorted"],
            signed("a1U4pQzrgimDev-1AA:bb:011700000000123"),
        ),
        (
            vec!["values_only", "timestamp_not_signed"],
            signed("AA:bb:01Dev-1a1U4pQzrgim"),
        ),
        (
            vec!["whole_client_id", "timestamp_not_signed"],
            signed(&format!(
                "clientId{WHOLE}deviceNameDev-1productKeya1U4pQzrgim"
            )),
        ),
        (
            vec!["values_only", "secret_blank"],
            hex(&hmac(
                Sha1,
                format!("{SECRET}\n").as_bytes(),
                b"AA:bb:01Dev-1a1U4pQzrgim1700000000123",
            )),
        ),
        (
            vec!["timestamp_not_signed", "other_method"],
            hex(&hmac(
                Md5,
                secret,
                b"clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgim",
            )),
        ),
        (
            vec!["values_only", "not_hex"],
            base64(&hmac(
                Sha1,
                secret,
                b"AA:bb:01Dev-1a1U4pQzrgim1700000000123",
            )),
        ),
        (
            vec!["values_only", "plain_hash"],
            hex(&hash(
                Sha1,
                format!("AA:bb:01Dev-1a1U4pQzrgim1700000000123{SECRET}").as_bytes(),
            )),
        ),
    ] {
        let verdict = check(&pasted(&password)).verdict;
        let Verdict::Mistaken { mistakes, .. } = &verdict else {
            panic!("{expected:?}: {verdict:?}")
        };
        let mut ids: Vec<_> = mistakes.iter().map(Mistake::id).collect();
        let mut expected = expected;
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected);
    }
}

#[test]
fn what_no_known_mistake_makes_is_said_to_be_so() {
    for password in [
        "FAFD82A3D602B37FB0FA8B7892F24A477F851A14",
        "14B198324FE55E1D3C88F2E705E201EE",
        "FAFD82A3D602B37",
        "not even hex!",
    ] {
        let began = Instant::now();
        let checked = check(&pasted(password));
        let Verdict::Unknown { tried } = checked.verdict else {
            panic!("{:?}", checked.verdict)
        };
        // Wide of the mark, so that a search that explodes is noticed on any machine.
        assert!(tried < 20_000, "{tried}");
        assert!(began.elapsed().as_secs() < 2);
    }
}

#[test]
fn what_is_missing_is_named() {
    use tern_core::explain::login::Part;
    let empty = check(&Pasted::default());
    assert_eq!(
        empty.verdict,
        Verdict::Missing(vec![
            Part::ClientId,
            Part::Username,
            Part::Password,
            Part::Secret
        ])
    );
    assert_eq!((empty.notes, empty.right), (vec![], None));
    let without_secret = check(&Pasted {
        secret: "\n",
        ..pasted("00")
    });
    assert_eq!(without_secret.verdict, Verdict::Missing(vec![Part::Secret]));
}

#[test]
fn no_output_holds_the_secret_or_the_password() {
    let hidden = "9u8y7t6r5e4w3q2a";
    let others = [("productSecret", hidden)];
    let whole = format!("{SECRET}|securemode=3,signmethod=hmacsha1|");
    let table = [about_content(), about_key_and_digest()].concat();
    let passwords = table.into_iter().map(|(_, password)| password);
    for password in passwords.chain([signed(&format!("clientId{SECRET}deviceNameDev-1"))]) {
        for client_id in [WHOLE, &whole] {
            let pasted = Pasted {
                client_id,
                other_secrets: &others,
                ..pasted(&password)
            };
            let checked = check(&pasted);
            let mut told = format!("{pasted:?}").replace(&format!("{client_id:?}"), "");
            told.push_str(&format!("{checked:?}"));
            for lang in [Lang::En, Lang::Zh] {
                told.push_str(&checked.verdict.in_words(lang));
                for note in &checked.notes {
                    told.push_str(&note.in_words(lang));
                }
            }
            for secret in [SECRET, hidden, &password] {
                assert!(!told.contains(secret), "{told}");
            }
        }
    }
}
