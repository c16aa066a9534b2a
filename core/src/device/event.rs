//! What goes into a device and what comes out of it.

use core::fmt;
use core::ops::Range;

use crate::auth::{HttpAnswer, HttpRequest};
use crate::identity::Endpoint;
use crate::time::Instant;
use crate::topic::TopicFilter;
use crate::wire::{ConnectCode, QoS};

/// What happened, as the host saw it.
#[derive(Debug)]
pub enum Input<'a> {
    /// The byte stream asked for by [`Output::OpenTransport`] is open.
    TransportOpened,
    /// Bytes of the stream: all that the host holds and the device has not consumed. Below
    /// [`Progress::need`] bytes it does no more than show that the link lives.
    Received(&'a [u8]),
    /// The stream could not be opened, or has ended. Not for the end that [`Output::CloseTransport`] made.
    TransportClosed(CloseReason),
    /// How the request of [`Output::SendHttp`] ended. Once another one has been asked for, not of an earlier.
    HttpAnswered(Result<HttpAnswer<'a>, CloseReason>),
    /// The time of [`Output::Timeout`] has come. Earlier, later or superfluous calls are harmless.
    Timeout,
}

/// How far a device came with the bytes of [`Input::Received`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes consumed; the host keeps the rest.
    pub consumed: usize,
    /// How many bytes the rest needs at least before another call makes sense.
    pub need: usize,
}

/// What the device wants done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a byte stream to there; a WebSocket with sub-protocol `mqtt` where the endpoint says so.
    OpenTransport(Endpoint),
    /// Send this request over HTTPS, certificate verified, and hand in the answer.
    SendHttp(HttpRequest),
    /// Bytes were appended to the buffer given to `poll_output`: send them on the stream.
    Transmit,
    /// Send what is still to be sent, then close the stream. Nothing of it must be handed in after that.
    CloseTransport,
    /// Something for the application.
    Event(Event),
    /// Nothing more now. Hand in [`Input::Timeout`] at this time, if nothing else comes before.
    Timeout(Option<Instant>),
}

/// Names one publish, subscribe or unsubscribe from its acceptance to its one end, over any number of
/// reconnects. Independent of packet identifiers, never reused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Something for the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An attempt to connect has begun.
    Connecting {
        /// Where to.
        endpoint: Endpoint,
    },
    /// The HTTPS auth has granted an iotId and an iotToken.
    Authenticated,
    /// The platform accepted the CONNECT.
    Connected {
        /// Whether it had kept the session.
        session_present: bool,
    },
    /// The login was refused.
    Refused(Refusal),
    /// A connection or an attempt ended.
    Disconnected(Disconnect),
    /// Another attempt will follow.
    Reconnecting {
        /// The wait before it, in ms.
        in_ms: u64,
        /// Its number since the last connection that lasted, from 1.
        attempt: u32,
    },
    /// A subscription stands. Without a token where the device renewed it by itself.
    Subscribed {
        /// The request.
        token: Option<Token>,
        /// Its filter.
        filter: TopicFilter,
        /// The QoS that was granted.
        qos: QoS,
    },
    /// A subscription was refused (SUBACK 0x80).
    SubscribeRefused {
        /// The request.
        token: Option<Token>,
        /// Its filter.
        filter: TopicFilter,
    },
    /// A subscription has ended on request.
    Unsubscribed {
        /// The request.
        token: Token,
        /// Its filter.
        filter: TopicFilter,
    },
    /// A message came. The ranges point into the bytes of the [`Input::Received`] that brought it, which
    /// the host keeps until it has drained the outputs.
    Message {
        /// The topic name, valid UTF-8.
        topic: Range<usize>,
        /// The payload.
        payload: Range<usize>,
        /// The QoS of the delivery.
        qos: QoS,
        /// Whether this may be a repetition.
        dup: bool,
        /// The retain flag.
        retain: bool,
    },
    /// A publish is acknowledged (QoS 1) or handed to the transport (QoS 0).
    Published {
        /// The publish.
        token: Token,
    },
    /// A publish, subscribe or unsubscribe ended without success.
    Failed {
        /// What ended.
        token: Token,
        /// Why.
        reason: FailReason,
    },
    /// The device has stopped, and does nothing more unless it is told to connect again.
    Ended(Ended),
}

/// Why a token ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailReason {
    /// No answer within the request timeout.
    #[error("no answer came within the request timeout")]
    TimedOut,
    /// The device stopped before the platform answered: given back to the caller.
    #[error("the device stopped before the platform acknowledged it")]
    GivenBack,
    /// A SUBSCRIBE or UNSUBSCRIBE that the codec refused, for its topic filter. A [`TopicFilter`] that breaks no rule
    /// can always be written, so this is a fault of the core; a PUBLISH is checked when it is accepted.
    #[error(
        "the topic filter can't be written into a packet: it has at most 65535 bytes and no U+0000 [MQTT-1.5.3]; take another filter, and if it breaks no rule, the fault is Tern's"
    )]
    Unwritable,
    /// The host could not keep it, and has withdrawn it before it was sent.
    #[error("it could not be kept, and was not sent")]
    Withdrawn,
}

/// Who refused a login, and with which code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// The CONNACK's return code.
    Connack(ConnectCode),
    /// The HTTPS auth's `code`.
    Auth(u32),
}

/// A refused login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who refused, with which code.
    pub by: RefusedBy,
    /// The code in words.
    pub reason: String,
    /// What it means on this platform and what to check.
    pub explanation: String,
}

/// Why a byte stream or an HTTPS exchange ended, in the host's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason {
    /// What kind of end it was.
    pub kind: CloseKind,
    /// What was seen and what to try.
    pub text: String,
}

/// The kinds of end of a byte stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseKind {
    /// The peer closed it in order.
    Closed,
    /// The network failed: unreachable, refused, reset, name not found.
    Network,
    /// The peer's certificate or its TLS was not acceptable: trying again is not going to help soon.
    Certificate,
    /// The peer broke a rule of the layer below (WebSocket, HTTP).
    Protocol,
    /// The host gave up waiting.
    TimedOut,
}

/// Why a connection or an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disconnect {
    /// Whose doing it was.
    pub kind: DisconnectKind,
    /// What was seen and what to try.
    pub reason: String,
}

/// Whose doing the end of a connection was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectKind {
    /// The application asked for it.
    Requested,
    /// The peer closed the stream.
    Closed,
    /// The network failed, or the link is dead.
    Network,
    /// The certificate or the TLS of the peer.
    Certificate,
    /// No answer in time: HTTPS auth, transport or CONNACK.
    TimedOut,
    /// Malformed bytes [MQTT-4.8.0-1].
    Malformed,
    /// Legal bytes at a wrong time.
    PeerMisbehaved,
    /// A packet over the limit that is set here.
    TooLarge,
}

/// How a device stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The application asked for it.
    Requested,
    /// A refusal that another attempt would not change.
    Refused(Refusal),
    /// An end of the connection that is final, or the only attempt's.
    Disconnected(Disconnect),
}
