//! An attempt that gets no answer, in each of its phases.

use tern_core::device::{Config, DisconnectKind, Event, Phase};

use crate::scripted::{GRANT, Scripted, Seen, disconnected, https, plain, secs};

#[track_caller]
fn times_out(device: &mut Scripted, closes: bool, words: &str) {
    device.take();
    let left = 5_000 - device.now_ms();
    device.pass(left - 1);
    assert_eq!(device.take(), []);
    device.pass(1);
    let seen = device.take();
    assert_eq!(seen.contains(&Seen::Close), closes);
    let events: Vec<Event> = seen
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let end = disconnected(&events);
    assert_eq!(end.kind, DisconnectKind::TimedOut);
    assert!(end.reason.contains(words), "{}", end.reason);
    assert!(end.reason.contains("within 5 s"), "{}", end.reason);
    assert_eq!(device.device.phase(), Phase::Waiting);
}

fn within_5_s(config: Config) -> Config {
    Config {
        connect_timeout: secs(5),
        ..config
    }
}

#[test]
fn no_answer_to_the_authentication() {
    let mut device = Scripted::new(within_5_s(https()));
    device.connect();
    times_out(&mut device, false, "HTTPS authentication");
}

#[test]
fn no_stream() {
    let mut device = Scripted::new(within_5_s(plain()));
    device.connect();
    times_out(&mut device, true, "could not be opened");
}

#[test]
fn no_connack() {
    let mut device = Scripted::new(within_5_s(plain()));
    device.connect();
    device.pass(1_000);
    device.opened();
    device.receive("20 02 00"); // half a CONNACK, then silence
    times_out(&mut device, true, "no CONNACK came");
}

#[test]
fn one_time_limit_holds_for_all_phases_together() {
    let mut device = Scripted::new(within_5_s(https()));
    device.connect();
    device.pass(2_000);
    device.answer(200, GRANT);
    device.pass(2_000);
    device.opened();
    times_out(&mut device, true, "no CONNACK came");
}

#[test]
fn each_attempt_has_its_own() {
    let mut device = Scripted::new(within_5_s(plain()));
    device.connect();
    for _ in 0..4 {
        device.pass(5_000);
        assert_eq!(device.device.phase(), Phase::Waiting);
        let wait = device.deadline_ms().unwrap() - device.now_ms();
        device.pass(wait);
        assert_eq!(device.device.phase(), Phase::Opening);
        assert_eq!(device.deadline_ms(), Some(device.now_ms() + 5_000));
    }
}
