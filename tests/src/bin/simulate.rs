//! Runs seeds of the simulation: see `cargo xtask simulate --help`, which builds and calls it.
#![forbid(unsafe_code)]

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tern_tests::simulation::{self, Broken};

/// Lines of the trace that are shown of a seed that fails.
const LAST_LINES: usize = 40;

/// Exit status for a call that can't be understood.
const USAGE: u8 = 64;

fn main() -> ExitCode {
    match Call::parse(std::env::args().skip(1)) {
        Ok(Call::Replay { seed }) => replay(seed),
        Ok(Call::Run { from, seeds }) => run(from, seeds),
        Err(what) => {
            eprintln!("simulate: {what}\nusage: simulate --seeds N [--from S] | simulate --seed S");
            ExitCode::from(USAGE)
        }
    }
}

/// What was asked for.
enum Call {
    Run { from: u64, seeds: u64 },
    Replay { seed: u64 },
}

impl Call {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments;
        let (mut seeds, mut from, mut seed) = (None, 0, None);
        while let Some(option) = arguments.next() {
            let text = arguments
                .next()
                .ok_or_else(|| format!("{option} wants a number"))?;
            let number = text
                .parse()
                .map_err(|_| format!("{option} wants a number, and {text:?} is none"))?;
            match option.as_str() {
                "--seeds" => seeds = Some(number),
                "--from" => from = number,
                "--seed" => seed = Some(number),
                _ => return Err(format!("there is no option {option:?}")),
            }
        }
        match (seeds, seed) {
            (Some(seeds), None) => Ok(Self::Run { from, seeds }),
            (None, Some(seed)) => Ok(Self::Replay { seed }),
            _ => Err("either --seeds or --seed is wanted".to_owned()),
        }
    }
}

fn replay(seed: u64) -> ExitCode {
    let replay = simulation::replay(seed);
    for line in replay.lines {
        println!("{line}");
    }
    match replay.outcome {
        Ok(passed) => {
            println!(
                "seed {seed} passed: {} s of virtual time, {} wake-ups",
                passed.time.as_secs(),
                passed.events
            );
            ExitCode::SUCCESS
        }
        Err(broken) => {
            println!("seed {seed}: {broken}");
            ExitCode::FAILURE
        }
    }
}

/// What all threads have done so far.
#[derive(Default)]
struct Sum {
    passed: u64,
    time: Duration,
    events: u64,
    first_failure: Option<(u64, Broken)>,
}

fn run(from: u64, seeds: u64) -> ExitCode {
    let begin = Instant::now();
    let (next, sum) = (AtomicU64::new(from), Mutex::new(Sum::default()));
    let end = from.saturating_add(seeds);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&next, end, &sum));
        }
    });
    let sum = sum
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let seconds = begin.elapsed().as_secs_f64();
    let hours = sum.time.as_secs_f64() / 3600.0;
    println!(
        "{} seeds from {from} passed in {seconds:.1} s: {:.0} seeds/s, {:.0} virtual hours in all, {:.1} virtual \
         hours/s, {:.0} wake-ups/s, {threads} threads",
        sum.passed,
        sum.passed as f64 / seconds,
        hours,
        hours / seconds,
        sum.events as f64 / seconds,
    );
    match sum.first_failure {
        None => ExitCode::SUCCESS,
        Some((seed, broken)) => {
            show(seed, &broken);
            ExitCode::FAILURE
        }
    }
}

fn work(next: &AtomicU64, end: u64, sum: &Mutex<Sum>) {
    let mut own = Sum::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            break;
        }
        match simulation::run(seed) {
            Ok(passed) => {
                own.passed += 1;
                own.time += passed.time;
                own.events += passed.events;
            }
            Err(broken) => {
                own.first_failure = Some((seed, broken));
                // The others end with the seeds that they are at.
                next.store(end, Ordering::Relaxed);
                break;
            }
        }
    }
    let mut sum = sum.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    sum.passed += own.passed;
    sum.time += own.time;
    sum.events += own.events;
    let first = [sum.first_failure.take(), own.first_failure];
    sum.first_failure = first.into_iter().flatten().min_by_key(|(seed, _)| *seed);
}

fn show(seed: u64, broken: &Broken) {
    let lines = simulation::replay(seed).lines;
    let first = lines.len().saturating_sub(LAST_LINES);
    println!("\nthe end of the trace of seed {seed}:");
    for line in &lines[first..] {
        println!("{line}");
    }
    println!("\nseed {seed} FAILED: {broken}");
    println!("replay it: cargo xtask simulate --seed {seed}");
}
