//! Lines from a file to the broker, which has nobody to give them to.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Instant;

use tern_measure::wait_with_cpu;

use crate::arrivals::Arrivals;
use crate::programs::Program;
use crate::{PAYLOAD, Run};

/// Publishes `messages` lines with one program, and sees how many of them arrive.
pub(crate) fn run(
    program: Program,
    broker: SocketAddr,
    qos: u8,
    messages: u64,
    arrivals: &mut Arrivals,
) -> Run {
    let lines = lines(messages);
    let since = Instant::now();
    let mut child = program
        .publish(broker, qos)
        .stdin(Stdio::from(lines))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (status, cpu) = wait_with_cpu(&mut child).expect("a child can be waited for");
    let time = since.elapsed();
    assert!(
        status.success(),
        "{} ended by {status} while publishing",
        program.name()
    );
    let arrived = arrivals.since();
    Run { cpu, time, arrived }
}

/// A file that nobody else sees, read from its start.
fn lines(messages: u64) -> File {
    let mut file = tempfile::tempfile().expect("the folder for temporary files can be written to");
    let mut lines = BufWriter::new(&mut file);
    for number in 0..messages {
        writeln!(lines, "{number:0PAYLOAD$}").expect("there is room for the lines");
    }
    lines.flush().expect("there is room for the lines");
    drop(lines);
    file.rewind().expect("a file has a start");
    file
}
