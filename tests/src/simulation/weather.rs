//! The network of a run: what it does to each thing that is sent, drawn from the run's seed.

use core::time::Duration;

use fastrand::Rng;
use tern_core::time::Instant;

use crate::pair::{Fate, Network, Piece, Way};

/// How bad a network is. Shares are in a thousand.
#[derive(Clone, Debug)]
pub(super) struct Nature {
    /// The shortest and the longest delay in ms.
    pub(super) delay_ms: (u64, u64),
    /// Sends that are cut into pieces.
    pub(super) splits: u16,
    /// Of those, the ones that are cut at every byte.
    pub(super) byte_by_byte: u16,
    /// Pieces that arrive together with the one before.
    pub(super) merges: u16,
    /// Pieces in which one bit is flipped.
    pub(super) corrupts: u16,
    /// Streams that can't be opened, and requests that fail.
    pub(super) fails: u16,
    /// Streams, requests and closes of which nothing is heard.
    pub(super) vanishes: u16,
    /// Streams that are doubled.
    pub(super) doubles: u16,
}

impl Nature {
    /// A network that only splits, merges and delays a little.
    pub(super) fn calm(rng: &mut Rng) -> Self {
        Self {
            delay_ms: (5, rng.u64(5..80)),
            splits: rng.u16(0..200),
            byte_by_byte: 100,
            merges: rng.u16(0..300),
            corrupts: 0,
            fails: 0,
            vanishes: 0,
            doubles: 0,
        }
    }

    /// A network that does everything but corrupt.
    pub(super) fn bad(rng: &mut Rng) -> Self {
        let longest = *rng.choice(&[20, 200, 1_000, 4_000, 12_000]).unwrap_or(&200);
        Self {
            delay_ms: (rng.u64(0..=20), rng.u64(20..=longest.max(20))),
            splits: rng.u16(0..600),
            byte_by_byte: rng.u16(0..300),
            merges: rng.u16(0..500),
            corrupts: 0,
            fails: rng.u16(0..400),
            vanishes: rng.u16(0..250),
            doubles: rng.u16(0..150),
        }
    }
}

/// A network of some nature.
pub(super) struct Weather {
    pub(super) nature: Nature,
    pub(super) rng: Rng,
}

impl Weather {
    fn happens(&mut self, share: u16) -> bool {
        share > 0 && self.rng.u16(0..1_000) < share
    }

    fn fate(&mut self) -> Fate {
        if self.happens(self.nature.fails) {
            Fate::Fails
        } else if self.happens(self.nature.vanishes) {
            Fate::Vanishes
        } else {
            Fate::Passes
        }
    }

    fn piece(&mut self, mut bytes: Vec<u8>) -> Piece {
        let corrupted = self.happens(self.nature.corrupts);
        if corrupted {
            let at = self.rng.usize(0..bytes.len().max(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << self.rng.u8(0..8);
            }
        }
        Piece {
            bytes,
            delay: self.delay(),
            corrupted,
            merged: self.happens(self.nature.merges),
        }
    }
}

impl Network for Weather {
    fn delay(&mut self) -> Duration {
        let (shortest, longest) = self.nature.delay_ms;
        Duration::from_millis(self.rng.u64(shortest..=longest.max(shortest)))
    }

    fn carry(&mut self, _: Instant, _: Way, bytes: Vec<u8>, pieces: &mut Vec<Piece>) {
        if bytes.len() < 2 || !self.happens(self.nature.splits) {
            let piece = self.piece(bytes);
            pieces.push(piece);
            return;
        }
        if self.happens(self.nature.byte_by_byte) {
            for byte in bytes {
                let piece = self.piece(vec![byte]);
                pieces.push(piece);
            }
            return;
        }
        let mut rest = bytes;
        for _ in 0..self.rng.u8(1..=4) {
            if rest.len() < 2 {
                break;
            }
            let at = self.rng.usize(1..rest.len());
            let behind = rest.split_off(at);
            let piece = self.piece(rest);
            pieces.push(piece);
            rest = behind;
        }
        let piece = self.piece(rest);
        pieces.push(piece);
    }

    fn opening(&mut self) -> Fate {
        self.fate()
    }

    fn request(&mut self) -> Fate {
        self.fate()
    }

    fn closing(&mut self) -> Fate {
        if self.happens(self.nature.vanishes) {
            Fate::Vanishes
        } else {
            Fate::Passes
        }
    }

    fn doubles(&mut self) -> bool {
        self.happens(self.nature.doubles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(change: impl FnOnce(&mut Nature), sent: &[u8]) -> Vec<Piece> {
        let mut nature = Nature {
            delay_ms: (1, 9),
            splits: 0,
            byte_by_byte: 0,
            merges: 0,
            corrupts: 0,
            fails: 0,
            vanishes: 0,
            doubles: 0,
        };
        change(&mut nature);
        let rng = Rng::with_seed(7);
        let mut pieces = Vec::new();
        Weather { nature, rng }.carry(Instant::default(), Way::Up, sent.to_vec(), &mut pieces);
        pieces
    }

    fn joined(pieces: &[Piece]) -> Vec<u8> {
        pieces
            .iter()
            .flat_map(|piece| piece.bytes.clone())
            .collect()
    }

    #[test]
    fn bytes_arrive_cut_at_every_place_and_nothing_is_lost() {
        let sent: Vec<u8> = (0..100).collect();
        let pieces = carried(
            |nature| (nature.splits, nature.byte_by_byte) = (1_000, 1_000),
            &sent,
        );
        assert_eq!(pieces.len(), sent.len());
        assert_eq!(joined(&pieces), sent);
        let pieces = carried(|nature| nature.splits = 1_000, &sent);
        assert!((2..=5).contains(&pieces.len()));
        assert_eq!(joined(&pieces), sent);
    }

    #[test]
    fn corruption_flips_one_bit_and_says_so() {
        let sent = [0; 100];
        let pieces = carried(|nature| nature.corrupts = 1_000, &sent);
        let flipped: u32 = joined(&pieces).iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(flipped, 1);
        assert!(pieces.iter().all(|piece| piece.corrupted));
    }
}
