//! The one place where packet identifiers come from.

use std::collections::VecDeque;

use crate::wire::PacketId;

/// Packet identifiers in use by PUBLISH, SUBSCRIBE and UNSUBSCRIBE together [MQTT-2.3.1-4].
#[derive(Clone, Debug, Default)]
pub(super) struct PacketIds {
    last: u16,
    /// In the order in which counting on from `last` meets them: the first is the next that is in the way. So
    /// nothing is searched for as long as what was taken first is given back first.
    in_use: VecDeque<PacketId>,
}

impl PacketIds {
    /// A currently unused identifier [MQTT-2.3.1-2]; none when all 65,535 are in use.
    pub(super) fn allocate(&mut self) -> Option<PacketId> {
        if self.in_use.len() >= usize::from(u16::MAX) {
            return None;
        }
        loop {
            self.last = self.last.wrapping_add(1);
            let Some(id) = PacketId::new(self.last) else {
                continue;
            };
            if self.in_use.front() == Some(&id) {
                // Passed by: it is the last that is met again.
                self.in_use.rotate_left(1);
            } else {
                self.in_use.push_back(id);
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
        let Err(passed) = self.find(id) else {
            return false;
        };
        self.in_use.rotate_left(passed);
        self.in_use.push_back(id);
        self.last = id.get();
        true
    }

    /// Gives an identifier back [MQTT-2.3.1-4].
    #[inline]
    pub(super) fn release(&mut self, id: PacketId) {
        if self.in_use.front() == Some(&id) {
            self.in_use.pop_front();
        } else {
            self.release_out_of_turn(id);
        }
    }

    #[cold]
    fn release_out_of_turn(&mut self, id: PacketId) {
        if let Ok(index) = self.find(id) {
            self.in_use.remove(index);
        }
    }

    /// Where it stands, or how many would be met before it.
    fn find(&self, id: PacketId) -> Result<usize, usize> {
        let away = |id: PacketId| id.get().wrapping_sub(self.last).wrapping_sub(1);
        self.in_use.binary_search_by_key(&away(id), |&id| away(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
    #[test]
    fn identifiers_in_any_order_are_as_in_a_set() {
        let mut rng = fastrand::Rng::with_seed(11);
        for _ in 0..50 {
            let mut ids = PacketIds::default();
            let mut known = BTreeSet::new();
            let mut last = 0_u16;
            for _ in 0..400 {
                // Near each other, so that they meet, and near the end of the numbers.
                let id = PacketId::new(rng.u16(..24).wrapping_sub(12).max(1)).unwrap();
                match rng.u8(..5) {
                    0 | 1 => {
                        last = (1..=u16::MAX)
                            .map(|step| last.wrapping_add(step))
                            .find(|&number| {
                                PacketId::new(number).is_some_and(|id| !known.contains(&id))
                            })
                            .unwrap();
                        let id = PacketId::new(last).unwrap();
                        assert_eq!(ids.allocate(), Some(id));
                        known.insert(id);
                    }
                    2 => {
                        let is_free = known.insert(id);
                        assert_eq!(ids.reserve(id), is_free, "{id} {known:?}");
                        last = if is_free { id.get() } else { last };
                    }
                    _ => {
                        known.remove(&id);
                        ids.release(id);
                    }
                }
                assert_eq!(ids.in_use(), known.len());
            }
        }
    }

    #[test]
    fn all_identifiers_can_be_in_use() {
        let mut ids = PacketIds::default();
        let given = (0..u16::MAX).filter_map(|_| ids.allocate()).count();
        assert_eq!((given, ids.allocate()), (65_535, None));
        ids.release(PacketId::new(40_000).unwrap());
        assert_eq!(ids.allocate(), PacketId::new(40_000));
    }
}
