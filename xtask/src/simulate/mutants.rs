//! Devices that are broken on purpose: each patch in `tests/simulation/mutants` is applied to a copy of the
//! sources, and the simulation must find it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::PROFILE;
use crate::failure::Failure;
use crate::places::Places;
use crate::steps::{Steps, answer, run};

/// Where the patches are, from the top folder.
const PATCHES: &str = "tests/simulation/mutants";

/// Tries every patch, and prints which rule found it at which seed.
pub(super) fn try_all(places: &Places, steps: &mut Steps, seeds: u64) -> Result<(), Failure> {
    let patches = patches(&places.root.join(PATCHES))?;
    let folder = places.target.join("mutants");
    let (copy, target) = (folder.join("sources"), folder.join("target"));
    let mut rows = Vec::new();
    for patch in &patches {
        let name = patch.file_stem().unwrap_or_default().to_string_lossy();
        let found = steps.step(&name, || {
            copy_sources(&places.root, &copy)?;
            apply(patch, &copy)?;
            build(places, &copy, &target)?;
            find(&target.join(PROFILE).join("simulate"), seeds)
        });
        rows.push((name.into_owned(), found));
    }
    println!("\n| broken device | rule | seed |\n|---|---|---|");
    for (name, found) in &rows {
        match found {
            Ok(Found { rule, seed }) => println!("| `{name}` | {rule} | {seed} |"),
            Err(failure) => println!("| `{name}` | NOT FOUND: {failure} | |"),
        }
    }
    let missed = rows.into_iter().filter(|(_, found)| found.is_err());
    let missed: Vec<String> = missed.map(|(name, _)| name).collect();
    if missed.is_empty() {
        Ok(())
    } else {
        Err(Failure::Steps(missed))
    }
}

fn patches(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut patches = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::file("read", folder))? {
        let path = entry.map_err(Failure::file("read", folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "patch")
        {
            patches.push(path);
        }
    }
    patches.sort();
    Ok(patches)
}

/// Copies every tracked file, as it is now. What has not changed is left alone, so that it is not compiled again.
fn copy_sources(root: &Path, copy: &Path) -> Result<(), Failure> {
    let mut list = Command::new("git");
    list.current_dir(root).args(["ls-files", "-z"]);
    let files = answer(&mut list)
        .ok_or_else(|| Failure::Unexpected("`git ls-files` does not tell the sources".into()))?;
    for name in files.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root.join(name), copy.join(name));
        // One that was removed and not committed yet is not there.
        let Ok(content) = fs::read(&from) else {
            continue;
        };
        if fs::read(&to).is_ok_and(|there| there == content) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(Failure::file("make", folder))?;
        }
        fs::write(&to, content).map_err(Failure::file("write", &to))?;
    }
    Ok(())
}

fn apply(patch: &Path, copy: &Path) -> Result<(), Failure> {
    let mut git = Command::new("git");
    git.current_dir(copy).arg("apply").arg(patch);
    // The copy lies below a repository and is none: paths are the copy's own.
    git.env("GIT_CEILING_DIRECTORIES", copy.parent().unwrap_or(copy));
    run(&mut git)
}

fn build(places: &Places, copy: &Path, target: &Path) -> Result<(), Failure> {
    let mut cargo = places.cargo();
    cargo.current_dir(copy).env("CARGO_TARGET_DIR", target);
    cargo.args(["build", "--profile", PROFILE]);
    cargo.args(["--package", "tern-tests", "--bin", "simulate"]);
    run(&mut cargo)
}

/// What found a mutant.
struct Found {
    rule: String,
    seed: String,
}

fn find(program: &Path, seeds: u64) -> Result<Found, Failure> {
    let mut command = Command::new(program);
    command.args(["--seeds", &seeds.to_string()]);
    let output = command
        .output()
        .map_err(|source| Failure::not_started(&command, source))?;
    let text = String::from_utf8_lossy(&output.stdout);
    found(&text).ok_or_else(|| Failure::Unexpected(format!("{seeds} seeds pass with it")))
}

/// Reads `seed 12 FAILED: rule token broken at …`.
fn found(text: &str) -> Option<Found> {
    text.lines().rev().find_map(|line| {
        let (seed, rest) = line.strip_prefix("seed ")?.split_once(" FAILED: rule ")?;
        let (rule, _) = rest.split_once(' ')?;
        Some(Found {
            rule: rule.to_owned(),
            seed: seed.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn what_found_a_mutant_is_read_from_the_report() {
        let found =
            found("a trace\n\nseed 12 FAILED: rule token broken at 3 ms: twice\nreplay it: …")
                .expect("a report");
        assert_eq!((found.rule.as_str(), found.seed.as_str()), ("token", "12"));
        assert!(super::found("20000 seeds from 0 passed").is_none());
    }
}
