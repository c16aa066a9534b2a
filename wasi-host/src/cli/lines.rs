//! stdin, line by line, read on a thread of its own: reading blocks, and the run loop must not.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use mio::Waker;

/// Lines that wait at most; reading stops then, so that a fast writer is slowed down and not buffered.
const WAITING: usize = 256;

/// The longest line that is kept, in bytes. No message can have more.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// What comes from stdin.
#[derive(Debug)]
pub(super) enum Line {
    /// A line without its end (`\n` or `\r\n`).
    Text {
        /// Its number, from 1.
        number: u64,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A line over the limit, which was not kept.
    TooLong {
        /// Its number, from 1.
        number: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// stdin can't be read any more.
    Failed(io::Error),
    /// There are no more.
    End,
}

/// The lines of stdin.
pub(super) struct Lines {
    receiver: Receiver<Line>,
    announced: Arc<AtomicBool>,
}

impl Lines {
    /// Begins to read. `waker` wakes whoever takes the lines.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(waker: Arc<Waker>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let announced = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&announced);
        // Not waited for: it may be blocked in reading for ever.
        std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                let tell = |line| {
                    let taken = sender.send(line).is_ok();
                    if !theirs.swap(true, Ordering::AcqRel) {
                        // Where it can't be woken, the poll is gone, and nobody takes lines any more.
                        let _ = waker.wake();
                    }
                    taken
                };
                read_all(&mut io::stdin().lock(), tell);
            })?;
        Ok(Self {
            receiver,
            announced,
        })
    }

    /// The next line, if one is there. Nothing after [`Line::End`] and [`Line::Failed`].
    pub(super) fn next(&self) -> Option<Line> {
        // First this, then the look: a line that comes in between wakes again.
        self.announced.store(false, Ordering::Release);
        self.receiver.try_recv().ok()
    }
}

/// Reads to the end; `tell` says whether anybody still takes lines.
fn read_all(from: &mut impl BufRead, mut tell: impl FnMut(Line) -> bool) {
    for number in 1.. {
        let line = match read_line(from, number) {
            Ok(Some(line)) => line,
            Ok(None) => Line::End,
            Err(error) => Line::Failed(error),
        };
        let is_last = matches!(line, Line::End | Line::Failed(_));
        if !tell(line) || is_last {
            return;
        }
    }
}

fn read_line(from: &mut impl BufRead, number: u64) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    // One more than the longest with its end, so that a longer one shows.
    let limit = MAX_LINE as u64 + 3;
    let got = from.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
    if got == 0 {
        return Ok(None);
    }
    if bytes.pop_if(|last| *last == b'\n').is_some() {
        bytes.pop_if(|last| *last == b'\r');
    } else if got as u64 == limit {
        skip_line(from)?;
    }
    Ok(Some(if bytes.len() > MAX_LINE {
        Line::TooLong {
            number,
            limit: MAX_LINE,
        }
    } else {
        Line::Text { number, bytes }
    }))
}

fn skip_line(from: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let (skipped, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        from.consume(skipped);
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut text: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        read_all(&mut text, |line| {
            lines.push(line);
            true
        });
        lines
    }

    #[test]
    fn each_line_comes_without_its_end_and_the_last_needs_none() {
        let got: Vec<_> = lines(b"one\n\ntwo\r\nthr\ree")
            .into_iter()
            .filter_map(|line| match line {
                Line::Text { number, bytes } => Some((number, bytes)),
                _ => None,
            })
            .collect();
        let expected = [(1, &b"one"[..]), (2, b""), (3, b"two"), (4, b"thr\ree")];
        assert_eq!(
            got,
            expected.map(|(number, bytes)| (number, bytes.to_vec()))
        );
        assert!(matches!(lines(b"x\n")[..], [Line::Text { .. }, Line::End]));
        assert!(matches!(lines(b"")[..], [Line::End]));
    }

    #[test]
    fn a_line_over_the_limit_is_told_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; 3 * MAX_LINE];
        text.extend(b"\nnext\n");
        let got = lines(&text);
        let [
            Line::TooLong { number: 1, .. },
            Line::Text { number: 2, bytes },
            Line::End,
        ] = &got[..]
        else {
            panic!("{} lines", got.len());
        };
        assert_eq!(bytes, b"next");
        for end in [&b""[..], b"\n", b"\r\n"] {
            let longest = [&vec![b'x'; MAX_LINE][..], end].concat();
            assert!(
                matches!(&lines(&longest)[0], Line::Text { bytes, .. } if bytes.len() == MAX_LINE)
            );
            let longer = [&vec![b'x'; MAX_LINE + 1][..], end].concat();
            assert!(matches!(
                lines(&longer)[..],
                [Line::TooLong { .. }, Line::End]
            ));
        }
    }

    #[test]
    fn reading_stops_where_nobody_takes_lines() {
        let mut text = &b"one\ntwo\n"[..];
        read_all(&mut text, |_| false);
        assert_eq!(text, b"two\n");
    }
}
