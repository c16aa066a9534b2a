//! After the first visit the console needs no network.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Files, SUB_PATH};

use crate::tour::{Fill, each_place, fill, standing};

#[test]
fn a_page_that_was_visited_once_works_without_a_network() {
    let Some(built) = Built::find() else { return };
    let server = Files::serve(&built.dist);
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", server.address));
    standing(&browser, "not-connected");
    // It is there once everything has been kept.
    let kept = browser.run_async(
        "const done = arguments[arguments.length - 1];
         navigator.serviceWorker.ready.then(({ active }) => done(active.state), error => done(String(error)));",
        &json!([]),
    );
    assert!(
        matches!(kept.as_str(), Some("activating" | "activated")),
        "{kept}"
    );

    server.turn_off();
    assert_eq!(
        fetched(&browser, "no-such-file"),
        "nothing",
        "there is no network"
    );
    browser.reload();
    standing(&browser, "not-connected");
    // The stand-in in the page is all that a connection needs.
    fill(&browser, Fill::Data);
    each_place(&browser, |_| {});
}

/// What comes of an address beside the page.
fn fetched(browser: &Browser, name: &str) -> String {
    let script = "const done = arguments[arguments.length - 1];
        fetch(arguments[0]).then(({ status }) => done(String(status)), () => done('nothing'));";
    let said = browser.run_async(script, &json!([name]));
    said.as_str().expect("a text").into()
}
