//! `cargo xtask simulate`: seeds of the simulation, a replay of one, and the devices that are broken on purpose.

mod mutants;
mod passed;

use std::process::Command;

use crate::failure::Failure;
use crate::places::Places;
use crate::steps::{Steps, run};

/// Seeds that CI runs.
const SEEDS: u64 = 2_000;

/// Seeds in which a broken device must be found.
const SEEDS_FOR_A_MUTANT: u64 = 20_000;

/// The profile that it is built in: see the root's `Cargo.toml`.
const PROFILE: &str = "simulation";

/// What of the simulation was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Simulate {
    /// Seeds that nobody has run, or those from `from`.
    Seeds {
        seeds: u64,
        from: Option<u64>,
        log: bool,
    },
    /// One seed, with its trace.
    Replay { seed: u64 },
    /// The devices that are broken on purpose.
    Mutants,
}

impl Simulate {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let (mut seeds, mut from, mut seed, mut log, mut mutants) =
            (None, None, None, false, false);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut number = || {
                let text = arguments.next();
                text.and_then(|text| text.parse::<u64>().ok())
                    .ok_or_else(|| Failure::usage(format!("`{argument}` wants a whole number")))
            };
            match argument.as_str() {
                "--seeds" => seeds = Some(number()?),
                "--from" => from = Some(number()?),
                "--seed" => seed = Some(number()?),
                "--log" => log = true,
                "--mutants" => mutants = true,
                other => {
                    return Err(Failure::usage(format!(
                        "`simulate` does not know `{other}`"
                    )));
                }
            }
        }
        let runs = seeds.is_some() || from.is_some() || log;
        match (seed, mutants, runs) {
            (Some(seed), false, false) => Ok(Self::Replay { seed }),
            (None, true, false) => Ok(Self::Mutants),
            (None, false, _) => Ok(Self::Seeds {
                seeds: seeds.unwrap_or(SEEDS),
                from,
                log,
            }),
            _ => Err(Failure::usage(
                "`simulate` runs seeds, replays one (`--seed`) or tries the mutants (`--mutants`): one at a time"
                    .into(),
            )),
        }
    }
}

/// Does what was asked for.
pub(crate) fn simulate(places: &Places, what: &Simulate, steps: &mut Steps) -> Result<(), Failure> {
    if *what == Simulate::Mutants {
        return mutants::try_all(places, steps, SEEDS_FOR_A_MUTANT);
    }
    let mut build = places.cargo();
    build.args(["build", "--profile", PROFILE]);
    build.args(["--package", "tern-tests", "--bin", "simulate"]);
    steps.run("simulation", &mut build)?;
    let mut program = Command::new(places.target.join(PROFILE).join("simulate"));
    match what {
        Simulate::Replay { seed } => {
            program.arg("--seed").arg(seed.to_string());
            run(&mut program)
        }
        Simulate::Seeds { seeds, from, log } => {
            let passed = passed::Passed::read(places)?;
            let from = from.unwrap_or(passed.next);
            let commit = log
                .then(|| passed::commit(places, from, &passed))
                .transpose()?;
            program.arg("--seeds").arg(seeds.to_string());
            program.arg("--from").arg(from.to_string());
            steps.run("seeds", &mut program)?;
            match commit {
                Some(commit) => passed.append(&commit, from, *seeds),
                None => Ok(()),
            }
        }
        Simulate::Mutants => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Simulate, Failure> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        Simulate::parse(&words)
    }

    #[test]
    fn seeds_are_run_from_where_the_last_run_ended_unless_told_otherwise() {
        let seeds = |seeds, from, log| Some(Simulate::Seeds { seeds, from, log });
        assert_eq!(parse("").ok(), seeds(2_000, None, false));
        assert_eq!(parse("--seeds 7 --log").ok(), seeds(7, None, true));
        assert_eq!(parse("--seeds 7 --from 3").ok(), seeds(7, Some(3), false));
    }

    #[test]
    fn one_seed_is_replayed_alone() {
        assert_eq!(
            parse("--seed 258").ok(),
            Some(Simulate::Replay { seed: 258 })
        );
        for line in [
            "--seed 258 --seeds 3",
            "--mutants --seed 1",
            "--mutants --log",
        ] {
            let failure = parse(line).expect_err(line);
            assert!(failure.to_string().contains("one at a time"), "{failure}");
        }
    }

    #[test]
    fn a_number_that_is_none_is_named_by_its_option() {
        for line in ["--seeds", "--seeds many", "--from -1"] {
            let failure = parse(line).expect_err(line);
            assert!(failure.to_string().contains("whole number"), "{failure}");
        }
    }
}
