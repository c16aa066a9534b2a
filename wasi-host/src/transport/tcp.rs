//! TCP without blocking: connecting address by address, reading in growing bites, keeping what the
//! socket would not take.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::error::proxy_status;
use super::{Phase, ReadOutcome, State, TransportError};

/// The smallest and the largest bite of a read, in bytes. A connection begins with the small one, so that
/// a thousand quiet ones cost little, and doubles it while the socket fills it.
const BITE: std::ops::RangeInclusive<usize> = 4 * 1024..=64 * 1024;

/// The first byte of a TLS alert record. No MQTT server ever begins with it.
const TLS_ALERT: u8 = 0x15;

/// A TCP connection, or the attempt to make one.
pub(super) struct TcpLink {
    stream: TcpStream,
    token: Token,
    address: SocketAddr,
    later: VecDeque<SocketAddr>,
    failed: Vec<(SocketAddr, io::Error)>,
    connected: bool,
    /// What the socket has not taken yet: the bytes of `unsent` from `sent` on.
    unsent: Vec<u8>,
    sent: usize,
    bite: usize,
    /// The first byte that ever came.
    first: Option<u8>,
    /// Whether the end of the stream may lie behind the bytes of a short read, with no event to come.
    end_may_hide: bool,
    /// The end of the stream, found behind bytes that had to be handed out first.
    found_end: Option<TransportError>,
}

impl TcpLink {
    /// Begins with the first address that the system takes.
    pub(super) fn connect(
        addresses: &[SocketAddr],
        registry: &Registry,
        token: Token,
    ) -> Result<Self, TransportError> {
        let mut later: VecDeque<SocketAddr> = addresses.iter().copied().collect();
        let mut failed = Vec::new();
        let (stream, address) = begin_next(&mut later, &mut failed, registry, token)?;
        Ok(Self {
            stream,
            token,
            address,
            later,
            failed,
            connected: false,
            unsent: Vec::new(),
            sent: 0,
            bite: *BITE.start(),
            first: None,
            end_may_hide: true,
            found_end: None,
        })
    }

    /// Finds out whether the connection stands by now; moves on to the next address where it failed.
    pub(super) fn drive(&mut self, registry: &Registry) -> Result<State, TransportError> {
        while !self.connected {
            let outcome = match self.stream.take_error() {
                Ok(Some(error)) | Err(error) => Err(error),
                Ok(None) => self.stream.peer_addr().map(|_| ()),
            };
            match outcome {
                Ok(()) => {
                    self.connected = true;
                    // Small packets must not wait for each other. Where the system refuses (the peer has
                    // gone already), the next read tells more than this error would.
                    let _ = self.stream.set_nodelay(true);
                }
                Err(error) if is_in_progress(&error) => return Ok(State::Opening),
                Err(error) => self.next_address(error, registry)?,
            }
        }
        self.flush()?;
        Ok(State::Open)
    }

    /// Leaves the present address for the next, because of `error`.
    pub(super) fn next_address(
        &mut self,
        error: io::Error,
        registry: &Registry,
    ) -> Result<(), TransportError> {
        self.failed.push((self.address, error));
        // The old socket is closed a moment later, which takes it out of the poll in any case.
        let _ = registry.deregister(&mut self.stream);
        let (stream, address) =
            begin_next(&mut self.later, &mut self.failed, registry, self.token)?;
        self.stream = stream;
        self.address = address;
        Ok(())
    }

    /// Whether the connection stands.
    pub(super) fn is_connected(&self) -> bool {
        self.connected
    }

    /// How many addresses are left to try after the present one.
    pub(super) fn addresses_left(&self) -> usize {
        self.later.len()
    }

    /// The address that is connected to, or tried.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first byte that the peer sent.
    pub(super) fn first(&self) -> Option<u8> {
        self.first
    }

    /// Notes what the poll said of the socket.
    pub(super) fn note(&mut self, readable: bool, end_in_sight: bool) {
        self.end_may_hide = may_hide(self.end_may_hide, readable, end_in_sight);
    }

    /// Reads until the socket has no more, or `limit` bytes were appended.
    pub(super) fn read(
        &mut self,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<ReadOutcome, TransportError> {
        let start = into.len();
        let outcome = |into: &Vec<u8>, may_have_more| ReadOutcome {
            bytes: into.len() - start,
            may_have_more,
        };
        if let Some(end) = self.found_end.take() {
            return Err(end);
        }
        loop {
            let room = limit.saturating_sub(into.len() - start);
            if room == 0 {
                return Ok(outcome(into, true));
            }
            let asked = self.bite.min(room);
            let got = match self.take(into, asked) {
                Ok(0) => Err(TransportError::Closed {
                    during: Phase::Plain,
                    heard: self.first.is_some(),
                    said: None,
                }),
                Ok(got) => Ok(got),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(outcome(into, false));
                }
                Err(source) => Err(TransportError::Broken { source }),
            };
            match got {
                Ok(got) if got < asked => {
                    // The socket is empty, and the poll will tell of anything new: one system call saved.
                    // Elsewhere than on Unix the poll only wakes again after a read that found nothing.
                    if cfg!(unix) && !self.end_may_hide {
                        self.end_may_hide = true;
                        return Ok(outcome(into, false));
                    }
                }
                Ok(_) => self.bite = (self.bite * 2).min(*BITE.end()),
                Err(end) if into.len() == start => return Err(end),
                Err(end) => {
                    self.found_end = Some(end);
                    return Ok(outcome(into, true));
                }
            }
        }
    }

    /// Keeps an end that was found for the next read to tell.
    pub(super) fn put_back_end(&mut self, end: TransportError) {
        self.found_end = Some(end);
    }

    /// Whether the next read tells of an end.
    pub(super) fn has_found_end(&self) -> bool {
        self.found_end.is_some()
    }

    /// Checks that what a plain peer sent first is not another protocol's greeting.
    pub(super) fn check_plain(&self, came: &[u8]) -> Result<(), TransportError> {
        match self.first {
            Some(TLS_ALERT) => Err(TransportError::TlsExpected),
            Some(b'H') => Err(match proxy_status(came) {
                Some(status) => TransportError::ProxyAnswered { status },
                None => TransportError::HttpSpoken,
            }),
            _ => Ok(()),
        }
    }

    /// Sends, or keeps for later what the socket does not take.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let taken = if self.pending() == 0 && self.connected {
            send(&mut self.stream, bytes)?
        } else {
            0
        };
        self.unsent
            .extend_from_slice(bytes.get(taken..).unwrap_or_default());
        Ok(())
    }

    /// Where TLS puts its records: what is appended here goes out with the next flush.
    pub(super) fn queue(&mut self) -> &mut Vec<u8> {
        &mut self.unsent
    }

    /// Sends what was kept, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> Result<(), TransportError> {
        if !self.connected || self.pending() == 0 {
            return Ok(());
        }
        let rest = self.unsent.get(self.sent..).unwrap_or_default();
        self.sent += send(&mut self.stream, rest)?;
        if self.sent >= self.unsent.len() {
            self.unsent.clear();
            self.unsent.shrink_to(*BITE.end());
            self.sent = 0;
        } else if self.sent > *BITE.end() {
            self.unsent.drain(..self.sent);
            self.sent = 0;
        }
        Ok(())
    }

    /// Bytes kept for later.
    pub(super) fn pending(&self) -> usize {
        self.unsent.len() - self.sent
    }

    /// Says that nothing more will be sent.
    pub(super) fn close(&mut self) {
        if self.connected {
            // The socket is given up here: whether the peer still hears of it is the system's business.
            let _ = self.flush();
            let _ = self.stream.shutdown(std::net::Shutdown::Write);
        }
    }

    /// One read of up to `asked` bytes.
    fn take(&mut self, into: &mut Vec<u8>, asked: usize) -> io::Result<usize> {
        let at = into.len();
        into.resize(at + asked, 0);
        let got = loop {
            // `at` is within: the vector was just made longer.
            match self.stream.read(&mut into[at..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => break other,
            }
        };
        into.truncate(at + got.as_ref().copied().unwrap_or(0));
        if self.first.is_none() {
            self.first = into.get(at).copied();
        }
        if got.as_ref().is_ok_and(|got| *got < asked / 4) {
            self.bite = (self.bite / 2).max(*BITE.start());
        }
        got
    }
}

/// Whether the end of the stream may lie behind the bytes of a short read, after an event. Systems with kqueue tell of
/// the end with what is to be read, and by an event of its own that there is room to write: that one takes nothing back.
const fn may_hide(before: bool, readable: bool, end_in_sight: bool) -> bool {
    end_in_sight || (before && !readable)
}

/// Starts connecting to the next address that the system takes at all.
fn begin_next(
    later: &mut VecDeque<SocketAddr>,
    failed: &mut Vec<(SocketAddr, io::Error)>,
    registry: &Registry,
    token: Token,
) -> Result<(TcpStream, SocketAddr), TransportError> {
    while let Some(address) = later.pop_front() {
        let begun = TcpStream::connect(address).and_then(|mut stream| {
            registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
            Ok(stream)
        });
        match begun {
            Ok(stream) => return Ok((stream, address)),
            Err(error) => failed.push((address, error)),
        }
    }
    Err(TransportError::Unreachable {
        attempts: std::mem::take(failed),
    })
}

/// Writes until the socket takes no more; answers how many bytes it took.
fn send(stream: &mut TcpStream, bytes: &[u8]) -> Result<usize, TransportError> {
    let mut taken = 0;
    while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
        match stream.write(rest) {
            Ok(0) => {
                let source = io::ErrorKind::WriteZero.into();
                return Err(TransportError::Broken { source });
            }
            Ok(n) => taken += n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => return Err(TransportError::Broken { source }),
        }
    }
    Ok(taken)
}

fn is_in_progress(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotConnected | io::ErrorKind::WouldBlock
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_in_sight_is_not_forgotten_for_room_to_write() {
        let (readable, writable) = (true, false);
        let after = |events: &[(bool, bool)]| {
            let note = |before, &(readable, end)| may_hide(before, readable, end);
            events.iter().fold(false, note)
        };
        assert!(after(&[(readable, true), (writable, false)]));
        assert!(after(&[(writable, true)]));
        assert!(!after(&[(readable, true), (readable, false)]));
        assert!(!after(&[(writable, false)]));
    }
}
