//! The core without a sandbox, driven by the same batches.

use tern_component::Sessions;
use tern_component::batch::{InputBatch, Outcome};
use tern_core::device::Config;
use tern_core::time::Instant;

use super::EngineError;

/// The devices of one native engine.
#[derive(Default)]
pub(super) struct Native(Sessions);

impl Native {
    pub(super) fn open(&mut self, config: Config, seed: u64) -> Result<u32, EngineError> {
        self.0
            .open(config, seed)
            .map_err(|error| EngineError::Config(error.to_string()))
    }

    pub(super) fn close(&mut self, session: u32) {
        self.0.close(session);
    }

    pub(super) fn step(
        &mut self,
        now: Instant,
        batch: &InputBatch,
        outcome: &mut Outcome,
    ) -> Result<(), EngineError> {
        outcome.clear();
        Ok(self.0.step(now, batch.words(), batch.bytes(), outcome)?)
    }
}
