//! Everything can be done with the keyboard alone.

use serde_json::json;
use tern_tests::browser::{Browser, ENTER, ESCAPE, TAB};
use tern_tests::served::Built;

use crate::tour::{CONNECT, Fill, each_place, fill, open, places, standing};

#[test]
fn a_session_needs_no_mouse() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built, "en-US");

    browser.press("?");
    browser.see("#keys");
    browser.press(ESCAPE);
    gone(&browser, "#keys");

    // The numbers lead to the places, in their order.
    for (number, place) in places(&browser).iter().enumerate().take(5) {
        browser.press(&(number + 1).to_string());
        browser.see(&format!("nav a[href='#{place}'][aria-current=page]"));
    }

    browser.press("1");
    browser.tab_to(CONNECT);
    browser.press(ENTER);
    standing(&browser, "connected");

    to(&browser, "messages");
    browser.tab_to("#subscribe");
    browser.press(ENTER);
    browser.see("#subscriptions [data-state=granted]");
    browser.tab_to("#payload");
    browser.press("21.5");
    browser.tab_to("#publish");
    browser.press(ENTER);
    browser.see("#message-list .message");

    to(&browser, "timeline");
    browser.press("/");
    browser.see("[data-search]:focus");
    browser.press("21.5");
    browser.see("#passing");
    browser.press(ESCAPE);
    gone(&browser, "[data-search]:focus");
    browser.press("p");
    browser.see("#pause[aria-pressed=true]");
    browser.press("p");
    browser.see("#pause[aria-pressed=false]");
    browser.press("j");
    browser.see("#packet-list [aria-pressed=true]");
    browser.press(ESCAPE);
    gone(&browser, "#packet-list [aria-pressed=true]");

    browser.press("c");
    standing(&browser, "disconnected");
}

#[test]
fn the_tab_key_reaches_every_control_of_every_place() {
    let Some(built) = Built::find() else { return };
    let mut missed = Vec::new();
    for filled in [Fill::Empty, Fill::Data] {
        let browser = open(&built, "en-US");
        fill(&browser, filled);
        each_place(&browser, |place| {
            let name = filled.name();
            missed.extend(
                unreached(&browser)
                    .iter()
                    .map(|control| format!("{place}, {name}: {control}")),
            );
        });
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Goes to a place by its number.
fn to(browser: &Browser, place: &str) {
    let places = places(browser);
    let number = places.iter().position(|one| one == place);
    let number = number.expect("there is such a place") + 1;
    // A field that has the focus would take the number as text.
    browser.press(ESCAPE);
    browser.press(&number.to_string());
    browser.see(&format!("nav a[href='#{place}'][aria-current=page]"));
}

fn gone(browser: &Browser, css: &str) {
    browser.wait(
        "return !document.querySelector(arguments[0])",
        &json!([css]),
    );
}

/// The controls in sight that the tab key does not come by on its way through the page. Of a group of radio buttons
/// it comes by one, and the arrows do the rest.
fn unreached(browser: &Browser) -> Vec<String> {
    let count = browser.run(CONTROLS, &json!([]));
    let count = count.as_u64().expect("a number");
    browser.press(&TAB.repeat(usize::try_from(count).expect("few") + 2));
    let said = browser.run(UNREACHED, &json!([]));
    let missed = said.as_array().expect("a list").iter();
    missed
        .map(|control| control.as_str().unwrap_or_default().into())
        .collect()
}

const CONTROLS: &str = r"
    window.reached = new Set();
    document.activeElement.blur();
    getSelection().removeAllRanges();
    document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex');
    document.addEventListener('focusin', ({ target }) => reached.add(target));
    const css = 'a[href], button, input, select, textarea, summary, [tabindex]';
    window.controls = () => [...document.querySelectorAll(css)].filter(one =>
        one.checkVisibility() && !one.disabled && one.tabIndex >= 0);
    return controls().length;
";

const UNREACHED: &str = r"
    const named = name => [...reached].some(one => one.name === name);
    const missed = controls().filter(one => !reached.has(one) && !(one.type === 'radio' && named(one.name)));
    return missed.map(one => one.outerHTML.slice(0, 120));
";
