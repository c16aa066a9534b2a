//! Where the core runs: in a sandbox (the component in wasmtime), or natively for comparison.
//!
//! Both take the same batches and bring the same outcomes; the run loop knows no difference.

mod native;
mod sandbox;
mod settings;

use tern_component::batch::{BadRow, InputBatch, Outcome};
use tern_core::device::Config;
use tern_core::time::Instant;

use native::Native;
pub use sandbox::COMPONENT;
use sandbox::Sandbox;

/// A place where devices run.
pub struct Engine(Kind);

enum Kind {
    Sandbox(Box<Sandbox>),
    Native(Box<Native>),
}

impl Engine {
    /// A fresh sandbox: the component, compiled ahead of time, in an instance of its own.
    ///
    /// # Errors
    /// The compiled component does not fit this machine, or there is no memory for it.
    pub fn sandboxed() -> Result<Self, EngineError> {
        Ok(Self(Kind::Sandbox(Box::new(Sandbox::new()?))))
    }

    /// The same core without a sandbox.
    #[must_use]
    pub fn native() -> Self {
        Self(Kind::Native(Box::default()))
    }

    /// Makes a device and returns its number.
    ///
    /// # Errors
    /// A setting that breaks its rule; the sandbox failed.
    pub fn open(&mut self, config: Config, seed: u64) -> Result<u32, EngineError> {
        match &mut self.0 {
            Kind::Sandbox(sandbox) => sandbox.open(config, seed),
            Kind::Native(native) => native.open(config, seed),
        }
    }

    /// Forgets a device.
    ///
    /// # Errors
    /// The sandbox failed.
    pub fn close(&mut self, session: u32) -> Result<(), EngineError> {
        match &mut self.0 {
            Kind::Sandbox(sandbox) => sandbox.close(session),
            Kind::Native(native) => {
                native.close(session);
                Ok(())
            }
        }
    }

    /// Hands in a batch and replaces `outcome` by what it brought.
    ///
    /// # Errors
    /// The sandbox failed, or a row can't be read: a fault of ours.
    pub fn step(
        &mut self,
        now: Instant,
        batch: &InputBatch,
        outcome: &mut Outcome,
    ) -> Result<(), EngineError> {
        match &mut self.0 {
            Kind::Sandbox(sandbox) => sandbox.step(now, batch, outcome),
            Kind::Native(native) => native.step(now, batch, outcome),
        }
    }
}

/// Why an engine can't go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A setting that breaks its rule. The text names field and rule.
    #[error("{0}")]
    Config(String),
    /// The sandbox could not be made, or trapped. Every device in it is gone.
    #[error("the sandbox failed: {0}")]
    Sandbox(String),
    /// Guest and host disagree on the layout.
    #[error("the component's answer can't be read: {0}")]
    Layout(#[from] BadRow),
}
