//! A summary and its numbers for people.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use super::cause;
use super::shard::Shard;
use super::summary::{Percentiles, Summary};

impl Summary {
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
mod tests {
    use super::super::statistics::Errors;
    use super::super::summary::tests::summary;
    use super::*;

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
