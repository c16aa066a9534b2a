//! Devices that live through whatever chance brings, recorded as a host records them.

use core::time::Duration;

use tern_core::auth::AuthUrl;
use tern_core::device::{CloseKind, CloseReason, Config, KeptMessage, Login, Reconnect, Token};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::{Password, SignMethod};
use tern_core::time::Instant;
use tern_core::transcript::{Core, Direct, Entry, Header, Heard, Said, Tap, What};
use tern_core::wire::{PacketId, QoS};

/// The device's secret: no recording may hold it.
pub(crate) const SECRET: &str = "fc73ae4f1f2fb21073f1eee685cf4435";
/// The token that an authentication grants.
pub(crate) const TOKEN: &str = "0d7fdeb9dc1f4344a2cc0d45edcb0bcb";
/// A password for another broker.
pub(crate) const PASSWORD: &str = "hunter2hunter2";

pub(crate) fn header(login: Login) -> Header {
    let mut config = Config::new(login);
    config.reconnect = Reconnect::Backoff {
        first: Duration::from_millis(500),
        cap: Duration::from_secs(5),
    };
    Header {
        recorded: "2026-11-25T08:00:00Z".into(),
        seed: 42,
        config,
    }
}

pub(crate) fn logins() -> [Login; 3] {
    let triple = || Triple::new("a1aq9sQk2JE", "dev1", SECRET).unwrap();
    let endpoint = |url| Endpoint::from_url(url).unwrap();
    [
        Login::Direct {
            triple: triple(),
            client_id: ClientId::new("你好 12345").unwrap(),
            method: SignMethod::HmacSha256,
            timestamp: Some(789),
            endpoint: endpoint("mqtts://localhost:1883"),
        },
        Login::Https {
            triple: triple(),
            client_id: ClientId::new("12345").unwrap(),
            method: SignMethod::HmacSha1,
            timestamp: None,
            auth_url: AuthUrl::new("https://localhost:8443").unwrap(),
            transport: TransportKind::Wss,
            endpoint: None,
        },
        Login::Plain {
            client_id: "c1".into(),
            username: Some("u\"\\\n".into()),
            password: Some(Password::from(PASSWORD)),
            endpoint: endpoint("ws://[::1]:8080/mqtt?a=b"),
        },
    ]
}

/// Records one device.
pub(crate) struct Recorder {
    core: Direct,
    tap: Tap,
    held: Vec<u8>,
    pub(crate) now: u64,
    pub(crate) text: String,
    pub(crate) said: Vec<Said>,
}

impl Recorder {
    pub(crate) fn new(header: &Header) -> Self {
        let tap = Tap::new(&header.config);
        Self {
            core: Direct::new(header).unwrap(),
            text: tap.header(header),
            tap,
            held: Vec::new(),
            now: 0,
            said: Vec::new(),
        }
    }

    fn write(&mut self, what: What) {
        let at = Instant::from_millis(self.now);
        Entry { at, what }.write(&mut self.text);
    }

    /// Hands in what happens at one moment, and records it as a host does: all that went in, then all that
    /// came out.
    pub(crate) fn step(&mut self, all: &[Heard]) {
        let at = Instant::from_millis(self.now);
        let mut said = Vec::new();
        for heard in all {
            let heard = match heard {
                Heard::Received { bytes, .. } => {
                    self.held.extend_from_slice(bytes);
                    self.core.hand_in(at, heard, &self.held, &mut said).unwrap();
                    self.tap.received(&self.held, true).heard
                }
                other => {
                    self.core.hand_in(at, other, &[], &mut said).unwrap();
                    self.tap.heard(other.clone())
                }
            };
            self.write(What::Heard(heard));
        }
        for said in said {
            match &said {
                Said::Consumed { consumed, .. } => {
                    self.held.drain(..(*consumed).min(self.held.len()));
                }
                Said::OpenTransport(_) => self.held.clear(),
                _ => {}
            }
            let said = self.tap.said(said);
            self.write(What::Said(said.clone()));
            self.said.push(said);
        }
    }

    pub(crate) fn end(mut self) -> String {
        self.write(What::End);
        self.text
    }
}

pub(crate) fn received(bytes: &[u8]) -> Heard {
    Heard::Received {
        anew: false,
        bytes: bytes.to_vec(),
    }
}

pub(crate) fn grant() -> Heard {
    let body = format!(
        r#"{{"code":200,"data":{{"iotId":"id","iotToken":"{TOKEN}","resources":{{"mqtt":{{"host":"mqtt.example","port":1883}}}}}}}}"#
    );
    Heard::HttpAnswered {
        status: 200,
        body: body.into_bytes(),
    }
}

/// Something that a host would hand in, likely or not.
fn anything(rng: &mut fastrand::Rng, secret: &str) -> Heard {
    const PACKETS: [&[u8]; 9] = [
        &[0x20, 2, 0, 0],
        &[0x20, 2, 1, 0],
        &[0x20, 2, 0, 3],
        &[0x30, 5, 0, 1, b't', b'h', b'i'],
        &[0x32, 7, 0, 1, b't', 0, 7, b'h', b'i'],
        &[0x40, 2, 0, 1],
        &[0x90, 3, 0, 1, 1],
        &[0xB0, 2, 0, 2],
        &[0xD0, 0],
    ];
    let reason = CloseReason {
        kind: [
            CloseKind::Closed,
            CloseKind::Network,
            CloseKind::Certificate,
            CloseKind::Protocol,
            CloseKind::TimedOut,
        ][rng.usize(..5)],
        text: format!("gone: \"{secret}\" \u{1F600}\n"),
    };
    let qos = QoS::from_number(rng.u8(0..3)).unwrap();
    match rng.u8(0..32) {
        0 | 1 => Heard::Connect,
        2 => Heard::Disconnect,
        3..=5 => Heard::Publish {
            topic: "t".into(),
            payload: vec![rng.u8(..); rng.usize(..20)],
            qos,
        },
        6 => Heard::Publish {
            topic: "t/#".into(),
            payload: secret.into(),
            qos,
        },
        7 | 8 => Heard::Subscribe {
            filter: "a/+".into(),
            qos,
        },
        9 => Heard::Unsubscribe {
            filter: "a/+".into(),
        },
        10..=13 => Heard::TransportOpened,
        14 => Heard::TransportClosed(reason),
        15 | 16 => grant(),
        17 => Heard::HttpAnswered {
            status: 502,
            body: b"<html>\xFF".to_vec(),
        },
        18 => Heard::HttpFailed(reason),
        19 => received(&[rng.u8(..), rng.u8(..), rng.u8(..)]),
        20 | 21 => Heard::Timeout,
        26 => Heard::TellSession,
        27 => Heard::Withdraw(Token(rng.u64(..12))),
        28 => Heard::Kept(Token(rng.u64(..40))),
        29 => Heard::RestoreMessage(KeptMessage {
            token: Token(rng.u64(..60)),
            packet_id: PacketId::new(rng.u16(..3)),
            topic: "kept".into(),
            payload: secret.into(),
        }),
        30 => Heard::RestoreSubscription {
            filter: "kept/#".into(),
            qos,
        },
        31 => Heard::RestoreTokens(Token(rng.u64(..50))),
        _ => {
            let packet = PACKETS[rng.usize(..PACKETS.len())];
            // Now and then cut: the rest may come later, or something else.
            let len = match rng.u8(0..6) > 0 {
                true => packet.len(),
                false => rng.usize(..packet.len()),
            };
            received(&packet[..len])
        }
    }
}

/// The recording of a life of `steps` moments.
pub(crate) fn life(login: Login, seed: u64, steps: usize) -> String {
    let mut rng = fastrand::Rng::with_seed(seed);
    let secret = match login {
        Login::Plain { .. } => PASSWORD,
        _ => SECRET,
    };
    let mut recorder = Recorder::new(&header(login));
    if steps > 0 && seed.is_multiple_of(3) {
        recorder.step(&[Heard::HoldUntilKept]);
    }
    for _ in 0..steps {
        // Mostly soon; now and then so late that a keep alive has passed.
        let most = if rng.u8(0..10) == 0 { 100_000 } else { 2_000 };
        recorder.now += rng.u64(0..most);
        if rng.u8(0..8) == 0 {
            recorder.step(&[Heard::Connect, Heard::Timeout]);
            recorder.step(&[grant(), Heard::TransportOpened]);
            recorder.step(&[received(&[0x20, 2, 0, 0])]);
        }
        let few = rng.usize(0..4);
        let mut batch: Vec<Heard> = (0..few).map(|_| anything(&mut rng, secret)).collect();
        // As a host: the bytes of one moment are handed in together.
        let mut seen = false;
        batch.retain(|heard| match heard {
            Heard::Received { .. } => !std::mem::replace(&mut seen, true),
            _ => true,
        });
        recorder.step(&batch);
    }
    recorder.end()
}
