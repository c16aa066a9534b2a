//! Which connection, and values by connection.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A connection. Never used twice by the same platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(u64);

impl ConnectionId {
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number: 1 for the first connection, counting up.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// Values by connection, found faster than by the hash that the standard library takes for keys that strangers choose:
/// the platform counts its connections itself.
///
/// The order of its keys is none to rely on.
pub type ConnectionMap<V> = HashMap<ConnectionId, V, BuildHasherDefault<NumberHasher>>;

/// Hashes numbers that were counted up.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // An odd number, so neighbours differ in their lowest bits, and no simple one, so they differ in the highest.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::Hash;

    use super::*;

    #[test]
    fn connections_in_a_row_get_places_of_their_own() {
        let hashes = (1..=1024).map(|number| {
            let mut hasher = NumberHasher::default();
            ConnectionId::new(number).hash(&mut hasher);
            hasher.finish()
        });
        let places: HashSet<u64> = hashes.clone().map(|hash| hash % 1024).collect();
        let marks: HashSet<u64> = hashes.map(|hash| hash >> 57).collect();
        assert_eq!((places.len(), marks.len()), (1024, 128));
    }
}
