//! What is handed in and out by a step stands in buffers of the guest that are used again: steps of any size may follow
//! each other, and none leaves anything behind.

use tern_component::batch::{InputBatch, Outcome};
use tern_core::device::{Config, Login};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_core::wire::QoS;
use tern_host::engine::Engine;

fn config() -> Config {
    let mut config = Config::new(Login::Plain {
        client_id: "c".into(),
        username: None,
        password: None,
        endpoint: Endpoint::from_url("mqtt://localhost").unwrap(),
    });
    config.limits.max_packet = 1024 * 1024;
    config
}

/// A device that is online.
fn online(engine: &mut Engine, outcome: &mut Outcome) -> u32 {
    let session = engine.open(config(), 1).unwrap();
    let mut batch = InputBatch::default();
    batch.connect(session);
    batch.transport_opened(session);
    batch.received(session, &[0x20, 2, 0, 0]);
    engine.step(Instant::default(), &batch, outcome).unwrap();
    session
}

/// A PUBLISH of QoS 0 with so many bytes of payload.
fn message(payload: usize) -> Vec<u8> {
    let length = 3 + payload;
    let mut packet = vec![
        0x30, // PUBLISH, QoS 0
        0x80 | (length % 128) as u8,
        0x80 | (length / 128 % 128) as u8,
        (length / 128 / 128) as u8,
        0,
        1,
        b't',
    ];
    packet.resize(packet.len() + payload, b'x');
    packet
}

#[test]
fn large_and_small_steps_in_turn_bring_the_same_as_without_a_sandbox() {
    let mut engines = [Engine::native(), Engine::sandboxed().unwrap()];
    let mut outcomes = [Outcome::default(), Outcome::default()];
    let sessions = [0, 1].map(|at| online(&mut engines[at], &mut outcomes[at]));
    assert_eq!(sessions[0], sessions[1]);
    let mut rng = fastrand::Rng::with_seed(1);
    let sizes = [0, 1, 100, 4_000, 16_300, 16_384, 17_000, 66_000, 400_000];
    for round in 0..500 {
        let mut batch = InputBatch::default();
        // None of them now and then: a step that carries nothing.
        for _ in 0..rng.usize(0..4) {
            let size = sizes[rng.usize(..sizes.len())];
            match rng.u8(0..3) {
                0 => batch.received(sessions[0], &message(size)),
                1 => batch.publish(sessions[0], "t", &vec![b'y'; size], QoS::AtMostOnce),
                // Many words, and few bytes.
                _ => (0..size / 16).for_each(|_| batch.timeout(sessions[0])),
            }
        }
        for at in [0, 1] {
            // Room is made for its texts as well.
            if round % 7 == 0 {
                engines[at].open(config(), round).unwrap();
            }
            let now = Instant::from_millis(round);
            engines[at].step(now, &batch, &mut outcomes[at]).unwrap();
        }
        let [here, there] = &outcomes;
        assert!(here.words == there.words, "round {round}");
        assert!(here.bytes == there.bytes, "round {round}");
    }
}

#[test]
fn steps_that_carry_more_than_a_memory_holds_leave_nothing_behind() {
    let (mut engine, mut outcome) = (Engine::sandboxed().unwrap(), Outcome::default());
    let session = online(&mut engine, &mut outcome);
    let mut batch = InputBatch::default();
    batch.received(session, &message(900_000));
    // The guest's whole memory has 4 GiB.
    for _ in 0..5_000 {
        engine
            .step(Instant::default(), &batch, &mut outcome)
            .unwrap();
    }
}
