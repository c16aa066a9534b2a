//! Switching filters where a hundred thousand messages are held, and none come.

use tern_tests::browser::Browser;

use crate::answers::{Times, filter_by_text, filter_by_topic};
use crate::broker::Mosquitto;
use crate::fed::Fed;
use crate::ingest::Flow;

/// Messages held.
pub(crate) const HELD: u64 = 100_000;

/// Feeds the page, and switches.
pub(crate) fn run(browser: &Browser, page: &dyn Fed, broker: &Mosquitto) -> [Times; 2] {
    page.open(browser, broker.websocket);
    let reading = Flow::start(browser, page, broker).feed_all(HELD);
    assert_eq!(reading.received, HELD, "all of them have come");
    [
        filter_by_topic(browser, &mut || {}),
        filter_by_text(browser, &mut || {}),
    ]
}
