//! The one platform of the page, the streams to it, and the time.

use std::collections::BTreeMap;

use tern_core::identity::{DeviceSecret, Endpoint};
use tern_core::time::Instant;
use tern_platform::{DeviceAddress, EventKind, Output, Platform, Settings};

use super::events::Events;
use super::flows::Flows;
use super::rival::Rival;
use super::stream::{Event, Stream};
use crate::protocol::cloud::{Report, View};
use crate::sample;

/// A platform and everything that is connected to it.
#[derive(Debug)]
pub(super) struct StandIn {
    pub(super) platform: Platform,
    /// The page's own device.
    device: Stream,
    pub(super) rival: Option<Rival>,
    /// The platform tells no secret, and the second client needs its device's.
    pub(super) secrets: BTreeMap<DeviceAddress, DeviceSecret>,
    pub(super) flows: Flows,
    pub(super) events: Events,
    pub(super) answers: Vec<Report>,
    /// Draws a seed for each second client.
    pub(super) seed: u64,
    looked_at: bool,
    changed: bool,
    platform_wakes_at: Option<Instant>,
    remark: Option<String>,
}

impl StandIn {
    pub(super) fn new(seed: u64) -> Self {
        let mut stand_in = Self {
            platform: Platform::new(Settings::default(), seed),
            device: Stream::default(),
            rival: None,
            secrets: BTreeMap::new(),
            flows: Flows::default(),
            events: Events::default(),
            answers: Vec::new(),
            seed,
            looked_at: false,
            changed: true,
            platform_wakes_at: None,
            remark: None,
        };
        stand_in.register(sample::device());
        stand_in
    }

    pub(super) fn register(&mut self, device: tern_platform::Device) {
        let address = DeviceAddress {
            product_key: device.triple.product_key.clone(),
            device_name: device.triple.device_name.clone(),
        };
        let secret = device.triple.device_secret.clone();
        self.secrets.insert(address, secret);
        self.platform.register(device);
    }

    pub(super) fn look(&mut self, looked_at: bool) {
        self.looked_at = looked_at;
        self.changed = true;
    }

    /// Does what is due, if anything is.
    pub(super) fn turn(&mut self, now: Instant) {
        if self.wake_at().is_none_or(|at| at > now) {
            return;
        }
        let answers = self.flows.turn(now, &mut self.platform);
        self.answers.extend(answers);
        self.settle(now);
    }

    pub(super) fn open(&mut self, now: Instant, endpoint: &Endpoint) {
        self.remark = None;
        self.device.open(now, endpoint, &mut self.platform);
        self.settle(now);
    }

    pub(super) fn send(&mut self, now: Instant, bytes: &[u8]) {
        self.device.send(now, bytes, &mut self.platform);
        self.settle(now);
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.device.close(now, &mut self.platform);
        self.settle(now);
    }

    pub(super) fn next(&mut self, now: Instant) -> Option<Event> {
        self.turn(now);
        self.device.next()
    }

    pub(super) fn auth(&mut self, now: Instant, form: &[u8]) -> (u16, String) {
        self.remark = None;
        let answer = self.platform.auth(now, form);
        self.settle(now);
        answer
    }

    pub(super) fn wake_at(&self) -> Option<Instant> {
        let rival = self.rival.as_ref().and_then(Rival::wake_at);
        [self.platform_wakes_at, rival, self.flows.wake_at()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    pub(super) fn has_news(&self) -> bool {
        !self.answers.is_empty() || (self.looked_at && self.changed)
    }

    pub(super) fn reports(&mut self) -> Vec<Report> {
        let mut reports = Vec::new();
        if self.looked_at && self.changed {
            self.changed = false;
            reports.push(Report::View(Box::new(self.view())));
        }
        // After the view, so that what an answer speaks of is there.
        reports.append(&mut self.answers);
        reports
    }

    /// Carries on until the platform and the second client have nothing left to do.
    pub(super) fn settle(&mut self, now: Instant) {
        self.changed = true;
        loop {
            self.drain(now);
            if self.platform_wakes_at.is_some_and(|at| at <= now) {
                self.platform.timeout(now);
                continue;
            }
            let rival = self.rival.as_mut();
            if !rival.is_some_and(|rival| rival.turn(now, &mut self.platform)) {
                return;
            }
        }
    }

    fn drain(&mut self, now: Instant) {
        let mut bytes = Vec::new();
        loop {
            match self.platform.poll_output(&mut bytes) {
                Output::Transmit { to } => {
                    let bytes = std::mem::take(&mut bytes);
                    if let Some(stream) = self.stream(to) {
                        stream.receive(bytes);
                    }
                }
                Output::Close { connection, reason } => {
                    if let Some(stream) = self.stream(connection) {
                        stream.end(reason);
                    }
                }
                Output::Event(event) => {
                    if let EventKind::Refused { reason, .. } = &event.kind
                        && event.connection.is_some_and(|id| self.device.is(id))
                    {
                        self.remark = Some(reason.clone());
                    }
                    // Only the page's own device asks over HTTPS.
                    if let EventKind::AuthRefused { reason, .. } = &event.kind {
                        self.remark = Some(reason.clone());
                    }
                    self.events.push(now, event);
                }
                Output::Timeout(at) => {
                    self.platform_wakes_at = at;
                    return;
                }
            }
        }
    }

    /// The client's side of a connection; none where that has closed before.
    fn stream(&mut self, connection: tern_platform::ConnectionId) -> Option<&mut Stream> {
        let rival = self.rival.as_mut().map(|rival| &mut rival.stream);
        [Some(&mut self.device), rival]
            .into_iter()
            .flatten()
            .find(|stream| stream.is(connection))
    }

    fn view(&self) -> View {
        View {
            devices: self.platform.devices().collect(),
            faults: self.platform.faults().clone(),
            events: self.events.shown(),
            events_dropped: self.events.dropped(),
            rival: self.rival.as_ref().map(Rival::shown),
        }
    }
}
