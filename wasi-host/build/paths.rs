//! What is given away names no folder of whoever built it: panics tell `core/src/…` and `/crates/NAME-VERSION/src/…`, so
//! that two people who build one commit get the same bytes.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Separates the flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\x1f";

/// The value of `CARGO_ENCODED_RUSTFLAGS` that takes the clone's folder and cargo's out of the paths. The standard
/// library's have no folder in them.
pub(crate) fn flags_without_folders(workspace: &Path, cargo_home: Option<&Path>) -> String {
    let mut folders = vec![(workspace.to_path_buf(), "")];
    if let Some(home) = cargo_home {
        folders.push((home.to_path_buf(), "/cargo"));
        // Behind what they stand in: the last one that fits counts. Where there are none, no crate was fetched.
        folders.extend(
            std::fs::read_dir(home.join("registry/src"))
                .into_iter()
                .flatten()
                .flatten()
                .map(|registry| (registry.path(), "/crates")),
        );
    }
    let flags: Vec<String> = folders
        .iter()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect();
    flags.join(SEPARATOR)
}

/// Where cargo keeps its crates: `CARGO_HOME`, else `.cargo` in the home folder.
pub(crate) fn cargo_home(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let folder = |name| variable(name).filter(|value| value != OsStr::new(""));
    folder("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| folder("HOME").map(|home| PathBuf::from(home).join(".cargo")))
        .or_else(|| folder("USERPROFILE").map(|home| PathBuf::from(home).join(".cargo")))
}
