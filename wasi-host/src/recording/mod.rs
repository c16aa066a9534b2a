//! Recording a device while it runs: as a transcript that replays, and as packets for Wireshark.
//!
//! The recorder stands where commands, bytes and answers enter the engine and where its outcomes leave it, so a
//! recording is the same whether the core runs in the sandbox or natively. What it writes has gone through
//! [`tern_core::transcript::Tap`] before: no password, signature or token is in it.
//!
//! Nothing piles up: what one step brought is written at once, in one piece, so that a killed program leaves a
//! recording that reads up to there.

mod entries;
mod pcap;
mod pieces;
mod replay;

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tern_component::batch::{BadRow, InputBatch, Outcome, commands, reports};
use tern_core::device::Config;
use tern_core::time::Instant;
use tern_core::transcript::{Entry, Header, Heard, Said, Tap, What};

use pcap::Pcap;
pub use replay::{EngineCore, Replay, ReplayError, Replayed, replay};

/// Where to record to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The transcript.
    pub transcript: Option<PathBuf>,
    /// The packets, in libpcap's format.
    pub pcap: Option<PathBuf>,
}

/// Records one device.
pub struct Recorder {
    tap: Tap,
    transcript: Option<Output<String>>,
    pcap: Option<Output<Pcap>>,
}

/// A file, and what is to be written to it.
struct Output<T> {
    path: PathBuf,
    file: File,
    waiting: T,
}

impl Recorder {
    /// Makes the files, or empties them, and writes what they begin with. `zero` is when the host's time 0 was.
    ///
    /// # Errors
    /// A file can't be made or written.
    pub fn start(
        files: &Files,
        config: &Config,
        seed: u64,
        zero: SystemTime,
    ) -> Result<Self, RecordingError> {
        let tap = Tap::new(config);
        let header = Header {
            recorded: humantime::format_rfc3339_millis(zero).to_string(),
            seed,
            config: config.clone(),
        };
        let transcript = files.transcript.as_deref();
        let pcap = files.pcap.as_deref();
        let mut recorder = Self {
            transcript: transcript
                .map(|path| Output::create(path, tap.header(&header)))
                .transpose()?,
            pcap: pcap
                .map(|path| Output::create(path, Pcap::new(zero)))
                .transpose()?,
            tap,
        };
        recorder.commit()?;
        Ok(recorder)
    }

    /// Notes what is handed in for the device. `own` is whether the received bytes are the host's own.
    pub(crate) fn hand_in(
        &mut self,
        now: Instant,
        session: u32,
        batch: &InputBatch,
        own: bool,
    ) -> Result<(), BadRow> {
        for command in commands(batch.words(), batch.bytes()) {
            let (id, command) = command?;
            if id != session {
                continue;
            }
            let heard = match entries::heard(&command) {
                Heard::Received { bytes, .. } => {
                    let received = self.tap.received(&bytes, !own);
                    if let (Some(pcap), Heard::Received { bytes, .. }) =
                        (&mut self.pcap, &received.heard)
                    {
                        let fresh = bytes.len().saturating_sub(received.fresh);
                        pcap.waiting
                            .down(now, bytes.get(fresh..).unwrap_or_default());
                    }
                    received.heard
                }
                heard => self.tap.heard(heard),
            };
            if let Some(pcap) = &mut self.pcap {
                match &heard {
                    Heard::TransportOpened => pcap.waiting.opened(now),
                    Heard::TransportClosed(reason) => pcap.waiting.closed(now, reason.kind),
                    _ => {}
                }
            }
            self.write(now, What::Heard(heard));
        }
        Ok(())
    }

    /// Notes what came out for the device, and writes it all.
    pub(crate) fn take_out(
        &mut self,
        now: Instant,
        session: u32,
        batch: &InputBatch,
        outcome: &Outcome,
    ) -> Result<(), RecordingError> {
        for report in reports(outcome, batch.bytes()) {
            // A row that can't be read is told by whoever does what it says.
            let Ok((id, report)) = report else { break };
            if id != session {
                continue;
            }
            let said = self.tap.said(entries::said(report));
            if let Some(pcap) = &mut self.pcap {
                match &said {
                    Said::Transmit(bytes) => pcap.waiting.up(now, bytes),
                    Said::CloseTransport => pcap.waiting.close(now),
                    _ => {}
                }
            }
            self.write(now, What::Said(said));
        }
        self.commit()
    }

    /// Ends the recording in order.
    pub(crate) fn finish(&mut self, now: Instant) -> Result<(), RecordingError> {
        self.write(now, What::End);
        self.commit()
    }

    fn write(&mut self, at: Instant, what: What) {
        if let Some(transcript) = &mut self.transcript {
            Entry { at, what }.write(&mut transcript.waiting);
        }
    }

    fn commit(&mut self) -> Result<(), RecordingError> {
        if let Some(transcript) = &mut self.transcript {
            transcript.write(|waiting| waiting.as_bytes())?;
            transcript.waiting.clear();
        }
        if let Some(pcap) = &mut self.pcap {
            pcap.write(Pcap::bytes)?;
            pcap.waiting.clear();
        }
        Ok(())
    }
}

impl<T> Output<T> {
    fn create(path: &Path, waiting: T) -> Result<Self, RecordingError> {
        let path = path.to_owned();
        match File::create(&path) {
            Ok(file) => Ok(Self {
                path,
                file,
                waiting,
            }),
            Err(source) => Err(RecordingError::Create { path, source }),
        }
    }

    fn write(&mut self, bytes: impl FnOnce(&T) -> &[u8]) -> Result<(), RecordingError> {
        self.file
            .write_all(bytes(&self.waiting))
            .map_err(|source| RecordingError::Write {
                path: self.path.clone(),
                source,
            })
    }
}

/// Why nothing is recorded any more.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file can't be made.
    #[error("recording {}: it can't be made ({source}); check the folder and its permissions", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file takes nothing more.
    #[error("recording {}: it can't be written any more ({source}); {}", path.display(), advice(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "the disk is full: make room, or record to another one. What stands in the file is good up to here"
        }
        _ => "what stands in the file is good up to here; record to another place",
    }
}
