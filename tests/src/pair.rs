//! Devices and the platform's stand-in, joined by links with a latency, in virtual time.
//!
//! Nothing sleeps: [`Pair::drive_for`] jumps from one wake-up to the next. A live-lock, on which real time
//! would hang, is a failure: see [`Pair::drive_bounded`].

use core::time::Duration;
use std::collections::BTreeMap;

use tern_core::auth::HttpAnswer;
use tern_core::device::{CloseKind, CloseReason, Config, Device, Event, Input, Output, Token};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;
use tern_platform::{Arrival, ConnectionId, EventKind, Platform};

/// Wake-ups at one moment after which it counts as a live-lock.
const AT_ONE_MOMENT: usize = 1_000;

/// What a device told its application.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A message, its ranges resolved.
    Message {
        /// The topic.
        topic: String,
        /// The payload, which is text in these tests.
        payload: String,
        /// The QoS of the delivery.
        qos: QoS,
        /// Whether it may be a repetition.
        dup: bool,
    },
    /// Anything else.
    Event(Event),
}

/// Devices and the one platform that they connect to.
pub struct Pair {
    /// The platform; drain it by [`Pair::settle`] after calling it.
    pub platform: Platform,
    now: Instant,
    latency: Duration,
    ends: Vec<End>,
    links: BTreeMap<u64, Link>,
    last_link: u64,
    flights: BTreeMap<(Instant, u64), Flight>,
    last_flight: u64,
    platform_wakes: Option<Instant>,
    platform_told: Vec<tern_platform::Event>,
}

/// A device and its host.
struct End {
    device: Device,
    link: Option<u64>,
    held: Vec<u8>,
    need: usize,
    deadline: Option<Instant>,
    stalled_until: Instant,
    waiting: Vec<Flight>,
    told: Vec<Told>,
    http_requests: usize,
}

/// A byte stream.
struct Link {
    connection: Option<ConnectionId>,
    /// Received by the platform's host and not consumed.
    held: Vec<u8>,
    need: usize,
    /// What is sent on it vanishes, both ways.
    is_cut: bool,
}

/// Something on its way.
enum Flight {
    Open {
        link: u64,
        arrival: Arrival,
    },
    Opened {
        link: u64,
    },
    Up {
        link: u64,
        bytes: Vec<u8>,
    },
    Down {
        link: u64,
        bytes: Vec<u8>,
    },
    UpClosed {
        link: u64,
    },
    DownClosed {
        link: u64,
        reason: String,
    },
    Request {
        end: usize,
        body: String,
    },
    Answer {
        end: usize,
        status: u16,
        body: String,
    },
}

impl Pair {
    /// Devices with these configurations, numbered from 0, none connected yet.
    #[must_use]
    pub fn new(platform: Platform, configs: Vec<Config>, latency: Duration) -> Self {
        let ends = configs.into_iter().zip(1..).map(|(config, seed)| End {
            device: Device::new(config, seed).expect("a configuration that keeps its rules"),
            link: None,
            held: Vec::new(),
            need: 1,
            deadline: None,
            stalled_until: Instant::default(),
            waiting: Vec::new(),
            told: Vec::new(),
            http_requests: 0,
        });
        let ends = ends.collect();
        let mut pair = Self {
            platform,
            now: Instant::default(),
            latency,
            ends,
            links: BTreeMap::new(),
            last_link: 0,
            flights: BTreeMap::new(),
            last_flight: 0,
            platform_wakes: None,
            platform_told: Vec::new(),
        };
        pair.settle();
        pair
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A device.
    #[must_use]
    pub fn device(&self, end: usize) -> &Device {
        &self.ends[end].device
    }

    /// Tells a device to connect.
    pub fn connect(&mut self, end: usize) {
        let now = self.now;
        self.ends[end].device.connect(now);
        self.settle();
    }

    /// Tells a device to end its connection.
    pub fn disconnect(&mut self, end: usize) {
        let now = self.now;
        self.ends[end].device.disconnect(now);
        self.settle();
    }

    /// Publishes; what the device does not accept is a failure.
    pub fn publish(&mut self, end: usize, topic: &str, payload: &str, qos: QoS) -> Token {
        let topic = TopicName::new(topic).expect("a topic name");
        let now = self.now;
        let device = &mut self.ends[end].device;
        let token = device
            .publish(now, &topic, payload.as_bytes(), qos)
            .expect("accepted");
        self.settle();
        token
    }

    /// Subscribes; what the device does not accept is a failure.
    pub fn subscribe(&mut self, end: usize, filter: &str, qos: QoS) -> Token {
        let filter = TopicFilter::new(filter).expect("a topic filter");
        let now = self.now;
        let token = self.ends[end]
            .device
            .subscribe(now, &filter, qos)
            .expect("accepted");
        self.settle();
        token
    }

    /// The device's host does nothing until this much time has passed; what arrives waits for it.
    pub fn stall(&mut self, end: usize, time: Duration) {
        self.ends[end].stalled_until = self.now + time;
    }

    /// The network swallows from now on what is sent on the device's present link, and neither side is told.
    pub fn cut(&mut self, end: usize) {
        if let Some(link) = self.ends[end]
            .link
            .and_then(|link| self.links.get_mut(&link))
        {
            link.is_cut = true;
        }
    }

    /// What the device has told since the last time.
    pub fn told(&mut self, end: usize) -> Vec<Told> {
        core::mem::take(&mut self.ends[end].told)
    }

    /// What the platform has told since the last time.
    pub fn platform_told(&mut self) -> Vec<EventKind> {
        core::mem::take(&mut self.platform_told)
            .into_iter()
            .map(|event| event.kind)
            .collect()
    }

    /// How many HTTPS authentications a device has asked for.
    #[must_use]
    pub fn http_requests(&self, end: usize) -> usize {
        self.ends[end].http_requests
    }

    /// Lets time pass.
    pub fn drive_for(&mut self, time: Duration) {
        let until = self.now + time;
        // A generous bound: no test needs more than a few wake-ups a second of virtual time.
        self.drive_bounded(
            until,
            10_000 + usize::try_from(time.as_secs()).unwrap_or(0) * 10,
        );
    }

    /// Lets time pass until `done`, at most for `limit`; that it does not come is a failure.
    #[track_caller]
    pub fn drive_until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) {
        let end = self.now + limit;
        for _ in 0..100_000 {
            if done(self) {
                return;
            }
            match self.next().filter(|&next| next <= end) {
                Some(next) => self.step(next),
                None => panic!("it did not come within {limit:?}"),
            }
        }
        panic!("a live-lock at {:?}", self.now);
    }

    /// Lets time pass until then, in at most `wake_ups` steps.
    ///
    /// # Panics
    /// More steps are asked for, or too many at one moment: a live-lock.
    pub fn drive_bounded(&mut self, until: Instant, wake_ups: usize) {
        let (mut steps, mut here, mut moment) = (0, 0, self.now);
        while let Some(next) = self.next().filter(|&next| next <= until) {
            steps += 1;
            here = if self.now.max(next) == moment {
                here + 1
            } else {
                0
            };
            moment = self.now.max(next);
            assert!(
                steps <= wake_ups,
                "a live-lock: {steps} wake-ups up to {:?}",
                self.now
            );
            assert!(here <= AT_ONE_MOMENT, "a live-lock at {:?}", self.now);
            self.step(next);
        }
        self.now = until;
    }

    /// Drains everybody.
    pub fn settle(&mut self) {
        for end in 0..self.ends.len() {
            self.drain_device(end, &[]);
        }
        self.drain_platform();
    }

    fn next(&self) -> Option<Instant> {
        let flight = self.flights.keys().next().map(|&(at, _)| at);
        let ends = self.ends.iter().flat_map(|end| {
            let backlog = (!end.waiting.is_empty()).then_some(end.stalled_until);
            [end.deadline.map(|at| at.max(end.stalled_until)), backlog]
        });
        ends.chain([flight, self.platform_wakes]).flatten().min()
    }

    fn step(&mut self, at: Instant) {
        self.now = self.now.max(at);
        let now = self.now;
        if let Some((&key, _)) = self.flights.first_key_value()
            && key.0 <= now
            && let Some(flight) = self.flights.remove(&key)
        {
            return self.arrive(flight);
        }
        for end in 0..self.ends.len() {
            if self.ends[end].stalled_until > now {
                continue;
            }
            let waiting = core::mem::take(&mut self.ends[end].waiting);
            for flight in waiting {
                self.arrive(flight);
            }
            if self.ends[end]
                .deadline
                .is_some_and(|deadline| deadline <= now)
            {
                self.input(end, Input::Timeout);
            }
        }
        if self.platform_wakes.is_some_and(|at| at <= now) {
            self.platform.timeout(now);
            self.drain_platform();
        }
    }

    fn send(&mut self, flight: Flight) {
        self.last_flight += 1;
        self.flights
            .insert((self.now + self.latency, self.last_flight), flight);
    }

    fn arrive(&mut self, flight: Flight) {
        let now = self.now;
        let for_device = match &flight {
            Flight::Opened { link }
            | Flight::Down { link, .. }
            | Flight::DownClosed { link, .. } => {
                // Nothing reaches a host that has let go of this link.
                let Some(end) = self.end_of(*link) else {
                    return;
                };
                Some(end)
            }
            Flight::Answer { end, .. } => Some(*end),
            _ => None,
        };
        if let Some(end) = for_device
            && (self.ends[end].stalled_until > now || !self.ends[end].waiting.is_empty())
        {
            return self.ends[end].waiting.push(flight);
        }
        match flight {
            Flight::Open { link, arrival } => {
                let connection = self.platform.opened(now, arrival);
                if let Some(link) = self.links.get_mut(&link) {
                    link.connection = Some(connection);
                }
                self.send(Flight::Opened { link });
            }
            Flight::Opened { link } => {
                if let Some(end) = self.end_of(link) {
                    self.input(end, Input::TransportOpened);
                }
            }
            Flight::Up { link, bytes } => self.up(link, &bytes),
            Flight::Down { link, bytes } => {
                if let Some(end) = self.end_of(link) {
                    self.down(end, &bytes);
                }
            }
            Flight::UpClosed { link } => {
                if let Some(Link {
                    connection: Some(connection),
                    ..
                }) = self.links.remove(&link)
                {
                    self.platform
                        .closed(now, connection, "closed by the device");
                }
            }
            Flight::DownClosed { link, reason } => {
                if let Some(end) = self.end_of(link) {
                    self.ends[end].link = None;
                    self.links.remove(&link);
                    let reason = CloseReason {
                        kind: CloseKind::Closed,
                        text: reason,
                    };
                    self.input(end, Input::TransportClosed(reason));
                }
            }
            Flight::Request { end, body } => {
                let (status, body) = self.platform.auth(now, body.as_bytes());
                self.send(Flight::Answer { end, status, body });
            }
            Flight::Answer { end, status, body } => {
                let body = body.as_bytes();
                self.input(end, Input::HttpAnswered(Ok(HttpAnswer { status, body })));
            }
        }
        self.drain_platform();
    }

    /// The device's host that holds this link.
    fn end_of(&self, link: u64) -> Option<usize> {
        self.ends.iter().position(|end| end.link == Some(link))
    }

    fn up(&mut self, number: u64, bytes: &[u8]) {
        let Some(link) = self.links.get_mut(&number) else {
            return;
        };
        let Some(connection) = link.connection else {
            return;
        };
        link.held.extend_from_slice(bytes);
        if link.held.len() >= link.need {
            let progress = self.platform.received(self.now, connection, &link.held);
            link.held.drain(..progress.consumed);
            link.need = progress.need;
        }
    }

    fn down(&mut self, number: usize, bytes: &[u8]) {
        let end = &mut self.ends[number];
        end.held.extend_from_slice(bytes);
        if end.held.len() >= end.need {
            let held = core::mem::take(&mut end.held);
            let progress = end.device.handle_input(self.now, Input::Received(&held));
            end.held = held[progress.consumed..].to_vec();
            end.need = progress.need;
            self.drain_device(number, &held);
        }
    }

    fn input(&mut self, end: usize, input: Input<'_>) {
        self.ends[end].device.handle_input(self.now, input);
        self.drain_device(end, &[]);
    }

    fn drain_device(&mut self, number: usize, received: &[u8]) {
        loop {
            let mut bytes = Vec::new();
            let end = &mut self.ends[number];
            match end.device.poll_output(&mut bytes) {
                Output::OpenTransport(endpoint) => self.open(number, &endpoint),
                Output::SendHttp(request) => {
                    end.http_requests += 1;
                    self.send(Flight::Request {
                        end: number,
                        body: request.body,
                    });
                }
                Output::Transmit => {
                    if let Some(link) = end.link
                        && self.links.get(&link).is_some_and(|link| !link.is_cut)
                    {
                        self.send(Flight::Up { link, bytes });
                    }
                }
                Output::CloseTransport => {
                    if let Some(link) = end.link.take()
                        && self.links.get(&link).is_some_and(|link| !link.is_cut)
                    {
                        self.send(Flight::UpClosed { link });
                    }
                }
                Output::Event(Event::Message {
                    topic,
                    payload,
                    qos,
                    dup,
                    ..
                }) => {
                    let text = |range| String::from_utf8_lossy(&received[range]).into_owned();
                    let (topic, payload) = (text(topic), text(payload));
                    end.told.push(Told::Message {
                        topic,
                        payload,
                        qos,
                        dup,
                    });
                }
                Output::Event(event) => end.told.push(Told::Event(event)),
                Output::Timeout(at) => {
                    end.deadline = at;
                    return;
                }
            }
        }
    }

    fn open(&mut self, end: usize, endpoint: &Endpoint) {
        self.last_link += 1;
        let link = self.last_link;
        self.ends[end].link = Some(link);
        self.ends[end].held.clear();
        self.ends[end].need = 1;
        self.links.insert(
            link,
            Link {
                connection: None,
                held: Vec::new(),
                need: 1,
                is_cut: false,
            },
        );
        let arrival = Arrival {
            secure: endpoint.transport.is_secure(),
            websocket: endpoint.transport.is_websocket(),
        };
        self.send(Flight::Open { link, arrival });
    }

    fn drain_platform(&mut self) {
        loop {
            let mut bytes = Vec::new();
            match self.platform.poll_output(&mut bytes) {
                tern_platform::Output::Transmit { to } => {
                    if let Some(link) = self.whole_link_of(to) {
                        self.send(Flight::Down { link, bytes });
                    }
                }
                tern_platform::Output::Close { connection, reason } => {
                    if let Some(link) = self.whole_link_of(connection) {
                        self.send(Flight::DownClosed { link, reason });
                    }
                }
                tern_platform::Output::Event(event) => self.platform_told.push(event),
                tern_platform::Output::Timeout(at) => {
                    self.platform_wakes = at;
                    return;
                }
            }
        }
    }

    fn whole_link_of(&self, connection: ConnectionId) -> Option<u64> {
        let mut links = self.links.iter().filter(|(_, link)| !link.is_cut);
        links
            .find(|(_, link)| link.connection == Some(connection))
            .map(|(&number, _)| number)
    }
}
