//! The platform itself: what its caller hands in, and what it hands out.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tern_core::time::Instant;
use tern_core::wire::{self, FrameError, Framed, PacketType, Sender};

use crate::address::DeviceAddress;
use crate::connection::{Arrival, Connection, Phase, Progress};
use crate::connections::ConnectionId;
use crate::connections::ConnectionMap;
use crate::event::{Event, EventKind};
use crate::faults::{Cut, Faults};
use crate::output::{Outbox, Output};
use crate::registry::{Device, DeviceIndex, DeviceView, Registry};
use crate::settings::Settings;
use crate::timers::Timers;
use crate::tokens::Tokens;

/// The cloud side's stand-in. See the [crate's page](crate) for how to run it.
#[derive(Debug)]
pub struct Platform {
    pub(crate) settings: Settings,
    pub(crate) registry: Registry,
    pub(crate) tokens: Tokens,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) faults: Faults,
    pub(crate) connections: ConnectionMap<Box<Connection>>,
    pub(crate) timers: Timers,
    pub(crate) outbox: Outbox,
    /// Where a packet is written before it goes its way.
    pub(crate) scratch: Vec<u8>,
    /// Whether anybody wants to hear of each message.
    pub(crate) tells_published: bool,
    last_connection: u64,
}

impl Platform {
    /// A platform with no devices.
    ///
    /// Everything random (iotId, iotToken, the garbage of a fault) comes from `seed`: draw it from the
    /// system's randomness where tokens must not be guessed, fix it where a run is to be repeated.
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            registry: Registry::default(),
            tokens: Tokens::default(),
            rng: ChaCha20Rng::seed_from_u64(seed),
            faults: Faults::default(),
            connections: ConnectionMap::default(),
            timers: Timers::default(),
            outbox: Outbox::default(),
            scratch: Vec::new(),
            tells_published: true,
            last_connection: 0,
        }
    }

    /// The policy in force.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes where the answer of the HTTPS authentication sends devices: known only once a port is bound.
    pub fn set_mqtt_address(&mut self, host: &str, port: u16) {
        host.clone_into(&mut self.settings.mqtt_host);
        self.settings.mqtt_port = port;
    }

    /// Changes the window for the keep alive, in seconds. Connections that are there keep theirs.
    pub fn accept_keep_alive(&mut self, range: RangeInclusive<u16>) {
        self.settings.keep_alive = range;
    }

    /// Whether each message that a device publishes becomes an [`EventKind::Published`]; it does unless this says
    /// otherwise. No other event comes by the thousand, and one that nobody hears costs about as much as its message.
    pub fn tell_published(&mut self, wanted: bool) {
        self.tells_published = wanted;
    }

    /// Makes a device known, or gives a known one another secret and switch. A connection that is there
    /// stays; the next login is checked against the new values.
    pub fn register(&mut self, device: Device) {
        self.registry.register(device);
    }

    /// Disables a device or enables it again; false if there is no such device. One that is online is
    /// disconnected when it is disabled.
    pub fn set_disabled(&mut self, now: Instant, address: &DeviceAddress, disabled: bool) -> bool {
        let Some(index) = self.registry.find(address) else {
            return false;
        };
        let entry = self.registry.entry_mut(index);
        entry.disabled = disabled;
        if disabled && let Some(connection) = entry.connection {
            self.end(now, connection, "the device has been disabled".to_owned());
        }
        true
    }

    /// Removes a device with its secret, session and tokens; false if there is no such device. One that is
    /// online is disconnected. Faults switched on for it stay: they need no device to be registered.
    pub fn remove_device(&mut self, now: Instant, address: &DeviceAddress) -> bool {
        let Some(index) = self.registry.find(address) else {
            return false;
        };
        if let Some(connection) = self.registry.entry(index).connection {
            self.end(now, connection, "the device has been removed".to_owned());
        }
        self.registry.remove(index);
        self.tokens.end_all(index);
        true
    }

    /// All devices, sorted by product key and device name.
    pub fn devices(&self) -> impl Iterator<Item = DeviceView> {
        self.registry.views()
    }

    /// One device; none if it is not registered.
    #[must_use]
    pub fn device(&self, address: &DeviceAddress) -> Option<DeviceView> {
        self.registry
            .find(address)
            .map(|index| self.registry.view(index))
    }

    /// The faults that are switched on.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Switches faults: what stands in `faults` is on from now on, all else is off. [`Cut::Now`] is
    /// carried out at once and is then off again.
    pub fn set_faults(&mut self, now: Instant, mut faults: Faults) {
        let asked = faults.clone();
        for fault in faults.devices.values_mut().chain([&mut faults.all]) {
            if fault.drop == Some(Cut::Now) {
                fault.drop = None;
            }
        }
        faults.devices.retain(|_, fault| !fault.is_none());
        self.faults = faults;
        let mut ids: Vec<ConnectionId> = self.connections.keys().copied().collect();
        // What comes of it comes in an order that repeats.
        ids.sort_unstable();
        for id in ids {
            let Some(connection) = self.connections.get(&id) else {
                continue;
            };
            let (device, had_garbage) = (connection.device(), connection.fault.garbage);
            let fault = self.fault_for(device);
            let cut = self
                .address_of(device)
                .map_or(asked.all, |address| asked.of(&address))
                .drop;
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.fault = fault;
                // A half-open link that ends has a limit to its silence again.
                self.timers.arm(id, connection);
            }
            if cut == Some(Cut::Now) {
                self.end(now, id, "cut on purpose (fault: drop)".to_owned());
            } else if fault.garbage && !had_garbage && device.is_some() {
                self.send_garbage(now, id, 16);
            }
        }
    }

    /// A byte stream to a device has been opened; its CONNECT has to come within
    /// [`Settings::connect_timeout`].
    pub fn opened(&mut self, now: Instant, arrival: Arrival) -> ConnectionId {
        self.last_connection += 1;
        let id = ConnectionId::new(self.last_connection);
        let deadline = now + self.settings.connect_timeout;
        let mut connection = Connection::new(now, arrival, deadline, self.fault_for(None));
        self.timers.arm(id, &mut connection);
        self.connections.insert(id, Box::new(connection));
        id
    }

    /// Bytes have come. `bytes` is all that the connection has received and that has not been consumed yet.
    ///
    /// Only whole packets are taken, nothing is kept: the caller keeps what is beyond
    /// [`Progress::consumed`], at most [`Settings::max_packet`] bytes, and calls again when that has grown
    /// to [`Progress::need`] bytes. Bytes of a connection that is not known (any more) are passed over.
    pub fn received(&mut self, now: Instant, id: ConnectionId, bytes: &[u8]) -> Progress {
        let all = Progress {
            consumed: bytes.len(),
            need: 1,
        };
        let mut rest = bytes;
        loop {
            let Some(connection) = self.connections.get_mut(&id) else {
                return all;
            };
            if connection.is_half_open() {
                if !rest.is_empty() {
                    self.swallow(id);
                }
                return all;
            }
            let arriving = match connection.phase {
                Phase::Arriving { .. } => true,
                Phase::Online { .. } => false,
                Phase::Closing => return all,
            };
            let limit = if arriving {
                self.settings.max_connect
            } else {
                self.settings.max_packet
            };
            let framed = wire::frame(rest, Sender::Client, limit);
            if let (true, Ok(_), Some(&first)) = (arriving, &framed, rest.first())
                && let Some(found) = PacketType::from_first_byte(first)
                && found != PacketType::Connect
            {
                self.end(
                    now,
                    id,
                    format!("the first packet is {found}, it must be CONNECT [MQTT-3.1.0-1]"),
                );
                return all;
            }
            let len = match framed {
                Ok(Framed::Need(need)) => {
                    return Progress {
                        consumed: bytes.len() - rest.len(),
                        need,
                    };
                }
                Ok(Framed::Complete { len }) => len,
                Err(error) => {
                    self.end(now, id, error.to_string());
                    return all;
                }
            };
            // `frame` has seen that the packet is there as a whole.
            let (packet, following) = rest.split_at(len.min(rest.len()));
            rest = following;
            connection.last_packet = now;
            let ended = wire::read(packet, Sender::Client)
                .map_err(|error: FrameError| error.to_string())
                .and_then(|packet| self.packet(now, id, packet));
            if let Err(reason) = ended {
                self.end(now, id, reason);
                return all;
            }
        }
    }

    /// The peer's byte stream has ended, for the reason given; not to be called for a connection that
    /// the platform itself has closed (no harm if it is).
    pub fn closed(&mut self, now: Instant, id: ConnectionId, reason: &str) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.phase != Phase::Closing {
            let device = self.go_offline(now, id);
            self.event(
                Some(id),
                device,
                EventKind::Disconnected {
                    reason: reason.to_owned(),
                },
            );
        }
        self.remove(id);
    }

    /// How many bytes of a connection the caller could not send yet, because its peer does not take them.
    /// To be called when the number passes [`Settings::congested_at`] in either direction, or simply
    /// after each write.
    ///
    /// A congested connection is sent no messages: of QoS 0 they are dropped with an event, of QoS 1 they
    /// wait in the session's queue. Answers still go out, so the caller should stop reading from such a
    /// peer. At [`Settings::max_backlog`] the connection is closed.
    pub fn backlog(&mut self, now: Instant, id: ConnectionId, unsent_bytes: usize) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if unsent_bytes >= self.settings.max_backlog {
            self.end(
                now,
                id,
                format!("the device does not read: {unsent_bytes} bytes are unsent"),
            );
            return;
        }
        let was_congested = connection.congested;
        connection.congested = unsent_bytes >= self.settings.congested_at;
        if was_congested
            && !connection.congested
            && let Some(device) = connection.device()
        {
            self.advance(now, device);
        }
    }

    /// The time that [`Output::Timeout`] named has come.
    pub fn timeout(&mut self, now: Instant) {
        while let Some(id) = self.timers.take_due(now) {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.armed = None;
            }
            self.release_delayed(now, id);
            self.check_patience(now, id);
            if let Some(connection) = self.connections.get_mut(&id) {
                self.timers.arm(id, connection);
            }
        }
    }

    /// What to do next. Bytes to send are appended to `transmit`.
    ///
    /// After every other call this is to be called until it answers [`Output::Timeout`].
    pub fn poll_output(&mut self, transmit: &mut Vec<u8>) -> Output {
        self.outbox
            .pop(transmit)
            .unwrap_or_else(|| Output::Timeout(self.timers.next()))
    }

    pub(crate) fn event(
        &mut self,
        connection: Option<ConnectionId>,
        device: Option<DeviceIndex>,
        kind: EventKind,
    ) {
        self.event_of(connection, self.address_of(device), kind);
    }

    /// An event of a device that need not be registered.
    pub(crate) fn event_of(
        &mut self,
        connection: Option<ConnectionId>,
        device: Option<DeviceAddress>,
        kind: EventKind,
    ) {
        self.outbox.event(Event {
            kind,
            device,
            connection,
        });
    }

    pub(crate) fn address_of(&self, device: Option<DeviceIndex>) -> Option<DeviceAddress> {
        device.map(|device| self.registry.entry(device).address.clone())
    }

    fn check_patience(&mut self, now: Instant, id: ConnectionId) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.patience_ends().is_none_or(|end| end > now) {
            return;
        }
        let reason = match connection.phase {
            Phase::Online {
                keep_alive,
                patience,
                ..
            } => format!(
                "no packet for {} s: {} times the keep alive of {keep_alive} s [MQTT-3.1.2-24]",
                patience.unwrap_or_default().as_secs_f64(),
                self.settings.idle_factor,
            ),
            _ => format!(
                "no CONNECT within {} s",
                self.settings.connect_timeout.as_secs_f64()
            ),
        };
        self.end(now, id, reason);
    }
}
