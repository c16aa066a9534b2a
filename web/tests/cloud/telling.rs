//! What is told of the cloud's side: its form, and its bounds.

use tern_platform::Faults;
use tern_web::protocol::Command;
use tern_web::protocol::cloud::{self, Ask, EVENTS, Report};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::bench::{Bench, dev1, subscribe, topic};

#[test]
fn faults_come_through_the_protocol_as_they_went() {
    let json = r#"{"all":{"delay_ms":200},"devices":{"a1aq9sQk2JE/dev1":{"refuse":{"code":3},"half_open":true}}}"#;
    let faults: Faults = serde_json::from_str(json).expect("valid");
    let command = cloud::Command::Ask {
        number: 3,
        ask: Ask::SetFaults(faults),
    };
    let bytes = postcard::to_allocvec(&command).expect("plain data");
    let read: cloud::Command = postcard::from_bytes(&bytes).expect("the same");
    assert_eq!(read, command);
}

#[test]
fn a_view_comes_through_the_protocol_as_it_went() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(), &[]);
    bench.faults(r#"{"all":{"delay_ms":1}}"#);
    bench.done(Ask::Rival(Some(dev1())));
    let report = Report::View(Box::new(bench.view.clone()));
    let bytes = postcard::to_allocvec(&report).expect("plain data");
    let read: Report = postcard::from_bytes(&bytes).expect("the same");
    assert_eq!(read, report);
}

#[test]
fn an_event_reads_as_the_control_address_tells_it() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(), &[]);
    let json = r#"{"event":"subscribed","filter":"/a1aq9sQk2JE/dev1/data","qos":1,"product_key":"a1aq9sQk2JE","device_name":"dev1","at":"2026-11-23T08:39:49.131Z"}"#;
    let told = serde_json::from_str(json).expect("JSON");
    let told = cloud::Event::of_json(3, 5.0, &told);
    let own = cloud::Event {
        number: 3,
        at_ms: 5.0,
        ..bench.view.events[0].clone()
    };
    assert_eq!(told, own);
}

#[test]
fn events_are_bounded_and_what_is_gone_is_counted() {
    let mut bench = Bench::connected();
    for _ in 0..EVENTS {
        let command = Command::Publish {
            topic: topic(),
            qos: 0,
        };
        bench.tell(command, b"1");
    }
    assert_eq!(bench.view.events.len(), EVENTS);
    assert_eq!(bench.view.events_dropped, 1, "the login");
    let numbers: Vec<_> = bench.view.events.iter().map(|event| event.number).collect();
    assert_eq!(numbers[0], EVENTS as u64);
    assert_eq!(numbers.last(), Some(&1));
    bench.done(Ask::ClearEvents);
    assert_eq!((bench.view.events.len(), bench.view.events_dropped), (0, 0));
}
