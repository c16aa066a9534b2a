//! Devices in a loop at a stand-in that knows them, and what each has heard.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::{Config, Login, Reconnect};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_host::run_loop::{EngineId, Notice, RunLoop, SessionId};
use tern_host::stand_in::{ListenAddress, StandIn, StandInOptions};
use tern_host::transport::TlsSettings;
use tern_platform::Device;

use crate::QOS;

/// By when something must have happened that always happens: only a failing test waits for it.
const DEADLINE: Duration = Duration::from_secs(60);

/// What one device has heard.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) connected: usize,
    pub(crate) disconnected: usize,
    pub(crate) subscribed: usize,
    pub(crate) published: usize,
    pub(crate) lost: usize,
    pub(crate) messages: Vec<String>,
}

pub(crate) struct Fleet {
    pub(crate) run_loop: RunLoop,
    /// Events of devices that were not added here.
    pub(crate) others: usize,
    stand_in: StandIn,
    data: PathBuf,
    sessions: Vec<SessionId>,
    numbers: HashMap<SessionId, usize>,
    heard: Vec<Heard>,
}

impl Fleet {
    /// A stand-in that knows as many devices, and a loop without an engine.
    pub(crate) fn start(name: &str, devices: usize) -> Self {
        let data = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("run-loop-{name}"));
        let device = |number| Device {
            triple: triple(number),
            disabled: false,
        };
        let stand_in = StandIn::start(StandInOptions {
            mqtt: ListenAddress::loopback(0),
            https: ListenAddress::loopback(0),
            http: ListenAddress::loopback(0),
            data: Some(data.clone()),
            devices: (0..devices).map(device).collect(),
            ..StandInOptions::default()
        })
        .unwrap();
        Self {
            run_loop: RunLoop::empty(TlsSettings::built_in()).unwrap(),
            others: 0,
            stand_in,
            data,
            sessions: Vec::new(),
            numbers: HashMap::new(),
            heard: Vec::new(),
        }
    }

    /// Opens the next devices in this engine.
    pub(crate) fn add(&mut self, engine: EngineId, devices: usize) {
        for _ in 0..devices {
            let number = self.sessions.len();
            let session = self.open(engine, number);
            self.sessions.push(session);
            self.heard.push(Heard::default());
        }
    }

    /// Opens one of the devices again.
    pub(crate) fn add_again(&mut self, engine: EngineId, number: usize) {
        let session = self.open(engine, number);
        self.sessions[number] = session;
        self.heard[number] = Heard::default();
    }

    fn open(&mut self, engine: EngineId, number: usize) -> SessionId {
        let port = self.stand_in.addresses().mqtt.port();
        let mut config = Config::new(Login::Direct {
            triple: triple(number),
            client_id: ClientId::new(&format!("c{number}")).unwrap(),
            method: SignMethod::HmacSha256,
            timestamp: None,
            endpoint: Endpoint::new(TransportKind::Tcp, "127.0.0.1", port).unwrap(),
        });
        config.reconnect = Reconnect::Never;
        let session = self
            .run_loop
            .open_in(engine, config, number as u64)
            .unwrap();
        self.numbers.insert(session, number);
        session
    }

    /// Connects and subscribes every device that is not connected, and waits for all.
    pub(crate) fn connect_all(&mut self) {
        let mut sessions: Vec<(SessionId, usize)> =
            self.numbers.iter().map(|(id, n)| (*id, *n)).collect();
        sessions.retain(|(_, number)| self.heard[*number].connected == 0);
        for (session, number) in &sessions {
            self.run_loop.connect(*session);
            self.run_loop.subscribe(*session, &topic(*number), QOS);
        }
        self.until(|fleet| {
            let mut numbers = sessions.iter().map(|(_, number)| *number);
            numbers.all(|number| fleet.heard(number).subscribed == 1)
        });
    }

    pub(crate) fn publish(&mut self, number: usize, payload: &[u8]) {
        self.run_loop
            .publish(self.sessions[number], &topic(number), payload, QOS);
    }

    pub(crate) fn session(&self, number: usize) -> SessionId {
        self.sessions[number]
    }

    pub(crate) fn heard(&self, number: usize) -> &Heard {
        &self.heard[number]
    }

    /// The device is closed: what comes for its session from now on is another's.
    pub(crate) fn forget(&mut self, number: usize) {
        self.numbers.remove(&self.sessions[number]);
        self.heard[number] = Heard::default();
    }

    /// Polls until this is so.
    pub(crate) fn until(&mut self, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{:#?}", self.heard);
            self.turn(left).unwrap();
        }
    }

    /// One poll, and what it tells.
    pub(crate) fn turn(
        &mut self,
        timeout: Duration,
    ) -> Result<(), tern_host::run_loop::RunLoopError> {
        let (numbers, heard, others) = (&self.numbers, &mut self.heard, &mut self.others);
        self.run_loop.poll(Some(timeout), &mut |session, notice| {
            let Some(heard) = numbers
                .get(&session)
                .and_then(|number| heard.get_mut(*number))
            else {
                *others += 1;
                return;
            };
            match notice {
                Notice::Lost { .. } => heard.lost += 1,
                Notice::Event(ReportEvent::Connected { .. }) => heard.connected += 1,
                Notice::Event(ReportEvent::Disconnected(_)) => heard.disconnected += 1,
                Notice::Event(ReportEvent::Subscribed { .. }) => heard.subscribed += 1,
                Notice::Event(ReportEvent::Published { .. }) => heard.published += 1,
                Notice::Event(ReportEvent::Message { payload, .. }) => {
                    heard
                        .messages
                        .push(String::from_utf8_lossy(payload).into_owned());
                }
                _ => {}
            }
        })
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // What is left behind is in the target folder.
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn triple(number: usize) -> Triple {
    Triple::new("a1aq9sQk2JE", &format!("dev{number}"), "secret").unwrap()
}

fn topic(number: usize) -> String {
    format!("/a1aq9sQk2JE/dev{number}/user/data")
}
