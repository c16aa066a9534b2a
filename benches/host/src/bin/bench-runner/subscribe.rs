//! Messages from the broker to a pipe, whose reader counts them.

use std::io::Read;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use tern_measure::wait_with_cpu;

use crate::feeder::Feeder;
use crate::programs::Program;
use crate::{PAYLOAD, Run};

/// Lets one program print `messages`, each a line.
pub(crate) fn run(program: Program, broker: SocketAddr, qos: u8, messages: u64) -> Run {
    let feeder = Feeder::start(broker, qos);
    // The first is the one that the broker has kept.
    let mut child = program
        .subscribe(broker, qos, messages + 1)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdout = child.stdout.take().expect("stdout is a pipe");
    let line = PAYLOAD as u64 + 1;
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    while bytes < line {
        bytes += read(&mut stdout, &mut buffer);
    }
    let since = Instant::now();
    let (sender, arrived) = channel();
    let feeding = thread::spawn(move || feeder.feed(qos, messages, &arrived));
    loop {
        let got = read(&mut stdout, &mut buffer);
        if got == 0 {
            break;
        }
        bytes += got;
        // The feeder may have gone, and says so.
        let _ = sender.send((bytes / line).saturating_sub(1));
    }
    drop(sender);
    feeding.join().expect("the feeder feeds");
    let (status, cpu) = wait_with_cpu(&mut child).expect("a child can be waited for");
    let time = since.elapsed();
    assert!(
        status.success(),
        "{} ended by {status} while subscribing",
        program.name()
    );
    assert_eq!(
        bytes,
        (messages + 1) * line,
        "{} has not printed each message once",
        program.name()
    );
    Run {
        cpu,
        time,
        arrived: messages,
    }
}

fn read(from: &mut impl Read, buffer: &mut [u8]) -> u64 {
    let got = from.read(buffer).expect("a pipe can be read");
    got as u64
}
