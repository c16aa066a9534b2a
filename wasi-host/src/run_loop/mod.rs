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
mod buffers;
mod engines;
mod link;
mod notice;
mod requests;
mod session;
mod sessions;
mod step;

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mio::{Events, Poll, Token as PollToken, Waker};
use tern_component::batch::Outcome;
use tern_core::device::Config;
use tern_core::time::Instant;

use crate::engine::{Engine, EngineError};
use crate::recording::{Recorder, RecordingError};
use crate::transport::TlsSettings;
use background::{Background, Done};
use buffers::Buffers;
pub use engines::EngineId;
use engines::Engines;
pub use notice::{Notice, RunLoopError};
use session::Session;
pub use sessions::SessionId;
use sessions::Sessions;

/// Wakes the poll for what does not come from a socket.
const WAKER: PollToken = PollToken(usize::MAX);

/// Bytes that wait for a socket, over which [`RunLoop::has_room`] says no, and nothing more is read from
/// the peer: whoever does not take our acknowledgements gets no more to acknowledge.
const MAX_UNSENT: usize = 1024 * 1024;

/// The first byte of a CONNECT, which holds a password.
const CONNECT: u8 = 0x10;

/// Drives the devices of any number of engines.
pub struct RunLoop {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    background: Background,
    engines: Engines,
    sessions: Sessions,
    buffers: Buffers,
    tls: TlsSettings,
    started: std::time::Instant,
    /// What the last step brought: one for all engines, which are stepped one after another.
    outcome: Outcome,
    recorder: Option<(SessionId, Recorder)>,
    survives_traps: bool,
}

impl RunLoop {
    /// A loop over the devices of `engine`, the first.
    ///
    /// # Errors
    /// The system gives no poll.
    pub fn new(engine: Engine, tls: TlsSettings) -> io::Result<Self> {
        let mut run_loop = Self::empty(tls)?;
        run_loop.add_engine(engine);
        Ok(run_loop)
    }

    /// A loop without an engine so far.
    ///
    /// # Errors
    /// The system gives no poll.
    pub fn empty(tls: TlsSettings) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        Ok(Self {
            events: Events::with_capacity(1024),
            background: Background::new(Arc::clone(&waker)),
            poll,
            waker,
            engines: Engines::default(),
            sessions: Sessions::default(),
            buffers: Buffers::default(),
            tls,
            started: std::time::Instant::now(),
            outcome: Outcome::default(),
            recorder: None,
            survives_traps: false,
        })
    }

    /// Adds an engine. Each is stepped by itself; what happens in one is nothing to the others.
    pub fn add_engine(&mut self, engine: Engine) -> EngineId {
        self.engines.add(engine)
    }

    /// Whether an engine that fails takes only its own devices with it: each of them is told by
    /// [`Notice::Lost`], and the loop goes on. At first the failure ends [`poll`](Self::poll).
    pub fn survive_traps(&mut self, survives: bool) {
        self.survives_traps = survives;
    }

    /// Wakes [`poll`](Self::poll) from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Makes a device in the first engine that does nothing yet. `seed` decides the jitter of its reconnects.
    ///
    /// # Errors
    /// A setting that breaks its rule; the sandbox failed, or there is none.
    pub fn open(&mut self, config: Config, seed: u64) -> Result<SessionId, EngineError> {
        self.open_in(EngineId(0), config, seed)
    }

    /// Makes a device in this engine that does nothing yet. `seed` decides the jitter of its reconnects.
    ///
    /// # Errors
    /// A setting that breaks its rule; the sandbox failed now, or has failed before.
    pub fn open_in(
        &mut self,
        engine: EngineId,
        config: Config,
        seed: u64,
    ) -> Result<SessionId, EngineError> {
        let id = self.sessions.next_id();
        let make = |engine: &mut Engine| engine.open(config, seed);
        let number = self.engines.open(engine, id, make)?;
        self.sessions.add(Session::new(id, engine, number));
        Ok(id)
    }

    /// Forgets a device; what it has open is closed at once. Disconnect it first.
    ///
    /// # Errors
    /// The sandbox failed.
    pub fn close(&mut self, id: SessionId) -> Result<(), EngineError> {
        let Some(session) = self.sessions.remove(id) else {
            return Ok(());
        };
        self.engines.close(session.engine, session.number)
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

    /// Hands in what was asked for, waits for something to happen, at most `timeout`, and does what
    /// follows. `on_event` is called for everything that is for the application. What is to be sent, the
    /// acknowledgements of the messages told of among it, goes out by the next [`flush`](Self::flush), or
    /// by the next poll before it waits.
    ///
    /// # Errors
    /// The system's poll failed. An engine failed, with every device in it, unless the loop
    /// [survives that](Self::survive_traps). The recording can't be written.
    pub fn poll(
        &mut self,
        timeout: Option<Duration>,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) -> Result<(), RunLoopError> {
        self.flush();
        let waits = self.engines.are_idle();
        if !waits {
            self.step(on_event)?;
        }
        let wait = self.wait(timeout);
        let timeout = if waits { wait } else { Some(Duration::ZERO) };
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.events.clear(),
            other => other?,
        }
        self.gather();
        self.step(on_event)
    }

    /// Sends what the polls before have left to be sent, in one piece for each device.
    pub fn flush(&mut self) {
        let now = self.now();
        let buffers = &mut self.buffers;
        self.sessions.flush(|session| session.flush(now, buffers));
    }

    /// How long the poll may wait.
    fn wait(&mut self, timeout: Option<Duration>) -> Option<Duration> {
        let now = self.now();
        let next = self.sessions.next_wake_up(now).map(|at| at.since(now));
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
            // The waker's number is beyond all devices'.
            let Ok(number) = u32::try_from(event.token().0) else {
                continue;
            };
            let id = SessionId(number);
            if let Some(session) = self.sessions.get_mut(id) {
                session.link.note(event);
                self.sessions.make_ready(id);
            }
        }
        while let Some((id, done)) = self.background.done() {
            let Some(session) = self.sessions.get_mut(id) else {
                continue;
            };
            match done {
                Done::Resolved(number, addresses) => {
                    session
                        .link
                        .resolved(number, addresses, &self.tls, registry, id, now);
                    self.sessions.make_ready(id);
                }
                // The answer to an earlier request, which the device has given up.
                Done::Answered(request, _) if request != session.request => {}
                Done::Answered(_, answer) => {
                    let number = session.number;
                    self.engines.fill(session.engine, |batch| match answer {
                        Ok(answer) => batch.http_answered(number, answer.status, &answer.body),
                        Err(reason) => batch.http_failed(number, &reason),
                    });
                }
            }
        }
        self.sessions.make_due_ready(now);
        let (engines, buffers) = (&mut self.engines, &mut self.buffers);
        self.sessions.gather(|session| {
            engines.fill(session.engine, |batch| {
                session.gather(now, registry, batch, buffers);
            });
        });
    }
}
