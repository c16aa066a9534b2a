//! Programs that the system's package manager brings: mosquitto, tshark, valgrind.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::places::on_path;
use crate::steps::Steps;
use crate::system::{System, Wanted};

/// What is wanted, and for whom.
pub(crate) struct Packaged {
    /// The first is what is answered; without the others it is of no use.
    programs: &'static [&'static str],
    wanted: Wanted<'static>,
    /// Whether a chore can do without.
    optional: bool,
}

impl Packaged {
    /// The broker, without which nothing is measured.
    pub(crate) const BROKER: Packaged = Packaged {
        programs: &["mosquitto"],
        wanted: Wanted {
            name: "mosquitto",
            missing: "the measurement needs the broker mosquitto, which is not here",
            packages: &["mosquitto"],
            time: "10 s",
            advice: "Install mosquitto 2 with WebSockets (on Debian: sudo apt-get install mosquitto).",
        },
        optional: false,
    };
    /// The broker and its clients, for the tests with them.
    pub(crate) const BROKER_WITH_CLIENTS: Packaged = Packaged {
        programs: &[
            "mosquitto",
            "mosquitto_pub",
            "mosquitto_sub",
            "mosquitto_rr",
            "mosquitto_passwd",
        ],
        wanted: Wanted {
            name: "mosquitto",
            missing: "the tests with mosquitto and its clients need both, which are not here",
            packages: &["mosquitto", "mosquitto-clients"],
            time: "10 s",
            advice: "Install mosquitto 2 with WebSockets and its clients (on Debian: sudo apt-get install mosquitto \
                     mosquitto-clients).",
        },
        optional: true,
    };
    /// What reads the files of `--pcap` in the tests.
    pub(crate) const TSHARK: Packaged = Packaged {
        programs: &["tshark"],
        wanted: Wanted {
            name: "tshark",
            missing: "the tests of what `--pcap` writes need tshark, which is not here",
            packages: &["tshark"],
            time: "20 s",
            advice: "Install Wireshark's tshark (on Debian: sudo apt-get install tshark).",
        },
        optional: true,
    };
    /// What counts instructions.
    pub(crate) const VALGRIND: Packaged = Packaged {
        programs: &["valgrind"],
        wanted: Wanted {
            name: "valgrind",
            missing: "instructions are counted by valgrind, which is not here",
            packages: &["valgrind"],
            time: "10 s",
            advice: "Install valgrind (on Debian: sudo apt-get install valgrind).",
        },
        optional: true,
    };

    fn find(&self) -> Option<PathBuf> {
        let found: Option<Vec<PathBuf>> = self.programs.iter().map(|name| program(name)).collect();
        found?.into_iter().next()
    }
}

/// The program's path. None where a chore can do without, and what would bring it has been said.
pub(crate) fn ready(which: &Packaged, steps: &mut Steps) -> Result<Option<PathBuf>, Failure> {
    if let Some(found) = which.find() {
        return Ok(Some(found));
    }
    let system = System::read();
    if which.optional && !system.installs_by_itself() {
        let Wanted {
            missing, advice, ..
        } = which.wanted;
        eprintln!("\nMissing: {missing}.\n{advice}\nGoing on without.");
        return Ok(None);
    }
    system.bring(&which.wanted, steps)?;
    which.find().map(Some).ok_or_else(|| {
        Failure::Unexpected(format!(
            "{} were installed, but are not on PATH",
            which.wanted.packages.join(" and ")
        ))
    })
}

/// Brings it where that can be; what needs it skips itself, and says so, where it can't. A network that is not there is
/// not the code's fault.
pub(crate) fn try_ready(which: &Packaged, steps: &mut Steps) {
    if let Err(failure) = ready(which, steps) {
        eprintln!("   {failure}\nGoing on without {}.", which.wanted.name);
    }
}

/// Debian keeps servers where only root's PATH leads.
fn program(name: &str) -> Option<PathBuf> {
    let beside = PathBuf::from("/usr/sbin").join(name);
    on_path(name)
        .into_iter()
        .next()
        .or_else(|| beside.is_file().then_some(beside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_one_of_its_programs_is_not_here() {
        let with = |programs| Packaged {
            programs,
            ..Packaged::VALGRIND
        };
        let cargo = with(&["cargo"]).find().expect("cargo runs this test");
        assert!(cargo.is_file());
        assert_eq!(with(&["cargo", "no-such-program"]).find(), None);
    }
}
