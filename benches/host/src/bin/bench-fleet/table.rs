//! The table: a row for each runner, and its memory as a ratio to that of the first row.

use crate::observed::Observed;

/// A table that is being printed.
pub(crate) struct Table {
    /// Bytes for each device in its first row.
    first: Option<f64>,
}

impl Table {
    /// Prints its head.
    pub(crate) fn begin() -> Self {
        println!(
            "{:<34} {:<14} {:>8} {:>11} {:>6} {:>10} {:>10} {:>6} {:>10} {:>8} {:>8} {:>9} {:>6}",
            "",
            "against",
            "devices",
            "KiB/device",
            "ratio",
            "MiB in all",
            "messages/s",
            "CPU, %",
            "CPU/1,000",
            "p50, ms",
            "p99, ms",
            "p99.9, ms",
            "lost"
        );
        Self { first: None }
    }

    /// A row: `few` devices tell what the runner takes by itself.
    pub(crate) fn row(&mut self, runner: &str, against: &str, few: &Observed, many: &Observed) {
        let more = (many.devices - few.devices) as f64;
        let per_device = (many.memory as f64 - few.memory as f64) / more;
        let first = *self.first.get_or_insert(per_device);
        let millis =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        let reached = &many.reached;
        println!(
            "{runner:<34} {against:<14} {:>8} {:>11.1} {:>6.2} {:>10.1} {:>10.0} {:>6.1} {:>7.1} ms {:>8} {:>8} {:>9} {:>6}",
            many.devices,
            per_device / 1024.0,
            per_device / first,
            many.memory as f64 / 1024.0 / 1024.0,
            reached.per_second,
            many.cpu,
            many.cpu * 10_000.0 / reached.per_second,
            millis(reached.p50),
            millis(reached.p99),
            millis(reached.p999),
            reached.lost
        );
    }
}
