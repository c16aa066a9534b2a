//! How long the console's timeline takes to answer: from the event to the drawing that shows what was asked for.

use serde_json::{Value, json};
use tern_tests::browser::Browser;

/// Times of one kind of question, in ms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    /// What was asked for.
    pub(crate) what: &'static str,
    /// Each time, in ms.
    pub(crate) ms: Vec<f64>,
}

impl Times {
    /// The longest, in ms.
    pub(crate) fn longest(&self) -> f64 {
        self.ms.iter().copied().fold(0.0, f64::max)
    }
}

/// Jumps in the list, far enough that no row drawn before is in sight.
pub(crate) fn scroll(browser: &Browser, before_each: &mut dyn FnMut()) -> Times {
    let mut jump = |part: f64| {
        before_each();
        answer(browser, SCROLL, &json!([part]))
    };
    let ms = [0.5, 0.9, 0.4, 0.8, 0.3, 0.7].map(&mut jump).to_vec();
    let what = "scroll";
    Times { what, ms }
}

/// Switches the filter's topic.
pub(crate) fn filter_by_topic(browser: &Browser, before_each: &mut dyn FnMut()) -> Times {
    let ms = filter(browser, "filter-topic", before_each);
    let what = "filter by topic";
    Times { what, ms }
}

/// Switches the filter's text, which is looked for in every byte of every packet.
pub(crate) fn filter_by_text(browser: &Browser, before_each: &mut dyn FnMut()) -> Times {
    let ms = filter(browser, "filter-text", before_each);
    let what = "filter by text";
    Times { what, ms }
}

/// Each switch is from one topic of the feed to another, so that no row of the one answers for the other.
fn filter(browser: &Browser, field: &str, before_each: &mut dyn FnMut()) -> Vec<f64> {
    let mut switch = |text: &str| {
        before_each();
        answer(browser, FILTER, &json!([field, text]))
    };
    let times = ["sensor03", "sensor11", "sensor07", "sensor19"].map(&mut switch);
    answer(browser, FILTER, &json!([field, ""]));
    times.to_vec()
}

fn answer(browser: &Browser, script: &str, arguments: &Value) -> f64 {
    let script = format!("{DRAWN}{script}");
    let said = browser.run_async(&script, arguments);
    said.as_f64().expect("a time")
}

/// `drawn(is_there, done)` answers how long it took until a frame was drawn in which `is_there()` held.
const DRAWN: &str = r"
    const started = performance.now(), done = arguments[arguments.length - 1];
    const list = () => document.getElementById('packet-list');
    const drawn = isThere => requestAnimationFrame(() => {
        if (isThere()) setTimeout(() => done(performance.now() - started)); else drawn(isThere);
    });
";

/// Rows stand in the middle and at the lower end of the list's frame.
const SCROLL: &str = r"
    const frame = list().getBoundingClientRect();
    const isRow = y => document.elementFromPoint(frame.x + frame.width / 2, y)?.closest('[data-index]');
    list().scrollTop = list().scrollHeight * arguments[0];
    drawn(() => isRow(frame.y + frame.height / 2) && isRow(frame.bottom - 40));
";

/// Only rows of the topic are listed; of an empty text, rows of any.
const FILTER: &str = r"
    const [field, text] = arguments, input = document.getElementById(field);
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    drawn(() => {
        const rows = [...document.querySelectorAll('#packet-list [data-index]')];
        const topics = new Set(rows.map(row => row.querySelector('.topic')?.textContent));
        return text ? rows.length > 5 && topics.size === 1 && [...topics][0]?.endsWith(text) : topics.size > 1;
    });
";
