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

/// All files of a folder and the folders in it, as paths relative to it, sorted.
pub(crate) fn files_in(folder: &Path) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut files = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        let path = folder.join(&inner);
        for entry in fs::read_dir(&path).map_err(Failure::file("read", &path))? {
            let entry = entry.map_err(Failure::file("read", &path))?;
            let kind = entry
                .file_type()
                .map_err(Failure::file("read", entry.path()))?;
            let name = inner.join(entry.file_name());
            if kind.is_dir() {
                folders.push(name);
            } else {
                files.insert(name);
            }
        }
    }
    Ok(files)
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

/// Makes `to` hold the same files as `from`, and leaves alone those that do already.
fn mirror(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(Failure::file("create", to))?;
    let wanted = files_in(from)?;
    for name in files_in(to)?.difference(&wanted) {
        let old = to.join(name);
        fs::remove_file(&old).map_err(Failure::file("remove", &old))?;
    }
    for name in &wanted {
        let (source, copy) = (from.join(name), to.join(name));
        if !same_bytes(&source, &copy)? {
            if let Some(folder) = copy.parent() {
                fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
            }
            fs::copy(&source, &copy).map_err(Failure::file("write", &copy))?;
        }
    }
    Ok(())
}

/// Whether the second file is there and holds the same bytes as the first.
fn same_bytes(one: &Path, other: &Path) -> Result<bool, Failure> {
    if !other.is_file() {
        return Ok(false);
    }
    let one = fs::read(one).map_err(Failure::file("read", one))?;
    let other = fs::read(other).map_err(Failure::file("read", other))?;
    Ok(one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, below cargo's folder for such things.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tern-xtask-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)
            .expect("the system's folder for temporary files can be written to");
        folder
    }

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().expect("a file's path has a parent")).expect("folder");
        fs::write(path, text).expect("file");
    }

    #[test]
    fn a_mirror_holds_what_the_page_holds_and_nothing_else() {
        let (page, dist) = (folder("page"), folder("dist"));
        write(page.join("index.html"), "new");
        write(page.join("snippets/a.js"), "a");
        write(dist.join("index.html"), "old");
        write(dist.join("tern-web-123.js"), "of an earlier build");
        mirror(&page, &dist).expect("mirrored");
        assert_eq!(
            files_in(&dist).expect("read"),
            files_in(&page).expect("read")
        );
        assert_eq!(
            fs::read_to_string(dist.join("index.html")).expect("read"),
            "new"
        );
        for folder in [page, dist] {
            fs::remove_dir_all(folder).expect("removed");
        }
    }

    #[test]
    fn a_file_that_has_not_changed_is_left_alone() {
        let (page, dist) = (folder("same-page"), folder("same-dist"));
        write(page.join("index.html"), "same");
        write(dist.join("index.html"), "same");
        let modified = || {
            fs::metadata(dist.join("index.html"))
                .and_then(|file| file.modified())
                .expect("read")
        };
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let file = fs::File::options()
            .write(true)
            .open(dist.join("index.html"))
            .expect("opened");
        file.set_modified(long_ago).expect("set");
        mirror(&page, &dist).expect("mirrored");
        assert_eq!(modified(), long_ago);
        for folder in [page, dist] {
            fs::remove_dir_all(folder).expect("removed");
        }
    }
}
