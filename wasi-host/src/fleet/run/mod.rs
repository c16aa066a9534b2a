//! The fleet at work: opens the devices, lets them publish when they are due, counts what becomes of it, and ends in
//! order.
//!
//! One thread, one loop. What it holds for a device is a few dozen bytes: names, topics and payloads are made when
//! they are needed.

mod connecting;
mod groups;
mod members;
mod opening;
mod settings;
mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mio::Waker;
use tern_core::device::Config;

use super::plan::{Plan, micros};
use super::series::Sample;
use super::statistics::Statistics;
use super::summary::{DeviceCounts, FORMAT, How, Summary};
use crate::engine::{Engine, EngineError, Sandboxes};
use crate::exit::{Exit, Failure};
use crate::run_loop::RunLoop;
use crate::transport::TlsSettings;
use connecting::Connecting;
use groups::Groups;
use members::{Members, Todo};
pub use settings::Settings;
pub use told::{Ended, Progress, Told};

/// From one sample to the next.
const SAMPLE: Duration = Duration::from_secs(1);

/// How long the end may take, which each device's own time for draining is part of.
const LAST: Duration = Duration::from_secs(15);

/// A fleet at work.
pub struct Run<'a> {
    plan: &'a Plan,
    settings: Settings,
    config: &'a dyn Fn(u64) -> Result<Config, Failure>,
    /// Makes a place for a group of devices.
    engine: Box<dyn FnMut() -> Result<Engine, EngineError> + 'a>,
    run_loop: RunLoop,
    members: Members<'a>,
    groups: Groups,
    connecting: Connecting,
    series: Vec<Sample>,
    started: Instant,
    started_at: SystemTime,
    /// When every device had been opened.
    all_opened: Option<Instant>,
    stopping: Option<Instant>,
    connected_at_end: u64,
    signalled: Arc<AtomicBool>,
}

impl<'a> Run<'a> {
    /// A run that begins with [`run`](Self::run). `config` makes what a device is told, by its number.
    ///
    /// # Errors
    /// The system or the sandbox fails.
    pub fn new(
        plan: &'a Plan,
        settings: Settings,
        config: &'a dyn Fn(u64) -> Result<Config, Failure>,
        tls: TlsSettings,
    ) -> Result<Self, Failure> {
        let engine: Box<dyn FnMut() -> Result<Engine, EngineError>> = if settings.native {
            Box::new(|| Ok(Engine::native()))
        } else {
            let sandboxes = Sandboxes::load()?;
            Box::new(move || sandboxes.engine())
        };
        Self::in_engines(plan, settings, config, tls, engine)
    }

    fn in_engines(
        plan: &'a Plan,
        settings: Settings,
        config: &'a dyn Fn(u64) -> Result<Config, Failure>,
        tls: TlsSettings,
        engine: Box<dyn FnMut() -> Result<Engine, EngineError> + 'a>,
    ) -> Result<Self, Failure> {
        let mut run_loop = RunLoop::empty(tls).map_err(|error| {
            Failure::new(
                Exit::Fault,
                format!("the system refuses what the program needs: {error}"),
            )
        })?;
        run_loop.survive_traps(true);
        let members = Members::new(plan, settings);
        let count = members.count();
        // Without sandboxes there is nothing to keep apart.
        let size = if settings.native {
            count
        } else {
            settings.per_sandbox
        };
        Ok(Self {
            groups: Groups::new(count, size, plan.seed, settings.shard),
            connecting: Connecting::new(count, settings.connect_rate),
            members,
            plan,
            settings,
            config,
            engine,
            run_loop,
            series: Vec::new(),
            started: Instant::now(),
            started_at: SystemTime::now(),
            all_opened: None,
            stopping: None,
            connected_at_end: 0,
            signalled: Arc::new(AtomicBool::new(false)),
        })
    }

    /// What stops it, once it is set and the waker has been called.
    #[must_use]
    pub fn stopper(&self) -> (Arc<AtomicBool>, Arc<Waker>) {
        (Arc::clone(&self.signalled), self.run_loop.waker())
    }

    /// Carries the plan out.
    ///
    /// # Errors
    /// The system's poll failed; a device's settings break a rule; there is no memory for a sandbox that is made for the
    /// first time.
    pub fn run(mut self, tell: &mut dyn FnMut(Told<'_>)) -> Result<Ended, Failure> {
        self.started = Instant::now();
        self.started_at = SystemTime::now();
        self.members.start(self.started);
        let mut next_sample = self.started + SAMPLE;
        let mut last_sample = self.started;
        let mut drill = self.settings.drill_trap.map(|after| self.started + after);
        loop {
            let now = Instant::now();
            if now >= next_sample {
                self.sample(now, &mut last_sample, tell);
                // One late sample does not make the next ones early.
                next_sample = (next_sample + SAMPLE).max(now);
            }
            // Looked at in each turn, since what is under way is so from one turn to the next.
            if drill.is_some_and(|at| at <= now) && self.stopping.is_none() && self.begin_drill() {
                drill = None;
            }
            if self.stopping.is_none() {
                match self.reason_to_stop(now) {
                    Some(reason) => self.stop(now, reason, tell),
                    None => {
                        self.open_devices(now, tell)?;
                        self.publish(now);
                    }
                }
            }
            if let Some(since) = self.stopping
                && (self.is_over() || now >= since + LAST)
            {
                break;
            }
            let until = [
                Some(next_sample),
                drill.filter(|at| *at > now),
                self.stopping.map(|since| since + LAST),
                self.next_deadline(),
            ];
            let until = until.into_iter().flatten().min().unwrap_or(next_sample);
            let wait = until.saturating_duration_since(Instant::now());
            let members = &mut self.members;
            self.run_loop.poll(Some(wait), &mut |id, notice| {
                members.hear(id, &notice, tell)
            })?;
            self.follow_up(tell)?;
        }
        let now = Instant::now();
        if now > last_sample {
            self.sample(now, &mut last_sample, tell);
        }
        Ok(self.ended())
    }

    /// Lets a sandbox trap, once there is one that has something to lose.
    fn begin_drill(&mut self) -> bool {
        let group = self
            .members
            .one_with_something_to_lose()
            .map(|member| self.groups.of(member));
        let Some(engine) = group.and_then(|group| self.groups.begin_drill(group)) else {
            return false;
        };
        self.run_loop.provoke_trap(engine);
        true
    }

    /// What the notices of the last poll ask for.
    fn follow_up(&mut self, tell: &mut dyn FnMut(Told<'_>)) -> Result<(), Failure> {
        let now = Instant::now();
        while let Some(todo) = self.members.next_todo() {
            match todo {
                Todo::Subscribe(member) => {
                    if let Some(session) = self.members.session(member)
                        && let Some(filter) = self.plan.filter(self.members.number(member))
                    {
                        self.run_loop.subscribe(session, &filter, self.plan.qos);
                    }
                }
                Todo::GiveUp(session) => self.run_loop.disconnect(session),
                Todo::Lost { member, reason } => self.lose(member, &reason, now, tell),
            }
        }
        self.members.settle_lost();
        Ok(())
    }

    /// Lets the devices publish that are due.
    fn publish(&mut self, now: Instant) {
        let time_ms = since_1970(SystemTime::now());
        let run_loop = &mut self.run_loop;
        self.members.publish_due(now, time_ms, run_loop);
    }

    fn sample(&mut self, now: Instant, last: &mut Instant, tell: &mut dyn FnMut(Told<'_>)) {
        let ms = micros(now - *last).div_ceil(1000).max(1);
        *last = now;
        let at_ms = since_1970(SystemTime::now());
        let sample = self.members.sample(at_ms, ms);
        self.series.push(sample);
        let statistics = self.members.statistics();
        tell(Told::Sample(&Progress {
            elapsed_ms: micros(now - self.started) / 1000,
            sample,
            devices: self.members.count().into(),
            connecting: self.members.connecting(),
            given_up: self.members.given_up(),
            acknowledged: statistics.messages().acknowledged,
            accepted: statistics.messages().accepted,
            errors: statistics.errors(),
        }));
    }

    /// Why nothing more is published from now on, if so.
    fn reason_to_stop(&self, now: Instant) -> Option<&'static str> {
        if self.signalled.load(Ordering::Acquire) {
            return Some("a signal");
        }
        if let (Some(since), Some(duration)) = (self.all_opened, self.settings.duration)
            && now >= since + duration
        {
            return Some("the duration is over");
        }
        if self.members.given_up() == u64::from(self.members.count()) {
            return Some("every device has given up");
        }
        if self.all_opened.is_some() && self.members.all_done() {
            return Some("every message has been published");
        }
        None
    }

    fn stop(&mut self, now: Instant, reason: &str, tell: &mut dyn FnMut(Told<'_>)) {
        self.stopping = Some(now);
        self.connected_at_end = self.members.connected_count();
        tell(Told::Stopping { reason });
        for session in self.members.stop() {
            self.run_loop.disconnect(session);
        }
    }

    /// Whether every device has ended, and its last bytes are sent.
    fn is_over(&self) -> bool {
        self.members.all_ended()
            && !self
                .members
                .sessions()
                .any(|id| self.run_loop.has_unsent(id))
    }

    fn next_deadline(&self) -> Option<Instant> {
        if self.stopping.is_some() {
            // What is not sent at once is looked at again soon.
            let soon = Instant::now() + Duration::from_millis(50);
            return self.members.all_ended().then_some(soon);
        }
        let duration = self.settings.duration;
        let end = self.all_opened.and_then(|since| Some(since + duration?));
        let times = [
            self.members.next_due(),
            self.connecting.next_turn(),
            self.groups.next_back(),
            end,
        ];
        times.into_iter().flatten().min()
    }

    fn ended(mut self) -> Ended {
        self.members.count_open();
        let (exit, why) = self.members.exit(self.groups.lost_unasked());
        let ended_at = self.started_at + self.started.elapsed();
        let statistics: &Statistics = self.members.statistics();
        let latencies = statistics.latencies().clone();
        let summary = Summary {
            tern_fleet_summary: FORMAT,
            plan: self.plan.outline(),
            shards: vec![self.settings.shard],
            run: How {
                per_sandbox: self.settings.per_sandbox.into(),
                native: self.settings.native,
                connect_rate: self.settings.connect_rate,
                latest_publish_ms: self.members.latest_publish_us().div_ceil(1000),
            },
            started_ms: since_1970(self.started_at),
            ended_ms: since_1970(ended_at),
            devices: DeviceCounts {
                planned: self.members.count().into(),
                ever_connected: self.members.ever_connected(),
                connected_at_end: self.connected_at_end,
                reconnects: self.members.reconnects(),
                sandboxes_lost: self.groups.lost_count(),
            },
            messages: *statistics.messages(),
            errors: statistics.errors().clone(),
            latency: (&latencies).into(),
            histogram: latencies,
            series: super::series::coarse(&self.series, super::series::MOST),
        };
        Ended { summary, exit, why }
    }
}

/// In ms.
fn since_1970(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
