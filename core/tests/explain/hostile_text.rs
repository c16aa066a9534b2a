//! Whatever is pasted or typed, it is judged and does no harm.

use tern_core::explain::causes::{End, Evidence, Speaks, causes};
use tern_core::explain::login::{Pasted, check};
use tern_core::explain::preflight::{Draft, preflight};
use tern_core::explain::{Auth, InWords, Lang, Page};
use tern_core::identity::TransportKind;

/// Pieces that mean something to one of the readers, and pieces that mean nothing to any.
const PIECES: [&str; 28] = [
    "|",
    "&",
    "=",
    ",",
    "://",
    ":",
    "/",
    ".",
    "$",
    "{",
    "[",
    "]",
    "%",
    "\n",
    "\0",
    " ",
    "\u{FEFF}",
    "温度",
    "é",
    "securemode=3",
    "signmethod=hmacsha1",
    "timestamp=1700000000",
    "1700000000123",
    "a1U4pQzrgim",
    ".iot-as-mqtt.cn-shanghai.aliyuncs.com",
    "iot-auth.",
    "FAFD82A3D602",
    "AAAA==",
];

fn text(rng: &mut fastrand::Rng) -> String {
    (0..rng.usize(..8))
        .map(|_| PIECES[rng.usize(..PIECES.len())])
        .collect()
}

#[test]
fn a_login_of_any_text() {
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let [client_id, username, password, secret, key, other] = [(); 6].map(|()| text(&mut rng));
        let checked = check(&Pasted {
            client_id: &client_id,
            username: &username,
            password: &password,
            secret: &secret,
            product_key: rng.bool().then_some(&key),
            device_name: rng.bool().then_some(&other),
            timestamp: rng.bool().then_some(&other),
            transport: None,
            other_secrets: &[("other", &key)],
        });
        for lang in [Lang::En, Lang::Zh] {
            assert!(!checked.verdict.in_words(lang).is_empty());
            for note in &checked.notes {
                assert!(!note.in_words(lang).is_empty(), "{note:?}");
            }
        }
    }
}

#[test]
fn a_draft_of_any_text() {
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..3000 {
        let typed = [(); 9].map(|()| text(&mut rng));
        let draft = Draft {
            product_key: &typed[0],
            device_name: &typed[1],
            device_secret: &typed[2],
            client_id: &typed[3],
            auth: [Auth::Direct, Auth::Https, Auth::Plain][rng.usize(..3)],
            method: &typed[4],
            timestamp: &typed[5],
            transport: TransportKind::ALL[rng.usize(..4)],
            securemode: rng.bool().then_some(&typed[6]),
            host: rng.bool().then_some(&typed[7]),
            port: &typed[8],
            keep_alive: &typed[5],
            page: rng.bool().then_some(Page {
                is_https: rng.bool(),
                can_forward_auth: rng.bool(),
            }),
            ..Draft::default()
        };
        for finding in preflight(&draft) {
            assert!(!finding.in_words(Lang::En).is_empty(), "{finding:?}");
            assert!(!finding.in_words(Lang::Zh).is_empty(), "{finding:?}");
            for mend in &finding.mends {
                assert!(!mend.in_words(Lang::Zh).is_empty());
                // Applying it twice changes no more than applying it once.
                let once = mend.apply(&typed[0]);
                assert_eq!(mend.apply(&once), once);
            }
        }
    }
}

#[test]
fn evidence_with_the_largest_numbers() {
    for end in [
        End::Closed,
        End::LinkLost,
        End::NotOpened,
        End::NotMqtt(Speaks::Other),
        End::AuthCode(u32::MAX),
    ] {
        let evidence = Evidence {
            lived_ms: Some(u64::MAX),
            silent_ms: Some(u64::MAX),
            keep_alive: Some(u16::MAX),
            token_age_ms: Some(u64::MAX),
            short_lives: u32::MAX,
            port: Some(0),
            host: ".iot-as-mqtt..aliyuncs.com",
            ..Evidence::new(end)
        };
        for cause in causes(&evidence) {
            assert!(!cause.in_words(Lang::Zh).is_empty());
        }
    }
}
