//! What is said about a pasted login besides its signature.

use tern_core::explain::login::{Note, Part, Pasted, Verdict, check};
use tern_core::explain::{InWords, Lang};
use tern_core::identity::TransportKind;
use tern_core::sign::{ClientIdError, SignMethod};

const PASSWORD: &str = "FAFD82A3D602B37FB0FA8B7892F24A477F851A14";

fn pasted<'a>(client_id: &'a str, username: &'a str) -> Pasted<'a> {
    Pasted {
        client_id,
        username,
        password: PASSWORD,
        secret: "secret",
        ..Pasted::default()
    }
}

fn notes(client_id: &str, username: &str) -> Vec<Note> {
    check(&pasted(client_id, username)).notes
}

#[test]
fn a_client_id_that_can_not_be_read_is_said_to_be_so() {
    let note = |client_id| notes(client_id, "device&pk").remove(0);
    assert_eq!(note("12345"), Note::ClientId(ClientIdError::NoExtension));
    assert_eq!(
        note("12345securemode=3,signmethod=hmacsha1,timestamp=789"),
        Note::BarsLost
    );
    assert!(matches!(
        note("12345|securemode=3,signmethod=hmacsha1,timestamp=789"),
        Note::ClientId(ClientIdError::NotClosed { .. })
    ));
    assert_eq!(note("12345|securemode=3,signme"), {
        let at = 26;
        Note::ClientId(ClientIdError::NotClosed { at })
    });
    assert_eq!(note("12345|securemode=3,sign"), Note::CutAt23);
    assert!(matches!(
        note("12345|securemode=3,signmethod=sha1|"),
        Note::ClientId(ClientIdError::UnknownSignMethod { .. })
    ));
    let long = format!("{}|securemode=3,signmethod=hmacsha1|", "x".repeat(65));
    assert!(matches!(
        note(&long),
        Note::ClientId(ClientIdError::Bare(_))
    ));
}

#[test]
fn a_signature_is_judged_even_where_the_bars_were_lost() {
    for client_id in [
        "12345securemode=3,signmethod=hmacsha1,timestamp=789",
        "12345|securemode=3,signmethod=hmacsha1,timestamp=789",
        "12345,securemode=3,signmethod=hmacsha1,timestamp=789",
    ] {
        let checked = check(&pasted(client_id, "device&pk"));
        assert_eq!(checked.verdict, Verdict::Right, "{client_id}");
        assert!(!checked.is_acceptable());
        // What is right is shown with its bars.
        assert_eq!(
            checked.right.unwrap().client_id,
            "12345|securemode=3,signmethod=hmacsha1,timestamp=789|"
        );
    }
}

#[test]
fn the_extension_part_is_read_strictly() {
    let of = |client_id| notes(client_id, "device&pk");
    assert_eq!(
        of("12345|timestamp=789|"),
        [Note::NoSecuremode, Note::NoSignMethod]
    );
    assert_eq!(
        of("12345|securemode=5,signmethod=hmacsha1,timestamp=789|"),
        [Note::UnknownSecuremode(5)]
    );
    assert_eq!(
        of("12345|securemode=3,signmethod=hmacsha1,timestamp=789,securemode=2|"),
        [Note::Twice("securemode".to_owned())]
    );
    assert_eq!(
        of("12345|securemode=3,signmethod=hmacsha1,timestamp=1700000000|"),
        [Note::TimestampInSeconds]
    );
    assert_eq!(
        of("12345|securemode=3,signmethod=hmacsha1,timestamp=now|"),
        [Note::TimestampNotANumber]
    );
    let client_id = "12345|securemode=3,signmethod=hmacsha1,timestamp=789|";
    let over_tls = check(&Pasted {
        transport: Some(TransportKind::Wss),
        ..pasted(client_id, "device&pk")
    });
    assert_eq!(
        over_tls.notes,
        [Note::SecuremodeOfOtherTransport {
            sent: 3,
            transport: TransportKind::Wss
        }]
    );
    assert_eq!(over_tls.verdict, Verdict::Right);
    assert!(!over_tls.is_acceptable());
    assert!(over_tls.right.unwrap().client_id.contains("securemode=2"));
}

#[test]
fn a_user_name_that_is_not_the_devices_is_said_to_be_so() {
    let client_id = "12345|securemode=3,signmethod=hmacsha1,timestamp=789|";
    let of = |username| notes(client_id, username);
    assert_eq!(of("device"), [Note::NoAmpersand]);
    assert_eq!(of("device&pk&x"), [Note::TwoAmpersands]);
    assert!(matches!(of("device&p k")[..], [Note::Username(_)]));
    let known = check(&Pasted {
        product_key: Some("a1"),
        device_name: Some("dev2"),
        ..pasted(client_id, "device&pk")
    });
    assert!(matches!(
        &known.notes[..],
        [Note::OtherProduct { named, .. }, Note::OtherDevice { given, .. }] if named == "pk" && given == "dev2"
    ));
    let swapped = check(&Pasted {
        product_key: Some("pk"),
        device_name: Some("device"),
        ..pasted(client_id, "pk&device")
    });
    assert_eq!(swapped.notes, [Note::UsernameSwapped]);
}

#[test]
fn white_space_and_the_shape_of_the_password_are_noted() {
    let checked = check(&Pasted {
        client_id: " 12345|securemode=3,signmethod=hmacsha1,timestamp=789|\n",
        password: "FAFD82A3D602B37FB0FA 8B7892F24A477F851A14",
        secret: "secret\n",
        ..pasted("", "device&pk")
    });
    assert_eq!(
        checked.notes,
        [
            Note::WhiteSpace(Part::ClientId),
            Note::WhiteSpace(Part::Password),
            Note::WhiteSpace(Part::Secret)
        ]
    );
    assert_eq!(checked.verdict, Verdict::Right);
    let client_id = "12345|securemode=3,signmethod=hmacsha1,timestamp=789|";
    let with = |password| {
        check(&Pasted {
            password,
            ..pasted(client_id, "device&pk")
        })
        .notes
    };
    assert_eq!(
        with("ABCD"),
        [Note::PasswordLength {
            length: 4,
            declared: SignMethod::HmacSha1
        }]
    );
    assert_eq!(with("hunter2"), [Note::NotHex]);
}

#[test]
fn every_note_speaks_both_languages() {
    let secret = "hunter2hunter2";
    let shown = check(&Pasted {
        secret,
        ..pasted("hunter2hunter2", "hunter2hunter2")
    });
    let kind = TransportKind::Tls;
    let more = [
        Note::BarsLost,
        Note::CutAt23,
        Note::NoSecuremode,
        Note::UnknownSecuremode(4),
        Note::SecuremodeOfOtherTransport {
            sent: 3,
            transport: kind,
        },
        Note::NoSignMethod,
        Note::Twice("timestamp".to_owned()),
        Note::TimestampNotANumber,
        Note::TimestampInSeconds,
        Note::NoAmpersand,
        Note::TwoAmpersands,
        Note::UsernameSwapped,
        Note::OtherProduct {
            named: "a".to_owned(),
            given: "b".to_owned(),
        },
        Note::OtherDevice {
            named: "a".to_owned(),
            given: "b".to_owned(),
        },
        Note::NotHex,
        Note::PasswordLength {
            length: 3,
            declared: SignMethod::HmacMd5,
        },
        Note::WhiteSpace(Part::Secret),
    ];
    for note in shown.notes.iter().chain(&more) {
        let (en, zh) = (note.in_words(Lang::En), note.in_words(Lang::Zh));
        assert!(en.len() > 20 && en.is_ascii() || en.contains('…'), "{en}");
        assert!(!zh.is_ascii(), "{zh}");
        assert!(!en.contains(secret) && !zh.contains(secret));
    }
}
