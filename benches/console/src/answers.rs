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

/// A list of rows that have a topic each, and the fields that narrow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List {
    /// Its element's id.
    pub(crate) id: &'static str,
    /// What is typed, and the id of the field.
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

/// Asks a list all that it can be asked; `before_each` is called in between, where no clock runs.
pub(crate) fn ask(browser: &Browser, list: List, before_each: &mut dyn FnMut()) -> Vec<Times> {
    let mut times = vec![scroll(browser, list, before_each)];
    times.extend(filters(browser, list, before_each));
    times
}

/// Types something else into each field, one after the other.
///
/// Each switch is from one topic of the feed to another, so that no row of the one answers for the other.
pub(crate) fn filters(browser: &Browser, list: List, before_each: &mut dyn FnMut()) -> Vec<Times> {
    let mut one = |(what, field): &(&'static str, &'static str)| {
        let mut switch = |text: &str| {
            before_each();
            answer(browser, FILTER, &json!([list.id, field, text]))
        };
        let ms = ["sensor03", "sensor11", "sensor07", "sensor19"].map(&mut switch);
        switch("");
        Times {
            what,
            ms: ms.to_vec(),
        }
    };
    list.fields.iter().map(&mut one).collect()
}

/// Jumps far enough that no row drawn before is in sight.
fn scroll(browser: &Browser, list: List, before_each: &mut dyn FnMut()) -> Times {
    let mut jump = |part: f64| {
        before_each();
        answer(browser, SCROLL, &json!([list.id, part]))
    };
    Times {
        what: "scroll",
        ms: [0.5, 0.9, 0.4, 0.8, 0.3, 0.7].map(&mut jump).to_vec(),
    }
}

fn answer(browser: &Browser, script: &str, arguments: &Value) -> f64 {
    let script = format!("{DRAWN}{script}");
    let said = browser.run_async(&script, arguments);
    said.as_f64().expect("a time")
}

/// `drawn(isThere)` answers how long it took until a frame was drawn in which `isThere()` held.
const DRAWN: &str = r"
    const started = performance.now(), done = arguments[arguments.length - 1];
    const list = () => document.getElementById(arguments[0]);
    const drawn = isThere => requestAnimationFrame(() => {
        if (isThere()) setTimeout(() => done(performance.now() - started)); else drawn(isThere);
    });
";

/// Rows stand in the middle and at the lower end of the list's frame.
const SCROLL: &str = r"
    const frame = list().getBoundingClientRect();
    const isRow = y => document.elementFromPoint(frame.x + frame.width / 2, y)?.closest('[role=listitem]');
    list().scrollTop = list().scrollHeight * arguments[1];
    drawn(() => isRow(frame.y + frame.height / 2) && isRow(frame.bottom - 40));
";

/// Only rows of the topic are listed; of an empty text, rows of any.
const FILTER: &str = r"
    const [, field, text] = arguments, input = document.getElementById(field);
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    drawn(() => {
        const rows = [...list()?.querySelectorAll('[role=listitem]') ?? []];
        const topics = new Set(rows.map(row => row.querySelector('.topic')?.textContent));
        return text ? rows.length > 5 && topics.size === 1 && [...topics][0]?.endsWith(text) : topics.size > 1;
    });
";
