//! Devices and the platform's stand-in, joined by links over a [`Network`], in virtual time.
//!
//! Nothing sleeps: [`Pair::drive_for`] jumps from one wake-up to the next. A live-lock, on which real time
//! would hang, is a failure: see [`Pair::drive_bounded`].

mod faults;
mod link;
mod network;
mod run;
mod sending;

use core::time::Duration;
use std::collections::BTreeMap;

use tern_core::device::{Config, Device, Event, Token};
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;
use tern_platform::{EventKind, Platform};

use link::{Flight, FlightKey, Link};
pub use network::{Fate, Network, Piece, Steady, Way};

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
    /// Bytes for its transport; told only of a device that is [watched](Pair::watch).
    Sent {
        /// The number of the byte stream: each has its own.
        link: u64,
        /// What the device sent at once.
        bytes: Vec<u8>,
    },
}

/// Devices and the one platform that they connect to.
pub struct Pair {
    /// The platform; drain it by [`Pair::settle`] after calling it.
    pub platform: Platform,
    now: Instant,
    network: Box<dyn Network>,
    ends: Vec<End>,
    links: BTreeMap<u64, Link>,
    last_link: u64,
    flights: BTreeMap<FlightKey, Flight>,
    last_flight: u64,
    platform_wakes: Option<Instant>,
    platform_is_down_until: Instant,
    platform_told: Vec<tern_platform::Event>,
    corruption_arrived: bool,
}

/// A device and its host.
struct End {
    device: Device,
    link: Option<u64>,
    held: Vec<u8>,
    need: usize,
    /// Of the held bytes, those that the device has seen.
    seen: usize,
    deadline: Option<Instant>,
    stalled_until: Instant,
    waiting: Vec<Flight>,
    told: Vec<Told>,
    is_watched: bool,
    http_requests: usize,
    /// Counts HTTPS requests and the host's processes: only the last request of this one is answered.
    life: u32,
}

impl Pair {
    /// Devices with these configurations, numbered from 0, none connected yet.
    #[must_use]
    pub fn new(platform: Platform, configs: Vec<Config>, latency: Duration) -> Self {
        let devices = configs.into_iter().zip(1..).map(|(config, seed)| {
            Device::new(config, seed).expect("a configuration that keeps its rules")
        });
        Self::over(Box::new(Steady(latency)), platform, devices)
    }

    /// These devices, numbered from 0, none connected yet, over this network.
    #[must_use]
    pub fn over(
        network: Box<dyn Network>,
        platform: Platform,
        devices: impl IntoIterator<Item = Device>,
    ) -> Self {
        let ends = devices.into_iter().map(|device| End {
            device,
            link: None,
            held: Vec::new(),
            need: 1,
            seen: 0,
            deadline: None,
            stalled_until: Instant::default(),
            waiting: Vec::new(),
            told: Vec::new(),
            is_watched: false,
            http_requests: 0,
            life: 0,
        });
        let ends = ends.collect();
        let mut pair = Self {
            platform,
            now: Instant::default(),
            network,
            ends,
            links: BTreeMap::new(),
            last_link: 0,
            flights: BTreeMap::new(),
            last_flight: 0,
            platform_wakes: None,
            platform_is_down_until: Instant::default(),
            platform_told: Vec::new(),
            corruption_arrived: false,
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

    /// A device to be called, with the present moment; drain it by [`Pair::settle`] afterwards.
    pub fn device_mut(&mut self, end: usize) -> (Instant, &mut Device) {
        (self.now, &mut self.ends[end].device)
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

    /// From now on [`Pair::told`] names the bytes that this device sends, too.
    pub fn watch(&mut self, end: usize) {
        self.ends[end].is_watched = true;
    }

    /// What the device has told since the last time.
    pub fn told(&mut self, end: usize) -> Vec<Told> {
        core::mem::take(&mut self.ends[end].told)
    }

    /// What the platform has told since the last time.
    pub fn platform_told(&mut self) -> Vec<EventKind> {
        self.platform_events()
            .into_iter()
            .map(|event| event.kind)
            .collect()
    }

    /// The same, with the device and the connection that each is about.
    pub fn platform_events(&mut self) -> Vec<tern_platform::Event> {
        core::mem::take(&mut self.platform_told)
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
            assert!(self.step(end), "it did not come within {limit:?}");
        }
        panic!("a live-lock at {:?}", self.now);
    }

    /// Lets time pass until then, in at most `wake_ups` steps.
    ///
    /// # Panics
    /// More steps are asked for, or too many at one moment: a live-lock.
    pub fn drive_bounded(&mut self, until: Instant, wake_ups: usize) {
        let (mut steps, mut here, mut moment) = (0, 0, self.now);
        while self.step(until) {
            steps += 1;
            here = if self.now == moment { here + 1 } else { 0 };
            moment = self.now;
            assert!(
                steps <= wake_ups,
                "a live-lock: {steps} wake-ups up to {:?}",
                self.now
            );
            assert!(here <= AT_ONE_MOMENT, "a live-lock at {:?}", self.now);
        }
        self.now = until;
    }

    /// Jumps to the next wake-up and handles it, if there is one up to `until`; where there is none it
    /// answers false, and the time stays as it is.
    pub fn step(&mut self, until: Instant) -> bool {
        match self.next().filter(|&next| next <= until) {
            Some(next) => {
                self.wake_up(next);
                true
            }
            None => false,
        }
    }

    /// Lets time pass in which nothing happens: after [`Pair::step`] has answered false for this moment.
    pub fn pass(&mut self, until: Instant) {
        self.now = self.now.max(until);
    }

    /// Drains everybody.
    pub fn settle(&mut self) {
        for end in 0..self.ends.len() {
            self.drain_device(end, &[]);
        }
        self.drain_platform();
    }
}
