//! Every place at the widths of a desk, a tablet and a phone.

use serde_json::json;
use tern_tests::browser::{Browser, Theme};
use tern_tests::served::Built;

use crate::tour::{Fill, each_place, fill, open};

const SIZES: [(u32, u32); 3] = [(1440, 900), (1024, 768), (390, 844)];

#[test]
fn no_place_is_wider_than_its_window() {
    let Some(built) = Built::find() else { return };
    let mut wide = Vec::new();
    for filled in [Fill::Empty, Fill::Data, Fill::Faults] {
        let browser = open(&built, "en-US");
        fill(&browser, filled);
        let name = filled.name();
        for (width, height) in SIZES {
            browser.resize(width, height, Theme::Light);
            each_place(&browser, |place| {
                browser.picture(&format!("{place}-{name}-{width}"));
                wide.extend(
                    overflow(&browser).map(|by| format!("{place}, {name}, {width} px: {by}")),
                );
            });
        }
        browser.resize(1440, 900, Theme::Dark);
        each_place(&browser, |place| {
            browser.picture(&format!("{place}-{name}-dark"))
        });
    }
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn what_sticks_out_would_be_found() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built, "en-US");
    let script =
        "const wide = document.createElement('p'); wide.id = 'wide'; wide.style.width = '2000px';
        wide.textContent = 'wide'; document.body.append(wide)";
    browser.run(script, &json!([]));
    for (width, height) in SIZES {
        browser.resize(width, height, Theme::Light);
        let by = overflow(&browser).expect("it sticks out");
        assert!(by.contains("p#wide"), "{by}");
    }
}

/// What sticks out of the window to the right, if the page can be scrolled there.
fn overflow(browser: &Browser) -> Option<String> {
    let said = browser.run(OVERFLOW, &json!([]));
    said.as_str().map(Into::into)
}

// The window's width in the layout: a phone shows a page that is too wide smaller, and `innerWidth` grows with it.
// What is folded away is opened meanwhile.
const OVERFLOW: &str = r"
    const folded = [...document.querySelectorAll('details:not([open])')];
    folded.forEach(one => { one.open = true; });
    try { return overflow(); } finally { folded.forEach(one => { one.open = false; }); }
    function overflow() {
    const page = document.scrollingElement, wide = document.documentElement.clientWidth;
    if (page.scrollWidth <= wide) return null;
    const sticksOut = one => one.getBoundingClientRect().right > wide;
    // Not what only holds something that sticks out.
    const out = [...document.body.querySelectorAll('*')].filter(one => sticksOut(one) && ![...one.children].some(sticksOut));
    const name = one => one.tagName.toLowerCase() + (one.id && '#' + one.id) + [...one.classList].map(c => '.' + c).join('');
    return `${page.scrollWidth} px, with ${out.slice(0, 5).map(name).join(', ')}`;
    }
";
