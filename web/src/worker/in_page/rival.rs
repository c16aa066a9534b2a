//! A second client with the triple of a device: what a take-over looks like, with no server and no second machine.

use tern_core::device::{Config, ConfigError, Device, Ended, Event as Told, Input, Login, Output};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use tern_platform::{DeviceAddress, Platform};

use super::stream::{Event, Stream};
use crate::protocol::cloud;
use crate::protocol::cloud::RivalStanding as Standing;

/// A device of the core's own on a stream of its own. It comes back as any device does, so the two push
/// each other off in turn until one is stopped.
#[derive(Debug)]
pub(super) struct Rival {
    address: DeviceAddress,
    device: Device,
    pub(super) stream: Stream,
    /// Received and not yet consumed.
    held: Vec<u8>,
    need: usize,
    wake_at: Option<Instant>,
    standing: Standing,
    logins: u32,
    reason: Option<String>,
}

impl Rival {
    /// Starts to connect. `seed` decides the jitter of its reconnects.
    ///
    /// # Errors
    /// None that a registered triple could cause; the core's own words.
    pub(super) fn start(
        now: Instant,
        triple: Triple,
        seed: u64,
        platform: &mut Platform,
    ) -> Result<Self, String> {
        let address = DeviceAddress {
            product_key: triple.product_key.clone(),
            device_name: triple.device_name.clone(),
        };
        let kind = TransportKind::Ws;
        let login = Login::Direct {
            triple,
            client_id: ClientId::new("second-client").map_err(|error| error.to_string())?,
            method: SignMethod::default(),
            timestamp: None,
            endpoint: Endpoint::new(kind, "localhost", kind.default_port())
                .map_err(|error| error.to_string())?,
        };
        let mut device = Device::new(Config::new(login), seed)
            .map_err(|error: ConfigError| error.to_string())?;
        device.connect(now);
        let mut rival = Self {
            address,
            device,
            stream: Stream::default(),
            held: Vec::new(),
            need: 1,
            wake_at: None,
            standing: Standing::Connecting,
            logins: 0,
            reason: None,
        };
        rival.drain(now, platform);
        Ok(rival)
    }

    /// Says goodbye, and closes.
    pub(super) fn stop(mut self, now: Instant, platform: &mut Platform) {
        self.device.disconnect(now);
        self.drain(now, platform);
        self.stream.close(now, platform);
    }

    /// Does one thing that is to be done; false if there is none.
    pub(super) fn turn(&mut self, now: Instant, platform: &mut Platform) -> bool {
        match self.stream.next() {
            Some(Event::Opened) => {
                self.device.handle_input(now, Input::TransportOpened);
            }
            Some(Event::Received(bytes)) => self.received(now, &bytes),
            Some(Event::Closed(reason)) => {
                self.forget_received();
                let closed = Input::TransportClosed(reason);
                self.device.handle_input(now, closed);
            }
            None if self.wake_at.is_some_and(|at| at <= now) => {
                self.device.handle_input(now, Input::Timeout);
            }
            None => return false,
        }
        self.drain(now, platform);
        true
    }

    pub(super) const fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }

    pub(super) fn shown(&self) -> cloud::Rival {
        cloud::Rival {
            device: self.address.clone(),
            standing: self.standing,
            logins: self.logins,
            reason: self.reason.clone(),
        }
    }

    fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= self.need {
            let progress = self.device.handle_input(now, Input::Received(&self.held));
            self.need = progress.need;
            self.held.drain(..progress.consumed.min(self.held.len()));
        }
    }

    fn drain(&mut self, now: Instant, platform: &mut Platform) {
        let mut transmit = Vec::new();
        loop {
            transmit.clear();
            match self.device.poll_output(&mut transmit) {
                Output::OpenTransport(endpoint) => {
                    self.forget_received();
                    self.stream.open(now, &endpoint, platform);
                }
                Output::Transmit => self.stream.send(now, &transmit, platform),
                Output::CloseTransport => {
                    self.forget_received();
                    self.stream.close(now, platform);
                }
                Output::Event(event) => self.told(event),
                // A direct login asks for none.
                Output::SendHttp(_) => {}
                Output::Timeout(at) => {
                    self.wake_at = at;
                    return;
                }
            }
        }
    }

    fn told(&mut self, event: Told) {
        match event {
            Told::Connecting { .. } => self.standing = Standing::Connecting,
            Told::Connected { .. } => {
                self.standing = Standing::Connected;
                self.logins += 1;
            }
            Told::Refused(refusal) => self.reason = Some(refusal.reason),
            Told::Disconnected(end) => self.reason = Some(end.reason),
            Told::Reconnecting { .. } => self.standing = Standing::Waiting,
            Told::Ended(end) => {
                self.standing = Standing::Stopped;
                match end {
                    Ended::Requested => {}
                    Ended::Refused(refusal) => self.reason = Some(refusal.reason),
                    Ended::Disconnected(end) => self.reason = Some(end.reason),
                }
            }
            // What comes for the device it is mixed up with is not looked at here.
            _ => {}
        }
    }

    fn forget_received(&mut self) {
        self.held.clear();
        self.need = 1;
    }
}
