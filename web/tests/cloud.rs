//! The cloud's side of the stand-in inside the page: its devices, its faults as a device sees them, and a
//! second client, all in virtual time.

use tern_core::time::Instant;
use tern_platform::{DeviceAddress, Faults};
use tern_web::form::Form;
use tern_web::protocol::cloud::{
    self, Ask, Done, EVENTS, NewDevice, ProblemKind, Push, Report, RivalStanding, Tally, View,
};
use tern_web::protocol::{
    Command, Detail, Direction, Link, Row, Snapshot, SubscriptionState, Watch, messages, timeline,
};
use tern_web::sample;
use tern_web::worker::awaited::Cloud;
use tern_web::worker::in_page::InPage;
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;
use tern_web::worker::transport::{Happened, Received, Transport};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const SECRET: &str = "hunter2hunter2hunter2";

/// The page's device, the stand-in, and a clock that moves only when told to.
struct Bench {
    session: Session,
    cloud: InPage,
    now_ms: f64,
    asked: u32,
    view: View,
    answers: Vec<(u32, Result<Done, cloud::Problem>)>,
}

impl Bench {
    fn new() -> Self {
        let cloud = InPage::new(7);
        let mut session = Session::new(
            Box::new(cloud.clone()),
            Box::new(NoNetwork),
            Bounds::default(),
            7,
        );
        let everything = Watch {
            timeline: Some(timeline::Watch::default()),
            messages: Some(messages::Watch::default()),
        };
        session.command(0.0, Command::Watch(Box::new(everything)), &[]);
        let mut bench = Self {
            session,
            cloud,
            now_ms: 1000.0,
            asked: 0,
            view: View::default(),
            answers: Vec::new(),
        };
        bench.cloud.command(bench.now(), cloud::Command::Look(true));
        bench.settle();
        bench
    }

    fn connected() -> Self {
        let mut bench = Self::new();
        let seen = bench.connect();
        assert!(seen.link.is_connected(), "{:?}", seen.link);
        bench
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.now_ms as u64)
    }

    fn connect(&mut self) -> Snapshot {
        self.tell(Command::Connect(Box::new(Form::sample())), &[])
    }

    fn tell(&mut self, command: Command, bytes: &[u8]) -> Snapshot {
        self.session.command(self.now_ms, command, bytes);
        self.settle();
        self.see()
    }

    fn see(&mut self) -> Snapshot {
        self.session.snapshot(self.now_ms, &mut Vec::new())
    }

    /// Asks the cloud's side and answers what became of it, if that is known at once.
    fn ask(&mut self, ask: Ask) -> Option<Result<Done, cloud::Problem>> {
        self.asked += 1;
        let number = self.asked;
        let command = cloud::Command::Ask { number, ask };
        self.cloud.command(self.now(), command);
        self.settle();
        self.answer(number)
    }

    fn answer(&mut self, number: u32) -> Option<Result<Done, cloud::Problem>> {
        let place = self.answers.iter().position(|(of, _)| *of == number)?;
        Some(self.answers.remove(place).1)
    }

    fn done(&mut self, ask: Ask) {
        let answer = self.ask(ask);
        assert_eq!(answer, Some(Ok(Done::Done)));
    }

    fn faults(&mut self, json: &str) {
        let faults: Faults = serde_json::from_str(json).expect("valid faults");
        self.done(Ask::SetFaults(faults));
    }

    /// As the worker does it: the stand-in, the session, then what there is to tell.
    fn settle(&mut self) -> Option<f64> {
        self.cloud.turn(self.now());
        let next = self.session.turn(self.now_ms);
        for report in self.cloud.reports() {
            match report {
                Report::View(view) => self.view = *view,
                Report::Answered { number, outcome } => self.answers.push((number, outcome)),
            }
        }
        next
    }

    /// Lets time pass, waking exactly when it is asked for.
    fn wait(&mut self, ms: f64) {
        let end = self.now_ms + ms;
        while let Some(wait) = self.settle() {
            if self.now_ms + wait > end {
                break;
            }
            self.now_ms += wait.max(1.0);
        }
        self.now_ms = end;
        self.settle();
    }

    /// Lets time pass until the page's device stands as wanted.
    fn wait_until(&mut self, what: &str, mut is: impl FnMut(&mut Self) -> bool) {
        let end = self.now_ms + 300_000.0;
        loop {
            let wait = self.settle().unwrap_or(f64::MAX).max(1.0);
            if is(self) {
                return;
            }
            assert!(
                self.now_ms + wait <= end,
                "never {what}: {:?}",
                self.see().link
            );
            self.now_ms += wait;
        }
    }

    fn events(&self) -> Vec<&str> {
        let events = self.view.events.iter().rev();
        events.map(|event| event.name.as_str()).collect()
    }

    fn reasons(&self, name: &str) -> Vec<&str> {
        let events = self.view.events.iter().rev();
        events
            .filter(|event| event.name == name)
            .filter_map(|event| event.reason.as_deref())
            .collect()
    }

    fn is_online(&self, name: &str) -> bool {
        let mut devices = self.view.devices.iter();
        devices.any(|device| device.device_name == name && device.online)
    }
}

struct NoNetwork;

impl Transport for NoNetwork {
    fn open(&mut self, _: Instant, _: &tern_core::identity::Endpoint) {}
    fn send(&mut self, _: Instant, _: &[u8]) {}
    fn close(&mut self, _: Instant) {}
    fn next(&mut self, _: Instant, _: &mut Received) -> Option<Happened> {
        None
    }
}

fn dev1() -> DeviceAddress {
    DeviceAddress::new(sample::PRODUCT_KEY, sample::DEVICE_NAME).expect("valid")
}

fn dev2() -> NewDevice {
    NewDevice {
        product_key: sample::PRODUCT_KEY.into(),
        device_name: "dev2".into(),
        device_secret: SECRET.into(),
    }
}

fn topic() -> String {
    sample::topic(sample::PRODUCT_KEY, sample::DEVICE_NAME)
}

fn push(qos: u8, count: u32) -> Ask {
    Ask::Push(Push {
        device: dev1(),
        topic: topic(),
        payload: "hello".into(),
        qos,
        count,
    })
}

fn subscribe() -> Command {
    Command::Subscribe {
        filter: topic(),
        qos: 1,
    }
}

fn packets(seen: &Snapshot) -> &[Row] {
    &seen.timeline.as_ref().expect("it is looked at").rows.rows
}

/// Types of the packets that came down, the oldest first.
fn down(seen: &Snapshot) -> Vec<u8> {
    let rows = packets(seen).iter();
    rows.filter(|row| row.direction == Direction::Down)
        .map(|row| row.kind)
        .collect()
}

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
