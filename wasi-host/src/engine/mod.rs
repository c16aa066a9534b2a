//! Where the core runs: in a sandbox (the component in wasmtime), or natively for comparison.
//!
//! Both take the same batches and bring the same outcomes; the run loop knows no difference.

mod compiled;
#[cfg(target_os = "linux")]
mod image;
mod native;
mod sandbox;
mod settings;

use tern_component::batch::{BadRow, InputBatch, Outcome};
use tern_core::device::Config;
use tern_core::time::Instant;

pub use compiled::{Loading, time_to_load};
use native::Native;
pub use sandbox::COMPONENT;
use sandbox::{Prepared, Sandbox};

/// A place where devices run.
pub struct Engine(Kind);

enum Kind {
    Sandbox(Box<Sandbox>),
    Native(Box<Native>),
}

/// The component, loaded once and ready for any number of sandboxes. Cheap to clone.
#[derive(Clone)]
pub struct Sandboxes(Prepared);

impl Sandboxes {
    /// Loads the component, which was compiled ahead of time.
    ///
    /// # Errors
    /// The compiled component does not fit this machine.
    pub fn load() -> Result<Self, EngineError> {
        Ok(Self(Prepared::load()?))
    }

    /// A fresh sandbox: an instance that shares nothing that can change with any other.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn engine(&self) -> Result<Engine, EngineError> {
        Ok(Engine(Kind::Sandbox(Box::new(self.0.instantiate()?))))
    }
}

impl Engine {
    /// One sandbox, for who needs no other: [`Sandboxes::load`], then [`Sandboxes::engine`].
    ///
    /// # Errors
    /// As those.
    pub fn sandboxed() -> Result<Self, EngineError> {
        Sandboxes::load()?.engine()
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

    /// Lets go of the memory that comes back by itself when it is read: a sandbox's constants.
    pub fn rest(&mut self) {
        if let Kind::Sandbox(sandbox) = &self.0 {
            sandbox.rest();
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
    /// The engine that was named is no more: it has trapped.
    #[error("the engine is gone: it has trapped before; open its devices anew in another one")]
    Gone,
    /// Guest and host disagree on the layout.
    #[error(
        "the component's answer can't be read: {0}; it is a fault of this program, please report it"
    )]
    Layout(#[from] BadRow),
}
