//! Pushes under way: many messages go a batch at a time, so that the worker hears of other things meanwhile.

use core::time::Duration;

use tern_core::time::Instant;
use tern_core::wire::QoS;
use tern_platform::{Platform, PushError, Pushed};

use crate::protocol::cloud::{Done, Problem, ProblemKind, Push, Report, Tally};

/// Messages handed over before others get their turn.
const BATCH: u32 = 200;
/// How long a flow that waits for acknowledgements waits before it looks again.
const PATIENCE: Duration = Duration::from_millis(20);

/// The pushes that are not done yet.
#[derive(Debug, Default)]
pub(super) struct Flows {
    under_way: Vec<Flow>,
    wake_at: Option<Instant>,
}

#[derive(Debug)]
struct Flow {
    number: u32,
    push: Push,
    qos: QoS,
    tally: Tally,
}

impl Flows {
    pub(super) fn start(&mut self, now: Instant, number: u32, push: Push, qos: QoS) {
        self.under_way.push(Flow {
            number,
            push,
            qos,
            tally: Tally::default(),
        });
        self.wake_at = Some(now);
    }

    /// Lets all be enough; each answers how far it came.
    pub(super) fn stop(&mut self) -> Vec<Report> {
        self.wake_at = None;
        let stopped = self.under_way.drain(..);
        stopped
            .map(|flow| answer(flow.number, Ok(flow.tally)))
            .collect()
    }

    /// Hands over a batch of each, where it is time; answers those that are done.
    pub(super) fn turn(&mut self, now: Instant, platform: &mut Platform) -> Vec<Report> {
        if self.wake_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        let mut answers = Vec::new();
        let mut all_wait = true;
        self.under_way.retain_mut(|flow| {
            let waits = flow.must_wait(platform);
            all_wait &= waits;
            if waits {
                return true;
            }
            match flow.batch(now, platform) {
                Ok(false) => return true,
                Ok(true) => answers.push(answer(flow.number, Ok(flow.tally))),
                Err(error) => answers.push(answer(flow.number, Err(problem(&error)))),
            }
            false
        });
        // One millisecond later, not now: what was handed over is to be read first.
        let pause = if all_wait {
            PATIENCE
        } else {
            Duration::from_millis(1)
        };
        self.wake_at = (!self.under_way.is_empty()).then(|| now + pause);
        answers
    }

    pub(super) const fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }
}

impl Flow {
    /// Whether a flow of QoS 1 should let an online device catch up first, so that nothing falls out of its queue.
    fn must_wait(&self, platform: &Platform) -> bool {
        let settings = platform.settings();
        self.qos == QoS::AtLeastOnce
            && platform.device(&self.push.device).is_some_and(|device| {
                device.online && device.queued + BATCH as usize > settings.queue
            })
    }

    /// Whether it is done.
    fn batch(&mut self, now: Instant, platform: &mut Platform) -> Result<bool, PushError> {
        let left = u64::from(self.push.count) - self.tally.pushed;
        for _ in 0..left.min(BATCH.into()) {
            let pushed = platform.push(
                now,
                &self.push.device.product_key,
                &self.push.device.device_name,
                &self.push.topic,
                self.push.payload.as_bytes(),
                self.qos,
            )?;
            self.tally.pushed += 1;
            *match pushed {
                Pushed::Sent => &mut self.tally.routed,
                Pushed::Queued => &mut self.tally.queued,
                Pushed::NotSubscribed => &mut self.tally.not_subscribed,
                Pushed::Offline => &mut self.tally.offline,
                Pushed::Dropped => &mut self.tally.dropped,
            } += 1;
        }
        Ok(self.tally.pushed == u64::from(self.push.count))
    }
}

fn answer(number: u32, outcome: Result<Tally, Problem>) -> Report {
    Report::Answered {
        number,
        outcome: outcome.map(Done::Pushed),
    }
}

fn problem(error: &PushError) -> Problem {
    Problem {
        kind: match error {
            PushError::NoDevice(_) => ProblemKind::NoDevice,
            _ => ProblemKind::Rule,
        },
        text: error.to_string(),
    }
}
