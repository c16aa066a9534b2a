//! The browser that tests run in: Chromium, and the driver that steers it.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::places::{executable, on_path};
use crate::steps::Steps;
use crate::system::{System, Wanted};

/// Finds the driver of an installed Chromium. As root on Debian it installs both; elsewhere it says how, and fails.
pub(crate) fn driver(steps: &mut Steps) -> Result<PathBuf, Failure> {
    if let Some(driver) = find() {
        return Ok(driver);
    }
    let system = System::read();
    let wanted = Wanted {
        name: "Chromium",
        missing: "what drives the console in a browser needs Chromium and its driver, which are not here",
        packages: &["chromium", "chromium-driver"],
        time: "2 min",
        advice: advice(&system.id),
    };
    system.bring(&wanted, steps)?;
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

/// The command that brings the browser; it needs rights that this program does not have, or should not use.
fn advice(system: &str) -> &'static str {
    match system {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_told_what_brings_a_browser() {
        for id in [
            "debian", "ubuntu", "fedora", "arch", "alpine", "macos", "windows", "plan9",
        ] {
            assert!(advice(id).contains("chrom"), "{id}");
        }
    }
}
