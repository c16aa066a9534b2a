//! What can be wrong with bytes, and with a packet that is to become bytes.

use super::PacketType;

/// Bytes that break a rule of MQTT 3.1.1: the peer's fault, and the end of the connection [MQTT-4.8.0-1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed packet, byte {at}: {rule}")]
pub struct Malformed {
    /// Offset of the offending byte from the start of its packet, in bytes.
    pub at: usize,
    /// The rule that it breaks, with the standard's identifier.
    pub rule: &'static str,
}

/// Why the front of a byte stream can't be a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The fixed header is malformed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A legal first byte, but of a packet that this side of a connection never sends.
    #[error("{0} is never sent by this side of a connection; is the peer a {1}?")]
    WrongSender(PacketType, &'static str),
    /// The packet is larger than the caller accepts.
    #[error("a packet of {len} bytes is larger than the limit of {max} bytes")]
    TooLarge {
        /// Length of the whole packet, fixed header included, in bytes.
        len: usize,
        /// The caller's limit, in bytes.
        max: usize,
    },
}

/// Why a packet can't be written. Nothing has been appended then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A field is longer than its 16-bit length can say.
    #[error("{field} has {len} bytes; a field of an MQTT packet holds at most 65535 [MQTT-1.5.3]")]
    FieldTooLong {
        /// Name of the field.
        field: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// The whole packet is longer than the four length bytes can say.
    #[error("the packet's remaining length is {len} bytes; MQTT allows at most 268435455")]
    PacketTooLong {
        /// The remaining length in bytes.
        len: usize,
    },
    /// The packet would be malformed.
    #[error("{0}")]
    Invalid(&'static str),
}
