//! Journeys through the built console in a headless Chromium, against a real `tern platform` or with no
//! server but one for files. Run them by `cargo xtask test`. Pictures land in `target/screens/`.

mod checking;
mod cloud;
mod connecting;
mod hidden_tab;
mod inspector;
mod messages;

use tern_tests::browser::{Browser, Theme};
use tern_tests::served::{Built, Platform, SUB_PATH, files};

const PRODUCT_KEY: &str = "a1aq9sQk2JE";
const DEVICE_NAME: &str = "dev1";
const CONNECT: &str = "form .actions button[type=submit]";

fn standing(browser: &Browser, wanted: &str) {
    browser.see(&format!("#standing[data-standing={wanted}]"));
}

fn go(browser: &Browser, place: &str) {
    browser.click(&format!("nav a[href='#{place}']"));
    browser.see(&format!("nav a[href='#{place}'][aria-current=page]"));
}

/// Pictures of what is shown, at the three widths and in both themes.
fn pictures(browser: &Browser, name: &str) {
    for (width, height) in [(1440, 900), (1024, 768), (390, 844)] {
        browser.resize(width, height, Theme::Light);
        browser.picture(&format!("{name}-{width}"));
    }
    browser.resize(1440, 900, Theme::Dark);
    browser.picture(&format!("{name}-dark"));
    browser.resize(1440, 900, Theme::Light);
}

/// Subscribes to the device's own topic, publishes there, and waits for the message to come back.
fn subscribe_and_publish(browser: &Browser, payload: &str) {
    go(browser, "messages");
    browser.click("#subscribe");
    browser.see("#subscriptions [data-state=granted]");
    browser.fill("#payload", payload);
    browser.click("#publish");
    browser.see("#published [data-fate=done]");
    browser.see("#message-list .message");
    assert!(browser.text("#message-list .message").contains(payload));
}

/// Types and directions of the packets in the list, the oldest first.
fn packets(browser: &Browser) -> Vec<(String, String)> {
    go(browser, "timeline");
    browser.see("#packet-list .packet[data-kind]");
    let kinds = browser.all("#packet-list .packet", "data-kind");
    let ways = browser.all("#packet-list .packet", "data-direction");
    kinds
        .into_iter()
        .zip(ways)
        .filter(|(kind, _)| !kind.is_empty())
        .collect()
}

/// What a connection, a subscription and a message to oneself look like on the wire.
fn assert_whole_conversation(packets: &[(String, String)]) {
    assert_whole_login(packets);
    let packets: Vec<_> = packets
        .iter()
        .map(|(kind, way)| format!("{kind} {way}"))
        .collect();
    for wanted in [
        "CONNECT up",
        "CONNACK down",
        "SUBSCRIBE up",
        "SUBACK down",
        "PUBLISH up",
        "PUBACK down",
        "PUBLISH down",
        "PUBACK up",
    ] {
        assert!(
            packets.iter().any(|packet| packet == wanted),
            "no {wanted} in {packets:?}"
        );
    }
}

/// What a connection begins with.
fn assert_whole_login(packets: &[(String, String)]) {
    let first: Vec<_> = packets
        .iter()
        .take(2)
        .map(|(kind, way)| format!("{kind} {way}"))
        .collect();
    assert_eq!(first, ["CONNECT up", "CONNACK down"]);
}

#[test]
fn without_a_server_the_first_click_connects() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    pictures(&browser, "connect");
    go(&browser, "messages");
    pictures(&browser, "messages-empty");
    go(&browser, "timeline");
    pictures(&browser, "timeline-empty");

    go(&browser, "connect");
    browser.click(CONNECT);
    standing(&browser, "connected");
    pictures(&browser, "connected");
    subscribe_and_publish(
        &browser,
        r#"{"attr_name":"temperature", "attr_value":"21.5"}"#,
    );
    browser.click("#message-list .message button");
    assert!(
        browser
            .text(".whole pre")
            .contains("\"attr_value\": \"21.5\"")
    );
    pictures(&browser, "messages");
    assert_whole_conversation(&packets(&browser));
    pictures(&browser, "timeline");

    // The only thing a plain file server can't answer is where its stand-in is; no policy is broken.
    let complaints = browser.complaints();
    let others: Vec<_> = complaints
        .iter()
        .filter(|text| !text.contains("/api/info"))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn with_a_platform_the_page_knows_where_to_connect() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start();
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    assert_eq!(browser.value("#host"), platform.mqtt.ip().to_string());
    assert_eq!(browser.value("#port"), platform.mqtt.port().to_string());
    browser.click(CONNECT);
    standing(&browser, "connected");
    browser.picture("platform-connected");

    subscribe_and_publish(&browser, "21.5 °C");
    let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/data");
    platform.push(PRODUCT_KEY, DEVICE_NAME, &topic, "from the cloud");
    browser.see("#message-list .message:nth-child(2)");
    let pushed = browser.text("#message-list .message:nth-child(2)");
    assert!(pushed.contains("from the cloud"), "{pushed}");
    assert_whole_conversation(&packets(&browser));

    go(&browser, "messages");
    browser.click("#subscriptions button");
    browser.see("#subscribe-title ~ .hint"); // no subscription is left
    go(&browser, "connect");
    browser.click(CONNECT);
    standing(&browser, "disconnected");
    let last = packets(&browser).pop().expect("there are packets");
    assert_eq!(last, ("DISCONNECT".into(), "up".into()));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_wrong_secret_is_explained_and_the_right_one_connects() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start();
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    let right = browser.value("#device-secret");
    browser.fill("#device-secret", "not-the-secret");
    browser.click(CONNECT);
    standing(&browser, "refused");
    let refusal = browser.text("#refusal");
    assert!(refusal.contains("CONNACK 4"), "{refusal}");
    assert!(refusal.contains("deviceSecret"), "{refusal}");
    assert_eq!(
        browser.value("#device-secret"),
        "not-the-secret",
        "what was typed stays"
    );
    pictures(&browser, "refused");

    browser.fill("#device-secret", &right);
    browser.click(CONNECT);
    standing(&browser, "connected");
    assert!(!browser.has("#refusal"));
}

#[test]
fn what_would_be_refused_is_said_at_its_field_and_not_sent() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser.fill("#keep-alive", "30");
    assert!(browser.text("#keep-alive-error").contains("60 to 300"));
    browser.fill("#product-key", "a1b&c");
    assert!(browser.text("#product-key-error").contains("character 4"));
    browser.fill("#device-name", "");
    browser.click(CONNECT);
    browser.see("#device-name-error");
    pictures(&browser, "faults");
    standing(&browser, "not-connected");
    go(&browser, "timeline");
    assert!(!browser.has("#packet-list"), "nothing was sent");
}

#[test]
fn the_signature_is_shown_as_it_is_typed() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    // The seed's own example: 域名直连.
    browser.fill("#product-key", "pk");
    browser.fill("#device-name", "device");
    browser.fill("#device-secret", "secret");
    browser.fill("#client-id", "12345");
    browser.fill("#timestamp", "789");
    let step = |name: &str| browser.text(&format!("[data-step={name}]"));
    assert_eq!(
        step("content"),
        "clientId12345deviceNamedeviceproductKeypktimestamp789"
    );
    assert_eq!(
        step("client_id"),
        "12345|securemode=3,signmethod=hmacsha1,timestamp=789|"
    );
    assert_eq!(step("username"), "device&pk");
    assert!(step("password").starts_with('•'));
    browser.click(".steps button");
    assert_eq!(step("password"), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
    browser.picture("signed");
    assert!(
        !browser
            .run("return document.body.innerText", &serde_json::json!([]))
            .to_string()
            .contains("\"secret\"")
    );
}

#[test]
fn a_lost_platform_is_waited_for_and_found_again() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let page = files(&built.dist);
    let browser = Browser::start();
    browser.open(&format!("http://{page}{SUB_PATH}"));
    standing(&browser, "not-connected");
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "127.0.0.1");
    browser.fill("#port", &platform.mqtt.port().to_string());
    browser.click(CONNECT);
    standing(&browser, "connected");
    subscribe_and_publish(&browser, "before");
    go(&browser, "connect");

    let listen = platform.mqtt.to_string();
    drop(platform);
    standing(&browser, "reconnecting");
    browser.see("#ended");
    browser.picture("reconnecting");
    let platform = Platform::start(&built, &listen);
    standing(&browser, "connected");
    let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/data");
    go(&browser, "messages");
    browser.see("#subscriptions [data-state=granted]");
    platform.push(PRODUCT_KEY, DEVICE_NAME, &topic, "after");
    browser.see("#message-list .message:nth-child(2)");
}

#[test]
fn a_server_that_is_no_broker_is_told_apart() {
    let Some(built) = Built::find() else { return };
    let page = files(&built.dist);
    let browser = Browser::start();
    browser.open(&format!("http://{page}{SUB_PATH}"));
    standing(&browser, "not-connected");
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "127.0.0.1");
    browser.fill("#port", &page.port().to_string());
    browser.click(CONNECT);
    standing(&browser, "reconnecting");
    let reason = browser.text("#ended");
    assert!(reason.contains("could not be opened"), "{reason}");
    browser.click(CONNECT);
    standing(&browser, "disconnected");
}

#[test]
fn a_secure_websocket_is_signed_as_one_and_needs_a_trusted_certificate() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    for trusting in [false, true] {
        let browser = Browser::start_with("en-US", trusting);
        browser.open(&platform.console());
        browser.see("#carrier-ws:checked");
        browser.click("label:has(#carrier-wss)");
        browser.click(CONNECT);
        if trusting {
            standing(&browser, "connected");
            assert_whole_login(&packets(&browser));
            let connect = browser.text("#packet-list [data-kind=CONNECT] .detail");
            assert!(connect.contains("securemode=2"), "{connect}");
        } else {
            standing(&browser, "reconnecting");
            let reason = browser.text("#ended");
            assert!(reason.contains("certificate"), "{reason}");
        }
    }
}

#[test]
fn the_language_is_the_browsers_and_a_choice_stays() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start_with("zh-CN", false);
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    assert_eq!(browser.text("nav a[href='#connect']"), "连接");
    pictures(&browser, "connect-zh");
    browser.click("#other-language");
    browser.see("html[lang=en]");
    browser.reload();
    standing(&browser, "not-connected");
    assert_eq!(browser.text("nav a[href='#connect']"), "Connect");
}
