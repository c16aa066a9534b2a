//! From a process's start to its end with one message of QoS 1 between them: `tern pub`, mosquitto_pub, and a script
//! with MQTT.js, each in turn, against one mosquitto. `cargo xtask bench start` runs it.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use tern_host::engine::{Loading, time_to_load};
use tern_measure::{Mosquitto, median, wait_with_cpu};

/// How much is measured.
#[derive(Debug, Parser)]
struct Options {
    /// Runs of each program, in turn; MQTT.js has a quarter of them
    #[arg(long, default_value_t = 101)]
    rounds: usize,
    /// Only loads the component in this way, prints how many µs that took, and ends
    #[arg(long, hide = true)]
    load: Option<String>,
}

/// A program that publishes once.
struct Program {
    name: &'static str,
    command: Command,
    /// It runs in each of so many rounds once.
    every: usize,
    times: Vec<Duration>,
    cpu: Vec<Duration>,
}

impl Program {
    fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            every: 1,
            times: Vec::new(),
            cpu: Vec::new(),
        }
    }

    fn run(&mut self) {
        let since = Instant::now();
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let (status, cpu) = wait_with_cpu(&mut child).expect("a child can be waited for");
        self.times.push(since.elapsed());
        self.cpu.push(cpu);
        assert!(status.success(), "{} ended by {status}", self.name);
    }
}

fn main() {
    let options = Options::parse();
    if let Some(way) = &options.load {
        return load(way);
    }
    let broker = Mosquitto::start();
    let mut programs = programs(broker.tcp);
    for program in &mut programs {
        // What a first run brings into memory is no part of the others.
        program.run();
        program.times.clear();
        program.cpu.clear();
    }
    for round in 0..options.rounds {
        for program in &mut programs {
            if round % program.every == 0 {
                program.run();
            }
        }
    }
    print(&programs, options.rounds);
    print_loading(options.rounds);
}

/// The ways to load the component, and what they are.
const WAYS: [(&str, &str); 3] = [
    ("usual", "where it lies in the program (what tern does)"),
    ("mapped", "mapped from a file of its own"),
    ("copied", "copied out of the program"),
];

fn load(way: &str) {
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
    let way = match way {
        "usual" => Loading::Usual,
        "mapped" => Loading::Mapped(folder.path()),
        _ => Loading::Copied,
    };
    let time = time_to_load(way).expect("the component fits this machine");
    println!("{}", time.as_micros());
}

/// Each in a process of its own: what one load has brought into memory, the next would find there.
fn print_loading(rounds: usize) {
    let me = std::env::current_exe().expect("this program has a path");
    let mut micros = WAYS.map(|_| Vec::new());
    for _ in 0..rounds {
        for ((way, _), micros) in WAYS.iter().zip(&mut micros) {
            let output = Command::new(&me).args(["--load", way]).output();
            let output = output.expect("this program starts again");
            let text = String::from_utf8_lossy(&output.stdout);
            micros.push(text.trim().parse().expect("it prints a number"));
        }
    }
    println!(
        "\nOf that, loading the component, compiled ahead of time, with the engine for it, in ms:"
    );
    for ((_, words), micros) in WAYS.iter().zip(micros) {
        println!("{words:<48}{:>8.2}", median(micros) / 1e3);
    }
}

fn programs(broker: SocketAddr) -> Vec<Program> {
    let (host, port) = (broker.ip().to_string(), broker.port().to_string());
    let tern = |native: bool| {
        let mut command = Command::new(tern());
        command.args(["pub", "-m", "x", "-t", "t", "-q", "1"]);
        command.args(["--url", &format!("mqtt://{broker}")]);
        if native {
            command.arg("--native");
        }
        command
    };
    let mut mosquitto = Command::new("mosquitto_pub");
    mosquitto.args(["-m", "x", "-t", "t", "-q", "1", "-h", &host, "-p", &port]);
    let mut programs = vec![
        Program::new("tern", tern(false)),
        Program::new("tern --native", tern(true)),
        Program::new("mosquitto_pub", mosquitto),
    ];
    match std::env::var_os("TERN_NODE_MODULES") {
        Some(modules) => {
            let mut node = Command::new("node");
            node.args(["-e", SCRIPT, &host, &port])
                .env("NODE_PATH", modules);
            let mut program = Program::new("MQTT.js", node);
            program.every = 4;
            programs.push(program);
        }
        None => {
            eprintln!("without MQTT.js: TERN_NODE_MODULES does not name the folder that has it")
        }
    }
    programs
}

/// One message with MQTT.js.
const SCRIPT: &str = "
const [host, port] = process.argv.slice(1);
const client = require('mqtt').connect({ host, port: Number(port), reconnectPeriod: 0 });
client.on('error', (error) => { throw error; });
client.on('connect', () => client.publish('t', 'x', { qos: 1 }, () => client.end()));
";

fn tern() -> PathBuf {
    std::env::var_os("TERN_BIN")
        .expect("TERN_BIN names the program `tern`: run `cargo xtask bench start`, which sets it")
        .into()
}

fn print(programs: &[Program], rounds: usize) {
    let ms =
        |times: &[Duration]| median(times.iter().map(|time| time.as_secs_f64() * 1e3).collect());
    let peer = programs
        .iter()
        .find(|program| program.name == "mosquitto_pub");
    let peer = peer.map_or(f64::NAN, |peer| ms(&peer.times));
    println!(
        "From start to end of a process that publishes one message with QoS 1: medians of {rounds} runs in turn"
    );
    println!(
        "{:<16}{:>10}{:>20}{:>18}",
        "", "ms", "processor time, ms", "/ mosquitto_pub"
    );
    for program in programs {
        let time = ms(&program.times);
        println!(
            "{:<16}{:>10.2}{:>20.2}{:>18.2}",
            program.name,
            time,
            ms(&program.cpu),
            time / peer
        );
    }
}
