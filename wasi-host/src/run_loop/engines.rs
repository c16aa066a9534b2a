//! The engines of a loop, and for each what the next step hands in.

use std::collections::VecDeque;
use std::fmt;

use tern_component::batch::InputBatch;

use super::SessionId;
use crate::engine::{Engine, EngineError};

/// Batches that wait for their next use at most. More of them are in use only while more engines than this have
/// something to do at once.
const POOL: usize = 64;

/// A batch that has grown beyond this many bytes is given back to the system.
const LARGE: usize = 64 * 1024;

/// The number of an engine in its loop. It is given to another one once this one has trapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EngineId(pub(super) u32);

impl fmt::Display for EngineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An engine, and which devices are in it.
pub(super) struct Hosted {
    pub(super) engine: Engine,
    /// The loop's number of each device, by the engine's.
    sessions: Vec<Option<SessionId>>,
    /// What the next step hands in; the engine stands in the queue while there is something.
    batch: Option<InputBatch>,
    /// Devices to be forgotten once what was asked for before has been handed in.
    closing: Vec<u32>,
    /// Why it can't go on, where that was found outside of a step.
    failure: Option<EngineError>,
}

impl Hosted {
    /// The loop's number of one of its devices.
    pub(super) fn session(&self, number: u32) -> Option<SessionId> {
        self.sessions.get(number as usize).copied().flatten()
    }

    /// All of its devices.
    pub(super) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.sessions.iter().copied().flatten()
    }

    /// Forgets the devices that were closed since the last step.
    pub(super) fn forget_closed(&mut self) -> Result<(), EngineError> {
        while let Some(number) = self.closing.pop() {
            self.engine.close(number)?;
        }
        Ok(())
    }
}

/// The engines, by their numbers.
#[derive(Default)]
pub(super) struct Engines {
    slots: Vec<Option<Hosted>>,
    free: Vec<EngineId>,
    /// Those with something to hand in, in the order in which it came.
    queue: VecDeque<EngineId>,
    pool: Vec<InputBatch>,
}

impl Engines {
    pub(super) fn add(&mut self, engine: Engine) -> EngineId {
        let hosted = Some(Hosted {
            engine,
            sessions: Vec::new(),
            batch: None,
            closing: Vec::new(),
            failure: None,
        });
        if let Some(id) = self.free.pop()
            && let Some(place) = self.slots.get_mut(id.0 as usize)
        {
            *place = hosted;
            return id;
        }
        let id = EngineId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(hosted);
        id
    }

    /// Takes an engine out; its number is free again.
    pub(super) fn remove(&mut self, id: EngineId) -> Option<Hosted> {
        let hosted = self.slots.get_mut(id.0 as usize)?.take()?;
        self.free.push(id);
        self.queue.retain(|other| *other != id);
        Some(hosted)
    }

    pub(super) fn get(&self, id: EngineId) -> Option<&Hosted> {
        self.slots.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: EngineId) -> Option<&mut Hosted> {
        self.slots.get_mut(id.0 as usize)?.as_mut()
    }

    /// Makes a device in an engine, and notes the number that the loop will know it by.
    pub(super) fn open(
        &mut self,
        id: EngineId,
        session: SessionId,
        make: impl FnOnce(&mut Engine) -> Result<u32, EngineError>,
    ) -> Result<u32, EngineError> {
        let hosted = self.get_mut(id).ok_or(EngineError::Gone)?;
        let number = make(&mut hosted.engine);
        if let Err(EngineError::Sandbox(text)) = &number {
            // A sandbox that has trapped never runs again: the next step says so, to all of its devices.
            let failure = EngineError::Sandbox(text.clone());
            self.fail(id, failure);
        }
        let number = number?;
        if let Some(hosted) = self.get_mut(id) {
            hosted.engine.rest();
            let index = number as usize;
            if hosted.sessions.len() <= index {
                hosted
                    .sessions
                    .reserve_exact(index + 1 - hosted.sessions.len());
                hosted.sessions.resize(index + 1, None);
            }
            if let Some(place) = hosted.sessions.get_mut(index) {
                *place = Some(session);
            }
        }
        Ok(number)
    }

    /// Forgets a device of an engine.
    pub(super) fn close(&mut self, id: EngineId, number: u32) -> Result<(), EngineError> {
        let Some(hosted) = self.get_mut(id) else {
            return Ok(());
        };
        if let Some(place) = hosted.sessions.get_mut(number as usize) {
            *place = None;
        }
        hosted.closing.push(number);
        if hosted.batch.is_some() {
            // Its number must not be another's while the batch still speaks of it.
            return Ok(());
        }
        hosted.forget_closed()
    }

    /// Writes something into what the engine's next step hands in.
    pub(super) fn fill(&mut self, id: EngineId, write: impl FnOnce(&mut InputBatch)) {
        let Some(Some(hosted)) = self.slots.get_mut(id.0 as usize) else {
            return;
        };
        let queued = hosted.batch.is_some();
        let batch = hosted
            .batch
            .get_or_insert_with(|| self.pool.pop().unwrap_or_default());
        write(batch);
        if queued {
        } else if batch.is_empty() {
            self.pool.extend(hosted.batch.take());
        } else {
            self.queue.push_back(id);
        }
    }

    /// Lets the next step of an engine bring this failure.
    fn fail(&mut self, id: EngineId, failure: EngineError) {
        let Some(hosted) = self.get_mut(id) else {
            return;
        };
        hosted.failure = Some(failure);
        if hosted.batch.is_none() {
            hosted.batch = Some(InputBatch::default());
            self.queue.push_back(id);
        }
    }

    /// Whether there is nothing to hand in.
    pub(super) fn are_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// Bytes that wait to be handed in to an engine.
    pub(super) fn waiting(&self, id: EngineId) -> usize {
        let batch = self.get(id).and_then(|hosted| hosted.batch.as_ref());
        batch.map_or(0, |batch| batch.bytes().len())
    }

    /// The next engine with something to hand in, and that; or why it can't go on.
    pub(super) fn next(&mut self) -> Option<(EngineId, Result<InputBatch, EngineError>)> {
        while let Some(id) = self.queue.pop_front() {
            let Some(hosted) = self.get_mut(id) else {
                continue;
            };
            let batch = hosted.batch.take().unwrap_or_default();
            return Some((id, hosted.failure.take().map_or(Ok(batch), Err)));
        }
        None
    }

    /// Takes a batch back that has been handed in.
    pub(super) fn give_back(&mut self, mut batch: InputBatch) {
        let size = batch.bytes().len() + 4 * batch.words().len();
        if self.pool.len() < POOL && size < LARGE {
            batch.clear();
            self.pool.push(batch);
        }
    }
}
