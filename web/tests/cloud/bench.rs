//! The page's device, the stand-in, and a clock that moves only when told to.

use tern_core::time::Instant;
use tern_platform::{DeviceAddress, Faults};
use tern_web::form::Form;
use tern_web::protocol::cloud::{self, Ask, Done, NewDevice, Push, Report, View};
use tern_web::protocol::{Command, Direction, Row, Snapshot, Watch, messages, timeline};
use tern_web::sample;
use tern_web::worker::awaited::Cloud;
use tern_web::worker::in_page::InPage;
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;
use tern_web::worker::transport::{Happened, Received, Transport};

pub(crate) const SECRET: &str = "hunter2hunter2hunter2";

/// The page's device, the stand-in, and a clock that moves only when told to.
pub(crate) struct Bench {
    session: Session,
    pub(crate) cloud: InPage,
    now_ms: f64,
    pub(crate) asked: u32,
    pub(crate) view: View,
    answers: Vec<(u32, Result<Done, cloud::Problem>)>,
}

impl Bench {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn connected() -> Self {
        let mut bench = Self::new();
        let seen = bench.connect();
        assert!(seen.link.is_connected(), "{:?}", seen.link);
        bench
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::from_millis(self.now_ms as u64)
    }

    pub(crate) fn connect(&mut self) -> Snapshot {
        self.tell(Command::Connect(Box::new(Form::sample())), &[])
    }

    pub(crate) fn tell(&mut self, command: Command, bytes: &[u8]) -> Snapshot {
        self.session.command(self.now_ms, command, bytes);
        self.settle();
        self.see()
    }

    pub(crate) fn see(&mut self) -> Snapshot {
        self.session.snapshot(self.now_ms, &mut Vec::new())
    }

    /// Asks the cloud's side and answers what became of it, if that is known at once.
    pub(crate) fn ask(&mut self, ask: Ask) -> Option<Result<Done, cloud::Problem>> {
        self.asked += 1;
        let number = self.asked;
        let command = cloud::Command::Ask { number, ask };
        self.cloud.command(self.now(), command);
        self.settle();
        self.answer(number)
    }

    pub(crate) fn answer(&mut self, number: u32) -> Option<Result<Done, cloud::Problem>> {
        let place = self.answers.iter().position(|(of, _)| *of == number)?;
        Some(self.answers.remove(place).1)
    }

    pub(crate) fn done(&mut self, ask: Ask) {
        let answer = self.ask(ask);
        assert_eq!(answer, Some(Ok(Done::Done)));
    }

    pub(crate) fn faults(&mut self, json: &str) {
        let faults: Faults = serde_json::from_str(json).expect("valid faults");
        self.done(Ask::SetFaults(faults));
    }

    /// As the worker does it: the stand-in, the session, then what there is to tell.
    pub(crate) fn settle(&mut self) -> Option<f64> {
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
    pub(crate) fn wait(&mut self, ms: f64) {
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
    pub(crate) fn wait_until(&mut self, what: &str, mut is: impl FnMut(&mut Self) -> bool) {
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

    pub(crate) fn events(&self) -> Vec<&str> {
        let events = self.view.events.iter().rev();
        events.map(|event| event.name.as_str()).collect()
    }

    pub(crate) fn reasons(&self, name: &str) -> Vec<&str> {
        let events = self.view.events.iter().rev();
        events
            .filter(|event| event.name == name)
            .filter_map(|event| event.reason.as_deref())
            .collect()
    }

    pub(crate) fn is_online(&self, name: &str) -> bool {
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

pub(crate) fn dev1() -> DeviceAddress {
    DeviceAddress::new(sample::PRODUCT_KEY, sample::DEVICE_NAME).expect("valid")
}

pub(crate) fn dev2() -> NewDevice {
    NewDevice {
        product_key: sample::PRODUCT_KEY.into(),
        device_name: "dev2".into(),
        device_secret: SECRET.into(),
    }
}

pub(crate) fn topic() -> String {
    sample::topic(sample::PRODUCT_KEY, sample::DEVICE_NAME)
}

pub(crate) fn push(qos: u8, count: u32) -> Ask {
    Ask::Push(Push {
        device: dev1(),
        topic: topic(),
        payload: "hello".into(),
        qos,
        count,
    })
}

pub(crate) fn subscribe() -> Command {
    Command::Subscribe {
        filter: topic(),
        qos: 1,
    }
}

pub(crate) fn packets(seen: &Snapshot) -> &[Row] {
    &seen.timeline.as_ref().expect("it is looked at").rows.rows
}

/// Types of the packets that came down, the oldest first.
pub(crate) fn down(seen: &Snapshot) -> Vec<u8> {
    let rows = packets(seen).iter();
    rows.filter(|row| row.direction == Direction::Down)
        .map(|row| row.kind)
        .collect()
}
