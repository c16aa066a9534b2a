//! What carries the bytes, as the run loop sees it.

use std::ops::RangeInclusive;

use tern_core::auth::HttpRequest;
use tern_core::device::CloseReason;
use tern_core::identity::Endpoint;
use tern_core::time::Instant;

use super::http::Reply;
use crate::protocol::HttpFailure;

/// A byte stream to the cloud side that can be opened again after it has ended.
///
/// Nothing here blocks and nothing calls back: what happened waits until [`next`](Self::next) asks.
pub trait Transport {
    /// Starts to open a stream, giving up the one before. How it went comes from [`next`](Self::next).
    fn open(&mut self, now: Instant, endpoint: &Endpoint);

    /// Sends bytes on the open stream.
    fn send(&mut self, now: Instant, bytes: &[u8]);

    /// Closes the stream after what was sent. Nothing more comes from it.
    fn close(&mut self, now: Instant);

    /// What happened next. Bytes of any number of messages that came one after the other are told at once.
    fn next(&mut self, now: Instant, received: &mut Received) -> Option<Happened>;

    /// Asks over HTTP, giving up the question before. The answer comes at once, or from
    /// [`next`](Self::next). What can't ask says that nobody was reached.
    fn ask(&mut self, _now: Instant, _request: HttpRequest) -> Option<Answer> {
        Some(Err(HttpFailure::Unreachable))
    }

    /// The window for the keep alive, in seconds, that the cloud side is to accept, where it can be told.
    fn accept_keep_alive(&mut self, _range: RangeInclusive<u16>) {}

    /// When [`next`](Self::next) wants to be asked even if nobody says so before.
    fn wake_at(&self) -> Option<Instant> {
        None
    }

    /// What the other side says about the last refusal besides its answer, where it can be asked.
    fn remark(&self) -> Option<String> {
        None
    }
}

/// How a question over HTTP ended.
pub type Answer = Result<Reply, HttpFailure>;

/// Bytes that came, to be consumed by the device.
#[derive(Debug, Default)]
pub struct Received {
    /// What is not consumed yet.
    pub bytes: Vec<u8>,
    /// The lengths of the WebSocket messages that [`Transport::next`] appended since it was asked last.
    pub messages: Vec<usize>,
}

impl Received {
    /// Appends a message.
    pub fn message(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.messages.push(bytes.len());
    }

    /// Forgets everything: the stream is another one.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.messages.clear();
    }
}

/// What happened to a stream.
#[derive(Debug)]
pub enum Happened {
    /// It is open.
    Opened,
    /// Bytes came.
    Received,
    /// It could not be opened, or has ended.
    Closed(CloseReason),
    /// A question over HTTP is answered.
    Answered(Answer),
}
