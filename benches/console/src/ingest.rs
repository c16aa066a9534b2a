//! One page, one feed: how many messages a second it takes in, and what that costs.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tern_tests::browser::Browser;

use crate::answers::{List, Times, ask};
use crate::devtools::{Devtools, Memory, Profile};
use crate::fed::{Fed, Reading, longest_task_ms, watch_main_thread};
use crate::feeder::Feeder;
use tern_measure::Mosquitto;

/// Messages of the first third: enough that what the console holds is full.
const FILL: u64 = 300_000;
/// Messages after which every topic has been seen.
const FIRST: u64 = 1_000;
/// How long the rate is measured.
const MEASURED: Duration = Duration::from_secs(8);
/// How long the feed runs before that, so that the first reading is one of a steady flow.
const RUN_UP: Duration = Duration::from_secs(1);
/// How long a profile is taken.
const PROFILED: Duration = Duration::from_secs(4);
/// How far the feeder may be ahead of the page, in messages: more than any page takes in between two readings,
/// and little enough for the broker to keep.
const AHEAD: u64 = 100_000;
/// The time between two readings.
const POLL: Duration = Duration::from_millis(100);
/// A page that takes in nothing for so long has lost what is still missing.
const STUCK: Duration = Duration::from_secs(5);

/// What one run has shown.
pub(crate) struct Figures {
    /// Messages a second.
    pub(crate) rate: f64,
    /// The longest time that the main thread was held up, in ms; 0 below 50.
    pub(crate) longest_task_ms: f64,
    /// What page and worker hold when [`FILL`] messages have come, and at the end.
    pub(crate) memory: [Memory; 2],
    /// How long the page took to answer while it was fed.
    pub(crate) answers: Vec<Times>,
    /// Where page and worker were, if that was asked for.
    pub(crate) profiles: Vec<Profile>,
    /// Messages sent.
    pub(crate) sent: u64,
    /// Messages sent and not received.
    pub(crate) lost: u64,
    /// The last reading.
    pub(crate) last: Reading,
    /// Whether the feeder was ahead of the page all the time: else it was the feeder that was measured.
    pub(crate) saturated: bool,
}

/// Feeds a page. The browser shows it alone, from a fresh start. With `profiles`, a time between the fill and what
/// is measured is profiled, into that folder.
pub(crate) fn run(
    browser: &Browser,
    page: &dyn Fed,
    broker: &Mosquitto,
    profiles: Option<&Path>,
) -> Figures {
    page.open(browser, broker.websocket);
    watch_main_thread(browser);
    let mut flow = Flow::start(browser, page, broker);
    let begun = flow.reading().at_ms;
    flow.feed_all(FIRST);
    page.unfold(browser);
    let filled = flow.feed_all(FILL).at_ms;
    let longest_at_first = longest_task_ms(browser, begun..filled);
    // This holds the page up, which is none of its own doing.
    let full = Devtools::open(browser.devtools_address()).memory();

    let profiles = profiles.map(|folder| {
        flow.feed_for(RUN_UP);
        flow.feeder.allow(flow.feeder.sent() + 4 * AHEAD);
        Devtools::open(browser.devtools_address()).profile(PROFILED, folder)
    });
    let begun = flow.feed_for(RUN_UP).at_ms;
    flow.was_ahead = true;
    let first = flow.reading();
    let last = flow.feed_for(MEASURED);
    let rate = (last.received - first.received) as f64 / (last.at_ms - first.at_ms) * 1000.0;
    let saturated = flow.was_ahead;

    let answers = page.list().map(|list| flow.ask(list)).unwrap_or_default();
    let last = flow.feed_all(flow.feeder.allowed());
    let sent = flow.feeder.sent();
    let longest = longest_task_ms(browser, begun..last.at_ms);
    Figures {
        rate,
        longest_task_ms: longest.max(longest_at_first),
        memory: [full, Devtools::open(browser.devtools_address()).memory()],
        answers,
        profiles: profiles.unwrap_or_default(),
        sent,
        lost: sent.saturating_sub(last.received),
        last,
        saturated,
    }
}

/// A feeder whose pace is the page's.
pub(crate) struct Flow<'a> {
    browser: &'a Browser,
    page: &'a dyn Fed,
    feeder: Feeder,
    was_ahead: bool,
}

impl<'a> Flow<'a> {
    /// Connects the feeder of a page that is open and has subscribed.
    pub(crate) fn start(browser: &'a Browser, page: &'a dyn Fed, broker: &Mosquitto) -> Self {
        Self {
            browser,
            page,
            feeder: Feeder::start(broker.tcp),
            was_ahead: true,
        }
    }

    /// Asks the page's list this and that, and keeps the feed going meanwhile.
    fn ask(&mut self, list: List) -> Vec<Times> {
        ask(self.browser, list, &mut || {
            let reading = self.reading();
            self.feeder.allow(reading.received + AHEAD);
        })
    }

    fn reading(&mut self) -> Reading {
        let sent = self.feeder.sent();
        let reading = self.page.reading(self.browser);
        self.was_ahead &= sent > reading.received;
        reading
    }

    /// Keeps ahead of the page for `time`.
    fn feed_for(&mut self, time: Duration) -> Reading {
        let since = Instant::now();
        loop {
            let reading = self.reading();
            if since.elapsed() >= time {
                return reading;
            }
            self.feeder.allow(reading.received + AHEAD);
            thread::sleep(POLL);
        }
    }

    /// Feeds until the page has received `total` messages since the start, or gets no more.
    pub(crate) fn feed_all(&mut self, total: u64) -> Reading {
        let mut seen = (0, Instant::now());
        loop {
            let reading = self.reading();
            if reading.received > seen.0 {
                seen = (reading.received, Instant::now());
            }
            if reading.received >= total.max(self.feeder.sent()) || seen.1.elapsed() >= STUCK {
                return reading;
            }
            self.feeder.allow(total.min(reading.received + AHEAD));
            thread::sleep(POLL);
        }
    }
}
