//! The same component in the browser's engine: its core module in a worker, driven by hand through the canonical ABI.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tern_host::engine::COMPONENT;
use tern_measure::median;
use tern_tests::browser::ARGUMENTS;

use crate::module::core_module;
use crate::options::Options;
use crate::shape::{Does, SHAPES, Shape};

/// How long the browser may take for everything.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the worker has measured of one shape: ns per message of each turn.
#[derive(Deserialize)]
struct Turns {
    /// Topic and payload as views of what was received.
    ranges: Vec<f64>,
    /// The topic as a string.
    names: Vec<f64>,
}

/// What the worker says at its end.
#[derive(Deserialize)]
#[serde(untagged)]
enum Figures {
    Measured(Vec<Turns>),
    Failed { error: String },
}

/// Prints a row for each shape of receiving; or why there is none.
pub(crate) fn print(options: &Options) {
    let shapes: Vec<&Shape> = SHAPES
        .iter()
        .filter(|shape| shape.does == Does::Receive && shape.name.contains(&options.only))
        .collect();
    if shapes.is_empty() {
        return;
    }
    println!();
    println!(
        "{:42} {:>8} {:>8}",
        "the browser's engine, in a worker", "ranges", "strings"
    );
    match measure(options, &shapes) {
        Ok(figures) => {
            for (shape, turns) in shapes.iter().zip(figures) {
                let (ranges, names) = (median(turns.ranges), median(turns.names));
                println!("{:42} {ranges:8.1} {names:8.1}", shape.name);
            }
        }
        Err(text) => println!("{text}"),
    }
}

fn measure(options: &Options, shapes: &[&Shape]) -> Result<Vec<Turns>, String> {
    let io = |error: io::Error| error.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").map_err(io)?;
    let address = listener.local_addr().map_err(io)?;
    let of_shape = |shape: &&Shape| {
        let rounds = (options.messages / shape.messages()).max(1);
        let (sessions, each, received) = (shape.sessions, shape.each, shape.received());
        json!({ "sessions": sessions, "each": each, "rounds": rounds, "received": received })
    };
    let shapes: Vec<_> = shapes.iter().map(of_shape).collect();
    let shapes = json!({ "turns": options.turns, "shapes": shapes }).to_string();
    let (sender, figures) = mpsc::channel();
    // It ends with the program.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // The browser opens some connections in advance, which bring nothing: none may hold up another.
            let (shapes, sender) = (shapes.clone(), sender.clone());
            thread::spawn(move || answer(stream, &shapes, &sender));
        }
    });
    let folder = tempfile::tempdir().map_err(io)?;
    let _browser = Browser::start(&format!("http://{address}/"), folder.path())?;
    match figures.recv_timeout(PATIENCE) {
        Ok(Figures::Measured(turns)) => Ok(turns),
        Ok(Figures::Failed { error }) => Err(format!("the worker failed: {error}")),
        Err(_) => Err("the browser said nothing in three minutes".into()),
    }
}

/// A browser without a screen, which ends when this is dropped.
struct Browser(Child);

impl Browser {
    fn start(url: &str, folder: &std::path::Path) -> Result<Self, String> {
        for program in ["chromium", "chromium-browser", "google-chrome", "chrome"] {
            let started = Command::new(program)
                .args(ARGUMENTS)
                .arg(format!("--user-data-dir={}", folder.display()))
                .arg(url)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            if let Ok(child) = started {
                return Ok(Self(child));
            }
        }
        Err("Chromium is not here. On Debian: sudo apt-get install chromium".into())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Answers one request: the page's files, or the figures that come in.
fn answer(stream: TcpStream, shapes: &str, figures: &Sender<Figures>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let (kind, body): (&str, &[u8]) = match request.split(' ').nth(1) {
        Some("/") => ("text/html", include_bytes!("page/index.html")),
        Some("/worker.js") => ("text/javascript", include_bytes!("page/worker.js")),
        Some("/tern.wasm") => ("application/wasm", core_module(COMPONENT).unwrap_or(&[])),
        Some("/shapes") => ("application/json", shapes.as_bytes()),
        Some("/figures") => {
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let said = serde_json::from_slice(&body).unwrap_or_else(|error| Figures::Failed {
                error: error.to_string(),
            });
            let _ = figures.send(said);
            ("text/plain", b"")
        }
        _ => ("text/plain", b""),
    };
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
