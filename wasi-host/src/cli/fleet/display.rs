//! How it stands: a few lines that renew themselves on a terminal, a line now and then elsewhere, or JSON.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::cli::printer::{Lead, Printed, Printer, unverified};
use crate::exit::Failure;
use crate::fleet::plan::Plan;
use crate::fleet::run::{Ended, Progress, Settings, Told};
use crate::fleet::statistics::ErrorsByCause;
use crate::fleet::summary::Summary;
use crate::fleet::words::{grouped, time};

/// Between two lines where stderr is no terminal.
const LINE_EVERY: u64 = 10_000;

/// How long the reader of stdout may take at a time; at the end it is waited for again and again.
const PATIENCE: Duration = Duration::from_millis(100);

/// An event of `--json`. Its names are a contract: people's scripts read them.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Started {
        devices: u64,
        shard: String,
        from: String,
        to: String,
        per_sandbox: u32,
        native: bool,
        seed: u64,
    },
    Progress {
        elapsed_ms: u64,
        devices: u64,
        connected: u64,
        connecting: u64,
        given_up: u64,
        accepted: u64,
        acknowledged: u64,
        published_per_s: f64,
        acknowledged_per_s: f64,
        p50_ms: Option<f64>,
        p99_ms: Option<f64>,
        p999_ms: Option<f64>,
        errors: Counts<'a>,
    },
    SandboxLost {
        sandbox: u32,
        devices: u32,
        back_in_ms: u64,
        reason: &'a str,
    },
    Stopping {
        reason: &'a str,
    },
    Warning {
        text: &'a str,
    },
    Summary {
        summary: &'a Summary,
        exit: u8,
        why: &'a str,
    },
}

/// Errors by cause, without their words.
#[derive(Debug)]
struct Counts<'a>(&'a ErrorsByCause);

impl Serialize for Counts<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, errors)| (key, errors.count)))
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a Event<'a>,
    at: String,
}

/// Tells people or programs.
pub(super) struct Display {
    json: bool,
    is_terminal: bool,
    printer: Printer,
    /// Lines that the next ones replace.
    drawn: usize,
    next_line_ms: u64,
    warned: Vec<String>,
    reader_gone: bool,
    failure: Option<Failure>,
}

impl Display {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            is_terminal: io::stderr().is_terminal(),
            printer: Printer::new(json, Lead::Nothing),
            drawn: 0,
            next_line_ms: 0,
            warned: Vec::new(),
            reader_gone: false,
            failure: None,
        }
    }

    /// It begins.
    pub(super) fn started(&mut self, plan: &Plan, settings: &Settings) {
        let outline = plan.outline();
        let devices = settings.shard.numbers(outline.devices).count() as u64;
        if self.json {
            self.event(&Event::Started {
                devices,
                shard: settings.shard.to_string(),
                from: outline.from,
                to: outline.to,
                per_sandbox: settings.per_sandbox,
                native: settings.native,
                seed: outline.seed,
            });
            return;
        }
        let every = humantime::format_duration(plan.every);
        let shard = match settings.shard.count() {
            1 => String::new(),
            _ => format!(", shard {}", settings.shard),
        };
        self.note(&format!(
            "{} devices, {} to {}{shard}; a message each every {every}; Ctrl-C ends it in order",
            grouped(devices),
            outline.from,
            outline.to
        ));
    }

    /// Tells something. False once nobody reads stdout any more, or it can't be written.
    pub(super) fn tell(&mut self, told: &Told<'_>) -> bool {
        match told {
            Told::Sample(progress) => self.progress(progress),
            &Told::SandboxLost {
                sandbox,
                devices,
                back_in_ms,
                reason,
            } => {
                if self.json {
                    self.event(&Event::SandboxLost {
                        sandbox,
                        devices,
                        back_in_ms,
                        reason,
                    });
                }
                self.note(&format!(
                    "sandbox {sandbox} with {devices} devices failed, and is back in {}: {reason}",
                    time(back_in_ms as f64)
                ));
            }
            Told::Stopping { reason } => {
                if self.json {
                    self.event(&Event::Stopping { reason });
                }
                self.note(&format!("ending ({reason}): waiting for what is under way"));
            }
            Told::Unverified { place } => self.warn(place),
        }
        !self.reader_gone && self.failure.is_none()
    }

    /// It is over.
    ///
    /// # Errors
    /// stdout can't be written.
    pub(super) fn finish(mut self, ended: &Ended) -> Result<(), Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.json {
            let exit = ended.exit.status();
            self.event(&Event::Summary {
                summary: &ended.summary,
                exit,
                why: &ended.why,
            });
        } else {
            self.clear();
            self.printer.result(ended.summary.words().trim_end());
        }
        if !ended.why.is_empty() {
            self.note(&format!(
                "exit status {}: {}",
                ended.exit.status(),
                ended.why
            ));
        }
        while self.printer.flush(PATIENCE)? == Printed::Waiting {}
        Ok(())
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        let sample = &progress.sample;
        let published_per_s = sample.per_second(sample.published);
        let acknowledged_per_s = sample.per_second(sample.acknowledged);
        if self.json {
            // A reader that is behind misses seconds, and nothing else.
            if !self.printer.is_full() {
                self.event(&Event::Progress {
                    elapsed_ms: progress.elapsed_ms,
                    devices: progress.devices,
                    connected: sample.connected,
                    connecting: progress.connecting,
                    given_up: progress.given_up,
                    accepted: progress.accepted,
                    acknowledged: progress.acknowledged,
                    published_per_s: rounded(published_per_s),
                    acknowledged_per_s: rounded(acknowledged_per_s),
                    p50_ms: sample.p50_ms,
                    p99_ms: sample.p99_ms,
                    p999_ms: sample.p999_ms,
                    errors: Counts(progress.errors),
                });
            }
            return;
        }
        let errors: u64 = progress.errors.values().map(|errors| errors.count).sum();
        let latency = match (sample.p50_ms, sample.p99_ms, sample.p999_ms) {
            (Some(p50), Some(p99), Some(p999)) => {
                format!("p50 {}  p99 {}  p99.9 {}", time(p50), time(p99), time(p999))
            }
            _ => "none acknowledged".to_owned(),
        };
        let connected = format!(
            "{} of {} connected, {} connecting{}",
            grouped(sample.connected),
            grouped(progress.devices),
            grouped(progress.connecting),
            match progress.given_up {
                0 => String::new(),
                given_up => format!(", {} given up", grouped(given_up)),
            }
        );
        let rate = format!(
            "{}/s published, {}/s acknowledged",
            grouped(published_per_s.round() as u64),
            grouped(acknowledged_per_s.round() as u64)
        );
        let seconds = progress.elapsed_ms / 1000;
        let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
        if self.is_terminal {
            let total = format!(
                "{} of {} acknowledged, {} errors",
                grouped(progress.acknowledged),
                grouped(progress.accepted),
                grouped(errors)
            );
            self.draw(&[
                format!("{clock:>7}  devices   {connected}"),
                format!("         messages  {rate}"),
                format!("         latency   {latency}"),
                format!("         so far    {total}"),
            ]);
        } else if progress.elapsed_ms >= self.next_line_ms {
            self.next_line_ms = progress.elapsed_ms + LINE_EVERY;
            self.note(&format!(
                "{clock} {connected}; {rate}; {latency}; {} errors",
                grouped(errors)
            ));
        }
    }

    /// Warns once for each place that nobody checks who answers there.
    fn warn(&mut self, place: &str) {
        if self.warned.iter().any(|warned| warned == place) {
            return;
        }
        self.warned.push(place.to_owned());
        let text = unverified(place);
        if self.json {
            self.event(&Event::Warning { text: &text });
        }
        self.note(&format!("warning: {text}"));
    }

    fn event(&mut self, event: &Event<'_>) {
        let at = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let line = serde_json::to_string(&Line { event, at }).expect("texts and numbers only");
        self.printer.result(&line);
        match self.printer.flush(Duration::ZERO) {
            Ok(Printed::ReaderGone) => self.reader_gone = true,
            Ok(_) => {}
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn note(&mut self, words: &str) {
        self.clear();
        self.printer.note(words);
    }

    /// Replaces the lines drawn before.
    fn draw(&mut self, lines: &[String]) {
        self.clear();
        let text = lines.join("\n") + "\n";
        // Where nobody reads it, there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        self.drawn = lines.len();
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            // Up to the first line, and everything from there on away.
            let _ = io::stderr().write_all(format!("\x1b[{}A\x1b[J", self.drawn).as_bytes());
            self.drawn = 0;
        }
    }
}

/// To one decimal.
fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
