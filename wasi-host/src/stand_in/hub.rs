//! The one platform of a stand-in, and what connects it to the sockets: a clock, a mailbox for each
//! connection, and the next time it wants to be called.
//!
//! Nothing here waits. A task takes the lock, hands the platform what has happened, moves what the platform
//! answers into the mailboxes, and lets go; so a peer that does not read holds up nobody else.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId, ConnectionMap, Output, Platform, Progress};
use tokio::io::AsyncWrite;
use tokio::sync::Notify;

use super::events::{EventHub, StandInEvent};

/// Capacity that an emptied buffer of a connection may keep: thousands of connections are mostly idle.
const KEPT_CAPACITY: usize = 1024;

/// The event that is only told of where somebody wants it.
const PUBLISHED: &str = "published";

/// The platform with its mailboxes.
pub(crate) struct Hub {
    state: Mutex<State>,
    clock: Clock,
    /// Woken when the platform wants to be called earlier than before.
    sooner: Notify,
    events: EventHub,
    /// Unsent bytes from which a connection counts as congested.
    congested_at: usize,
}

struct State {
    platform: Platform,
    mailboxes: ConnectionMap<Mailbox>,
    /// Where the platform puts bytes before it says whose they are.
    scratch: Vec<u8>,
    /// When the platform wants to be called.
    deadline: Option<Instant>,
    /// Connections whose unsent bytes the platform has not been told of yet.
    grown: Vec<ConnectionId>,
}

/// What a connection has to send.
#[derive(Default)]
struct Mailbox {
    mail: Vec<u8>,
    /// Bytes of the mail that the socket has taken.
    sent: usize,
    closing: bool,
    congested: bool,
    /// Wakes the connection's task, where that has seen that there is nothing to do for it.
    waker: Option<Waker>,
}

impl Mailbox {
    fn unsent(&self) -> &[u8] {
        self.mail.get(self.sent..).unwrap_or_default()
    }

    /// The socket has taken so many bytes.
    fn took(&mut self, count: usize) {
        self.sent += count;
        if self.sent == self.mail.len() {
            self.mail.clear();
            self.mail.shrink_to(KEPT_CAPACITY);
            self.sent = 0;
        } else if self.sent > self.mail.len() / 2 {
            self.mail.drain(..self.sent);
            self.sent = 0;
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn close(&mut self) {
        self.closing = true;
        self.wake();
    }
}

/// How it stands with what a connection has to send.
pub(crate) enum Outgoing {
    /// Sent as far as the socket took it.
    Open {
        /// So much is unsent that reading should pause: what the peer asks for only adds to it.
        congested: bool,
    },
    /// The platform has closed the connection, and the socket has not taken everything.
    Closing,
    /// The platform has closed the connection, and everything is sent.
    Closed,
}

impl Hub {
    pub(crate) fn new(platform: Platform, congested_at: usize, events: EventHub) -> Self {
        let state = State {
            platform,
            mailboxes: ConnectionMap::default(),
            scratch: Vec::new(),
            deadline: None,
            grown: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            clock: Clock::start(),
            sooner: Notify::new(),
            events,
            congested_at,
        }
    }

    /// The events, for those who listen over HTTP.
    pub(crate) fn events(&self) -> &EventHub {
        &self.events
    }

    /// A new byte stream. Answers its name.
    pub(crate) fn opened(&self, arrival: Arrival) -> ConnectionId {
        let mut state = self.lock();
        let connection = state.platform.opened(self.clock.now(), arrival);
        state.mailboxes.insert(connection, Mailbox::default());
        self.drain(&mut state);
        connection
    }

    /// Bytes have arrived; [`Self::poll_send`] is to be called next. See [`Platform::received`].
    pub(crate) fn received(&self, connection: ConnectionId, bytes: &[u8]) -> Progress {
        let mut state = self.lock();
        // It looks after its mail by itself.
        if let Some(mailbox) = state.mailboxes.get_mut(&connection) {
            mailbox.waker = None;
        }
        state.platform.tell_published(self.events.wants(PUBLISHED));
        let progress = state.platform.received(self.clock.now(), connection, bytes);
        self.drain(&mut state);
        progress
    }

    /// The byte stream has ended.
    pub(crate) fn closed(&self, connection: ConnectionId, reason: &str) {
        let mut state = self.lock();
        state.mailboxes.remove(&connection);
        state.platform.closed(self.clock.now(), connection, reason);
        self.drain(&mut state);
    }

    /// Sends what the platform has for a connection, as far as its stream takes it. Its task is woken when there is more.
    ///
    /// # Errors
    /// What the stream said.
    pub(crate) fn poll_send<S: AsyncWrite + Unpin>(
        &self,
        connection: ConnectionId,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> io::Result<Outgoing> {
        let mut state = self.lock();
        let mut took_any = false;
        loop {
            let Some(mailbox) = state.mailboxes.get_mut(&connection) else {
                return Ok(Outgoing::Closed);
            };
            let all_sent = mailbox.unsent().is_empty();
            let polled = if all_sent {
                Pin::new(&mut *stream).poll_flush(cx).map_ok(|()| 0)
            } else {
                Pin::new(&mut *stream).poll_write(cx, mailbox.unsent())
            };
            match polled {
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Ready(Ok(0)) if !all_sent => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(count)) if !all_sent => {
                    mailbox.took(count);
                    took_any = true;
                    self.tell_backlog(&mut state, connection);
                    continue;
                }
                // Everything is sent, or the stream takes no more.
                Poll::Ready(Ok(_)) | Poll::Pending => {}
            }
            if took_any {
                // What was sent may let the platform send more.
                took_any = false;
                self.drain(&mut state);
                continue;
            }
            if mailbox.closing {
                if polled.is_ready() {
                    return Ok(Outgoing::Closed);
                }
                return Ok(Outgoing::Closing);
            }
            mailbox.waker = Some(cx.waker().clone());
            return Ok(Outgoing::Open {
                congested: mailbox.congested,
            });
        }
    }

    /// Asks something of the platform, then passes on what follows from it.
    pub(crate) fn with<R>(&self, ask: impl FnOnce(&mut Platform, Instant) -> R) -> R {
        let mut state = self.lock();
        let answer = ask(&mut state.platform, self.clock.now());
        self.drain(&mut state);
        answer
    }

    /// Lets every connection send what it has, then close.
    pub(crate) fn close_all(&self) {
        for mailbox in self.lock().mailboxes.values_mut() {
            mailbox.close();
        }
    }

    /// Tells of something that happened on a socket.
    pub(crate) fn emit(&self, event: super::events::SocketEvent) {
        self.events.emit(&StandInEvent::Socket(event));
    }

    /// Calls the platform whenever it wants to be called; never returns.
    pub(crate) async fn keep_time(&self) {
        loop {
            let deadline = self.lock().deadline;
            match deadline.map(|deadline| deadline.since(self.clock.now())) {
                None => self.sooner.notified().await,
                Some(Duration::ZERO) => {
                    self.with(|platform, now| platform.timeout(now));
                    tokio::task::yield_now().await;
                }
                Some(wait) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.sooner.notified() => {}
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock is a fault of ours; the other connections still have their platform.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the platform how much a connection has unsent, where that makes a difference.
    fn tell_backlog(&self, state: &mut State, connection: ConnectionId) {
        let Some(mailbox) = state.mailboxes.get_mut(&connection) else {
            return;
        };
        let unsent = mailbox.unsent().len();
        let congested = unsent >= self.congested_at;
        if congested || mailbox.congested {
            mailbox.congested = congested;
            state.platform.backlog(self.clock.now(), connection, unsent);
        }
    }

    /// Carries out everything the platform asks for.
    fn drain(&self, state: &mut State) {
        loop {
            match state.platform.poll_output(&mut state.scratch) {
                Output::Transmit { to } => {
                    if let Some(mailbox) = state.mailboxes.get_mut(&to) {
                        mailbox.mail.extend_from_slice(&state.scratch);
                        mailbox.wake();
                        state.grown.push(to);
                    }
                    state.scratch.clear();
                }
                Output::Close { connection, .. } => {
                    if let Some(mailbox) = state.mailboxes.get_mut(&connection) {
                        mailbox.close();
                    }
                }
                Output::Event(event) => self.events.emit(&StandInEvent::Platform(event)),
                Output::Timeout(deadline) => {
                    // What the platform just handed out may make a connection congested, which may make it
                    // hand out more, or close it.
                    if let Some(connection) = state.grown.pop() {
                        self.tell_backlog(state, connection);
                        continue;
                    }
                    let sooner = match (state.deadline, deadline) {
                        (_, None) => false,
                        (None, Some(_)) => true,
                        (Some(old), Some(new)) => new < old,
                    };
                    state.deadline = deadline;
                    if sooner {
                        self.sooner.notify_one();
                    }
                    return;
                }
            }
        }
    }
}

/// Milliseconds since 1970 that never go back: the wall clock at the start, and what has passed since.
struct Clock {
    start: std::time::Instant,
    offset: u64,
}

impl Clock {
    fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let offset = u64::try_from(since_epoch.as_millis()).unwrap_or(0);
        Self {
            start: std::time::Instant::now(),
            offset,
        }
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.offset) + self.start.elapsed()
    }
}
