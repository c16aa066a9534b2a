//! Messages pushed to the page's device.

use tern_platform::DeviceAddress;
use tern_web::protocol::cloud::{Ask, Done, ProblemKind, Push, Tally};
use tern_web::protocol::{Detail, SubscriptionState};
use tern_web::sample;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::bench::{Bench, push, subscribe};

#[test]
fn a_push_arrives_and_says_so() {
    let mut bench = Bench::connected();
    let answer = bench.ask(push(1, 1));
    let tally = Tally {
        pushed: 1,
        not_subscribed: 1,
        ..Tally::default()
    };
    assert_eq!(answer, Some(Ok(Done::Pushed(tally))));
    let seen = bench.tell(subscribe(), &[]);
    assert_eq!(seen.subscriptions[0].state, SubscriptionState::Granted);
    let answer = bench.ask(push(1, 3));
    let tally = Tally {
        pushed: 3,
        routed: 3,
        ..Tally::default()
    };
    assert_eq!(answer, Some(Ok(Done::Pushed(tally))));
    let seen = bench.see();
    assert_eq!(seen.messages.held, 3);
    let inbox = seen.inbox.as_ref().expect("it is looked at");
    let row = &inbox.rows.rows[0];
    assert!(matches!(
        &row.detail,
        Detail::Publish {
            qos: 1,
            payload_size: 5,
            ..
        }
    ));
}

#[test]
fn ten_thousand_messages_of_qos_1_all_arrive() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(), &[]);
    assert_eq!(bench.ask(push(1, 10_000)), None, "it takes its time");
    let number = bench.asked;
    let mut answer = None;
    bench.wait_until("answered", |bench| {
        answer = bench.answer(number);
        answer.is_some()
    });
    let Some(Ok(Done::Pushed(tally))) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!((tally.pushed, tally.dropped), (10_000, 0));
    bench.settle();
    let seen = bench.see();
    assert_eq!(seen.messages.evicted + seen.messages.held, 10_000);
}

#[test]
fn a_push_can_be_stopped_and_says_how_far_it_came() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(), &[]);
    assert_eq!(bench.ask(push(0, 100_000)), None);
    let number = bench.asked;
    bench.done(Ask::StopPush);
    let Some(Ok(Done::Pushed(tally))) = bench.answer(number) else {
        panic!("no answer");
    };
    assert!((1..100_000).contains(&tally.pushed), "{tally:?}");
    bench.wait(10_000.0);
    assert_eq!(bench.see().messages.held, tally.routed);
}

#[test]
fn a_push_that_cannot_be_says_why() {
    let mut bench = Bench::connected();
    let problem = |bench: &mut Bench, change: fn(&mut Push)| {
        let Ask::Push(mut order) = push(0, 1) else {
            unreachable!("it is one")
        };
        change(&mut order);
        let answer = bench.ask(Ask::Push(order)).expect("an answer");
        answer.expect_err("a problem")
    };
    let wrong_topic = problem(&mut bench, |push| {
        push.topic = "/a1aq9sQk2JE/dev2/data".into()
    });
    assert_eq!(wrong_topic.kind, ProblemKind::Rule);
    assert!(wrong_topic.text.contains("does not belong to device"));
    let nobody = problem(&mut bench, |push| {
        push.device = DeviceAddress::new(sample::PRODUCT_KEY, "nobody").expect("valid");
    });
    assert_eq!(nobody.kind, ProblemKind::NoDevice);
    let none = problem(&mut bench, |push| push.count = 0);
    assert!(none.text.contains("1 to 100000"), "{none:?}");
    let qos = problem(&mut bench, |push| push.qos = 2);
    assert!(qos.text.contains("QoS 0 and 1"), "{qos:?}");
}
