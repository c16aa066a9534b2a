//! Goes through the console's places, empty and with something in each.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, SUB_PATH, files};

/// The button that connects.
pub(crate) const CONNECT: &str = "form .actions button[type=submit]";
/// What a place shows that has something to show.
const PAYLOADS: [&str; 3] = [
    r#"{"temperature":21.5,"unit":"C"}"#,
    r#"{"temperature":22.25,"unit":"C"}"#,
    "no JSON",
];

/// How much there is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// As it is at the first visit.
    Empty,
    /// Connected with the stand-in in the page, with messages received.
    Data,
    /// With a form that has faults in it.
    Faults,
}

impl Fill {
    /// Its name in pictures and complaints.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Data => "data",
            Self::Faults => "faults",
        }
    }
}

/// The console in a browser of that language, from plain files.
pub(crate) fn open(built: &Built, language: &str) -> Browser {
    let browser = Browser::start_with(language, false);
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser
}

/// The names of all places, in the page's order.
pub(crate) fn places(browser: &Browser) -> Vec<String> {
    let links = browser.all("nav a[href^='#']", "href");
    let places: Vec<String> = links.iter().map(|link| link[1..].to_owned()).collect();
    assert!(
        places.len() >= 5,
        "the page links to its places: {places:?}"
    );
    places
}

/// Goes to a place.
pub(crate) fn go(browser: &Browser, place: &str) {
    browser.click(&format!("nav a[href='#{place}']"));
    browser.see(&format!("nav a[href='#{place}'][aria-current=page]"));
}

/// Waits until the connection stands so.
pub(crate) fn standing(browser: &Browser, wanted: &str) {
    browser.see(&format!("#standing[data-standing={wanted}]"));
}

/// Brings an open console, fresh from its start, to where there is that much to see.
pub(crate) fn fill(browser: &Browser, fill: Fill) {
    match fill {
        Fill::Empty => {}
        Fill::Data => {
            connect(browser);
            converse(browser);
        }
        Fill::Faults => {
            browser.fill("#keep-alive", "30");
            browser.fill("#product-key", "a1b&c");
            browser.fill("#device-name", "");
            browser.click(CONNECT);
            browser.see("#device-name-error");
        }
    }
}

/// Connects with the stand-in in the page.
pub(crate) fn connect(browser: &Browser) {
    go(browser, "connect");
    browser.click(CONNECT);
    standing(browser, "connected");
}

/// Messages to oneself; then one packet and one message are chosen.
fn converse(browser: &Browser) {
    go(browser, "messages");
    browser.click("#subscribe");
    browser.see("#subscriptions [data-state=granted]");
    for (number, payload) in PAYLOADS.iter().enumerate() {
        browser.fill("#payload", payload);
        browser.click("#publish");
        browser.see(&format!("#message-list .message:nth-child({})", number + 1));
    }
    browser.click("#message-list .message button");
    go(browser, "timeline");
    browser.click("#packet-list [data-kind=PUBLISH][data-direction=down]");
    browser.see("#packet-list [aria-pressed=true]");
}

/// Calls `look` in every place, in each theme and at each width that it wants to.
pub(crate) fn each_place(browser: &Browser, mut look: impl FnMut(&str)) {
    for place in places(browser) {
        go(browser, &place);
        // The place itself and what the stand-in tells may be on their way.
        browser.wait(
            "return !document.querySelector('[aria-busy=true]')",
            &json!([]),
        );
        // Two frames, so that what the place asks of its worker is drawn too.
        browser.run_async(
            "const done = arguments[arguments.length - 1];
             requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));",
            &json!([]),
        );
        look(&place);
    }
}
