//! Why the program ends badly, and what each error of the libraries amounts to.

use std::fmt;

use super::Exit;
use crate::engine::EngineError;
use crate::recording::{RecordingError, ReplayError};
use crate::roots::CaFileError;
use crate::run_loop::RunLoopError;
use crate::store::StoreError;

/// Why the program ends badly: the exit status, and the words for stderr.
#[derive(Debug)]
pub struct Failure {
    /// How it ends.
    pub exit: Exit,
    /// What happened and what to do. Empty where it has been said already.
    pub words: String,
}

impl Failure {
    /// Wrong usage.
    pub fn usage(words: impl Into<String>) -> Self {
        Self::new(Exit::Usage, words)
    }

    /// Bad input data.
    pub fn data(words: impl Into<String>) -> Self {
        Self::new(Exit::Data, words)
    }

    /// Something that has been said already.
    pub fn said(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// Any exit with its words.
    pub fn new(exit: Exit, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { exit, words }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<CaFileError> for Failure {
    fn from(error: CaFileError) -> Self {
        Self::data(error.to_string())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match &error {
            EngineError::Config(_) => Exit::Usage,
            _ => Exit::Fault,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(Exit::Store, error.to_string())
    }
}

impl From<RunLoopError> for Failure {
    fn from(error: RunLoopError) -> Self {
        match error {
            RunLoopError::Engine(error) => error.into(),
            RunLoopError::Recording(error) => error.into(),
            other => Self::new(Exit::Fault, other.to_string()),
        }
    }
}

impl From<RecordingError> for Failure {
    fn from(error: RecordingError) -> Self {
        let exit = match &error {
            RecordingError::Create { .. } => Exit::Data,
            // As for stdout.
            RecordingError::Write { .. } => Exit::Network,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            // The settings are the recording's.
            ReplayError::Engine(EngineError::Config(words)) => Self::data(words),
            ReplayError::Engine(error) => error.into(),
            other => Self::data(other.to_string()),
        }
    }
}
