//! A run as it went: one sample a second.

use serde::{Deserialize, Serialize};

use super::latencies::Latencies;

/// The most samples that a summary and a chart have; more are joined.
pub const MOST: usize = 600;

/// What happened in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// When it ended, in ms since 1970.
    pub at_ms: u64,
    /// How long it was, in ms.
    pub ms: u64,
    /// Devices connected at its end.
    pub connected: u64,
    /// Messages accepted in it.
    pub published: u64,
    /// Messages acknowledged in it (QoS 0: sent).
    pub acknowledged: u64,
    /// Errors of all causes in it.
    pub errors: u64,
    /// Half of its acknowledgements took no longer than this, in ms; none without any.
    pub p50_ms: Option<f64>,
    /// 99 % of them.
    pub p99_ms: Option<f64>,
    /// 99.9 % of them.
    pub p999_ms: Option<f64>,
}

impl Sample {
    /// The percentiles of these.
    #[must_use]
    pub fn with_latencies(self, latencies: &Latencies) -> Self {
        Self {
            p50_ms: latencies.ms_at(0.5),
            p99_ms: latencies.ms_at(0.99),
            p999_ms: latencies.ms_at(0.999),
            ..self
        }
    }

    /// When it began, in ms since 1970.
    fn begins(&self) -> u64 {
        self.at_ms.saturating_sub(self.ms)
    }

    /// A count of this stretch as one per second.
    #[must_use]
    pub fn per_second(&self, count: u64) -> f64 {
        count as f64 * 1000.0 / self.ms.max(1) as f64
    }

    /// Takes in what another has counted; the worse percentiles stay, since they can't be added up.
    fn count_in(&mut self, other: &Self) {
        self.published += other.published;
        self.acknowledged += other.acknowledged;
        self.errors += other.errors;
        let worse = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        self.p50_ms = worse(self.p50_ms, other.p50_ms);
        self.p99_ms = worse(self.p99_ms, other.p99_ms);
        self.p999_ms = worse(self.p999_ms, other.p999_ms);
    }
}

/// No more than `most` samples: where there are more, as many as needed are joined into each.
#[must_use]
pub fn coarse(samples: &[Sample], most: usize) -> Vec<Sample> {
    let size = samples.len().div_ceil(most.max(1)).max(1);
    let join = |part: &[Sample]| {
        let mut joined = Sample::default();
        for sample in part {
            joined.count_in(sample);
            joined.ms += sample.ms;
            joined.at_ms = sample.at_ms;
            joined.connected = sample.connected;
        }
        joined
    };
    samples.chunks(size).map(join).collect()
}

/// The samples of several runs at the same time, added up. Their percentiles are those of the worst run.
#[must_use]
pub fn together(runs: &[&[Sample]]) -> Vec<Sample> {
    let all = || runs.iter().flat_map(|run| run.iter());
    let mut lengths: Vec<u64> = all().map(|sample| sample.ms).collect();
    lengths.sort_unstable();
    let (Some(usual), Some(start), Some(end)) = (
        lengths.get(lengths.len() / 2),
        all().map(Sample::begins).min(),
        all().map(|sample| sample.at_ms).max(),
    ) else {
        return Vec::new();
    };
    // Shards that did not run together would make a row without end.
    let step = (end - start).div_ceil(10 * MOST as u64).max(*usual).max(1);
    let mut joined = Vec::new();
    let mut from = start;
    while from < end {
        let to = from + step;
        let mut sample = Sample {
            at_ms: to,
            ms: step,
            ..Sample::default()
        };
        for run in runs {
            let part = part_of(run, from, to);
            sample.connected += part.connected;
            sample.count_in(&part);
        }
        joined.push(sample);
        from = to;
    }
    joined
}

/// What a run has of a stretch of time: of a sample that is only partly in it, a part of the counts. All parts of a
/// sample together are the sample.
fn part_of(run: &[Sample], from: u64, to: u64) -> Sample {
    let counted = |count: fn(&Sample) -> u64| {
        let until = |time: u64| -> u64 {
            run.iter()
                .map(|sample| {
                    let gone = time.saturating_sub(sample.begins()).min(sample.ms);
                    let part = u128::from(count(sample)) * u128::from(gone);
                    // Not more than the count itself.
                    (part / u128::from(sample.ms.max(1))) as u64
                })
                .sum()
        };
        until(to) - until(from)
    };
    let mut part = Sample {
        published: counted(|sample| sample.published),
        acknowledged: counted(|sample| sample.acknowledged),
        errors: counted(|sample| sample.errors),
        ..Sample::default()
    };
    for sample in run {
        let common = to
            .min(sample.at_ms)
            .saturating_sub(from.max(sample.begins()));
        if common > 0 && 2 * common >= sample.ms.min(to - from) {
            part.count_in(&Sample {
                published: 0,
                acknowledged: 0,
                errors: 0,
                ..*sample
            });
        }
    }
    let last = run.iter().rposition(|sample| sample.at_ms <= to);
    if let Some(last) = last.and_then(|at| run.get(at..)) {
        // After its last sample, a run has no devices any more.
        let is_over = last.len() == 1 && last.iter().any(|sample| sample.at_ms < to);
        let connected = last.first().map_or(0, |sample| sample.connected);
        part.connected = if is_over { 0 } else { connected };
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at_ms: u64, connected: u64, count: u64, p99_ms: Option<f64>) -> Sample {
        Sample {
            at_ms,
            ms: 1000,
            connected,
            published: count,
            acknowledged: count,
            errors: 1,
            p99_ms,
            ..Sample::default()
        }
    }

    #[test]
    fn joined_samples_keep_every_count_and_the_worst_latency() {
        let samples: Vec<Sample> = (1..=10)
            .map(|n| sample(n * 1000, n, n, Some(n as f64)))
            .collect();
        let coarse = coarse(&samples, 3);
        assert_eq!(coarse.len(), 3);
        assert_eq!(
            coarse.iter().map(|sample| sample.published).sum::<u64>(),
            55
        );
        assert_eq!(coarse.iter().map(|sample| sample.ms).sum::<u64>(), 10_000);
        assert_eq!(
            (coarse[0].at_ms, coarse[0].connected, coarse[0].p99_ms),
            (4000, 4, Some(4.0))
        );
        assert_eq!(super::coarse(&samples, 100), samples);
        assert_eq!(super::coarse(&[], 100), []);
    }

    #[test]
    fn runs_at_the_same_time_add_up_by_the_clock() {
        let one = [
            sample(11_000, 5, 10, Some(2.0)),
            sample(12_000, 6, 10, None),
            sample(13_000, 6, 9, None),
        ];
        let other = [
            sample(12_300, 3, 7, Some(1.0)),
            sample(13_300, 3, 7, Some(3.0)),
        ];
        let joined = together(&[&one, &other]);
        let rows: Vec<_> = joined
            .iter()
            .map(|s| (s.at_ms, s.connected, s.published, s.p99_ms))
            .collect();
        assert_eq!(
            rows,
            [
                (11_000, 5, 10, Some(2.0)),
                (12_000, 6, 14, Some(1.0)),
                (13_000, 9, 16, Some(3.0)),
                (14_000, 0, 3, None),
            ]
        );
        assert_eq!(together(&[]), []);
    }
}
