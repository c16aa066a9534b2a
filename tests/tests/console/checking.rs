//! Journeys through the place where a login that somebody else made is checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use tern_core::identity::DeviceSecret;
use tern_core::sign::{SignMethod, sign};
use tern_tests::browser::Browser;
use tern_tests::served::{Built, SUB_PATH, files};

use crate::pictures;

const CLIENT_ID: &str = "AA:bb:01|securemode=3,signmethod=hmacsha1,timestamp=1700000000123|";
const USERNAME: &str = "Dev-1&a1U4pQzrgim";
const SECRET: &str = "Fc73ae4f1f2fb21073f1eee685cf4435";
const RIGHT: &str = "clientIdAA:bb:01deviceNameDev-1productKeya1U4pQzrgimtimestamp1700000000123";

fn digest(method: SignMethod, secret: &str, content: &str) -> Vec<u8> {
    let secret = DeviceSecret::new(secret).expect("a secret");
    sign(method, &secret, content).as_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the platform expects, made of another string.
fn signed(content: &str) -> String {
    hex(&digest(SignMethod::HmacSha1, SECRET, content))
}

fn open(built: &Built) -> Browser {
    let browser = Browser::start();
    let url = format!("http://{}{SUB_PATH}#check", files(&built.dist));
    browser.open(&url);
    browser.see("#verdict[data-verdict=empty]");
    browser
}

#[test]
fn each_known_mistake_is_named_as_it_is_pasted() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built);
    pictures(&browser, "check-empty");
    browser.fill("#check-client-id", CLIENT_ID);
    browser.fill("#check-username", USERNAME);
    browser.fill("#check-secret", SECRET);
    browser.see("#verdict[data-verdict=missing]");
    browser.fill("#check-password", &signed(RIGHT));
    browser.see("#verdict[data-verdict=right]");
    pictures(&browser, "check-right");

    let right = digest(SignMethod::HmacSha1, SECRET, RIGHT);
    let cases = [
        (
            "whole_client_id",
            signed(&RIGHT.replace("AA:bb:01", CLIENT_ID)),
        ),
        (
            "other_client_id",
            signed(&RIGHT.replace("AA:bb:01", "Dev-1")),
        ),
        ("empty_client_id", signed(&RIGHT.replace("AA:bb:01", ""))),
        (
            "parameter_left_out",
            signed(&RIGHT.replace("productKeya1U4pQzrgim", "")),
        ),
        (
            "values_only",
            signed("AA:bb:01Dev-1a1U4pQzrgim1700000000123"),
        ),
        (
            "not_sorted",
            signed("productKeya1U4pQzrgimdeviceNameDev-1clientIdAA:bb:01timestamp1700000000123"),
        ),
        (
            "separators",
            signed(
                "clientId=AA:bb:01&deviceName=Dev-1&productKey=a1U4pQzrgim&timestamp=1700000000123",
            ),
        ),
        (
            "timestamp_not_signed",
            signed(&RIGHT.replace("timestamp1700000000123", "")),
        ),
        (
            "timestamp_unit",
            signed(&RIGHT.replace("1700000000123", "1700000000")),
        ),
        (
            "values_swapped",
            signed("clientIdAA:bb:01deviceNamea1U4pQzrgimproductKeyDev-1timestamp1700000000123"),
        ),
        (
            "other_method",
            hex(&digest(SignMethod::HmacSha256, SECRET, RIGHT)),
        ),
        (
            "secret_case",
            hex(&digest(SignMethod::HmacSha1, &SECRET.to_lowercase(), RIGHT)),
        ),
        ("not_hex", BASE64.encode(&right)),
        ("cut", signed(RIGHT)[..32].to_owned()),
        ("secret_sent", SECRET.to_owned()),
    ];
    for (mistake, password) in &cases {
        browser.fill("#check-password", password);
        browser.see(&format!("#verdict[data-mistakes={mistake}]"));
    }
    browser.fill(
        "#check-password",
        &signed(&RIGHT.replace("AA:bb:01", CLIENT_ID)),
    );
    browser.see("#verdict[data-mistakes=whole_client_id]");
    assert!(browser.text("#right-password").starts_with('•'));
    pictures(&browser, "check-mistaken");

    browser.fill("#check-password", &"0".repeat(40));
    browser.see("#verdict[data-verdict=unknown]");
    pictures(&browser, "check-unknown");
    let product_secret = "productSecret000";
    let with_other = hex(&digest(SignMethod::HmacSha1, product_secret, RIGHT));
    browser.fill("#check-password", &with_other);
    browser.fill("#check-other-secret", product_secret);
    browser.see("#verdict[data-mistakes=other_secret]");
    assert_eq!(browser.complaints_but_of("/api/info"), Vec::<String>::new());
}

#[test]
fn a_log_that_is_pasted_whole_fills_every_part() {
    let Some(built) = Built::find() else { return };
    let browser = open(&built);
    let log = format!(
        "[inf] mqttClientId = {CLIENT_ID}\n[inf] mqttUsername = {USERNAME}\n[inf] mqttPassword = {}\n",
        signed(RIGHT)
    );
    // Into a field for one line, as somebody in a hurry would.
    paste(&browser, "#check-client-id", &log);
    browser.fill("#check-secret", SECRET);
    browser.see("#verdict[data-verdict=right]");
    assert_eq!(browser.value("#check-client-id"), CLIENT_ID);
    browser.click("#check-clear");
    browser.see("#verdict[data-verdict=empty]");
    assert_eq!(browser.value("#check-secret"), "");
}

/// Pastes a text as a browser does: the field is asked first.
pub(crate) fn paste(browser: &Browser, css: &str, text: &str) {
    browser.see(css);
    let script = "const [css, text] = arguments, field = document.querySelector(css);
         field.focus();
         const clipboardData = new DataTransfer();
         clipboardData.setData('text/plain', text);
         const asked = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
         if (field.dispatchEvent(asked)) document.execCommand('insertText', false, text);";
    browser.run(script, &json!([css, text]));
}
