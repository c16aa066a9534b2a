//! The timeline: what is listed, what a pause holds back, how long answers took.

mod bench;

use bench::{Bench, own_topic, packets, publish, subscribe};
use tern_web::protocol::timeline::{Filter, Watch};
use tern_web::protocol::{Command, Direction, Snapshot, Span};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const PUBLISH: u8 = 3;

/// A connection on which the payloads `0` to `9` were published to the own topic and came back.
fn ten_messages() -> Bench {
    let mut bench = Bench::connected();
    bench.tell(subscribe(&own_topic()), &[]);
    for number in 0..10 {
        bench.tell(publish(&own_topic()), format!("number {number}").as_bytes());
    }
    bench
}

fn look(bench: &mut Bench, filter: Filter) -> Snapshot {
    let watch = Watch {
        filter,
        ..Watch::default()
    };
    watch_timeline(bench, watch)
}

fn watch_timeline(bench: &mut Bench, watch: Watch) -> Snapshot {
    let watch = tern_web::protocol::Watch {
        timeline: Some(watch),
        messages: None,
    };
    bench.tell(Command::Watch(Box::new(watch)), &[])
}

fn of_kind(kind: u8) -> Filter {
    Filter {
        kinds: 1 << kind,
        ..Filter::default()
    }
}

#[test]
fn a_type_and_a_direction_leave_only_what_passes_both() {
    let mut bench = ten_messages();
    let seen = look(&mut bench, of_kind(PUBLISH));
    assert_eq!(packets(&seen).len(), 20);
    let filter = Filter {
        direction: Some(Direction::Down),
        ..of_kind(PUBLISH)
    };
    let seen = look(&mut bench, filter);
    assert_eq!(packets(&seen).len(), 10);
    assert!(
        packets(&seen)
            .iter()
            .all(|row| row.direction == Direction::Down)
    );
}

#[test]
fn a_text_is_found_in_either_case_and_new_packets_are_listed_as_they_come() {
    let mut bench = ten_messages();
    let filter = Filter {
        text: "NUMBER 7".into(),
        ..Filter::default()
    };
    let seen = look(&mut bench, filter);
    assert_eq!(packets(&seen).len(), 2);
    bench.tell(publish(&own_topic()), b"another number 7");
    bench.tell(publish(&own_topic()), b"number 8");
    assert_eq!(packets(&bench.see()).len(), 4);
    let seen = look(&mut bench, Filter::default());
    assert!(packets(&seen).len() > 20, "without a filter all are back");
}

#[test]
fn a_topic_is_given_by_a_part_or_by_a_filter_and_finds_the_subscribe_too() {
    let mut bench = ten_messages();
    let filter = |topic: &str| Filter {
        topic: topic.into(),
        ..Filter::default()
    };
    // Ten sent, ten received, one SUBSCRIBE.
    assert_eq!(packets(&look(&mut bench, filter("dev1/DATA"))).len(), 21);
    assert_eq!(packets(&look(&mut bench, filter("/+/dev1/#"))).len(), 21);
    assert_eq!(packets(&look(&mut bench, filter("/+/dev2/#"))).len(), 0);
    assert_eq!(packets(&look(&mut bench, filter("/other"))).len(), 0);
}

#[test]
fn a_pause_holds_the_list_and_loses_nothing() {
    let mut bench = ten_messages();
    let end = bench.see().timeline.expect("looked at").end;
    let paused = Watch {
        until: Some(end),
        span: Span::Newest(5),
        ..Watch::default()
    };
    let before = watch_timeline(&mut bench, paused.clone());
    bench.tell(publish(&own_topic()), b"meanwhile");
    let seen = bench.see();
    assert_eq!(packets(&seen), packets(&before));
    let view = seen.timeline.expect("looked at");
    // PUBLISH and PUBACK of the one sent, PUBLISH and PUBACK of the one received.
    assert_eq!((view.behind, view.end), (4, end + 4));
    let filtered = Watch {
        filter: of_kind(PUBLISH),
        ..paused
    };
    let view = watch_timeline(&mut bench, filtered)
        .timeline
        .expect("looked at");
    assert_eq!((view.rows.held, view.behind), (20, 2));
}

#[test]
fn both_ends_of_a_round_trip_say_how_long_it_took() {
    let mut bench = ten_messages();
    bench.wait(61_000.0);
    let everything = Watch {
        span: Span::Newest(Span::MOST),
        ..Watch::default()
    };
    let seen = watch_timeline(&mut bench, everything);
    let timed = |kind: u8, direction| {
        let mut rows = packets(&seen).iter();
        let row = rows.rfind(|row| row.kind == kind && row.direction == direction);
        row.expect("there is one").round_trip_ms
    };
    // CONNECT, SUBSCRIBE, PUBLISH, PINGREQ and what answers each; in the page no time passes between.
    for (asks, answers) in [(1, 2), (8, 9), (3, 4), (12, 13)] {
        assert_eq!(timed(asks, Direction::Up), Some(0.0), "type {asks}");
        assert_eq!(timed(answers, Direction::Down), Some(0.0), "type {answers}");
    }
}

#[test]
fn the_bytes_of_a_chosen_packet_come_whole() {
    let mut bench = ten_messages();
    let watch = Watch {
        chosen: Some(0),
        ..Watch::default()
    };
    let watch = tern_web::protocol::Watch {
        timeline: Some(watch),
        messages: None,
    };
    bench
        .session
        .command(bench.now_ms, Command::Watch(Box::new(watch)), &[]);
    let mut attached = Vec::new();
    let seen = bench.session.snapshot(bench.now_ms, &mut attached);
    let chosen = seen
        .timeline
        .expect("looked at")
        .chosen
        .expect("it is held");
    let bytes = &attached[chosen.bytes];
    assert_eq!((bytes[0], bytes.len()), (0x10, chosen.row.size));
}

#[test]
fn what_is_not_looked_at_is_not_told() {
    let mut bench = ten_messages();
    let seen = bench.tell(Command::Watch(Box::default()), &[]);
    assert_eq!((seen.timeline, seen.inbox), (None, None));
    assert_eq!(seen.messages.held, 10);
}
