//! `cargo xtask dependencies`: what comes into the workspace: licences, sources, second versions; advisories where their
//! list can be had.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::places::Places;
use crate::steps::{Steps, answer};
use crate::tools;

/// Brings cargo-deny, and lets it judge by `deny.toml`. What needs a network that is not there is skipped.
pub(crate) fn dependencies(places: &Places, steps: &mut Steps) -> Result<(), Failure> {
    let deny = match tools::cargo_deny(places, steps) {
        Ok(deny) => deny,
        Err(failure) => {
            eprintln!("   {failure}");
            steps.skip("cargo-deny is not here, and could not be installed".into());
            return Err(Failure::Skipped("the check of the dependencies".into()));
        }
    };
    let mut rules = cargo_deny(&deny, places);
    rules.args(["--locked", "check", "licenses", "bans", "sources"]);
    let rules = steps.run("licences, sources, second versions", &mut rules);
    if answer(cargo_deny(&deny, places).args(["fetch", "db"])).is_none() {
        let list = "the list of advisories (github.com/RustSec/advisory-db)";
        steps.skip(format!("{list} can not be reached"));
        return rules;
    }
    let mut advisories = cargo_deny(&deny, places);
    advisories.args(["--locked", "check", "--disable-fetch", "advisories"]);
    rules.and(steps.run("advisories", &mut advisories))
}

fn cargo_deny(program: &Path, places: &Places) -> Command {
    let mut command = Command::new(program);
    crate::places::forget_package(&mut command);
    command.current_dir(&places.root);
    command
}
