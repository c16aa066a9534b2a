//! One packet taken apart into named bytes, for people.
//!
//! [`dissect`] takes the bytes of one packet, also of a broken, cut or over-long one, and never fails: every
//! byte gets a name. Where a packet breaks a rule is not judged here a second time: the fault is the one
//! that [`read`] finds, and the walk over the fields ends there.
//!
//! ```
//! use tern_core::wire::{Sender, dissect::{FieldName, Value, dissect}};
//!
//! let packet = [0x40, 0x02, 0x00, 0x07]; // a PUBACK for packet 7
//! let dissection = dissect(&packet, Sender::Server);
//! assert!(dissection.fault.is_none());
//! let id = dissection.fields[1].children.first().unwrap();
//! assert_eq!((id.name, id.range.clone()), (FieldName::PacketIdentifier, 2..4));
//! assert_eq!(id.value, Value::Number(7));
//! ```
//!
//! A dissection holds places and numbers, no text: that stays in the packet ([`Field::text`]). So it is
//! cheap for a large payload, and printing one shows no password.

mod connect;
mod explanation;
mod fault;
mod field;
mod field_name;
mod fixed_header;
mod publish;
mod subscribe;
mod value;
mod walk;

use std::ops::Range;

pub use explanation::Explanation;
pub use fault::{Fault, rule_in_chinese};
pub use field::Field;
pub use field_name::FieldName;
pub use value::Value;

use super::{PacketType, Sender, read};
use walk::Walk;

/// How many filters, return codes or client id parameters are taken apart one by one; those after them
/// are one field, [`FieldName::FurtherEntries`]. A hostile SUBACK has millions.
pub const MAX_ENTRIES: usize = 256;

/// A packet as a tree of named bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissection {
    /// The type that the first byte names; none for a reserved one, or where there is no byte.
    pub packet_type: Option<PacketType>,
    /// The fields of the highest level, in the order of their bytes. Without gap or overlap they cover
    /// every byte that was given, as do the children of a field its bytes, or its bits where they have
    /// a mask.
    pub fields: Vec<Field>,
    /// What [`read`] says against the packet.
    pub fault: Option<Fault>,
}

/// Names every byte of one packet.
#[must_use]
pub fn dissect(bytes: &[u8], sender: Sender) -> Dissection {
    let fault = read(bytes, sender).err().map(Fault::new);
    let mut walk = Walk::new(bytes, fault.as_ref().map(|fault| fault.at));
    let mut fields = Vec::new();

    let first = fixed_header::fixed_header(&mut walk, &mut fields);
    let packet_type = first.and_then(PacketType::from_first_byte);
    match packet_type {
        Some(PacketType::Connect) => connect::connect(&mut walk, &mut fields),
        Some(PacketType::Connack) => connect::connack(&mut walk, &mut fields),
        Some(PacketType::Publish) => publish::publish(&mut walk, &mut fields, first),
        Some(
            PacketType::Puback
            | PacketType::Pubrec
            | PacketType::Pubrel
            | PacketType::Pubcomp
            | PacketType::Unsuback,
        ) => publish::only_packet_id(&mut walk, &mut fields),
        Some(PacketType::Subscribe) => subscribe::subscribe(&mut walk, &mut fields),
        Some(PacketType::Suback) => subscribe::suback(&mut walk, &mut fields),
        Some(PacketType::Unsubscribe) => subscribe::unsubscribe(&mut walk, &mut fields),
        Some(PacketType::Pingreq | PacketType::Pingresp | PacketType::Disconnect) | None => {}
    }

    // Where a CONNECT is not read to its end, the password may be anywhere in what is left.
    let secret = packet_type == Some(PacketType::Connect);
    let left = if walk.is_stopped() {
        FieldName::NotRead
    } else {
        FieldName::TrailingBytes
    };
    let mut rest = |name, range: Range<usize>| {
        if !range.is_empty() {
            fields.push(Field::leaf(name, range, Value::Bytes).hidden(secret));
        }
    };
    rest(left, walk.at()..walk.end());
    rest(FieldName::TrailingBytes, walk.end()..bytes.len());
    Dissection {
        packet_type,
        fields,
        fault,
    }
}
