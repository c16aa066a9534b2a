//! Several shards' summaries as one.

use std::path::{Path, PathBuf};

use super::series::{MOST, coarse, together};
use super::shard::Shard;
use super::summary::Summary;

/// Why summaries don't belong together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There are none.
    #[error("no summary: give the files that `tern fleet --summary` wrote")]
    None,
    /// They are of different plans.
    #[error(
        "{} and {} are of different runs: {field} is {ours} in the first and {theirs} in the second; merge the \
         shards of one run",
        first.display(), second.display()
    )]
    Plan {
        /// One file.
        first: PathBuf,
        /// Another.
        second: PathBuf,
        /// What differs.
        field: String,
        /// Its value in the first.
        ours: String,
        /// Its value in the second.
        theirs: String,
    },
    /// A shard is in two of them.
    #[error(
        "shard {shard} is in {} and in {}: its devices would count twice; give each shard once",
        first.display(), second.display()
    )]
    Twice {
        /// The shard.
        shard: Shard,
        /// One file.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
}

/// Adds summaries up.
///
/// # Errors
/// There are none, they are of different plans, or have a shard in common.
pub fn merge(parts: &[(PathBuf, Summary)]) -> Result<Summary, MergeError> {
    let Some(((first_path, first), others)) = parts.split_first() else {
        return Err(MergeError::None);
    };
    let mut sum = first.clone();
    for (path, other) in others {
        same_plan((first_path, first), (path, other))?;
        for shard in &other.shards {
            if sum.shards.contains(shard) {
                let has = |(_, part): &&(PathBuf, Summary)| part.shards.contains(shard);
                let first = parts.iter().find(has).map_or(first_path, |(path, _)| path);
                return Err(MergeError::Twice {
                    shard: *shard,
                    first: first.clone(),
                    second: path.clone(),
                });
            }
        }
        add(&mut sum, other);
    }
    sum.shards.sort_unstable();
    sum.latency = (&sum.histogram).into();
    if parts.len() > 1 {
        let series: Vec<&[_]> = parts.iter().map(|(_, part)| &part.series[..]).collect();
        sum.series = coarse(&together(&series), MOST);
    }
    Ok(sum)
}

/// The shards that a summary lacks.
#[must_use]
pub fn missing(summary: &Summary) -> Vec<u64> {
    let count = summary.shards.first().map_or(1, |shard| shard.count());
    let has = |index: &u64| summary.shards.iter().any(|shard| shard.index() == *index);
    (0..count).filter(|index| !has(index)).collect()
}

fn add(sum: &mut Summary, other: &Summary) {
    sum.shards.extend(&other.shards);
    sum.started_ms = sum.started_ms.min(other.started_ms);
    sum.ended_ms = sum.ended_ms.max(other.ended_ms);
    let devices = &mut sum.devices;
    devices.planned += other.devices.planned;
    devices.ever_connected += other.devices.ever_connected;
    devices.connected_at_end += other.devices.connected_at_end;
    devices.reconnects += other.devices.reconnects;
    devices.sandboxes_lost += other.devices.sandboxes_lost;
    sum.messages.add(&other.messages);
    for (key, errors) in &other.errors {
        let all = sum.errors.entry(key.clone()).or_default();
        all.count += errors.count;
        if all.first.is_empty() {
            all.first.clone_from(&errors.first);
        }
    }
    sum.run.connect_rate += other.run.connect_rate;
    sum.run.latest_publish_ms = sum.run.latest_publish_ms.max(other.run.latest_publish_ms);
    sum.histogram.add(&other.histogram);
}

/// Whether they are parts of one run; if not, the first thing that differs.
fn same_plan(
    (first_path, first): (&Path, &Summary),
    (path, other): (&Path, &Summary),
) -> Result<(), MergeError> {
    let differs = |field: &str, ours: String, theirs: String| {
        Err(MergeError::Plan {
            first: first_path.to_owned(),
            second: path.to_owned(),
            field: field.to_owned(),
            ours,
            theirs,
        })
    };
    let json = |summary: &Summary| serde_json::to_value(&summary.plan).unwrap_or_default();
    let (ours, theirs) = (json(first), json(other));
    for (field, value) in ours.as_object().into_iter().flatten() {
        let their_value = theirs.get(field).cloned().unwrap_or_default();
        if *value != their_value {
            return differs(field, value.to_string(), their_value.to_string());
        }
    }
    let counts = |summary: &Summary| summary.shards.first().map_or(1, |shard| shard.count());
    if counts(first) != counts(other) {
        let count = |summary| counts(summary).to_string();
        return differs("the number of shards", count(first), count(other));
    }
    for (field, ours, theirs) in [
        (
            "native",
            first.run.native.to_string(),
            other.run.native.to_string(),
        ),
        (
            "per_sandbox",
            first.run.per_sandbox.to_string(),
            other.run.per_sandbox.to_string(),
        ),
    ] {
        if ours != theirs {
            return differs(field, ours, theirs);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::statistics::Errors;
    use super::super::summary::tests::summary;
    use super::*;

    fn part(shard: &str) -> (PathBuf, Summary) {
        (shard.replace('/', "-").into(), summary(shard))
    }

    #[test]
    fn counts_and_histograms_add_up() {
        let mut slow = part("2/3");
        for _ in 0..100 {
            slow.1.histogram.record(Duration::from_secs(2));
        }
        slow.1.messages.accepted += 101;
        slow.1.messages.acknowledged += 100;
        slow.1.messages.lost += 1;
        slow.1.errors.insert(
            "publish_lost".into(),
            Errors {
                count: 1,
                first: "x".into(),
            },
        );
        slow.1.started_ms += 5;
        slow.1.ended_ms += 5;
        let sum = merge(&[slow, part("0/3"), part("1/3")]).unwrap();
        assert_eq!(sum.messages.accepted, 401);
        assert_eq!(sum.devices.planned, 3);
        assert_eq!(sum.histogram.count(), 400);
        assert_eq!(sum.latency.within_1s, Some(0.75));
        assert!(sum.latency.p99_ms.unwrap() > 1990.0);
        assert_eq!(sum.errors["publish_lost"].count, 1);
        assert_eq!(sum.ended_ms - sum.started_ms, 61_205);
        assert_eq!(missing(&sum), [] as [u64; 0]);
        assert_eq!(missing(&part("1/3").1), [0, 2]);
        let order: Vec<u64> = sum.shards.iter().map(|shard| shard.index()).collect();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn a_merged_summary_merges_again() {
        let two = ("two".into(), merge(&[part("0/3"), part("2/3")]).unwrap());
        let all = merge(&[two.clone(), part("1/3")]).unwrap();
        assert_eq!(all.messages.accepted, 300);
        let error = merge(&[two, part("2/3")]).unwrap_err().to_string();
        assert!(
            error.starts_with("shard 2/3 is in two and in 2-3"),
            "{error}"
        );
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        assert_eq!(merge(&[]), Err(MergeError::None));
        let error = |other| merge(&[part("0/3"), other]).unwrap_err().to_string();
        let mut other = part("1/3");
        other.1.plan.seed = 2;
        assert_eq!(
            error(other),
            "0-3 and 1-3 are of different runs: seed is 1 in the first and 2 in the second; merge the shards of \
             one run"
        );
        assert!(error(part("1/4")).contains("the number of shards is 3 in the first and 4"));
        let mut other = part("1/3");
        other.1.plan.subscribe = Some("/x".into());
        assert!(error(other).contains("subscribe is null in the first and \"/x\" in the second"));
        let mut other = part("1/3");
        other.1.run.native = true;
        assert!(error(other).contains("native is false"));
    }
}
