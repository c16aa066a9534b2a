//! Faults, as the page's device sees them.

use tern_platform::Faults;
use tern_web::protocol::{Detail, Link};
use tern_web::sample;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::bench::{Bench, down, packets};

#[test]
fn a_device_with_the_fault_refuse_gets_the_code_asked_for() {
    let mut bench = Bench::new();
    bench.faults(r#"{"devices":{"a1aq9sQk2JE/dev1":{"refuse":{"code":2}}}}"#);
    let refusal = bench.connect().refusal.expect("it is refused");
    assert_eq!(refusal.code, 2);
    let remark = refusal.remark.expect("the stand-in says why");
    assert_eq!(remark, "refused on purpose (fault: refuse)");
    assert_eq!(bench.view.events[0].connack, Some(2));
    bench.faults("{}");
    assert!(bench.connect().link.is_connected());
}

#[test]
fn the_https_authentication_has_its_own_refusal() {
    let bench = &mut Bench::new();
    let url = tern_core::auth::AuthUrl::new("https://localhost").expect("a URL");
    let client_id = tern_core::identity::ClientId::new("1").expect("a client id");
    let triple = sample::device().triple;
    let form = tern_core::auth::request(&url, &triple, &client_id, Default::default(), None).body;
    let (_, granted) = bench.cloud.auth(bench.now(), form.as_bytes());
    assert!(granted.contains(r#""code":200"#), "{granted}");
    bench.faults(r#"{"all":{"auth_refuse":{"code":6200}}}"#);
    let (status, refused) = bench.cloud.auth(bench.now(), form.as_bytes());
    assert_eq!(status, 200);
    assert!(refused.contains(r#""code":6200"#), "{refused}");
    bench.settle();
    assert_eq!(bench.events(), ["authenticated", "auth_refused"]);
    assert_eq!(bench.view.events[0].auth_code, Some(6200));
}

#[test]
fn drop_now_cuts_once_and_the_device_comes_back() {
    let mut bench = Bench::connected();
    bench.faults(r#"{"all":{"drop":"now"}}"#);
    assert!(matches!(bench.see().link, Link::Waiting { attempt: 1, .. }));
    assert_eq!(bench.view.faults, Faults::default(), "it is off again");
    assert_eq!(
        bench.reasons("disconnected"),
        ["cut on purpose (fault: drop)"]
    );
    bench.wait_until("back", |bench| bench.see().link.is_connected());
}

#[test]
fn drop_after_connect_cuts_each_time() {
    let mut bench = Bench::new();
    bench.faults(r#"{"all":{"drop":"after_connect"}}"#);
    bench.connect();
    assert_eq!(bench.events(), ["connected", "disconnected"]);
    bench.wait_until("cut twice", |bench| bench.events().len() == 4);
    assert!(matches!(bench.see().link, Link::Waiting { .. }));
    assert_eq!(bench.events(), ["connected", "disconnected"].repeat(2));
}

#[test]
fn a_delay_shows_in_the_time_of_the_answers() {
    let mut bench = Bench::new();
    bench.faults(r#"{"all":{"delay_ms":700}}"#);
    bench.connect();
    bench.wait(699.0);
    assert!(!bench.see().link.is_connected());
    bench.wait(1.0);
    let seen = bench.see();
    assert!(seen.link.is_connected());
    let [connect, connack] = packets(&seen) else {
        panic!("{:?}", seen.timeline);
    };
    assert_eq!(connack.at_ms - connect.at_ms, 700.0);
}

#[test]
fn a_half_open_link_is_found_out_by_the_device_alone() {
    let mut bench = Bench::connected();
    bench.faults(r#"{"devices":{"a1aq9sQk2JE/dev1":{"half_open":true}}}"#);
    let answers = down(&bench.see()).len();
    bench.wait_until("given up", |bench| {
        matches!(bench.see().link, Link::Waiting { .. })
    });
    assert_eq!(down(&bench.see()).len(), answers, "not a byte more came");
    // The platform did not close it: it was the device that did.
    assert_eq!(
        bench.reasons("disconnected"),
        ["the device closed the connection"]
    );
    bench.faults("{}");
    bench.wait_until("back", |bench| bench.see().link.is_connected());
}

#[test]
fn garbage_is_noted_as_malformed() {
    let mut bench = Bench::connected();
    bench.faults(r#"{"all":{"garbage":true}}"#);
    let seen = bench.see();
    assert!(matches!(seen.link, Link::Waiting { .. }), "{:?}", seen.link);
    let last = packets(&seen).last().expect("a row");
    assert!(matches!(last.detail, Detail::Malformed { .. }), "{last:?}");
}
