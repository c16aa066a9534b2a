//! What a server has used between two moments.

use std::time::{Duration, Instant};

use tern_bench_host::process::Process;

/// From here on it counts.
pub(crate) struct Stretch {
    process: Process,
    cpu: Duration,
    since: Instant,
}

/// The processor time of a stretch, and how long it was.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    pub(crate) cpu: Duration,
    pub(crate) took: Duration,
}

impl Stretch {
    pub(crate) fn begin(process: Process) -> Self {
        Self {
            process,
            cpu: process.cpu(),
            since: Instant::now(),
        }
    }

    pub(crate) fn end(&self) -> Used {
        Used {
            took: self.since.elapsed(),
            cpu: self.process.cpu() - self.cpu,
        }
    }
}

impl Used {
    /// So many of something, in a second.
    pub(crate) fn per_second(self, count: u64) -> f64 {
        count as f64 / self.took.as_secs_f64()
    }

    /// Milliseconds of processor time for a thousand of something.
    pub(crate) fn cpu_ms_per_thousand(self, count: u64) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count as f64
    }

    /// The share of one core, in per cent.
    pub(crate) fn share(self) -> f64 {
        100.0 * self.cpu.as_secs_f64() / self.took.as_secs_f64()
    }
}
