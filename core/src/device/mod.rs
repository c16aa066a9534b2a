//! The device: one connection of one client to the platform, as a state machine without I/O.
//!
//! It opens no socket, reads no clock and draws no random number of its own: whoever drives it hands in
//! the time, the bytes and a seed, and does what it says. One rule carries everything: **after each call
//! drain [`Device::poll_output`] until it answers [`Output::Timeout`]**. Extra calls are harmless.
//!
//! The whole run loop of a host:
//!
//! ```
//! use std::collections::VecDeque;
//! use tern_core::device::{Config, Device, Event, Input, Login, Output};
//! use tern_core::identity::Endpoint;
//! use tern_core::time::Instant;
//!
//! let endpoint = Endpoint::from_url("mqtt://localhost")?;
//! let login = Login::Plain { client_id: "c1".into(), username: None, password: None, endpoint };
//! let mut device = Device::new(Config::new(login), 42)?;
//!
//! let now = Instant::from_millis(0);
//! let mut received: VecDeque<Vec<u8>> = [vec![0x20, 0x02, 0x00, 0x00]].into(); // a CONNACK
//! let mut held = Vec::new(); // received and not consumed
//! let mut transmit = Vec::new();
//! device.connect(now);
//! 'host: loop {
//!     loop {
//!         match device.poll_output(&mut transmit) {
//!             Output::OpenTransport(_endpoint) => { device.handle_input(now, Input::TransportOpened); }
//!             Output::SendHttp(_request) => unreachable!("a plain login authenticates over MQTT alone"),
//!             Output::Transmit => transmit.clear(), // send it
//!             Output::CloseTransport => break 'host,
//!             Output::Event(Event::Connected { .. }) => { device.disconnect(now); }
//!             Output::Event(event) => println!("{event:?}"),
//!             Output::Timeout(_at) => break, // wait for bytes, or until then
//!         }
//!     }
//!     let Some(bytes) = received.pop_front() else { break };
//!     held.extend(bytes);
//!     let progress = device.handle_input(now, Input::Received(&held));
//!     held.drain(..progress.consumed);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A message is never copied inside: [`Event::Message`] names its topic and payload as ranges of the bytes
//! that the host handed in, so the host keeps those in place until it has drained.
//!
//! What must outlive a crash is taken out by [`Device::session`] and put back by [`Device::restore`]; a host
//! that keeps each message before it leaves calls [`Device::hold_until_kept`].
//!
//! What it promises: every [`Token`] ends in exactly one event, over any number of reconnects; QoS 1
//! messages not acknowledged go again with DUP, or anew where the session is a clean one; subscriptions are
//! renewed where the platform lost them; queues are bounded and say `Full`; nothing accepted is dropped
//! silently.

mod attempt;
mod backoff;
mod clocks;
mod ending;
mod event;
mod in_words;
mod incoming;
mod outbox;
mod outputs;
mod packet_ids;
mod packets;
mod sending;
mod session;
mod sign_in;
mod subscriptions;
mod timer;
mod turn;

pub use crate::config::{Config, ConfigError, Limits, Login, Reconnect};
use core::fmt;
pub use event::{
    CloseKind, CloseReason, Disconnect, DisconnectKind, Ended, Event, FailReason, Input, Output,
    Progress, Refusal, RefusedBy, Token,
};
pub use session::{KeptMessage, RestoreError, Session};
pub use turn::Phase;

use crate::identity::Endpoint;
use crate::time::Instant;
use crate::topic::{TopicFilter, TopicName};
use crate::wire::{QoS, WriteError};
use backoff::Backoff;
use outbox::Outbox;
use outputs::Outputs;
use packet_ids::PacketIds;
use sign_in::SignIn;
use subscriptions::{Ask, Subscriptions};
use timer::{Timer, TimerTable};
use zeroize::{Zeroize, Zeroizing};

/// One client of the platform. See the [module's documentation](self).
pub struct Device {
    config: Config,
    rng: fastrand::Rng,
    phase: Phase,
    timers: TimerTable,
    outputs: Outputs,
    /// Wiped at the device's end: a login may never have been fetched.
    transmit: Zeroizing<Vec<u8>>,
    sign_in: SignIn,
    endpoint: Option<Endpoint>,
    backoff: Backoff,
    ever_connected: bool,
    /// CONNECTs sent since the last that was accepted, as far as is known. A session may have come about by
    /// one whose CONNACK was lost.
    unanswered_connects: u32,
    outbox: Outbox,
    subscriptions: Subscriptions,
    ids: PacketIds,
    last_token: u64,
    last_sent: Instant,
    last_received: Instant,
    /// Bytes that the last call left with the host: what is beyond them is new.
    held: usize,
    ping_sent: Instant,
    ping_excused: bool,
}

impl Device {
    /// A device that does nothing yet. `seed` decides the jitter of its reconnects: give each device
    /// another one, or a fleet comes back all at once.
    ///
    /// # Errors
    /// A setting that breaks its rule, before anything is sent.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            config,
            rng: fastrand::Rng::with_seed(seed),
            phase: Phase::Idle,
            timers: TimerTable::default(),
            outputs: Outputs::default(),
            transmit: Zeroizing::default(),
            sign_in: SignIn::default(),
            endpoint: None,
            backoff: Backoff::default(),
            ever_connected: false,
            unanswered_connects: 0,
            outbox: Outbox::default(),
            subscriptions: Subscriptions::default(),
            ids: PacketIds::default(),
            last_token: 0,
            last_sent: Instant::default(),
            last_received: Instant::default(),
            held: 0,
            ping_sent: Instant::default(),
            ping_excused: false,
        })
    }

    /// Starts to connect. Does nothing unless the device is idle.
    pub fn connect(&mut self, now: Instant) {
        if self.phase == Phase::Idle {
            self.ever_connected = false;
            self.begin_attempt(now);
        }
    }

    /// Ends the connection in order: messages under way are waited for, up to the drain timeout, then
    /// DISCONNECT is sent. Without a connection the device stops at once. Ends in [`Event::Ended`].
    pub fn disconnect(&mut self, now: Instant) {
        match self.phase {
            Phase::Idle | Phase::Draining => {}
            Phase::Connected => {
                self.phase = Phase::Draining;
                self.timers
                    .set(Timer::Drain, now + self.config.drain_timeout);
                self.finish_drained();
            }
            _ => {
                if self.phase.has_transport() {
                    self.outputs.push(Output::CloseTransport);
                }
                self.end(Ended::Requested);
            }
        }
    }

    /// Takes a message to be published.
    ///
    /// QoS 0 ends with [`Event::Published`] once it is handed to the transport, QoS 1 once it is
    /// acknowledged. Accepted while connecting and reconnecting, too: it then waits.
    ///
    /// # Errors
    /// The message is over a limit, the queues are full (try again after the next event), the device is
    /// idle or closing, or QoS 2 is asked for.
    pub fn publish(
        &mut self,
        now: Instant,
        topic: &TopicName,
        payload: &[u8],
        qos: QoS,
    ) -> Result<Token, PublishError> {
        if matches!(self.phase, Phase::Idle | Phase::Draining) {
            return Err(PublishError::NotRunning);
        }
        let token = Token(self.last_token + 1);
        self.outbox
            .check(topic, payload, qos, &self.config.limits)?;
        if self.phase.is_online()
            && self
                .outbox
                .may_send_at_once(qos, self.config.limits.max_inflight)
        {
            self.publish_at_once(now, token, topic, payload, qos)?;
        } else {
            self.outbox
                .accept(token, topic, payload, qos, &mut self.ids)?;
            self.send_waiting(now);
        }
        self.last_token = token.0;
        Ok(token)
    }

    /// Asks for a subscription: ends in [`Event::Subscribed`], [`Event::SubscribeRefused`] or
    /// [`Event::Failed`]. It is renewed by itself whenever the platform has lost the session.
    ///
    /// # Errors
    /// Too many subscriptions, the device is idle or closing, or QoS 2 is asked for.
    pub fn subscribe(
        &mut self,
        now: Instant,
        filter: &TopicFilter,
        qos: QoS,
    ) -> Result<Token, SubscribeError> {
        self.ask(now, Ask::Subscribe(qos), filter)
    }

    /// Asks for a subscription's end: ends in [`Event::Unsubscribed`] or [`Event::Failed`].
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub fn unsubscribe(
        &mut self,
        now: Instant,
        filter: &TopicFilter,
    ) -> Result<Token, SubscribeError> {
        self.ask(now, Ask::Unsubscribe, filter)
    }

    /// Hands in what happened. Hand in received bytes before a [`Input::Timeout`] of the same moment, even
    /// fewer than [`Progress::need`]: they show that the link lives.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) -> Progress {
        let mut progress = Progress {
            consumed: 0,
            need: 1,
        };
        match input {
            Input::TransportOpened => self.transport_opened(now),
            Input::Received(bytes) => progress = self.received(now, bytes),
            Input::TransportClosed(reason) => self.transport_closed(now, reason),
            Input::HttpAnswered(answer) => self.http_answered(now, answer),
            Input::Timeout => self.timeout(now),
        }
        progress
    }

    /// The next thing to do. Call it until it answers [`Output::Timeout`]; bytes to send are appended to
    /// `transmit`. Events come before the bytes that acknowledge them.
    pub fn poll_output(&mut self, transmit: &mut Vec<u8>) -> Output {
        match self.outputs.pop() {
            Some(output) => output,
            None => self.behind_events(transmit),
        }
    }

    /// Where the device stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the platform has accepted the connection, as far as the device knows: a dead link is
    /// noticed when a PINGRESP stays away.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.phase.is_online()
    }

    /// Messages accepted and not done with, and their bytes.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        (self.outbox.len(), self.outbox.bytes())
    }

    /// Packet identifiers in use: by QoS 1 messages sent and not acknowledged, and by requests not answered.
    #[must_use]
    pub fn packet_ids_in_use(&self) -> usize {
        self.ids.in_use()
    }

    /// Once a call, not once an event: apart from what is.
    #[inline(never)]
    fn behind_events(&mut self, transmit: &mut Vec<u8>) -> Output {
        if let Some(first) = self.transmit.first() {
            let is_login = *first == 0x10;
            transmit.append(&mut self.transmit);
            if is_login {
                // What was moved is still in the memory behind.
                self.transmit.zeroize();
            }
            return Output::Transmit;
        }
        match self.outputs.pop_close() {
            Some(close) => close,
            None => Output::Timeout(self.timers.next()),
        }
    }

    fn ask(
        &mut self,
        now: Instant,
        ask: Ask,
        filter: &TopicFilter,
    ) -> Result<Token, SubscribeError> {
        if matches!(self.phase, Phase::Idle | Phase::Draining) {
            return Err(SubscribeError::NotRunning);
        }
        let token = Token(self.last_token + 1);
        self.subscriptions
            .accept(token, ask, filter, &self.config.limits)?;
        self.last_token = token.0;
        self.send_waiting(now);
        Ok(token)
    }
}

/// Tells where the device stands, not what it holds: among that are passwords and tokens.
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("phase", &self.phase)
            .field("queued", &self.queued())
            .finish_non_exhaustive()
    }
}

/// Why a message was not accepted. Nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The queue is full for now.
    #[error("the queue is full ({limit} {what}): try again once a message has been acknowledged")]
    Full {
        /// `messages`, `bytes` or `packet identifiers`.
        what: &'static str,
        /// The limit that is reached.
        limit: usize,
    },
    /// The payload is over the limit.
    #[error(
        "payload has {len} bytes, over the limit of {max}: the platform would drop the connection; send it in smaller parts"
    )]
    PayloadTooLarge {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// QoS 2, which the platform does not offer.
    #[error("qos is 2: the platform offers 0 and 1")]
    Qos2,
    /// The device is not connecting or connected.
    #[error("the device is stopped or stopping: connect it first")]
    NotRunning,
    /// MQTT can't express it.
    #[error(transparent)]
    Unwritable(WriteError),
}

/// Why a subscribe or unsubscribe was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// Too many subscriptions, or requests for them.
    #[error(
        "there are {limit} subscriptions or requests already, the most that is set: unsubscribe first"
    )]
    Full {
        /// The limit that is reached.
        limit: usize,
    },
    /// QoS 2, which the platform does not offer.
    #[error("qos is 2: the platform offers 0 and 1")]
    Qos2,
    /// The device is not connecting or connected.
    #[error("the device is stopped or stopping: connect it first")]
    NotRunning,
}
