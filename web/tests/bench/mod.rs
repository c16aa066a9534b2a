//! A session against the stand-in inside the page, and a clock that moves only when told to.
#![allow(dead_code, reason = "each test file uses a part of it")]

use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_web::form::Form;
use tern_web::protocol::{Command, Direction, Row, Snapshot, Watch, messages, timeline};
use tern_web::sample;
use tern_web::worker::in_page::InPage;
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;
use tern_web::worker::transport::{Happened, Received, Transport};

/// A session and a clock that moves only when told to.
pub(crate) struct Bench {
    pub(crate) session: Session,
    pub(crate) now_ms: f64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(InPage::new(7))
    }

    pub(crate) fn with(in_page: impl Transport + 'static) -> Self {
        let mut session = Session::new(
            Box::new(in_page),
            Box::new(NoNetwork { opened: false }),
            Bounds::default(),
            7,
        );
        let everything = Watch {
            timeline: Some(timeline::Watch::default()),
            messages: Some(messages::Watch::default()),
        };
        session.command(0.0, Command::Watch(Box::new(everything)), &[]);
        Self {
            session,
            now_ms: 1000.0,
        }
    }

    pub(crate) fn tell(&mut self, command: Command, bytes: &[u8]) -> Snapshot {
        self.session.command(self.now_ms, command, bytes);
        self.session.turn(self.now_ms);
        self.see()
    }

    pub(crate) fn see(&mut self) -> Snapshot {
        self.session.snapshot(self.now_ms, &mut Vec::new())
    }

    /// Lets time pass, waking the session exactly when it wants to be woken.
    pub(crate) fn wait(&mut self, ms: f64) {
        let end = self.now_ms + ms;
        while let Some(wait) = self.session.turn(self.now_ms) {
            if self.now_ms + wait > end {
                break;
            }
            self.now_ms += wait.max(1.0);
        }
        self.now_ms = end;
        self.session.turn(end);
    }

    pub(crate) fn connected() -> Self {
        let mut bench = Self::new();
        let seen = bench.tell(Command::Connect(Box::new(Form::sample())), &[]);
        assert!(seen.link.is_connected(), "{:?}", seen.link);
        bench
    }
}

/// No host can be reached.
struct NoNetwork {
    opened: bool,
}

impl Transport for NoNetwork {
    fn open(&mut self, _: Instant, _: &Endpoint) {
        self.opened = true;
    }

    fn send(&mut self, _: Instant, _: &[u8]) {}

    fn close(&mut self, _: Instant) {
        self.opened = false;
    }

    fn next(&mut self, _: Instant, _: &mut Received) -> Option<Happened> {
        std::mem::take(&mut self.opened).then(|| {
            Happened::Closed(CloseReason {
                kind: CloseKind::Network,
                text: "no such host".into(),
            })
        })
    }
}

pub(crate) fn packets(seen: &Snapshot) -> &[Row] {
    &seen.timeline.as_ref().expect("it is looked at").rows.rows
}

pub(crate) fn messages(seen: &Snapshot) -> &[Row] {
    &seen.inbox.as_ref().expect("it is looked at").rows.rows
}

pub(crate) fn kinds(seen: &Snapshot) -> Vec<(Direction, u8)> {
    let rows = packets(seen).iter();
    rows.map(|row| (row.direction, row.kind)).collect()
}

pub(crate) fn publish(topic: &str) -> Command {
    Command::Publish {
        topic: topic.into(),
        qos: 1,
    }
}

pub(crate) fn subscribe(filter: &str) -> Command {
    Command::Subscribe {
        filter: filter.into(),
        qos: 1,
    }
}

pub(crate) fn own_topic() -> String {
    sample::topic(sample::PRODUCT_KEY, sample::DEVICE_NAME)
}
