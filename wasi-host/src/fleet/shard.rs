//! Which part of the devices one process has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The part `index` (from 0) of `count` equal ones: every `count`-th device. Prints as `K/N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// All devices in one process.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Its number, from 0.
    #[must_use]
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many parts there are.
    #[must_use]
    pub fn count(self) -> u64 {
        self.count
    }

    /// The numbers of its devices, out of `devices`.
    pub fn numbers(self, devices: u64) -> impl Iterator<Item = u64> {
        let step = usize::try_from(self.count).unwrap_or(usize::MAX);
        (self.index + 1..=devices).step_by(step)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no shard: write K/N, K from 0 to N-1, such as 0/3, 1/3 and 2/3 (a Kubernetes Indexed \
                 Job counts like that)"
            )
        };
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let index: u64 = index.parse().map_err(|_| wrong())?;
        let count: u64 = count.parse().map_err(|_| wrong())?;
        // A shard per device is the most that makes sense, and no pattern has more devices.
        if index >= count || count > super::pattern::MAX_NAMES {
            return Err(wrong());
        }
        Ok(Self { index, count })
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_have_each_device_once() {
        for count in 1..=7 {
            for devices in 0..20 {
                let mut all: Vec<u64> = (0..count)
                    .flat_map(|index| Shard { index, count }.numbers(devices))
                    .collect();
                all.sort_unstable();
                assert_eq!(all, (1..=devices).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_told() {
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
        for text in ["", "3/3", "1", "a/3", "1/0", "-1/3", "0/99999999"] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains("write K/N, K from 0 to N-1"), "{error}");
        }
    }
}
