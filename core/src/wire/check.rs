//! A cursor over one packet that refuses, with place and rule, whatever does not fit.

use super::{Malformed, PacketId};

/// Walks over the bytes of one packet.
pub(super) struct Cursor<'a> {
    packet: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at offset `at` of a whole packet.
    pub(super) const fn new(packet: &'a [u8], at: usize) -> Self {
        Self { packet, at }
    }

    /// The offset of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Whether every byte has been taken.
    pub(super) const fn is_done(&self) -> bool {
        self.at >= self.packet.len()
    }

    /// One byte.
    pub(super) fn byte(&mut self, rule: &'static str) -> Result<u8, Malformed> {
        let Some(&byte) = self.packet.get(self.at) else {
            return Err(Malformed { at: self.at, rule });
        };
        self.at += 1;
        Ok(byte)
    }

    /// A number of two bytes, the high one first.
    pub(super) fn number(&mut self, rule: &'static str) -> Result<u16, Malformed> {
        let Some(&[high, low]) = self.packet.get(self.at..self.at + 2) else {
            return Err(Malformed { at: self.at, rule });
        };
        self.at += 2;
        Ok(u16::from_be_bytes([high, low]))
    }

    /// A packet identifier.
    pub(super) fn packet_id(&mut self) -> Result<PacketId, Malformed> {
        let at = self.at;
        let number = self.number("the packet identifier (2 bytes) is missing [MQTT-2.3.1-1]")?;
        PacketId::new(number).ok_or(Malformed {
            at,
            rule: "a packet identifier is not 0 [MQTT-2.3.1-1]",
        })
    }

    /// Bytes after their two-byte length.
    pub(super) fn field(&mut self) -> Result<&'a [u8], Malformed> {
        let at = self.at;
        let len = self.number("the field's two length bytes are missing")?;
        let end = self.at + usize::from(len);
        let Some(field) = self.packet.get(self.at..end) else {
            return Err(Malformed {
                at,
                rule: "the field's length reaches past the end of the packet",
            });
        };
        self.at = end;
        Ok(field)
    }

    /// A UTF-8 string after its two-byte length.
    pub(super) fn string(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at + 2;
        let bytes = self.field()?;
        let text = core::str::from_utf8(bytes).map_err(|error| Malformed {
            at: start + error.valid_up_to(),
            rule: "a string is well-formed UTF-8 [MQTT-1.5.3-1]",
        })?;
        match bytes.iter().position(|&byte| byte == 0) {
            Some(index) => Err(Malformed {
                at: start + index,
                rule: "a string holds no U+0000 [MQTT-1.5.3-2]",
            }),
            None => Ok(text),
        }
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        let rest = self.packet.get(self.at..).unwrap_or_default();
        self.at = self.packet.len();
        rest
    }

    /// Refuses bytes after the last field.
    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.is_done() {
            Ok(())
        } else {
            Err(Malformed {
                at: self.at,
                rule: "bytes follow the packet's last field",
            })
        }
    }
}
