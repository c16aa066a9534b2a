//! Switching filters where a hundred thousand messages are held, and none come.

use tern_tests::browser::Browser;

use crate::answers::{Times, filters};
use crate::fed::Fed;
use crate::ingest::Flow;
use tern_measure::Mosquitto;

/// Messages held.
const HELD: u64 = 100_000;
/// As the table says it.
pub(crate) const IN_WORDS: &str = "100,000 held, none coming";

/// Feeds the page, and switches.
pub(crate) fn run(browser: &Browser, page: &dyn Fed, broker: &Mosquitto) -> Vec<Times> {
    page.open(browser, broker.websocket);
    let reading = Flow::start(browser, page, broker).feed_all(HELD);
    assert_eq!(reading.received, HELD, "all of them have come");
    let list = page.list().expect("a page with a list");
    filters(browser, list, &mut || {})
}
