//! What the chores need beside cargo, and how it gets there.
//!
//! What already fits is used, wherever it stands. What is missing is announced before anything starts (what, why,
//! how, how long), and goes to the cache folder; only the wasm target goes to the Rust toolchain, where it belongs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::npm::{self, Package};
use crate::places::{Places, cargo, executable, on_path};
use crate::steps::{Steps, answer, run};
use crate::version::Version;

/// Trunk builds the console's page. Later patches of the same series serve as well.
const TRUNK: Version = Version::new(0, 21, 14);
/// The wasm-opt that is fetched; an older one on PATH serves from [`WASM_OPT_OLDEST`] on.
const WASM_OPT: Version = Version::new(132, 0, 0);
const WASM_OPT_OLDEST: Version = Version::new(120, 0, 0);

/// Judges what comes into the workspace. Later patches of the same series serve as well.
const CARGO_DENY: Version = Version::new(0, 20, 2);

/// Looks for what keeps people from using the console. Run in the page by the journeys.
pub(crate) const AXE: Package = Package {
    name: "axe-core",
    version: "4.14.1",
    file: "axe.min.js",
    why: "checks each place of the console for what keeps people from using it",
};
/// The usual client library, for comparison.
pub(crate) const MQTT_JS: Package = Package {
    name: "mqtt",
    version: "5.16.0",
    file: "dist/mqtt.min.js",
    why: "is what the console is compared with, and a client that `tern platform` is tested with",
};
/// A broker that `tern` is tested with.
pub(crate) const AEDES: Package = Package {
    name: "aedes",
    version: "1.2.0",
    file: "aedes.js",
    why: "is a broker that `tern` is tested with",
};
/// WebSockets for aedes, which has none of its own.
pub(crate) const WS: Package = Package {
    name: "ws",
    version: "8.23.0",
    file: "wrapper.mjs",
    why: "brings WebSockets to aedes",
};
/// PyPI's paho-mqtt.
pub(crate) const PAHO: &str = "2.2.0";

/// The target that the component and the console are built for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The tools that were found or fetched.
pub(crate) struct Tools {
    trunk: PathBuf,
    wasm_bindgen: PathBuf,
    /// Makes a smaller console; it is there only where npm is.
    pub(crate) wasm_opt: Option<PathBuf>,
}

impl Tools {
    /// Looks for everything, and fetches what is missing.
    pub(crate) fn ready(places: &Places, steps: &mut Steps) -> Result<Tools, Failure> {
        let wanted = pinned_wasm_bindgen(places)?;
        bring(places, Need::all(wanted), steps)?;
        Ok(Tools {
            trunk: find_trunk(places).ok_or_else(|| gone(Need::Trunk))?,
            wasm_bindgen: find_wasm_bindgen(places, wanted)
                .ok_or_else(|| gone(Need::WasmBindgen(wanted)))?,
            wasm_opt: find_wasm_opt(places),
        })
    }

    /// Says which tools are used.
    pub(crate) fn print(&self) {
        println!("Trunk         {}", self.trunk.display());
        println!("wasm-bindgen  {}", self.wasm_bindgen.display());
        match &self.wasm_opt {
            Some(wasm_opt) => println!("wasm-opt      {}", wasm_opt.display()),
            None => println!("wasm-opt      none (npm would bring it)"),
        }
    }

    /// A Trunk command, whose PATH leads to the right wasm-bindgen first.
    pub(crate) fn trunk(&self) -> Result<Command, Failure> {
        let mut command = Command::new(&self.trunk);
        crate::places::forget_package(&mut command);
        command.env("PATH", self.path()?);
        // Trunk takes this for its own option, and stumbles over the usual `NO_COLOR=1`.
        command.env_remove("NO_COLOR");
        // Its own backtraces say nothing about the page that it could not build.
        command.env_remove("RUST_BACKTRACE");
        Ok(command)
    }

    /// Ties a wasm to the browser.
    pub(crate) fn wasm_bindgen(&self) -> Command {
        Command::new(&self.wasm_bindgen)
    }

    /// Runs tests that were compiled for the browser. It comes with wasm-bindgen, from the same version.
    pub(crate) fn browser_test_runner(&self) -> PathBuf {
        self.wasm_bindgen
            .with_file_name(executable("wasm-bindgen-test-runner"))
    }

    fn path(&self) -> Result<OsString, Failure> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self
            .wasm_bindgen
            .parent()
            .map(Path::to_path_buf)
            .into_iter()
            .chain(std::env::split_paths(&path));
        std::env::join_paths(folders)
            .map_err(|error| Failure::Unexpected(format!("PATH cannot be extended: {error}")))
    }
}

/// Looks for cargo-deny, and fetches it where it is missing.
pub(crate) fn cargo_deny(places: &Places, steps: &mut Steps) -> Result<PathBuf, Failure> {
    bring(places, vec![Need::CargoDeny], steps)?;
    find_cargo_deny(places).ok_or_else(|| gone(Need::CargoDeny))
}

fn bring(places: &Places, needs: Vec<Need>, steps: &mut Steps) -> Result<(), Failure> {
    let missing: Vec<Need> = needs
        .into_iter()
        .filter(|need| !need.is_met(places))
        .collect();
    if !missing.is_empty() {
        announce(places, &missing);
    }
    for need in &missing {
        steps.step(&format!("installing {need}"), || need.install(places))?;
    }
    Ok(())
}

/// Something that must be there before a chore can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    WasmTarget,
    Trunk,
    WasmBindgen(Version),
    WasmOpt,
    CargoDeny,
}

impl Need {
    /// wasm-opt makes the console smaller, not better: it is wanted only where npm can bring it.
    fn all(wasm_bindgen: Version) -> Vec<Need> {
        let mut needs = vec![
            Need::WasmTarget,
            Need::Trunk,
            Need::WasmBindgen(wasm_bindgen),
        ];
        if npm::npm().is_some() {
            needs.push(Need::WasmOpt);
        }
        needs
    }

    fn is_met(self, places: &Places) -> bool {
        match self {
            Need::WasmTarget => has_wasm_target(places),
            Need::Trunk => find_trunk(places).is_some(),
            Need::WasmBindgen(version) => find_wasm_bindgen(places, version).is_some(),
            Need::WasmOpt => find_wasm_opt(places).is_some(),
            Need::CargoDeny => find_cargo_deny(places).is_some(),
        }
    }

    fn why(self) -> &'static str {
        match self {
            Need::WasmTarget => "the target that the component and the console are compiled for",
            Need::Trunk => "builds the console's page",
            Need::WasmBindgen(_) => {
                "ties the console's wasm to the browser, and runs its tests there"
            }
            Need::WasmOpt => "makes the console smaller (npm is here, so it can be had)",
            Need::CargoDeny => "judges what comes into the workspace",
        }
    }

    /// How it gets here, and about how long that takes in seconds, measured on two cores.
    fn how(self, binstall: bool) -> (&'static str, u32) {
        match (self, binstall) {
            (Need::WasmTarget, _) => ("rustup", 20),
            (Need::WasmOpt, _) => ("npm", 10),
            (_, true) => ("cargo-binstall", 20),
            (Need::Trunk, false) => ("cargo install", 200),
            (Need::WasmBindgen(_), false) => ("cargo install", 140),
            (Need::CargoDeny, false) => ("cargo install", 120),
        }
    }

    fn install(self, places: &Places) -> Result<(), Failure> {
        match self {
            Need::WasmTarget => add_wasm_target(places)?,
            // Without optimisation: Trunk only starts other programs, and compiles in half the time.
            Need::Trunk => install_crate(
                places,
                "trunk",
                TRUNK,
                &["--debug", "--locked", "--no-default-features"],
                self,
            )?,
            Need::WasmBindgen(version) => {
                install_crate(places, "wasm-bindgen-cli", version, &[], self)?
            }
            Need::CargoDeny => {
                install_crate(places, "cargo-deny", CARGO_DENY, &["--locked"], self)?
            }
            Need::WasmOpt => {
                if let Err(failure) = install_wasm_opt(places) {
                    eprintln!(
                        "   {failure}\n   Going on without wasm-opt: the console works the same, and is larger."
                    );
                }
                return Ok(());
            }
        }
        if self.is_met(places) {
            Ok(())
        } else {
            Err(gone(self))
        }
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Need::WasmTarget => f.write_str(WASM_TARGET),
            Need::Trunk => write!(f, "Trunk {TRUNK}"),
            Need::WasmBindgen(version) => write!(f, "wasm-bindgen {version}"),
            Need::WasmOpt => write!(f, "wasm-opt {}", WASM_OPT.major),
            Need::CargoDeny => write!(f, "cargo-deny {CARGO_DENY}"),
        }
    }
}

/// Says what, why, how and how long, before anything starts.
fn announce(places: &Places, missing: &[Need]) {
    let binstall = has_binstall();
    eprintln!("These are not here yet, and are fetched now. They stay for every later clone, in");
    eprintln!(
        "{} (the wasm target: in the Rust toolchain).",
        places.cache.display()
    );
    eprintln!("The times are those of two cores.\n");
    for need in missing {
        let (how, seconds) = need.how(binstall);
        eprintln!(
            "  {:24} {:15} {:>8}   {}",
            need.to_string(),
            how,
            about(seconds),
            need.why()
        );
    }
    let together = missing.iter().map(|need| need.how(binstall).1).sum();
    eprintln!("  {:24} {:15} {:>8}", "together", "", about(together));
}

fn about(seconds: u32) -> String {
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds.div_ceil(60))
    }
}

/// The version of wasm-bindgen that the console is compiled with: the tool's must be the same.
fn pinned_wasm_bindgen(places: &Places) -> Result<Version, Failure> {
    let path = places.root.join("Cargo.lock");
    let lockfile = std::fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
    Version::locked(&lockfile, "wasm-bindgen")
        .ok_or_else(|| Failure::Unexpected(format!("{} does not pin wasm-bindgen", path.display())))
}

fn has_wasm_target(places: &Places) -> bool {
    let mut command = Command::new("rustc");
    command
        .current_dir(&places.root)
        .args(["--print", "target-libdir", "--target", WASM_TARGET]);
    answer(&mut command).is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

fn add_wasm_target(places: &Places) -> Result<(), Failure> {
    if on_path(&executable("rustup")).is_empty() {
        return Err(Failure::Missing {
            what: format!(
                "this Rust toolchain lacks the target {WASM_TARGET}, and rustup is not here to add it"
            ),
            remedy: format!(
                "Install Rust by rustup, or the target by the package manager that brought Rust \
                 (on Debian: libstd-rust-dev-wasm32), and run this again. The target is `{WASM_TARGET}`."
            ),
        });
    }
    run(Command::new("rustup")
        .current_dir(&places.root)
        .args(["target", "add", WASM_TARGET]))
}

/// `cargo binstall` where it is here, else, or where that fails, `cargo install`.
fn install_crate(
    places: &Places,
    name: &str,
    version: Version,
    options: &[&str],
    need: Need,
) -> Result<(), Failure> {
    let tools = places.tools();
    std::fs::create_dir_all(&tools).map_err(Failure::file("create", &tools))?;
    if has_binstall() {
        // Only what the tool's own makers have published: no third party's builds, and no compiling, for which we
        // know better options.
        let mut binstall = cargo();
        binstall
            .current_dir(&tools)
            .args(["binstall", "--no-confirm", "--disable-telemetry"]);
        binstall
            .args(["--disable-strategies", "quick-install,compile", "--root"])
            .arg(&tools);
        binstall.arg(format!("{name}@{version}"));
        match run(&mut binstall) {
            Ok(()) if need.is_met(places) => return Ok(()),
            Ok(()) => {
                eprintln!("   cargo-binstall has brought something else. Compiling it instead.")
            }
            Err(failure) => eprintln!("   {failure}. Compiling it instead."),
        }
    }
    // Away from the clone, whose cargo settings are not the tool's.
    let mut install = cargo();
    install
        .current_dir(&tools)
        .args(["install", name, "--version", &version.to_string()]);
    install.args(options).arg("--root").arg(&tools);
    install.env_remove("CARGO_BUILD_TARGET");
    run(&mut install)
}

fn install_wasm_opt(places: &Places) -> Result<(), Failure> {
    npm::install(places, "binaryen", &WASM_OPT.major.to_string())?;
    find_wasm_opt(places)
        .map(|_| ())
        .ok_or_else(|| gone(Need::WasmOpt))
}

fn find_trunk(places: &Places) -> Option<PathBuf> {
    find_of_series(places, "trunk", TRUNK)
}

fn find_cargo_deny(places: &Places) -> Option<PathBuf> {
    find_of_series(places, "cargo-deny", CARGO_DENY)
}

/// This version, or a later patch of its series.
fn find_of_series(places: &Places, name: &str, oldest: Version) -> Option<PathBuf> {
    let fits = |version: Version| {
        version >= oldest && (version.major, version.minor) == (oldest.major, oldest.minor)
    };
    candidates(places, name).find(|tool| version_of(tool).is_some_and(fits))
}

fn find_wasm_bindgen(places: &Places, wanted: Version) -> Option<PathBuf> {
    let mut tools = candidates(places, "wasm-bindgen");
    tools.find(|tool| {
        let runner = tool.with_file_name(executable("wasm-bindgen-test-runner"));
        version_of(tool) == Some(wanted) && version_of(&runner) == Some(wanted)
    })
}

fn find_wasm_opt(places: &Places) -> Option<PathBuf> {
    let name = if cfg!(windows) {
        "wasm-opt.cmd"
    } else {
        "wasm-opt"
    };
    let fetched = std::iter::once(places.npm().join("node_modules/.bin").join(name));
    let on_path = on_path(&executable("wasm-opt"));
    fetched
        .chain(on_path)
        .find(|tool| version_of(tool).is_some_and(|version| version >= WASM_OPT_OLDEST))
}

/// The fetched tool first, then those of that name on PATH.
fn candidates(places: &Places, name: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let name = executable(name);
    std::iter::once(places.tools().join("bin").join(&name)).chain(on_path(&name))
}

fn version_of(tool: &Path) -> Option<Version> {
    Version::printed(&answer(Command::new(tool).arg("--version"))?)
}

fn has_binstall() -> bool {
    !on_path(&executable("cargo-binstall")).is_empty()
}

fn gone(need: Need) -> Failure {
    Failure::Unexpected(format!(
        "{need} was installed, but does not answer `--version` as it should"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_up_to_what_people_plan_with() {
        assert_eq!(about(20), "20 s");
        assert_eq!(about(200), "4 min");
    }

    #[test]
    fn a_prebuilt_tool_is_announced_as_quicker_than_a_compiled_one() {
        for need in [Need::Trunk, Need::WasmBindgen(Version::new(0, 2, 130))] {
            assert!(need.how(true).1 < need.how(false).1);
        }
    }
}
