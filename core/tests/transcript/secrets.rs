//! No secret is in a recording: overwritten by as many stars where it stands, and wherever else it comes along.

use tern_core::transcript::{Direct, Heard, Player, Said, Tap, read};

use crate::lives::{PASSWORD, Recorder, SECRET, TOKEN, grant, header, life, logins, received};

/// The passwords that the logins of these tests send.
fn secrets() -> Vec<String> {
    let mut secrets = vec![SECRET.to_owned(), TOKEN.to_owned(), PASSWORD.to_owned()];
    for login in logins() {
        let mut core = Direct::new(&header(login)).unwrap();
        for heard in [Heard::Connect, Heard::TransportOpened] {
            let mut said = Vec::new();
            use tern_core::transcript::Core;
            core.hand_in(Default::default(), &heard, &[], &mut said)
                .unwrap();
            for said in said {
                match said {
                    Said::Transmit(bytes) => {
                        // The password is the last field of a CONNECT.
                        let len = if bytes.ends_with(PASSWORD.as_bytes()) {
                            PASSWORD.len()
                        } else {
                            64
                        };
                        let password = bytes[bytes.len() - len..].to_vec();
                        secrets.push(String::from_utf8(password).unwrap());
                    }
                    Said::SendHttp { body, .. } => {
                        let sign = body.split("&sign=").nth(1).unwrap();
                        secrets.push(sign[..40].to_owned());
                    }
                    _ => {}
                }
            }
        }
    }
    secrets
}

#[test]
fn no_life_leaves_a_secret_in_its_recording() {
    let secrets = secrets();
    assert_eq!(secrets.len(), 6, "{secrets:?}");
    for seed in 0..20 {
        for login in logins() {
            let text = life(login, seed, 120);
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "{secret} is in {text}");
            }
        }
    }
}

#[test]
fn there_are_as_many_stars_as_the_secret_has_bytes() {
    let [direct, https, plain] = logins();
    let log_in = |login, answers: &[Heard]| {
        let mut recorder = Recorder::new(&header(login));
        recorder.step(&[Heard::Connect]);
        recorder.step(answers);
        recorder.step(&[Heard::TransportOpened]);
        recorder.end()
    };
    let stars = |len: usize| format!("{}\"\n", "*".repeat(len));
    // HMAC with SHA-256, in hex.
    let text = log_in(direct, &[]);
    assert!(text.contains(&format!("\\x00@{}", stars(64))), "{text}");
    let text = log_in(https, &[grant()]);
    assert!(
        text.contains(&format!("&sign={}&", "*".repeat(40))),
        "{text}"
    );
    assert!(
        text.contains(&format!("iotToken\\\":\\\"{}\\\"", "*".repeat(32))),
        "{text}"
    );
    assert!(text.contains(&format!("\\x00 {}", stars(32))), "{text}");
    let text = log_in(plain, &[]);
    assert!(
        text.contains(&format!("\npassword \"{}", stars(14))),
        "{text}"
    );
    assert!(text.contains(&format!("\\x00\\x0E{}", stars(14))), "{text}");
}

#[test]
fn a_peer_that_echoes_the_connect_in_pieces_gives_nothing_away_and_plays_again() {
    for login in logins() {
        let mut core = Recorder::new(&header(login.clone()));
        core.step(&[Heard::Connect]);
        core.step(&[grant()]);
        core.step(&[Heard::TransportOpened]);
        // What the device really sent: a second one, untapped, tells.
        let connect = connect_of(&login);
        for cut in 1..connect.len() {
            let mut recorder = Recorder::new(&header(login.clone()));
            recorder.step(&[Heard::Connect]);
            recorder.step(&[grant()]);
            recorder.step(&[Heard::TransportOpened]);
            recorder.step(&[received(&connect[..cut])]);
            recorder.step(&[received(&connect[cut..])]);
            let text = recorder.end();
            let password = &connect[connect.len() - 14..];
            let tail = String::from_utf8_lossy(password).into_owned();
            assert!(!text.contains(&tail), "{cut}: {text}");
            let recording = read(text.as_bytes()).unwrap();
            let mut player = Player::new(Direct::new(&recording.header).unwrap());
            for entry in &recording.entries {
                player.play(entry).unwrap();
            }
        }
    }
}

fn connect_of(login: &tern_core::device::Login) -> Vec<u8> {
    use tern_core::transcript::Core;
    let mut core = Direct::new(&header(login.clone())).unwrap();
    let mut said = Vec::new();
    for heard in [Heard::Connect, grant(), Heard::TransportOpened] {
        core.hand_in(Default::default(), &heard, &[], &mut said)
            .unwrap();
    }
    let connect = said.into_iter().find_map(|said| match said {
        Said::Transmit(bytes) => Some(bytes),
        _ => None,
    });
    connect.unwrap()
}

#[test]
fn bytes_of_the_hosts_own_are_not_taken_for_the_peers() {
    let [_, _, plain] = logins();
    let mut tap = Tap::new(&header(plain).config);
    let consumed = |consumed| Said::Consumed { consumed, need: 1 };
    // Half a message is waiting.
    let first = tap.received(&[0x30, 5, 0], true);
    assert_eq!((first.heard, first.fresh), (received(&[0x30, 5, 0]), 3));
    tap.said(consumed(0));
    // The host stands in for a PINGRESP.
    let own = tap.received(&[0xD0, 0], false);
    let anew = Heard::Received {
        anew: true,
        bytes: vec![0xD0, 0],
    };
    assert_eq!((own.heard, own.fresh), (anew, 0));
    tap.said(consumed(2));
    // The message's rest: four bytes are new on the stream, and the device gets all of it.
    let whole = [0x30, 5, 0, 1, b't', b'h', b'i'];
    let rest = tap.received(&whole, true);
    assert_eq!((rest.heard, rest.fresh), (received(&whole), 4));
}

/// Passwords that are words of the core's own, a packet's own, and the host's name.
#[test]
fn a_password_that_is_an_ordinary_word_replays_too() {
    for password in [
        "password",
        "connection",
        "keep-alive",
        "localhost",
        "\0\x04MQTT\x04\u{2}",
    ] {
        let login = tern_core::device::Login::Plain {
            client_id: password.replace('\0', ""),
            username: Some(password.replace('\0', "")),
            password: Some(password.into()),
            endpoint: tern_core::identity::Endpoint::from_url("mqtt://localhost").unwrap(),
        };
        let mut recorder = Recorder::new(&header(login));
        recorder.step(&[Heard::Connect, Heard::TransportOpened]);
        recorder.step(&[received(&[0x20, 2, 0, 0])]);
        recorder.step(&[Heard::Subscribe {
            filter: "localhost/keep-alive/+".into(),
            qos: tern_core::wire::QoS::AtLeastOnce,
        }]);
        recorder.step(&[received(&[0x90, 3, 0, 1, 1])]);
        recorder.step(&[Heard::TransportClosed(tern_core::device::CloseReason {
            kind: tern_core::device::CloseKind::Closed,
            text: format!("localhost: the connection of {password} was closed"),
        })]);
        recorder.now = 5_000;
        recorder.step(&[Heard::Timeout]);
        recorder.step(&[Heard::TransportOpened]);
        recorder.step(&[received(&[0x20, 2, 0, 4])]);
        let text = recorder.end();
        assert!(text.contains(" out refused connack 4 "), "{text}");
        let recording = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        let mut player = Player::new(Direct::new(&recording.header).unwrap());
        for entry in &recording.entries {
            player
                .play(entry)
                .unwrap_or_else(|fault| panic!("{password:?}: {fault:?}"));
        }
    }
}
