//! One device online: the run loop, the printer, and the signals that end it. Every program that connects
//! is a loop around [`Online::turn`].

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tern_component::batch::ReportEvent;
use tern_core::device::{DisconnectKind, Ended};
use tern_core::wire::QoS;

use super::lines::Lines;
use super::login::{Defaults, Sources};
use super::printer::Printer;
use crate::engine::Engine;
use crate::events::{Happening, REQUESTED};
use crate::exit::{Exit, Failure};
use crate::run_loop::{Notice, RunLoop, SessionId};

/// One device, connecting or connected.
pub struct Online {
    run_loop: RunLoop,
    session: SessionId,
    printer: Printer,
    signalled: Arc<AtomicBool>,
    stopping: bool,
    reader_gone: bool,
    connected: bool,
    last_end: Option<DisconnectKind>,
    ended: Option<Ended>,
}

/// Whether something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// It is.
    Yes,
    /// It was nothing for the reader.
    No,
}

impl Online {
    /// Starts to connect. From now on SIGINT and SIGTERM end it in order, and a second one at once: for
    /// where a reader of stdout takes nothing, or a peer acknowledges nothing.
    ///
    /// # Errors
    /// The options are wrong, before anything is sent; or the system or the sandbox fails.
    pub fn start(
        sources: &Sources<'_>,
        defaults: Defaults,
        printer: Printer,
    ) -> Result<Self, Failure> {
        let config = sources.config(defaults)?;
        let tls = sources.tls()?;
        let engine = if sources.options().native {
            Engine::native()
        } else {
            Engine::sandboxed()?
        };
        let mut run_loop = RunLoop::new(engine, tls).map_err(fault)?;
        let session = run_loop.open(config, random())?;
        let signalled = Arc::new(AtomicBool::new(false));
        let (seen, waker) = (Arc::clone(&signalled), run_loop.waker());
        ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::AcqRel) {
                std::process::exit(Exit::TimedOut.status().into());
            }
            // Where it can't be woken, the poll is gone, and the program is at its end.
            let _ = waker.wake();
        })
        .map_err(|error| Failure::new(Exit::Fault, format!("no signal can be caught: {error}")))?;
        run_loop.connect(session);
        Ok(Self {
            run_loop,
            session,
            printer,
            signalled,
            stopping: false,
            reader_gone: false,
            connected: false,
            last_end: None,
            ended: None,
        })
    }

    /// Waits for something to happen, not longer than `until`, and tells of it. `hear` gets everything
    /// first, and says whether it is printed.
    ///
    /// # Errors
    /// The system or the sandbox fails.
    pub fn turn(
        &mut self,
        until: Option<Instant>,
        hear: &mut dyn FnMut(&Notice<'_>) -> Print,
    ) -> Result<(), Failure> {
        let wait = until.map(|until| until.saturating_duration_since(Instant::now()));
        let Self {
            run_loop,
            printer,
            connected,
            last_end,
            ended,
            ..
        } = self;
        let mut printed = Ok(());
        run_loop.poll(wait, &mut |_, notice| {
            let mut said_goodbye = false;
            if let Notice::Event(event) = &notice {
                match event {
                    ReportEvent::Connected { .. } => *connected = true,
                    ReportEvent::Refused(_) => *connected = false,
                    ReportEvent::Disconnected(disconnect) => {
                        *connected = false;
                        *last_end = Some(disconnect.kind);
                    }
                    ReportEvent::Ended(end) => {
                        said_goodbye = *connected && *end == Ended::Requested;
                        *ended = Some(end.clone());
                    }
                    _ => {}
                }
            }
            if hear(&notice) == Print::Yes && printed.is_ok() {
                printed = tell(printer, &notice);
            }
            if said_goodbye && printed.is_ok() {
                // The device has no event for an end that was asked for; its reader wants to know.
                printed = printer.tell(&Happening::Disconnected { reason: REQUESTED });
            }
        })?;
        if printed.and_then(|()| self.printer.flush()).is_err() {
            // Nobody reads on: that is a reason to end, and no failure.
            self.reader_gone = true;
            self.stop();
        }
        if self.signalled.load(Ordering::Acquire) {
            self.stop();
        }
        Ok(())
    }

    /// Ends the connection in order, once what is under way is done. Harmless a second time.
    pub fn stop(&mut self) {
        if !self.stopping {
            self.stopping = true;
            self.run_loop.disconnect(self.session);
        }
    }

    /// Whether the end was asked for, by the program or by a signal.
    pub fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// Whether nobody reads stdout any more, which ended it.
    pub fn reader_is_gone(&self) -> bool {
        self.reader_gone
    }

    /// Whether the device has stopped, and its last bytes are sent.
    pub fn is_over(&self) -> bool {
        self.ended.is_some() && !self.run_loop.has_unsent(self.session)
    }

    /// How the device's end is told to the system. `open_requests` were not answered by then.
    pub fn exit(&self, open_requests: bool) -> Exit {
        let ended = self.ended.as_ref().map_or(Exit::Done, Exit::from);
        if self.reader_gone {
            return Exit::Done;
        }
        if ended != Exit::Done || !open_requests {
            return ended;
        }
        // It was asked to end, and waited in vain: either the connection broke, or nobody answered.
        match self.last_end.map(Exit::from) {
            Some(Exit::Done) | None => Exit::TimedOut,
            Some(exit) => exit,
        }
    }

    /// Reads stdin from now on.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn lines(&self) -> Result<Lines, Failure> {
        Lines::start(self.run_loop.waker()).map_err(fault)
    }

    /// Asks for a publish.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: QoS) {
        self.run_loop.publish(self.session, topic, payload, qos);
    }

    /// Asks for a subscription.
    pub fn subscribe(&mut self, filter: &str, qos: QoS) {
        self.run_loop.subscribe(self.session, filter, qos);
    }

    /// Asks for a subscription's end.
    pub fn unsubscribe(&mut self, filter: &str) {
        self.run_loop.unsubscribe(self.session, filter);
    }

    /// Whether the socket takes more.
    pub fn has_room(&self) -> bool {
        self.run_loop.has_room(self.session)
    }

    /// What is said to people.
    pub fn note(&mut self, words: &str) {
        self.printer.note(words);
    }
}

fn tell(printer: &mut Printer, notice: &Notice<'_>) -> io::Result<()> {
    match notice {
        Notice::Accepted(token) => printer.tell(&Happening::Accepted { token: token.0 }),
        Notice::NotAccepted { reason, .. } => {
            printer.note(reason);
            Ok(())
        }
        Notice::Event(event) => match Happening::of(event, &mut String::new()) {
            Some(happening) => printer.tell(&happening),
            None => Ok(()),
        },
    }
}

/// Decides the jitter of reconnects: another one for each run.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

fn fault(error: io::Error) -> Failure {
    Failure::new(
        Exit::Fault,
        format!("the system refuses what the program needs: {error}"),
    )
}
