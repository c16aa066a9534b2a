//! The broker mosquitto, and its clients.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::places::on_path;
use crate::steps::Steps;
use crate::system::{System, Wanted};

/// What is wanted of it, and for whom.
pub(crate) struct Mosquitto {
    clients: &'static [&'static str],
    wanted: Wanted<'static>,
    /// Whether a chore can do without.
    optional: bool,
}

impl Mosquitto {
    /// The broker, without which nothing is measured.
    pub(crate) const BROKER: Mosquitto = Mosquitto {
        clients: &[],
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
    pub(crate) const WITH_CLIENTS: Mosquitto = Mosquitto {
        clients: &[
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

    fn find(&self) -> Option<PathBuf> {
        let here = |name: &&str| !on_path(name).is_empty();
        broker().filter(|_| self.clients.iter().all(here))
    }
}

/// The broker's path. None where a chore can do without, and what would bring it has been said.
pub(crate) fn ready(which: &Mosquitto, steps: &mut Steps) -> Result<Option<PathBuf>, Failure> {
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

/// Debian keeps it where only root's PATH leads.
fn broker() -> Option<PathBuf> {
    let beside = PathBuf::from("/usr/sbin/mosquitto");
    on_path("mosquitto")
        .into_iter()
        .next()
        .or_else(|| beside.is_file().then_some(beside))
}
