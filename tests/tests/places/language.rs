//! The page in Chinese: every place, with no English sentence left over.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::Built;

use crate::tour::{Fill, each_place, fill, go, open};

#[test]
fn no_place_has_an_english_sentence_in_chinese() {
    let Some(built) = Built::find() else { return };
    let mut left_over = Vec::new();
    for filled in [Fill::Empty, Fill::Data, Fill::Faults] {
        let browser = open(&built, "zh-CN");
        fill(&browser, filled);
        each_place(&browser, |place| {
            let name = filled.name();
            left_over.extend(
                english(&browser)
                    .iter()
                    .map(|text| format!("{place}, {name}: {text}")),
            );
        });
        browser.press("?");
        browser.see("#keys");
        left_over.extend(english(&browser).iter().map(|text| format!("keys: {text}")));
    }
    left_over.sort();
    left_over.dedup();
    assert!(left_over.is_empty(), "{left_over:#?}");
}

#[test]
fn the_language_changes_in_every_place_at_once_and_back() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built, "en-US");
    each_place(&browser, |place| {
        browser.click("#other-language");
        browser.see("html[lang=zh-CN]");
        let link = browser.text(&format!("nav a[href='#{place}']"));
        assert!(!link.is_ascii(), "{place} is called {link} in Chinese");
        browser.click("#other-language");
        browser.see("html[lang=en]");
        let link = browser.text(&format!("nav a[href='#{place}']"));
        assert!(link.is_ascii(), "{place} is called {link} in English");
    });
}

#[test]
fn an_english_sentence_would_be_found() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built, "en-US");
    go(&browser, "connect");
    assert!(
        english(&browser).len() > 5,
        "the English page is full of them"
    );
}

/// Runs of four English words or more in what is seen or read out, without what a machine says.
fn english(browser: &Browser) -> Vec<String> {
    let said = browser.run(ENGLISH, &json!([]));
    let found = said.as_array().expect("a list").iter();
    found
        .map(|text| text.as_str().unwrap_or_default().into())
        .collect()
}

const ENGLISH: &str = r"
    const machine = 'code, pre, kbd, samp, .mono, body [lang=en]';
    const sentence = /[A-Za-z][A-Za-z’'-]*(?:[ ,;:]+[A-Za-z][A-Za-z’'-]*){3,}/;
    const inSight = one => one && one.checkVisibility() && !one.closest(machine);
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        if (inSight(walker.currentNode.parentElement)) texts.push(walker.currentNode.data);
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        for (const one of document.body.querySelectorAll(`[${name}]`)) {
            if (one.checkVisibility() && !one.closest('body [lang=en]')) texts.push(one.getAttribute(name));
        }
    }
    return [...new Set(texts.filter(text => sentence.test(text)))];
";
