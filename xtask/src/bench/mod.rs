//! `cargo xtask bench …`: what measures. Each subject has a program of its own in `benches/`, which prints its table.

mod console;
mod core;
mod host;

use self::core::Counts;
use crate::failure::Failure;
use crate::places::Places;
use crate::steps::Steps;

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bench {
    /// What the console takes in.
    Console { profile: bool },
    /// Instructions per message of the core.
    Core(Counts),
    /// A program of `benches/host`, with what it is told.
    Host {
        program: &'static str,
        options: Vec<String>,
    },
}

/// The subjects that `benches/host` has programs for, and the programs.
const OF_THE_HOST: [(&str, &str); 6] = [
    ("sandbox", "bench-sandbox"),
    ("runner", "bench-runner"),
    ("start", "bench-start"),
    ("memory", "bench-memory"),
    ("fleet", "bench-fleet"),
    ("stand-in", "bench-stand-in"),
];

/// Their names, with this between them.
pub(crate) fn of_the_host(between: &str) -> String {
    OF_THE_HOST.map(|(name, _)| name).join(between)
}

impl Bench {
    /// Reads what stands behind `bench`: `own` before the dashes, `options` behind them.
    pub(crate) fn parse(own: &[String], options: &[String]) -> Result<Self, Failure> {
        let Some((subject, flags)) = own.split_first() else {
            return Err(Failure::usage(format!(
                "`bench` wants to know of what: `bench console`, `core`, `{}`",
                of_the_host("`, `")
            )));
        };
        let of_the_host = OF_THE_HOST.iter().find(|(name, _)| name == subject);
        if of_the_host.is_none() && !options.is_empty() {
            return Err(Failure::usage(format!(
                "`bench {subject}` takes nothing behind `--`"
            )));
        }
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        match (subject.as_str(), &flags[..], of_the_host) {
            ("console", [], _) => Ok(Self::Console { profile: false }),
            ("console", ["--profile"], _) => Ok(Self::Console { profile: true }),
            ("core", [], _) => Ok(Self::Core(Counts::Print)),
            ("core", ["--check"], _) => Ok(Self::Core(Counts::Check)),
            ("core", ["--renew"], _) => Ok(Self::Core(Counts::Renew)),
            (_, [], Some((_, program))) => Ok(Self::Host {
                program,
                options: options.to_vec(),
            }),
            ("console" | "core", [other, ..], _) | (_, [other, ..], Some(_)) => Err(
                Failure::usage(format!("`bench {subject}` does not know `{other}`")),
            ),
            _ => Err(Failure::usage(format!("`bench` does not know `{subject}`"))),
        }
    }
}

/// Installs and builds what is needed, and measures.
pub(crate) fn bench(places: &Places, what: &Bench, steps: &mut Steps) -> Result<(), Failure> {
    match what {
        Bench::Console { profile } => console::console(places, *profile, steps),
        Bench::Core(what) => core::core(places, *what, steps),
        Bench::Host { program, options } => host::host(places, program, options, steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(own: &str, options: &[&str]) -> Result<Bench, Failure> {
        let own: Vec<String> = own.split_whitespace().map(String::from).collect();
        let options: Vec<String> = options.iter().copied().map(String::from).collect();
        Bench::parse(&own, &options)
    }

    #[test]
    fn a_benchmark_is_of_something() {
        let console = |profile| Some(Bench::Console { profile });
        assert_eq!(parse("console", &[]).ok(), console(false));
        assert_eq!(parse("console --profile", &[]).ok(), console(true));
        for (line, what) in [
            ("core", Counts::Print),
            ("core --check", Counts::Check),
            ("core --renew", Counts::Renew),
        ] {
            assert_eq!(parse(line, &[]).ok(), Some(Bench::Core(what)));
        }
        let failure = parse("", &[]).expect_err("of what?").to_string();
        for name in ["console", "core", "sandbox", "fleet"] {
            assert!(failure.contains(&format!("{name}`")), "{failure}");
        }
    }

    #[test]
    fn every_program_that_measures_the_host_can_be_asked_for() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/host/src/bin");
        let programs = std::fs::read_dir(folder).expect("it is there");
        let mut count = 0;
        for program in programs {
            let path = program.expect("it can be read").path();
            let name = path.file_stem().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|name| name.starts_with("bench-")) {
                count += 1;
                assert!(
                    OF_THE_HOST.iter().any(|(_, known)| *known == name),
                    "{name}"
                );
            }
        }
        assert_eq!(count, OF_THE_HOST.len());
    }

    #[test]
    fn what_stands_behind_the_dashes_goes_to_the_host_s_programs_alone() {
        let options = vec!["--devices".to_owned(), "100".to_owned()];
        assert_eq!(
            parse("fleet", &["--devices", "100"]).ok(),
            Some(Bench::Host {
                program: "bench-fleet",
                options
            })
        );
        assert!(parse("core", &["--devices"]).is_err());
    }

    #[test]
    fn an_unknown_word_is_named() {
        for (line, word) in [
            ("weather", "weather"),
            ("console --fast", "--fast"),
            ("core --profile", "--profile"),
            ("fleet --fast", "--fast"),
        ] {
            let failure = parse(line, &[]).expect_err(line);
            assert_eq!(failure.exit_status(), 64);
            assert!(failure.to_string().contains(word), "{failure}");
        }
    }
}
