//! The page keeps its own Content-Security-Policy.

use tern_tests::served::Built;

use crate::tour::{Fill, each_place, fill, open};

#[test]
fn no_place_has_the_browser_complain() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built, "en-US");
    each_place(&browser, |_| {});
    fill(&browser, Fill::Data);
    each_place(&browser, |_| {});
    // What a plain file server can't answer is what a program behind the page would.
    let complaints = browser.complaints();
    let others: Vec<_> = complaints
        .iter()
        .filter(|complaint| !complaint.contains("/api/"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}
