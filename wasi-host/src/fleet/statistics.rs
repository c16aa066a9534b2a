//! What has happened so far, counted so that nothing is unaccounted for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::latencies::Latencies;
use super::series::Sample;

/// The most characters of the first error of each cause that are kept.
const EXAMPLE: usize = 600;

/// Messages by what became of them: `accepted` = `acknowledged` + `failed` + `lost` + `open`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// Taken by a device.
    pub accepted: u64,
    /// Of those: acknowledged (QoS 0: sent).
    pub acknowledged: u64,
    /// Of those: ended without success.
    pub failed: u64,
    /// Of those: in a sandbox that failed.
    pub lost: u64,
    /// Of those: still open when the program ended.
    pub open: u64,
    /// Handed to a device, and not taken.
    pub not_accepted: u64,
    /// Due while there was no device to take them.
    pub missed: u64,
    /// Received by subscriptions.
    pub received: u64,
}

impl Messages {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.acknowledged += other.acknowledged;
        self.failed += other.failed;
        self.lost += other.lost;
        self.open += other.open;
        self.not_accepted += other.not_accepted;
        self.missed += other.missed;
        self.received += other.received;
    }
}

/// The errors of one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// How many.
    pub count: u64,
    /// What the first one said; empty where there is no more to say.
    pub first: String,
}

/// Errors by the key of their cause.
pub type ErrorsByCause = BTreeMap<String, Errors>;

/// The counts of a run.
#[derive(Debug, Default)]
pub struct Statistics {
    pub(crate) messages: Messages,
    errors: ErrorsByCause,
    error_count: u64,
    latencies: Latencies,
    since_sample: Latencies,
    at_sample: (Messages, u64),
}

impl Statistics {
    /// An acknowledgement came.
    pub fn acknowledged(&mut self, latency: Duration) {
        self.messages.acknowledged += 1;
        self.latencies.record(latency);
        self.since_sample.record(latency);
    }

    /// Something went wrong.
    pub fn error(&mut self, cause: Cause, words: &str) {
        self.errors_of(cause, 1, words);
    }

    /// The same thing went wrong so many times.
    pub fn errors_of(&mut self, cause: Cause, count: u64, words: &str) {
        if count == 0 {
            return;
        }
        self.error_count += count;
        let errors = self.errors.entry(cause.key()).or_insert_with(|| Errors {
            count: 0,
            first: words.chars().take(EXAMPLE).collect(),
        });
        errors.count += count;
    }

    /// What has become of the messages.
    #[must_use]
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// All errors so far, by cause.
    #[must_use]
    pub fn errors(&self) -> &ErrorsByCause {
        &self.errors
    }

    /// How many there are.
    #[must_use]
    pub fn error_count(&self) -> u64 {
        self.error_count
    }

    /// All latencies so far.
    #[must_use]
    pub fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    /// What has happened since the last sample, which took `ms`.
    pub fn sample(&mut self, at_ms: u64, ms: u64, connected: u64) -> Sample {
        let (before, errors_before) = self.at_sample;
        let sample = Sample {
            at_ms,
            ms,
            connected,
            published: self.messages.accepted - before.accepted,
            acknowledged: self.messages.acknowledged - before.acknowledged,
            errors: self.error_count - errors_before,
            ..Sample::default()
        }
        .with_latencies(&self.since_sample);
        self.at_sample = (self.messages, self.error_count);
        self.since_sample.clear();
        sample
    }
}

#[cfg(test)]
mod tests {
    use tern_core::device::DisconnectKind;

    use super::*;

    #[test]
    fn a_sample_has_what_came_since_the_one_before() {
        let mut statistics = Statistics::default();
        for ms in [1, 3] {
            statistics.messages.accepted += 1;
            statistics.acknowledged(Duration::from_millis(ms));
        }
        let first = statistics.sample(1000, 1000, 5);
        assert_eq!(
            (first.published, first.acknowledged, first.connected),
            (2, 2, 5)
        );
        assert!(first.p99_ms.unwrap() > 2.9);
        statistics.error(Cause::Disconnected(DisconnectKind::Closed), "gone");
        statistics.error(Cause::Disconnected(DisconnectKind::Closed), "gone again");
        let second = statistics.sample(2000, 1000, 4);
        assert_eq!(
            (second.published, second.errors, second.p50_ms),
            (0, 2, None)
        );
        let errors = &statistics.errors()["disconnected_closed"];
        assert_eq!((errors.count, errors.first.as_str()), (2, "gone"));
        assert_eq!(statistics.latencies().count(), 2);
    }
}
