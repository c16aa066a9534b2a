//! MQTT in the binary messages of a WebSocket (MQTT 3.1.1, chapter 6; RFC 6455).
//!
//! tungstenite keeps the protocol here without touching a socket: it reads from and writes to two buffers
//! in memory, and this file carries their bytes from and to the connection beneath.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use mio::Registry;
use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::handshake::client::{ClientHandshake, Request, generate_key};
use tungstenite::handshake::{HandshakeError, MidHandshake};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket};

use tern_core::identity::Endpoint;

use super::link::Link;
use super::{Phase, ReadOutcome, State, TransportError, WebSocketFault};

/// The largest WebSocket message that is read, in bytes: as much as the largest packet that a device takes
/// by default. MQTT packets may span several messages and may share one.
pub(super) const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// The most bytes that are taken from the connection beneath before they are looked at.
const TAKEN_AT_ONCE: usize = 64 * 1024;

/// A WebSocket connection, or the attempt to make one.
pub(super) struct WebSocketLink {
    link: Link,
    stage: Stage,
    path: String,
    /// The rest of a message that was larger than a reader's limit.
    message: Bytes,
    /// The end of the stream, found behind bytes that had to be handed out first.
    end: Option<TransportError>,
}

enum Stage {
    /// The request was made up and waits for a connection, or the answer is on its way.
    Upgrading(Box<MidHandshake<ClientHandshake<Pipe>>>),
    Open(Box<WebSocket<Pipe>>),
    /// Between two stages, and after a failure.
    Over,
}

impl WebSocketLink {
    /// Prepares the upgrade on a connection that is being made.
    pub(super) fn new(link: Link, endpoint: &Endpoint) -> Result<Self, TransportError> {
        let bad = |what: String| TransportError::Usage {
            what: format!("no WebSocket request can be made for {endpoint}: {what}"),
        };
        let request = upgrade_request(endpoint).map_err(|error| bad(error.to_string()))?;
        let config = WebSocketConfig::default()
            .read_buffer_size(4 * 1024)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let handshake = ClientHandshake::start(Pipe::default(), request, Some(config))
            .map_err(|error| bad(error.to_string()))?;
        Ok(Self {
            link,
            stage: Stage::Upgrading(Box::new(handshake)),
            path: endpoint.path.clone(),
            message: Bytes::new(),
            end: None,
        })
    }

    /// The connection beneath.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// The connection beneath.
    pub(super) fn link_mut(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Makes the connection and upgrades it, as far as that goes now.
    pub(super) fn drive(&mut self, registry: &Registry) -> Result<State, TransportError> {
        if self.link.drive(registry)? == State::Opening {
            return Ok(State::Opening);
        }
        while matches!(self.stage, Stage::Upgrading(_)) {
            self.upgrade()?;
            if !matches!(self.stage, Stage::Upgrading(_)) || !self.take_in_upgrade()? {
                break;
            }
        }
        self.flush()?;
        match self.stage {
            Stage::Open(_) => Ok(State::Open),
            Stage::Upgrading(_) => Ok(State::Opening),
            Stage::Over => Err(over()),
        }
    }

    /// Reads until there is no more, or `limit` bytes were appended.
    pub(super) fn read(
        &mut self,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<ReadOutcome, TransportError> {
        if let Some(end) = self.end.take() {
            return Err(end);
        }
        let start = into.len();
        let mut taken_all = false;
        loop {
            let bytes = into.len() - start;
            let room = limit.saturating_sub(bytes);
            let taken = self.message.len().min(room);
            into.extend_from_slice(self.message.get(..taken).unwrap_or_default());
            self.message.advance(taken);
            let bytes = bytes + taken;
            if bytes >= limit {
                self.flush()?;
                return Ok(ReadOutcome {
                    bytes,
                    may_have_more: true,
                });
            }
            match self.next_message() {
                Ok(Some(message)) => self.message = message,
                Ok(None) if taken_all => {
                    self.flush()?;
                    return Ok(ReadOutcome {
                        bytes,
                        may_have_more: false,
                    });
                }
                Ok(None) => match self.take_in() {
                    Ok(may_have_more) => taken_all = !may_have_more,
                    Err(error) if bytes == 0 => return Err(error),
                    Err(error) => return Ok(self.end_later(error, bytes)),
                },
                Err(error) => {
                    // A close frame, a pong or the reason of a refusal may wait to be sent.
                    let _ = self.flush();
                    if bytes == 0 {
                        return Err(error);
                    }
                    return Ok(self.end_later(error, bytes));
                }
            }
        }
    }

    /// Sends `bytes` as one binary message, or keeps for later what the socket does not take.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let Stage::Open(socket) = &mut self.stage else {
            return Err(over());
        };
        if !bytes.is_empty() {
            socket
                .write(Message::Binary(Bytes::copy_from_slice(bytes)))
                .map_err(fault)?;
        }
        self.flush()
    }

    /// Sends what was kept, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> Result<(), TransportError> {
        if let Stage::Open(socket) = &mut self.stage {
            // Into the buffer beneath, which takes everything; a closing one has nothing more to say.
            match socket.flush() {
                Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => {}
                Err(error) => return Err(fault(error)),
            }
        }
        if let Some(pipe) = self.stage.pipe()
            && !pipe.outgoing.is_empty()
        {
            self.link.write(&pipe.outgoing)?;
            pipe.outgoing.clear();
            pipe.outgoing.shrink_to(TAKEN_AT_ONCE);
        }
        self.link.flush()
    }

    /// Bytes kept for later, as they go over the wire.
    pub(super) fn pending(&self) -> usize {
        self.link.pending()
    }

    /// Sends a close frame, and says that nothing more will be sent.
    pub(super) fn close(&mut self) {
        if let Stage::Open(socket) = &mut self.stage {
            // The connection is given up here: whether the peer still hears of it is not our business.
            let _ = socket.close(None);
            let _ = self.flush();
        }
        self.link.close();
    }

    /// Lets the upgrade go on with what has come.
    fn upgrade(&mut self) -> Result<(), TransportError> {
        let Stage::Upgrading(handshake) = std::mem::replace(&mut self.stage, Stage::Over) else {
            return Ok(());
        };
        match handshake.handshake() {
            Ok((socket, _answer)) => self.stage = Stage::Open(Box::new(socket)),
            Err(HandshakeError::Interrupted(handshake)) => {
                self.stage = Stage::Upgrading(Box::new(handshake));
            }
            Err(HandshakeError::Failure(error)) => return Err(self.refusal(error)),
        }
        self.flush()
    }

    /// Takes what the answer to the upgrade needs; answers whether anything came.
    fn take_in_upgrade(&mut self) -> Result<bool, TransportError> {
        let Some(pipe) = self.stage.pipe() else {
            return Ok(false);
        };
        let heard = pipe.heard;
        match self.link.read(&mut pipe.incoming, TAKEN_AT_ONCE) {
            Ok(outcome) => {
                pipe.heard |= outcome.bytes > 0;
                Ok(outcome.bytes > 0 || outcome.may_have_more)
            }
            Err(TransportError::Closed { .. }) => Err(closed_in_upgrade(heard)),
            // A peer that does not know HTTP closes with our request unread, which resets.
            Err(TransportError::Broken { .. }) if !heard => Err(closed_in_upgrade(heard)),
            Err(error) => Err(error),
        }
    }

    /// Takes more bytes from beneath; answers whether there may be still more.
    fn take_in(&mut self) -> Result<bool, TransportError> {
        let Some(pipe) = self.stage.pipe() else {
            return Err(over());
        };
        let outcome = self.link.read(&mut pipe.incoming, TAKEN_AT_ONCE);
        outcome.map(|outcome| outcome.may_have_more)
    }

    /// The next binary message that is there as a whole.
    fn next_message(&mut self) -> Result<Option<Bytes>, TransportError> {
        let Stage::Open(socket) = &mut self.stage else {
            return Err(over());
        };
        loop {
            match socket.read() {
                Ok(Message::Binary(bytes)) => return Ok(Some(bytes)),
                Ok(Message::Text(_)) | Err(Error::Utf8(_)) => {
                    return Err(WebSocketFault::TextFrame.into());
                }
                Ok(Message::Close(frame)) => {
                    let said = frame.map(|frame| {
                        let code = u16::from(frame.code);
                        let reason = frame.reason.escape_debug();
                        format!("{code} {reason}").trim_end().to_owned()
                    });
                    return Err(TransportError::Closed {
                        during: Phase::Wrapped,
                        heard: true,
                        said,
                    });
                }
                // tungstenite queues the pong itself; `flush` sends it.
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(None);
                }
                Err(error) => return Err(fault(error)),
            }
        }
    }

    /// Hands out the bytes that came before an end, and keeps the end for the next read.
    fn end_later(&mut self, end: TransportError, bytes: usize) -> ReadOutcome {
        self.stage = Stage::Over;
        self.end = Some(end);
        ReadOutcome {
            bytes,
            may_have_more: true,
        }
    }

    fn refusal(&self, error: Error) -> TransportError {
        let bad = |what: String| TransportError::from(WebSocketFault::BadUpgrade { what });
        match error {
            Error::Http(answer) => WebSocketFault::Status {
                status: answer.status().as_u16(),
                path: self.path.clone(),
            }
            .into(),
            Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
                WebSocketFault::SubProtocol.into()
            }
            Error::Protocol(ProtocolError::HttparseError(error)) => {
                match self.link.tcp().check_plain(&[]) {
                    Err(told @ TransportError::TlsExpected) if self.link.is_plain() => told,
                    _ => bad(format!("no HTTP: {error}")),
                }
            }
            Error::Protocol(error) => bad(error.to_string()),
            error => bad(error.to_string()),
        }
    }
}

impl Stage {
    fn pipe(&mut self) -> Option<&mut Pipe> {
        match self {
            Self::Upgrading(handshake) => Some(handshake.get_mut().get_mut()),
            Self::Open(socket) => Some(socket.get_mut()),
            Self::Over => None,
        }
    }
}

/// The two buffers between tungstenite and the connection beneath. An empty one "would block", and
/// writing never fails.
#[derive(Default)]
struct Pipe {
    incoming: Vec<u8>,
    read: usize,
    outgoing: Vec<u8>,
    heard: bool,
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.incoming.get(self.read..).unwrap_or_default();
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let got = rest.read(into)?;
        self.read += got;
        if self.read >= self.incoming.len() {
            self.incoming.clear();
            self.read = 0;
        }
        Ok(got)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn upgrade_request(endpoint: &Endpoint) -> Result<Request, tungstenite::http::Error> {
    let uri = endpoint.to_string();
    // `ws://host:port/path`: what stands between the slashes, without a port that goes without saying.
    let mut authority = uri.split('/').nth(2).unwrap_or_default();
    if endpoint.port == endpoint.transport.url_port() {
        authority = authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host);
    }
    Request::builder()
        .method("GET")
        .uri(&uri)
        .header("Host", authority)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", generate_key())
        .header("Sec-WebSocket-Protocol", "mqtt")
        .body(())
}

fn fault(error: Error) -> TransportError {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            WebSocketFault::TooLarge {
                size,
                limit: max_size,
            }
            .into()
        }
        Error::ConnectionClosed | Error::AlreadyClosed => over(),
        Error::Io(source) => TransportError::Broken { source },
        error => WebSocketFault::Protocol {
            what: error.to_string(),
        }
        .into(),
    }
}

fn closed_in_upgrade(heard: bool) -> TransportError {
    TransportError::Closed {
        during: Phase::WebSocketUpgrade,
        heard,
        said: None,
    }
}

fn over() -> TransportError {
    TransportError::Closed {
        during: Phase::Wrapped,
        heard: true,
        said: None,
    }
}
