//! What comes out: read by the host, which does not trust the guest.

use tern_core::auth::HttpRequest;
use tern_core::device::{Disconnect, DisconnectKind, Ended, FailReason, Refusal, RefusedBy, Token};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::time::Instant;
use tern_core::wire::{ConnectCode, PacketId, QoS};

use super::row::{BadRow, Row};
use super::{Outcome, kind_out};

/// One record that comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report<'a> {
    /// Open a byte stream.
    OpenTransport(Endpoint),
    /// Send this over HTTPS.
    SendHttp(HttpRequest),
    /// Send these bytes on the stream.
    Transmit(&'a [u8]),
    /// Send what is still to be sent, then close the stream.
    CloseTransport,
    /// Come back then at the latest.
    Deadline(Option<Instant>),
    /// How far the device came with the bytes received.
    Consumed {
        /// Bytes consumed.
        consumed: usize,
        /// What the rest needs before another call makes sense, in bytes.
        need: usize,
    },
    /// A publish, subscribe or unsubscribe was accepted.
    Accepted(Token),
    /// It was not.
    NotAccepted {
        /// Whether it is worth trying again later.
        is_full: bool,
        /// Why.
        text: &'a str,
    },
    /// A publish was accepted, and is held back until it is kept or withdrawn.
    ToBeKept {
        /// What its caller knows it by.
        token: Token,
        /// What it will be sent with, each time.
        packet_id: PacketId,
    },
    /// A message of the session that was asked for.
    SessionMessage {
        /// What its caller knows it by.
        token: Token,
        /// Its packet identifier, if it has one.
        packet_id: Option<PacketId>,
        /// Its topic name.
        topic: &'a str,
        /// Its payload.
        payload: &'a [u8],
    },
    /// A subscription of the session that was asked for.
    SessionSubscription {
        /// Its filter.
        filter: &'a str,
        /// The QoS that was asked for.
        qos: QoS,
    },
    /// The session has been told; this is the last token that was given.
    SessionTold(Token),
    /// A part of a session was not taken in.
    NotRestored {
        /// Why.
        text: &'a str,
    },
    /// Something for the application.
    Event(ReportEvent<'a>),
}

/// [`tern_core::device::Event`] with its texts and ranges resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of tern_core::device::Event"
)]
pub enum ReportEvent<'a> {
    Connecting {
        endpoint: Endpoint,
    },
    Authenticated,
    Connected {
        session_present: bool,
    },
    Refused(Refusal),
    Disconnected(Disconnect),
    Reconnecting {
        in_ms: u64,
        attempt: u32,
    },
    Subscribed {
        token: Option<Token>,
        filter: &'a str,
        qos: QoS,
    },
    SubscribeRefused {
        token: Option<Token>,
        filter: &'a str,
    },
    Unsubscribed {
        token: Token,
        filter: &'a str,
    },
    Message {
        topic: &'a str,
        payload: &'a [u8],
        qos: QoS,
        dup: bool,
        retain: bool,
    },
    Published {
        token: Token,
    },
    Failed {
        token: Token,
        reason: FailReason,
    },
    Ended(Ended),
}

/// Reads an outcome: each record's device and report, in order, up to the first that can't be read.
/// `input` are the bytes of the call that brought the outcome.
pub fn reports<'a>(
    outcome: &'a Outcome,
    input: &'a [u8],
) -> impl Iterator<Item = Result<(u32, Report<'a>), BadRow>> {
    let mut row = Row::new(&outcome.words);
    core::iter::from_fn(move || {
        if row.is_done() {
            return None;
        }
        let report = report(&mut row, &outcome.bytes, input);
        if report.is_err() {
            row.stop();
        }
        Some(report)
    })
}

fn report<'a>(
    row: &mut Row<'_>,
    bytes: &'a [u8],
    input: &'a [u8],
) -> Result<(u32, Report<'a>), BadRow> {
    let [kind, session] = row.words()?;
    let report = match kind {
        kind_out::OPEN_TRANSPORT => Report::OpenTransport(endpoint(row, bytes)?),
        kind_out::SEND_HTTP => {
            let (url, body) = row.two_texts(bytes)?;
            Report::SendHttp(HttpRequest {
                url: url.to_owned(),
                content_type: "application/x-www-form-urlencoded",
                body: body.to_owned(),
            })
        }
        kind_out::TRANSMIT => Report::Transmit(row.slice(bytes)?),
        kind_out::CLOSE_TRANSPORT => Report::CloseTransport,
        kind_out::DEADLINE => {
            let at = row.long()?;
            Report::Deadline((at != u64::MAX).then(|| Instant::from_millis(at)))
        }
        kind_out::CONSUMED => Report::Consumed {
            consumed: row.offset()?,
            need: row.offset()?,
        },
        kind_out::ACCEPTED => Report::Accepted(Token(row.long()?)),
        kind_out::NOT_ACCEPTED => Report::NotAccepted {
            is_full: row.word()? == 1,
            text: row.text(bytes)?,
        },
        kind_out::TO_BE_KEPT => Report::ToBeKept {
            token: Token(row.long()?),
            packet_id: row
                .packet_id()?
                .ok_or_else(|| row.bad("what is kept has a packet identifier"))?,
        },
        kind_out::SESSION_MESSAGE => {
            let token = Token(row.long()?);
            let packet_id = row.packet_id()?;
            let (topic, payload) = row.two_slices(bytes)?;
            Report::SessionMessage {
                token,
                packet_id,
                topic: core::str::from_utf8(topic).map_err(|_| row.bad("a topic is UTF-8"))?,
                payload,
            }
        }
        kind_out::SESSION_SUBSCRIPTION => {
            let number = row.word()?;
            Report::SessionSubscription {
                qos: qos(row, number)?,
                filter: row.text(bytes)?,
            }
        }
        kind_out::SESSION_TOLD => Report::SessionTold(Token(row.long()?)),
        kind_out::NOT_RESTORED => Report::NotRestored {
            text: row.text(bytes)?,
        },
        _ => Report::Event(event(kind, row, bytes, input)?),
    };
    Ok((session, report))
}

fn event<'a>(
    kind: u32,
    row: &mut Row<'_>,
    bytes: &'a [u8],
    input: &'a [u8],
) -> Result<ReportEvent<'a>, BadRow> {
    Ok(match kind {
        kind_out::MESSAGE => {
            let flags = row.word()?;
            ReportEvent::Message {
                qos: qos(row, flags & 0b11)?,
                dup: flags & 0b100 != 0,
                retain: flags & 0b1000 != 0,
                topic: row.text(input)?,
                payload: row.slice(input)?,
            }
        }
        kind_out::PUBLISHED => ReportEvent::Published {
            token: Token(row.long()?),
        },
        kind_out::FAILED => ReportEvent::Failed {
            token: Token(row.long()?),
            reason: match row.word()? {
                0 => FailReason::TimedOut,
                1 => FailReason::GivenBack,
                2 => FailReason::Unwritable,
                3 => FailReason::Withdrawn,
                _ => return Err(row.bad("the reason of a failure is 0 to 3")),
            },
        },
        kind_out::SUBSCRIBED => {
            let token = token(row)?;
            let number = row.word()?;
            ReportEvent::Subscribed {
                token,
                qos: qos(row, number)?,
                filter: row.text(bytes)?,
            }
        }
        kind_out::SUBSCRIBE_REFUSED => ReportEvent::SubscribeRefused {
            token: token(row)?,
            filter: row.text(bytes)?,
        },
        kind_out::UNSUBSCRIBED => ReportEvent::Unsubscribed {
            token: Token(row.long()?),
            filter: row.text(bytes)?,
        },
        kind_out::CONNECTING => ReportEvent::Connecting {
            endpoint: endpoint(row, bytes)?,
        },
        kind_out::AUTHENTICATED => ReportEvent::Authenticated,
        kind_out::CONNECTED => ReportEvent::Connected {
            session_present: row.word()? == 1,
        },
        kind_out::REFUSED => ReportEvent::Refused(refusal(row, bytes)?),
        kind_out::DISCONNECTED => ReportEvent::Disconnected(disconnect(row, bytes)?),
        kind_out::RECONNECTING => ReportEvent::Reconnecting {
            in_ms: row.long()?,
            attempt: row.word()?,
        },
        kind_out::ENDED_REQUESTED => ReportEvent::Ended(Ended::Requested),
        kind_out::ENDED_REFUSED => ReportEvent::Ended(Ended::Refused(refusal(row, bytes)?)),
        kind_out::ENDED_DISCONNECTED => {
            ReportEvent::Ended(Ended::Disconnected(disconnect(row, bytes)?))
        }
        _ => return Err(row.bad("the record's kind is one of the layout's")),
    })
}

fn token(row: &mut Row<'_>) -> Result<Option<Token>, BadRow> {
    let number = row.long()?;
    Ok((number != 0).then_some(Token(number)))
}

fn qos(row: &Row<'_>, number: u32) -> Result<QoS, BadRow> {
    let number = u8::try_from(number).unwrap_or(u8::MAX);
    QoS::from_number(number).ok_or_else(|| row.bad("QoS is 0, 1 or 2"))
}

fn endpoint(row: &mut Row<'_>, bytes: &[u8]) -> Result<Endpoint, BadRow> {
    let transport = match row.word()? {
        0 => TransportKind::Tcp,
        1 => TransportKind::Tls,
        2 => TransportKind::Ws,
        3 => TransportKind::Wss,
        _ => return Err(row.bad("the transport is 0 to 3")),
    };
    let port = u16::try_from(row.word()?).map_err(|_| row.bad("a port is 0 to 65535"))?;
    let (host, path) = row.two_texts(bytes)?;
    Ok(Endpoint {
        transport,
        host: host.to_owned(),
        port,
        path: path.to_owned(),
    })
}

fn refusal(row: &mut Row<'_>, bytes: &[u8]) -> Result<Refusal, BadRow> {
    let by = match (row.word()?, row.word()?) {
        (0, code) => {
            let code = u8::try_from(code).unwrap_or(u8::MAX);
            let code = ConnectCode::from_number(code);
            RefusedBy::Connack(code.ok_or_else(|| row.bad("a CONNACK's code is 0 to 5"))?)
        }
        (1, code) => RefusedBy::Auth(code),
        _ => return Err(row.bad("a refusal is by 0 or 1")),
    };
    let (reason, explanation) = row.two_texts(bytes)?;
    Ok(Refusal {
        by,
        reason: reason.to_owned(),
        explanation: explanation.to_owned(),
    })
}

fn disconnect(row: &mut Row<'_>, bytes: &[u8]) -> Result<Disconnect, BadRow> {
    let kind = match row.word()? {
        0 => DisconnectKind::Requested,
        1 => DisconnectKind::Closed,
        2 => DisconnectKind::Network,
        3 => DisconnectKind::Certificate,
        4 => DisconnectKind::TimedOut,
        5 => DisconnectKind::Malformed,
        6 => DisconnectKind::PeerMisbehaved,
        7 => DisconnectKind::TooLarge,
        _ => return Err(row.bad("the kind of a disconnect is 0 to 7")),
    };
    let reason = row.text(bytes)?.to_owned();
    Ok(Disconnect { kind, reason })
}
