//! The operating system, as far as it matters for what only its package manager brings.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::steps::{Steps, answer, run};

/// The operating system.
pub(crate) struct System {
    /// `ID` of os-release, or the system's own name where there is no such file.
    pub(crate) id: String,
    root: bool,
}

/// What a package manager is to bring.
pub(crate) struct Wanted<'a> {
    /// Its name, for people.
    pub(crate) name: &'a str,
    /// Who needs it, and that it is not here: the beginning of a sentence.
    pub(crate) missing: &'a str,
    /// Debian's packages.
    pub(crate) packages: &'a [&'a str],
    /// About how long they take, in words.
    pub(crate) time: &'a str,
    /// The command that brings it on this system.
    pub(crate) advice: &'a str,
}

impl System {
    pub(crate) fn read() -> System {
        let release = std::fs::read_to_string(Path::new("/etc/os-release")).unwrap_or_default();
        let id = os_id(&release).unwrap_or(std::env::consts::OS).to_string();
        let root = answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        System { id, root }
    }

    #[cfg(test)]
    pub(crate) fn named(id: &str, root: bool) -> System {
        System {
            id: id.into(),
            root,
        }
    }

    /// Whether packages may be installed without asking anybody.
    pub(crate) fn installs_by_itself(&self) -> bool {
        self.id == "debian" && self.root
    }

    /// Installs packages as root on Debian; elsewhere fails, and says what would bring them.
    pub(crate) fn bring(&self, wanted: &Wanted<'_>, steps: &mut Steps) -> Result<(), Failure> {
        if !self.installs_by_itself() {
            return Err(Failure::Missing {
                what: wanted.missing.into(),
                remedy: wanted.advice.into(),
            });
        }
        eprintln!(
            "\nMissing: {}. It comes by apt-get: about {}.",
            wanted.missing, wanted.time
        );
        steps.step(&format!("installing {}", wanted.name), || {
            run(apt_get().arg("update"))?;
            let mut install = apt_get();
            install.args(["install", "--yes", "--no-install-recommends"]);
            run(install.args(wanted.packages))
        })
    }
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn os_id(release: &str) -> Option<&str> {
    release
        .lines()
        .find_map(|line| line.strip_prefix("ID="))
        .map(|id| id.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_name_is_read_from_os_release() {
        assert_eq!(
            os_id("PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n"),
            Some("debian")
        );
        assert_eq!(os_id("ID=\"rhel\"\n"), Some("rhel"));
        assert_eq!(os_id(""), None);
    }

    #[test]
    fn only_root_on_debian_has_it_installed() {
        assert!(System::named("debian", true).installs_by_itself());
        assert!(!System::named("debian", false).installs_by_itself());
        assert!(!System::named("ubuntu", true).installs_by_itself());
    }

    #[test]
    fn whoever_may_not_install_is_told_what_would() {
        let wanted = Wanted {
            name: "a browser",
            missing: "the tests need a browser",
            packages: &["chromium"],
            time: "a while",
            advice: "Run: sudo fetch-browser",
        };
        let failure = System::named("plan9", true)
            .bring(&wanted, &mut Steps::new())
            .expect_err("nothing is installed there");
        assert_eq!(
            failure.to_string(),
            "the tests need a browser\nRun: sudo fetch-browser"
        );
    }
}
