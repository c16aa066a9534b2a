//! Inspector: the bytes of each packet type named, by pointer and by keys; a malformed packet at its bad byte.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Platform, SUB_PATH, files};

use super::{CONNECT, go, pictures, standing, subscribe_and_publish};

const DOWN: &str = "\u{e015}";
const LEFT: &str = "\u{e012}";
const HOME: &str = "\u{e011}";
const END: &str = "\u{e010}";
const RIGHT: &str = "\u{e014}";
const ESCAPE: &str = "\u{e00c}";

/// Chooses the last packet of a type in the list, and waits until it is taken apart.
fn inspect(browser: &Browser, kind: &str) {
    browser.wait(
        "const rows = [...document.querySelectorAll(`#packet-list .packet[data-kind=${arguments[0]}]`)];
         const row = rows.at(-1);
         if (row?.getAttribute('aria-pressed') === 'false') row.click();
         return document.querySelector('.inspector .what b')?.textContent === arguments[0]
             && document.querySelector('.inspector .fields') !== null;",
        &json!([kind]),
    );
}

/// The offsets of the bytes that are lit.
fn lit(browser: &Browser) -> Vec<String> {
    browser.all(".dump .hex .lit", "data-byte")
}

/// The offsets of a stretch of bytes.
fn bytes(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|at| at.to_string()).collect()
}

fn focused(browser: &Browser, attribute: &str) -> String {
    let script = "return document.activeElement?.getAttribute(arguments[0]) ?? ''";
    let focused = browser.run(script, &json!([attribute]));
    focused.as_str().expect("a text").into()
}

/// Connected to the stand-in in the page, subscribed, a message sent and received, unsubscribed.
fn conversation(built: &Built) -> Browser {
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser.click(CONNECT);
    standing(&browser, "connected");
    subscribe_and_publish(&browser, "21.5");
    browser.click("#subscriptions button");
    browser.wait(
        "return document.querySelector('#subscriptions li') === null",
        &json!([]),
    );
    browser
}

#[test]
fn every_packet_type_of_a_conversation_is_named_field_by_field() {
    let Some(built) = Built::find() else { return };
    let browser = conversation(&built);
    go(&browser, "connect");
    browser.click(CONNECT);
    standing(&browser, "disconnected");
    go(&browser, "timeline");
    for (kind, fields) in [
        (
            "CONNECT",
            &[
                "ConnectFlags",
                "KeepAlive",
                "Securemode",
                "DeviceName",
                "Password",
            ][..],
        ),
        ("CONNACK", &["SessionPresent", "ReturnCode"]),
        (
            "SUBSCRIBE",
            &["PacketIdentifier", "TopicFilter", "RequestedQoS"],
        ),
        ("SUBACK", &["PacketIdentifier", "SubackReturnCode"]),
        (
            "PUBLISH",
            &["Dup", "QoS", "Retain", "TopicName", "ApplicationMessage"],
        ),
        ("PUBACK", &["PacketIdentifier"]),
        ("UNSUBSCRIBE", &["PacketIdentifier", "TopicFilter"]),
        ("UNSUBACK", &["PacketIdentifier"]),
        ("DISCONNECT", &["TypeAndFlags", "RemainingLength"]),
    ] {
        inspect(&browser, kind);
        for field in fields {
            browser.click(&format!(".fields [data-name={field}]"));
            assert!(!lit(&browser).is_empty(), "{kind}: {field} lights no byte");
        }
        let size = browser.text(".inspector .what span:last-child");
        let drawn = browser.all(".dump .hex .cell", "data-byte").len();
        assert_eq!(size, format!("{drawn} B"), "{kind}");
        assert!(!browser.has("#fault"), "{kind}");
        pictures(&browser, &format!("inspector-{}", kind.to_lowercase()));
    }
}

#[test]
fn the_inspector_works_by_keys_alone() {
    let Some(built) = Built::find() else { return };
    let browser = conversation(&built);
    go(&browser, "timeline");
    inspect(&browser, "CONNACK");
    browser.press("i");
    assert_eq!(focused(&browser, "data-name"), "FixedHeader");
    browser.press(DOWN);
    assert_eq!(focused(&browser, "data-name"), "TypeAndFlags");
    assert_eq!(lit(&browser), bytes(0..1));
    browser.press(END);
    assert_eq!(focused(&browser, "data-name"), "ReturnCode");
    assert_eq!(lit(&browser), bytes(3..4));
    assert!(browser.text(".about").contains("Connection Accepted"));
    // Left goes to the parent, and folds it.
    browser.press(LEFT);
    browser.press(LEFT);
    assert_eq!(focused(&browser, "aria-expanded"), "false");
    assert!(!browser.has("[data-name=ReturnCode]"));

    // The other half: the byte that the Tab key reaches is that of the field chosen.
    browser.run(
        "document.querySelector('.dump [tabindex=\"0\"]').focus()",
        &json!([]),
    );
    assert_eq!(focused(&browser, "data-byte"), "2");
    browser.press(HOME);
    browser.press(RIGHT);
    assert_eq!(focused(&browser, "data-byte"), "1");
    assert!(browser.text(".about").contains("Remaining length"));
    assert_eq!(browser.all(".item.lit", "data-name"), ["RemainingLength"]);

    browser.press(ESCAPE);
    assert!(!browser.has(".inspector"));
    assert_ne!(focused(&browser, "data-index"), "", "back at the packet");
}

#[test]
fn the_password_stays_hidden_until_asked_for() {
    let Some(built) = Built::find() else { return };
    let browser = conversation(&built);
    go(&browser, "connect");
    browser.click(".steps button");
    let password = browser.text("[data-step=password]");
    go(&browser, "timeline");
    inspect(&browser, "CONNECT");
    let page = || {
        let text = browser.run("return document.body.innerText", &json!([]));
        text.as_str().expect("a text").to_owned()
    };
    assert!(!page().contains(&password));
    browser.click("#show-password");
    assert_eq!(browser.text("[data-name=Password] .value"), password);
    // Another packet is another look, and coming back shows nothing either.
    inspect(&browser, "CONNACK");
    inspect(&browser, "CONNECT");
    assert!(!page().contains(&password));
}

#[test]
fn bytes_that_are_no_packet_are_shown_with_the_rule_that_they_break() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "127.0.0.1");
    browser.fill("#port", &platform.mqtt.port().to_string());
    browser.click(CONNECT);
    standing(&browser, "connected");
    platform.faults(&json!({ "all": { "garbage": true } }));
    standing(&browser, "reconnecting");
    go(&browser, "timeline");
    inspect(&browser, "MALFORMED");
    let fault = browser.text("#fault");
    assert!(fault.contains("Rule broken at byte 0"), "{fault}");
    assert!(fault.contains("[MQTT"), "{fault}");
    assert_eq!(browser.all(".dump .hex .broken", "data-byte"), ["0"]);
    browser.see(".fields .broken .bad-byte");
    pictures(&browser, "inspector-malformed");

    browser.click("#other-language");
    browser.wait(
        "return document.querySelector('#fault').textContent.includes('违反规则')",
        &json!([]),
    );
    browser.picture("inspector-malformed-zh");
}
