//! Journeys through the place of the cloud side: what is asked there is seen by the page's device, be the
//! stand-in inside the page or a real `tern platform`.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use tern_core::identity::ClientId;
use tern_core::sign::{SignMethod, direct};
use tern_core::wire::{self, Connect, Packet};
use tern_platform::sample;
use tern_tests::axe::Axe;
use tern_tests::browser::{Browser, Theme};
use tern_tests::served::{Built, Platform, SUB_PATH, files};

use crate::{CONNECT, DEVICE_NAME, PRODUCT_KEY, go, pictures, standing, subscribe_and_publish};

/// Pictures of the place as it stands, in which nothing keeps people from using it.
fn look(browser: &Browser, name: &str) {
    pictures(browser, name);
    let Some(axe) = Axe::find() else { return };
    for theme in [Theme::Light, Theme::Dark] {
        browser.resize(1440, 900, theme);
        let findings = axe.findings(browser);
        assert!(findings.is_empty(), "{name}, {theme:?}: {findings:#?}");
    }
    browser.resize(1440, 900, Theme::Light);
}

/// Switches a fault on or off.
fn toggle(browser: &Browser, fault: &str) {
    browser.click(&format!("#fault-{fault}"));
    browser.see("#faults-on:not([aria-busy])");
}

/// Waits until no fault is on any more.
fn all_off(browser: &Browser) {
    browser.click("#faults-off");
    browser.see("#faults-on:not(.some, [aria-busy])");
}

/// Waits for an event with this text.
fn event(browser: &Browser, name: &str, text: &str) {
    browser.see_path(&format!(
        "//ol[@id='events']/li[@data-event='{name}'][contains(., \"{text}\")]"
    ));
}

fn device(state: &str) -> String {
    format!("#devices [data-device='{PRODUCT_KEY}/{DEVICE_NAME}'][data-state={state}]")
}

fn choose(browser: &Browser, select: &str, option: &str) {
    browser.click(&format!("{select} option:nth-child({option})"));
}

/// The page with a stand-in of its own, from a plain file server; the device is connected and subscribed.
fn in_page(built: &Built) -> Browser {
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    browser.see("#carrier-in-page:checked");
    connected(browser)
}

/// The same from a `tern platform`.
fn served(platform: &Platform) -> Browser {
    let browser = Browser::start();
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    connected(browser)
}

fn connected(browser: Browser) -> Browser {
    browser.click(CONNECT);
    standing(&browser, "connected");
    subscribe_and_publish(&browser, "21.5");
    go(&browser, "cloud");
    browser.see(&device("online"));
    browser
}

/// What each switch does, as the page's device sees it.
fn each_fault_is_seen(browser: &Browser) {
    // Refuse: the device comes back and is told the code.
    choose(browser, "#refuse-code", "5");
    toggle(browser, "refuse");
    browser.see("#faults-on li[data-of=all]");
    browser.click("#fault-cut");
    event(browser, "disconnected", "cut on purpose");
    event(browser, "refused", "CONNACK 5");
    standing(browser, "refused");
    look(browser, "cloud-refused");
    all_off(browser);
    reconnect(browser);

    // Cut, once: the device comes back.
    let logins = count(browser, "connected");
    browser.click("#fault-cut");
    logged_in_again(browser, logins);
    standing(browser, "connected");

    // Cut after each login: it is let in, and out again at once.
    let logins = count(browser, "connected");
    toggle(browser, "after-connect");
    browser.click("#fault-cut");
    logged_in_again(browser, logins);
    standing(browser, "reconnecting");
    all_off(browser);
    // By now it is slow to come back: what it sees looks like a second client.
    give_up(browser);
    reconnect(browser);

    // Delay: shown in the round trip.
    browser.fill("#delay-ms", "700");
    toggle(browser, "delay");
    browser.see("#faults-on li[data-of=all]");
    publish(browser);
    browser.see("#published li:first-child[data-fate=done]");
    let fate = browser.text("#published li:first-child .fate");
    let ms = fate.trim_end_matches(" ms").rsplit(' ').next();
    let ms: f64 = ms
        .and_then(|ms| ms.parse().ok())
        .unwrap_or_else(|| panic!("{fate}"));
    assert!(ms >= 700.0, "{fate}");
    go(browser, "cloud");
    all_off(browser);

    // Half-open: nothing is answered, and nothing is closed.
    toggle(browser, "half-open");
    browser.see("#faults-on li[data-of=all]");
    publish(browser);
    browser.see("#published li:first-child[data-fate=waiting]");
    standing(browser, "connected");
    go(browser, "cloud");
    all_off(browser);
    // The dead link stays dead; cut, the device comes back and its message is acknowledged.
    browser.click("#fault-cut");
    go(browser, "messages");
    browser.see("#published li:first-child[data-fate=done]");
    go(browser, "cloud");

    // Garbage: seen as malformed in the timeline.
    toggle(browser, "garbage");
    standing(browser, "reconnecting");
    go(browser, "timeline");
    browser.see("#packet-list .packet.broken");
    go(browser, "cloud");
    all_off(browser);
}

/// Stops the attempts to come back.
fn give_up(browser: &Browser) {
    go(browser, "connect");
    browser.click(CONNECT);
    standing(browser, "disconnected");
}

fn reconnect(browser: &Browser) {
    go(browser, "connect");
    browser.click(CONNECT);
    standing(browser, "connected");
    go(browser, "cloud");
}

/// Publishes, and waits until that is the first one listed.
fn publish(browser: &Browser) {
    go(browser, "messages");
    let before = browser.all("#published li", "data-at");
    browser.click("#publish");
    browser.wait(
        "const first = document.querySelector('#published li');
         return first !== null && first.dataset.at !== arguments[0]",
        &json!([before.first()]),
    );
}

fn count(browser: &Browser, name: &str) -> usize {
    let events = format!("#events [data-event={name}]");
    browser.all(&events, "data-event").len()
}

/// Waits for more logins than there were.
fn logged_in_again(browser: &Browser, logins: usize) {
    browser.see_path(&format!(
        "//ol[@id='events'][count(li[@data-event='connected']) > {logins}]"
    ));
}

#[test]
fn each_fault_of_the_stand_in_in_the_page_is_seen_by_its_device() {
    let Some(built) = Built::find() else { return };
    each_fault_is_seen(&in_page(&built));
}

#[test]
fn each_fault_of_a_tern_platform_is_seen_by_the_pages_device() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = served(&platform);
    each_fault_is_seen(&browser);

    // The authentication has a switch of its own; a page connects directly, so another client asks.
    toggle(&browser, "auth-refuse");
    browser.see("#faults-on li[data-of=all]");
    let url = tern_core::auth::AuthUrl::new("https://localhost").expect("a URL");
    let client_id = ClientId::new("1").expect("a client id");
    let triple = sample::device().triple;
    let form = tern_core::auth::request(&url, &triple, &client_id, SignMethod::default(), None);
    let mut answer = ureq::post(format!("{}auth/devicename", platform.console()))
        .content_type(form.content_type)
        .send(form.body)
        .expect("an answer");
    let answer = answer.body_mut().read_to_string().expect("a text");
    assert!(answer.contains("401"), "{answer}");
    event(&browser, "auth_refused", "HTTPS 401");
}

#[test]
fn a_push_from_the_cloud_arrives_in_the_messages() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    for browser in [in_page(&built), served(&platform)] {
        let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/data");
        assert_eq!(browser.value("#push-topic"), topic);
        browser.fill("#push-payload", "from the cloud");
        browser.fill("#push-count", "3");
        browser.click("#push");
        let told = browser.text("#pushed:not([aria-busy])");
        assert_eq!(told, "Pushed 3: 3 on their way");
        go(&browser, "messages");
        browser.see("#message-list .message:nth-child(4)");
        let message = browser.text("#message-list .message:nth-child(4)");
        assert!(message.contains("from the cloud"), "{message}");
        go(&browser, "cloud");
        assert_eq!(browser.value("#push-payload"), "from the cloud");
        look(&browser, &format!("cloud-{}", source(&browser)));
    }
}

fn source(browser: &Browser) -> String {
    browser.all(".cloud", "data-source").concat()
}

#[test]
fn a_wrong_push_is_said_at_its_field_and_not_sent() {
    let Some(built) = Built::find() else { return };
    let browser = in_page(&built);
    browser.fill("#push-topic", "/a1aq9sQk2JE/dev2/data");
    let error = browser.text("#push-topic-error");
    assert!(error.contains("/a1aq9sQk2JE/dev1/"), "{error}");
    browser.fill("#push-count", "0");
    browser.see("#push-count-error");
    browser.click("#push");
    assert!(!browser.has("#pushed"), "nothing was pushed");
    assert_eq!(browser.value("#push-topic"), "/a1aq9sQk2JE/dev2/data");
    browser.fill("#delay-ms", "soon");
    browser.see("#delay-ms-error");
    toggle(&browser, "delay");
    browser.see("#faults-on:not(.some)");
    look(&browser, "cloud-faults");
}

#[test]
fn devices_come_and_go() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    for browser in [in_page(&built), served(&platform)] {
        browser.click("#add-device summary");
        browser.fill("#new-product-key", PRODUCT_KEY);
        browser.fill("#new-device-name", "dev 2");
        browser.see("#new-device-name-error");
        browser.fill("#new-device-name", DEVICE_NAME);
        browser.click("#add-device button");
        browser.see("#new-device-secret-error");
        browser.fill("#new-device-secret", "hunter2hunter2");
        browser.click("#add-device button");
        browser.see("#add-device [data-problem=known]");
        assert_eq!(browser.value("#new-device-name"), DEVICE_NAME);
        browser.fill("#new-device-name", "dev2");
        look(&browser, &format!("cloud-add-{}", source(&browser)));
        browser.click("#add-device button");
        browser.see("#added");
        assert_eq!(browser.value("#new-device-name"), "");
        let dev2 = format!("#devices [data-device='{PRODUCT_KEY}/dev2']");
        browser.see(&dev2);

        // Faults of one device are another's to laugh about.
        choose(&browser, "#faults-of", "3");
        toggle(&browser, "garbage");
        browser.see(&format!("#faults-on li[data-of='{PRODUCT_KEY}/dev2']"));
        browser.see(&device("online"));

        browser.click(&format!("{dev2} [data-act=switch]"));
        browser.see(&format!("{dev2}[data-state=disabled]"));
        browser.click(&format!("{dev2} [data-act=remove]"));
        browser.see(&format!("{dev2} .danger"));
        browser.click(&format!("{dev2} [data-act=remove]"));
        browser.see("#devices tbody tr:only-child");

        browser.click(&format!("{} [data-act=switch]", device("online")));
        browser.see(&device("disabled"));
        standing(&browser, "refused");
        browser.click(&format!("{} [data-act=switch]", device("disabled")));
        reconnect(&browser);
        browser.see(&device("online"));
    }
}

#[test]
fn a_second_client_in_the_page_takes_over_and_is_recognised() {
    let Some(built) = Built::find() else { return };
    let browser = in_page(&built);
    browser.click("#rival-on");
    browser.see("#rival[data-standing=connected]");
    standing(&browser, "reconnecting");
    event(&browser, "disconnected", "taken over by a newer connection");
    look(&browser, "cloud-rival");
    // The two push each other off in turn: the device says what that looks like.
    browser.see("#rival[data-logins='3']");
    go(&browser, "connect");
    browser.see_path("//*[@id='ended'][contains(., 'the same device triple')]");
    go(&browser, "cloud");
    browser.click("#rival-on");
    browser.see(".rival:not(:has(#rival))");
    // It has slowed down rather than join the fight, so it is told to come back at once.
    give_up(&browser);
    reconnect(&browser);
}

#[test]
fn a_second_client_of_a_tern_platform_takes_over_and_is_recognised() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = served(&platform);
    // Each of them comes from elsewhere and takes the triple away, as a second device would that reconnects.
    for _ in 0..3 {
        standing(&browser, "connected");
        let _rival = rival(&platform);
        standing(&browser, "reconnecting");
    }
    event(&browser, "disconnected", "taken over by a newer connection");
    go(&browser, "connect");
    browser.see_path("//*[@id='ended'][contains(., 'the same device triple')]");
}

/// A device elsewhere that logs in with the sample triple; it is in once this answers.
fn rival(platform: &Platform) -> TcpStream {
    let client_id = ClientId::new("elsewhere").expect("a client id");
    let triple = sample::device().triple;
    let login = direct(&triple, &client_id, SignMethod::HmacSha256, 3, None);
    let connect = Packet::Connect(Connect {
        protocol_level: 4,
        client_id: login.client_id,
        username: Some(login.username),
        password: Some(login.password),
        keep_alive: 60,
        clean_session: false,
        will: None,
    });
    let mut bytes = Vec::new();
    wire::write(&connect, &mut bytes).expect("a packet");
    let mut stream = TcpStream::connect(platform.mqtt).expect("a connection");
    stream.write_all(&bytes).expect("it is sent");
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).expect("an answer");
    assert_eq!((connack[0], connack[3]), (0x20, 0), "{connack:02x?}");
    stream
}

#[test]
fn a_control_address_that_is_gone_is_told_and_found_again() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = served(&platform);
    let (mqtt, http) = (platform.mqtt.to_string(), platform.http.to_string());
    drop(platform);
    browser.see("#unreachable[data-problem=unreachable]");
    browser.see(".cloud-parts.stale");
    look(&browser, "cloud-unreachable");
    browser.fill("#push-payload", "typed meanwhile");
    browser.click("#push");
    browser.see(".push [data-problem=unreachable]");
    let _platform = Platform::start_at(&built, &mqtt, &http, "60..300");
    browser.see(".cloud-parts:not(.stale)");
    assert!(!browser.has("#unreachable"));
    assert_eq!(browser.value("#push-payload"), "typed meanwhile");
}

#[test]
fn a_device_that_connects_elsewhere_is_pointed_out() {
    let Some(built) = Built::find() else { return };
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    go(&browser, "cloud");
    browser.see(".empty");
    look(&browser, "cloud-empty");
    go(&browser, "connect");
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "broker.example.com");
    go(&browser, "cloud");
    let remark = browser.text("#elsewhere");
    assert!(remark.contains("broker.example.com"), "{remark}");
    look(&browser, "cloud-elsewhere");
    browser.click("#use-in-page");
    go(&browser, "connect");
    browser.see("#carrier-in-page:checked");
}

#[test]
fn the_cloud_side_speaks_chinese() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start_with("zh-CN", false);
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    browser.click(CONNECT);
    standing(&browser, "connected");
    go(&browser, "cloud");
    browser.see(&device("online"));
    assert_eq!(browser.text("#push-title"), "下行推送");
    toggle(&browser, "delay");
    let on = browser.text("#faults-on li");
    assert_eq!(on, "全部: 延迟 500 ms");
    look(&browser, "cloud-zh");
}
