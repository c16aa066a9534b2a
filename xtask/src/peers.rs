//! Programs of other people that the tests let `tern` meet: a broker, client or reader each that is usual in its world.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::npm::Package;
use crate::packaged::{self, Packaged};
use crate::places::{Places, executable, on_path};
use crate::steps::{Steps, answer, run};
use crate::system::{System, Wanted};
use crate::tools::{AEDES, MQTT_JS, PAHO, WS};

/// What is here of them, and what is not.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The environment that names them to the tests. A test that misses one says so, and is skipped.
    pub(crate) variables: Vec<(&'static str, PathBuf)>,
    /// Why one of them that should have come did not: the last such failure.
    pub(crate) outcome: Result<(), Failure>,
}

impl Peers {
    /// Looks for all of them, and brings what is missing. What can't be had keeps no other test from running.
    pub(crate) fn ready(places: &Places, steps: &mut Steps) -> Peers {
        let mut peers = Peers {
            variables: Vec::new(),
            outcome: Ok(()),
        };
        let mosquitto = packaged::ready(&Packaged::BROKER_WITH_CLIENTS, steps);
        peers.note("TERN_MOSQUITTO", mosquitto);
        let modules = node_modules(places, steps);
        peers.note("TERN_NODE_MODULES", modules);
        peers.note("TERN_PAHO", paho(places, steps));
        // Its tests look for it on PATH.
        packaged::try_ready(&Packaged::TSHARK, steps);
        peers
    }

    fn note(&mut self, variable: &'static str, found: Result<Option<PathBuf>, Failure>) {
        match found {
            Ok(Some(path)) => self.variables.push((variable, path)),
            Ok(None) => {}
            Err(failure) => {
                eprintln!("   {failure}");
                self.outcome = Err(failure);
            }
        }
    }
}

/// The folder with all packages of npm's, once those that the tests need are in it.
fn node_modules(places: &Places, steps: &mut Steps) -> Result<Option<PathBuf>, Failure> {
    let packages: [&Package; 3] = [&MQTT_JS, &AEDES, &WS];
    for package in packages {
        if package.ready(places, steps)?.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(places.npm().join("node_modules")))
}

/// The Python of a virtual environment in the cache folder, with paho-mqtt in it.
fn paho(places: &Places, steps: &mut Steps) -> Result<Option<PathBuf>, Failure> {
    let folder = places.python();
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    if has_paho(&python) {
        return Ok(Some(python));
    }
    let system = System::read();
    if !can_make_environments() {
        let wanted = Wanted {
            name: "Python",
            missing: "Python 3 with its module venv is not here",
            packages: &["python3", "python3-venv"],
            time: "20 s",
            advice: "Install Python 3 with venv (on Debian: sudo apt-get install python3-venv).",
        };
        if !system.installs_by_itself() {
            eprintln!(
                "\n{}. {}\nGoing on without paho-mqtt.",
                wanted.missing, wanted.advice
            );
            return Ok(None);
        }
        system.bring(&wanted, steps)?;
    }
    eprintln!(
        "\npaho-mqtt {PAHO} is not here, and is fetched now: it is a client that `tern platform` is tested with."
    );
    steps.step("installing paho-mqtt", || {
        // Anew, where the Python that it was made with is gone.
        run(python3().args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut install = Command::new(&python);
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(install.arg(format!("paho-mqtt=={PAHO}")))?;
        if has_paho(&python) {
            Ok(Some(python.clone()))
        } else {
            Err(Failure::Unexpected(format!(
                "pip has installed paho-mqtt, but not in version {PAHO}"
            )))
        }
    })
}

fn has_paho(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", "import paho.mqtt; print(paho.mqtt.__version__)"]);
    answer(&mut command).is_some_and(|version| version.trim() == PAHO)
}

/// Debian's Python has venv, but without its own package can't put pip into an environment.
fn can_make_environments() -> bool {
    !on_path(&executable("python3")).is_empty()
        && answer(python3().args(["-c", "import venv, ensurepip"])).is_some()
}

fn python3() -> Command {
    Command::new("python3")
}
