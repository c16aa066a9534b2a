//! stdout, for a reader who may be slow or stop reading: what it does not take at once, a thread of its own writes, and
//! waits alone.
//!
//! Nothing is ever dropped. Whoever prints asks [`Output::is_full`], and prints no more until there is room.

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mio::Waker;

use super::direct::Direct;
use crate::exit::{Exit, Failure};

/// Bytes that wait for the reader, from which on it is full.
const FULL: usize = 4 * 1024 * 1024;

/// Bytes written at a time: as many as a pipe takes.
const CHUNK: usize = 64 * 1024;

/// What is printed, on its way to stdout.
#[derive(Default)]
pub(super) struct Output {
    filling: Vec<u8>,
    direct: Direct,
    /// Starts with the first byte that is not taken at once.
    shared: Option<Arc<Shared>>,
    waker: Option<Arc<Waker>>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<u8>,
    /// Taken by the thread, and not yet written.
    taken: usize,
    error: Option<io::Error>,
    /// Somebody has been told that it is full, and waits for room.
    was_full: bool,
}

impl Output {
    /// Whom to wake when there is room again, and when the reader has gone.
    pub(super) fn set_waker(&mut self, waker: Arc<Waker>) {
        self.waker = Some(waker);
    }

    /// Adds bytes. They wait for the next [`hand_over`](Self::hand_over).
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.filling.extend_from_slice(bytes);
    }

    /// Writes what was added as far as that goes at once, gives the rest to the thread that writes, and waits for it, but
    /// not longer than `patience`: true if everything is written.
    ///
    /// # Errors
    /// stdout takes nothing any more, which may as well be true of what was handed over before; or the
    /// system gives no thread.
    pub(super) fn hand_over(&mut self, patience: Duration) -> io::Result<bool> {
        if !self.filling.is_empty() && self.is_idle() {
            let written = self.direct.write(&self.filling)?;
            self.filling.drain(..written);
        }
        let Some(shared) = self.started()? else {
            return Ok(true);
        };
        let mut queue = shared.lock();
        if queue.error.is_some() {
            self.filling.clear();
        } else if !self.filling.is_empty() {
            if queue.waiting.is_empty() {
                std::mem::swap(&mut queue.waiting, &mut self.filling);
            } else {
                queue.waiting.extend_from_slice(&self.filling);
            }
            self.filling.clear();
            shared.changed.notify_all();
        }
        let since = Instant::now();
        loop {
            if let Some(error) = &queue.error {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            if queue.unwritten() == 0 {
                return Ok(true);
            }
            let Some(left) = patience.checked_sub(since.elapsed()) else {
                return Ok(false);
            };
            queue = shared
                .changed
                .wait_timeout(queue, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Whether the thread has nothing to write, so that nothing is overtaken.
    fn is_idle(&self) -> bool {
        self.shared.as_ref().is_none_or(|shared| {
            let queue = shared.lock();
            queue.unwritten() == 0 && queue.error.is_none()
        })
    }

    /// Whether so much waits for the reader that nothing should be added. The waker tells when that is over.
    pub(super) fn is_full(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| {
            let mut queue = shared.lock();
            queue.was_full = queue.unwritten() >= FULL;
            queue.was_full
        })
    }

    /// Bytes that were handed over and are not written.
    pub(super) fn unwritten(&self) -> usize {
        let shared = self.shared.as_ref();
        shared.map_or(0, |shared| shared.lock().unwritten())
    }

    /// What the thread shares, which is started where there is something to write.
    fn started(&mut self) -> io::Result<Option<Arc<Shared>>> {
        if self.shared.is_none() && !self.filling.is_empty() {
            let shared = Arc::new(Shared::default());
            let theirs = Arc::clone(&shared);
            let waker = self.waker.clone();
            // Not waited for: a reader that has stopped reading would keep it for ever.
            std::thread::Builder::new()
                .name("stdout".to_owned())
                .spawn(move || theirs.write_to(&mut io::stdout(), waker.as_deref()))?;
            self.shared = Some(shared);
        }
        Ok(self.shared.clone())
    }
}

impl Queue {
    fn unwritten(&self) -> usize {
        self.waiting.len() + self.taken
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes whatever comes, until that fails.
    fn write_to(&self, out: &mut impl Write, waker: Option<&Waker>) {
        let wake = || {
            // Where it can't be woken, the poll is gone, and the program is at its end.
            waker.map(Waker::wake)
        };
        let mut taken = Vec::new();
        loop {
            let mut queue = self.lock();
            while queue.waiting.is_empty() {
                queue = self
                    .changed
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            std::mem::swap(&mut taken, &mut queue.waiting);
            queue.taken = taken.len();
            drop(queue);
            for chunk in taken.chunks(CHUNK) {
                let written = out.write_all(chunk).and_then(|()| out.flush());
                let mut queue = self.lock();
                match written {
                    Ok(()) => queue.taken -= chunk.len(),
                    Err(error) => {
                        *queue = Queue {
                            error: Some(error),
                            ..Queue::default()
                        };
                        drop(queue);
                        self.changed.notify_all();
                        wake();
                        return;
                    }
                }
                let room_again = queue.was_full && queue.unwritten() < FULL / 2;
                if room_again {
                    queue.was_full = false;
                }
                drop(queue);
                if room_again {
                    wake();
                }
            }
            taken.clear();
            self.changed.notify_all();
        }
    }
}

/// An error of stdout that its reader's end does not explain.
pub(super) fn unwritable(error: &io::Error) -> Failure {
    Failure::new(
        Exit::Network,
        format!("stdout can't be written: {error}; check where it goes to"),
    )
}

/// Whether an error of stdout says that its reader has gone: that is a reason to end, and no failure.
pub(super) fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
}
