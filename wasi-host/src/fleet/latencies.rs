//! How long acknowledgements took: an HDR histogram, which adds up exactly over shards.
//!
//! Its text form is HdrHistogram's V2 encoding in base64, which every implementation of it reads: a header of 40
//! bytes, then the counts in the order of their values, each a zig-zag number of 7 bits a byte, where a negative one
//! stands for so many zeros.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest that is told apart, in µs: 5 min. What took longer counts as this.
const LONGEST: u64 = 300 * 1_000_000;

/// Decimal digits that each value keeps.
const DIGITS: u8 = 3;

/// The first bytes of the V2 encoding.
const COOKIE: u32 = 0x1c84_9313;

/// Bytes of its header.
const HEADER: usize = 40;

/// Times in microseconds, each kept to three digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        // The bounds are in order, and the digits at most five: the library's whole rule.
        Self(Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("bounds that it takes"))
    }
}

impl Latencies {
    /// Counts one.
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST);
        self.0.saturating_record(micros.min(LONGEST));
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time within which this part of them came, in ms. `quantile` is 0 to 1; `None` where there are none.
    #[must_use]
    pub fn ms_at(&self, quantile: f64) -> Option<f64> {
        (self.count() > 0).then(|| ms(self.0.value_at_quantile(quantile)))
    }

    /// The longest, in ms.
    #[must_use]
    pub fn max_ms(&self) -> Option<f64> {
        (self.count() > 0).then(|| ms(self.0.max()))
    }

    /// The part of them that came within `limit`, 0 to 1; `None` where there are none.
    #[must_use]
    pub fn part_within(&self, limit: Duration) -> Option<f64> {
        let micros = u64::try_from(limit.as_micros())
            .unwrap_or(LONGEST)
            .min(LONGEST);
        let within = self
            .0
            .iter_recorded()
            .take_while(|step| step.value_iterated_to() <= micros);
        let within: u64 = within.map(|step| step.count_at_value()).sum();
        (self.count() > 0).then(|| within as f64 / self.count() as f64)
    }

    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        // Both have the bounds of `default`.
        self.0.add(&other.0).expect("the same bounds");
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// The V2 encoding, in base64.
    #[must_use]
    pub fn to_base64(&self) -> String {
        let mut counts = Vec::new();
        let mut zeros: i64 = 0;
        let mut left = self.count();
        for step in self.0.iter_all() {
            if left == 0 {
                break;
            }
            let count = step.count_at_value();
            left = left.saturating_sub(count);
            if count == 0 {
                zeros += 1;
                continue;
            }
            match std::mem::take(&mut zeros) {
                0 => {}
                // A single zero is a count, as the library's own writer has it.
                1 => write_number(&mut counts, 0),
                zeros => write_number(&mut counts, -zeros),
            }
            write_number(&mut counts, i64::try_from(count).unwrap_or(i64::MAX));
        }
        if counts.is_empty() {
            write_number(&mut counts, 0);
        }
        let mut bytes = Vec::with_capacity(HEADER + counts.len());
        bytes.extend(COOKIE.to_be_bytes());
        bytes.extend(
            u32::try_from(counts.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        bytes.extend(0_u32.to_be_bytes());
        bytes.extend(u32::from(DIGITS).to_be_bytes());
        bytes.extend(1_u64.to_be_bytes());
        bytes.extend(LONGEST.to_be_bytes());
        bytes.extend(1_f64.to_be_bytes());
        bytes.extend(counts);
        STANDARD.encode(bytes)
    }

    /// Reads what [`to_base64`](Self::to_base64) wrote.
    ///
    /// # Errors
    /// It is no such text, or one with other bounds.
    pub fn from_base64(text: &str) -> Result<Self, String> {
        let bytes = STANDARD
            .decode(text)
            .map_err(|error| format!("it is no base64: {error}"))?;
        let (header, mut counts) = bytes
            .split_at_checked(HEADER)
            .ok_or("it is shorter than a header")?;
        let mut expected = Self::default().header();
        let len = u32::try_from(counts.len()).unwrap_or(u32::MAX);
        for (place, byte) in expected.iter_mut().skip(4).zip(len.to_be_bytes()) {
            *place = byte;
        }
        if header != expected {
            return Err(format!(
                "it is no HdrHistogram V2 encoding of 1 to {LONGEST} µs with {DIGITS} digits"
            ));
        }
        let mut latencies = Self::default();
        let empty = Self::default();
        let mut values = empty.0.iter_all().map(|step| step.value_iterated_to());
        while !counts.is_empty() {
            let number = read_number(&mut counts).ok_or("its last count is cut off")?;
            let too_many = "it has more counts than its bounds allow";
            if number < 0 {
                let zeros = usize::try_from(number.unsigned_abs()).map_err(|_| too_many)?;
                values.nth(zeros - 1).ok_or(too_many)?;
                continue;
            }
            let value = values.next().ok_or(too_many)?;
            if number > 0 {
                // The value of a place is in the bounds.
                latencies
                    .0
                    .saturating_record_n(value, number.unsigned_abs());
            }
        }
        Ok(latencies)
    }

    /// The header of the encoding; without the length of what follows.
    fn header(&self) -> Vec<u8> {
        let mut bytes = STANDARD.decode(self.to_base64()).unwrap_or_default();
        bytes.truncate(HEADER);
        bytes
    }
}

impl Serialize for Latencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64())
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_base64(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Microseconds as milliseconds.
fn ms(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

/// Writes a zig-zag number: 7 bits a byte, eight at most, and what is left in a ninth byte.
fn write_number(out: &mut Vec<u8>, number: i64) {
    let mut left = ((number << 1) ^ (number >> 63)).cast_unsigned();
    for _ in 0..8 {
        // The lowest 7 bits.
        let bits = (left & 0x7F) as u8;
        left >>= 7;
        if left == 0 {
            return out.push(bits);
        }
        out.push(bits | 0x80);
    }
    // 64 bits less eight times 7.
    out.push(left as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0;
    for place in 0..9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let is_last = place == 8;
        let bits = if is_last { byte } else { byte & 0x7F };
        number |= u64::from(bits) << (7 * place);
        if is_last || byte & 0x80 == 0 {
            break;
        }
    }
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(micros: &[u64]) -> Latencies {
        let mut latencies = Latencies::default();
        for micros in micros {
            latencies.record(Duration::from_micros(*micros));
        }
        latencies
    }

    #[test]
    fn quantiles_are_in_ms_and_keep_three_digits() {
        let all: Vec<u64> = (1..=1000).map(|number| number * 1000).collect();
        let latencies = latencies(&all);
        assert_eq!(latencies.count(), 1000);
        let near = |quantile: f64, ms: f64| {
            let told = latencies.ms_at(quantile).unwrap();
            assert!((told - ms).abs() <= ms / 1000.0, "{quantile}: {told}");
        };
        near(0.5, 500.0);
        near(0.99, 990.0);
        near(0.999, 999.0);
        near(1.0, 1000.0);
        assert_eq!(latencies.part_within(Duration::from_secs(5)), Some(1.0));
        let half = latencies.part_within(Duration::from_millis(501)).unwrap();
        assert!((half - 0.5).abs() < 0.002, "{half}");
        assert_eq!(Latencies::default().ms_at(0.5), None);
        assert_eq!(Latencies::default().part_within(Duration::ZERO), None);
    }

    #[test]
    fn what_takes_too_long_counts_as_the_longest() {
        let latencies = latencies(&[u64::MAX, LONGEST]);
        assert_eq!(latencies.count(), 2);
        assert!((latencies.max_ms().unwrap() - 300_000.0).abs() < 300.0);
    }

    #[test]
    fn the_text_reads_back_to_the_same_and_adds_up() {
        for micros in [
            &[][..],
            &[0],
            &[1, 1, 3],
            &[17, 1_000_000, 299_999_999],
            &[5; 3000],
        ] {
            let one = latencies(micros);
            assert_eq!(Latencies::from_base64(&one.to_base64()).unwrap(), one);
        }
        let mut sum = latencies(&[1, 20_000]);
        sum.add(&Latencies::from_base64(&latencies(&[300, 20_000]).to_base64()).unwrap());
        assert_eq!(sum, latencies(&[1, 300, 20_000, 20_000]));
    }

    #[test]
    fn the_text_is_what_other_implementations_write() {
        // By the library's own writer of this encoding.
        let mut one = latencies(&[1, 1, 3, 17, 1500, 1500, 20_000, 1_000_000, 299_999_999]);
        for _ in 0..100_000 {
            one.record(Duration::from_micros(700));
        }
        let text = "HISTEwAAABgAAAAAAAAAAwAAAAAAAAABAAAAABHhowA/8AAAAAAAAAAEAAIZAtMKwJoMvQwEiTwC+1oCq4MBAg==";
        assert_eq!(one.to_base64(), text);
        assert_eq!(Latencies::from_base64(text).unwrap(), one);
        let none = "HISTEwAAAAEAAAAAAAAAAwAAAAAAAAABAAAAABHhowA/8AAAAAAAAAA=";
        assert_eq!(Latencies::default().to_base64(), none);
    }

    #[test]
    fn a_text_that_is_none_is_refused() {
        let good = STANDARD.decode(latencies(&[1, 1000]).to_base64()).unwrap();
        let error = |bytes: &[u8]| Latencies::from_base64(&STANDARD.encode(bytes)).unwrap_err();
        assert!(
            Latencies::from_base64("*")
                .unwrap_err()
                .contains("no base64")
        );
        assert!(error(&good[..30]).contains("shorter than a header"));
        let mut other = good.clone();
        other[15] = 2; // digits
        assert!(error(&other).contains("no HdrHistogram V2"));
        assert!(error(&good[..good.len() - 1]).contains("no HdrHistogram V2")); // another length
        for (counts, expected) in [
            (&[0x81][..], "its last count is cut off"),
            (
                &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
                "more counts",
            ),
        ] {
            let mut bytes = good[..HEADER].to_vec();
            bytes[7] = counts.len() as u8;
            bytes.extend(counts);
            assert!(error(&bytes).contains(expected), "{}", error(&bytes));
        }
    }
}
