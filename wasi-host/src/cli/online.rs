//! One device online: the run loop, the printer, and the signals that end it. Every program that connects
//! is a loop around [`Online::turn`].

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::{DisconnectKind, Ended, Login, Session};
use tern_core::wire::QoS;

use super::args::Recording;
use super::keeping::Keeping;
use super::lines::Lines;
use super::login::{Defaults, Sources};
use super::pace::Pace;
use super::printer::{Printed, Printer};
use super::signals;
use crate::engine::Engine;
use crate::events::{Happening, REQUESTED};
use crate::exit::{Exit, Failure};
use crate::recording::{Files, Recorder};
use crate::run_loop::{Notice, RunLoop, SessionId};

/// How long an acknowledgement waits for the reader of stdout to have the message.
const BEFORE_ACKNOWLEDGING: Duration = Duration::from_millis(200);

/// The same, while the reader is behind already.
const WHILE_BEHIND: Duration = Duration::from_millis(20);

/// How long the reader of stdout may take for the rest, after a signal.
const AFTER_A_SIGNAL: Duration = Duration::from_secs(1);

/// One device, connecting or connected.
pub struct Online {
    run_loop: RunLoop,
    session: SessionId,
    printer: Printer,
    /// With `--store`.
    keeping: Option<Keeping>,
    pace: Pace,
    signalled: Arc<AtomicBool>,
    stopping: bool,
    /// The reader of stdout has not yet taken everything.
    behind: bool,
    reader_gone: bool,
    connected: bool,
    /// The device has said goodbye on a connection that stood.
    said_goodbye: bool,
    /// Messages that the program still wants.
    wanted: usize,
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
    /// The options are wrong, or a recording can't be made, before anything is sent; or the system or the sandbox
    /// fails.
    pub fn start(
        sources: &Sources<'_>,
        recording: &Recording,
        defaults: Defaults,
        printer: Printer,
    ) -> Result<Self, Failure> {
        Ok(Self::start_keeping(sources, recording, defaults, printer, None)?.0)
    }

    /// As [`start`](Self::start), with a store where there is one: goes on with the session that an earlier
    /// run has left, which is answered too.
    ///
    /// # Errors
    /// As `start`; or the store can't be used.
    pub fn start_keeping(
        sources: &Sources<'_>,
        recording: &Recording,
        defaults: Defaults,
        mut printer: Printer,
        store: Option<&Path>,
    ) -> Result<(Self, Session), Failure> {
        let config = sources.config(defaults)?;
        let (keeping, kept) = match store {
            Some(folder) => {
                let (keeping, kept) = Keeping::open(folder, &config)?;
                (Some(keeping), kept)
            }
            None => (None, Session::default()),
        };
        if !matches!(config.login, Login::Plain { .. }) {
            printer.explain_own_topics();
        }
        let tls = sources.tls()?;
        let engine = if sources.options().connection.native {
            Engine::native()
        } else {
            Engine::sandboxed()?
        };
        let mut run_loop = RunLoop::new(engine, tls).map_err(fault)?;
        let seed = random();
        let session = run_loop.open(config.clone(), seed)?;
        if let Some(files) = recording_files(recording)? {
            let recorder = Recorder::start(&files, &config, seed, run_loop.zero())?;
            run_loop.record(session, recorder);
        }
        printer.set_waker(run_loop.waker());
        let signalled = Arc::new(AtomicBool::new(false));
        signals::catch(Arc::clone(&signalled), run_loop.waker())?;
        if keeping.is_some() {
            // Subscriptions are asked for again by whoever wants them.
            run_loop.restore(
                session,
                &Session {
                    subscriptions: Vec::new(),
                    ..kept.clone()
                },
            );
            run_loop.hold_until_kept(session);
            let tokens: Vec<u64> = kept.messages.iter().map(|kept| kept.token.0).collect();
            printer.tell(&Happening::Restored {
                count: tokens.len(),
                tokens: &tokens,
            });
        }
        run_loop.connect(session);
        let online = Self {
            run_loop,
            session,
            printer,
            keeping,
            pace: Pace::new(),
            signalled,
            stopping: false,
            behind: false,
            reader_gone: false,
            connected: false,
            said_goodbye: false,
            wanted: usize::MAX,
            last_end: None,
            ended: None,
        };
        Ok((online, kept))
    }

    /// Waits for something to happen, not longer than `until`, and tells of it. `hear` gets everything
    /// first, and says whether it is printed. What was printed is acknowledged after that; while the reader
    /// of stdout takes nothing and much waits for it, nothing more is received.
    ///
    /// # Errors
    /// The system or the sandbox fails; the recording can't be written; stdout can't be written, and what was not printed is not acknowledged.
    pub fn turn(
        &mut self,
        until: Option<Instant>,
        hear: &mut dyn FnMut(&Notice<'_>) -> Print,
    ) -> Result<(), Failure> {
        self.pace.turn();
        let wait = until.map(|until| until.saturating_duration_since(Instant::now()));
        let limit = if self.printer.is_full() {
            0
        } else {
            self.wanted
        };
        self.run_loop.limit_packets(self.session, limit);
        let Self {
            run_loop,
            printer,
            keeping,
            pace,
            stopping,
            connected,
            said_goodbye,
            last_end,
            ended,
            ..
        } = self;
        let polled = run_loop.poll(wait, &mut |_, notice| {
            pace.told();
            let mut says_goodbye = false;
            if let Notice::Event(event) = &notice {
                match event {
                    ReportEvent::Connected { .. } => *connected = true,
                    ReportEvent::Refused(_) => *connected = false,
                    ReportEvent::Disconnected(disconnect) => {
                        *connected = false;
                        *last_end = Some(disconnect.kind);
                    }
                    ReportEvent::Ended(end) => {
                        says_goodbye = *connected && *end == Ended::Requested;
                        *ended = Some(end.clone());
                    }
                    _ => {}
                }
            }
            if let Notice::Unverified { place } = notice {
                return printer.warn_unverified(place);
            }
            // What was asked for too late to be done is no news to whoever has asked for the end.
            let too_late = *stopping && matches!(notice, Notice::NotAccepted { .. });
            let told_later = keeping
                .as_mut()
                .is_some_and(|keeping| keeping.hear(&notice));
            if hear(&notice) == Print::Yes && !too_late && !told_later {
                tell(printer, &notice);
            }
            if says_goodbye {
                *said_goodbye = true;
                // The device has no event for an end that was asked for; its reader wants to know.
                printer.tell(&Happening::Disconnected { reason: REQUESTED });
            }
        });
        if let Some(keeping) = keeping {
            keeping.settle(run_loop, self.session, printer);
        }
        let patience = if self.behind {
            WHILE_BEHIND
        } else {
            BEFORE_ACKNOWLEDGING
        };
        let printed = self.printer.flush(patience);
        polled?;
        let printed = printed?;
        self.behind = printed == Printed::Waiting;
        if printed == Printed::ReaderGone {
            // Nobody reads on: that is a reason to end, and no failure.
            self.run_loop.withhold_acknowledgements(self.session);
            self.reader_gone = true;
            self.stop();
        }
        self.run_loop.flush();
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

    /// Gets no more than this many messages from now on; what comes after them is not acknowledged.
    pub fn want(&mut self, messages: u64) {
        self.wanted = usize::try_from(messages).unwrap_or(usize::MAX);
    }

    /// How the device's end is told to the system, once the reader of stdout has everything.
    /// `open_requests` were not answered by then.
    ///
    /// # Errors
    /// stdout or the recording can't be written.
    pub fn exit(&mut self, open_requests: bool) -> Result<Exit, Failure> {
        self.run_loop.finish_recording()?;
        self.finish_printing()?;
        Ok(self.ended_as(open_requests))
    }

    /// Waits for the reader of stdout: as long as it likes, but not after a signal.
    fn finish_printing(&mut self) -> Result<(), Failure> {
        let mut deadline = None;
        loop {
            match self.printer.flush(WHILE_BEHIND)? {
                Printed::All => return Ok(()),
                Printed::ReaderGone => {
                    self.reader_gone = true;
                    return Ok(());
                }
                Printed::Waiting => {}
            }
            if !self.signalled.load(Ordering::Acquire) {
                continue;
            }
            let now = Instant::now();
            if *deadline.get_or_insert(now + AFTER_A_SIGNAL) <= now {
                let unread = self.printer.unread();
                self.note(&format!("nobody read the last {unread} bytes of stdout"));
                return Ok(());
            }
        }
    }

    fn ended_as(&self, open_requests: bool) -> Exit {
        let ended = self.ended.as_ref().map_or(Exit::Done, Exit::from);
        let as_told = self.said_goodbye && self.signalled.load(Ordering::Acquire);
        if self.reader_gone || as_told {
            return Exit::Done;
        }
        let refused = self.keeping.as_ref().is_some_and(Keeping::has_refused);
        if ended == Exit::Done && refused {
            return Exit::Store;
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
        if let Some(keeping) = &mut self.keeping {
            keeping.asked_to_publish(topic, payload);
        }
        self.pace.asked();
        self.run_loop.publish(self.session, topic, payload, qos);
    }

    /// Asks for a subscription.
    pub fn subscribe(&mut self, filter: &str, qos: QoS) {
        if let Some(keeping) = &mut self.keeping {
            keeping.asked_to_subscribe();
        }
        self.pace.asked();
        self.run_loop.subscribe(self.session, filter, qos);
    }

    /// Asks for a subscription's end.
    pub fn unsubscribe(&mut self, filter: &str) {
        if let Some(keeping) = &mut self.keeping {
            keeping.asked_to_subscribe();
        }
        self.pace.asked();
        self.run_loop.unsubscribe(self.session, filter);
    }

    /// Whether the socket takes more.
    pub fn has_room(&self) -> bool {
        self.run_loop.has_room(self.session)
    }

    /// Says what stays in the store at the end.
    pub fn note_what_stays(&mut self) {
        if let Some(words) = self
            .keeping
            .as_ref()
            .and_then(Keeping::words_for_what_stays)
        {
            self.note(&words);
        }
    }

    /// What is said to people.
    pub fn note(&mut self, words: &str) {
        self.printer.note(words);
    }
}

fn tell(printer: &mut Printer, notice: &Notice<'_>) {
    match notice {
        Notice::Accepted(token) => printer.accepted(token.0),
        Notice::NotAccepted { reason, .. } => {
            printer.note(reason);
        }
        // Told once it is kept.
        // A trap ends this program.
        Notice::ToBeKept { .. } | Notice::Lost { .. } => {}
        Notice::NotRestored { reason } => printer.note(reason),
        Notice::Unverified { place } => printer.warn_unverified(place),
        Notice::Event(event) => printer.tell_event(event),
    }
}

/// Decides the jitter of reconnects: another one for each run.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Where to record to, if anywhere.
fn recording_files(recording: &Recording) -> Result<Option<Files>, Failure> {
    let Recording { record, pcap } = recording.clone();
    if record.is_some() && record == pcap {
        return Err(Failure::usage(
            "--record and --pcap name the same file: each needs its own",
        ));
    }
    let files = Files {
        transcript: record,
        pcap,
    };
    Ok((files != Files::default()).then_some(files))
}

fn fault(error: io::Error) -> Failure {
    Failure::new(
        Exit::Fault,
        format!("the system refuses what the program needs: {error}"),
    )
}
