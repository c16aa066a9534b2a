//! The table that is printed.

use crate::shape::Shape;
use crate::timed::Times;

/// One row: its figures stand in the order of `Place::ALL`.
pub(crate) struct Row<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) times: Times,
    pub(crate) counts: [Option<f64>; 3],
}

/// Medians by row: ns per message, what the sandbox takes of it, and instructions.
pub(crate) fn print(rows: &[Row<'_>]) {
    println!(
        "{:42} {:>8} {:>8} {:>8} {:>8} {:>8} {:>27}",
        "64 B payloads, QoS 1, with the PUBACK",
        "native",
        "sandbox",
        "lean",
        "sandbox",
        "sandbox",
        "instructions per message"
    );
    println!(
        "{:42} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}{:>9}{:>9}",
        "", "ns", "ns", "ns", "/native", "/lean", "native", "sandbox", "lean"
    );
    for row in rows {
        let [native, sandbox, lean] = row.times.ns;
        print!(
            "{:42} {native:8.1} {sandbox:8.1} {lean:8.1} {:8.2} {:8.2} ",
            row.shape.name, row.times.of_native, row.times.of_lean
        );
        for count in row.counts {
            match count {
                Some(count) => print!("{count:9.0}"),
                None => print!("{:>9}", "-"),
            }
        }
        println!();
    }
}
