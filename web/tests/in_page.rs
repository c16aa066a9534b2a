//! The run loop against the stand-in inside the page: no server, no browser, no clock.

mod bench;

use bench::{Bench, kinds, messages, own_topic, packets, publish, subscribe};
use tern_core::explain::{InWords, Lang};
use tern_web::form::Form;
use tern_web::protocol::{Command, Detail, Direction, Fate, Link, SubscriptionState, Task};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
fn the_first_click_connects() {
    let seen = Bench::connected().see();
    assert_eq!(kinds(&seen), [(Direction::Up, 1), (Direction::Down, 2)]);
    assert_eq!((seen.up.packets, seen.down.packets), (1, 1));
    let Detail::Connect { client_id, .. } = &packets(&seen)[0].detail else {
        panic!("{:?}", packets(&seen)[0]);
    };
    assert_eq!(
        client_id,
        "a1aq9sQk2JE.dev1|securemode=3,signmethod=hmacsha1|"
    );
}

#[test]
fn what_is_published_on_the_own_topic_comes_back() {
    let mut bench = Bench::connected();
    let seen = bench.tell(subscribe(&own_topic()), &[]);
    assert_eq!(seen.subscriptions[0].state, SubscriptionState::Granted);
    bench.tell(publish(&own_topic()), b"hello");

    let mut attached = Vec::new();
    let seen = bench.session.snapshot(bench.now_ms, &mut attached);
    assert!(matches!(seen.outbox[0].fate, Fate::Done { .. }));
    assert_eq!(seen.messages.held, 1);
    let Detail::Publish {
        topic,
        payload,
        payload_size,
        ..
    } = &messages(&seen)[0].detail
    else {
        panic!("{:?}", messages(&seen)[0]);
    };
    assert_eq!((topic, *payload_size), (&own_topic(), 5));
    assert_eq!(&attached[payload.clone()], b"hello");
}

#[test]
fn an_answer_stands_after_what_it_answers() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(&own_topic()), &[]);
    let seen = bench.tell(publish(&own_topic()), b"1");
    let place = |wanted| kinds(&seen).iter().rposition(|kind| *kind == wanted);
    // The message that came back, and this side's PUBACK for it.
    assert!(place((Direction::Down, 3)) < place((Direction::Up, 4)));
}

#[test]
fn another_devices_topic_is_refused_and_said_so() {
    let mut bench = Bench::connected();
    let seen = bench.tell(subscribe("/a1aq9sQk2JE/dev2/data"), &[]);
    assert_eq!(seen.subscriptions[0].state, SubscriptionState::Refused);
}

#[test]
fn an_unsubscribed_filter_is_off_the_list() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(&own_topic()), &[]);
    let filter = own_topic();
    let seen = bench.tell(Command::Unsubscribe { filter }, &[]);
    assert_eq!(seen.subscriptions, []);
    let seen = bench.tell(publish(&own_topic()), b"1");
    assert_eq!(seen.messages.held, 0);
}

#[test]
fn a_wrong_secret_is_refused_and_explained() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.device_secret = "another".into();
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert_eq!(seen.link, Link::Idle);
    let refusal = seen.refusal.expect("it is refused");
    assert_eq!(refusal.code, 4);
    assert!(refusal.explanation.contains("deviceSecret"), "{refusal:?}");
    assert!(refusal.remark.is_some());
}

#[test]
fn an_unknown_device_is_refused_otherwise_than_a_wrong_secret() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.device_name = "dev9".into();
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert_eq!(seen.refusal.expect("it is refused").code, 5);
}

#[test]
fn a_faulty_form_is_not_sent() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.keep_alive = "30".into();
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert_eq!(seen.packets.held, 0);
    assert_eq!(seen.problem.expect("it is said").of, Task::Connect);
}

#[test]
fn a_command_without_a_connection_says_what_to_do() {
    let mut bench = Bench::new();
    let seen = bench.tell(publish(&own_topic()), b"1");
    let problem = seen.problem.expect("it is said");
    assert_eq!(problem.of, Task::Publish);
    assert!(
        problem.said.in_words(Lang::En).contains("connect first"),
        "{problem:?}"
    );
}

#[test]
fn a_wildcard_in_a_publish_is_a_problem_of_the_publish_until_one_goes_through() {
    let mut bench = Bench::connected();
    let seen = bench.tell(publish("/a/#"), b"1");
    assert_eq!(seen.problem.expect("it is said").of, Task::Publish);
    let seen = bench.tell(publish(&own_topic()), b"1");
    assert_eq!(seen.problem, None);
}

#[test]
fn an_hour_of_silence_is_kept_alive_by_pings() {
    let mut bench = Bench::connected();
    bench.wait(3_600_000.0);
    let seen = bench.see();
    assert!(seen.link.is_connected(), "{:?}", seen.link);
    let pings = seen.up.packets - 1;
    assert!((59..=120).contains(&pings), "{pings} pings");
    assert_eq!(seen.down.packets - 1, pings);
}

#[test]
fn disconnecting_says_goodbye_and_connecting_again_works() {
    let mut bench = Bench::connected();
    let seen = bench.tell(Command::Disconnect, &[]);
    assert_eq!(seen.link, Link::Idle);
    assert_eq!(kinds(&seen).last(), Some(&(Direction::Up, 14)));
    assert!(seen.ended.expect("it has ended").asked_for);
    let seen = bench.tell(Command::Connect(Box::new(Form::sample())), &[]);
    assert!(seen.link.is_connected(), "{:?}", seen.link);
    assert_eq!(seen.ended, None);
}

#[test]
fn an_unreachable_host_is_tried_again_after_a_wait() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.carrier = tern_web::form::Carrier::Wss;
    form.host = "broker.invalid".into();
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert!(matches!(seen.link, Link::Waiting { attempt: 1, left_ms } if left_ms > 0.0));
    assert!(
        seen.ended
            .expect("it is said")
            .reason
            .contains("no such host")
    );
    bench.wait(5_000.0);
    let seen = bench.see();
    assert!(
        matches!(seen.link, Link::Waiting { attempt: 2.., .. }),
        "{:?}",
        seen.link
    );
    let seen = bench.tell(Command::Disconnect, &[]);
    assert_eq!(seen.link, Link::Idle);
}

#[test]
fn a_kept_session_brings_what_was_missed() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.clean_session = false;
    bench.tell(Command::Connect(Box::new(form.clone())), &[]);
    bench.tell(subscribe(&own_topic()), &[]);
    bench.tell(Command::Disconnect, &[]);
    let seen = bench.tell(Command::Connect(Box::new(form)), &[]);
    assert!(matches!(
        seen.link,
        Link::Connected {
            session_present: true,
            ..
        }
    ));
}

#[test]
fn clearing_forgets_packets_and_messages_but_not_the_connection() {
    let mut bench = Bench::connected();
    bench.tell(subscribe(&own_topic()), &[]);
    bench.tell(publish(&own_topic()), b"1");
    let seen = bench.tell(Command::Clear, &[]);
    assert_eq!((seen.packets.held, seen.messages.held), (0, 0));
    assert!(seen.link.is_connected());
    assert_eq!(seen.subscriptions.len(), 1);
    let seen = bench.tell(publish(&own_topic()), b"2");
    assert_eq!(seen.messages.held, 1);
}

#[test]
fn a_command_that_can_not_be_done_says_why_in_both_languages() {
    let mut bench = Bench::new();
    for command in [subscribe("a/#/b"), publish("a/+"), publish("/pk/dn/data")] {
        let problem = bench.tell(command, b"1").problem.expect("it is not done");
        let (en, zh) = [Lang::En, Lang::Zh]
            .map(|lang| problem.said.in_words(lang))
            .into();
        assert!(en.is_ascii(), "{en}");
        assert!(zh.chars().any(|c| c > '\u{4e00}'), "{zh}");
    }
}
