//! `cargo xtask fuzz`: the fuzz targets, and the tracked list of the executions that have passed.
//!
//! The fuzzer needs cargo-fuzz and a nightly compiler; neither is installed from here.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::committed;
use crate::failure::{Failure, command_line};
use crate::places::{Places, forget_package};
use crate::steps::{Steps, answer, run};

/// Executions of each target, unless told otherwise.
const RUNS: u64 = 1_000_000;
/// The longest input that the fuzzer makes, in bytes.
const MAX_LEN: usize = 2_048;
/// The list, from the top folder.
const PASSED: &str = "fuzz/passed.md";
/// What decides about the outcome of an execution.
const TREES: [&str; 3] = ["core", "platform", "tests/hostile"];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fuzz {
    /// The targets; none is all.
    targets: Vec<String>,
    runs: u64,
    log: bool,
    /// Only build them.
    build: bool,
}

impl Fuzz {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut fuzz = Self {
            targets: Vec::new(),
            runs: RUNS,
            log: false,
            build: false,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--runs" => {
                    let number = arguments.next().and_then(|text| text.parse().ok());
                    fuzz.runs = number.filter(|runs| *runs > 0).ok_or_else(|| {
                        Failure::usage("`--runs` wants a whole number from 1 on".into())
                    })?;
                }
                "--log" => fuzz.log = true,
                "--build" => fuzz.build = true,
                target if !target.starts_with('-') => fuzz.targets.push(target.to_owned()),
                other => return Err(Failure::usage(format!("`fuzz` does not know `{other}`"))),
            }
        }
        Ok(fuzz)
    }
}

/// Whether this machine has what fuzzing needs.
pub(crate) fn is_ready() -> bool {
    answer(nightly_fuzz().arg("--version")).is_some()
}

/// Does what was asked for.
pub(crate) fn fuzz(places: &Places, what: &Fuzz, steps: &mut Steps) -> Result<(), Failure> {
    if !is_ready() {
        return Err(Failure::Missing {
            what: "fuzzing needs cargo-fuzz and a nightly compiler".into(),
            remedy: "`cargo install cargo-fuzz` and `rustup toolchain install nightly` bring them."
                .into(),
        });
    }
    let cells = what
        .log
        .then(|| committed::cells(places, &TREES))
        .transpose()?;
    let known = targets(&places.root)?;
    if let Some(unknown) = what.targets.iter().find(|target| !known.contains(target)) {
        return Err(Failure::usage(format!(
            "there is no fuzz target `{unknown}`: the targets are {}",
            known.join(", ")
        )));
    }
    steps.step("fuzz targets", || run(&mut cargo_fuzz(places, "build")))?;
    if what.build {
        return Ok(());
    }
    let chosen = if what.targets.is_empty() {
        &known
    } else {
        &what.targets
    };
    for target in chosen {
        let done = steps.step(target, || one(places, target, what.runs))?;
        if let Some(cells) = &cells {
            append(&places.root.join(PASSED), target, done, cells)?;
        }
    }
    Ok(())
}

/// Runs one target, and answers how many executions there were. What the fuzzer finds worth keeping goes to a folder of
/// its own below the target folder: not every machine's finds belong into the tree.
fn one(places: &Places, target: &str, runs: u64) -> Result<u64, Failure> {
    let found = places.target.join("fuzz").join(target);
    fs::create_dir_all(&found).map_err(Failure::file("create", &found))?;
    let mut command = cargo_fuzz(places, "run");
    command.arg(target).arg(&found);
    command.arg(places.root.join("fuzz/corpus").join(target));
    command.arg("--").arg(format!("-runs={runs}"));
    command.arg(format!("-max_len={MAX_LEN}"));
    command.stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| Failure::not_started(&command, error))?;
    let mut done = None;
    if let Some(said) = child.stderr.take() {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            eprintln!("{line}");
            done = executions(&line).or(done);
        }
    }
    let status = child
        .wait()
        .map_err(|error| Failure::not_started(&command, error))?;
    if !status.success() {
        return Err(Failure::Ended {
            command: command_line(&command),
            status,
        });
    }
    done.ok_or_else(|| Failure::Unexpected("the fuzzer did not say how much it has done".into()))
}

/// From the fuzzer's last word, such as `Done 1000 runs in 3 second(s)`.
fn executions(line: &str) -> Option<u64> {
    let (number, _) = line.strip_prefix("Done ")?.split_once(" runs in ")?;
    number.parse().ok()
}

fn append(file: &Path, target: &str, runs: u64, cells: &str) -> Result<(), Failure> {
    let mut list = OpenOptions::new()
        .append(true)
        .open(file)
        .map_err(Failure::file("write", file))?;
    writeln!(list, "| {target} | {runs} | {cells} |").map_err(Failure::file("write", file))
}

/// Without a sanitizer: the code that is fuzzed has no `unsafe`, and runs several times as fast.
fn cargo_fuzz(places: &Places, verb: &str) -> Command {
    let mut command = nightly_fuzz();
    command.current_dir(places.root.join("fuzz"));
    command.args([verb, "--sanitizer", "none", "--fuzz-dir", "."]);
    command
}

/// cargo-fuzz with the nightly compiler, whichever one runs this.
fn nightly_fuzz() -> Command {
    let mut command = Command::new("rustup");
    forget_package(&mut command);
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command
}

/// The targets that there are, sorted.
fn targets(root: &Path) -> Result<Vec<String>, Failure> {
    let folder = root.join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(Failure::file("read", &folder))?;
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let mut names: Vec<_> = entries
        .flatten()
        .filter_map(|entry| stem(entry.path()))
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Fuzz, Failure> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        Fuzz::parse(&words)
    }

    #[test]
    fn all_targets_are_run_unless_some_are_named() {
        let fuzz = parse("").expect("nothing is needed");
        assert_eq!((fuzz.targets.len(), fuzz.runs, fuzz.log), (0, RUNS, false));
        let fuzz = parse("frame --runs 7 --log device").expect("known");
        assert_eq!(fuzz.targets, ["frame", "device"]);
        assert_eq!((fuzz.runs, fuzz.log), (7, true));
    }

    #[test]
    fn a_number_that_is_none_and_an_option_that_is_unknown_are_named() {
        for (line, named) in [
            ("--runs 0", "--runs"),
            ("--runs", "--runs"),
            ("--fast", "--fast"),
        ] {
            let failure = parse(line).expect_err(line).to_string();
            assert!(failure.contains(named), "{failure}");
        }
    }

    #[test]
    fn the_fuzzers_last_word_says_how_much_was_done() {
        assert_eq!(
            executions("Done 1293399 runs in 21 second(s)"),
            Some(1_293_399)
        );
        assert_eq!(executions("#1293399\tDONE   cov: 788"), None);
    }

    #[test]
    fn every_check_has_its_target() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let targets = targets(&root).expect("the folder is there");
        let checks =
            fs::read_to_string(root.join("tests/hostile/src/lib.rs")).expect("it is there");
        for target in &targets {
            assert!(checks.contains(&format!("(\"{target}\", ")), "{target}");
        }
        assert!(targets.len() >= 7, "{targets:?}");
    }
}
