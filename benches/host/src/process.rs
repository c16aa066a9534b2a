//! What a process has used so far, as Linux tells it: processor time and memory.

use std::fs;
use std::time::Duration;

/// A running process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(u32);

impl Process {
    /// The process with this id.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// Processor time of all its threads that still run, to the nanosecond: `/proc/ID/stat` counts in steps of 10 ms only.
    ///
    /// # Panics
    /// The process has ended, or this is not Linux.
    #[must_use]
    pub fn cpu(self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0))
            .unwrap_or_else(|error| panic!("process {} can't be looked at: {error}", self.0));
        tasks
            .filter_map(|task| {
                let statistics = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
                let nanos = statistics.split_whitespace().next()?.parse().ok()?;
                Some(Duration::from_nanos(nanos))
            })
            .sum()
    }

    /// Resident memory, in bytes.
    ///
    /// # Panics
    /// As [`Self::cpu`].
    #[must_use]
    pub fn memory(self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))
            .unwrap_or_else(|error| panic!("process {} can't be looked at: {error}", self.0));
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|value| value.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.unwrap_or_else(|| panic!("process {} has ended", self.0)) * 1024
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn a_process_that_works_has_used_time_and_memory() {
        let this = Process::new(std::process::id());
        let (cpu, memory) = (this.cpu(), this.memory());
        let touched = black_box(vec![1_u8; 64 * 1024 * 1024]);
        let sum: u64 = touched.iter().map(|&byte| u64::from(byte)).sum();
        assert_eq!(sum, 64 * 1024 * 1024);
        assert!(this.memory() > memory + 32 * 1024 * 1024);
        assert!(this.cpu() > cpu);
    }
}
