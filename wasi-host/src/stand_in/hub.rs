//! The one platform of a stand-in, and what connects it to the sockets: a clock, a mailbox for each
//! connection, and the next time it wants to be called.
//!
//! Nothing here waits. A task takes the lock, hands the platform what has happened, moves what the platform
//! answers into the mailboxes, and lets go; so a peer that does not read holds up nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId, Output, Platform, Progress};
use tokio::sync::Notify;

use super::events::{EventHub, StandInEvent};

/// Capacity that an emptied buffer of a connection may keep: thousands of connections are mostly idle.
const KEPT_CAPACITY: usize = 4 * 1024;

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
    mailboxes: HashMap<ConnectionId, Mailbox>,
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
    unsent: Vec<u8>,
    /// Bytes that the connection has taken and that its socket has not.
    under_way: usize,
    closing: bool,
    congested: bool,
    wakers: Arc<Wakers>,
}

impl Mailbox {
    fn unsent(&self) -> usize {
        self.unsent.len() + self.under_way
    }

    fn close(&mut self) {
        self.closing = true;
        self.wakers.filled.notify_one();
        self.wakers.closing.notify_one();
    }
}

/// What wakes the task of a connection.
#[derive(Default)]
pub(crate) struct Wakers {
    /// There is mail.
    pub(crate) filled: Notify,
    /// Nothing more will come.
    pub(crate) closing: Notify,
    /// Enough was sent for reading to go on.
    pub(crate) drained: Notify,
}

/// What a connection is to do next.
pub(crate) enum Mail {
    /// The bytes in the buffer are to be sent.
    Send,
    /// Nothing now.
    Empty,
    /// Nothing more will come: close.
    Close,
}

impl Hub {
    pub(crate) fn new(platform: Platform, congested_at: usize, events: EventHub) -> Self {
        let state = State {
            platform,
            mailboxes: HashMap::new(),
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

    /// A new byte stream. Answers its name and what wakes its task.
    pub(crate) fn opened(&self, arrival: Arrival) -> (ConnectionId, Arc<Wakers>) {
        let mut state = self.lock();
        let connection = state.platform.opened(self.clock.now(), arrival);
        let mailbox = Mailbox::default();
        let wakers = Arc::clone(&mailbox.wakers);
        state.mailboxes.insert(connection, mailbox);
        self.drain(&mut state);
        (connection, wakers)
    }

    /// Bytes have arrived. See [`Platform::received`].
    pub(crate) fn received(&self, connection: ConnectionId, bytes: &[u8]) -> Progress {
        let mut state = self.lock();
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

    /// Moves what is to be sent into `buffer`, which is empty.
    pub(crate) fn take_mail(&self, connection: ConnectionId, buffer: &mut Vec<u8>) -> Mail {
        let mut state = self.lock();
        let Some(mailbox) = state.mailboxes.get_mut(&connection) else {
            return Mail::Close;
        };
        if mailbox.unsent.is_empty() {
            return if mailbox.closing {
                Mail::Close
            } else {
                Mail::Empty
            };
        }
        if buffer.capacity() > KEPT_CAPACITY {
            *buffer = Vec::new();
        }
        std::mem::swap(&mut mailbox.unsent, buffer);
        mailbox.under_way = buffer.len();
        Mail::Send
    }

    /// The socket has taken all but `left` bytes of the last mail.
    pub(crate) fn sent(&self, connection: ConnectionId, left: usize) {
        let mut state = self.lock();
        let Some(mailbox) = state.mailboxes.get_mut(&connection) else {
            return;
        };
        mailbox.under_way = left;
        self.tell_backlog(&mut state, connection);
        self.drain(&mut state);
    }

    /// Whether so much is unsent that reading should pause: what the peer asks for only adds to it.
    pub(crate) fn is_congested(&self, connection: ConnectionId) -> bool {
        self.lock()
            .mailboxes
            .get(&connection)
            .is_some_and(|mailbox| mailbox.congested)
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
        let unsent = mailbox.unsent();
        let congested = unsent >= self.congested_at;
        if congested || mailbox.congested {
            mailbox.congested = congested;
            if !congested {
                mailbox.wakers.drained.notify_one();
            }
            state.platform.backlog(self.clock.now(), connection, unsent);
        }
    }

    /// Carries out everything the platform asks for.
    fn drain(&self, state: &mut State) {
        loop {
            match state.platform.poll_output(&mut state.scratch) {
                Output::Transmit { to } => {
                    if let Some(mailbox) = state.mailboxes.get_mut(&to) {
                        mailbox.unsent.extend_from_slice(&state.scratch);
                        mailbox.wakers.filled.notify_one();
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
