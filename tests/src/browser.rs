//! A headless Chromium, led by its driver: the few WebDriver commands that the journeys need.
//!
//! Nothing here sleeps: to find an element the driver itself waits until it is there, up to `PATIENCE`.
//! What goes wrong panics, since every caller is a test or a measurement.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use ureq::Agent;

/// How long an element may take to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// The key of an element's reference [WebDriver, 12.1].
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The keys without a letter [WebDriver, 17.4.2].
pub const TAB: &str = "\u{e004}";
/// The enter key.
pub const ENTER: &str = "\u{e007}";
/// The escape key.
pub const ESCAPE: &str = "\u{e00c}";
/// The space bar.
pub const SPACE: &str = " ";

/// What a browser needs to run without a screen, as whoever calls us, and without a word to the outside.
pub const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// A browser with one page. It and its driver end when this is dropped.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    devtools: String,
}

/// Which of a page's two looks.
#[derive(Clone, Copy, Debug)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Browser {
    /// Starts a browser that speaks English.
    pub fn start() -> Self {
        Self::start_with("en-US", false)
    }

    /// Starts a browser that speaks `language`, such as `zh-CN`, and trusts any certificate if told so.
    pub fn start_with(language: &str, trusting: bool) -> Self {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let mut driver = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let out = driver.stdout.take().expect("it was asked to be piped");
        let port = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| port_in(&line))
            .expect("the driver says its port");

        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE * 3))
            .build()
            .into();
        let mut browser = Self {
            driver,
            agent,
            session: format!("http://127.0.0.1:{port}/session"),
            devtools: String::new(),
        };
        let options = json!({
            "args": ARGUMENTS.iter().copied().map(String::from).chain([format!("--lang={language}")]).collect::<Vec<_>>(),
            "prefs": { "intl.accept_languages": language },
        });
        let capabilities = json!({
            "browserName": "chrome",
            "acceptInsecureCerts": trusting,
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "implicit": PATIENCE.as_millis() as u64, "script": PATIENCE.as_millis() as u64 },
        });
        let asked = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let started = browser.post("", &asked);
        let id = started["sessionId"].as_str().expect("a session has an id");
        browser.session = format!("{}/{id}", browser.session);
        let devtools = &started["capabilities"]["goog:chromeOptions"]["debuggerAddress"];
        browser.devtools = devtools.as_str().unwrap_or_default().into();
        browser.resize(1440, 900, Theme::Light);
        browser
    }

    /// Where the browser takes DevTools commands: `HOST:PORT`.
    pub fn devtools_address(&self) -> &str {
        &self.devtools
    }

    /// Runs a script in every page that is opened from now on, before the page's own. Not in its workers.
    pub fn before_each_page(&self, script: &str) {
        let source = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &source);
    }

    /// Opens an address.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Waits for an element.
    pub fn see(&self, css: &str) -> String {
        let found = self.post("/element", &by_css(css));
        let element = found[ELEMENT].as_str();
        element
            .unwrap_or_else(|| panic!("no element {css}: {found}"))
            .into()
    }

    /// Waits for an element by its XPath: what it says can be part of that.
    pub fn see_path(&self, path: &str) {
        let found = self.post("/element", &json!({ "using": "xpath", "value": path }));
        assert!(found[ELEMENT].is_string(), "no element {path}: {found}");
    }

    /// Whether there is such an element now.
    pub fn has(&self, css: &str) -> bool {
        let script = "return document.querySelector(arguments[0]) !== null";
        self.run(script, &json!([css])).as_bool() == Some(true)
    }

    /// Waits for an element and reads its text.
    pub fn text(&self, css: &str) -> String {
        let element = self.see(css);
        let text = self.get(&format!("/element/{element}/text"));
        text.as_str().expect("a text").into()
    }

    /// Waits for an input and reads what stands in it.
    pub fn value(&self, css: &str) -> String {
        let element = self.see(css);
        let value = self.get(&format!("/element/{element}/property/value"));
        value.as_str().expect("a text").into()
    }

    /// Waits for an element and clicks it.
    pub fn click(&self, css: &str) {
        let element = self.see(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Replaces what stands in an input by keys pressed.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.see(css);
        // Ctrl+A, then the text or the delete key, as a hand would.
        let keys = if text.is_empty() { "\u{e017}" } else { text };
        let keys = json!({ "text": format!("\u{e009}a\u{e000}{keys}") });
        self.post(&format!("/element/{element}/value"), &keys);
    }

    /// Presses keys one after the other, as on a keyboard: wherever the focus is.
    pub fn press(&self, keys: &str) {
        let key = |kind: &str, key: char| json!({ "type": kind, "value": key.to_string() });
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|one| [key("keyDown", one), key("keyUp", one)])
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.post("/actions", &json!({ "actions": [keyboard] }));
    }

    /// Presses the tab key until an element has the focus.
    pub fn tab_to(&self, css: &str) {
        const MOST: usize = 300;
        self.see(css);
        let is_there = "return document.activeElement.matches(arguments[0])";
        for _ in 0..MOST {
            if self.run(is_there, &json!([css])) == true {
                return;
            }
            self.press(TAB);
        }
        panic!("the tab key does not lead to {css}");
    }

    /// An attribute of every element that there is now.
    pub fn all(&self, css: &str, attribute: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.getAttribute(arguments[1]) ?? '')";
        let found = self.run(script, &json!([css, attribute]));
        let found = found.as_array().expect("a list");
        found
            .iter()
            .map(|one| one.as_str().unwrap_or_default().into())
            .collect()
    }

    /// Runs a script in the page.
    pub fn run(&self, script: &str, arguments: &Value) -> Value {
        self.post(
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Runs a script in the page again and again, until it answers something that is true in JavaScript.
    pub fn wait(&self, script: &str, arguments: &Value) -> Value {
        // The page's own frames are the pace; the driver's time for a script is the patience.
        let asking = format!(
            "const [...given] = arguments, done = given.pop();
             const ask = () => {{
                 const said = (function () {{ {script} }})(...given);
                 if (said) done(said); else requestAnimationFrame(ask);
             }};
             ask();"
        );
        self.run_async(&asking, arguments)
    }

    /// Runs a script in the page that answers by calling its last argument.
    pub fn run_async(&self, script: &str, arguments: &Value) -> Value {
        self.post(
            "/execute/async",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Gives the page another size, in CSS pixels, and another theme.
    pub fn resize(&self, width: u32, height: u32, theme: Theme) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        // Without transitions, a picture shows no colour on its way to another.
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", &media);
    }

    /// Writes a picture of what is in sight to `target/screens/NAME.png`.
    pub fn picture(&self, name: &str) {
        let screens = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        fs::create_dir_all(&screens).expect("the target folder can be written to");
        let picture = self.get("/screenshot");
        let picture = BASE64
            .decode(picture.as_str().expect("a picture"))
            .expect("base64");
        fs::write(screens.join(format!("{name}.png")), picture).expect("a file");
    }

    /// What the browser's own console was told of since the last call, worse than a note.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().expect("a list");
        entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// The same without those that name a text which a test expects.
    pub fn complaints_but_of(&self, expected: &str) -> Vec<String> {
        let mut complaints = self.complaints();
        complaints.retain(|text| !text.contains(expected));
        complaints
    }

    fn devtools(&self, command: &str, parameters: &Value) {
        let asked = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &asked);
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let answer = self.agent.post(&url).send_json(body);
        value_of(path, body, answer)
    }

    fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.session);
        value_of(path, &Value::Null, self.agent.get(&url).call())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the browser; then the driver, which is this test's own child.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn by_css(css: &str) -> Value {
    json!({ "using": "css selector", "value": css })
}

fn value_of(
    path: &str,
    asked: &Value,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Value {
    let mut answer = answer.unwrap_or_else(|error| panic!("the driver at {path}: {error}"));
    let is_good = answer.status().is_success();
    let body: Value = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .unwrap_or_else(|error| panic!("the driver at {path}: {error}"));
    let value = body["value"].clone();
    assert!(is_good, "{path} {asked}: {}", value["message"]);
    value
}

/// The port in `ChromeDriver was started successfully on port 12345.`
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').trim().parse().ok()
}
