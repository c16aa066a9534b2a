//! The table: a row for each runner.

use crate::observed::Observed;

pub(crate) fn head() {
    println!(
        "{:<26} {:<14} {:>8} {:>11} {:>10} {:>10} {:>6} {:>10} {:>8} {:>8} {:>9} {:>6}",
        "",
        "against",
        "devices",
        "KiB/device",
        "MiB in all",
        "messages/s",
        "CPU, %",
        "CPU/1,000",
        "p50, ms",
        "p99, ms",
        "p99.9, ms",
        "lost"
    );
}

/// A row: `few` devices tell what the runner takes by itself.
pub(crate) fn row(runner: &str, against: &str, few: &Observed, many: &Observed) {
    let more = (many.devices - few.devices) as f64;
    let per_device = (many.memory as f64 - few.memory as f64) / more;
    let millis = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
    let reached = &many.reached;
    println!(
        "{runner:<26} {against:<14} {:>8} {:>11.1} {:>10.1} {:>10.0} {:>6.1} {:>7.1} ms {:>8} {:>8} {:>9} {:>6}",
        many.devices,
        per_device / 1024.0,
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
