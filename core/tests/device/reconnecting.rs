//! Waits between attempts, and the fight of two clients over one triple.

use std::collections::BTreeSet;
use std::time::Duration;

use tern_core::device::{CloseKind, Event, Phase, Reconnect};

use crate::scripted::{ACCEPTED, Scripted, disconnected, plain, reconnecting, secs};

/// The waits of attempts that all fail, in ms.
fn waits(seed: u64, attempts: u32) -> Vec<u64> {
    let mut device = Scripted::with_seed(plain(), seed);
    device.connect();
    (1..=attempts)
        .map(|attempt| {
            device.closed_by(CloseKind::Network);
            let (wait, told) = reconnecting(&device.events());
            assert_eq!(told, attempt);
            assert_eq!(device.deadline_ms(), Some(device.now_ms() + wait));
            device.pass(wait);
            assert_eq!(device.device.phase(), Phase::Opening);
            wait
        })
        .collect()
}

#[test]
fn each_wait_is_a_random_part_of_twice_the_one_before_up_to_a_minute() {
    for seed in 0..200 {
        for (wait, attempt) in waits(seed, 12).into_iter().zip(0_u32..) {
            let longest = 60_000.min(1_000 << attempt);
            assert!(
                (longest / 2..=longest).contains(&wait),
                "seed {seed}, {attempt}: {wait}"
            );
        }
    }
}

#[test]
fn other_seeds_wait_otherwise_and_the_same_seed_the_same() {
    assert_eq!(waits(7, 8), waits(7, 8));
    let first: BTreeSet<u64> = (0..50).map(|seed| waits(seed, 1)[0]).collect();
    assert!(
        first.len() > 25,
        "a fleet would come back all at once: {first:?}"
    );
}

#[test]
fn hundreds_of_attempts_stay_at_the_cap() {
    let all = waits(1, 300);
    assert!(
        all[10..]
            .iter()
            .all(|wait| (30_000..=60_000).contains(wait))
    );
}

#[test]
fn a_connection_that_lasted_starts_the_count_anew() {
    let mut device = Scripted::new(plain());
    device.connect();
    for _ in 0..5 {
        device.closed_by(CloseKind::Network);
        let at = device.deadline_ms().unwrap();
        device.pass(at - device.now_ms());
    }
    device.accept(ACCEPTED);
    device.take();
    device.pass(30_000);
    device.closed_by(CloseKind::Network);
    assert_eq!(reconnecting(&device.events()).1, 1);
}

#[test]
fn a_connection_that_did_not_last_goes_on_counting() {
    let mut device = Scripted::online(plain());
    for attempt in 1..=3 {
        device.pass(1_000);
        device.closed_by(CloseKind::Network);
        assert_eq!(reconnecting(&device.events()).1, attempt);
        device.accept_again(ACCEPTED);
        device.take();
    }
}

#[test]
fn two_clients_that_push_each_other_off_are_told_so_and_slow_down() {
    let mut device = Scripted::online(plain());
    for times in 1..=6 {
        device.pass(2_000);
        device.take();
        device.closed();
        let events = device.events();
        let end = disconnected(&events);
        assert_eq!(
            end.reason.contains("another client"),
            times >= 3,
            "{times}: {}",
            end.reason
        );
        let (wait, _) = reconnecting(&events);
        if times >= 3 {
            assert!(
                end.reason.contains(&format!("{times} times")),
                "{}",
                end.reason
            );
            // As long as a life that counts as lasting, so that the other client's does.
            assert!(wait >= 30_000, "{wait}");
        } else {
            assert!(wait <= 4_000, "{wait}");
        }
        device.accept_again(ACCEPTED);
    }
    // It lasts: the fight is over.
    device.take();
    device.pass(40_000);
    device.closed();
    let events = device.events();
    assert!(!disconnected(&events).reason.contains("another client"));
    assert!(reconnecting(&events).0 <= 1_000);
}

#[test]
fn a_network_that_fails_is_no_fight() {
    let mut device = Scripted::online(plain());
    for _ in 0..6 {
        device.pass(2_000);
        device.take();
        device.closed_by(CloseKind::Network);
        assert!(
            !disconnected(&device.events())
                .reason
                .contains("another client")
        );
        device.accept_again(ACCEPTED);
    }
}

#[test]
fn first_and_cap_are_settings() {
    let mut config = plain();
    config.reconnect = Reconnect::Backoff {
        first: secs(10),
        cap: secs(15),
    };
    let mut device = Scripted::new(config);
    device.connect();
    for longest in [10_000, 15_000, 15_000] {
        device.closed_by(CloseKind::Network);
        let (wait, _) = reconnecting(&device.events());
        assert!((longest / 2..=longest).contains(&wait));
        device.pass(wait);
    }
}

#[test]
fn the_shortest_wait_is_no_live_lock() {
    let mut config = plain();
    config.reconnect = Reconnect::Backoff {
        first: Duration::from_millis(1),
        cap: Duration::from_millis(1),
    };
    let mut device = Scripted::new(config);
    device.connect();
    for _ in 0..5 {
        device.closed_by(CloseKind::Network);
        device.pass(1);
        assert_eq!(device.device.phase(), Phase::Opening);
    }
}

#[test]
fn a_certificate_that_is_refused_at_first_is_final_and_later_is_not() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.closed_by(CloseKind::Certificate);
    assert_eq!(device.device.phase(), Phase::Idle);

    let mut device = Scripted::online(plain());
    device.closed_by(CloseKind::Certificate);
    reconnecting(&device.events());
}

#[test]
fn it_connects_again_after_it_has_ended() {
    let mut device = Scripted::online(plain());
    for _ in 0..3 {
        device.disconnect();
        assert_eq!(device.device.phase(), Phase::Idle);
        device.take();
        device.connect();
        device.accept(ACCEPTED);
        assert_eq!(
            device.events().last(),
            Some(&Event::Connected {
                session_present: false
            })
        );
    }
}
