//! Counting instructions: this program runs itself under valgrind, with two numbers of messages.

use std::process::{Command, Stdio};

use crate::clients::Who;
use crate::work::Work;

/// Says that this is the program that is counted; then come client, work and messages.
pub(crate) const COUNTED: &str = "counted";

/// Messages of the shorter and of the longer run: the shorter one has grown every buffer.
const MESSAGES: [usize; 2] = [2_000, 12_000];

/// Whether valgrind is there.
pub(crate) fn is_possible() -> bool {
    let asked = Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    asked.is_ok_and(|answer| answer.status.success())
}

/// Instructions that one message costs this client, without the harness.
pub(crate) fn per_message(who: Who, work: Work) -> Result<f64, String> {
    Ok(with_harness(who, work)? - with_harness(Who::Harness, work)?)
}

/// What is counted: does the work with so many messages.
pub(crate) fn counted(who: &str, work: &str, messages: &str) -> Result<(), String> {
    let who = Who::named(who).ok_or(format!("no client is called {who}"))?;
    let work = Work::named(work).ok_or(format!("no work is called {work}"))?;
    let messages = messages
        .parse()
        .map_err(|error| format!("{messages} messages: {error}"))?;
    work.run(who.start()?.as_mut(), messages);
    Ok(())
}

fn with_harness(who: Who, work: Work) -> Result<f64, String> {
    let [fewer, more] = MESSAGES;
    let instructions = instructions(who, work, more)? - instructions(who, work, fewer)?;
    Ok(instructions / (more - fewer) as f64)
}

fn instructions(who: Who, work: Work, messages: usize) -> Result<f64, String> {
    let own = std::env::current_exe().map_err(|error| format!("the program itself: {error}"))?;
    let output = Command::new("valgrind")
        // One instruction that copies many bytes is counted as one a byte: have large copies made as smaller ones are.
        .env(
            "GLIBC_TUNABLES",
            "glibc.cpu.x86_rep_movsb_threshold=1000000000",
        )
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args([COUNTED, who.name(), work.name(), &messages.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    // `==123== Collected : 4567`
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse().ok());
    match (output.status.success(), collected) {
        (true, Some(count)) => Ok(count),
        _ => Err(format!(
            "valgrind counted nothing for {} {}:\n{said}",
            who.name(),
            work.name()
        )),
    }
}
