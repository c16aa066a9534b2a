//! What a run has come to: a file for programs, a table for people.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::cause;
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

    /// For people, as a table.
    #[must_use]
    pub fn words(&self) -> String {
        let mut out = String::new();
        let line = |out: &mut String, what: &str, text: &str| {
            // Writing to a `String` can't fail.
            let _ = writeln!(out, "{what:<10} {text}");
        };
        let (plan, devices, messages) = (&self.plan, &self.devices, &self.messages);
        let started = UNIX_EPOCH + Duration::from_millis(self.started_ms);
        let took = Duration::from_secs((self.ended_ms - self.started_ms).div_ceil(1000));
        let place = match (self.run.native, self.run.per_sandbox) {
            (true, _) => "without a sandbox".to_owned(),
            (false, 1) => "each in a sandbox of its own".to_owned(),
            (false, many) => format!("{} in a sandbox", grouped(many)),
        };
        line(
            &mut out,
            "fleet",
            &format!("{} to {}, {place}", plan.from, plan.to),
        );
        let of = self.shards.first().map_or(1, |shard| shard.count());
        if of > 1 {
            let done: Vec<String> = self.shards.iter().map(Shard::to_string).collect();
            line(&mut out, "shards", &done.join(", "));
        }
        let started = humantime::format_rfc3339_seconds(started);
        line(
            &mut out,
            "time",
            &format!("{started}, {}", humantime::format_duration(took)),
        );
        let mut words = format!(
            "{} of {} connected, {} when the end began",
            grouped(devices.ever_connected),
            grouped(devices.planned),
            grouped(devices.connected_at_end)
        );
        if devices.reconnects > 0 {
            let _ = write!(words, "; {} reconnects", grouped(devices.reconnects));
        }
        if devices.sandboxes_lost > 0 {
            let _ = write!(
                words,
                "; {} sandboxes lost",
                grouped(devices.sandboxes_lost)
            );
        }
        line(&mut out, "devices", &words);
        let words = format!(
            "{} accepted = {} {} + {} failed + {} lost + {} open",
            grouped(messages.accepted),
            grouped(messages.acknowledged),
            if plan.qos == 0 {
                "sent"
            } else {
                "acknowledged"
            },
            grouped(messages.failed),
            grouped(messages.lost),
            grouped(messages.open)
        );
        line(&mut out, "messages", &words);
        let mut more = Vec::new();
        for (count, what) in [
            (messages.not_accepted, "not accepted"),
            (messages.missed, "missed"),
            (messages.received, "received"),
        ] {
            if count > 0 {
                more.push(format!("{} {what}", grouped(count)));
            }
        }
        if !more.is_empty() {
            line(&mut out, "", &more.join(", "));
        }
        if let Percentiles {
            p50_ms: Some(p50),
            p99_ms: Some(p99),
            p999_ms: Some(p999),
            max_ms: Some(max),
            within_1s: Some(within),
        } = self.latency
        {
            let words = format!(
                "p50 {}   p99 {}   p99.9 {}   max {}   within 1 s {}",
                time(p50),
                time(p99),
                time(p999),
                time(max),
                percent(within)
            );
            line(&mut out, "latency", &words);
        }
        if self.errors.is_empty() {
            line(&mut out, "errors", "none");
        }
        for (at, (key, errors)) in self.errors.iter().enumerate() {
            let what = if at == 0 { "errors" } else { "" };
            line(
                &mut out,
                what,
                &format!("{} × {}", grouped(errors.count), cause::words(key)),
            );
            for words in errors.first.lines() {
                line(&mut out, "", &format!("    {}", words.trim_start()));
            }
        }
        out
    }
}

/// A count with commas between its thousands.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Milliseconds, to three digits or less.
#[must_use]
pub fn time(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms if ms < 10_000.0 => format!("{:.2} s", ms / 1000.0),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// A part of 1 in percent. What is not all is never called 100.
fn percent(part: f64) -> String {
    if part >= 1.0 {
        return "100 %".to_owned();
    }
    // Rounded down.
    format!("{:.3} %", (part * 100_000.0).floor() / 1000.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::statistics::Errors;
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

    #[test]
    fn people_read_a_table() {
        let mut summary = summary("1/3");
        summary.devices.planned = 12_345;
        summary.errors.insert(
            "refused_connack_4".into(),
            Errors {
                count: 2,
                first: "bad user name or password\n  check the secret".into(),
            },
        );
        let words = summary.words();
        for expected in [
            "shards     1/3\n",
            "devices    1 of 12,345 connected, 1 when the end began\n",
            "messages   100 accepted = 100 acknowledged + 0 failed + 0 lost + 0 open\n",
            "p50 50.0 ms   p99 99.0 ms   p99.9 100 ms   max 100 ms   within 1 s 100 %\n",
            "errors     2 × login refused (CONNACK 4)\n               bad user name or password\n",
        ] {
            assert!(words.contains(expected), "{expected:?} in {words}");
        }
    }

    #[test]
    fn numbers_are_short_and_never_better_than_they_are() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.5, 12.3, 345.6, 1234.0, 65_000.0].map(time),
            ["0.50 ms", "12.3 ms", "346 ms", "1.23 s", "65.0 s"]
        );
        assert_eq!(percent(0.999_999_9), "99.999 %");
    }
}
