//! A recording, played to the engine again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tern_component::batch::{InputBatch, Outcome, reports};
use tern_core::time::Instant;
use tern_core::transcript::{
    Core, Difference, Fault, Header, Heard, MAX_LINE, Player, ReadError, Reader, Said, Told, What,
};

use super::entries;
use crate::engine::{Engine, EngineError};

/// A device of an engine, for a recording to be played to: in the sandbox, or natively.
pub struct EngineCore {
    engine: Engine,
    session: u32,
    batch: InputBatch,
    outcome: Outcome,
}

impl EngineCore {
    /// The device that a recording's header describes.
    ///
    /// # Errors
    /// A setting breaks its rule; the sandbox failed.
    pub fn new(mut engine: Engine, header: &Header) -> Result<Self, EngineError> {
        let session = engine.open(header.config.clone(), header.seed)?;
        Ok(Self {
            engine,
            session,
            batch: InputBatch::default(),
            outcome: Outcome::default(),
        })
    }
}

impl Core for EngineCore {
    type Error = EngineError;

    fn hand_in(
        &mut self,
        now: Instant,
        heard: &Heard,
        held: &[u8],
        said: &mut Vec<Said>,
    ) -> Result<(), EngineError> {
        self.batch.clear();
        entries::add(&mut self.batch, self.session, heard, held);
        self.engine.step(now, &self.batch, &mut self.outcome)?;
        for report in reports(&self.outcome, self.batch.bytes()) {
            let (_, report) = report?;
            said.push(entries::said(report));
        }
        Ok(())
    }
}

/// How a replay ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Entries that were handed in.
    pub heard: u64,
    /// Entries that came out and were compared.
    pub said: u64,
    /// What came of it.
    pub replayed: Replayed,
}

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The same as recorded. Where the recording was cut off, up to there.
    Same {
        /// Whether it was ended in order.
        complete: bool,
    },
    /// Something else.
    Different {
        /// The line of the recording, from 1.
        line: u64,
        /// What is different there.
        difference: Box<Difference>,
    },
}

/// Plays the recording in a file to `engine`, line by line: a long one needs no more memory than a short one.
///
/// # Errors
/// The file can't be read, or is no recording; the engine fails.
pub fn replay(path: &Path, engine: Engine) -> Result<Replay, ReplayError> {
    let unreadable = |source| ReplayError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let damaged = |source| ReplayError::Damaged {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut engine = Some(engine);
    let mut player = None;
    let mut reader = Reader::default();
    let (mut heard, mut said) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        // One byte more than a line may have, and its end: what is longer is refused by the reader.
        let limit = MAX_LINE as u64 + 2;
        let read = file.by_ref().take(limit).read_until(b'\n', &mut line);
        read.map_err(unreadable)?;
        match line.strip_suffix(b"\n") {
            Some(whole) => line.truncate(whole.len()),
            // Cut off while it was written.
            None if line.len() <= MAX_LINE => break,
            None => {}
        }
        let entry = match reader.line(&line).map_err(damaged)? {
            Told::Part => continue,
            Told::Header(header) => {
                if let Some(engine) = engine.take() {
                    player = Some(Player::new(EngineCore::new(engine, &header)?));
                }
                continue;
            }
            Told::Entry(entry) => entry,
        };
        // An entry comes behind the header.
        let Some(player) = &mut player else { continue };
        match player.play(&entry) {
            Ok(()) => match entry.what {
                What::Heard(_) => heard += 1,
                What::Said(_) => said += 1,
                What::End => {}
            },
            Err(Fault::Failed(error)) => return Err(error.into()),
            Err(Fault::Different(difference)) => {
                return Ok(Replay {
                    heard,
                    said,
                    replayed: Replayed::Different {
                        line: reader.line_number(),
                        difference,
                    },
                });
            }
        }
    }
    let complete = reader.finish().map_err(damaged)?;
    Ok(Replay {
        heard,
        said,
        replayed: Replayed::Same { complete },
    })
}

/// Why a recording can't be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file can't be read.
    #[error("{}: it can't be read ({source}); check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no recording, or a damaged one.
    #[error("{}: {source}. It is no recording, or was changed: record anew with --record FILE", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Line, column, field and rule.
        source: ReadError,
    },
    /// The engine fails.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
