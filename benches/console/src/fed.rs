//! The pages that are fed, and what they say they have received.

use std::net::SocketAddr;
use std::ops::Range;

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::SUB_PATH;

use crate::answers::List;
use crate::feeder::{FILTER, TOPICS};

/// A page that subscribes to the feed.
pub(crate) trait Fed {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// Opens it, logs in at the broker, and subscribes; answers when the subscription stands.
    fn open(&self, browser: &Browser, broker: SocketAddr);

    /// What it says now.
    fn reading(&self, browser: &Browser) -> Reading;

    /// Opens whatever only the first messages have brought, so that it is in sight while the others come.
    fn unfold(&self, _browser: &Browser) {}

    /// Its list, where it has one that can be scrolled and filtered.
    fn list(&self) -> Option<List> {
        None
    }
}

/// What a page says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    /// When, in ms of the page's own clock.
    pub(crate) at_ms: f64,
    /// Messages received since the page was opened.
    pub(crate) received: u64,
    /// What became of everything that came and went, where the page says so.
    pub(crate) log: Option<Log>,
}

/// The console's own account of its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    /// Packets that went up and came down.
    pub(crate) seen: u64,
    /// Packets that are held.
    pub(crate) held: u64,
    /// Packets that made room for newer ones.
    pub(crate) evicted: u64,
}

impl Log {
    /// Packets that are neither held nor counted as evicted.
    pub(crate) fn unaccounted(self) -> i64 {
        // Numbers of packets are far from 2^63.
        self.seen as i64 - (self.held + self.evicted) as i64
    }
}

/// A page of `benches/console/pages/`: it counts, and shows nothing.
pub(crate) struct Counting {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// Its file.
    pub(crate) file: &'static str,
    /// Where `benches/console/pages/` is served.
    pub(crate) pages: SocketAddr,
    /// Where the folder with the library is served, for the page that uses one.
    pub(crate) library: Option<SocketAddr>,
}

impl Fed for Counting {
    fn name(&self) -> &'static str {
        self.name
    }

    fn open(&self, browser: &Browser, broker: SocketAddr) {
        let library = self.library.map_or_else(String::new, |server| {
            format!("&library=http://{server}{SUB_PATH}mqtt.min.js")
        });
        let filter = FILTER.replace('#', "%23");
        browser.open(&format!(
            "http://{}{SUB_PATH}{}?broker=ws://{broker}&client=counting&filter={filter}{library}",
            self.pages, self.file
        ));
        let said = browser.wait("return bench.ready || bench.error", &json!([]));
        assert_eq!(said, true, "{}: {said}", self.name);
    }

    fn reading(&self, browser: &Browser) -> Reading {
        let said = browser.run(
            "return [performance.now(), bench.received, bench.error]",
            &json!([]),
        );
        assert!(said[2].is_null(), "{}: {}", self.name, said[2]);
        Reading {
            at_ms: said[0].as_f64().expect("a time"),
            received: said[1].as_u64().expect("a count"),
            log: None,
        }
    }
}

/// The console, with one of its places in sight.
pub(crate) struct Console {
    /// Its address.
    pub(crate) url: String,
    /// The place.
    pub(crate) place: Place,
}

/// A place that shows what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Every packet.
    Timeline,
    /// The messages, and the tree of their topics.
    Messages,
}

/// What stands in sight: packets up, packets down, held, evicted.
const PACKETS: &str = r"
    const count = id => Number(document.getElementById('count-' + id).textContent.split(' · ')[0].replace(/\D/g, ''));
    return [performance.now(), count('up'), count('down'), count('held'), count('evicted')];
";
/// What stands in sight: messages held, messages evicted.
const MESSAGES: &str = r"
    const count = dd => Number(dd.textContent.replace(/\D/g, ''));
    return [performance.now(), ...[...document.querySelectorAll('.received .counts dd')].map(count)];
";
/// Opens every branch that is closed, until none is.
const UNFOLD: &str = r"
    const done = arguments[arguments.length - 1];
    const unfold = () => {
        const closed = [...document.querySelectorAll('#topic-tree [aria-expanded=false] .twisty')];
        if (closed.length === 0) return done(document.querySelectorAll('#topic-tree [role=treeitem]').length);
        closed.forEach(one => one.click());
        setTimeout(unfold, 200);
    };
    unfold();
";

impl Fed for Console {
    fn name(&self) -> &'static str {
        match self.place {
            Place::Timeline => "console, timeline",
            Place::Messages => "console, topic tree",
        }
    }

    fn open(&self, browser: &Browser, broker: SocketAddr) {
        browser.open(&self.url);
        browser.see("#standing[data-standing=not-connected]");
        browser.click("label:has(#carrier-ws)");
        browser.fill("#host", &broker.ip().to_string());
        browser.fill("#port", &broker.port().to_string());
        // The longest that the platform allows: no ping falls into the measurement.
        browser.fill("#keep-alive", "300");
        browser.click("form .actions button[type=submit]");
        browser.see("#standing[data-standing=connected]");
        browser.click("nav a[href='#messages']");
        browser.fill("#filter", FILTER);
        browser.click("#subscribe");
        browser.see("#subscriptions [data-state=granted]");
        if self.place == Place::Timeline {
            browser.click("nav a[href='#timeline']");
            browser.see("#packet-list [data-kind=SUBACK]");
        }
        assert_eq!(self.reading(browser).received, 0, "nothing is fed yet");
    }

    fn unfold(&self, browser: &Browser) {
        if self.place == Place::Messages {
            let lines = browser.run_async(UNFOLD, &json!([]));
            assert!(
                lines.as_u64() >= Some(TOPICS as u64),
                "{lines} lines in the tree"
            );
        }
    }

    fn list(&self) -> Option<List> {
        Some(match self.place {
            Place::Timeline => List {
                id: "packet-list",
                fields: &[
                    ("filter by topic", "filter-topic"),
                    ("filter by text", "filter-text"),
                ],
            },
            Place::Messages => List {
                id: "message-list",
                fields: &[("search", "message-search")],
            },
        })
    }

    fn reading(&self, browser: &Browser) -> Reading {
        let script = match self.place {
            Place::Timeline => PACKETS,
            Place::Messages => MESSAGES,
        };
        let said = browser.run(script, &json!([]));
        let number = |at: usize| said[at].as_u64().expect("the counts are in sight");
        let (received, log) = match self.place {
            Place::Timeline => {
                let (up, down) = (number(1), number(2));
                let (held, evicted) = (number(3), number(4));
                let seen = up + down;
                let log = Log {
                    seen,
                    held,
                    evicted,
                };
                (down - ANSWERS, Some(log))
            }
            Place::Messages => (number(1) + number(2), None),
        };
        Reading {
            at_ms: said[0].as_f64().expect("a time"),
            received,
            log,
        }
    }
}

/// The packets that come down before the first message: CONNACK and SUBACK.
const ANSWERS: u64 = 2;

/// Begins to note when the page's main thread is held up.
pub(crate) fn watch_main_thread(browser: &Browser) {
    let script = "
        window.longTasks = [];
        new PerformanceObserver(list => {
            for (const task of list.getEntries()) longTasks.push([task.startTime, task.duration]);
        }).observe({ type: 'longtask' });
    ";
    browser.run(script, &json!([]));
}

/// The longest time that the main thread was held up by something that began in a span of the page's clock, in ms.
/// A browser tells of those from 50 ms on; 0 stands for all shorter ones.
pub(crate) fn longest_task_ms(browser: &Browser, span: Range<f64>) -> f64 {
    let said = browser.run("return longTasks", &json!([]));
    let tasks = said.as_array().into_iter().flatten();
    let times = tasks.filter_map(|task| Some((task[0].as_f64()?, task[1].as_f64()?)));
    times
        .filter(|(start, _)| span.contains(start))
        .map(|(_, time)| time)
        .fold(0.0, f64::max)
}
