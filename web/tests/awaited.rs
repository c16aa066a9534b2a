//! The stand-in inside the page while its file is on the way, and where it does not come.

mod bench;

use std::cell::Cell;
use std::rc::Rc;

use bench::{Bench, own_topic, publish, subscribe};
use tern_core::time::Instant;
use tern_web::form::Form;
use tern_web::protocol::cloud::{Ask, Command, ProblemKind, Report};
use tern_web::protocol::{Command as ToWorker, Link, SubscriptionState};
use tern_web::worker::awaited::{Awaited, Cloud};
use tern_web::worker::in_page::InPage;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const NOW: Instant = Instant::from_millis(1000);

/// A stand-in that was not fetched yet, and how many times that was asked for.
fn awaited() -> (Awaited, Rc<Cell<u32>>) {
    let fetched = Rc::new(Cell::new(0));
    let count = fetched.clone();
    let awaited = Awaited::new(move || count.set(count.get() + 1));
    (awaited, fetched)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small positive number"
)]
fn instant(now_ms: f64) -> Instant {
    Instant::from_millis(now_ms as u64)
}

fn connect() -> ToWorker {
    ToWorker::Connect(Box::new(Form::sample()))
}

fn stand_in() -> Box<dyn Cloud> {
    Box::new(InPage::new(7))
}

#[test]
fn a_connect_waits_for_the_stand_in_and_then_succeeds() {
    let (awaited, fetched) = awaited();
    let mut bench = Bench::with(awaited.clone());
    assert_eq!(fetched.get(), 0, "nobody has connected yet");
    bench.tell(connect(), &[]);
    assert_eq!(fetched.get(), 1);
    assert!(matches!(bench.see().link, Link::Connecting { .. }));

    awaited.arrived(instant(bench.now_ms), stand_in());
    bench.session.turn(bench.now_ms);
    assert!(matches!(bench.see().link, Link::Connected { .. }));
    let seen = bench.tell(subscribe(&own_topic()), &[]);
    assert_eq!(seen.subscriptions[0].state, SubscriptionState::Granted);
    bench.tell(publish(&own_topic()), b"1");
    assert_eq!(bench.see().messages.held, 1);
    assert_eq!(fetched.get(), 1, "it is there");
}

#[test]
fn a_stand_in_that_does_not_come_is_asked_for_again_by_the_next_attempt() {
    let (awaited, fetched) = awaited();
    let mut bench = Bench::with(awaited.clone());
    bench.tell(connect(), &[]);
    awaited.missing();
    bench.session.turn(bench.now_ms);
    let seen = bench.see();
    assert!(matches!(seen.link, Link::Waiting { .. }), "{:?}", seen.link);

    bench.wait(60_000.0);
    assert!(fetched.get() >= 2);
    awaited.arrived(instant(bench.now_ms), stand_in());
    bench.session.turn(bench.now_ms);
    bench.wait(60_000.0);
    assert!(matches!(bench.see().link, Link::Connected { .. }));
}

#[test]
fn who_gives_up_before_it_is_there_is_not_connected_by_its_arrival() {
    let (awaited, _) = awaited();
    let mut bench = Bench::with(awaited.clone());
    bench.tell(connect(), &[]);
    bench.tell(ToWorker::Disconnect, &[]);
    awaited.arrived(instant(bench.now_ms), stand_in());
    bench.session.turn(bench.now_ms);
    assert!(matches!(bench.see().link, Link::Idle));
    assert!(!awaited.has_news(), "nobody looks, and nothing happened");
}

#[test]
fn what_was_asked_meanwhile_is_carried_out_in_order() {
    let (awaited, fetched) = awaited();
    awaited.command(NOW, Command::Look(false));
    assert_eq!(fetched.get(), 0, "nobody looks");
    awaited.command(NOW, Command::Look(true));
    let rival = tern_platform::DeviceAddress::new("a1aq9sQk2JE", "nobody").expect("legal");
    let remove = Command::Ask {
        number: 4,
        ask: Ask::Remove(rival),
    };
    awaited.command(NOW, remove);
    assert_eq!(fetched.get(), 1);
    assert!(!awaited.has_news());

    awaited.arrived(NOW, stand_in());
    let reports = awaited.reports();
    let [Report::View(view), Report::Answered { number: 4, outcome }] = &reports[..] else {
        panic!("{reports:?}");
    };
    assert_eq!(view.devices.len(), 1, "the sample device");
    assert!(outcome.is_err(), "there is no such device");
}

#[test]
fn what_was_asked_of_one_that_does_not_come_is_answered_and_looking_goes_on() {
    let (awaited, fetched) = awaited();
    awaited.command(NOW, Command::Look(true));
    awaited.command(
        NOW,
        Command::Ask {
            number: 1,
            ask: Ask::Rival(None),
        },
    );
    awaited.missing();
    assert!(awaited.has_news());
    let reports = awaited.reports();
    let [
        Report::Answered {
            number: 1,
            outcome: Err(problem),
        },
    ] = &reports[..]
    else {
        panic!("{reports:?}");
    };
    assert_eq!(problem.kind, ProblemKind::Unreachable);
    assert!(!awaited.has_news(), "it was told");

    awaited.command(
        NOW,
        Command::Ask {
            number: 2,
            ask: Ask::Rival(None),
        },
    );
    assert_eq!(fetched.get(), 2);
    awaited.arrived(NOW, stand_in());
    assert!(matches!(
        awaited.reports()[..],
        [Report::View(_), Report::Answered { number: 2, .. }]
    ));
}

#[test]
fn the_keep_alive_window_that_was_set_before_holds_after_it_has_come() {
    let (awaited, _) = awaited();
    let mut form = Form::sample();
    form.keep_alive_min = "2".into();
    form.keep_alive = "2".into();
    let mut bench = Bench::with(awaited.clone());
    bench.tell(ToWorker::Connect(Box::new(form)), &[]);
    awaited.arrived(instant(bench.now_ms), stand_in());
    bench.session.turn(bench.now_ms);
    assert!(matches!(bench.see().link, Link::Connected { .. }));
}
