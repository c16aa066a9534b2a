//! Builds the console: Trunk makes the page, its wasm is split into parts, and wasm-opt shrinks them where it is there.
//!
//! The page is made aside and then mirrored to `dist/`, file by file where the bytes differ. So a console that has not
//! changed leaves its files untouched, and the program that embeds them is not compiled again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::files::{files_in, mirror, same_bytes};
use crate::parts;
use crate::places::Places;
use crate::steps::{Steps, run};
use crate::tools::Tools;

/// What rustc uses by default on this target. The wasm would say so itself, had the profile not stripped it.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Fetches every crate that the lockfile names; Trunk then builds without the network.
pub(crate) fn fetch_crates(places: &Places, steps: &mut Steps) -> Result<(), Failure> {
    steps.run("crates", places.cargo().args(["fetch", "--locked"]))
}

/// Builds the console, and answers the folder that holds it.
pub(crate) fn build(places: &Places, tools: &Tools, steps: &mut Steps) -> Result<PathBuf, Failure> {
    steps.step("console", || {
        let aside = places.target.join("console");
        make(places, tools, &aside, &places.dist(), Names::Stripped)
    })
}

/// Builds the console once more, with the names of its functions in it, for a profile of where it spends its time.
pub(crate) fn build_named(
    places: &Places,
    tools: &Tools,
    steps: &mut Steps,
) -> Result<PathBuf, Failure> {
    steps.step("console with names", || {
        let aside = places.target.join("console-named");
        make(places, tools, &aside, &aside.join("dist"), Names::Kept)
    })
}

/// Whether the wasm says what its functions are called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Kept,
    Stripped,
}

fn make(
    places: &Places,
    tools: &Tools,
    aside: &Path,
    dist: &Path,
    names: Names,
) -> Result<PathBuf, Failure> {
    let page = aside.join("page");
    // The files change after Trunk has seen them, so it must not note their hashes.
    let mut trunk = tools.trunk()?;
    trunk
        .args(["build", "--offline", "--release", "--no-sri=true"])
        .args(["--features", "split", "--dist"])
        .arg(&page);
    // Who splits it must know every function; afterwards the names go.
    trunk.env("CARGO_PROFILE_CONSOLE_STRIP", "none");
    places.without_folders(&mut trunk);
    run(trunk.current_dir(&places.root))?;
    let built = places.target.join("wasm32-unknown-unknown/console");
    let wasm = built.join("tern-web.wasm");
    parts::split(tools, &wasm, &page, &aside.join("split"))?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        shrink(wasm_opt, &page, &aside.join("shrunk"), names)?;
    }
    mirror(&page, dist)?;
    Ok(dist.to_path_buf())
}

/// Runs wasm-opt over the page's wasm. What it made of the same bytes before is kept in `kept` and used again.
fn shrink(wasm_opt: &Path, page: &Path, kept: &Path, names: Names) -> Result<(), Failure> {
    fs::create_dir_all(kept).map_err(Failure::file("create", kept))?;
    let mut in_use: BTreeSet<OsString> = BTreeSet::new();
    for name in files_in(page)?
        .into_iter()
        .filter(|name| name.extension().is_some_and(|e| e == "wasm"))
    {
        let wasm = page.join(&name);
        let flat = name.to_string_lossy().replace(['/', '\\'], "-");
        let (before, after) = (
            kept.join(format!("{flat}.before")),
            kept.join(format!("{flat}.after")),
        );
        in_use.extend(
            [&before, &after]
                .into_iter()
                .filter_map(|path| path.file_name().map(OsString::from)),
        );
        if !same_bytes(&wasm, &before)? || !after.is_file() {
            let mut command = Command::new(wasm_opt);
            command.arg("-Oz").args(FEATURES);
            if names == Names::Kept {
                command.arg("-g");
            }
            run(command.arg(&wasm).arg("-o").arg(&after))?;
            // Last, so that an interrupted run leaves nothing that looks finished.
            fs::copy(&wasm, &before).map_err(Failure::file("write", &before))?;
        }
        fs::copy(&after, &wasm).map_err(Failure::file("write", &wasm))?;
    }
    for old in files_in(kept)?
        .into_iter()
        .filter(|name| !in_use.contains(name.as_os_str()))
    {
        let old = kept.join(old);
        fs::remove_file(&old).map_err(Failure::file("remove", &old))?;
    }
    Ok(())
}
