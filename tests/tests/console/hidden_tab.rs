//! A tab that nobody looks at: the browser lets its timers fire once a minute at most and draws it no more.
//! A keep alive of two seconds has to be kept all the same, since the connection lives in the worker.

use serde_json::json;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Platform};

use crate::{CONNECT, DEVICE_NAME, PRODUCT_KEY, go, standing};

/// What a hidden tab's main thread is like [Chromium, intensive wake-up throttling], from before the page's first
/// script on: its timers wait for a minute at least, and it is given no frame to draw.
const HIDDEN: &str = "
    const { setTimeout, setInterval } = window;
    const clamped = ms => Math.max(Number(ms) || 0, 60_000);
    window.setTimeout = (call, ms, ...rest) => setTimeout(call, clamped(ms), ...rest);
    window.setInterval = (call, ms, ...rest) => setInterval(call, clamped(ms), ...rest);
    window.requestAnimationFrame = () => 0;
    window.requestIdleCallback = () => 0;
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    window.ticks = 0;
    window.setInterval(() => window.ticks += 1, 10);
";

/// Keep-alive periods that the tab stays hidden: after one and a half without a packet the platform cuts.
const PERIODS: usize = 4;

#[test]
fn a_hidden_tab_keeps_its_keep_alive() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start_at(&built, "127.0.0.1:0", "127.0.0.1:0", "1..300");
    let browser = Browser::start();
    browser.before_each_page(HIDDEN);
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    browser.fill("#keep-alive", "2");
    browser.click(CONNECT);
    standing(&browser, "connected");
    let since = device(&platform)["changed_at_ms"].clone();

    go(&browser, "timeline");
    // The log holds what the worker sent; each ping was due two seconds after the packet before it.
    browser.see_path(&format!(
        "//*[@id='packet-list'][count(.//*[@data-kind='PINGREQ']) >= {PERIODS}]"
    ));
    let ticks = browser.run("return window.ticks", &json!([]));
    assert_eq!(ticks, json!(0), "the timers of the main thread stood still");
    let device = device(&platform);
    assert_eq!(device["online"], json!(true), "{device}");
    assert_eq!(device["changed_at_ms"], since, "it is the same connection");
    standing(&browser, "connected");
}

/// The device as the platform sees it.
fn device(platform: &Platform) -> serde_json::Value {
    let console = platform.console();
    let url = format!("{console}api/devices/{PRODUCT_KEY}/{DEVICE_NAME}");
    let mut answer = ureq::get(&url).call().expect("an answer");
    answer.body_mut().read_json().expect("a device")
}
