//! Journeys through the place where a triple becomes a connection: preflight, HTTPS auth, profiles, links,
//! other tabs, and a visit without a network.

use serde_json::{Value, json};
use tern_platform::sample;
use tern_tests::browser::Browser;
use tern_tests::served::{Built, Platform, SUB_PATH, files};

use crate::checking::paste;
use crate::{CONNECT, DEVICE_NAME, PRODUCT_KEY, go, pictures, standing, subscribe_and_publish};

fn from_files(built: &Built) -> Browser {
    let browser = Browser::start();
    browser.open(&format!("http://{}{SUB_PATH}", files(&built.dist)));
    standing(&browser, "not-connected");
    browser
}

fn run(browser: &Browser, script: &str) -> Value {
    browser.run(script, &json!([]))
}

/// Clicks what the bar at the bottom may cover, once it is scrolled to.
fn click(browser: &Browser, css: &str) {
    browser.see(css);
    let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    browser.run(script, &json!([css]));
    browser.click(css);
}

#[test]
fn what_will_be_refused_is_mended_by_its_button() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.see("#preflight[data-findings='0']");
    browser.fill("#keep-alive", "30");
    let finding = browser.text("#preflight [data-field=keep_alive]");
    assert!(finding.contains("60 to 300 s"), "{finding}");
    assert!(finding.contains("MQTT保活"), "its rule: {finding}");
    click(&browser, "#preflight [data-field=keep_alive] .mend");
    browser.see("#preflight[data-findings='0']");
    assert_eq!(browser.value("#keep-alive"), "60");

    browser.fill("#keep-alive", "30");
    browser.fill("#device-secret", " with blanks ");
    browser.click("label:has(#carrier-ws)");
    browser.fill(
        "#host",
        "https://other.iot-as-mqtt.cn-shanghai.aliyuncs.com/",
    );
    browser.see("#preflight [data-field=host]");
    pictures(&browser, "preflight");
    while browser.has("#preflight .mend") {
        // One mend may bring up the next finding: a URL as host, then another product's host.
        let before = run(
            &browser,
            "return document.querySelector('#preflight').textContent",
        );
        run(
            &browser,
            "document.querySelector('#preflight .mend').click()",
        );
        browser.wait(
            "return document.querySelector('#preflight').textContent !== arguments[0]",
            &json!([before]),
        );
    }
    assert_eq!(browser.value("#device-secret"), "withblanks");
}

#[test]
fn https_auth_signs_in_with_a_token_in_the_page_and_at_a_platform() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    for url in [
        platform.console(),
        format!("http://{}{SUB_PATH}", files(&built.dist)),
    ] {
        let browser = Browser::start();
        browser.open(&url);
        let is_served = url == platform.console();
        if is_served {
            browser.see("#carrier-ws:checked");
        }
        standing(&browser, "not-connected");
        click(&browser, "label:has(#auth-https)");
        browser.see("[data-step=form]");
        browser.click(CONNECT);
        standing(&browser, "connected");
        subscribe_and_publish(&browser, "with a token");
        go(&browser, "connect");
        browser.click(CONNECT);
        standing(&browser, "disconnected");
        browser.fill("#device-secret", "not-the-secret");
        browser.click(CONNECT);
        standing(&browser, "refused");
        let refusal = browser.text("#refusal");
        assert!(refusal.contains("HTTPS auth 401"), "{refusal}");
        browser.see("[data-cause=auth_signature]");
        pictures(
            &browser,
            if is_served {
                "auth-refused"
            } else {
                "auth-refused-in-page"
            },
        );
    }
}

#[test]
fn plain_files_say_that_they_pass_no_https_auth_on() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "127.0.0.1");
    click(&browser, "label:has(#auth-https)");
    browser.see("#preflight [data-field=auth][data-severity=refused]");
    // Who tries all the same is told by what came back.
    browser.click(CONNECT);
    browser.see("#auth-failed");
    let told = browser.text("#auth-failed");
    assert!(told.contains("tern platform"), "{told}");
    run(
        &browser,
        "document.querySelector('#preflight .mend').click()",
    );
    browser.see("#auth-direct:checked");
}

#[test]
fn a_refusal_is_explained_by_ranked_causes_in_both_languages() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.fill("#device-secret", "not-the-secret");
    browser.click(CONNECT);
    standing(&browser, "refused");
    let first = "#causes li:first-child";
    browser.see(&format!(
        "{first}[data-cause=bad_signature][data-likelihood=likely]"
    ));
    let seen = browser.text(&format!("{first} .seen"));
    assert!(seen.contains("CONNACK 4"), "{seen}");
    browser.click("#other-language");
    browser.see("html[lang=zh-CN]");
    let cause = browser.text(first);
    assert!(cause.contains("签名"), "{cause}");
    pictures(&browser, "refused-zh");
}

#[test]
fn profiles_outlive_the_page_and_keep_the_secret_only_when_told_to() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    let secret = sample::DEVICE_SECRET;
    let stored = |browser: &Browser| {
        let text = run(browser, "return localStorage.getItem('tern.profiles')");
        text.as_str().unwrap_or_default().to_owned()
    };
    browser.click("#profiles summary");
    browser.click("#profile-save");
    browser.see("#profile-said.error"); // no name
    browser.fill("#timestamp", "789");
    browser.fill("#profile-name", "bench 3");
    browser.click("#profile-save");
    browser.see("#profile-said.good");
    assert!(
        stored(&browser).contains("\"timestamp\": \"789\""),
        "{}",
        stored(&browser)
    );
    assert!(!stored(&browser).contains(secret));
    pictures(&browser, "profiles");

    browser.reload();
    standing(&browser, "not-connected");
    browser.fill("#device-name", "dev2");
    browser.click("#profiles summary");
    browser.click("#profile option:nth-child(2)");
    browser.wait(
        "return document.querySelector('#timestamp').value === '789'",
        &json!([]),
    );
    assert_eq!(browser.value("#device-name"), DEVICE_NAME);
    assert_eq!(
        browser.value("#device-secret"),
        "",
        "it was another device's"
    );
    browser.fill("#device-secret", secret);
    browser.click("#keep-secret");
    browser.click("#profile-save");
    browser.wait(
        "return localStorage.getItem('tern.profiles').includes(arguments[0])",
        &json!([secret]),
    );

    // A file that is none changes nothing, and says where it is wrong.
    let before = stored(&browser);
    import(&browser, "{\n  \"tern_profiles\": 1,\n  nope");
    browser.see("#profile-said.error");
    let said = browser.text("#profile-said");
    assert!(said.contains("line 3"), "{said}");
    assert_eq!(stored(&browser), before);
    import(&browser, &before.replace("bench 3", "from elsewhere"));
    browser.see("#profile option:nth-child(3)");
    browser.click("#profile option:nth-child(3)");
    browser.wait(
        "return document.querySelector('#profile-name').value === 'from elsewhere'",
        &json!([]),
    );
    browser.click("#profile-delete");
    browser.see("#profile-said.good");
    assert!(!stored(&browser).contains("from elsewhere"));
}

/// Chooses a file of this text.
fn import(browser: &Browser, text: &str) {
    let script = "const files = new DataTransfer();
         files.items.add(new File([arguments[0]], 'profiles.json'));
         const input = document.querySelector('#profile-import');
         input.files = files.files;
         input.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.run(script, &json!([text]));
}

#[test]
fn storage_that_is_full_or_forbidden_is_said_and_nothing_typed_is_lost() {
    let Some(built) = Built::find() else { return };
    for (name, script) in [
        (
            "full",
            "let size = 1 << 22;
             while (size > 0) {
               try { localStorage.setItem(`fill ${size} ${Math.random()}`, 'x'.repeat(size)); }
               catch { size >>= 1; }
             }",
        ),
        (
            "nothing",
            "Object.defineProperty(window, 'localStorage', {
               get() { throw new DOMException('not allowed', 'SecurityError'); } })",
        ),
    ] {
        let browser = from_files(&built);
        run(&browser, script);
        browser.fill("#device-name", "typed");
        browser.click("#profiles summary");
        browser.fill("#profile-name", "kept in the page");
        browser.click("#profile-save");
        browser.see("#profile-said.error");
        let said = browser.text("#profile-said");
        assert!(said.contains(name) && said.contains("export"), "{said}");
        // It is there as long as the page is.
        browser.see("#profile option:nth-child(2)");
        assert_eq!(browser.value("#device-name"), "typed");
    }
}

#[test]
fn a_link_opens_the_form_without_the_secret_and_half_of_one_says_so() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.fill("#client-id", "a b&c");
    browser.fill("#timestamp", "789");
    let link = browser.text("#share-link");
    assert!(
        link.contains(SUB_PATH) && !link.contains(sample::DEVICE_SECRET),
        "{link}"
    );
    let other = Browser::start();
    other.open(&link);
    other.see("#linked:not(.damaged)");
    assert_eq!(other.value("#client-id"), "a b&c");
    assert_eq!(other.value("#device-secret"), "");
    let hash = run(&other, "return location.hash");
    assert_eq!(hash, "#connect", "it does not stay in the address");

    let half = &link[..link.find("&sm=").expect("it is there") + "&sm=hmac".len()];
    // In a page that is open already, as from a bookmark.
    other.run("location.href = arguments[0]", &json!([half]));
    other.see("#linked.damaged");
    let said = other.text("#linked");
    assert!(
        said.contains("sign_method") && said.contains("timestamp"),
        "{said}"
    );
    assert_eq!(other.value("#product-key"), PRODUCT_KEY);
    pictures(&other, "linked");
}

#[test]
fn a_pasted_text_with_line_breaks_is_said_and_the_rest_stays() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.fill("#device-secret", "");
    paste(&browser, "#device-secret", "abc\r\ndef\n");
    browser.see("#device-secret-pasted");
    assert_eq!(browser.value("#device-secret"), "abcdef");
    let said = browser.text("#device-secret-pasted");
    assert!(said.contains("line breaks"), "{said}");
    paste(&browser, "#device-secret", "g");
    assert_eq!(browser.value("#device-secret"), "abcdefg");
    browser.wait(
        "return !document.querySelector('#device-secret-pasted')",
        &json!([]),
    );
}

#[test]
fn another_tab_with_the_same_triple_is_named_and_answered() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start();
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    // The other tab's end of the line, by hand: it notes what it hears.
    browser.run(
        "window.heard = [];
         window.other = new BroadcastChannel('tern.devices');
         window.other.onmessage = ({ data }) => window.heard.push(data);",
        &json!([]),
    );
    browser.click(CONNECT);
    standing(&browser, "connected");
    let heard = browser.wait("return window.heard[0]", &json!([]));
    let heard = heard.as_str().expect("a text");
    assert!(heard.starts_with("tern 1 asks\n"), "{heard}");
    assert!(
        heard.ends_with(&format!("\n{PRODUCT_KEY}\n{DEVICE_NAME}")),
        "{heard}"
    );
    assert!(!heard.contains(sample::DEVICE_SECRET));
    assert!(!browser.has("#other-tab"));

    let says = format!("tern 1 asks\nother\n{PRODUCT_KEY}\n{DEVICE_NAME}");
    browser.run("window.other.postMessage(arguments[0])", &json!([says]));
    browser.see("#other-tab");
    browser.wait(
        "return window.heard.some(text => text.startsWith('tern 1 says'))",
        &json!([]),
    );
    pictures(&browser, "other-tab");
    browser.run(
        "window.other.postMessage('tern 1 says\\nother')",
        &json!([]),
    );
    browser.wait("return !document.querySelector('#other-tab')", &json!([]));
}

#[test]
fn the_form_is_written_down_for_other_programs() {
    let Some(built) = Built::find() else { return };
    let browser = from_files(&built);
    browser.click("label:has(#carrier-ws)");
    browser.fill("#host", "127.0.0.1");
    let line = browser.text("#command");
    assert!(
        line.starts_with("tern sub --url ws://127.0.0.1:80/ "),
        "{line}"
    );
    browser.click("#tool option:nth-child(4)");
    browser.wait(
        "return document.querySelector('#command').textContent.startsWith('mosquitto_sub ')",
        &json!([]),
    );
    let line = browser.text("#command");
    assert!(line.contains("-P \"$TERN_PASSWORD\""), "{line}");
    browser.click("#password-in-line");
    browser.wait(
        "return !document.querySelector('#command').textContent.includes('TERN_PASSWORD')",
        &json!([]),
    );
    assert!(!browser.text("#command").contains(sample::DEVICE_SECRET));
    pictures(&browser, "elsewhere");
}

#[test]
fn after_the_first_visit_the_console_works_without_a_network() {
    let Some(built) = Built::find() else { return };
    let platform = Platform::start(&built, "127.0.0.1:0");
    let browser = Browser::start();
    browser.open(&platform.console());
    browser.see("#carrier-ws:checked");
    // The worker keeps the whole build before it says that it is ready.
    let kept = browser.run_async(
        "const done = arguments[0];
         navigator.serviceWorker.ready.then(async () => {
           const [name] = await caches.keys();
           const kept = await (await caches.open(name)).keys();
           done(kept.map(({ url }) => new URL(url).pathname).join(' '));
         });",
        &json!([]),
    );
    let kept = kept.as_str().expect("a text");
    assert!(
        kept.contains(".wasm") && kept.contains("/worker.js"),
        "{kept}"
    );
    assert!(!kept.contains("/api") && !kept.contains("/auth"), "{kept}");

    drop(platform);
    browser.reload();
    standing(&browser, "not-connected");
    browser.see("#carrier-in-page:checked");
    browser.click(CONNECT);
    standing(&browser, "connected");
    subscribe_and_publish(&browser, "without a network");
    browser.picture("offline");
}
