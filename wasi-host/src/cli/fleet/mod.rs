//! `tern fleet`: many devices from one process, each in a sandbox, alone or with others.

mod devices;
mod display;
mod files;
mod logins;
mod merge;
mod options;

use std::sync::atomic::Ordering;

use super::{open_files, signals};
use crate::exit::{Exit, Failure};
use crate::fleet::run::{Run, Settings};
use display::Display;
use files::Files;
use logins::Logins;
pub use options::FleetArgs;
use options::{Command, RunArgs};

/// Sockets aside, what this process has open.
const OTHER_FILES: u64 = 64;

/// Runs a fleet, or does what is done with its files.
///
/// # Errors
/// The options are wrong, before anything is sent; a file can't be read or written; the system or a sandbox fails.
pub fn run(args: &FleetArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(Command::Devices(args)) => devices::print(args),
        Some(Command::Merge(args)) => merge::run(args),
        None => run_fleet(&args.run),
    }
}

fn run_fleet(args: &RunArgs) -> Result<Exit, Failure> {
    let environment = |name: &str| std::env::var_os(name);
    let logins = Logins::new(args, &environment)?;
    let plan = args.plan(logins.devices().clone())?;
    let settings = args.settings(&logins)?;
    check_open_files(&settings, plan.devices.count())?;
    let files = Files::check(args.summary.as_deref(), args.chart.as_deref())?;
    let config = |number| logins.config(number);
    let run = Run::new(&plan, settings, &config, logins.tls()?)?;

    let (signalled, waker) = run.stopper();
    signals::catch(signalled.clone(), waker)?;

    let mut display = Display::new(logins.json());
    display.started(&plan, &settings);
    let ended = run.run(&mut |told| {
        if !display.tell(&told) {
            // Nobody reads on: that is a reason to end, and no failure.
            signalled.store(true, Ordering::Release);
        }
    })?;
    files.write(&ended.summary)?;
    display.finish(&ended)?;
    Ok(ended.exit)
}

/// Whether each device can have its socket.
fn check_open_files(settings: &Settings, devices: u64) -> Result<(), Failure> {
    open_files::raise();
    let count = settings.shard.numbers(devices).count() as u64;
    let needed = count.saturating_add(OTHER_FILES);
    match open_files::limit() {
        Some(limit) if limit < needed => Err(Failure::new(
            Exit::Network,
            format!(
                "{count} devices need as many sockets, and this process may open {limit} files: raise that to \
                 {needed} (ulimit -n {needed}, LimitNOFILE={needed} in a systemd unit, docker run --ulimit \
                 nofile={needed}), or spread the devices over several processes with --shard K/N"
            ),
        )),
        _ => Ok(()),
    }
}
