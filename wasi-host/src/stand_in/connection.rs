//! One byte stream between a peer and the platform.
//!
//! Reading and writing go on side by side, so that a peer that writes without reading blocks only itself.
//! An idle connection holds no read buffer: bytes are read into one that all share, and only the beginning of
//! a packet whose rest is missing is kept. What is to be sent is written from where the platform put it.
//!
//! A conversation is polled by hand rather than written as `async` functions: thousands of them are idle, and so each
//! takes a quarter of the memory, has one waker instead of three, and is woken once for what it has to read and to say.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tern_core::wire::reserve_wiped;
use tern_platform::{Arrival, ConnectionId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::time::{Sleep, timeout};
use zeroize::Zeroize;

use super::byte_stream::ByteStream;
use super::hub::{Hub, Outgoing};
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

/// A connection with its peer. Whatever ends it, its being dropped at shutdown too, the platform learns of it.
pub(crate) struct Conversation {
    hub: Arc<Hub>,
    stream: ByteStream,
    connection: ConnectionId,
    kept: Kept,
    /// A login is a secret: its bytes don't stay in the memory that all connections share.
    logging_in: bool,
    /// So much is unsent that nothing is read.
    congested: bool,
    /// When patience ends with a peer that does not take the last bytes.
    patience: Option<Pin<Box<Sleep>>>,
    stop: Stop,
}

enum Ended {
    /// The peer has ended it, or the network.
    ByPeer(Cow<'static, str>),
    /// The platform has, and everything was sent.
    ByUs,
    /// The platform has, and the peer did not take the rest.
    Cut,
}

impl Conversation {
    pub(crate) fn begin(hub: Arc<Hub>, stream: ByteStream, arrival: Arrival, stop: Stop) -> Self {
        Self {
            connection: hub.opened(arrival),
            hub,
            stream,
            kept: Kept::default(),
            logging_in: true,
            congested: false,
            patience: None,
            stop,
        }
    }

    /// Carries bytes until either side ends.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Ended> {
        loop {
            let was_congested = self.congested;
            let received = if was_congested {
                Poll::Pending
            } else {
                self.poll_receive(cx)
            };
            if let Poll::Ready(Err(reason)) = received {
                return Poll::Ready(Ended::ByPeer(reason));
            }
            match self.hub.poll_send(self.connection, &mut self.stream, cx) {
                Ok(Outgoing::Open { congested }) => self.congested = congested,
                Ok(Outgoing::Closing) => {
                    if self.poll_patience(cx).is_ready() {
                        return Poll::Ready(Ended::Cut);
                    }
                }
                Ok(Outgoing::Closed) => return Poll::Ready(Ended::ByUs),
                Err(error) => {
                    let reason = format!("sending failed: {error}");
                    return Poll::Ready(Ended::ByPeer(reason.into()));
                }
            }
            if received.is_pending() && (self.congested || !was_congested) {
                return Poll::Pending;
            }
        }
    }

    /// Reads once and hands the platform what came. An error is the reason why the peer ended.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cow<'static, str>>> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let mut into = ReadBuf::new(buffer);
            let wipe = self.logging_in;
            let polled = Pin::new(&mut self.stream).poll_read(cx, &mut into);
            let bytes = into.filled();
            let result = match polled {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if bytes.is_empty() => {
                    Err("the device closed the connection".into())
                }
                Poll::Ready(Ok(())) => {
                    self.kept.pass_on(&self.hub, self.connection, bytes);
                    self.logging_in &= !self.kept.bytes.is_empty();
                    Ok(())
                }
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    Err("the device closed the connection without a TLS close".into())
                }
                Poll::Ready(Err(error)) => Err(format!("the connection broke: {error}").into()),
            };
            if wipe {
                into.filled_mut().zeroize();
            }
            Poll::Ready(result)
        })
    }

    /// Ready some time after the platform has closed the connection.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let patience = self
            .patience
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(LAST_WORDS)));
        patience.as_mut().poll(cx)
    }
}

impl Future for Conversation {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match ready!(self.poll_end(cx)) {
            Ended::ByPeer(reason) => self.hub.closed(self.connection, &reason),
            Ended::ByUs => {
                let stream = std::mem::replace(&mut self.stream, ByteStream::nothing());
                tokio::spawn(say_the_end(stream, self.stop.clone()));
            }
            Ended::Cut => {}
        }
        Poll::Ready(())
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // No harm where the platform knows already.
        self.hub.closed(self.connection, "the stand-in stops");
    }
}

/// Ends the stream so that the last bytes arrive.
///
/// Closing a socket that has unread bytes resets it, and the reset would overtake what was just sent, a
/// refusal for example. So: say the end, then read what still comes.
async fn say_the_end(mut stream: ByteStream, stop: Stop) {
    let end = async {
        stream.shutdown().await?;
        let (mut rest, mut nowhere) = (stream.take(LAST_BYTES), tokio::io::sink());
        tokio::select! {
            copied = tokio::io::copy(&mut rest, &mut nowhere) => copied.map(|_| ()),
            () = stop.asked() => Ok(()),
        }
    };
    // A peer that does not take part is cut off; there is nothing left to tell it.
    let _: Result<io::Result<()>, _> = timeout(LAST_WORDS, end).await;
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
            self.keep(arrived.get(progress.consumed..).unwrap_or_default());
            return;
        }
        self.keep(arrived);
        if self.bytes.len() < self.need {
            return;
        }
        let progress = hub.received(connection, &self.bytes);
        self.need = progress.need;
        match self.bytes.get(progress.consumed..) {
            Some(rest) if !rest.is_empty() => {
                if progress.consumed > 0 && self.is_login() {
                    let rest = rest.to_vec();
                    self.wipe_login();
                    self.bytes = rest;
                } else {
                    self.bytes.drain(..progress.consumed);
                }
            }
            _ => {
                self.wipe_login();
                self.bytes = Vec::new();
            }
        }
    }

    fn keep(&mut self, more: &[u8]) {
        if self.is_login() || (self.bytes.is_empty() && more.first() == Some(&CONNECT)) {
            let missing = self.need.saturating_sub(self.bytes.len());
            reserve_wiped(&mut self.bytes, missing.max(more.len()));
        }
        self.bytes.extend_from_slice(more);
    }

    fn is_login(&self) -> bool {
        self.bytes.first() == Some(&CONNECT)
    }

    fn wipe_login(&mut self) {
        if self.is_login() {
            self.bytes.zeroize();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.wipe_login();
    }
}
