//! What only the browser's DevTools tell: how much memory a page and its worker hold, and where the
//! worker spends its time.

use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a profile looks where the worker is, in µs.
const SAMPLING_US: u64 = 500;

/// A line to the page that a browser shows, and to the page's worker if it has one.
pub(crate) struct Devtools {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    asked: u64,
    worker: Option<String>,
}

/// Where a thread was.
pub(crate) struct Profile {
    /// `page` or `worker`.
    pub(crate) of: &'static str,
    /// Its functions with their shares of the time, the largest first.
    pub(crate) shares: Vec<(String, f64)>,
}

/// What is held, in bytes, after a garbage collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// JavaScript's own heap.
    pub(crate) js: u64,
    /// The memories of WebAssembly.
    pub(crate) wasm: u64,
}

/// What page and worker hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// The page.
    pub(crate) page: Held,
    /// The worker; nothing where there is none.
    pub(crate) worker: Held,
}

impl Devtools {
    /// Opens the line; `address` is the browser's.
    pub(crate) fn open(address: &str) -> Self {
        let targets: Value = ureq::get(format!("http://{address}/json/list"))
            .call()
            .expect("the browser tells its pages")
            .body_mut()
            .read_json()
            .expect("a list");
        let page = targets.as_array().into_iter().flatten();
        let page = page
            .filter(|target| target["type"] == "page")
            .find_map(|target| target["webSocketDebuggerUrl"].as_str())
            .expect("a page that can be looked into");
        let (socket, _) = tungstenite::connect(page).expect("the browser opens its DevTools");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a time above nought");
        }
        let mut devtools = Self {
            socket,
            asked: 0,
            worker: None,
        };
        let attach =
            json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true });
        devtools.ask(None, "Target.setAutoAttach", &attach);
        devtools
    }

    /// How much page and worker hold.
    pub(crate) fn memory(&mut self) -> Memory {
        let page = self.held(None);
        let worker = self.worker.clone();
        let worker = worker.map(|worker| self.held(Some(&worker)));
        Memory {
            page,
            worker: worker.unwrap_or_default(),
        }
    }

    /// Samples for `time` where page and worker are, and writes it as `page.cpuprofile` and `worker.cpuprofile`.
    ///
    /// Only a console that was built with names has any for its own functions.
    pub(crate) fn profile(&mut self, time: Duration, folder: &Path) -> Vec<Profile> {
        let mut of = vec![("page", None)];
        of.extend(self.worker.clone().map(|worker| ("worker", Some(worker))));
        for (_, session) in &of {
            let session = session.as_deref();
            self.ask(session, "Profiler.enable", &json!({}));
            let interval = json!({ "interval": SAMPLING_US });
            self.ask(session, "Profiler.setSamplingInterval", &interval);
            self.ask(session, "Profiler.start", &json!({}));
        }
        thread::sleep(time);
        let mut take = |name, session: Option<String>| {
            let stopped = self.ask(session.as_deref(), "Profiler.stop", &json!({}));
            let profile = &stopped["profile"];
            let file = folder.join(format!("{name}.cpuprofile"));
            std::fs::write(file, profile.to_string()).expect("the folder can be written to");
            Profile {
                of: name,
                shares: shares(profile),
            }
        };
        of.into_iter()
            .map(|(name, session)| take(name, session))
            .collect()
    }

    fn held(&mut self, session: Option<&str>) -> Held {
        self.ask(session, "HeapProfiler.collectGarbage", &json!({}));
        let heap = self.ask(session, "Runtime.getHeapUsage", &json!({}));
        let of = json!({ "expression": "WebAssembly.Memory.prototype" });
        let prototype = self.ask(session, "Runtime.evaluate", &of);
        let of = json!({ "prototypeObjectId": prototype["result"]["objectId"] });
        let memories = self.ask(session, "Runtime.queryObjects", &of);
        let sum = json!({
            "objectId": memories["objects"]["objectId"],
            "functionDeclaration": "function () { return this.reduce((sum, one) => sum + one.buffer.byteLength, 0); }",
            "returnByValue": true,
        });
        let wasm = self.ask(session, "Runtime.callFunctionOn", &sum);
        Held {
            js: whole(&heap["usedSize"]),
            wasm: whole(&wasm["result"]["value"]),
        }
    }

    fn ask(&mut self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let mut asked = json!({ "id": self.asked, "method": method, "params": parameters });
        if let Some(session) = session {
            asked["sessionId"] = session.into();
        }
        let text = Message::text(asked.to_string());
        self.socket.send(text).expect("the browser listens");
        loop {
            let message = self.socket.read();
            let message = message.unwrap_or_else(|error| panic!("DevTools at {method}: {error}"));
            let Ok(text) = message.to_text() else {
                continue;
            };
            let told: Value = serde_json::from_str(text).unwrap_or_default();
            if told["method"] == "Target.attachedToTarget"
                && told["params"]["targetInfo"]["type"] == "worker"
            {
                self.worker = told["params"]["sessionId"].as_str().map(Into::into);
            }
            if told["id"] == self.asked {
                let error = &told["error"]["message"];
                assert!(error.is_null(), "DevTools at {method}: {error}");
                return told["result"].clone();
            }
        }
    }
}

/// The browser tells numbers of bytes as floating-point ones.
fn whole(number: &Value) -> u64 {
    number
        .as_f64()
        .map_or(0, |number| number.clamp(0.0, 1e15) as u64)
}

/// Each function's share of the time, idling included, the largest first.
fn shares(profile: &Value) -> Vec<(String, f64)> {
    let nodes = profile["nodes"].as_array().into_iter().flatten();
    let mut functions: Vec<(String, f64)> = Vec::new();
    for node in nodes {
        let name = node["callFrame"]["functionName"].as_str();
        let name = name.unwrap_or_default();
        let hits = node["hitCount"].as_f64().unwrap_or_default();
        match functions.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => *sum += hits,
            None => functions.push((name.to_owned(), hits)),
        }
    }
    let all: f64 = functions.iter().map(|(_, hits)| hits).sum();
    functions
        .iter_mut()
        .for_each(|(_, hits)| *hits /= all.max(1.0));
    functions.sort_by(|one, other| other.1.total_cmp(&one.1));
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_one_share_wherever_it_was_called_from() {
        let node = |name: &str, hits: u64| json!({ "callFrame": { "functionName": name }, "hitCount": hits });
        let profile =
            json!({ "nodes": [node("(idle)", 70), node("a", 5), node("b", 20), node("a", 5)] });
        let named = |name: &str, share| (name.to_owned(), share);
        assert_eq!(
            shares(&profile),
            [named("(idle)", 0.7), named("b", 0.2), named("a", 0.1)]
        );
    }
}
