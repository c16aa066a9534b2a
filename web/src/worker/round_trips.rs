//! How long answers take: each is matched with the packet that it answers.

use std::collections::HashMap;

use tern_core::wire::PacketType;

use crate::protocol::Direction;

/// Packets that wait for their answer.
#[derive(Debug, Default)]
pub struct RoundTrips {
    /// By who asked, the type of the answer, and the packet identifier.
    waiting: HashMap<(bool, u8, u16), Asked>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    at_ms: f64,
    index: u64,
}

/// An answer with what it answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The packet that asked, as an index into the log.
    pub index: u64,
    /// How long it took, in ms.
    pub after_ms: f32,
}

impl RoundTrips {
    /// Forgets everything: a new connection answers nothing of an old one.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Sees a packet. Where it answers an earlier one, says which.
    pub fn see(
        &mut self,
        kind: PacketType,
        direction: Direction,
        packet_id: u16,
        at_ms: f64,
        index: u64,
    ) -> Option<Answer> {
        use PacketType as P;
        let up = direction == Direction::Up;
        let asks_for = match kind {
            P::Connect => Some(P::Connack),
            P::Publish if packet_id != 0 => Some(P::Puback),
            P::Subscribe => Some(P::Suback),
            P::Unsubscribe => Some(P::Unsuback),
            P::Pingreq => Some(P::Pingresp),
            _ => None,
        };
        if let Some(answer) = asks_for {
            // What is sent once more is timed from the first time on this connection.
            let key = (up, answer as u8, packet_id);
            self.waiting.entry(key).or_insert(Asked { at_ms, index });
            return None;
        }
        let asked = self.waiting.remove(&(!up, kind as u8, packet_id))?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a float of any size holds it"
        )]
        let after_ms = (at_ms - asked.at_ms) as f32;
        Some(Answer {
            index: asked.index,
            after_ms,
        })
    }
}
