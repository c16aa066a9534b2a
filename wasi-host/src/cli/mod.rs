//! The `tern` program: one file for each of its programs, and what they share.
//!
//! From the command line to the exit status there is one way: [`main`] parses, [`login`] says what the
//! options amount to, the program does its work, and whatever goes wrong is a [`Failure`] with its
//! [`Exit`].

pub mod args;
pub mod auth;
pub mod check;
mod direct;
pub mod fleet;
mod keeping;
mod lines;
pub mod login;
pub mod online;
mod open_files;
mod outgoing;
mod output;
mod pace;
mod pasted;
pub mod platform;
pub mod printer;
pub mod profile;
pub mod publish;
pub mod replay;
pub mod run;
pub mod sample;
pub mod sign;
mod signals;
pub mod subscribe;
pub mod up;

use std::ffi::OsString;
use std::panic::{self, UnwindSafe};
use std::process::ExitCode;

use clap::Parser;
use tern_core::wire::QoS;

use crate::exit::{Exit, Failure};
use args::Options;
use login::Sources;
use printer::{Lead, Printer, say};

/// A device of the Alibaba Cloud IoT platform on the command line, and the platform's stand-in.
#[derive(Debug, Parser)]
#[command(name = "tern", version, max_term_width = 100)]
struct Tern {
    #[command(subcommand)]
    program: Program,
}

#[derive(Debug, clap::Subcommand)]
enum Program {
    /// Publish a message, or each line of stdin
    Pub(publish::PublishArgs),
    /// Subscribe, and print what comes
    Sub(subscribe::SubscribeArgs),
    /// Stay online: publish stdin's lines `TOPIC<TAB>PAYLOAD`, print what comes
    Run(run::RunArgs),
    /// Do what the SDK's mqtt-example does
    Sample(sample::SampleArgs),
    /// Show what a direct connect sends, and how its signature comes about
    Sign(sign::SignArgs),
    /// Authenticate over HTTPS, and show what is granted
    Auth(auth::AuthArgs),
    /// Say whether a pasted login is right, and if not, which mistake makes it
    Check(check::CheckArgs),
    /// Run a recording through the core again, and say where it is not the same
    Replay(replay::ReplayArgs),
    /// Run many devices, each in a sandbox or several in one: load, latencies, a summary and a chart
    Fleet(Box<fleet::FleetArgs>),
    /// Stand in for the platform on this machine
    Platform(platform::PlatformArgs),
    /// Start stand-in, console and a sample device in the sandbox, together
    Up(up::UpArgs),
}

/// The whole program.
pub fn main() -> ExitCode {
    guarded(|| run_args(std::env::args_os())).into()
}

/// Turns a panic into an exit status and one line that asks for a report. What the panic says is not
/// repeated: it may hold what must not be seen.
fn guarded(run: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "an unknown place".to_owned(),
            |place| format!("{}:{}", place.file(), place.line()),
        );
        say(&format!(
            "tern: a fault of this program at {place} (version {}): please report it",
            env!("CARGO_PKG_VERSION")
        ));
    }));
    panic::catch_unwind(run).unwrap_or(Exit::Fault)
}

fn run_args(args: impl Iterator<Item = OsString>) -> Exit {
    let args = match args::spelled_out(args) {
        Ok(args) => args,
        Err(words) => return fail(&Failure::usage(words)),
    };
    match Tern::try_parse_from(args) {
        Ok(tern) => run_program(tern.program).unwrap_or_else(|failure| fail(&failure)),
        Err(error) => {
            // Where nobody reads it, there is nobody to tell.
            let _ = error.print();
            if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            }
        }
    }
}

fn run_program(program: Program) -> Result<Exit, Failure> {
    match program {
        Program::Pub(args) => with(args.options.clone(), Lead::Nothing, |sources, printer| {
            publish::run(&args, sources, printer)
        }),
        Program::Sub(args) => with(args.options.clone(), args.lead(), |sources, printer| {
            subscribe::run(&args, sources, printer)
        }),
        Program::Run(args) => with(
            args.options.clone(),
            Lead::TopicAndTab,
            |sources, printer| run::run(&args, sources, printer),
        ),
        Program::Sample(args) => with(
            args.options.clone(),
            Lead::TopicAndSpace,
            |sources, printer| sample::run(&args, sources, printer),
        ),
        Program::Sign(args) => with(args.options, Lead::Nothing, |sources, mut printer| {
            sign::run(sources, &mut printer)
        }),
        Program::Auth(args) => with(args.options, Lead::Nothing, |sources, mut printer| {
            auth::run(sources, &mut printer)
        }),
        Program::Check(args) => with(
            args.options.clone(),
            Lead::Nothing,
            |sources, mut printer| check::run(&args, sources, &mut printer),
        ),
        Program::Replay(args) => replay::run(&args),
        Program::Fleet(args) => fleet::run(&args),
        Program::Platform(args) => platform::run(&args).map(|()| Exit::Done),
        Program::Up(args) => up::run(&args).map(|()| Exit::Done),
    }
}

/// Gives a program its options, the profile's included, and its printer.
fn with(
    options: Options,
    lead: Lead,
    program: impl FnOnce(&Sources<'_>, Printer) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let environment = |name: &str| std::env::var_os(name);
    let sources = Sources::new(options, &environment)?;
    let printer = Printer::new(sources.options().connection.json, lead);
    program(&sources, printer)
}

fn fail(failure: &Failure) -> Exit {
    if !failure.words.is_empty() {
        say(&format!("tern: {failure}"));
    }
    failure.exit
}

/// Reads `-q`.
fn qos(text: &str) -> Result<QoS, String> {
    match text {
        "0" => Ok(QoS::AtMostOnce),
        "1" => Ok(QoS::AtLeastOnce),
        _ => Err("it must be 0 or 1: the platform offers no QoS 2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Tern::command().debug_assert();
    }

    #[test]
    #[ignore = "the other test runs it in a process of its own"]
    fn panics_with_a_secret() {
        assert_eq!(guarded(|| panic!("hunter2")), Exit::Fault);
    }

    #[test]
    fn a_panic_ends_with_70_and_does_not_say_what_it_holds() {
        let me = std::env::current_exe().unwrap();
        let ended = std::process::Command::new(me)
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("cli::tests::panics_with_a_secret")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(ended.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        assert!(said.contains("please report it"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
