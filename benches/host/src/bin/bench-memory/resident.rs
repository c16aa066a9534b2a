//! What the system says of this process's memory.

use std::error::Error;
use std::fmt;
use std::fs;

/// In KiB, and the number of mappings.
pub(crate) struct Resident {
    rss: f64,
    pss: f64,
    anonymous: f64,
    mappings: usize,
}

impl Resident {
    pub(crate) fn now() -> Result<Self, Box<dyn Error>> {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
        let field = |name: &str| -> Result<f64, Box<dyn Error>> {
            let line = rollup.lines().find(|line| line.starts_with(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            Ok(number.ok_or("smaps_rollup has this field")?.parse()?)
        };
        Ok(Self {
            rss: field("Rss:")?,
            pss: field("Pss:")?,
            anonymous: field("Anonymous:")?,
            mappings: fs::read_to_string("/proc/self/maps")?.lines().count(),
        })
    }

    /// What came since `start`, by device; the mappings as they are.
    pub(crate) fn per_device(&self, start: &Self, devices: usize) -> Self {
        let each = |now: f64, then: f64| (now - then) / devices as f64;
        Self {
            rss: each(self.rss, start.rss),
            pss: each(self.pss, start.pss),
            anonymous: each(self.anonymous, start.anonymous),
            mappings: self.mappings,
        }
    }
}

impl fmt::Display for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rss,
            pss,
            anonymous,
            mappings,
        } = self;
        write!(f, "{rss:>12.2} {pss:>12.2} {anonymous:>12.2} {mappings:>9}")
    }
}
