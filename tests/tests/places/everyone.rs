//! Nothing keeps people from using a place, as far as axe-core can tell.

use tern_tests::axe::Axe;
use tern_tests::browser::Theme;
use tern_tests::served::Built;

use crate::tour::{Fill, each_place, fill, open};

#[test]
fn axe_finds_nothing_serious_in_any_place_of_either_theme() {
    let Some(built) = Built::find() else { return };
    let Some(axe) = Axe::find() else { return };
    let mut findings = Vec::new();
    for filled in [Fill::Empty, Fill::Data, Fill::Faults] {
        let browser = open(&built, "en-US");
        fill(&browser, filled);
        for theme in [Theme::Light, Theme::Dark] {
            browser.resize(1440, 900, theme);
            each_place(&browser, |place| {
                let here = axe.findings(&browser);
                let name = filled.name();
                findings.extend(
                    here.iter()
                        .map(|finding| format!("{place}, {name}, {theme:?}: {finding}")),
                );
            });
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn axe_would_find_a_button_without_a_name() {
    let Some(built) = Built::find() else { return };
    let Some(axe) = Axe::find() else { return };
    let browser = open(&built, "en-US");
    let script = "document.querySelector('main').append(document.createElement('button'))";
    browser.run(script, &serde_json::json!([]));
    let findings = axe.findings(&browser);
    assert!(
        findings
            .iter()
            .any(|finding| finding.starts_with("button-name (critical)")),
        "{findings:?}"
    );
}
