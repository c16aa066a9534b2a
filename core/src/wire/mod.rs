//! MQTT 3.1.1 on the wire: frames of a byte stream, the strict check, packets in and out.
//!
//! [`frame`] finds the border of the first packet in a byte stream, [`read`] checks one whole packet
//! strictly and hands back a view of it, [`write()`] appends one packet to a buffer. Nothing here knows which
//! packet may come *now*: that is the business of the two state machines, the device and the stand-in.
//!
//! [`read_plain`] does the work of both in one pass for the packets that come by the thousand, and leaves everything
//! that it does not find plain to them.
//!
//! The rarer packets are decoded and encoded by mqttbytes, behind a check of every rule that it leaves
//! open; PUBLISH and PUBACK, which come by the thousand, live on the received bytes and copy nothing.
//!
//! ```
//! use tern_core::wire::{self, Framed, Packet, Sender};
//!
//! let stream = [0x40, 0x02, 0x00, 0x07, 0xD0]; // a PUBACK for packet 7 and the start of a PINGRESP
//! let Framed::Complete { len } = wire::frame(&stream, Sender::Server, 256)? else { panic!() };
//! let Packet::Puback(id) = wire::read(&stream[..len], Sender::Server)? else { panic!() };
//! assert_eq!(id.get(), 7);
//! assert_eq!(wire::frame(&stream[len..], Sender::Server, 256)?, Framed::Need(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
pub mod dissect;
mod error;
mod frame;
mod packet;
mod plain;
mod read;
mod room;
mod write;

pub use error::{FrameError, Malformed, WriteError};
pub use frame::{Framed, Sender, frame};
pub use packet::{
    Connack, Connect, ConnectCode, Packet, PacketId, PacketType, Publish, QoS, Suback, SubackCode,
    Subscribe, Unsubscribe, Will,
};
pub use plain::{Plain, read_plain};
pub use read::read;
pub use room::reserve_wiped;
pub(crate) use write::{publish_length, push_puback, push_publish};
pub use write::{write, write_publish};

/// The largest remaining length that the four length bytes can say, in bytes [MQTT 3.1.1, 2.2.3].
pub const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// The longest string or binary field, in bytes: its length field has 16 bits [MQTT-1.5.3].
pub const MAX_FIELD: usize = 65_535;
