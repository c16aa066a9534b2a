//! Prints events for a reader who may stop reading: a bounded buffer, and a thread that alone waits.
//!
//! Whoever pushes a line never waits. When the buffer is full the line is counted instead, and as soon as
//! the reader takes something again it is told how many it missed.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::events::{SocketEvent, StandInEvent};

/// Bytes of lines that may wait for the reader.
pub const EVENT_BUFFER: usize = 1024 * 1024;

/// Lines on their way to one reader.
#[derive(Debug)]
pub struct EventWriter {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    limit: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    dropped: u64,
    /// The writer has taken lines that it has not yet written.
    writing: bool,
    /// No line follows.
    ending: bool,
    /// The reader is gone.
    closed: bool,
}

impl EventWriter {
    /// Starts the thread that writes to `out`, keeping at most `limit` bytes waiting (see [`EVENT_BUFFER`]).
    /// `on_closed` is called once, on that thread, when writing fails: the reader is gone.
    ///
    /// # Errors
    /// The system could not start a thread.
    pub fn start(
        out: impl Write + Send + 'static,
        limit: usize,
        on_closed: impl FnOnce(std::io::Error) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            limit,
        });
        let theirs = Arc::clone(&shared);
        // The thread is not waited for: a reader that has stopped reading would keep it for ever.
        std::thread::Builder::new()
            .name("tern-events".into())
            .spawn(move || {
                if let Err(error) = theirs.write_all_to(out) {
                    theirs.lock().closed = true;
                    theirs.changed.notify_all();
                    on_closed(error);
                }
            })?;
        Ok(Self { shared })
    }

    /// Queues an event, or counts it where the buffer is full. Never waits for the reader.
    pub fn push(&self, event: &StandInEvent) {
        let line = event.to_json(SystemTime::now());
        let mut waiting = self.shared.lock();
        if waiting.closed || waiting.ending {
            return;
        }
        // One that is lost and one that is kept after it would be out of order for the reader.
        if waiting.dropped > 0 || waiting.lines.len() + line.len() >= self.shared.limit {
            waiting.dropped += 1;
            return;
        }
        waiting.lines.extend_from_slice(line.as_bytes());
        waiting.lines.push(b'\n');
        drop(waiting);
        self.shared.changed.notify_all();
    }

    /// Ends it: waits until all is written, but not longer than `patience`, since a reader that has stopped
    /// reading must not keep the program from ending. Says whether all was written.
    pub fn finish(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut waiting = self.shared.lock();
        waiting.ending = true;
        self.shared.changed.notify_all();
        while !waiting.closed && (waiting.writing || !waiting.lines.is_empty()) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return false;
            };
            let (back, _) = self
                .shared
                .changed
                .wait_timeout(waiting, left)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = back;
        }
        !waiting.closed
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all_to(&self, mut out: impl Write) -> std::io::Result<()> {
        let mut taken = Vec::new();
        let mut waiting = self.lock();
        loop {
            if waiting.lines.is_empty() {
                if waiting.ending {
                    return Ok(());
                }
                waiting = self
                    .changed
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            std::mem::swap(&mut taken, &mut waiting.lines);
            waiting.writing = true;
            drop(waiting);

            out.write_all(&taken)?;
            out.flush()?;
            taken.clear();

            waiting = self.lock();
            waiting.writing = false;
            if waiting.dropped > 0 {
                // What still waits is older than what was dropped.
                let event = StandInEvent::Socket(SocketEvent::EventsDropped {
                    count: waiting.dropped,
                });
                waiting.dropped = 0;
                waiting
                    .lines
                    .extend_from_slice(event.to_json(SystemTime::now()).as_bytes());
                waiting.lines.push(b'\n');
            }
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A reader that takes nothing until it is let.
    struct Gated {
        gate: mpsc::Receiver<()>,
        arrived: mpsc::Sender<()>,
        got: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gated {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.arrived.send(());
            // Once the test has dropped its end the gate stands open.
            let _ = self.gate.recv();
            self.got.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn event() -> StandInEvent {
        StandInEvent::Socket(SocketEvent::AcceptFailed {
            port: "mqtt",
            reason: "too many open files".into(),
        })
    }

    #[test]
    fn a_reader_that_stops_reading_stops_nobody_and_learns_what_it_missed() {
        let (open, gate) = mpsc::channel();
        let (arrived, writing) = mpsc::channel();
        let got = Arc::new(Mutex::new(Vec::new()));
        let gated = Gated {
            gate,
            arrived,
            got: Arc::clone(&got),
        };
        let writer = EventWriter::start(gated, 4096, |_| {}).expect("a thread");

        writer.push(&event());
        writing
            .recv_timeout(Duration::from_secs(10))
            .expect("the thread writes");
        for _ in 0..1000 {
            writer.push(&event()); // returns though nobody reads
        }
        drop(open);
        assert!(writer.finish(Duration::from_secs(10)));

        let text = String::from_utf8(got.lock().expect("no panic").clone()).expect("JSON lines");
        let dropped: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("whole lines only"))
            .filter(|line| line["event"] == "events_dropped")
            .collect();
        assert_eq!(dropped.len(), 1, "{text}");
        let kept = text.lines().count() as u64 - 1;
        assert_eq!(dropped[0]["count"].as_u64(), Some(1001 - kept));
    }

    #[test]
    fn the_end_does_not_wait_for_ever_for_a_reader() {
        let (_open, gate) = mpsc::channel();
        let (arrived, writing) = mpsc::channel();
        let gated = Gated {
            gate,
            arrived,
            got: Arc::default(),
        };
        let writer = EventWriter::start(gated, 4096, |_| {}).expect("a thread");
        writer.push(&event());
        writing
            .recv_timeout(Duration::from_secs(10))
            .expect("the thread writes");
        assert!(!writer.finish(Duration::from_millis(1)));
    }

    #[test]
    fn a_reader_that_has_gone_is_told_of_once() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let (tell, told) = mpsc::channel();
        let writer = EventWriter::start(Gone, 4096, move |error| {
            let _ = tell.send(error.kind());
        })
        .expect("a thread");
        writer.push(&event());
        assert_eq!(
            told.recv_timeout(Duration::from_secs(10)),
            Ok(std::io::ErrorKind::BrokenPipe)
        );
        writer.push(&event());
        assert!(!writer.finish(Duration::from_secs(10)));
    }
}
