//! One poll, many devices, one step of the engine per wake-up.
//!
//! The loop knows no protocol and no transport's inside: it asks the engine what to do, and does it. What
//! arrives on any socket, what the application asks for and whose deadline has come is gathered into one
//! batch, and handed in by one call.
//!
//! ```no_run
//! use tern_core::device::{Config, Login};
//! use tern_core::identity::Endpoint;
//! use tern_host::engine::Engine;
//! use tern_host::run_loop::{Notice, RunLoop};
//! use tern_host::transport::TlsSettings;
//!
//! let endpoint = Endpoint::from_url("mqtt://localhost")?;
//! let login = Login::Plain { client_id: "c1".into(), username: None, password: None, endpoint };
//! let mut run_loop = RunLoop::new(Engine::sandboxed()?, TlsSettings::built_in())?;
//! let session = run_loop.open(Config::new(login), 42)?;
//! run_loop.connect(session);
//! loop {
//!     run_loop.poll(None, &mut |session, notice| println!("{session}: {notice:?}"))?;
//!     run_loop.flush(); // what was told has been dealt with: acknowledge it
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod background;
mod link;
mod session;

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mio::{Events, Poll, Token as PollToken, Waker};
use tern_component::batch::{BadRow, InputBatch, Outcome, Report, ReportEvent, reports};
use tern_core::device::{Config, Session as Kept, Token};
use tern_core::time::Instant;
use tern_core::wire::{PacketId, QoS};

use crate::engine::{Engine, EngineError};
use crate::https;
use crate::recording::{Recorder, RecordingError};
use crate::transport::TlsSettings;
use background::{Background, Done};
use session::Session;

/// Wakes the poll for what does not come from a socket.
const WAKER: PollToken = PollToken(usize::MAX);

/// Bytes that wait for a socket, over which [`RunLoop::has_room`] says no, and nothing more is read from
/// the peer: whoever does not take our acknowledgements gets no more to acknowledge.
const MAX_UNSENT: usize = 1024 * 1024;

/// The number of a device in its engine.
pub type SessionId = u32;

/// Something for the application.
#[derive(Debug)]
pub enum Notice<'a> {
    /// A publish, subscribe or unsubscribe was accepted. They are answered in the order in which they were
    /// asked for, each by this or by [`NotAccepted`](Self::NotAccepted).
    Accepted(Token),
    /// It was not accepted, and nothing of it is kept.
    NotAccepted {
        /// Whether it is worth trying again once something has been acknowledged.
        is_full: bool,
        /// Why, and what to do.
        reason: &'a str,
    },
    /// A publish was accepted, and is held back until the application says that it is
    /// [`kept`](RunLoop::kept): only after [`hold_until_kept`](RunLoop::hold_until_kept).
    ToBeKept {
        /// Its token.
        token: Token,
        /// What it will be sent with, each time.
        packet_id: PacketId,
    },
    /// A part of what was to be [restored](RunLoop::restore) was refused.
    NotRestored {
        /// Why.
        reason: &'a str,
    },
    /// A connection, or an HTTPS authentication, is about to be made with whoever answers there: its settings
    /// are [`TlsSettings::unverified`].
    Unverified {
        /// Where to: a URL or `HOST[:PORT]`.
        place: &'a str,
    },
    /// What the device tells.
    Event(ReportEvent<'a>),
}

/// The first byte of a CONNECT, which holds a password.
const CONNECT: u8 = 0x10;

/// Bytes that may follow a CONNECT before it is sent.
const ROOM_BEHIND_LOGIN: usize = 1024;

/// Drives the devices of one engine.
pub struct RunLoop {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    background: Background,
    engine: Engine,
    tls: TlsSettings,
    started: std::time::Instant,
    sessions: Vec<Option<Session>>,
    batch: InputBatch,
    outcome: Outcome,
    recorder: Option<(SessionId, Recorder)>,
}

impl RunLoop {
    /// A loop over the devices of `engine`.
    ///
    /// # Errors
    /// The system gives no poll.
    pub fn new(engine: Engine, tls: TlsSettings) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        Ok(Self {
            events: Events::with_capacity(1024),
            background: Background::new(Arc::clone(&waker)),
            poll,
            waker,
            engine,
            tls,
            started: std::time::Instant::now(),
            sessions: Vec::new(),
            batch: InputBatch::default(),
            outcome: Outcome::default(),
            recorder: None,
        })
    }

    /// Wakes [`poll`](Self::poll) from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Makes a device that does nothing yet. `seed` decides the jitter of its reconnects.
    ///
    /// # Errors
    /// A setting that breaks its rule; the sandbox failed.
    pub fn open(&mut self, config: Config, seed: u64) -> Result<SessionId, EngineError> {
        let id = self.engine.open(config, seed)?;
        let index = id as usize;
        if self.sessions.len() <= index {
            self.sessions.resize_with(index + 1, || None);
        }
        if let Some(place) = self.sessions.get_mut(index) {
            *place = Some(Session::default());
        }
        Ok(id)
    }

    /// Forgets a device; what it has open is closed at once. Disconnect it first.
    ///
    /// # Errors
    /// The sandbox failed.
    pub fn close(&mut self, id: SessionId) -> Result<(), EngineError> {
        if let Some(place) = self.sessions.get_mut(id as usize) {
            *place = None;
        }
        self.engine.close(id)
    }

    /// Lets the device go on with an earlier one's session; before it [connects](Self::connect).
    pub fn restore(&mut self, id: SessionId, session: &Kept) {
        for message in &session.messages {
            let (topic, payload) = (&message.topic, &message.payload);
            self.batch
                .restore_message(id, message.token, message.packet_id, topic, payload);
        }
        for (filter, qos) in &session.subscriptions {
            self.batch.restore_subscription(id, filter.as_str(), *qos);
        }
        self.batch.restore_tokens(id, session.last_token);
    }

    /// Lets no QoS 1 message leave before it is [`kept`](Self::kept). Each is told by [`Notice::ToBeKept`].
    pub fn hold_until_kept(&mut self, id: SessionId) {
        self.batch.hold_until_kept(id);
    }

    /// The messages up to this one are kept: they may leave.
    pub fn kept(&mut self, id: SessionId, up_to: Token) {
        self.batch.kept(id, up_to);
    }

    /// This message can't be kept: it fails, and never leaves.
    pub fn withdraw(&mut self, id: SessionId, token: Token) {
        self.batch.withdraw(id, token);
    }

    /// Records this device from now on. Begin before it is asked for anything, or the recording does not replay.
    pub fn record(&mut self, id: SessionId, recorder: Recorder) {
        self.recorder = Some((id, recorder));
    }

    /// Ends the recording in order, if there is one.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish_recording(&mut self) -> Result<(), RecordingError> {
        let now = self.now();
        match self.recorder.take() {
            Some((_, mut recorder)) => recorder.finish(now),
            None => Ok(()),
        }
    }

    /// When the loop's time 0 was.
    #[must_use]
    pub fn zero(&self) -> SystemTime {
        let now = SystemTime::now();
        now.checked_sub(self.started.elapsed()).unwrap_or(now)
    }

    /// Starts to connect.
    pub fn connect(&mut self, id: SessionId) {
        self.batch.connect(id);
    }

    /// Ends the connection in order, once what is under way is done.
    pub fn disconnect(&mut self, id: SessionId) {
        self.batch.disconnect(id);
    }

    /// Publishes a message.
    pub fn publish(&mut self, id: SessionId, topic: &str, payload: &[u8], qos: QoS) {
        self.batch.publish(id, topic, payload, qos);
        self.note_asked(id);
    }

    /// Subscribes.
    pub fn subscribe(&mut self, id: SessionId, filter: &str, qos: QoS) {
        self.batch.subscribe(id, filter, qos);
        self.note_asked(id);
    }

    /// Unsubscribes.
    pub fn unsubscribe(&mut self, id: SessionId, filter: &str) {
        self.batch.unsubscribe(id, filter);
        self.note_asked(id);
    }

    /// Whether the device's socket and the batch still take something: ask before each publish of a long
    /// row, so that nothing piles up here.
    #[must_use]
    pub fn has_room(&self, id: SessionId) -> bool {
        let session = self.sessions.get(id as usize).and_then(Option::as_ref);
        session.is_some_and(|session| session.unsent() < MAX_UNSENT && session.unanswered < 1024)
            && self.batch.bytes().len() < MAX_UNSENT
    }

    /// Whether bytes of this device still wait for its socket, or for the next flush.
    #[must_use]
    pub fn has_unsent(&self, id: SessionId) -> bool {
        let session = self.sessions.get(id as usize).and_then(Option::as_ref);
        session.is_some_and(|session| session.unsent() > 0 || session.closing)
    }

    /// Lets each poll hand in at most this many of the packets that the device's peer sends after its CONNACK;
    /// at first there is no limit. What is not handed in is not acknowledged, and soon
    /// not read from the socket either. With 0 the device receives nothing, and does not hold it against
    /// its peer that no answer comes: it goes on sending its PINGREQs.
    pub fn limit_packets(&mut self, id: SessionId, limit: usize) {
        if let Some(Some(session)) = self.sessions.get_mut(id as usize) {
            session.packet_limit = limit;
        }
    }

    /// Hands in what was asked for, waits for something to happen, at most `timeout`, and does what
    /// follows. `on_event` is called for everything that is for the application. What is to be sent, the
    /// acknowledgements of the messages told of among it, goes out by the next [`flush`](Self::flush), or
    /// by the next poll before it waits.
    ///
    /// # Errors
    /// The system's poll failed, or the engine: every device in it is gone then. The recording can't be written.
    pub fn poll(
        &mut self,
        timeout: Option<Duration>,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) -> Result<(), RunLoopError> {
        self.flush();
        let waits = self.batch.is_empty();
        let timeout = if waits {
            self.wait(timeout)
        } else {
            Some(Duration::ZERO)
        };
        if !waits {
            self.step(on_event)?;
        }
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => other?,
        }
        self.gather();
        self.step(on_event)
    }

    /// Sends what the polls before have left to be sent, in one piece for each device.
    pub fn flush(&mut self) {
        let now = self.now();
        for session in self.sessions.iter_mut().flatten() {
            session.flush(now);
        }
    }

    /// Takes the acknowledgements of messages out of what the next flush sends: the peer keeps those
    /// messages then, and delivers them again on a later connection.
    pub fn withhold_acknowledgements(&mut self, id: SessionId) {
        if let Some(Some(session)) = self.sessions.get_mut(id as usize) {
            session.withhold_acknowledgements();
        }
    }

    /// How long the poll may wait.
    fn wait(&self, timeout: Option<Duration>) -> Option<Duration> {
        let now = self.now();
        let sessions = self.sessions.iter().flatten();
        let deadlines = sessions.flat_map(|session| [session.deadline, session.link_deadline()]);
        let next = deadlines
            .flatten()
            .min()
            .map(|deadline| deadline.since(now));
        match (timeout, next) {
            (Some(timeout), Some(next)) => Some(timeout.min(next)),
            (timeout, next) => timeout.or(next),
        }
    }

    fn now(&self) -> Instant {
        let elapsed = self.started.elapsed().as_millis();
        Instant::from_millis(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// Gathers what the poll brought, what was done in the background, and whose deadline has come.
    fn gather(&mut self) {
        let now = self.now();
        let registry = self.poll.registry();
        for event in &self.events {
            if let Some(Some(session)) = self.sessions.get_mut(event.token().0) {
                session.link.note(event);
            }
        }
        while let Some((id, done)) = self.background.done() {
            let Some(Some(session)) = self.sessions.get_mut(id as usize) else {
                continue;
            };
            match done {
                Done::Resolved(number, addresses) => {
                    session
                        .link
                        .resolved(number, addresses, &self.tls, registry, id, now);
                }
                // The answer to an earlier request, which the device has given up.
                Done::Answered(number, _) if number != session.request => {}
                Done::Answered(_, answer) => match answer {
                    Ok(answer) => self.batch.http_answered(id, answer.status, &answer.body),
                    Err(reason) => self.batch.http_failed(id, &reason),
                },
            }
        }
        for (index, session) in self.sessions.iter_mut().enumerate() {
            let Some(session) = session else { continue };
            // As many sessions as there are slots, and slots are numbered by u32.
            let id = index as SessionId;
            session.gather(id, now, registry, &mut self.batch);
        }
    }

    /// Steps until nothing more is to be handed in at once.
    fn step(
        &mut self,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) -> Result<(), RunLoopError> {
        while !self.batch.is_empty() {
            let now = self.now();
            if let Some((id, recorder)) = &mut self.recorder {
                let session = self.sessions.get(*id as usize).and_then(Option::as_ref);
                // What stands for a PINGRESP is this loop's own.
                let own = session.is_some_and(|session| session.excuses > 0);
                recorder.hand_in(now, *id, &self.batch, own)?;
            }
            let stepped = self.engine.step(now, &self.batch, &mut self.outcome);
            if let Some((id, recorder)) = &mut self.recorder {
                if stepped.is_err() {
                    // What made the engine fail is the most wanted part of a recording.
                    self.outcome.clear();
                }
                let recorded = recorder.take_out(now, *id, &self.batch, &self.outcome);
                if stepped.is_ok() {
                    recorded?;
                }
            }
            stepped?;
            let mut login = false;
            for report in reports(&self.outcome, self.batch.bytes()) {
                let (id, report) = report?;
                let Some(Some(session)) = self.sessions.get_mut(id as usize) else {
                    continue;
                };
                match report {
                    Report::OpenTransport(endpoint) => {
                        if endpoint.transport.is_secure() && !self.tls.verifies() {
                            let place = &endpoint.to_string();
                            on_event(id, Notice::Unverified { place });
                        }
                        session.flush(now);
                        session.online = false;
                        session.held.clear();
                        session.need = 1;
                        session.link.open(id, endpoint, &self.background);
                    }
                    Report::SendHttp(request) => {
                        if !self.tls.verifies() {
                            let place = &https::place(&request.url);
                            on_event(id, Notice::Unverified { place });
                        }
                        session.request = self.background.post(id, request, &self.tls);
                    }
                    Report::Transmit(bytes) => {
                        if bytes.first() == Some(&CONNECT) {
                            login = true;
                            // In one place from the start: what grows leaves its old place as it was.
                            session.outgoing.reserve(bytes.len() + ROOM_BEHIND_LOGIN);
                        }
                        session.outgoing.extend_from_slice(bytes);
                    }
                    Report::CloseTransport => session.closing = true,
                    Report::Deadline(deadline) => session.deadline = deadline,
                    Report::Consumed { .. } if session.excuses > 0 => session.excuses -= 1,
                    Report::Consumed { consumed, need } => {
                        session.held.drain(..consumed.min(session.held.len()));
                        session.need = need;
                    }
                    Report::Accepted(token) => {
                        session.unanswered = session.unanswered.saturating_sub(1);
                        on_event(id, Notice::Accepted(token));
                    }
                    Report::NotAccepted { is_full, text } => {
                        session.unanswered = session.unanswered.saturating_sub(1);
                        on_event(
                            id,
                            Notice::NotAccepted {
                                is_full,
                                reason: text,
                            },
                        );
                    }
                    Report::ToBeKept { token, packet_id } => {
                        session.unanswered = session.unanswered.saturating_sub(1);
                        on_event(id, Notice::ToBeKept { token, packet_id });
                    }
                    Report::NotRestored { text } => {
                        on_event(id, Notice::NotRestored { reason: text });
                    }
                    // Nothing here asks for it.
                    Report::SessionMessage { .. }
                    | Report::SessionSubscription { .. }
                    | Report::SessionTold(_) => {}
                    Report::Event(event) => {
                        session.online |= matches!(event, ReportEvent::Connected { .. });
                        on_event(id, Notice::Event(event));
                    }
                }
            }
            if login {
                self.outcome.wipe();
            }
            self.batch.clear();
        }
        Ok(())
    }

    fn note_asked(&mut self, id: SessionId) {
        if let Some(Some(session)) = self.sessions.get_mut(id as usize) {
            session.unanswered += 1;
        }
    }
}

/// Why the loop can't go on.
#[derive(Debug, thiserror::Error)]
pub enum RunLoopError {
    /// The system's poll failed.
    #[error("the system's poll failed: {0}")]
    Poll(#[from] io::Error),
    /// The engine failed: every device in it is gone.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The recording can't be written any more.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

impl From<BadRow> for RunLoopError {
    fn from(error: BadRow) -> Self {
        Self::Engine(error.into())
    }
}
