//! The one place where packet identifiers come from.

use crate::wire::PacketId;

/// Packet identifiers in use by PUBLISH, SUBSCRIBE and UNSUBSCRIBE together [MQTT-2.3.1-4].
#[derive(Clone, Debug, Default)]
pub(super) struct PacketIds {
    last: u16,
    in_use: Vec<PacketId>,
}

impl PacketIds {
    /// A currently unused identifier [MQTT-2.3.1-2]; none when all 65,535 are in use.
    pub(super) fn allocate(&mut self) -> Option<PacketId> {
        if self.in_use.len() >= usize::from(u16::MAX) {
            return None;
        }
        loop {
            self.last = self.last.wrapping_add(1);
            if let Some(id) = PacketId::new(self.last)
                && !self.in_use.contains(&id)
            {
                self.in_use.push(id);
                return Some(id);
            }
        }
    }

    /// How many are in use.
    pub(super) fn in_use(&self) -> usize {
        self.in_use.len()
    }

    /// Takes an identifier that a message of an earlier device has; false where it is in use.
    pub(super) fn reserve(&mut self, id: PacketId) -> bool {
        let is_free = !self.in_use.contains(&id);
        if is_free {
            self.in_use.push(id);
            self.last = id.get();
        }
        is_free
    }

    /// Gives an identifier back [MQTT-2.3.1-4].
    pub(super) fn release(&mut self, id: PacketId) {
        if let Some(index) = self.in_use.iter().position(|&used| used == id) {
            self.in_use.swap_remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // client: [MQTT-2.3.1-1], [MQTT-2.3.1-2]
    #[test]
    fn identifiers_are_never_zero_and_never_twice_in_use() {
        let mut ids = PacketIds::default();
        let first = ids.allocate().unwrap();
        for _ in 0..70_000 {
            let id = ids.allocate().unwrap();
            assert_ne!(id, first);
            assert_ne!(id.get(), 0);
            ids.release(id);
        }
        assert_eq!(ids.in_use, [first]);
    }
}
