//! Devices and their sandboxes are opened, at first and after a sandbox has failed.

use std::time::Instant;

use super::{Run, Told};
use crate::engine::EngineError;
use crate::exit::{Exit, Failure};
use crate::fleet::plan::micros;
use crate::fleet::random::{Purpose, Random};

/// Devices that are opened before those that are open have their turn again: the system may take milliseconds for a
/// connection where most ports towards one address are in use.
const OPENED_AT_ONCE: usize = 8;

impl Run<'_> {
    /// Opens the devices whose turn has come.
    pub(super) fn open_devices(
        &mut self,
        now: Instant,
        tell: &mut dyn FnMut(Told<'_>),
    ) -> Result<(), Failure> {
        for group in self.groups.back(now) {
            for member in self.groups.members(group) {
                if self.members.waits_again(member) {
                    self.connecting.again(member);
                }
            }
        }
        for _ in 0..OPENED_AT_ONCE {
            let Some(member) = self.connecting.next(now) else {
                break;
            };
            let group = self.groups.of(member);
            // It comes again with the others of its sandbox.
            if !self.members.reach(member) || self.groups.is_down(group) {
                continue;
            }
            self.open(member, group, now, tell)?;
        }
        if self.all_opened.is_none() && self.connecting.has_opened_all() {
            self.all_opened = Some(now);
        }
        Ok(())
    }

    fn open(
        &mut self,
        member: u32,
        group: u32,
        now: Instant,
        tell: &mut dyn FnMut(Told<'_>),
    ) -> Result<(), Failure> {
        let engine = match self.groups.engine(group) {
            Some(engine) => engine,
            None => match (self.engine)() {
                Ok(engine) => {
                    let engine = self.run_loop.add_engine(engine);
                    self.groups.made(group, engine, now);
                    engine
                }
                Err(error) => {
                    let words = format!(
                        "sandbox {} can't be made: {error}; let more devices share one with --per-sandbox N, or \
                         spread them over several processes with --shard K/N",
                        group + 1
                    );
                    if !self.groups.has_failed(group) {
                        return Err(Failure::new(Exit::Fault, words));
                    }
                    // What the others have done is not given up for it.
                    self.members.not_opened(member, &words);
                    self.lose(member, &words, now, tell);
                    return Ok(());
                }
            },
        };
        let number = self.members.number(member);
        let config = (self.config)(number)?;
        let seed = Random::new(self.plan.seed, Purpose::Reconnect, number, 0).next();
        match self.run_loop.open_in(engine, config, seed) {
            Ok(session) => {
                self.members.opened(member, session, now);
                self.run_loop.connect(session);
                Ok(())
            }
            Err(error @ EngineError::Config(_)) => {
                let name = self.plan.name(number);
                let failure = Failure::from(error);
                Err(Failure::new(
                    failure.exit,
                    format!("device {number} ({name}): {failure}"),
                ))
            }
            // Its sandbox has failed: the next poll tells those that are in it, and this one comes again with them.
            Err(error) => {
                let reason = error.to_string();
                self.members.not_opened(member, &reason);
                self.lose(member, &reason, now, tell);
                Ok(())
            }
        }
    }

    /// The sandbox of a device has failed, or could not be made again: it comes back later.
    pub(super) fn lose(
        &mut self,
        member: u32,
        reason: &str,
        now: Instant,
        tell: &mut dyn FnMut(Told<'_>),
    ) {
        let stopping = self.stopping.is_some();
        if let Some(lost) = self.groups.lost(member, now, stopping) {
            tell(Told::SandboxLost {
                sandbox: lost.group + 1,
                devices: lost.members,
                back_in_ms: micros(lost.wait) / 1000,
                reason,
            });
        }
    }
}
