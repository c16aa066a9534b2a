//! The SDK's operations, for people who come from it: construct, subscribe with a callback, publish,
//! unsubscribe, yield, check state, destroy (seed: SDK API介绍).
//!
//! ```no_run
//! use std::time::Duration;
//! use tern_core::device::{Config, Login};
//! use tern_core::identity::{ClientId, Endpoint, Region, TransportKind, Triple};
//! use tern_core::sign::SignMethod;
//! use tern_core::wire::QoS;
//! use tern_host::client::{Client, Params};
//!
//! let triple = Triple::new("a1aq9sQk2JE", "dev1", &std::env::var("TERN_DEVICE_SECRET")?)?;
//! let topic = format!("/{}/{}/data", triple.product_key, triple.device_name);
//! let mut config = Config::new(Login::Direct {
//!     endpoint: Endpoint::for_region(&triple.product_key, Region::CnShanghai, TransportKind::Tls),
//!     client_id: ClientId::new("a1aq9sQk2JE.dev1")?,
//!     method: SignMethod::HmacSha1,
//!     timestamp: None,
//!     triple,
//! });
//! config.keep_alive = 60; // s; keepalive_interval_ms in the SDK
//!
//! /* IOT_MQTT_Construct: connects before it returns */
//! let mut client = Client::construct(Params::new(config), |event| println!("event: {event:?}"))?;
//!
//! /* IOT_MQTT_Subscribe: the outcome comes later, as an event with this id */
//! client.subscribe(&topic, QoS::AtLeastOnce, |message| {
//!     println!("{}: {}", message.topic, String::from_utf8_lossy(message.payload));
//! })?;
//!
//! /* IOT_MQTT_Publish: 0 with QoS 0, the request's id with QoS 1 */
//! let id = client.publish(&topic, b"message: hello! start!", QoS::AtLeastOnce)?;
//! println!("published as {id}");
//!
//! /* IOT_MQTT_Yield: receives, runs callbacks, resends, reconnects, for up to that long */
//! client.yield_for(Duration::from_millis(200))?;
//!
//! client.unsubscribe(&topic)?;
//! assert!(client.check_state());
//! client.destroy()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Two weaknesses of that SDK are not copied: subscriptions are renewed after a reconnect, and the session
//! is kept unless the configuration says otherwise.

mod error;
mod event;

use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::{Config, DisconnectKind, Ended, FailReason, Token};
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

use crate::engine::Engine;
use crate::run_loop::{Notice, RunLoop, RunLoopError, SessionId};
use crate::transport::TlsSettings;
pub use error::ClientError;
pub use event::{ClientEvent, Message};

/// What a client is constructed from.
#[derive(Clone, Debug)]
pub struct Params {
    /// How to sign in, where, and everything else about the device.
    pub config: Config,
    /// Which certificates to trust.
    pub tls: TlsSettings,
    /// Whether the core runs without its sandbox.
    pub native: bool,
    /// Decides the jitter of reconnects: another one for each client.
    pub seed: u64,
}

impl Params {
    /// The built-in roots, the sandbox, and a seed made of the process id.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            tls: TlsSettings::built_in(),
            native: false,
            seed: std::process::id().into(),
        }
    }
}

type OnMessage = Box<dyn FnMut(&Message<'_>)>;
type OnEvent = Box<dyn FnMut(ClientEvent<'_>)>;

/// One device, connected, with callbacks. Dropping it cuts the connection; [`destroy`](Self::destroy) ends
/// it in order.
pub struct Client {
    run_loop: RunLoop,
    session: SessionId,
    desk: Desk,
}

/// What the callbacks need, apart from the loop that calls them.
struct Desk {
    handle_event: OnEvent,
    callbacks: Vec<(TopicFilter, OnMessage)>,
    /// Publishes with QoS 0: the SDK has no event for their end.
    silent: Vec<Token>,
    /// Whether the token that is accepted next is one of those.
    silent_next: bool,
    unsubscribes: Vec<Token>,
    answer: Option<Result<Token, ClientError>>,
    was_connected: bool,
    connected: bool,
    failed: Option<ClientError>,
    ended: Option<Ended>,
}

impl Client {
    /// Constructs a client and connects it before returning (`IOT_MQTT_Construct`). `handle_event` is told
    /// what happens from then on.
    ///
    /// # Errors
    /// A setting that breaks its rule, before anything is sent; the login refused; no connection within the
    /// configuration's connect timeout.
    pub fn construct(
        params: Params,
        handle_event: impl FnMut(ClientEvent<'_>) + 'static,
    ) -> Result<Self, ClientError> {
        let engine = if params.native {
            Engine::native()
        } else {
            Engine::sandboxed()?
        };
        let mut run_loop = RunLoop::new(engine, params.tls).map_err(RunLoopError::from)?;
        let session = run_loop.open(params.config, params.seed)?;
        run_loop.connect(session);
        let mut client = Self {
            run_loop,
            session,
            desk: Desk {
                handle_event: Box::new(handle_event),
                callbacks: Vec::new(),
                silent: Vec::new(),
                silent_next: false,
                unsubscribes: Vec::new(),
                answer: None,
                was_connected: false,
                connected: false,
                failed: None,
                ended: None,
            },
        };
        while !client.desk.connected {
            client.poll(None)?;
            if let Some(error) = client.desk.failed.take() {
                return Err(error);
            }
        }
        Ok(client)
    }

    /// Subscribes (`IOT_MQTT_Subscribe`). `on_message` is called, within [`yield_for`](Self::yield_for), for
    /// each message whose topic the filter takes. Returns the request's id; the outcome comes as an event.
    ///
    /// # Errors
    /// The filter breaks a rule; QoS 2; too many subscriptions; the client has ended.
    pub fn subscribe(
        &mut self,
        filter: &str,
        qos: QoS,
        on_message: impl FnMut(&Message<'_>) + 'static,
    ) -> Result<u64, ClientError> {
        let filter = TopicFilter::new(filter)?;
        self.run_loop.subscribe(self.session, filter.as_str(), qos);
        let token = self.answer()?;
        self.desk.callbacks.retain(|(other, _)| *other != filter);
        self.desk.callbacks.push((filter, Box::new(on_message)));
        Ok(token.0)
    }

    /// Publishes (`IOT_MQTT_Publish`). Returns 0 with QoS 0, and with QoS 1 the request's id, whose outcome
    /// comes as an event.
    ///
    /// # Errors
    /// The topic breaks a rule; the payload is over the limit; the queue is full; QoS 2; the client has
    /// ended. Nothing of the message is kept then.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: QoS) -> Result<u64, ClientError> {
        let is_silent = qos == QoS::AtMostOnce;
        self.desk.silent_next = is_silent;
        self.run_loop.publish(self.session, topic, payload, qos);
        let token = self.answer();
        self.desk.silent_next = false;
        Ok(if is_silent {
            token.map(|_| 0)?
        } else {
            token?.0
        })
    }

    /// Unsubscribes (`IOT_MQTT_Unsubscribe`). Returns the request's id; the outcome comes as an event.
    ///
    /// # Errors
    /// The filter breaks a rule; the client has ended.
    pub fn unsubscribe(&mut self, filter: &str) -> Result<u64, ClientError> {
        let filter = TopicFilter::new(filter)?;
        self.run_loop.unsubscribe(self.session, filter.as_str());
        let token = self.answer()?;
        self.desk.unsubscribes.push(token);
        self.desk.callbacks.retain(|(other, _)| *other != filter);
        Ok(token.0)
    }

    /// Receives, runs callbacks, sends again and reconnects for `timeout` (`IOT_MQTT_Yield`).
    ///
    /// # Errors
    /// The client has ended for good, or the system failed. A connection that is only away for a while is
    /// no error: see [`check_state`](Self::check_state).
    pub fn yield_for(&mut self, timeout: Duration) -> Result<(), ClientError> {
        let until = Instant::now() + timeout;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            self.poll(Some(left))?;
            if let Some(ended) = &self.desk.ended {
                return Err(ClientError::from(ended.clone()));
            }
            if left.is_zero() {
                return Ok(());
            }
        }
    }

    /// Whether the connection stands (`IOT_MQTT_CheckStateNormal`), as far as is known: a dead link is
    /// noticed when something is sent, or at the keep alive.
    #[must_use]
    pub fn check_state(&self) -> bool {
        self.desk.connected
    }

    /// Ends the connection in order (`IOT_MQTT_Destroy`): what was published is waited for, up to the
    /// configuration's drain timeout, then DISCONNECT is sent.
    ///
    /// # Errors
    /// The system or the sandbox failed.
    pub fn destroy(mut self) -> Result<(), ClientError> {
        self.run_loop.disconnect(self.session);
        while self.desk.ended.is_none() || self.run_loop.has_unsent(self.session) {
            self.poll(None)?;
        }
        Ok(())
    }

    fn poll(&mut self, timeout: Option<Duration>) -> Result<(), ClientError> {
        let desk = &mut self.desk;
        self.run_loop
            .poll(timeout, &mut |_, notice| desk.notice(notice))?;
        self.run_loop.flush();
        Ok(())
    }

    /// The answer to what was just asked for.
    fn answer(&mut self) -> Result<Token, ClientError> {
        self.desk.answer = None;
        self.poll(Some(Duration::ZERO))?;
        self.desk.answer.take().unwrap_or_else(|| {
            Err(ClientError::NotAccepted {
                is_full: false,
                reason: "the client has ended".to_owned(),
            })
        })
    }
}

impl Desk {
    fn notice(&mut self, notice: Notice<'_>) {
        match notice {
            Notice::Accepted(token) => {
                if self.silent_next {
                    self.silent.push(token);
                }
                self.answer = Some(Ok(token));
            }
            Notice::NotAccepted { is_full, reason } => {
                let reason = reason.to_owned();
                self.answer = Some(Err(ClientError::NotAccepted { is_full, reason }));
            }
            // Whoever made such settings knows.
            Notice::Unverified { .. } => {}
            Notice::Event(event) => self.event(event),
            // This client keeps nothing beyond its own end, and restores nothing.
            Notice::ToBeKept { .. } | Notice::NotRestored { .. } | Notice::Lost { .. } => {}
        }
    }

    fn event(&mut self, event: ReportEvent<'_>) {
        let tell = match event {
            ReportEvent::Connected { .. } => {
                self.connected = true;
                if !std::mem::replace(&mut self.was_connected, true) {
                    return;
                }
                ClientEvent::Reconnect
            }
            ReportEvent::Refused(refusal) => {
                self.connected = false;
                let reason = refusal.reason.clone();
                self.failed = Some(ClientError::Refused(refusal));
                return (self.handle_event)(ClientEvent::Disconnect(&reason));
            }
            ReportEvent::Disconnected(disconnect) => {
                self.connected = false;
                let reason = disconnect.reason.clone();
                let too_large = disconnect.kind == DisconnectKind::TooLarge;
                self.failed = Some(ClientError::Disconnected(disconnect));
                if too_large {
                    (self.handle_event)(ClientEvent::BufferOverflow(&reason));
                }
                return (self.handle_event)(ClientEvent::Disconnect(&reason));
            }
            ReportEvent::Subscribed {
                token: Some(token), ..
            } => ClientEvent::SubscribeSuccess(token.0),
            ReportEvent::SubscribeRefused { token, filter } => {
                self.callbacks.retain(|(other, _)| other.as_str() != filter);
                match token {
                    Some(token) => ClientEvent::SubscribeNack(token.0),
                    None => {
                        ClientEvent::Undefined("a subscription was refused when it was renewed")
                    }
                }
            }
            ReportEvent::Unsubscribed { token, .. } => {
                self.unsubscribes.retain(|other| *other != token);
                ClientEvent::UnsubscribeSuccess(token.0)
            }
            ReportEvent::Message {
                topic,
                payload,
                qos,
                dup,
                retain,
            } => {
                let message = Message {
                    topic,
                    payload,
                    qos,
                    dup,
                    retain,
                };
                return self.message(&message);
            }
            ReportEvent::Published { token } => {
                if self.take_silent(token) {
                    return;
                }
                ClientEvent::PublishSuccess(token.0)
            }
            ReportEvent::Failed { token, reason } => {
                if self.take_silent(token) {
                    return;
                }
                let is_unsubscribe = self.unsubscribes.contains(&token);
                match reason {
                    FailReason::TimedOut if is_unsubscribe => {
                        ClientEvent::UnsubscribeTimeout(token.0)
                    }
                    FailReason::TimedOut => ClientEvent::SubscribeTimeout(token.0),
                    FailReason::Unwritable => ClientEvent::PublishNack(token.0),
                    _ => ClientEvent::PublishTimeout(token.0),
                }
            }
            ReportEvent::Ended(ended) => {
                self.connected = false;
                self.ended = Some(ended);
                return;
            }
            ReportEvent::Connecting { .. }
            | ReportEvent::Authenticated
            | ReportEvent::Reconnecting { .. }
            | ReportEvent::Subscribed { token: None, .. } => return,
        };
        (self.handle_event)(tell);
    }

    /// Whether this is the end of a publish with QoS 0.
    fn take_silent(&mut self, token: Token) -> bool {
        let known = self.silent.iter().position(|other| *other == token);
        known.map(|index| self.silent.swap_remove(index)).is_some()
    }

    fn message(&mut self, message: &Message<'_>) {
        let mut taken = false;
        for (filter, callback) in &mut self.callbacks {
            if filter.matches(message.topic) {
                taken = true;
                callback(message);
            }
        }
        if !taken {
            (self.handle_event)(ClientEvent::PublishReceived(*message));
        }
    }
}
