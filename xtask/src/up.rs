//! `cargo xtask up`: from a fresh clone to a running stand-in, console and sample device.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::places::{Places, forget_package};
use crate::program::Scope;
use crate::steps::Steps;
use crate::tools::Tools;
use crate::{console, program};

/// Installs and builds what is missing, and answers the program that is to be started.
///
/// Without `release` the profile is `dev`: it optimises too, enough for a stand-in and a console, and leaves behind
/// most of what `cargo xtask test` compiles. `release` is for what is measured or given away.
pub(crate) fn prepare(
    places: &Places,
    release: bool,
    steps: &mut Steps,
) -> Result<PathBuf, Failure> {
    let tools = Tools::ready(places, steps)?;
    let folder = if release { "release" } else { "debug" };
    if !places
        .target
        .join(folder)
        .join(crate::places::executable("tern"))
        .is_file()
    {
        eprintln!(
            "\nNothing is built yet: the console takes about 2 min, the program about 7 min, both on two cores."
        );
    }
    console::fetch_crates(places, steps)?;
    let dist = console::build(places, &tools, steps)?;
    program::build(places, Scope::Program { release }, &dist, steps)
}

/// Becomes `tern up`: from here on Ctrl-C and SIGTERM are its own, and its exit status is ours.
pub(crate) fn start(program: &Path, options: &[String]) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.arg("up").args(options);
    forget_package(&mut command);
    eprintln!();
    become_it(command)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    // Only a failure comes back.
    let source = command.exec();
    Err(Failure::not_started(&command, source))
}

/// Elsewhere a process cannot become another one. Ctrl-C reaches every process of the console window.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|source| Failure::not_started(&command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Ended {
        command: crate::failure::command_line(&command),
        status,
    })
}
