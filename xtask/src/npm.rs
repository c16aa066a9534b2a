//! npm, and the packages that it brings to the cache folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::places::{Places, on_path};
use crate::steps::{Steps, run};
use crate::system::{System, Wanted};

/// A package of npm's, in exactly one version.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What is wanted of it, below the package's folder.
    pub(crate) file: &'static str,
    /// What it is good for: the end of a sentence.
    pub(crate) why: &'static str,
}

impl Package {
    /// The wanted file, where the package is here in the right version.
    pub(crate) fn find(&self, places: &Places) -> Option<PathBuf> {
        let folder = places.npm().join("node_modules").join(self.name);
        let manifest = std::fs::read_to_string(folder.join("package.json")).ok()?;
        let file = folder.join(self.file);
        (version_in(&manifest)? == self.version && file.is_file()).then_some(file)
    }

    /// The wanted file; what is missing is fetched. None where there is no npm and none can be had unasked: what is
    /// missing without it has been said then.
    pub(crate) fn ready(
        &self,
        places: &Places,
        steps: &mut Steps,
    ) -> Result<Option<PathBuf>, Failure> {
        if let Some(file) = self.find(places) {
            return Ok(Some(file));
        }
        let system = System::read();
        if npm().is_none() && !system.installs_by_itself() {
            eprintln!(
                "\n{} {} is not here, and neither is npm, which would bring it: it {}.\n\
                 Going on without. Install npm (on Debian: sudo apt-get install npm), and run this again.",
                self.name, self.version, self.why
            );
            return Ok(None);
        }
        have_npm(&system, steps)?;
        eprintln!(
            "\n{} {} is not here, and is fetched now: it {}.",
            self.name, self.version, self.why
        );
        steps
            .step(&format!("installing {}", self.name), || {
                install(places, self.name, self.version)?;
                self.find(places).ok_or_else(|| {
                    Failure::Unexpected(format!(
                        "npm has installed {}, but not {} of version {}",
                        self.name, self.file, self.version
                    ))
                })
            })
            .map(Some)
    }
}

/// The npm that is on PATH.
pub(crate) fn npm() -> Option<PathBuf> {
    on_path(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .into_iter()
        .next()
}

/// Installs a package in the cache folder, beside those that are there.
pub(crate) fn install(places: &Places, name: &str, version: &str) -> Result<(), Failure> {
    let npm = npm().ok_or_else(|| Failure::Unexpected("npm is gone".into()))?;
    let folder = places.npm();
    std::fs::create_dir_all(&folder).map_err(Failure::file("create", &folder))?;
    let mut command = Command::new(npm);
    command
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg::<&Path>(&folder);
    run(command.arg(format!("{name}@{version}")))
}

fn have_npm(system: &System, steps: &mut Steps) -> Result<(), Failure> {
    if npm().is_some() {
        return Ok(());
    }
    let wanted = Wanted {
        name: "npm",
        missing: "npm is not here",
        packages: &["nodejs", "npm"],
        time: "2 min",
        advice: "Run: sudo apt-get install nodejs npm",
    };
    system.bring(&wanted, steps)
}

fn version_in(manifest: &str) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_str(manifest).ok()?;
    manifest.get("version")?.as_str().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packages_version_stands_in_its_manifest() {
        assert_eq!(
            version_in(r#"{"name":"axe-core","version":"4.14.1"}"#).as_deref(),
            Some("4.14.1")
        );
        assert_eq!(version_in("not JSON"), None);
    }
}
