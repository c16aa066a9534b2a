//! What a device costs the process that runs it, in resident memory: sandboxed and connected over TCP, then after it
//! has published. The peer is a process of its own that answers each packet and keeps nothing.
//!
//! `--devices N` (18,000), `--per-sandbox N` (1 and 100), `--rounds N` of one QoS 1 message each (3).
#![forbid(unsafe_code)]

mod acceptor;
mod resident;

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use resident::Resident;
use tern_component::batch::ReportEvent;
use tern_core::device::{Config, Login};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::wire::QoS;
use tern_host::engine::{Engine, Sandboxes};
use tern_host::run_loop::{Notice, RunLoop, SessionId};
use tern_host::transport::TlsSettings;

/// Connections under way at once.
const AT_ONCE: usize = 200;

struct Options {
    devices: usize,
    per_sandbox: Vec<usize>,
    rounds: usize,
    payload: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut options = Options {
        devices: 18_000,
        per_sandbox: vec![1, 100],
        rounds: 3,
        payload: 64,
    };
    while let Some(arg) = args.next() {
        let mut number = || -> Result<usize, Box<dyn Error>> {
            Ok(args
                .next()
                .ok_or("an option is followed by a number")?
                .parse()?)
        };
        match arg.as_str() {
            "--acceptor" => match acceptor::run()? {},
            "--devices" => options.devices = number()?,
            "--per-sandbox" => options.per_sandbox = vec![number()?],
            "--rounds" => options.rounds = number()?,
            "--payload" => options.payload = number()?,
            // Without a sandbox at all.
            "--native" => options.per_sandbox = vec![0],
            "--one" => return measure(&options, options.per_sandbox[0]),
            other => return Err(format!("{other} is no option").into()),
        }
    }
    for per_sandbox in &options.per_sandbox {
        // A process each, so that neither finds memory that another has left.
        let mode = match per_sandbox {
            0 => vec!["--native".to_owned()],
            number => vec!["--per-sandbox".to_owned(), number.to_string()],
        };
        let status = Command::new(std::env::current_exe()?)
            .args(["--devices", &options.devices.to_string()])
            .args(["--rounds", &options.rounds.to_string()])
            .args(["--payload", &options.payload.to_string()])
            .args(mode)
            .arg("--one")
            .status()?;
        if !status.success() {
            return Err("a measurement failed".into());
        }
    }
    Ok(())
}

fn measure(options: &Options, per_sandbox: usize) -> Result<(), Box<dyn Error>> {
    let acceptor = Acceptor::start()?;
    let clock = Instant::now();
    let sandboxes = Sandboxes::load()?;
    let loaded = clock.elapsed();
    let mut run_loop = RunLoop::empty(TlsSettings::built_in())?;
    let mut counts = Counts::default();
    let start = Resident::now()?;
    match per_sandbox {
        0 => println!("{} devices without a sandbox", options.devices),
        _ => println!("{} devices, {per_sandbox} per sandbox", options.devices),
    }
    println!(
        "{:<28} {:>12} {:>12} {:>12} {:>9}",
        "", "RSS", "PSS", "anonymous", "mappings"
    );
    println!("{:<28} {start}", "at the start, KiB");
    let clock = Instant::now();
    let mut sessions = Vec::with_capacity(options.devices);
    let mut engine = None;
    for number in 0..options.devices {
        if per_sandbox == 0 && engine.is_none() {
            engine = Some(run_loop.add_engine(Engine::native()));
        }
        if per_sandbox > 0 && number % per_sandbox == 0 {
            engine = Some(run_loop.add_engine(sandboxes.engine()?));
        }
        let engine = engine.ok_or("the first device makes the first engine")?;
        let config = config(number, acceptor.port)?;
        sessions.push(run_loop.open_in(engine, config, number as u64)?);
    }
    let opened = clock.elapsed() / u32::try_from(options.devices)?;
    println!("loading took {loaded:.1?}; sandbox and device {opened:.1?} for each device");
    let told = |name: &str| -> Result<(), Box<dyn Error>> {
        let now = Resident::now()?;
        println!("{name:<28} {}", now.per_device(&start, options.devices));
        Ok(())
    };
    println!("KiB per device:");
    told("opened")?;
    let mut begun = 0;
    while counts.connected < sessions.len() {
        let until = (counts.connected + AT_ONCE).min(sessions.len());
        for session in sessions.get(begun..until).unwrap_or_default() {
            run_loop.connect(*session);
        }
        begun = until;
        counts.turn(&mut run_loop)?;
    }
    told("connected")?;
    let payload = vec![b'x'; options.payload];
    for round in 1..=options.rounds {
        for (number, session) in sessions.iter().enumerate() {
            let topic = format!("/a1aq9sQk2JE/dev{number:05}/user/update");
            run_loop.publish(*session, &topic, &payload, QoS::AtLeastOnce);
            if number % AT_ONCE == 0 {
                run_loop.poll(Some(Duration::ZERO), &mut |id, notice| {
                    counts.note(id, &notice)
                })?;
            }
        }
        while counts.published < round * sessions.len() {
            counts.turn(&mut run_loop)?;
        }
        told(&format!("published {round}"))?;
    }
    if counts.ended > 0 {
        return Err(format!("{} connections ended", counts.ended).into());
    }
    println!();
    Ok(())
}

#[derive(Default)]
struct Counts {
    connected: usize,
    published: usize,
    ended: usize,
}

impl Counts {
    fn turn(&mut self, run_loop: &mut RunLoop) -> Result<(), Box<dyn Error>> {
        run_loop.poll(None, &mut |id, notice| self.note(id, &notice))?;
        if self.ended > 0 {
            return Err("a connection ended".into());
        }
        Ok(())
    }

    fn note(&mut self, id: SessionId, notice: &Notice<'_>) {
        match notice {
            Notice::Event(ReportEvent::Connected { .. }) => self.connected += 1,
            Notice::Event(ReportEvent::Published { .. }) => self.published += 1,
            Notice::Event(ReportEvent::Disconnected(_) | ReportEvent::Refused(_))
            | Notice::NotAccepted { .. }
            | Notice::Lost { .. } => {
                self.ended += 1;
                eprintln!("{id}: {notice:?}");
            }
            _ => {}
        }
    }
}

fn config(number: usize, port: u16) -> Result<Config, Box<dyn Error>> {
    let name = format!("dev{number:05}");
    let secret = format!("{number:032x}");
    let mut config = Config::new(Login::Direct {
        triple: Triple::new("a1aq9sQk2JE", &name, &secret)?,
        client_id: ClientId::new(&format!("a1aq9sQk2JE.{name}"))?,
        method: SignMethod::HmacSha256,
        timestamp: None,
        endpoint: Endpoint::new(TransportKind::Tcp, "127.0.0.1", port)?,
    });
    config.keep_alive = 300;
    Ok(config)
}

/// The peer, in a process of its own.
struct Acceptor {
    process: Child,
    port: u16,
}

impl Acceptor {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--acceptor")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the acceptor has a stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { process, port })
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        // It ends with its stdin.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
