//! Messages: topics, search, views, difference, numbers over time; publishing in every notation, drafts, repeating.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, SUB_PATH, files};

use super::{CONNECT, DEVICE_NAME, PRODUCT_KEY, go, pictures, standing};

/// Connected with the stand-in in the page and subscribed to all of the device's own topics.
fn subscribed(built: &Built) -> Browser {
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser.click(CONNECT);
    standing(&browser, "connected");
    go(&browser, "messages");
    browser.fill("#filter", &topic("#"));
    browser.click("#subscribe");
    browser.see("#subscriptions [data-state=granted]");
    browser
}

fn topic(name: &str) -> String {
    format!("/{PRODUCT_KEY}/{DEVICE_NAME}/{name}")
}

/// Publishes, and waits until so many messages have come back.
fn publish(browser: &Browser, name: &str, notation: &str, payload: &str, held: u32) {
    browser.fill("#topic", &topic(name));
    browser.click(&format!("label:has(#notation-{notation})"));
    browser.fill("#payload", payload);
    browser.click("#publish");
    text(browser, "#messages-held", &held.to_string());
}

/// Waits until an element's text is this.
fn text(browser: &Browser, css: &str, wanted: &str) {
    browser.wait(
        "return document.querySelector(arguments[0])?.textContent === arguments[1]",
        &json!([css, wanted]),
    );
}

/// Waits until an element's text has this in it.
fn says(browser: &Browser, css: &str, wanted: &str) {
    browser.wait(
        "return document.querySelector(arguments[0])?.textContent.includes(arguments[1]) === true",
        &json!([css, wanted]),
    );
}

fn choose_last(browser: &Browser) {
    browser.click("#message-list .message:last-child button");
    browser.see(".whole .facts");
}

fn view(browser: &Browser, codec: &str) {
    browser.click(&format!("label:has(#view-{codec})"));
}

#[test]
fn topics_are_a_tree_that_narrows_the_list_by_mouse_and_by_keys() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    publish(&browser, "data", "text", "one", 1);
    publish(&browser, "user/update", "text", "two", 2);
    publish(&browser, "user/get", "text", "three", 3);
    text(&browser, "#topics-count", "3");
    assert_eq!(
        browser.all("#topic-tree [role=treeitem]", "data-path"),
        ["", "/data", "/user", "/user/get", "/user/update"]
            .map(|below| format!("/{PRODUCT_KEY}/{DEVICE_NAME}{below}")),
    );
    browser.click(&format!("[data-path='{}']", topic("user")));
    says(&browser, "#found", "2");
    assert_eq!(browser.all("#message-list .message", "role").len(), 2);
    browser.picture("messages-branch");

    // Left closes the branch, up and enter choose another one.
    browser.press("\u{e012}");
    browser.see(&format!(
        "[data-path='{}'][aria-expanded=false]",
        topic("user")
    ));
    browser.press("\u{e013}");
    browser.see(&format!("[data-path='{}']:focus", topic("data")));
    browser.press("\u{e007}");
    browser.see(&format!(
        "[data-path='{}'][aria-selected=true]",
        topic("data")
    ));
    says(&browser, "#found", "1");

    browser.click("#all-topics");
    browser.fill("#message-search", "THREE");
    says(&browser, "#found", "1");
    assert!(browser.text("#message-list .message").contains("three"));
    browser.fill("#message-search", "nobody said this");
    browser.see("#none-found");
}

#[test]
fn a_payload_shows_in_every_view_and_says_where_it_is_not_what_it_seems() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    // {"t": 21.5, "raw": h'0102'}, then the same cut short, then bytes that are nothing.
    let cbor = "a2 61 74 fb 40 35 80 00 00 00 00 00 63 72 61 77 42 01 02";
    publish(&browser, "data", "hex", cbor, 1);
    choose_last(&browser);
    says(&browser, ".views", "Auto (CBOR)");
    says(&browser, ".whole pre", "\"raw\": h'0102'");
    view(&browser, "hex");
    says(&browser, ".whole pre", "00000000  a2 61 74 fb");
    view(&browser, "base64");
    says(&browser, ".whole pre", "omF0+0A1gAAAAAAAY3Jhd0IBAg==");
    view(&browser, "text");
    says(&browser, "#view-fault", "byte 0 is no UTF-8");
    view(&browser, "json");
    says(&browser, "#view-fault", "not text");
    browser.picture("messages-view-fault");

    publish(&browser, "data", "hex", &cbor[..cbor.len() - 3], 2);
    choose_last(&browser);
    view(&browser, "cbor");
    says(&browser, "#view-fault", "the bytes end before");
    says(&browser, ".whole pre", "\"t\": 21.5");
    publish(&browser, "data", "base64", "//79", 3);
    choose_last(&browser);
    view(&browser, "auto");
    says(&browser, ".whole pre", "ff fe fd");
    publish(&browser, "data", "text", "", 4);
    choose_last(&browser);
    says(&browser, ".whole", "The payload is empty.");
}

#[test]
fn what_is_mistyped_is_named_at_its_place_and_stays() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    for (notation, typed, said) in [
        ("hex", "00 01 02 03 4g", "byte 5 is not hex"),
        ("base64", "AA?A", "character 3 is not base64"),
        ("json", "{\"t\": }", "line 1, character 7"),
    ] {
        browser.click(&format!("label:has(#notation-{notation})"));
        browser.fill("#payload", typed);
        says(&browser, "#payload-error", said);
        browser.see("#publish:disabled");
        assert_eq!(browser.value("#payload"), typed);
    }
    browser.fill("#repeat-every", "9");
    says(&browser, "#repeat-error", "10 to 3600000");
    pictures(&browser, "messages-mistyped");
    browser.fill("#payload", "{\"t\": 1}");
    browser.see("#publish:not(:disabled)");
    browser.see("#repeat-start:disabled");
}

#[test]
fn a_message_is_compared_with_the_one_before_and_its_numbers_are_drawn() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    let payload = |t: f64| format!("{{\"id\":\"1\",\"params\":{{\"t\":{t}}}}}");
    publish(&browser, "data", "json", &payload(21.5), 1);
    publish(&browser, "other", "text", "in between", 2);
    publish(&browser, "data", "json", &payload(22.25), 3);
    choose_last(&browser);
    browser.click("#compare");
    says(&browser, "#difference", "1 removed · 1 added");
    says(&browser, ".difference del", "\"t\": 21.5");
    says(&browser, ".difference ins", "\"t\": 22.25");

    browser.click("#chart-path option:nth-child(3)");
    says(&browser, "#chart figcaption", "latest 22.25");
    says(&browser, "#chart figcaption", "2 values");
    let name = &browser.all("#chart svg", "aria-label")[0];
    assert!(
        name.contains("params.t") && name.contains("highest 22.25"),
        "{name}"
    );
    browser.click("#chart summary");
    assert_eq!(browser.all("#chart tbody tr", "class").len(), 2);
    pictures(&browser, "messages-chart");

    // The line goes on as messages come.
    publish(&browser, "data", "json", &payload(20.0), 4);
    says(&browser, "#chart figcaption", "lowest 20");
    publish(&browser, "data", "text", "no number", 5);
    says(&browser, "#chart figcaption", "1 without it");

    browser.click("#message-list .message:first-child button");
    says(&browser, "#difference", "No message before it");
    browser.press("j");
    browser.see("#message-list .message:nth-child(2) [aria-pressed=true]");
    assert_eq!(
        browser
            .complaints()
            .iter()
            .filter(|text| !text.contains("/api/"))
            .count(),
        0
    );
}

#[test]
fn drafts_and_history_outlive_the_page() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    publish(&browser, "data", "hex", "00 ff", 1);
    browser.fill("#draft-name", "Two bytes");
    browser.click("#save-draft");
    browser.see("#drafts [data-draft='Two bytes']");
    browser.click("label:has(#notation-text)");
    browser.fill("#payload", "something else");

    browser.reload();
    go(&browser, "messages");
    browser.click("#drafts .kept");
    assert_eq!(browser.value("#payload"), "00 ff");
    browser.see("#notation-hex:checked");
    assert_eq!(browser.value("#topic"), topic("data"));
    browser.click(".history summary");
    assert!(browser.text("#history").contains("00 ff"));
    browser.picture("messages-drafts");
    browser.click("#drafts .delete");
    browser.wait("return !document.querySelector('#drafts')", &json!([]));
    browser.click("#forget");
    browser.wait("return !document.querySelector('#history')", &json!([]));
    let stored = browser.run("return localStorage.getItem('tern.publish')", &json!([]));
    assert_eq!(stored, r#"{"version":1,"drafts":[],"history":[]}"#);
}

#[test]
fn storage_that_is_full_forbidden_or_damaged_is_said_and_nothing_typed_gets_lost() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    let fill_up = "let text = 'x'.repeat(1 << 22);
        while (text) { try { localStorage.setItem('filler' + text.length, text); } catch { text = text.slice(text.length >> 1 || 1); continue; }
            text = text.slice(text.length >> 1 || 1); }";
    browser.run(fill_up, &json!([]));
    go(&browser, "messages");
    browser.fill("#payload", "precious");
    browser.fill("#draft-name", "kept");
    browser.click("#save-draft");
    says(&browser, "#drafts-error", "full");
    browser.see("#drafts [data-draft=kept]");
    assert_eq!(browser.value("#payload"), "precious");
    browser.picture("messages-storage-full");

    browser.run(
        "localStorage.clear();
         Object.defineProperty(window, 'localStorage', { configurable: true, get() { throw new DOMException('no', 'SecurityError') } })",
        &json!([]),
    );
    browser.fill("#draft-name", "another");
    browser.click("#save-draft");
    says(&browser, "#drafts-error", "lets the page store nothing");
    browser.see("#drafts [data-draft=another]");
    browser.see("#drafts [data-draft=kept]");

    browser.reload();
    browser.run(
        "localStorage.setItem('tern.publish', '{\"version\":1,')",
        &json!([]),
    );
    browser.reload();
    go(&browser, "messages");
    says(&browser, "#drafts-error", "could not be read");
    browser.fill("#draft-name", "new");
    browser.click("#save-draft");
    browser.see("#drafts [data-draft=new]");
    browser.wait(
        "return !document.querySelector('#drafts-error')",
        &json!([]),
    );
    let aside = browser.run(
        "return localStorage.getItem('tern.publish.unreadable')",
        &json!([]),
    );
    assert_eq!(aside, "{\"version\":1,");
}

#[test]
fn a_publish_repeats_until_it_is_stopped_or_the_connection_ends() {
    let Some(built) = Built::find() else { return };
    let browser = subscribed(&built);
    browser.fill("#payload", "again");
    browser.fill("#repeat-every", "20");
    browser.click("#repeat-start");
    let counted =
        "return Number(document.querySelector('#messages-held').textContent) >= arguments[0]";
    browser.wait(counted, &json!([5]));
    says(&browser, "#repeat-status", "Repeating");
    // Other places do not stop it.
    go(&browser, "timeline");
    go(&browser, "messages");
    browser.click("#repeat-stop");
    browser.see("#repeat-start");
    says(&browser, "#repeat-status", "stopped");

    browser.click("#repeat-start");
    browser.see("#repeat-stop");
    go(&browser, "connect");
    browser.click(CONNECT);
    standing(&browser, "disconnected");
    go(&browser, "messages");
    says(&browser, "#repeat-status", "the connection is over");
    browser.see("#repeat-start:disabled");
}
