//! The same script of batches gives the same outcomes in the sandbox and without it, word for word.

use core::time::Duration;

use tern_component::batch::{InputBatch, Outcome, Report, ReportEvent, reports};
use tern_core::auth::AuthUrl;
use tern_core::device::{CloseKind, CloseReason, Config, Login, Reconnect, Token};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::{Password, SignMethod};
use tern_core::time::Instant;
use tern_core::wire::{PacketId, QoS};
use tern_host::engine::{Engine, EngineError, Sandboxes};

const GRANT: &[u8] = br#"{"code":200,"data":{"iotId":"id","iotToken":"tok","resources":{"mqtt":{"host":"mqtt.example","port":1883}}}}"#;

/// Whole packets of a peer, some of them at a wrong time.
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

fn triple() -> Triple {
    Triple::new("pk", "device", "secret").unwrap()
}

fn logins() -> [Config; 5] {
    let endpoint = |url: &str| Endpoint::from_url(url).unwrap();
    let direct = |id, method, timestamp, url| Login::Direct {
        triple: triple(),
        client_id: ClientId::new(id).unwrap(),
        method,
        timestamp,
        endpoint: endpoint(url),
    };
    let https = |transport, by_hand: Option<&str>| Login::Https {
        triple: triple(),
        client_id: ClientId::new("12345").unwrap(),
        method: SignMethod::HmacSha1,
        timestamp: Some(1),
        auth_url: AuthUrl::new("https://localhost:8443/auth/devicename").unwrap(),
        transport,
        endpoint: by_hand.map(endpoint),
    };
    let plain = Login::Plain {
        client_id: "c".into(),
        username: Some(String::new()),
        password: Some(Password::new("p".into())),
        endpoint: endpoint("ws://[::1]:8080/mqtt?a=b"),
    };
    [
        plain,
        direct(
            "12345",
            SignMethod::HmacMd5,
            Some(u64::MAX),
            "mqtts://localhost:1883",
        ),
        direct("é", SignMethod::HmacSha256, None, "mqtt://localhost"),
        https(TransportKind::Wss, None),
        https(TransportKind::Tls, Some("wss://other.example/path")),
    ]
    .map(Config::new)
}

/// Each setting away from its default, one at a time.
fn settings() -> Vec<Config> {
    let changes: [fn(&mut Config); 17] = [
        |config| config.keep_alive = 300,
        |config| (config.keep_alive, config.keep_alive_range) = (7, Some(5..=9)),
        |config| (config.keep_alive, config.keep_alive_range) = (0, None),
        |config| config.clean_session = true,
        |config| config.reconnect = Reconnect::Never,
        |config| {
            let (first, cap) = (Duration::from_millis(70), Duration::from_secs(60));
            config.reconnect = Reconnect::Backoff { first, cap };
        },
        |config| {
            let (first, cap) = (Duration::from_secs(1), Duration::from_secs(3));
            config.reconnect = Reconnect::Backoff { first, cap };
        },
        |config| config.connect_timeout = Duration::from_secs(1),
        |config| config.request_timeout = Duration::from_secs(2),
        |config| config.ping_timeout = Duration::from_secs(3),
        |config| config.drain_timeout = Duration::from_secs(4),
        |config| config.limits.max_packet = 8,
        |config| config.limits.max_payload = 0,
        |config| config.limits.max_inflight = 1,
        |config| config.limits.max_queued = 2,
        |config| config.limits.max_queued_bytes = 30,
        |config| config.limits.max_subscriptions = 1,
    ];
    let [_, direct, ..] = logins();
    let change = |change: fn(&mut Config)| {
        let mut config = direct.clone();
        change(&mut config);
        config
    };
    changes.map(change).into()
}

fn configs() -> Vec<Config> {
    logins().into_iter().chain(settings()).collect()
}

/// One life of a device in which every setting shows; what came out of each step.
fn tour(engine: &mut Engine, config: Config) -> Vec<(Vec<u32>, Vec<u8>)> {
    let session = engine.open(config, 1).unwrap();
    let mut batch = InputBatch::default();
    let mut out = Vec::new();
    let mut step = |at: u64, fill: &dyn Fn(&mut InputBatch)| {
        batch.clear();
        fill(&mut batch);
        let mut outcome = Outcome::default();
        engine
            .step(Instant::from_millis(at), &batch, &mut outcome)
            .unwrap();
        out.push((outcome.words, outcome.bytes));
        // A sandbox's constants go, and are there again in the next step.
        engine.rest();
    };
    let log_in = |batch: &mut InputBatch| {
        batch.connect(session);
        batch.timeout(session);
        batch.http_answered(session, 200, GRANT);
        batch.transport_opened(session);
        batch.received(session, &[0x20, 2, 0, 0]);
    };
    step(0, &|batch| batch.connect(session));
    step(1, &log_in);
    step(2, &|batch| {
        for _ in 0..4 {
            batch.publish(session, "t", b"payload", QoS::AtLeastOnce);
        }
        batch.subscribe(session, "a", QoS::AtMostOnce);
        batch.subscribe(session, "b", QoS::AtMostOnce);
    });
    step(3, &|batch| {
        batch.received(session, &[0x30, 8, 0, 1, b't', 0, 0, 0, 0, 0])
    });
    step(50_000, &|batch| batch.timeout(session));
    for round in 0..8 {
        let reason = CloseReason {
            kind: CloseKind::Network,
            text: "gone".into(),
        };
        step(60_000 + round * 100_000, &|batch| {
            batch.transport_closed(session, &reason)
        });
        step(140_000 + round * 100_000, &log_in);
    }
    step(840_001, &|batch| batch.disconnect(session));
    out
}

#[test]
fn every_login_and_every_setting_reaches_the_sandbox() {
    let [_, direct, ..] = logins();
    let default = tour(&mut Engine::native(), direct);
    let sandboxes = Sandboxes::load().unwrap();
    for (config, number) in configs().into_iter().zip(0..) {
        let native = tour(&mut Engine::native(), config.clone());
        if number != 1 {
            assert!(
                native != default,
                "{number}: the tour does not show this one"
            );
        }
        assert_eq!(
            tour(&mut sandboxes.engine().unwrap(), config),
            native,
            "{number}"
        );
    }
}

/// Something that a host would hand in for this device, likely or not.
fn add(batch: &mut InputBatch, session: u32, rng: &mut fastrand::Rng) {
    let qos = QoS::from_number(rng.u8(0..3)).unwrap();
    let kinds = [
        CloseKind::Closed,
        CloseKind::Network,
        CloseKind::Certificate,
        CloseKind::TimedOut,
    ];
    let reason = CloseReason {
        kind: kinds[rng.usize(..kinds.len())],
        text: "gone".into(),
    };
    // Small, so that some of them are held back or sent.
    let token = Token(rng.u64(0..40));
    match rng.u8(0..30) {
        0 | 1 => batch.connect(session),
        2 => batch.disconnect(session),
        3..=5 => batch.publish(session, "t", b"payload", qos),
        6 => batch.publish(session, "t/#", b"", qos),
        7 | 8 => batch.subscribe(session, "a/+", qos),
        9 => batch.unsubscribe(session, "a/+"),
        10..=13 => batch.transport_opened(session),
        14 => batch.transport_closed(session, &reason),
        15 => batch.http_answered(session, 200, GRANT),
        16 => batch.http_answered(session, 502, b"<html>"),
        17 => batch.http_failed(session, &reason),
        18 => batch.received(session, &[rng.u8(..), rng.u8(..), rng.u8(..)]),
        19 | 20 => batch.timeout(session),
        21 => batch.restore_message(session, token, PacketId::new(rng.u16(0..9)), "t", b"kept"),
        22 => batch.restore_subscription(session, "a/+", qos),
        23 => batch.restore_tokens(session, token),
        24 => batch.hold_until_kept(session),
        25 => batch.kept(session, token),
        26 => batch.withdraw(session, token),
        27 => batch.tell_session(session),
        _ => batch.received(session, PACKETS[rng.usize(..PACKETS.len())]),
    }
}

#[test]
fn whatever_happens_the_outcomes_are_the_same() {
    let mut rng = fastrand::Rng::with_seed(1);
    let (mut native, mut sandboxed) = (Engine::native(), Engine::sandboxed().unwrap());
    let (mut batch, mut here, mut there) = Default::default();
    let mut sessions = Vec::new();
    for (config, seed) in configs().into_iter().zip(1..) {
        let session = native.open(config.clone(), seed).unwrap();
        assert_eq!(sandboxed.open(config, seed).unwrap(), session);
        sessions.push(session);
    }
    let (mut now, mut words) = (0, 0);
    for round in 0..3_000 {
        now += rng.u64(0..2_000);
        let now = Instant::from_millis(now);
        InputBatch::clear(&mut batch);
        for &session in &sessions {
            if rng.u8(0..3) == 0 {
                add(&mut batch, session, &mut rng);
            }
        }
        native.step(now, &batch, &mut here).unwrap();
        sandboxed.step(now, &batch, &mut there).unwrap();
        let Outcome {
            words: here_words,
            bytes,
            ..
        } = &here;
        assert_eq!(
            (here_words, bytes),
            (&there.words, &there.bytes),
            "round {round}"
        );
        words += here_words.len();
        if round % 100 == 99 {
            // One goes, another takes its number.
            let configs = configs();
            let (at, seed) = (rng.usize(..sessions.len()), rng.u64(..));
            let config = configs[rng.usize(..configs.len())].clone();
            native.close(sessions[at]).unwrap();
            sandboxed.close(sessions[at]).unwrap();
            sessions[at] = native.open(config.clone(), seed).unwrap();
            assert_eq!(sandboxed.open(config, seed).unwrap(), sessions[at]);
        }
    }
    assert!(words > 50_000, "hardly anything happened: {words} words");
}

#[test]
fn a_setting_that_breaks_its_rule_is_refused_in_the_same_words() {
    let (mut native, mut sandboxed) = (Engine::native(), Engine::sandboxed().unwrap());
    let all = configs();
    let mut keep_alive = all[1].clone();
    keep_alive.keep_alive = 301;
    let mut inflight = all[0].clone();
    inflight.limits.max_inflight = 65_536;
    for config in [keep_alive, inflight] {
        let errors = [native.open(config.clone(), 1), sandboxed.open(config, 1)].map(|opened| {
            let Err(EngineError::Config(text)) = opened else {
                panic!("{opened:?}")
            };
            text
        });
        assert_eq!(errors[0], errors[1]);
    }
    // And nothing was opened by it.
    assert_eq!(sandboxed.open(all[0].clone(), 1).unwrap(), 0);
}

#[test]
fn a_thousand_sessions_of_one_instance_keep_apart() {
    let mut engine = Engine::sandboxed().unwrap();
    let config = configs().swap_remove(0);
    let sessions: Vec<u32> = (0..1_000)
        .map(|seed| engine.open(config.clone(), seed).unwrap())
        .collect();
    let (mut batch, mut outcome): (InputBatch, Outcome) = Default::default();
    for &session in &sessions {
        batch.connect(session);
        batch.transport_opened(session);
        batch.received(session, &[0x20, 2, 0, 0]);
    }
    engine
        .step(Instant::default(), &batch, &mut outcome)
        .unwrap();
    batch.clear();
    for &session in &sessions {
        let [high, low] = u16::try_from(session).unwrap().to_be_bytes();
        batch.received(session, &[0x30, 5, 0, 1, b't', high, low]);
        batch.publish(session, "t", &[high, low], QoS::AtLeastOnce);
    }
    engine
        .step(Instant::default(), &batch, &mut outcome)
        .unwrap();
    let (mut messages, mut sent) = (0, 0);
    for report in reports(&outcome, batch.bytes()) {
        let (session, report) = report.unwrap();
        let own = u16::try_from(session).unwrap().to_be_bytes();
        match report {
            Report::Event(ReportEvent::Message { payload, .. }) => {
                assert_eq!(payload, own);
                messages += 1;
            }
            Report::Transmit(bytes) => {
                assert_eq!(&bytes[7..], own);
                sent += 1;
            }
            _ => {}
        }
    }
    assert_eq!((messages, sent), (1_000, 1_000));
}
