//! Instructions per message of the core, beside other MQTT clients' cores. `cargo xtask bench core` runs it.
//!
//! What each client does is in `clients/`: the same work behind one trait. `valgrind` counts the instructions of this
//! very program, run again with two numbers of messages; the difference leaves start-up out, and a client that does
//! nothing takes away what the harness itself costs. Nanoseconds are measured natively, all clients in turn.
#![forbid(unsafe_code)]

mod clients;
mod count;
mod recorded;
mod time;
mod work;

use std::process::ExitCode;

use clients::Who;
use recorded::Recorded;
use work::{BATCH, PAYLOAD, TOPIC, Work};

const USAGE: &str = "bench-core            prints the table
bench-core --check    compares Tern's instruction counts with benches/core/instructions.toml (status 77: this machine
                      can't, since valgrind, the processor or the C library is another)
bench-core --renew    writes that file";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => table(),
        ["--check"] => match check() {
            Ok(Checked::Compared) => Ok(()),
            Ok(Checked::Skipped(reason)) => {
                tern_skipped::skipped(&reason);
                return ExitCode::from(tern_skipped::STATUS);
            }
            Err(reason) => Err(reason),
        },
        ["--renew"] => renew(),
        [count::COUNTED, who, work, messages] => count::counted(who, work, messages),
        _ => Err(format!("this is known:\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("bench-core: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn table() -> Result<(), String> {
    if !count::is_possible() {
        eprintln!(
            "valgrind is not installed (Debian: apt-get install valgrind): instructions are left out"
        );
    }
    println!(
        "One QoS 1 message of {} bytes on {TOPIC}; what the harness costs is subtracted.",
        PAYLOAD.len()
    );
    println!(
        "A device of Tern takes {} bytes, what it points to left out.\n",
        size_of::<tern_core::device::Device>()
    );
    for work in Work::ALL {
        println!("{}", work.words());
        println!(
            "  {:44} {:>12} {:>7} {:>9} {:>7}",
            "", "instructions", "ratio", "ns", "ratio"
        );
        let instructions = match count::is_possible() {
            true => Some(Who::ALL.map(|who| count::per_message(who, work))),
            false => None,
        };
        let times = time::per_message(work);
        let tern = (
            instructions
                .as_ref()
                .map(|all| all[0].clone())
                .transpose()?,
            times[0],
        );
        for (index, who) in Who::ALL.into_iter().enumerate() {
            let counted = match &instructions {
                Some(all) => Some(all[index].clone()?),
                None => None,
            };
            let ratio = counted.zip(tern.0).map(|(theirs, ours)| theirs / ours);
            let or_dash = |value: Option<f64>, places: usize| {
                value.map_or("-".to_owned(), |value| format!("{value:.places$}"))
            };
            println!(
                "  {:44} {:>12} {:>7} {:>9.1} {:>7.1}",
                who.words(),
                or_dash(counted, 0),
                or_dash(ratio, 1),
                times[index],
                times[index] / tern.1,
            );
        }
        println!();
    }
    Ok(())
}

/// Counts Tern's instructions for every kind of work.
fn ours() -> Result<Vec<(String, f64)>, String> {
    Work::ALL
        .into_iter()
        .map(|work| Ok((work.name().to_owned(), count::per_message(Who::Tern, work)?)))
        .collect()
}

/// What a check has come to, where it found nothing wrong.
enum Checked {
    Compared,
    /// This machine can't tell, and why.
    Skipped(String),
}

fn check() -> Result<Checked, String> {
    if !count::is_possible() {
        let reason = "valgrind is not installed (Debian: apt-get install valgrind)";
        return Ok(Checked::Skipped(reason.into()));
    }
    let recorded = Recorded::read()?;
    if let Some(reason) = recorded.not_comparable() {
        return Ok(Checked::Skipped(reason));
    }
    let report = recorded.compare(&ours()?);
    print!("{}", report.lines);
    if report.grown {
        return Err(format!(
            "the core needs over {} % more instructions than {} says{}. Find out what costs them; if they are worth \
             it, `cargo xtask bench core --renew` writes the file anew",
            recorded::TOLERANCE_PERCENT,
            recorded::FILE,
            recorded.other_compiler()
        ));
    }
    Ok(Checked::Compared)
}

fn renew() -> Result<(), String> {
    if !count::is_possible() {
        return Err("valgrind is not installed (Debian: apt-get install valgrind)".into());
    }
    Recorded::of(&ours()?).write()?;
    println!("written: {}", recorded::FILE);
    Ok(())
}

// What the batch is for stands with the work; here only that a read is no larger than the window of every client.
const _: () = assert!(BATCH <= 100, "rumqttc and Tern are given a window of 100");
