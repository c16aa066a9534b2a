//! What the worker gathers to tell why a login was refused or a connection dropped, and the HTTPS
//! authentication that comes before it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use tern_core::auth::HttpRequest;
use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_web::form::{Auth, Carrier, Form};
use tern_web::protocol::case::{Case, End};
use tern_web::protocol::{Command, HttpFailure, Link, Snapshot};
use tern_web::worker::http::Reply;
use tern_web::worker::in_page::InPage;
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;
use tern_web::worker::transport::{Answer, Happened, Received, Transport};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// CONNACK, session present 0, accepted [MQTT-3.2]
const ACCEPTED: &[u8] = &[0x20, 2, 0, 0];

/// What the other side does, by hand.
#[derive(Clone, Default)]
struct Peer(Rc<RefCell<Script>>);

#[derive(Default)]
struct Script {
    happens: VecDeque<Step>,
    asked: Vec<String>,
}

enum Step {
    Opens,
    Says(&'static [u8]),
    Closes(CloseKind),
    Answers(Answer),
}

impl Peer {
    fn does(&self, step: Step) {
        self.0.borrow_mut().happens.push_back(step);
    }
}

impl Transport for Peer {
    fn open(&mut self, _: Instant, _: &Endpoint) {}

    fn send(&mut self, _: Instant, _: &[u8]) {}

    fn close(&mut self, _: Instant) {}

    fn ask(&mut self, _: Instant, request: HttpRequest) -> Option<Answer> {
        self.0.borrow_mut().asked.push(request.url);
        None
    }

    fn next(&mut self, _: Instant, received: &mut Received) -> Option<Happened> {
        Some(match self.0.borrow_mut().happens.pop_front()? {
            Step::Opens => Happened::Opened,
            Step::Says(bytes) => {
                received.message(bytes);
                Happened::Received
            }
            Step::Closes(kind) => Happened::Closed(CloseReason {
                kind,
                text: "the peer's words".into(),
            }),
            Step::Answers(answer) => Happened::Answered(answer),
        })
    }
}

struct Bench {
    session: Session,
    peer: Peer,
    now_ms: f64,
}

impl Bench {
    fn new() -> Self {
        let peer = Peer::default();
        let in_page = Box::new(InPage::new(7));
        let network = Box::new(peer.clone());
        Self {
            session: Session::new(in_page, network, Bounds::default(), 7),
            peer,
            now_ms: 1000.0,
        }
    }

    fn connect(&mut self, form: &Form) -> Snapshot {
        let command = Command::Connect(Box::new(form.clone()));
        self.session.command(self.now_ms, command, &[]);
        self.see()
    }

    fn does(&mut self, step: Step) -> Snapshot {
        self.peer.does(step);
        self.see()
    }

    fn see(&mut self) -> Snapshot {
        self.session.turn(self.now_ms);
        self.session.snapshot(self.now_ms, &mut Vec::new())
    }

    /// Lets time pass, waking the session when it wants to be woken.
    fn wait(&mut self, ms: f64) {
        let end = self.now_ms + ms;
        while let Some(wait) = self.session.turn(self.now_ms) {
            if self.now_ms + wait > end {
                break;
            }
            self.now_ms += wait.max(1.0);
        }
        self.now_ms = end;
    }

    /// Until the next attempt begins.
    fn until_next_attempt(&mut self) {
        for _ in 0..1000 {
            if matches!(self.see().link, Link::Connecting { .. }) {
                return;
            }
            self.wait(100.0);
        }
        panic!("it never tries again");
    }
}

fn over_ws() -> Form {
    Form {
        carrier: Carrier::Ws,
        host: "broker.example".into(),
        port: "8000".into(),
        ..Form::sample()
    }
}

fn case(seen: Snapshot) -> Case {
    seen.case.expect("something was seen")
}

#[test]
fn a_refusal_comes_with_its_code_and_the_settings() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.device_secret = "not-the-secret".into();
    let seen = case(bench.connect(&form));
    assert_eq!(seen.end, End::Connack(4));
    assert_eq!((seen.host.as_str(), seen.port), ("", None), "in the page");
    assert_eq!((seen.keep_alive, seen.keep_alive_min), (60, 60));
    assert!(!seen.was_connected && seen.lived_ms.is_none());
}

#[test]
fn each_end_of_an_attempt_is_told_from_the_others() {
    let ends = |steps: Vec<Step>| {
        let mut bench = Bench::new();
        bench.connect(&over_ws());
        for step in steps {
            bench.does(step);
        }
        bench.wait(10_000.0);
        case(bench.see()).end
    };
    use CloseKind as Kind;
    assert_eq!(ends(vec![Step::Closes(Kind::Network)]), End::NotOpened);
    assert_eq!(ends(vec![]), End::NotOpened, "no answer in time");
    assert_eq!(
        ends(vec![Step::Closes(Kind::Protocol)]),
        End::NotMqtt(Vec::new())
    );
    assert_eq!(ends(vec![Step::Opens]), End::NoConnack);
    assert_eq!(
        ends(vec![Step::Opens, Step::Closes(Kind::Closed)]),
        End::ClosedBeforeConnack
    );
    assert_eq!(
        ends(vec![Step::Opens, Step::Says(b"HTTP/1.1 400")]),
        End::NotMqtt(b"HTTP/1.1 400".to_vec())
    );
    assert_eq!(
        ends(vec![Step::Opens, Step::Says(&[0x20, 2, 0, 5])]),
        End::Connack(5)
    );
}

#[test]
fn a_connection_that_ends_has_its_life_and_its_silence() {
    let mut bench = Bench::new();
    bench.connect(&over_ws());
    bench.does(Step::Opens);
    assert!(bench.does(Step::Says(ACCEPTED)).link.is_connected());
    bench.wait(40_000.0);
    let seen = case(bench.does(Step::Closes(CloseKind::Closed)));
    assert_eq!(seen.end, End::Closed);
    assert_eq!(
        (seen.lived_ms, seen.silent_ms),
        (Some(40_000), Some(40_000))
    );
    assert_eq!((seen.short_lives, seen.was_connected), (0, false));
    assert_eq!(
        (seen.host.as_str(), seen.port),
        ("broker.example", Some(8000))
    );
}

#[test]
fn short_lives_in_a_row_are_counted_however_the_peer_ends_them() {
    let mut bench = Bench::new();
    bench.connect(&over_ws());
    let kinds = [CloseKind::Closed, CloseKind::Network, CloseKind::Network];
    for (number, kind) in (1..).zip(kinds) {
        bench.until_next_attempt();
        bench.does(Step::Opens);
        bench.does(Step::Says(ACCEPTED));
        bench.wait(800.0);
        let seen = case(bench.does(Step::Closes(kind)));
        assert_eq!(seen.end, End::Closed);
        assert_eq!((seen.short_lives, seen.lived_ms), (number, Some(800)));
        assert_eq!(seen.was_connected, number > 1);
    }
    // One that lasts ends the row; what stands is no case any more.
    bench.until_next_attempt();
    bench.does(Step::Opens);
    assert_eq!(bench.does(Step::Says(ACCEPTED)).case, None);
    bench.wait(31_000.0);
    let seen = case(bench.does(Step::Closes(CloseKind::Network)));
    assert_eq!((seen.end, seen.short_lives), (End::LinkLost, 0));
}

#[test]
fn what_was_asked_for_is_no_case() {
    let mut bench = Bench::new();
    bench.connect(&Form::sample());
    bench
        .session
        .command(bench.now_ms, Command::Disconnect, &[]);
    let seen = bench.see();
    assert_eq!((seen.link, seen.case), (Link::Idle, None));
}

#[test]
fn the_stand_in_in_the_page_authenticates_over_https_too() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.auth = Auth::Https;
    let seen = bench.connect(&form);
    assert!(seen.link.is_connected(), "{:?}", seen.refusal);

    form.device_secret = "not-the-secret".into();
    let seen = bench.connect(&form);
    let refusal = seen.refusal.clone().expect("a wrong signature");
    assert_eq!(refusal.code, 401);
    let remark = refusal.remark.expect("the stand-in knows why");
    assert!(remark.contains("sign is not the hmacsha1"), "{remark}");
    assert_eq!(case(seen).end, End::AuthCode(401));
}

#[test]
fn a_granted_token_is_what_the_connect_is_made_of() {
    let mut bench = Bench::new();
    let form = Form {
        auth: Auth::Https,
        ..over_ws()
    };
    let seen = bench.connect(&form);
    assert_eq!(
        seen.link,
        Link::Connecting {
            endpoint: None,
            authenticates: true
        }
    );
    let asked = bench.peer.0.borrow().asked.clone();
    assert_eq!(asked, ["https://localhost/auth/devicename"]);
    let body = br#"{"code":200,"data":{"iotId":"id","iotToken":"token","resources":
        {"mqtt":{"host":"elsewhere.example","port":1883}}},"message":"success"}"#;
    let seen = bench.does(Step::Answers(Ok(Reply {
        status: 200,
        body: body.to_vec(),
    })));
    assert_eq!(
        seen.link,
        Link::Connecting {
            endpoint: Some("ws://broker.example:8000/".into()),
            authenticates: false
        },
        "where the form says, since the answer's port takes no WebSocket"
    );
    bench.does(Step::Opens);
    bench.wait(300.0);
    let seen = case(bench.does(Step::Says(&[0x20, 2, 0, 3])));
    assert_eq!((seen.end, seen.token_age_ms), (End::Connack(3), Some(300)));
}

#[test]
fn each_failure_of_the_https_exchange_keeps_its_own_words() {
    for failure in [
        HttpFailure::NoProgram { status: 501 },
        HttpFailure::Unreachable,
        HttpFailure::TimedOut,
        HttpFailure::TooLarge { bytes: 100_000 },
        HttpFailure::Program {
            status: 502,
            words: "no route to host".into(),
        },
    ] {
        let mut bench = Bench::new();
        bench.connect(&Form {
            auth: Auth::Https,
            ..over_ws()
        });
        let seen = bench.does(Step::Answers(Err(failure.clone())));
        let reason = seen.ended.clone().expect("the attempt ended").reason;
        assert!(reason.contains(&failure.to_string()), "{reason}");
        assert_eq!(case(seen).end, End::AuthFailed(failure));
    }
}

#[test]
fn an_answer_of_another_kind_is_told_as_one() {
    let mut bench = Bench::new();
    bench.connect(&Form {
        auth: Auth::Https,
        ..over_ws()
    });
    let seen = bench.does(Step::Answers(Ok(Reply {
        status: 200,
        body: b"{}".to_vec(),
    })));
    let reason = seen.ended.clone().expect("the attempt ended").reason;
    assert!(reason.contains("has no code"), "{reason}");
    assert_eq!(case(seen).end, End::AuthUnreadable);
}

#[test]
fn the_stand_in_in_the_page_accepts_the_range_that_the_form_says() {
    let mut bench = Bench::new();
    let mut form = Form::sample();
    form.keep_alive = "2".into();
    form.keep_alive_min = "1".into();
    assert!(bench.connect(&form).link.is_connected());
    form.keep_alive = "60".into();
    form.keep_alive_min = "60".into();
    assert!(bench.connect(&form).link.is_connected());
}
