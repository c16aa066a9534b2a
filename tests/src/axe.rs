//! axe-core, run in a page: what keeps people from using it.

use std::path::PathBuf;

use serde_json::{Value, json};
use tern_skipped::skipped;

use crate::browser::Browser;

/// axe-core's own file.
pub struct Axe {
    source: String,
}

impl Axe {
    /// Reads the file that `TERN_AXE` names. `cargo xtask test` fetches it by npm and sets the variable; without npm
    /// there is none, which is said.
    pub fn find() -> Option<Self> {
        let Some(file) = std::env::var_os("TERN_AXE").map(PathBuf::from) else {
            skipped("axe-core is not here; `cargo xtask test` fetches it where npm is installed");
            return None;
        };
        let source = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("axe-core at {}: {error}", file.display()));
        Some(Self { source })
    }

    /// What axe calls serious or critical on the page as it stands: the rule, and which elements break it and how.
    pub fn findings(&self, browser: &Browser) -> Vec<String> {
        if browser.run("return !window.axe", &json!([])) == true {
            // It looks for the page's `window`, and finds it from inside a function too.
            browser.run(&self.source, &json!([]));
        }
        let report = browser.run_async(RUN, &json!([]));
        assert!(report["error"].is_null(), "axe-core: {}", report["error"]);
        let checked = report["checked"].as_u64();
        assert!(
            checked > Some(10),
            "axe-core has checked the page: {report}"
        );
        let violations = report["violations"].as_array().into_iter().flatten();
        violations
            .filter(|violation| {
                matches!(violation["impact"].as_str(), Some("serious" | "critical"))
            })
            .map(in_words)
            .collect()
    }
}

const RUN: &str = r"
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations, passes }) => done({ violations, checked: violations.length + passes.length, error: null }),
        error => done({ error: String(error) }),
    );
";

fn in_words(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let nodes = nodes.map(|node| {
        let why = node["failureSummary"].as_str().unwrap_or_default();
        format!("\n    {}: {}", node["target"], why.replace('\n', " "))
    });
    format!(
        "{} ({}): {}{}",
        violation["id"].as_str().unwrap_or_default(),
        violation["impact"].as_str().unwrap_or_default(),
        violation["help"].as_str().unwrap_or_default(),
        nodes.collect::<String>()
    )
}
