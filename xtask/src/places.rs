//! Where things are: the clone, its target folder, and the cache folder that outlives it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::steps::answer;

#[path = "../../wasi-host/build/paths.rs"]
mod paths;

/// The folders that the chores work in.
pub(crate) struct Places {
    /// The clone's top folder.
    pub(crate) root: PathBuf,
    /// cargo's target folder, wherever the user has put it.
    pub(crate) target: PathBuf,
    /// What outlives the clone.
    pub(crate) cache: PathBuf,
}

impl Places {
    pub(crate) fn find() -> Result<Places, Failure> {
        // Asked at run time, so that a clone that was moved together with its target folder still works.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest)
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default();
        let target = target_folder(&root)?;
        let cache = cache_folder(std::env::consts::OS, |name| std::env::var_os(name)).ok_or_else(|| Failure::Missing {
            what: "there is no place for tools that outlive the clone: neither TERN_CACHE nor a home folder is set".into(),
            remedy: "Set TERN_CACHE to a folder that may be written to.".into(),
        })?;
        let cache = std::path::absolute(&cache).map_err(Failure::file("find", &cache))?;
        Ok(Places {
            root,
            target,
            cache,
        })
    }

    /// The console as it is served and embedded.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The component, where people look for it.
    pub(crate) fn component(&self) -> PathBuf {
        self.target.join("tern_device.wasm")
    }

    /// `cargo install --root`.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// `npm install --prefix`.
    pub(crate) fn npm(&self) -> PathBuf {
        self.cache.join("npm")
    }

    /// Python's virtual environment.
    pub(crate) fn python(&self) -> PathBuf {
        self.cache.join("python")
    }

    /// A cargo command that runs in the clone.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// Lets what this command builds name no folder of this machine: for what is given away.
    pub(crate) fn without_folders(&self, command: &mut Command) {
        let home = paths::cargo_home(|name| std::env::var_os(name));
        let flags = paths::flags_without_folders(&self.root, home.as_deref());
        command.env("CARGO_ENCODED_RUSTFLAGS", flags);
    }
}

/// The cargo that started this program, as if it had been called by hand.
///
/// `cargo run` tells its child about the package (`CARGO_PKG_NAME`, …). A build script that watches one of these
/// variables (ring's does) would run again whenever xtask and a person take turns, and all that depends on it be
/// compiled again; so they go.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_package(&mut command);
    command
}

/// Takes out of a command's environment what `cargo run` has put there.
pub(crate) fn forget_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|start| text.starts_with(start))
            || text == "CARGO"
        {
            command.env_remove(&name);
        }
    }
}

/// An executable's file name on this system.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// All files of that name on PATH, first one first.
pub(crate) fn on_path(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .filter(|file| file.is_file())
        .collect()
}

fn target_folder(root: &Path) -> Result<PathBuf, Failure> {
    let mut command = cargo();
    command
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Option<serde_json::Value> =
        answer(&mut command).and_then(|text| serde_json::from_str(&text).ok());
    metadata
        .as_ref()
        .and_then(|metadata| metadata.get("target_directory")?.as_str())
        .map(PathBuf::from)
        .ok_or_else(|| {
            Failure::Unexpected("`cargo metadata --no-deps` does not tell the target folder".into())
        })
}

/// `$TERN_CACHE`, else `$XDG_CACHE_HOME/tern`, else the system's usual place in the home folder.
fn cache_folder(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(own) = folder("TERN_CACHE") {
        return Some(own);
    }
    // The XDG rule: a relative path is to be ignored.
    if let Some(xdg) = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute()) {
        return Some(xdg.join("tern"));
    }
    match system {
        "windows" => folder("LOCALAPPDATA").map(|local| local.join("tern")),
        "macos" => folder("HOME").map(|home| home.join("Library/Caches/tern")),
        _ => folder("HOME").map(|home| home.join(".cache/tern")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(system: &str, variables: &[(&str, &str)]) -> Option<PathBuf> {
        cache_folder(system, |name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_cache_folder_is_the_one_that_was_named() {
        let all = [
            ("TERN_CACHE", "/c"),
            ("XDG_CACHE_HOME", "/x"),
            ("HOME", "/h"),
        ];
        assert_eq!(cache("linux", &all), Some("/c".into()));
        assert_eq!(cache("linux", &all[1..]), Some("/x/tern".into()));
        assert_eq!(cache("linux", &all[2..]), Some("/h/.cache/tern".into()));
    }

    #[test]
    fn an_empty_or_relative_name_does_not_count() {
        let variables = [
            ("TERN_CACHE", ""),
            ("XDG_CACHE_HOME", "here"),
            ("HOME", "/h"),
        ];
        assert_eq!(cache("linux", &variables), Some("/h/.cache/tern".into()));
    }

    #[test]
    fn other_systems_have_their_own_place() {
        assert_eq!(
            cache("macos", &[("HOME", "/Users/a")]),
            Some("/Users/a/Library/Caches/tern".into())
        );
        assert_eq!(
            cache("windows", &[("LOCALAPPDATA", "/l")]),
            Some("/l/tern".into())
        );
    }

    #[test]
    fn without_a_home_there_is_no_cache_folder() {
        assert_eq!(cache("linux", &[]), None);
    }
}
