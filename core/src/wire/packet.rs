//! The packets of MQTT 3.1.1 as types of our own, so that another codec can take the place of today's.

use core::fmt;
use core::num::NonZeroU16;

use crate::sign::Password;

/// Quality of service [MQTT 3.1.1, 4.3].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum QoS {
    /// 0: at most once; no acknowledgement.
    AtMostOnce = 0,
    /// 1: at least once; acknowledged by PUBACK.
    AtLeastOnce = 1,
    /// 2: exactly once. The platform does not offer it.
    ExactlyOnce = 2,
}

impl QoS {
    /// The level with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }

    /// The level's number, 0 to 2.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// A packet identifier: never zero [MQTT-2.3.1-1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketId(NonZeroU16);

impl PacketId {
    /// The identifier with this number; none for 0.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, 1 to 65535.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for PacketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The fourteen packet types, with their numbers in the first byte's upper half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum PacketType {
    Connect = 1,
    Connack = 2,
    Publish = 3,
    Puback = 4,
    Pubrec = 5,
    Pubrel = 6,
    Pubcomp = 7,
    Subscribe = 8,
    Suback = 9,
    Unsubscribe = 10,
    Unsuback = 11,
    Pingreq = 12,
    Pingresp = 13,
    Disconnect = 14,
}

impl PacketType {
    /// The type that a packet's first byte names; none for the reserved numbers 0 and 15.
    #[must_use]
    pub const fn from_first_byte(first: u8) -> Option<Self> {
        Some(match first >> 4 {
            1 => Self::Connect,
            2 => Self::Connack,
            3 => Self::Publish,
            4 => Self::Puback,
            5 => Self::Pubrec,
            6 => Self::Pubrel,
            7 => Self::Pubcomp,
            8 => Self::Subscribe,
            9 => Self::Suback,
            10 => Self::Unsubscribe,
            11 => Self::Unsuback,
            12 => Self::Pingreq,
            13 => Self::Pingresp,
            14 => Self::Disconnect,
            _ => return None,
        })
    }

    /// The standard's name, in capitals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Connack => "CONNACK",
            Self::Publish => "PUBLISH",
            Self::Puback => "PUBACK",
            Self::Pubrec => "PUBREC",
            Self::Pubrel => "PUBREL",
            Self::Pubcomp => "PUBCOMP",
            Self::Subscribe => "SUBSCRIBE",
            Self::Suback => "SUBACK",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::Unsuback => "UNSUBACK",
            Self::Pingreq => "PINGREQ",
            Self::Pingresp => "PINGRESP",
            Self::Disconnect => "DISCONNECT",
        }
    }
}

impl fmt::Display for PacketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One packet. What can be large is borrowed from the received bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum Packet<'a> {
    Connect(Connect),
    Connack(Connack),
    Publish(Publish<'a>),
    Puback(PacketId),
    Pubrec(PacketId),
    Pubrel(PacketId),
    Pubcomp(PacketId),
    Subscribe(Subscribe),
    Suback(Suback),
    Unsubscribe(Unsubscribe),
    Unsuback(PacketId),
    Pingreq,
    Pingresp,
    Disconnect,
}

impl Packet<'_> {
    /// The packet's type.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::Connect(_) => PacketType::Connect,
            Self::Connack(_) => PacketType::Connack,
            Self::Publish(_) => PacketType::Publish,
            Self::Puback(_) => PacketType::Puback,
            Self::Pubrec(_) => PacketType::Pubrec,
            Self::Pubrel(_) => PacketType::Pubrel,
            Self::Pubcomp(_) => PacketType::Pubcomp,
            Self::Subscribe(_) => PacketType::Subscribe,
            Self::Suback(_) => PacketType::Suback,
            Self::Unsubscribe(_) => PacketType::Unsubscribe,
            Self::Unsuback(_) => PacketType::Unsuback,
            Self::Pingreq => PacketType::Pingreq,
            Self::Pingresp => PacketType::Pingresp,
            Self::Disconnect => PacketType::Disconnect,
        }
    }
}

/// A request to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// 4 for MQTT 3.1.1. With another level the rest of the packet has a layout that is not read here:
    /// all other fields are then empty, and a server answers with [`ConnectCode::UnacceptableProtocol`]
    /// [MQTT-3.1.2-2].
    pub protocol_level: u8,
    /// The MQTT client id, as it stands in the packet.
    pub client_id: String,
    /// The user name, if its flag is set.
    pub username: Option<String>,
    /// The password, if its flag is set. The standard allows any bytes: what is not UTF-8 comes with
    /// replacement characters, and so matches no signature.
    pub password: Option<Password>,
    /// Keep alive in seconds; 0 turns it off.
    pub keep_alive: u16,
    /// Whether both sides start with no session.
    pub clean_session: bool,
    /// The will, which this platform does not offer.
    pub will: Option<Will>,
}

/// A message that a server would publish when the client goes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Its quality of service.
    pub qos: QoS,
    /// Whether it would be retained.
    pub retain: bool,
}

/// The answer to a CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connack {
    /// Whether the server kept a session of this client; never with a refusal [MQTT-3.2.2-4].
    pub session_present: bool,
    /// Accepted, or why not.
    pub code: ConnectCode,
}

/// The return codes of a CONNACK [MQTT 3.1.1, table 3.1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ConnectCode {
    /// 0
    Accepted = 0,
    /// 1: the protocol level is not supported.
    UnacceptableProtocol = 1,
    /// 2: the client id can't be read or is not allowed.
    IdentifierRejected = 2,
    /// 3: in the standard "server unavailable"; this platform also says so to a keep alive outside its
    /// window and to a bad or old iotToken.
    ServerUnavailable = 3,
    /// 4: the user name or the password is wrong; here: the signature.
    BadCredentials = 4,
    /// 5: not authorized; here: no such device, or a disabled one.
    NotAuthorized = 5,
}

impl ConnectCode {
    /// The code with this number, 0 to 5.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Accepted,
            1 => Self::UnacceptableProtocol,
            2 => Self::IdentifierRejected,
            3 => Self::ServerUnavailable,
            4 => Self::BadCredentials,
            5 => Self::NotAuthorized,
            _ => return None,
        })
    }

    /// The code's number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The standard's words for the code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::UnacceptableProtocol => "unacceptable protocol version",
            Self::IdentifierRejected => "identifier rejected",
            Self::ServerUnavailable => "server unavailable",
            Self::BadCredentials => "bad user name or password",
            Self::NotAuthorized => "not authorized",
        }
    }
}

/// A message on a topic, borrowed from the bytes it came in or is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    /// Whether this may be a repetition.
    pub dup: bool,
    /// Quality of service.
    pub qos: QoS,
    /// The retain flag.
    pub retain: bool,
    /// The topic name: no wildcard, not empty.
    pub topic: &'a str,
    /// The packet identifier: present exactly when `qos` is 1 or 2.
    pub packet_id: Option<PacketId>,
    /// The payload, any bytes.
    pub payload: &'a [u8],
}

/// A request for subscriptions: one or more filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// The packet identifier.
    pub packet_id: PacketId,
    /// Each topic filter with the highest QoS asked for. The filters are checked for what a string must
    /// be, not for where wildcards may stand: that is [`crate::topic::TopicFilter`]'s.
    pub filters: Vec<(String, QoS)>,
}

/// The answer to a SUBSCRIBE: one code a filter, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suback {
    /// The SUBSCRIBE's packet identifier.
    pub packet_id: PacketId,
    /// The codes.
    pub codes: Vec<SubackCode>,
}

/// What became of one filter of a SUBSCRIBE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubackCode {
    /// Subscribed with this QoS at most.
    Granted(QoS),
    /// 0x80: refused.
    Failure,
}

/// A request to end subscriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The packet identifier.
    pub packet_id: PacketId,
    /// The topic filters, as they were subscribed.
    pub filters: Vec<String>,
}
