//! The browser that tests run in: Chromium, and the driver that steers it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::places::{executable, on_path};
use crate::steps::{Steps, answer, run};

/// Finds the driver of an installed Chromium. As root on Debian it installs both; elsewhere it says how, and fails.
pub(crate) fn driver(steps: &mut Steps) -> Result<PathBuf, Failure> {
    if let Some(driver) = find() {
        return Ok(driver);
    }
    let system = System::read();
    if !system.installs_by_itself() {
        return Err(Failure::Missing {
            what: "the console's tests need Chromium and its driver, which are not here".into(),
            remedy: system.advice().into(),
        });
    }
    eprintln!(
        "\nThe console's tests need Chromium and its driver, which are not here. They come by apt-get: about 2 min."
    );
    steps.step("installing Chromium", || {
        run(apt_get().arg("update"))?;
        run(apt_get().args([
            "install",
            "--yes",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
        ]))
    })?;
    find().ok_or_else(|| {
        Failure::Unexpected(
            "chromium and chromium-driver were installed, but are not on PATH".into(),
        )
    })
}

/// `$CHROMEDRIVER` where it is set, else the one on PATH, if there is a browser for it.
fn find() -> Option<PathBuf> {
    if let Some(driver) = std::env::var_os("CHROMEDRIVER").filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(driver));
    }
    // Where a browser is not a program on PATH, the driver finds it by itself.
    let browsers = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    let browser =
        !cfg!(target_os = "linux") || browsers.iter().any(|name| !on_path(name).is_empty());
    on_path(&executable("chromedriver"))
        .into_iter()
        .next()
        .filter(|_| browser)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// The operating system, as far as it matters for getting a browser.
struct System {
    /// `ID` of os-release, or the system's own name where there is no such file.
    id: String,
    root: bool,
}

impl System {
    fn read() -> System {
        let release = std::fs::read_to_string(Path::new("/etc/os-release")).unwrap_or_default();
        let id = os_id(&release).unwrap_or(std::env::consts::OS).to_string();
        let root = answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        System { id, root }
    }

    fn installs_by_itself(&self) -> bool {
        self.id == "debian" && self.root
    }

    /// The command that brings the browser; it needs rights that this program does not have, or should not use.
    fn advice(&self) -> &'static str {
        match self.id.as_str() {
            "debian" => "Run: sudo apt-get update && sudo apt-get install chromium chromium-driver",
            // There the package `chromium` is a snap in disguise.
            "ubuntu" => {
                "Run: sudo snap install chromium\n\
                 then: CHROMEDRIVER=/snap/bin/chromium.chromedriver cargo xtask test"
            }
            "fedora" => "Run: sudo dnf install chromium chromedriver",
            "arch" => "Run: sudo pacman -S chromium",
            "alpine" => "Run: sudo apk add chromium chromium-chromedriver",
            "macos" => "Run: brew install --cask google-chrome chromedriver",
            _ => {
                "Install Chromium or Chrome and the chromedriver of the same version. The driver must be on PATH, \
                 or named by CHROMEDRIVER."
            }
        }
    }
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
        let installs = |id: &str, root| {
            System {
                id: id.into(),
                root,
            }
            .installs_by_itself()
        };
        assert!(installs("debian", true));
        assert!(!installs("debian", false));
        assert!(!installs("ubuntu", true));
    }

    #[test]
    fn everybody_else_is_told_what_to_do() {
        for id in [
            "debian", "ubuntu", "fedora", "arch", "alpine", "macos", "windows", "plan9",
        ] {
            assert!(
                System {
                    id: id.into(),
                    root: false
                }
                .advice()
                .contains("chrom"),
                "{id}"
            );
        }
    }
}
