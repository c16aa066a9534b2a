//! What comes out: written by the guest.

use tern_core::auth::HttpRequest;
use tern_core::device::{
    Disconnect, Ended, Event, KeptMessage, Refusal, RefusedBy, Session, Token,
};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::time::Instant;
use tern_core::wire::{PacketId, reserve_wiped};
use zeroize::Zeroize;

use super::command::word;
use super::kind_out;

/// The first byte of a CONNECT.
const CONNECT: u8 = 0x10;
/// Bytes that usually follow a login in its outcome, and more.
const ROOM: usize = 4 * 1024;

/// What one call brought: rows of words, and the bytes that they point into. Reused from call to call.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The row of words.
    pub words: Vec<u32>,
    /// The bytes that the words point into.
    pub bytes: Vec<u8>,
    /// Whether a device has put a login into it.
    has_login: bool,
}

impl Outcome {
    /// Empties it and keeps its memory; where a device has put a login into it, that is overwritten.
    pub fn clear(&mut self) {
        if self.has_login {
            self.wipe();
        }
        self.words.clear();
        self.bytes.clear();
    }

    /// Empties it and overwrites its memory: a login was in it.
    pub fn wipe(&mut self) {
        self.words.clear();
        self.bytes.zeroize();
        self.has_login = false;
    }

    fn push(&mut self, kind: u32, session: u32) {
        self.words.extend_from_slice(&[kind, session]);
    }

    fn push_long(&mut self, long: u64) {
        self.words
            .extend_from_slice(&[long as u32, (long >> 32) as u32]);
    }

    /// In one piece, for the records that come most often.
    fn push_with_long(&mut self, kind: u32, session: u32, long: u64) {
        self.words
            .extend_from_slice(&[kind, session, long as u32, (long >> 32) as u32]);
    }

    fn push_slice(&mut self, slice: &[u8]) {
        let start = word(self.bytes.len());
        self.bytes.extend_from_slice(slice);
        self.words
            .extend_from_slice(&[start, word(self.bytes.len())]);
    }

    /// Two slices that touch: start, border, end.
    fn push_two(&mut self, first: &[u8], second: &[u8]) {
        self.push_slice(first);
        self.bytes.extend_from_slice(second);
        self.words.push(word(self.bytes.len()));
    }

    pub(crate) fn open_transport(&mut self, session: u32, endpoint: &Endpoint) {
        self.push(kind_out::OPEN_TRANSPORT, session);
        self.push_endpoint(endpoint);
    }

    pub(crate) fn send_http(&mut self, session: u32, request: &HttpRequest) {
        self.push(kind_out::SEND_HTTP, session);
        self.push_two(request.url.as_bytes(), request.body.as_bytes());
    }

    /// The bytes from `start` on, which the device has appended, are to be sent.
    pub(crate) fn transmit(&mut self, session: u32, start: usize) {
        if self.bytes.get(start) == Some(&CONNECT) {
            self.has_login = true;
            // For the rest of the outcome: what grows by itself leaves its old place as it was.
            reserve_wiped(&mut self.bytes, ROOM);
        }
        let (start, end) = (word(start), word(self.bytes.len()));
        self.words
            .extend_from_slice(&[kind_out::TRANSMIT, session, start, end]);
    }

    pub(crate) fn close_transport(&mut self, session: u32) {
        self.push(kind_out::CLOSE_TRANSPORT, session);
    }

    pub(crate) fn deadline(&mut self, session: u32, at: Option<Instant>) {
        let at = at.map_or(u64::MAX, Instant::as_millis);
        self.push_with_long(kind_out::DEADLINE, session, at);
    }

    pub(crate) fn consumed(&mut self, session: u32, consumed: usize, need: usize) {
        let (consumed, need) = (word(consumed), word(need));
        self.words
            .extend_from_slice(&[kind_out::CONSUMED, session, consumed, need]);
    }

    pub(crate) fn accepted(&mut self, session: u32, token: Token) {
        self.push_with_long(kind_out::ACCEPTED, session, token.0);
    }

    pub(crate) fn not_accepted(&mut self, session: u32, is_full: bool, text: &str) {
        self.push(kind_out::NOT_ACCEPTED, session);
        self.words.push(is_full.into());
        self.push_slice(text.as_bytes());
    }

    /// Accepted, and held back until it is kept.
    pub(crate) fn accepted_to_keep(&mut self, session: u32, token: Token, packet_id: PacketId) {
        self.push(kind_out::TO_BE_KEPT, session);
        self.push_long(token.0);
        self.words.push(packet_id.get().into());
    }

    pub(crate) fn not_restored(&mut self, session: u32, text: &str) {
        self.push(kind_out::NOT_RESTORED, session);
        self.push_slice(text.as_bytes());
    }

    /// Writes a device's session, one record for each of its parts.
    pub(crate) fn session(&mut self, session: u32, told: &Session) {
        for message in &told.messages {
            let KeptMessage {
                token,
                packet_id,
                topic,
                payload,
            } = message;
            self.push(kind_out::SESSION_MESSAGE, session);
            self.push_long(token.0);
            self.words.push(packet_id.map_or(0, |id| id.get().into()));
            self.push_two(topic.as_bytes(), payload);
        }
        for (filter, qos) in &told.subscriptions {
            self.push(kind_out::SESSION_SUBSCRIPTION, session);
            self.words.push(qos.number().into());
            self.push_slice(filter.as_str().as_bytes());
        }
        self.push(kind_out::SESSION_TOLD, session);
        self.push_long(told.last_token.0);
    }

    /// Writes an event. `start` is where the bytes of a message's call start in the batch's bytes.
    pub(crate) fn event(&mut self, session: u32, start: usize, event: &Event) {
        match event {
            Event::Message {
                topic,
                payload,
                qos,
                dup,
                retain,
            } => {
                let flags =
                    u32::from(qos.number()) | u32::from(*dup) << 2 | u32::from(*retain) << 3;
                self.words.extend_from_slice(&[
                    kind_out::MESSAGE,
                    session,
                    flags,
                    word(start + topic.start),
                    word(start + topic.end),
                    word(start + payload.start),
                    word(start + payload.end),
                ]);
            }
            Event::Published { token } => {
                self.push_with_long(kind_out::PUBLISHED, session, token.0);
            }
            Event::Failed { token, reason } => {
                self.push(kind_out::FAILED, session);
                self.push_long(token.0);
                self.words.push(*reason as u32);
            }
            Event::Subscribed { token, filter, qos } => {
                self.push(kind_out::SUBSCRIBED, session);
                self.push_long(token.map_or(0, |token| token.0));
                self.words.push(qos.number().into());
                self.push_slice(filter.as_str().as_bytes());
            }
            Event::SubscribeRefused { token, filter } => {
                self.push(kind_out::SUBSCRIBE_REFUSED, session);
                self.push_long(token.map_or(0, |token| token.0));
                self.push_slice(filter.as_str().as_bytes());
            }
            Event::Unsubscribed { token, filter } => {
                self.push(kind_out::UNSUBSCRIBED, session);
                self.push_long(token.0);
                self.push_slice(filter.as_str().as_bytes());
            }
            Event::Connecting { endpoint } => {
                self.push(kind_out::CONNECTING, session);
                self.push_endpoint(endpoint);
            }
            Event::Authenticated => self.push(kind_out::AUTHENTICATED, session),
            Event::Connected { session_present } => {
                self.push(kind_out::CONNECTED, session);
                self.words.push((*session_present).into());
            }
            Event::Refused(refusal) => self.refusal(kind_out::REFUSED, session, refusal),
            Event::Disconnected(disconnect) => {
                self.disconnect(kind_out::DISCONNECTED, session, disconnect);
            }
            Event::Reconnecting { in_ms, attempt } => {
                self.push(kind_out::RECONNECTING, session);
                self.push_long(*in_ms);
                self.words.push(*attempt);
            }
            Event::Ended(Ended::Requested) => self.push(kind_out::ENDED_REQUESTED, session),
            Event::Ended(Ended::Refused(refusal)) => {
                self.refusal(kind_out::ENDED_REFUSED, session, refusal);
            }
            Event::Ended(Ended::Disconnected(disconnect)) => {
                self.disconnect(kind_out::ENDED_DISCONNECTED, session, disconnect);
            }
        }
    }

    fn refusal(&mut self, kind: u32, session: u32, refusal: &Refusal) {
        self.push(kind, session);
        self.words.extend(match refusal.by {
            RefusedBy::Connack(code) => [0, code.number().into()],
            RefusedBy::Auth(code) => [1, code],
        });
        self.push_two(refusal.reason.as_bytes(), refusal.explanation.as_bytes());
    }

    fn disconnect(&mut self, kind: u32, session: u32, disconnect: &Disconnect) {
        self.push(kind, session);
        self.words.push(disconnect.kind as u32);
        self.push_slice(disconnect.reason.as_bytes());
    }

    fn push_endpoint(&mut self, endpoint: &Endpoint) {
        let transport = match endpoint.transport {
            TransportKind::Tcp => 0,
            TransportKind::Tls => 1,
            TransportKind::Ws => 2,
            TransportKind::Wss => 3,
        };
        self.words
            .extend_from_slice(&[transport, endpoint.port.into()]);
        self.push_two(endpoint.host.as_bytes(), endpoint.path.as_bytes());
    }
}
