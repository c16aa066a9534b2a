//! A second client with the page's triple.

use tern_web::protocol::Link;
use tern_web::protocol::cloud::{Ask, ProblemKind, RivalStanding};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::bench::{Bench, dev1};

#[test]
fn a_second_client_takes_over_and_the_two_push_each_other_off() {
    let mut bench = Bench::connected();
    bench.done(Ask::Rival(Some(dev1())));
    let rival = bench.view.rival.clone().expect("it was started");
    assert_eq!(rival.standing, RivalStanding::Connected);
    assert!(matches!(bench.see().link, Link::Waiting { .. }));
    let taken_over = "taken over by a newer connection with the same triple";
    assert_eq!(bench.reasons("disconnected"), [taken_over]);
    bench.wait_until("taken back", |bench| {
        bench
            .view
            .rival
            .as_ref()
            .is_some_and(|rival| rival.standing == RivalStanding::Waiting)
    });
    assert!(bench.see().link.is_connected());
    bench.wait_until("fought twice more", |bench| {
        bench
            .view
            .rival
            .as_ref()
            .is_some_and(|rival| rival.logins >= 3)
    });
    bench.done(Ask::Rival(None));
    assert_eq!(bench.view.rival, None);
    bench.wait_until("left in peace", |bench| bench.see().link.is_connected());
    let events = bench.view.events.len();
    bench.wait(600_000.0);
    assert!(bench.see().link.is_connected());
    assert_eq!(
        bench.view.events.len(),
        events,
        "nobody disturbs it any more"
    );
}

#[test]
fn a_second_client_needs_no_first_and_keeps_itself_alive() {
    let mut bench = Bench::new();
    bench.done(Ask::Rival(Some(dev1())));
    bench.wait(3_600_000.0);
    assert!(bench.is_online("dev1"));
    let rival = bench.view.rival.as_ref().expect("it was started");
    assert_eq!(
        (rival.standing, rival.logins),
        (RivalStanding::Connected, 1)
    );
}

#[test]
fn a_second_client_that_is_refused_stops_and_says_why() {
    let mut bench = Bench::new();
    bench.faults(r#"{"all":{"refuse":{"code":5}}}"#);
    bench.done(Ask::Rival(Some(dev1())));
    let rival = bench.view.rival.clone().expect("it was started");
    assert_eq!(rival.standing, RivalStanding::Stopped);
    assert!(rival.reason.is_some());
    // What it was refused for is no remark on the page's own device.
    bench.faults("{}");
    assert!(bench.connect().link.is_connected());
    assert_eq!(bench.see().refusal, None);
}

#[test]
fn a_second_client_of_a_device_that_is_not_there_is_a_problem() {
    let mut bench = Bench::new();
    bench.done(Ask::Remove(dev1()));
    let answer = bench.ask(Ask::Rival(Some(dev1()))).expect("an answer");
    assert_eq!(answer.expect_err("a problem").kind, ProblemKind::NoDevice);
    assert_eq!(bench.view.rival, None);
}
