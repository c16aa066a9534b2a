//! The project's chores as one small program: `cargo xtask up`, `cargo xtask test`, …
//!
//! It drives the tools that people would otherwise call by hand (cargo, rustup, Trunk, npm, apt) and says what each
//! of them costs. It asks nothing, and it installs nothing outside its own cache folder but the wasm target and, as
//! root on Debian, what the tests and benchmarks need: the browser, npm, mosquitto, Python, tshark, valgrind.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod build;
mod committed;
mod conformance;
mod console;
mod count;
mod dependencies;
mod failure;
mod files;
mod flood;
mod fuzz;
mod npm;
mod packaged;
mod parts;
mod peers;
mod places;
mod program;
mod simulate;
mod size;
mod steps;
mod system;
mod test;
mod tools;
mod up;
mod version;

use std::process::ExitCode;

use bench::Bench;
use failure::Failure;
use fuzz::Fuzz;
use places::Places;
use simulate::Simulate;
use steps::Steps;

const HELP: &str = "\
The project's chores.

  cargo xtask up [--release] [-- OPTIONS]   installs what is missing, builds everything, and starts it:
                                            stand-in, console and a sample device (OPTIONS are `tern up`'s)
  cargo xtask tools                         installs what is missing, and no more
  cargo xtask build [--release]             builds console, program and target/tern_device.wasm
  cargo xtask test                          runs every test, those in a headless browser too
  cargo xtask bench console [--profile]     measures what the console takes in, beside a page that only counts
                                            (--profile: and says where page and worker spend their time)
  cargo xtask bench core [--check|--renew]  counts the core's instructions per message, beside other clients
                                            (--check: compares them with what stands in benches/core, --renew: writes
                                            that anew; valgrind counts)
  cargo xtask bench {OF_THE_HOST} [-- OPTIONS]
                                            measures the released program beside what people would use instead
  cargo xtask simulate [--seeds N] [--from S] [--log]
                                            runs seeds of the simulation that nobody has run (2,000; --log: and
                                            writes them into tests/simulation/passed.md)
  cargo xtask simulate --seed S             replays one seed and prints its trace
  cargo xtask simulate --mutants            shows that each device that is broken on purpose is found
  cargo xtask fuzz [TARGET…] [--runs N] [--log] [--build]
                                            runs the fuzz targets (1,000,000 executions each; --log: and writes them
                                            into fuzz/passed.md; --build: only builds them)
  cargo xtask flood                         prints what ten thousand hostile connections cost the stand-in (Linux)
  cargo xtask dependencies                  judges what comes into the workspace, by cargo-deny, which it brings
  cargo xtask size                          prints the sizes of the console's files and of the component
  cargo xtask conformance [--missing]       prints each normative statement of MQTT 3.1.1 with the tests that show it
                                            (--missing: only what has none)
  cargo xtask count                         prints the lines of code and the tests of each crate
  cargo xtask help                          prints this

Tools go to a cache folder that outlives the clone: $TERN_CACHE, else $XDG_CACHE_HOME/tern, else ~/.cache/tern.
";

/// The help, with the names of all benchmarks.
fn help() -> String {
    HELP.replace("{OF_THE_HOST}", &bench::of_the_host("|"))
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let chore = Chore::parse(&arguments)?;
    if chore == Chore::Help {
        print!("{}", help());
        return Ok(());
    }
    let places = Places::find()?;
    let mut steps = Steps::new();
    let mut program = None;
    let outcome = match &chore {
        Chore::Help => Ok(()),
        Chore::Up { release, .. } => {
            up::prepare(&places, *release, &mut steps).map(|built| program = Some(built))
        }
        Chore::Tools => tools::Tools::ready(&places, &mut steps).map(|tools| tools.print()),
        Chore::Build { release } => build::build(&places, *release, &mut steps),
        Chore::Test => test::test(&places, &mut steps),
        Chore::Bench(what) => bench::bench(&places, what, &mut steps),
        Chore::Simulate(what) => simulate::simulate(&places, what, &mut steps),
        Chore::Fuzz(what) => fuzz::fuzz(&places, what, &mut steps),
        Chore::Dependencies => dependencies::dependencies(&places, &mut steps),
        Chore::Flood => flood::flood(&places, &mut steps),
        Chore::Size => size::size(&places),
        Chore::Conformance { missing } => conformance::conformance(&places, *missing),
        Chore::Count => count::count(&places),
    };
    steps.print_summary();
    steps.report_skipped()?;
    outcome?;
    match (program, chore) {
        (Some(program), Chore::Up { options, .. }) => up::start(&program, &options),
        _ => Ok(()),
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Chore {
    Help,
    Up { release: bool, options: Vec<String> },
    Tools,
    Build { release: bool },
    Test,
    Bench(Bench),
    Simulate(Simulate),
    Fuzz(Fuzz),
    Dependencies,
    Flood,
    Size,
    Conformance { missing: bool },
    Count,
}

impl Chore {
    fn parse(arguments: &[String]) -> Result<Chore, Failure> {
        let (chore, rest) = match arguments.split_first() {
            None => return Ok(Chore::Help),
            Some((chore, rest)) => (chore.as_str(), rest),
        };
        // What stands behind `--` belongs to the program that is started.
        let (own, options) = match rest.iter().position(|argument| argument == "--") {
            Some(at) => (rest.get(..at), rest.get(at + 1..)),
            None => (Some(rest), None),
        };
        let (own, options) = (own.unwrap_or_default(), options.unwrap_or_default());
        let asks_for_help = own
            .iter()
            .any(|argument| argument == "--help" || argument == "-h");
        if chore == "bench" && !asks_for_help {
            return Bench::parse(own, options).map(Chore::Bench);
        }
        if matches!(chore, "simulate" | "fuzz") && !asks_for_help {
            if !options.is_empty() {
                return Err(Failure::usage(format!(
                    "`{chore}` takes nothing behind `--`"
                )));
            }
            return match chore {
                "fuzz" => Fuzz::parse(own).map(Chore::Fuzz),
                _ => Simulate::parse(own).map(Chore::Simulate),
            };
        }
        let (mut release, mut missing) = (false, false);
        for argument in own {
            match (chore, argument.as_str()) {
                ("conformance", "--missing") => missing = true,
                ("up" | "build", "--release") => release = true,
                (_, "-h" | "--help") => return Ok(Chore::Help),
                (_, other) => {
                    return Err(Failure::usage(format!("`{chore}` does not know `{other}`")));
                }
            }
        }
        if chore != "up" && !options.is_empty() {
            return Err(Failure::usage(format!(
                "`{chore}` takes nothing behind `--`"
            )));
        }
        match chore {
            "up" => Ok(Chore::Up {
                release,
                options: options.to_vec(),
            }),
            "build" => Ok(Chore::Build { release }),
            "tools" => Ok(Chore::Tools),
            "test" => Ok(Chore::Test),
            "dependencies" => Ok(Chore::Dependencies),
            "flood" => Ok(Chore::Flood),
            "size" => Ok(Chore::Size),
            "conformance" => Ok(Chore::Conformance { missing }),
            "count" => Ok(Chore::Count),
            "help" | "-h" | "--help" => Ok(Chore::Help),
            other => Err(Failure::usage(format!("there is no chore `{other}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Chore, Failure> {
        Chore::parse(
            &line
                .split_whitespace()
                .map(String::from)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn nothing_asked_is_a_call_for_help() {
        assert_eq!(parse("").ok(), Some(Chore::Help));
        assert_eq!(parse("up --help").ok(), Some(Chore::Help));
    }

    #[test]
    fn the_help_names_what_there_is() {
        let help = help();
        let lines = help
            .lines()
            .filter_map(|line| line.strip_prefix("  cargo xtask "));
        for line in lines {
            let chore = line.split_whitespace().next().unwrap_or_default();
            if let Err(failure) = parse(chore) {
                let text = failure.to_string();
                assert!(!text.contains("there is no chore"), "{text}");
            }
        }
        assert!(help.contains("bench sandbox|runner|start|memory|fleet|stand-in"));
    }

    #[test]
    fn what_stands_behind_the_dashes_goes_to_the_program() {
        let options = vec!["--http".to_string(), "127.0.0.1:0".to_string()];
        assert_eq!(
            parse("up --release -- --http 127.0.0.1:0").ok(),
            Some(Chore::Up {
                release: true,
                options
            })
        );
    }

    #[test]
    fn the_table_of_statements_may_be_cut_down_to_what_is_missing() {
        let table = |missing| Some(Chore::Conformance { missing });
        assert_eq!(parse("conformance").ok(), table(false));
        assert_eq!(parse("conformance --missing").ok(), table(true));
    }

    #[test]
    fn an_unknown_word_is_named() {
        for (line, word) in [
            ("fly", "fly"),
            ("test --fast", "--fast"),
            ("size --release", "--release"),
        ] {
            let failure = parse(line).expect_err(line);
            assert_eq!(failure.exit_status(), 64);
            assert!(failure.to_string().contains(word), "{failure}");
        }
    }
}
