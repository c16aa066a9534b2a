//! `cargo xtask test`: every test there is, those in a headless browser too.

use crate::failure::Failure;
use crate::peers::Peers;
use crate::places::Places;
use crate::program::{CONSOLE, Scope};
use crate::steps::Steps;
use crate::tools::{AXE, Tools, WASM_TARGET};
use crate::{browser, console, program};

/// Seconds that one test in the browser may take; the runner's own 20 are short for a busy machine.
const BROWSER_TEST_SECONDS: &str = "180";

/// Runs all tests. What is built first must succeed; the test steps go on after a failure, so that one run shows all.
pub(crate) fn test(places: &Places, steps: &mut Steps) -> Result<(), Failure> {
    let tools = Tools::ready(places, steps)?;
    let driver = browser::driver(steps)?;
    // Where it can't be had, all other tests run all the same.
    let axe = AXE.ready(places, steps);
    let peers = Peers::ready(places, steps);
    console::fetch_crates(places, steps)?;
    let dist = console::build(places, &tools, steps)?;
    let program = program::build(places, Scope::Tests, &dist, steps)?;

    let mut natively = places.cargo();
    natively.args(["test", "--workspace", "--no-fail-fast"]);
    // What the journeys in tests/ need: the program that they start, the page that they open, and its browser.
    natively
        .env(CONSOLE, &dist)
        .env("TERN_BIN", &program)
        .env("TERN_DIST", &dist)
        .env("CHROMEDRIVER", &driver)
        .envs(
            axe.as_ref()
                .ok()
                .into_iter()
                .flatten()
                .map(|file| ("TERN_AXE", file)),
        )
        .envs(peers.variables.iter().map(|(name, path)| (name, path)));
    // What a test skips, it writes there; a file that another run has left says nothing of this one.
    let skipped = places.target.join("skipped.txt");
    tern_skipped::begin(&skipped).map_err(Failure::file("create", &skipped))?;
    natively.env(tern_skipped::VARIABLE, &skipped);
    let natively = steps.run("tests", &mut natively);
    for reason in tern_skipped::read(&skipped).map_err(Failure::file("read", &skipped))? {
        steps.skip(reason);
    }

    let mut in_browser = places.cargo();
    // `--tests`, since the runner would call a documentation test run, and not run it.
    in_browser.args(["test", "--no-fail-fast", "--tests"]);
    in_browser.args(["--package", "tern-web", "--target", WASM_TARGET]);
    in_browser.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        tools.browser_test_runner(),
    );
    in_browser
        .env("CHROMEDRIVER", &driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS);
    // The runner takes the first driver that it finds, and this one is meant.
    for other in ["GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        in_browser
            .env_remove(other)
            .env_remove(format!("{other}_REMOTE"));
    }
    let in_browser = steps.run(
        "tests in the browser",
        in_browser
            .env_remove("CHROMEDRIVER_REMOTE")
            .env_remove("NO_HEADLESS"),
    );

    axe.and(peers.outcome)
        .and(natively)
        .and(in_browser)
        .map_err(|failure| match steps.failed() {
            // It failed between two steps.
            names if names.is_empty() => failure,
            names => Failure::Steps(names),
        })
}
