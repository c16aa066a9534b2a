//! What goes in: written by the host, read by the guest.

use tern_core::device::{CloseKind, CloseReason, Token};
use tern_core::wire::{PacketId, QoS, reserve_wiped};
use zeroize::Zeroize;

use super::kind_in;
use super::row::{BadRow, Row};

/// One record that goes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Start to connect.
    Connect,
    /// End the connection in order.
    Disconnect,
    /// Publish a message.
    Publish {
        /// The topic name, not yet checked.
        topic: &'a str,
        /// The payload.
        payload: &'a [u8],
        /// Quality of service.
        qos: QoS,
    },
    /// Subscribe.
    Subscribe {
        /// The topic filter, not yet checked.
        filter: &'a str,
        /// The highest QoS that is wanted.
        qos: QoS,
    },
    /// Unsubscribe.
    Unsubscribe {
        /// The topic filter, not yet checked.
        filter: &'a str,
    },
    /// The byte stream is open.
    TransportOpened,
    /// All bytes held and not consumed.
    Received {
        /// Where they start in the batch's bytes: ranges of messages count from there.
        start: usize,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// The byte stream has ended or could not be opened.
    TransportClosed(CloseReason),
    /// The HTTPS request was answered.
    HttpAnswered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: &'a [u8],
    },
    /// The HTTPS request failed.
    HttpFailed(CloseReason),
    /// The deadline has come.
    Timeout,
    /// Take in a message of an earlier device's session.
    RestoreMessage {
        /// What its caller knows it by.
        token: Token,
        /// Its packet identifier, if it has one.
        packet_id: Option<PacketId>,
        /// The topic name, not yet checked.
        topic: &'a str,
        /// The payload.
        payload: &'a [u8],
    },
    /// Take in a subscription of an earlier device's session.
    RestoreSubscription {
        /// The topic filter, not yet checked.
        filter: &'a str,
        /// The QoS that was asked for.
        qos: QoS,
    },
    /// Give no token up to this one.
    RestoreTokens(Token),
    /// Send no QoS 1 message before it is kept.
    HoldUntilKept,
    /// The messages up to this one are kept.
    Kept(Token),
    /// This message can't be kept.
    Withdraw(Token),
    /// Tell the session.
    TellSession,
}

/// What one call carries in. Reused from call to call. An HTTP answer, which may hold a token, is overwritten where it
/// moves or goes.
#[derive(Clone, Debug, Default)]
pub struct InputBatch {
    words: Vec<u32>,
    bytes: Vec<u8>,
    has_answer: bool,
}

impl Drop for InputBatch {
    fn drop(&mut self) {
        self.wipe_answer();
    }
}

impl InputBatch {
    /// The row of words.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The bytes that the words point into.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.wipe_answer();
        self.words.clear();
        self.bytes.clear();
    }

    fn wipe_answer(&mut self) {
        if core::mem::take(&mut self.has_answer) {
            self.bytes.zeroize();
        }
    }

    /// Adds a record without words of its own.
    fn push(&mut self, kind: u32, session: u32) {
        self.words.extend_from_slice(&[kind, session]);
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        if self.has_answer {
            reserve_wiped(&mut self.bytes, bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds bytes, and their start and end as two words.
    fn push_slice(&mut self, slice: &[u8]) {
        let start = word(self.bytes.len());
        self.push_bytes(slice);
        self.words
            .extend_from_slice(&[start, word(self.bytes.len())]);
    }

    /// Start to connect.
    pub fn connect(&mut self, session: u32) {
        self.push(kind_in::CONNECT, session);
    }

    /// End the connection in order.
    pub fn disconnect(&mut self, session: u32) {
        self.push(kind_in::DISCONNECT, session);
    }

    /// Publish a message.
    pub fn publish(&mut self, session: u32, topic: &str, payload: &[u8], qos: QoS) {
        self.push(kind_in::PUBLISH, session);
        self.words.push(qos.number().into());
        self.push_slice(topic.as_bytes());
        self.push_bytes(payload);
        self.words.push(word(self.bytes.len()));
    }

    /// Subscribe.
    pub fn subscribe(&mut self, session: u32, filter: &str, qos: QoS) {
        self.push(kind_in::SUBSCRIBE, session);
        self.words.push(qos.number().into());
        self.push_slice(filter.as_bytes());
    }

    /// Unsubscribe.
    pub fn unsubscribe(&mut self, session: u32, filter: &str) {
        self.push(kind_in::UNSUBSCRIBE, session);
        self.push_slice(filter.as_bytes());
    }

    /// The byte stream is open.
    pub fn transport_opened(&mut self, session: u32) {
        self.push(kind_in::TRANSPORT_OPENED, session);
    }

    /// All bytes held and not consumed.
    pub fn received(&mut self, session: u32, bytes: &[u8]) {
        self.push(kind_in::RECEIVED, session);
        self.push_slice(bytes);
    }

    /// The byte stream has ended or could not be opened.
    pub fn transport_closed(&mut self, session: u32, reason: &CloseReason) {
        self.push(kind_in::TRANSPORT_CLOSED, session);
        self.words.push(reason.kind as u32);
        self.push_slice(reason.text.as_bytes());
    }

    /// The HTTPS request was answered.
    pub fn http_answered(&mut self, session: u32, status: u16, body: &[u8]) {
        self.push(kind_in::HTTP_ANSWERED, session);
        self.words.push(status.into());
        self.has_answer = true;
        self.push_slice(body);
    }

    /// The HTTPS request failed.
    pub fn http_failed(&mut self, session: u32, reason: &CloseReason) {
        self.push(kind_in::HTTP_FAILED, session);
        self.words.push(reason.kind as u32);
        self.push_slice(reason.text.as_bytes());
    }

    /// The deadline has come.
    pub fn timeout(&mut self, session: u32) {
        self.push(kind_in::TIMEOUT, session);
    }

    /// Take in a message of an earlier device's session.
    pub fn restore_message(
        &mut self,
        session: u32,
        token: Token,
        packet_id: Option<PacketId>,
        topic: &str,
        payload: &[u8],
    ) {
        self.push_token(kind_in::RESTORE_MESSAGE, session, token);
        self.words.push(packet_id.map_or(0, |id| id.get().into()));
        self.push_slice(topic.as_bytes());
        self.push_bytes(payload);
        self.words.push(word(self.bytes.len()));
    }

    /// Take in a subscription of an earlier device's session.
    pub fn restore_subscription(&mut self, session: u32, filter: &str, qos: QoS) {
        self.push(kind_in::RESTORE_SUBSCRIPTION, session);
        self.words.push(qos.number().into());
        self.push_slice(filter.as_bytes());
    }

    /// Give no token up to this one.
    pub fn restore_tokens(&mut self, session: u32, last: Token) {
        self.push_token(kind_in::RESTORE_TOKENS, session, last);
    }

    /// Send no QoS 1 message before it is kept.
    pub fn hold_until_kept(&mut self, session: u32) {
        self.push(kind_in::HOLD_UNTIL_KEPT, session);
    }

    /// The messages up to this one are kept.
    pub fn kept(&mut self, session: u32, up_to: Token) {
        self.push_token(kind_in::KEPT, session, up_to);
    }

    /// This message can't be kept.
    pub fn withdraw(&mut self, session: u32, token: Token) {
        self.push_token(kind_in::WITHDRAW, session, token);
    }

    /// Tell the session.
    pub fn tell_session(&mut self, session: u32) {
        self.push(kind_in::TELL_SESSION, session);
    }

    /// A record that can't be read: the guest traps at it. For drills.
    pub fn unreadable(&mut self) {
        self.push(u32::MAX, u32::MAX);
    }

    fn push_token(&mut self, kind: u32, session: u32, token: Token) {
        self.push(kind, session);
        self.words
            .extend_from_slice(&[token.0 as u32, (token.0 >> 32) as u32]);
    }
}

/// Offsets are words: a batch over 4 GiB can't be, for the guest's whole memory has no more.
pub(super) fn word(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Reads a batch: each record's device and command, in order, up to the first that can't be read.
pub fn commands<'a>(
    words: &'a [u32],
    bytes: &'a [u8],
) -> impl Iterator<Item = Result<(u32, Command<'a>), BadRow>> {
    let mut row = Row::new(words);
    core::iter::from_fn(move || {
        if row.is_done() {
            return None;
        }
        let command = command(&mut row, bytes);
        if command.is_err() {
            row.stop();
        }
        Some(command)
    })
}

fn command<'a>(row: &mut Row<'_>, bytes: &'a [u8]) -> Result<(u32, Command<'a>), BadRow> {
    let [kind, session] = row.words()?;
    let command = match kind {
        kind_in::CONNECT => Command::Connect,
        kind_in::DISCONNECT => Command::Disconnect,
        kind_in::PUBLISH => {
            let qos = qos(row)?;
            let (topic, payload) = row.two_slices(bytes)?;
            let topic = core::str::from_utf8(topic).map_err(|_| row.bad("a topic is UTF-8"))?;
            Command::Publish {
                topic,
                payload,
                qos,
            }
        }
        kind_in::SUBSCRIBE => Command::Subscribe {
            qos: qos(row)?,
            filter: row.text(bytes)?,
        },
        kind_in::UNSUBSCRIBE => Command::Unsubscribe {
            filter: row.text(bytes)?,
        },
        kind_in::TRANSPORT_OPENED => Command::TransportOpened,
        kind_in::RECEIVED => {
            let range = row.range(bytes)?;
            Command::Received {
                start: range.start,
                bytes: bytes.get(range).unwrap_or_default(),
            }
        }
        kind_in::TRANSPORT_CLOSED => Command::TransportClosed(close_reason(row, bytes)?),
        kind_in::HTTP_ANSWERED => {
            let status = u16::try_from(row.word()?).map_err(|_| row.bad("an HTTP status"))?;
            Command::HttpAnswered {
                status,
                body: row.slice(bytes)?,
            }
        }
        kind_in::HTTP_FAILED => Command::HttpFailed(close_reason(row, bytes)?),
        kind_in::TIMEOUT => Command::Timeout,
        kind_in::RESTORE_MESSAGE => {
            let token = Token(row.long()?);
            let packet_id = row.packet_id()?;
            let (topic, payload) = row.two_slices(bytes)?;
            let topic = core::str::from_utf8(topic).map_err(|_| row.bad("a topic is UTF-8"))?;
            Command::RestoreMessage {
                token,
                packet_id,
                topic,
                payload,
            }
        }
        kind_in::RESTORE_SUBSCRIPTION => Command::RestoreSubscription {
            qos: qos(row)?,
            filter: row.text(bytes)?,
        },
        kind_in::RESTORE_TOKENS => Command::RestoreTokens(Token(row.long()?)),
        kind_in::HOLD_UNTIL_KEPT => Command::HoldUntilKept,
        kind_in::KEPT => Command::Kept(Token(row.long()?)),
        kind_in::WITHDRAW => Command::Withdraw(Token(row.long()?)),
        kind_in::TELL_SESSION => Command::TellSession,
        _ => return Err(row.bad("the record's kind is 1 to 18")),
    };
    Ok((session, command))
}

fn qos(row: &mut Row<'_>) -> Result<QoS, BadRow> {
    let number = u8::try_from(row.word()?).unwrap_or(u8::MAX);
    QoS::from_number(number).ok_or_else(|| row.bad("QoS is 0, 1 or 2"))
}

fn close_reason(row: &mut Row<'_>, bytes: &[u8]) -> Result<CloseReason, BadRow> {
    let kind = match row.word()? {
        0 => CloseKind::Closed,
        1 => CloseKind::Network,
        2 => CloseKind::Certificate,
        3 => CloseKind::Protocol,
        4 => CloseKind::TimedOut,
        _ => return Err(row.bad("the kind of a close is 0 to 4")),
    };
    let text = row.text(bytes)?.to_owned();
    Ok(CloseReason { kind, text })
}
