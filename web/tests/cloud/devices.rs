//! Devices: seen, registered, disabled, removed.

use tern_web::form::Form;
use tern_web::protocol::Command;
use tern_web::protocol::cloud::{self, Ask, Done, NewDevice, ProblemKind};
use tern_web::worker::awaited::Cloud;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::bench::{Bench, SECRET, dev1, dev2, subscribe, topic};

#[test]
fn the_page_sees_its_device_come_and_go() {
    let mut bench = Bench::new();
    assert_eq!(bench.view.devices.len(), 1);
    assert!(!bench.is_online("dev1"));
    bench.connect();
    bench.tell(subscribe(), &[]);
    let device = &bench.view.devices[0];
    assert!(device.online);
    assert_eq!(device.changed_at_ms, Some(1000));
    assert_eq!(device.subscriptions[0].filter, topic());
    bench.tell(Command::Disconnect, &[]);
    assert!(!bench.is_online("dev1"));
    assert_eq!(bench.events(), ["connected", "subscribed", "disconnected"]);
}

#[test]
fn nothing_is_told_while_nobody_looks() {
    let mut bench = Bench::new();
    bench
        .cloud
        .command(bench.now(), cloud::Command::Look(false));
    bench.connect();
    assert!(!bench.cloud.has_news());
    bench.cloud.command(bench.now(), cloud::Command::Look(true));
    bench.settle();
    assert!(bench.is_online("dev1"));
    assert!(!bench.cloud.has_news(), "each change is told once");
}

#[test]
fn a_device_is_registered_and_can_log_in() {
    let mut bench = Bench::new();
    bench.done(Ask::Register(dev2()));
    let mut form = Form::sample();
    form.device_name = "dev2".into();
    form.device_secret = SECRET.into();
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert!(seen.link.is_connected(), "{:?}", seen.link);
    assert!(bench.is_online("dev2"));
}

#[test]
fn a_device_is_registered_once_and_by_the_rules() {
    let mut bench = Bench::new();
    let kind = |answer: Option<Result<Done, cloud::Problem>>| {
        let problem = answer.expect("an answer").expect_err("a problem");
        assert!(!problem.text.contains(SECRET), "{problem:?}");
        problem.kind
    };
    bench.done(Ask::Register(dev2()));
    assert_eq!(kind(bench.ask(Ask::Register(dev2()))), ProblemKind::Known);
    let faulty = NewDevice {
        device_name: "a b".into(),
        ..dev2()
    };
    assert_eq!(kind(bench.ask(Ask::Register(faulty))), ProblemKind::Rule);
    assert_eq!(bench.view.devices.len(), 2);
}

#[test]
fn a_secret_is_never_shown() {
    let mut bench = Bench::new();
    let ask = Ask::Register(dev2());
    assert!(!format!("{ask:?}").contains(SECRET));
    bench.done(ask);
    assert!(!format!("{:?} {:?}", bench.view, bench.cloud).contains(SECRET));
}

#[test]
fn a_removed_device_is_cut_and_refused() {
    let mut bench = Bench::connected();
    bench.done(Ask::Remove(dev1()));
    assert_eq!(bench.view.devices, []);
    bench.wait_until("refused", |bench| bench.see().refusal.is_some());
    let refusal = bench.see().refusal.expect("it is refused");
    assert_eq!(refusal.code, 5);
    let again = bench.ask(Ask::Remove(dev1())).expect("an answer");
    assert_eq!(again.expect_err("gone").kind, ProblemKind::NoDevice);
}

#[test]
fn a_disabled_device_is_cut_and_refused_until_it_is_enabled() {
    let mut bench = Bench::connected();
    let disable = |disabled| Ask::Disable {
        device: dev1(),
        disabled,
    };
    bench.done(disable(true));
    assert!(bench.view.devices[0].disabled && !bench.is_online("dev1"));
    let seen = bench.connect();
    assert_eq!(seen.refusal.expect("it is refused").code, 5);
    bench.done(disable(false));
    assert!(bench.connect().link.is_connected());
}
