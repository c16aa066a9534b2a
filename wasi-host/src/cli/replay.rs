//! `tern replay`: runs a recording through the core again, and shows the first difference.
//!
//! It ends with 0 where everything comes out as it was recorded, with 65 where the file is no recording or a
//! damaged one, and with 70 where something else comes out: the same core never does that, so it is a fault of
//! ours, or the recording is of another version or was changed.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use tern_core::transcript::{Difference, Entry, Said, What};
use tern_core::wire::{Framed, PacketType, Sender, frame};

use super::printer::{Lead, Printer};
use crate::engine::Engine;
use crate::exit::{Exit, Failure};
use crate::recording::{Replay, Replayed, replay};

/// Bytes that are shown in hex of one side of a difference.
const SHOWN: usize = 64;

/// Of these, how many stand before the first that differs.
const BEFORE: usize = 16;

/// Packets that are named of one transmission.
const NAMED: usize = 8;

/// The options of `tern replay`.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// A recording, made with --record
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
    /// Run the core without the sandbox
    #[arg(long)]
    pub native: bool,
}

/// Replays, and tells what came of it.
///
/// # Errors
/// The file can't be read, or is no recording; the sandbox fails; stdout can't be written.
pub fn run(args: &ReplayArgs) -> Result<Exit, Failure> {
    let engine = if args.native {
        Engine::native()
    } else {
        Engine::sandboxed()?
    };
    let replayed = replay(&args.file, engine)?;
    let mut printer = Printer::new(args.json, Lead::Nothing);
    let report = Report::new(&replayed);
    let text = if args.json {
        serde_json::to_string(&report)
            .map_err(|error| Failure::new(Exit::Fault, error.to_string()))?
    } else {
        report.for_people(&args.file.display().to_string())
    };
    printer.result(&text);
    printer.flush(Duration::MAX)?;
    Ok(match replayed.replayed {
        Replayed::Same { .. } => Exit::Done,
        Replayed::Different { .. } => Exit::Fault,
    })
}

/// What came of it, as it is printed.
#[derive(Serialize)]
struct Report {
    same: bool,
    handed_in: u64,
    compared: u64,
    /// Whether the recording was ended in order; not known where it was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    #[serde(flatten)]
    difference: Option<Shown>,
}

/// The first difference.
#[derive(Serialize)]
struct Shown {
    line: u64,
    at_ms: u64,
    /// None where nothing more is recorded.
    recorded: Option<Side>,
    /// None where nothing more comes out.
    replayed: Option<Side>,
    /// The first byte that differs, where both sides are bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_different_byte: Option<usize>,
}

/// One side of a difference.
#[derive(Serialize)]
struct Side {
    kind: &'static str,
    /// The packets that are sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packets: Vec<&'static str>,
    /// Some of the bytes that are sent, and where they begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<Hex>,
    /// The recording's line.
    entry: String,
}

#[derive(Serialize)]
struct Hex {
    from: usize,
    bytes: String,
    of: usize,
}

impl Report {
    fn new(replay: &Replay) -> Self {
        let (complete, difference) = match &replay.replayed {
            Replayed::Same { complete } => (Some(*complete), None),
            Replayed::Different { line, difference } => (None, Some(Shown::new(*line, difference))),
        };
        Self {
            same: difference.is_none(),
            handed_in: replay.heard,
            compared: replay.said,
            complete,
            difference,
        }
    }

    fn for_people(&self, file: &str) -> String {
        let (handed_in, compared) = (self.handed_in, self.compared);
        if let Some(shown) = &self.difference {
            return shown.for_people(file);
        }
        let cut = match self.complete {
            Some(false) => "; it was cut off there",
            _ => "",
        };
        format!("{file}: the same: {handed_in} entries handed in, {compared} that came out{cut}")
    }
}

impl Shown {
    fn new(line: u64, difference: &Difference) -> Self {
        let Difference {
            at,
            recorded,
            replayed,
        } = difference;
        let byte = match (recorded, replayed) {
            (Some(Said::Transmit(one)), Some(Said::Transmit(other))) => {
                let differs = one.iter().zip(other).position(|(one, other)| one != other);
                Some(differs.unwrap_or_else(|| one.len().min(other.len())))
            }
            _ => None,
        };
        let side = |said: &Option<Said>| {
            let entry = said.as_ref().map(|said| Entry {
                at: *at,
                what: What::Said(said.clone()),
            });
            said.as_ref()
                .zip(entry)
                .map(|(said, entry)| Side::new(said, &entry, byte))
        };
        Self {
            line,
            at_ms: at.as_millis(),
            recorded: side(recorded),
            replayed: side(replayed),
            first_different_byte: byte,
        }
    }

    fn for_people(&self, file: &str) -> String {
        let Self { line, at_ms, .. } = self;
        let mut text = format!("{file}:{line}: at {at_ms} ms something else comes out\n");
        for (name, side) in [("recorded", &self.recorded), ("replayed", &self.replayed)] {
            text.push_str(&format!("  {name}: "));
            match side {
                None => text.push_str("nothing more\n"),
                Some(side) => side.for_people(&mut text),
            }
        }
        if let Some(byte) = self.first_different_byte {
            text.push_str(&format!("  the first byte that differs is number {byte}\n"));
        }
        text.push_str(
            "The same core brings the same, so this is a fault of tern, or the recording is of another version of it \
             or was changed. Please report it with the recording, which holds no secret.",
        );
        text
    }
}

impl Side {
    fn new(said: &Said, entry: &Entry, byte: Option<usize>) -> Self {
        let mut line = String::new();
        entry.write(&mut line);
        let (packets, hex) = match said {
            Said::Transmit(bytes) => {
                let from = byte.unwrap_or(0).saturating_sub(BEFORE).min(bytes.len());
                let shown = bytes.iter().skip(from).take(SHOWN);
                let hex = Hex {
                    from,
                    bytes: shown
                        .map(|byte| format!("{byte:02X}"))
                        .collect::<Vec<_>>()
                        .join(" "),
                    of: bytes.len(),
                };
                (packets(bytes), Some(hex))
            }
            _ => (Vec::new(), None),
        };
        Self {
            kind: said.kind(),
            packets,
            hex,
            entry: line.trim_end().to_owned(),
        }
    }

    fn for_people(&self, text: &mut String) {
        match &self.hex {
            Some(Hex { from, bytes, of }) => {
                let packets = self.packets.join(", ");
                text.push_str(&format!(
                    "{of} bytes sent ({packets}), from byte {from} on:\n    {bytes}\n"
                ));
            }
            None => text.push_str(&format!("{}\n", self.entry)),
        }
    }
}

/// The names of the first packets in what a device sends.
fn packets(mut bytes: &[u8]) -> Vec<&'static str> {
    let mut names = Vec::new();
    while let Some(&first) = bytes.first() {
        let whole = match frame(bytes, Sender::Client, usize::MAX) {
            Ok(Framed::Complete { len }) => bytes.get(len..),
            _ => None,
        };
        let name = match (PacketType::from_first_byte(first), whole) {
            (Some(packet), Some(_)) => packet.name(),
            _ => "no whole packet",
        };
        if names.len() == NAMED {
            names.push("…");
            break;
        }
        names.push(name);
        bytes = whole.unwrap_or_default();
    }
    names
}
