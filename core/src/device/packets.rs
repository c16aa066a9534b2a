//! The bytes of the messages that are held, one behind the other in one piece of memory: a message costs no allocation
//! of its own.

use crate::wire::{Publish, WriteError, publish_length, push_publish};

/// Bytes that nobody uses any more and that are not worth moving the others for.
const SLACK: usize = 2 * 1024;
/// As much memory is kept while there is no message; a device that is idle holds no more.
const KEPT: usize = 1024;

/// Where a packet stands. Whoever has it hands it back by [`Packets::remove`], and shows all of them to
/// [`Packets::tidy`].
#[derive(Clone, Debug)]
pub(super) struct Place {
    at: usize,
    len: u32,
}

impl Place {
    /// The packet's length in bytes.
    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    const fn end(&self) -> usize {
        self.at + self.len()
    }
}

/// Packets by their places.
#[derive(Debug, Default)]
pub(super) struct Packets {
    bytes: Vec<u8>,
    /// Bytes of packets that have not been removed.
    live: usize,
}

impl Packets {
    /// Writes a packet behind those that are there. Its topic is a legal one, and QoS and identifier fit.
    ///
    /// # Errors
    /// The packet is too long.
    pub(super) fn add(&mut self, publish: &Publish<'_>) -> Result<Place, WriteError> {
        let len = publish_length(publish)?;
        let at = self.bytes.len();
        self.bytes.reserve(len);
        push_publish(publish, &mut self.bytes);
        self.live += len;
        Ok(Place {
            at,
            // Four length bytes say less than 32 bits do.
            len: len as u32,
        })
    }

    pub(super) fn get(&self, place: &Place) -> &[u8] {
        self.bytes.get(place.at..place.end()).unwrap_or_default()
    }

    pub(super) fn get_mut(&mut self, place: &Place) -> &mut [u8] {
        self.bytes
            .get_mut(place.at..place.end())
            .unwrap_or_default()
    }

    /// Bytes of all packets.
    pub(super) const fn live(&self) -> usize {
        self.live
    }

    /// Removes a packet. Its bytes stay until [`tidy`](Self::tidy).
    pub(super) fn remove(&mut self, place: &Place) {
        self.live -= place.len();
    }

    /// Whether it is worth it to give memory back by [`tidy`](Self::tidy).
    pub(super) const fn is_untidy(&self) -> bool {
        self.live == 0 || self.bytes.len() > 2 * self.live + SLACK
    }

    /// Gives memory back, which moves packets: `places` are those of all of them, in the order in which they were
    /// added. Done whenever it [is untidy](Self::is_untidy), and only then, it moves a byte for each byte removed, at
    /// most.
    pub(super) fn tidy<'a>(&mut self, places: impl Iterator<Item = &'a mut Place>) {
        if self.live == 0 {
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
            return;
        }
        let mut end = 0;
        for place in places {
            self.bytes.copy_within(place.at..place.end(), end);
            place.at = end;
            end = place.end();
        }
        self.bytes.truncate(end);
        self.bytes.shrink_to(2 * end + SLACK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::QoS;

    fn publish(payload: &[u8]) -> Publish<'_> {
        Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: "t",
            packet_id: None,
            payload,
        }
    }

    #[test]
    fn packets_stay_what_they_are_in_whatever_order_they_are_removed() {
        let mut rng = fastrand::Rng::with_seed(3);
        let mut packets = Packets::default();
        let mut known: Vec<(Place, Vec<u8>)> = Vec::new();
        for round in 0..4_000 {
            // Grows at first, shrinks in the end.
            if rng.usize(..4_000) > round {
                let payload = vec![rng.u8(..); rng.usize(..300)];
                let place = packets.add(&publish(&payload)).unwrap();
                known.push((place, payload));
            } else if !known.is_empty() {
                let index = rng.usize(..known.len());
                let (place, _) = known.remove(index);
                packets.remove(&place);
                if packets.is_untidy() {
                    packets.tidy(known.iter_mut().map(|(place, _)| place));
                }
            }
            let live: usize = known.iter().map(|(place, _)| place.len()).sum();
            assert_eq!(packets.live(), live);
            assert!(packets.bytes.len() <= 2 * live + SLACK + 310);
            for (place, payload) in &known {
                assert!(packets.get(place).ends_with(payload), "round {round}");
            }
        }
        while let Some((place, _)) = known.pop() {
            packets.remove(&place);
            if packets.is_untidy() {
                packets.tidy(known.iter_mut().map(|(place, _)| place));
            }
        }
        assert!(packets.bytes.is_empty() && packets.bytes.capacity() <= KEPT);
    }
}
