//! Versions: as tools print them, and as Cargo.lock pins them.

use std::fmt;

/// `major.minor.patch`; what is not said is 0 (Binaryen counts `132`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
}

impl Version {
    pub(crate) const fn new(major: u32, minor: u32, patch: u32) -> Version {
        Version {
            major,
            minor,
            patch,
        }
    }

    /// Reads `0.2.130`, `132`, `0.21.14-beta.1` (the part behind a dash or plus is left out).
    pub(crate) fn parse(text: &str) -> Option<Version> {
        let numbers = text.split(['-', '+']).next()?;
        let mut parts = numbers.split('.').map(|part| part.parse::<u32>().ok());
        let version = Version {
            major: parts.next()??,
            minor: parts.next().unwrap_or(Some(0))?,
            patch: parts.next().unwrap_or(Some(0))?,
        };
        parts.next().is_none().then_some(version)
    }

    /// Finds the version in what a tool prints for `--version`: its first word that is one.
    pub(crate) fn printed(output: &str) -> Option<Version> {
        output
            .split_whitespace()
            .find_map(|word| Version::parse(word.trim_start_matches('v')))
    }

    /// The version that a Cargo.lock holds for a package.
    pub(crate) fn locked(lockfile: &str, package: &str) -> Option<Version> {
        let name = format!("name = \"{package}\"");
        let mut lines = lockfile.lines();
        lines.find(|line| *line == name)?;
        Version::parse(
            lines
                .next()?
                .strip_prefix("version = \"")?
                .strip_suffix('"')?,
        )
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_tools_print() {
        let printed = |text| Version::printed(text).map(|version| version.to_string());
        assert_eq!(
            printed("wasm-bindgen 0.2.130\n").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(printed("trunk 0.21.14").as_deref(), Some("0.21.14"));
        assert_eq!(
            printed("wasm-opt version 132 (version_132)").as_deref(),
            Some("132.0.0")
        );
        assert_eq!(
            printed("wasm-bindgen 0.2.130 (1a2b3c4d5)").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(printed("error: no such command"), None);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(Version::parse("0.21.9") < Version::parse("0.21.14"));
        assert!(Version::parse("1.2.3.4").is_none());
        assert!(Version::parse("").is_none());
    }

    #[test]
    fn the_lockfile_tells_the_pinned_version() {
        let lockfile = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.99\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(
            Version::locked(lockfile, "wasm-bindgen"),
            Some(Version::new(0, 2, 130))
        );
        assert_eq!(Version::locked(lockfile, "yew"), None);
    }
}
