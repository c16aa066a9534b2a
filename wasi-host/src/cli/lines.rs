//! stdin, line by line, read on a thread of its own: reading blocks, and the run loop must not.
//!
//! Lines go from thread to thread in bundles, as many as came at once: a message costs no waking, and no memory of its
//! own.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use memchr::{memchr, memrchr};
use mio::Waker;

/// Bytes read at a time: as many as a pipe has.
const BITE: usize = 64 * 1024;

/// Bundles that wait at most; reading stops then, so that a fast writer is slowed down and not buffered.
const WAITING: usize = 1;

/// The longest line that is kept, in bytes. No message can have more.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// From so many bytes on a line is too long, with whatever stands at its end.
const TOO_LONG: usize = MAX_LINE + 2;

/// What comes from stdin.
#[derive(Debug)]
pub(super) enum Line<'a> {
    /// A line without its end (`\n` or `\r\n`).
    Text {
        /// Its number, from 1.
        number: u64,
        /// Its bytes.
        bytes: &'a [u8],
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

/// What the thread hands over.
enum Piece {
    /// Whole lines, never none. Only the last of all may have no end.
    Bundle(Vec<u8>),
    Failed(io::Error),
    End,
}

/// The lines of stdin.
pub(super) struct Lines {
    receiver: Receiver<Piece>,
    announced: Arc<AtomicBool>,
    bundle: Vec<u8>,
    /// Where in it the next line begins.
    at: usize,
    /// The number of the last line.
    number: u64,
    has_ended: bool,
}

impl Lines {
    /// Begins to read. `waker` wakes whoever takes the lines.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(waker: Arc<Waker>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let lines = Self::of(receiver);
        let theirs = Arc::clone(&lines.announced);
        // Not waited for: it may be blocked in reading for ever.
        std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                let tell = |piece| {
                    let taken = sender.send(piece).is_ok();
                    if !theirs.swap(true, Ordering::AcqRel) {
                        // Where it can't be woken, the poll is gone, and nobody takes lines any more.
                        let _ = waker.wake();
                    }
                    taken
                };
                read_all(&mut io::stdin().lock(), tell);
            })?;
        Ok(lines)
    }

    fn of(receiver: Receiver<Piece>) -> Self {
        Self {
            receiver,
            announced: Arc::default(),
            bundle: Vec::new(),
            at: 0,
            number: 0,
            has_ended: false,
        }
    }

    /// The next line, if one is there. After [`Line::Failed`] comes [`Line::End`], and after that nothing else.
    pub(super) fn next(&mut self) -> Option<Line<'_>> {
        if self.at >= self.bundle.len() {
            if self.has_ended {
                return Some(Line::End);
            }
            // First this, then the look: what comes in between wakes again, and what was announced before is seen.
            self.announced.swap(false, Ordering::AcqRel);
            match self.receiver.try_recv().ok()? {
                Piece::Bundle(bundle) => (self.bundle, self.at) = (bundle, 0),
                Piece::Failed(error) => {
                    self.has_ended = true;
                    return Some(Line::Failed(error));
                }
                Piece::End => {
                    self.has_ended = true;
                    return Some(Line::End);
                }
            }
        }
        let rest = self.bundle.get(self.at..).unwrap_or_default();
        let (line, next) = match memchr(b'\n', rest) {
            Some(end) => {
                let line = rest.get(..end).unwrap_or_default();
                (line.strip_suffix(b"\r").unwrap_or(line), end + 1)
            }
            None => (rest, rest.len()),
        };
        self.at += next;
        self.number += 1;
        let number = self.number;
        Some(if line.len() > MAX_LINE {
            Line::TooLong {
                number,
                limit: MAX_LINE,
            }
        } else {
            let bytes = line;
            Line::Text { number, bytes }
        })
    }
}

/// Reads to the end; `tell` says whether anybody still takes lines.
fn read_all(from: &mut impl Read, mut tell: impl FnMut(Piece) -> bool) {
    // Behind the last end of a line.
    let mut rest = Vec::new();
    loop {
        let begun = rest.len();
        let got = match read(from, &mut rest) {
            Ok(got) => got,
            Err(error) => {
                tell(Piece::Failed(error));
                return;
            }
        };
        let came = rest.get(begun..).unwrap_or_default();
        let whole = match memrchr(b'\n', came) {
            Some(end) => begun + end + 1,
            None if got == 0 => begun,
            // What the end of a line that is too long says, nobody asks: it stays one without.
            None => {
                rest.truncate(TOO_LONG);
                continue;
            }
        };
        let mut bundle = rest;
        rest = bundle.split_off(whole);
        if !bundle.is_empty() && !tell(Piece::Bundle(bundle)) {
            return;
        }
        if got == 0 {
            tell(Piece::End);
            return;
        }
    }
}

/// Appends what one read brings; answers how many bytes that are.
fn read(from: &mut impl Read, into: &mut Vec<u8>) -> io::Result<usize> {
    let begun = into.len();
    into.resize(begun + BITE, 0);
    let got = loop {
        // `begun` is within: the vector was just made longer.
        match from.read(&mut into[begun..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other,
        }
    };
    into.truncate(begun + got.as_ref().copied().unwrap_or(0));
    got
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(into.len());
            self.0.read(&mut into[..most])
        }
    }

    fn lines_of(from: &mut impl Read) -> Lines {
        let (_, receiver) = sync_channel(0);
        let mut lines = Lines::of(receiver);
        let (sender, receiver) = channel();
        read_all(from, |piece| sender.send(piece).is_ok());
        lines.receiver = receiver;
        lines
    }

    /// Each line's number and text, up to the end.
    fn texts(from: &mut impl Read) -> Vec<(u64, Vec<u8>)> {
        let mut lines = lines_of(from);
        let mut texts = Vec::new();
        while let Some(Line::Text { number, bytes }) = lines.next() {
            texts.push((number, bytes.to_vec()));
        }
        assert!(matches!(lines.next(), Some(Line::End)));
        texts
    }

    #[test]
    fn each_line_comes_without_its_end_and_the_last_needs_none() {
        let expected = [(1, &b"one"[..]), (2, b""), (3, b"two"), (4, b"thr\ree")];
        let expected = expected.map(|(number, bytes)| (number, bytes.to_vec()));
        for at_a_time in [1, 2, 5, 100] {
            let mut text = Drops(b"one\n\ntwo\r\nthr\ree", at_a_time);
            assert_eq!(texts(&mut text), expected, "{at_a_time}");
        }
        assert_eq!(texts(&mut &b"x\n"[..]), [(1, b"x".to_vec())]);
        assert_eq!(texts(&mut &b""[..]), []);
    }

    #[test]
    fn lines_that_are_there_at_once_go_from_thread_to_thread_together() {
        let text = b"some line\n".repeat(100_000);
        let mut pieces = 0;
        read_all(&mut &text[..], |_| {
            pieces += 1;
            true
        });
        assert_eq!(pieces, text.len().div_ceil(BITE) + 1, "and the end");
    }

    #[test]
    fn a_line_over_the_limit_is_told_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; 3 * MAX_LINE];
        text.extend(b"\nnext\n");
        let mut lines = lines_of(&mut &text[..]);
        assert!(matches!(
            lines.next(),
            Some(Line::TooLong { number: 1, .. })
        ));
        assert!(matches!(
            lines.next(),
            Some(Line::Text {
                number: 2,
                bytes: b"next"
            })
        ));
        assert!(matches!(lines.next(), Some(Line::End)));
        for end in [&b""[..], b"\n", b"\r\n"] {
            let longest = [&vec![b'x'; MAX_LINE][..], end].concat();
            let texts = texts(&mut &longest[..]);
            assert!(matches!(&texts[..], [(1, text)] if text.len() == MAX_LINE));
            let longer = [&vec![b'x'; MAX_LINE + 1][..], end].concat();
            let mut lines = lines_of(&mut &longer[..]);
            assert!(matches!(
                lines.next(),
                Some(Line::TooLong { number: 1, .. })
            ));
            assert!(matches!(lines.next(), Some(Line::End)));
        }
    }

    #[test]
    fn what_can_t_be_read_is_told_behind_the_lines_before_it() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::Other.into())
            }
        }
        let mut lines = lines_of(&mut (&b"one\ntw"[..]).chain(Broken));
        assert!(matches!(
            lines.next(),
            Some(Line::Text { bytes: b"one", .. })
        ));
        assert!(matches!(lines.next(), Some(Line::Failed(_))));
        assert!(matches!(lines.next(), Some(Line::End)));
    }

    #[test]
    fn reading_stops_where_nobody_takes_lines() {
        let mut text = Drops(b"one\ntwo\n", 4);
        read_all(&mut text, |_| false);
        assert_eq!(text.0, b"two\n");
    }
}
