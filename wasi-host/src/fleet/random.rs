//! Numbers that a seed decides, the same in every version and on every machine.

/// SplitMix64: small, and good enough for payloads and waits. Nothing secret is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

/// What a row of numbers is for: rows for different purposes have nothing in common.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// When in its interval a device publishes.
    Phase = 1,
    /// What stands in its messages.
    Message = 2,
    /// The jitter of its reconnects.
    Reconnect = 3,
    /// The jitter of a sandbox's return.
    Sandbox = 4,
}

impl Random {
    /// The row for one purpose of one device (or sandbox), and one of its messages where it is for that.
    pub(crate) fn new(seed: u64, purpose: Purpose, number: u64, message: u64) -> Self {
        let mut row = Self(seed);
        for part in [purpose as u64, number, message] {
            // Each step spreads every bit of what came before over the whole word.
            row = Self(row.next() ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        row
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one less than `end`; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(end);
        // The upper half of a product of two 64-bit numbers fits.
        (wide >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // The first three that the algorithm's reference makes from the seed 1234567.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
        assert_eq!(random.next(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn rows_repeat_and_differ_by_seed_purpose_device_and_message() {
        let first =
            |seed, purpose, number, message| Random::new(seed, purpose, number, message).next();
        let one = first(1, Purpose::Message, 1, 1);
        assert_eq!(one, first(1, Purpose::Message, 1, 1));
        for other in [
            first(2, Purpose::Message, 1, 1),
            first(1, Purpose::Phase, 1, 1),
            first(1, Purpose::Message, 2, 1),
            first(1, Purpose::Message, 1, 2),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn below_reaches_both_ends_and_nothing_else() {
        let mut random = Random(7);
        let mut seen = [false; 3];
        for _ in 0..100 {
            seen[random.below(3) as usize] = true;
        }
        assert_eq!(seen, [true; 3]);
        assert_eq!(random.below(0), 0);
    }
}
