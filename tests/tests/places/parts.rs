//! What a first visit loads, what comes later, and what happens where it does not come.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Files, SUB_PATH};

use crate::tour::{go, standing};

#[test]
fn a_first_visit_loads_no_part_and_a_place_loads_its_own() {
    let Some(built) = Built::find() else { return };
    let (_server, browser) = visit(&built, None);
    assert_eq!(parts(&browser), 0, "nothing but Connect was looked at");
    go(&browser, "check");
    browser.see("#verdict");
    let places = parts(&browser);
    assert!(places > 0);
    go(&browser, "cloud");
    browser.see(".cloud");
    assert_eq!(parts(&browser), places, "it was there already");
}

#[test]
fn a_place_that_can_not_be_loaded_says_so_and_is_loaded_again() {
    let Some(built) = Built::find() else { return };
    let (server, browser) = visit(&built, Some("_places.wasm"));
    go(&browser, "messages");
    browser.see("#place-missing");
    go(&browser, "connect");
    browser.click("form button[type=submit]");
    standing(&browser, "connected");
    go(&browser, "messages");
    browser.see("#place-missing");

    server.withhold(None);
    browser.click("#load-place");
    browser.see("#subscribe");
    standing(&browser, "connected");
}

#[test]
fn a_stand_in_that_can_not_be_loaded_is_waited_for() {
    let Some(built) = Built::find() else { return };
    let (server, browser) = visit(&built, Some("_stand_in.wasm"));
    browser.click("form button[type=submit]");
    standing(&browser, "reconnecting");
    server.withhold(None);
    standing(&browser, "connected");
}

fn visit(built: &Built, withheld: Option<&'static str>) -> (Files, Browser) {
    let server = Files::serve(&built.dist);
    server.withhold(withheld);
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", server.address));
    standing(&browser, "not-connected");
    (server, browser)
}

/// How many parts the page has loaded; what makes it work offline is another's business.
fn parts(browser: &Browser) -> usize {
    let script = "return performance.getEntriesByType('resource')
        .filter(({ name }) => /_[a-z0-9_]+\\.wasm$/.test(name) && !name.endsWith('_bg.wasm')).length;";
    let count = browser.run(script, &json!([])).as_u64().expect("a number");
    usize::try_from(count).expect("a few")
}
