//! Words and bytes that no partner would write: errors, never a panic, on both sides of a call.

use tern_component::Sessions;
use tern_component::batch::{InputBatch, Outcome, commands, reports};
use tern_core::device::{Config, Login, Token};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_core::wire::{PacketId, QoS};

fn config() -> Config {
    let endpoint = Endpoint::from_url("ws://localhost/mqtt").expect("a URL");
    let client_id = "c".into();
    Config::new(Login::Plain {
        client_id,
        username: None,
        password: None,
        endpoint,
    })
}

/// A word that is small more often than not, so that a row gets somewhere.
fn word(rng: &mut fastrand::Rng) -> u32 {
    match rng.u8(0..8) {
        0 => rng.u32(..),
        1 => u32::MAX,
        2 => rng.u32(0..64),
        _ => rng.u32(0..20),
    }
}

fn row(rng: &mut fastrand::Rng) -> (Vec<u32>, Vec<u8>) {
    let words = (0..rng.usize(0..40)).map(|_| word(rng)).collect();
    let bytes = (0..rng.usize(0..40)).map(|_| rng.u8(..)).collect();
    (words, bytes)
}

#[test]
fn the_guest_survives_any_words() {
    let mut rng = fastrand::Rng::with_seed(1);
    for _ in 0..2_000 {
        let mut sessions = Sessions::default();
        for _ in 0..3 {
            sessions.open(config(), 1).expect("a configuration");
        }
        let mut now = 0;
        for _ in 0..20 {
            now += rng.u64(0..20_000);
            let (words, bytes) = row(&mut rng);
            let mut outcome = Outcome::default();
            let good = commands(&words, &bytes).all(|command| command.is_ok());
            let stepped = sessions.step(Instant::from_millis(now), &words, &bytes, &mut outcome);
            assert_eq!(stepped.is_ok(), good);
            // What the guest says is always readable.
            assert!(reports(&outcome, &bytes).all(|report| report.is_ok()));
        }
    }
}

#[test]
fn the_host_survives_any_outcome() {
    let mut rng = fastrand::Rng::with_seed(2);
    for _ in 0..100_000 {
        let (mut words, bytes) = row(&mut rng);
        if let Some(kind) = words.first_mut() {
            *kind = rng.u32(0..40);
        }
        let (_, input) = row(&mut rng);
        let count = words.len();
        let mut outcome = Outcome::default();
        (outcome.words, outcome.bytes) = (words, bytes);
        assert!(reports(&outcome, &input).count() <= count / 2 + 1);
    }
}

#[test]
fn a_batch_with_one_word_changed_does_no_harm() {
    let mut batch = InputBatch::default();
    batch.restore_message(0, Token(1), PacketId::new(1), "t", b"x");
    batch.restore_message(0, Token(2), None, "t", b"y");
    batch.restore_subscription(0, "f", QoS::AtLeastOnce);
    batch.restore_tokens(0, Token(3));
    batch.hold_until_kept(0);
    batch.connect(0);
    batch.transport_opened(0);
    batch.received(0, &[0x20, 2, 0, 0]);
    batch.publish(0, "t", b"x", QoS::AtLeastOnce);
    batch.kept(0, Token(4));
    batch.publish(0, "t", b"z", QoS::AtLeastOnce);
    batch.withdraw(0, Token(5));
    batch.tell_session(0);
    batch.subscribe(0, "#", QoS::AtMostOnce);
    batch.unsubscribe(0, "#");
    batch.disconnect(0);
    batch.timeout(0);
    for at in 0..batch.words().len() {
        for value in [0, 1, 2, 3, 7, 11, 12, 18, 19, 100, u32::MAX - 1, u32::MAX] {
            let mut words = batch.words().to_vec();
            words[at] = value;
            let mut sessions = Sessions::default();
            sessions.open(config(), 1).expect("a configuration");
            let mut outcome = Outcome::default();
            let _ = sessions.step(Instant::default(), &words, batch.bytes(), &mut outcome);
            assert!(reports(&outcome, batch.bytes()).all(|report| report.is_ok()));
        }
    }
}
