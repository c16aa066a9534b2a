//! What a run has come to: a file for programs. [`words`](super::words) makes the table for people of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::latencies::Latencies;
use super::plan::Outline;
use super::series::Sample;
use super::shard::Shard;
use super::statistics::{ErrorsByCause, Messages};

/// The version of the file's form.
pub const FORMAT: u32 = 1;

/// The largest summary that is read, in bytes. One has about 100 KB.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// A run, or several shards of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// [`FORMAT`].
    pub tern_fleet_summary: u32,
    /// What was to be done, by all shards together.
    pub plan: Outline,
    /// Which shards are in it, in order.
    pub shards: Vec<Shard>,
    /// How it was run.
    pub run: How,
    /// When it started, in ms since 1970.
    pub started_ms: u64,
    /// When it ended, in ms since 1970.
    pub ended_ms: u64,
    /// Devices by how far they came.
    pub devices: DeviceCounts,
    /// Messages by what became of them.
    pub messages: Messages,
    /// Errors by cause.
    pub errors: ErrorsByCause,
    /// The latency of acknowledgements, from the publish to its PUBACK, in words of the histogram.
    pub latency: Percentiles,
    /// All of them, in µs: HdrHistogram's V2 encoding in base64.
    pub histogram: Latencies,
    /// The run as it went.
    pub series: Vec<Sample>,
}

/// What does not change what a run does, but how it does it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// Devices in a sandbox.
    pub per_sandbox: u64,
    /// Whether there was none.
    pub native: bool,
    /// Connects per second.
    pub connect_rate: f64,
    /// The longest time by which a publish was handed to its device after it was due, in ms: the lag of this
    /// program itself, on no latency's account.
    pub latest_publish_ms: u64,
}

/// Devices by how far they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCounts {
    /// Those of these shards.
    pub planned: u64,
    /// Of those: connected at least once.
    pub ever_connected: u64,
    /// Of those: connected when the end began.
    pub connected_at_end: u64,
    /// Times that a device was connected again.
    pub reconnects: u64,
    /// Times that a sandbox failed, drills included.
    pub sandboxes_lost: u64,
}

/// Percentiles in ms; all `None` where nothing was acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percentiles {
    /// Half of them came within this.
    pub p50_ms: Option<f64>,
    /// 99 %.
    pub p99_ms: Option<f64>,
    /// 99.9 %.
    pub p999_ms: Option<f64>,
    /// All.
    pub max_ms: Option<f64>,
    /// The part that came within 1 s, 0 to 1.
    pub within_1s: Option<f64>,
}

impl From<&Latencies> for Percentiles {
    fn from(latencies: &Latencies) -> Self {
        Self {
            p50_ms: latencies.ms_at(0.5),
            p99_ms: latencies.ms_at(0.99),
            p999_ms: latencies.ms_at(0.999),
            max_ms: latencies.max_ms(),
            within_1s: latencies.part_within(Duration::from_secs(1)),
        }
    }
}

/// Why a summary was not taken. Prints with its file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// The file can't be read.
    #[error("summary {}: it can't be read ({source}); check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no summary.
    #[error("summary {}: {why}; give a file that `tern fleet --summary` or `tern fleet merge --summary` wrote", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Summary {
    /// Reads a file.
    ///
    /// # Errors
    /// It can't be read, or is no summary of this version.
    pub fn read(path: &Path) -> Result<Self, SummaryError> {
        let unreadable = |source| SummaryError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let bad = |why| SummaryError::Bad {
            path: path.to_owned(),
            why,
        };
        let length = fs::metadata(path).map_err(unreadable)?.len();
        if length > MAX_FILE {
            return Err(bad(format!("it has {length} bytes, more than {MAX_FILE}")));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let summary: Self = serde_json::from_str(&text)
            .map_err(|error| bad(format!("it is no summary: {error}")))?;
        match summary.fault() {
            Some(why) => Err(bad(why)),
            None => Ok(summary),
        }
    }

    /// One line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string(self).expect("texts and numbers only");
        json.push('\n');
        json
    }

    /// What can't be true of a summary that this program wrote.
    fn fault(&self) -> Option<String> {
        if self.tern_fleet_summary != FORMAT {
            return Some(format!(
                "tern_fleet_summary is {}: this program reads version {FORMAT}",
                self.tern_fleet_summary
            ));
        }
        let messages = &self.messages;
        let ended = [
            messages.acknowledged,
            messages.failed,
            messages.lost,
            messages.open,
        ];
        let sum = ended
            .iter()
            .try_fold(0_u64, |sum, part| sum.checked_add(*part));
        if sum != Some(messages.accepted) {
            return Some(
                "messages: accepted is not acknowledged + failed + lost + open".to_owned(),
            );
        }
        if self.ended_ms < self.started_ms {
            return Some("ended_ms is before started_ms".to_owned());
        }
        // Their sums are made when it is merged.
        let huge = |count: &u64| *count > u64::MAX / 1_000_000;
        let devices = &self.devices;
        let counts = [
            messages.accepted,
            messages.not_accepted,
            messages.missed,
            messages.received,
            devices.planned,
            devices.ever_connected,
            devices.connected_at_end,
            devices.reconnects,
            devices.sandboxes_lost,
            self.histogram.count(),
            self.ended_ms,
        ];
        let samples = self.series.iter().flat_map(|sample| {
            [
                sample.at_ms,
                sample.ms,
                sample.connected,
                sample.published,
                sample.acknowledged,
                sample.errors,
            ]
        });
        let errors = self.errors.values().map(|errors| errors.count);
        if counts
            .into_iter()
            .chain(samples)
            .chain(errors)
            .any(|count| huge(&count))
        {
            return Some("a count in it is beyond what any run reaches".to_owned());
        }
        if self.shards.is_empty() {
            return Some("shards is empty".to_owned());
        }
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A summary of one shard in which everything went well.
    pub(crate) fn summary(shard: &str) -> Summary {
        let mut histogram = Latencies::default();
        for ms in 1..=100 {
            histogram.record(Duration::from_millis(ms));
        }
        Summary {
            tern_fleet_summary: FORMAT,
            plan: Outline {
                devices: 3,
                from: "pk/dev1".into(),
                to: "pk/dev3".into(),
                seed: 1,
                topic: "/{product_key}/{device_name}/data".into(),
                message: "{seq}".into(),
                qos: 1,
                every_ms: 1000,
                in_step: false,
                count: Some(100),
                subscribe: None,
            },
            shards: vec![shard.parse().unwrap()],
            run: How {
                per_sandbox: 1,
                native: false,
                connect_rate: 500.0,
                latest_publish_ms: 2,
            },
            started_ms: 1_500_000_000_000,
            ended_ms: 1_500_000_061_200,
            devices: DeviceCounts {
                planned: 1,
                ever_connected: 1,
                connected_at_end: 1,
                ..DeviceCounts::default()
            },
            messages: Messages {
                accepted: 100,
                acknowledged: 100,
                ..Messages::default()
            },
            errors: ErrorsByCause::new(),
            latency: (&histogram).into(),
            histogram,
            series: vec![Sample {
                at_ms: 1_500_000_001_000,
                ms: 1000,
                ..Sample::default()
            }],
        }
    }

    #[test]
    fn a_file_reads_back_to_the_same() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let summary = summary("0/1");
        fs::write(file.path(), summary.to_json()).unwrap();
        assert_eq!(Summary::read(file.path()).unwrap(), summary);
    }

    #[test]
    fn what_is_no_summary_is_told_with_its_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = |text: &str| {
            fs::write(file.path(), text).unwrap();
            let error = Summary::read(file.path()).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("summary {}: ", file.path().display())),
                "{error}"
            );
            error
        };
        assert!(error("{}").contains("it is no summary: missing field"));
        let mut other = summary("0/1");
        other.tern_fleet_summary = 9;
        assert!(error(&other.to_json()).contains("is 9: this program reads version 1"));
        let mut other = summary("0/1");
        other.messages.lost = u64::MAX;
        assert!(error(&other.to_json()).contains("accepted is not"));
        let mut other = summary("0/1");
        other.devices.planned = u64::MAX;
        assert!(error(&other.to_json()).contains("beyond what any run reaches"));
        let missing = Summary::read(Path::new("no-such-summary"))
            .unwrap_err()
            .to_string();
        assert!(missing.contains("it can't be read"), "{missing}");
    }
}
