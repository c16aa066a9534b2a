//! What serves the console: a plain file server, or the program itself with its stand-in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;
use tern_skipped::skipped;

/// What was built for the journeys; none where nobody asked for them.
pub struct Built {
    /// The `tern` program.
    pub program: PathBuf,
    /// The folder that Trunk made.
    pub dist: PathBuf,
}

impl Built {
    /// Finds it, or says how to run the journeys.
    ///
    /// A plain `cargo test` has no console and no browser, so it skips them. `cargo xtask test` builds
    /// both and names them; then nothing may be missing.
    pub fn find() -> Option<Self> {
        let named = ["TERN_BIN", "TERN_DIST"].map(std::env::var_os);
        if named.iter().all(Option::is_none) {
            skipped("journeys through the console need it built; run `cargo xtask test`");
            return None;
        }
        let [program, dist] = named;
        let missing =
            "is not set: run the journeys by `cargo xtask test`, which builds what they need";
        let built = Self {
            program: program
                .unwrap_or_else(|| panic!("TERN_BIN {missing}"))
                .into(),
            dist: dist.unwrap_or_else(|| panic!("TERN_DIST {missing}")).into(),
        };
        assert!(
            built.program.is_file(),
            "no program at {}",
            built.program.display()
        );
        assert!(
            built.dist.join("index.html").is_file(),
            "no console in {}",
            built.dist.display()
        );
        Some(built)
    }
}

/// Serves a folder below `/some/path/`, as any static file server would. It ends with the test's process.
pub fn files(folder: &Path) -> SocketAddr {
    Files::serve(folder).address
}

/// A server of files that can be turned off, as a whole or for one file.
pub struct Files {
    /// Where it listens.
    pub address: SocketAddr,
    is_off: Arc<AtomicBool>,
    withheld: Arc<Mutex<Option<&'static str>>>,
}

impl Files {
    /// Serves a folder below `/some/path/`.
    pub fn serve(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let is_off = Arc::new(AtomicBool::new(false));
        let withheld = Arc::new(Mutex::new(None));
        let (folder, off) = (folder.to_owned(), Arc::clone(&is_off));
        let without = Arc::clone(&withheld);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, off) = (folder.clone(), Arc::clone(&off));
                let without = Arc::clone(&without);
                // A browser opens several connections, and leaves some of them silent.
                thread::spawn(move || {
                    answer(&stream, &folder, &off, &without);
                });
            }
        });
        Self {
            address,
            is_off,
            withheld,
        }
    }

    /// From now on every request ends without an answer, as without a network.
    pub fn turn_off(&self) {
        self.is_off.store(true, Ordering::SeqCst);
    }

    /// From now on there is no file whose name ends so; with none, there are all.
    pub fn withhold(&self, ending: Option<&'static str>) {
        *self.withheld.lock().expect("no one panics with it") = ending;
    }
}

/// The path below which [`files`] serves.
pub const SUB_PATH: &str = "/some/path/";

fn answer(
    mut stream: &TcpStream,
    folder: &Path,
    is_off: &AtomicBool,
    withheld: &Mutex<Option<&'static str>>,
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    if is_off.load(Ordering::SeqCst) {
        return;
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let name = match path.strip_prefix(SUB_PATH) {
        Some("") => Some("index.html"),
        Some(name) if !name.contains("..") => Some(name),
        _ => None,
    };
    let withheld = *withheld.lock().expect("no one panics with it");
    let name = name.filter(|name| withheld.is_none_or(|ending| !name.ends_with(ending)));
    let content =
        name.and_then(|name| Some((content_type(name), std::fs::read(folder.join(name)).ok()?)));
    let (status, (kind, body)) = match content {
        Some(content) => ("200 OK", content),
        None => (
            "404 Not Found",
            ("text/plain", b"there is no such file".to_vec()),
        ),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // A browser that has gone away is none of the server's business.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&body));
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// `tern platform` on free ports. It ends when this is dropped.
pub struct Platform {
    child: Child,
    /// Where it takes MQTT.
    pub mqtt: SocketAddr,
    /// Where it serves the console and its control.
    pub http: SocketAddr,
}

impl Platform {
    /// Starts one that takes MQTT at `listen`, with its CA in a folder of its own.
    pub fn start(built: &Built, listen: &str) -> Self {
        Self::start_at(built, listen, "127.0.0.1:0", "60..300")
    }

    /// Starts one with its control at `http` that takes keep alives of `keep_alive`, such as `60..300`.
    pub fn start_at(built: &Built, listen: &str, http: &str, keep_alive: &str) -> Self {
        let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/console-platform");
        let mut child = Command::new(&built.program)
            .args(["platform", "--https", "127.0.0.1:0", "--http", http])
            .args(["--keepalive-range", keep_alive])
            .args(["--listen", listen, "--events", "none", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("it was asked to be piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("its first line");
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("not ready, but {line:?}: {error}"));
        // Its other lines are read by nobody, which it must bear; the pipe stays open while it lives.
        thread::spawn(move || out.read_to_end(&mut Vec::new()));
        let address = |name: &str| {
            let address = ready[name].as_str().and_then(|text| text.parse().ok());
            address.unwrap_or_else(|| panic!("no address {name} in {line}"))
        };
        Self {
            mqtt: address("mqtt"),
            http: address("http"),
            child,
        }
    }

    /// The console's address.
    pub fn console(&self) -> String {
        format!("http://{}/", self.http)
    }

    /// Pushes a message to a device from the cloud's side.
    pub fn push(&self, product_key: &str, device_name: &str, topic: &str, payload: &str) {
        let url = format!(
            "{}api/devices/{product_key}/{device_name}/push",
            self.console()
        );
        let message = serde_json::json!({ "topic": topic, "payload": payload, "qos": 1 });
        ureq::post(&url)
            .send_json(&message)
            .expect("the push is taken");
    }

    /// Switches faults, as the body of `PUT /api/faults` says them.
    pub fn faults(&self, faults: &Value) {
        ureq::put(&format!("{}api/faults", self.console()))
            .send_json(faults)
            .expect("the faults are taken");
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
