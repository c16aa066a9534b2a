//! One byte stream between a peer and the platform.
//!
//! Reading and writing go on side by side, so that a peer that writes without reading blocks only itself.
//! An idle connection holds no read buffer: bytes are read into one that all share, and only the beginning of
//! a packet whose rest is missing is kept.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use tern_platform::{Arrival, ConnectionId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;
use zeroize::Zeroize;

use super::hub::{Hub, Mail, Wakers};
use super::stop::Stop;

/// The first byte of a CONNECT.
const CONNECT: u8 = 0x10;
/// Bytes taken from a socket at once.
const READ: usize = 64 * 1024;
/// How long a connection may take to send its last bytes, and the peer to close after them.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Bytes of a peer that go unread after the end was said, before the stream is cut.
const LAST_BYTES: u64 = 1024 * 1024;

thread_local! {
    /// One buffer for all connections of this thread: it is full only from a read to the platform's answer.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// Carries bytes until either side ends.
pub(crate) async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    hub: &Arc<Hub>,
    stream: S,
    arrival: Arrival,
    stop: &Stop,
) {
    let (connection, wakers) = hub.opened(arrival);
    // Whatever ends this task, its being dropped at shutdown too, the platform learns of it.
    let mut farewell = Farewell {
        hub,
        connection,
        reason: "the stand-in stops".to_owned(),
    };
    let (mut reader, mut writer) = tokio::io::split(stream);
    let ended = tokio::select! {
        reason = receive(hub, connection, &wakers, &mut reader) => Ended::ByPeer(reason),
        result = deliver(hub, connection, &wakers, &mut writer) => match result {
            Ok(()) => Ended::ByUs,
            Err(error) => Ended::ByPeer(format!("sending failed: {error}")),
        },
        () = patience_ends(&wakers) => Ended::Cut,
    };
    match ended {
        Ended::ByPeer(reason) => farewell.reason = reason,
        Ended::ByUs => {
            // A peer that does not take part is cut off; there is nothing left to tell it.
            let _ = timeout(LAST_WORDS, say_the_end(reader, writer, stop)).await;
        }
        Ended::Cut => {}
    }
}

enum Ended {
    /// The peer has ended it, or the network.
    ByPeer(String),
    /// The platform has, and everything was sent.
    ByUs,
    /// The platform has, and the peer did not take the rest.
    Cut,
}

struct Farewell<'a> {
    hub: &'a Hub,
    connection: ConnectionId,
    reason: String,
}

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        self.hub.closed(self.connection, &self.reason);
    }
}

/// Returns some time after the platform has closed the connection.
async fn patience_ends(wakers: &Wakers) {
    wakers.closing.notified().await;
    tokio::time::sleep(LAST_WORDS).await;
}

/// Ends the stream so that the last bytes arrive.
///
/// Closing a socket that has unread bytes resets it, and the reset would overtake what was just sent, a
/// refusal for example. So: say the end, then read what still comes.
async fn say_the_end<R, W>(reader: R, mut writer: W, stop: &Stop) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    writer.shutdown().await?;
    let (mut rest, mut nowhere) = (reader.take(LAST_BYTES), tokio::io::sink());
    tokio::select! {
        copied = tokio::io::copy(&mut rest, &mut nowhere) => copied.map(|_| ()),
        () = stop.asked() => Ok(()),
    }
}

/// Reads until the peer ends; answers why.
async fn receive<R: AsyncRead + Unpin>(
    hub: &Hub,
    connection: ConnectionId,
    wakers: &Wakers,
    reader: &mut R,
) -> String {
    let mut kept = Kept::default();
    // A login is a secret: its bytes don't stay in the memory that all connections share.
    let mut logging_in = true;
    loop {
        while hub.is_congested(connection) {
            wakers.drained.notified().await;
        }
        let read = poll_fn(|cx| {
            READ_BUFFER.with_borrow_mut(|buffer| {
                let mut into = ReadBuf::new(buffer);
                let wipe = logging_in;
                ready!(Pin::new(&mut *reader).poll_read(cx, &mut into))?;
                let bytes = into.filled();
                if !bytes.is_empty() {
                    kept.pass_on(hub, connection, bytes);
                    logging_in &= !kept.bytes.is_empty();
                }
                let count = bytes.len();
                if wipe {
                    into.filled_mut().zeroize();
                }
                Poll::Ready(Ok::<usize, io::Error>(count))
            })
        });
        match read.await {
            Ok(0) => return "the device closed the connection".to_owned(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return "the device closed the connection without a TLS close".to_owned();
            }
            Err(error) => return format!("the connection broke: {error}"),
        }
    }
}

/// The beginning of a packet whose rest has not arrived.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// Bytes that must be there before the platform is asked again.
    need: usize,
}

impl Kept {
    fn pass_on(&mut self, hub: &Hub, connection: ConnectionId, arrived: &[u8]) {
        if self.bytes.is_empty() {
            let progress = hub.received(connection, arrived);
            self.need = progress.need;
            let rest = arrived.get(progress.consumed..).unwrap_or_default();
            if rest.first() == Some(&CONNECT) {
                // In one place from the start: what grows leaves its old place as it was.
                self.bytes.reserve(self.need.max(rest.len()));
            }
            self.bytes.extend_from_slice(rest);
            return;
        }
        self.bytes.extend_from_slice(arrived);
        if self.bytes.len() < self.need {
            return;
        }
        let progress = hub.received(connection, &self.bytes);
        self.need = progress.need;
        if progress.consumed >= self.bytes.len() {
            self.wipe_login();
            self.bytes = Vec::new();
        } else {
            self.bytes.drain(..progress.consumed);
        }
    }
}

impl Kept {
    fn wipe_login(&mut self) {
        if self.bytes.first() == Some(&CONNECT) {
            self.bytes.zeroize();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.wipe_login();
    }
}

/// Sends what the platform has for this peer. Ends well when the platform has closed the connection.
async fn deliver<W: AsyncWrite + Unpin>(
    hub: &Hub,
    connection: ConnectionId,
    wakers: &Wakers,
    writer: &mut W,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        match hub.take_mail(connection, &mut buffer) {
            Mail::Send => {
                let mut sent = 0;
                while let Some(rest) = buffer.get(sent..).filter(|rest| !rest.is_empty()) {
                    let taken = writer.write(rest).await?;
                    if taken == 0 {
                        return Err(io::ErrorKind::WriteZero.into());
                    }
                    sent += taken;
                    hub.sent(connection, buffer.len().saturating_sub(sent));
                }
                writer.flush().await?;
                buffer.clear();
            }
            Mail::Empty => wakers.filled.notified().await,
            Mail::Close => return Ok(()),
        }
    }
}
