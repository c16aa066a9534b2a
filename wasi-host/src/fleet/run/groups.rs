//! The sandboxes: which devices share one, and when one that has failed comes back.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::super::random::{Purpose, Random};
use super::super::shard::Shard;
use crate::run_loop::EngineId;

/// The longest wait before the first return; doubled each time.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait at all.
const CAP: Duration = Duration::from_secs(60);

/// A sandbox that lived this long begins with the first wait again.
const STABLE: Duration = Duration::from_secs(30);

/// Devices side by side share a sandbox.
pub(super) struct Groups {
    groups: Vec<Group>,
    members: u32,
    size: u32,
    seed: u64,
    shard: Shard,
    down: Vec<(Instant, u32)>,
    lost: u64,
    lost_unasked: u64,
}

#[derive(Default)]
struct Group {
    engine: Option<EngineId>,
    made: Option<Instant>,
    /// Failures in a row.
    failures: u32,
    is_down: bool,
    is_drill: bool,
}

/// A sandbox that has failed.
pub(super) struct Lost {
    pub(super) group: u32,
    pub(super) members: u32,
    /// Before it comes back.
    pub(super) wait: Duration,
}

impl Groups {
    pub(super) fn new(members: u32, size: u32, seed: u64, shard: Shard) -> Self {
        let size = size.max(1);
        let count = members.div_ceil(size);
        Self {
            groups: (0..count).map(|_| Group::default()).collect(),
            members,
            size,
            seed,
            shard,
            down: Vec::new(),
            lost: 0,
            lost_unasked: 0,
        }
    }

    /// The sandbox of a device.
    pub(super) fn of(&self, member: u32) -> u32 {
        member / self.size
    }

    /// The devices of a sandbox.
    pub(super) fn members(&self, group: u32) -> Range<u32> {
        let first = group * self.size;
        first..first.saturating_add(self.size).min(self.members)
    }

    /// Where the devices of a sandbox run; `None` where it is still to be made.
    pub(super) fn engine(&self, group: u32) -> Option<EngineId> {
        self.groups.get(group as usize)?.engine
    }

    /// Whether it has failed before: there was room for it, and so there will be.
    pub(super) fn has_failed(&self, group: u32) -> bool {
        self.groups
            .get(group as usize)
            .is_some_and(|group| group.failures > 0)
    }

    /// It has been made.
    pub(super) fn made(&mut self, group: u32, engine: EngineId, now: Instant) {
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.engine = Some(engine);
            group.made = Some(now);
        }
    }

    /// Whether it has failed and is not back.
    pub(super) fn is_down(&self, group: u32) -> bool {
        self.groups
            .get(group as usize)
            .is_some_and(|group| group.is_down)
    }

    /// A device was told that its sandbox has failed, or could not be made again. What that means, where it is the
    /// first one of it to be told.
    pub(super) fn lost(&mut self, member: u32, now: Instant, stopping: bool) -> Option<Lost> {
        let number = self.of(member);
        let members = self.members(number);
        let group = self.groups.get_mut(number as usize)?;
        if std::mem::replace(&mut group.is_down, true) {
            return None;
        }
        self.lost += 1;
        if !std::mem::take(&mut group.is_drill) {
            self.lost_unasked += 1;
        }
        group.engine = None;
        // It has not lived at all where it could not be made again.
        let lived = group
            .made
            .take()
            .map_or(Duration::ZERO, |made| now.saturating_duration_since(made));
        group.failures = if lived >= STABLE {
            1
        } else {
            group.failures + 1
        };
        let longest = FIRST
            .saturating_mul(1 << (group.failures - 1).min(6))
            .min(CAP);
        // A random half is taken off, as a device does it: sandboxes that fail together come back one by one.
        let place = (u64::from(number) << 32) | self.shard.index();
        let mut random = Random::new(self.seed, Purpose::Sandbox, place, group.failures.into());
        let half = longest / 2;
        let wait = half + Duration::from_micros(random.below(super::micros(half)));
        if !stopping {
            self.down.push((now + wait, number));
        }
        Some(Lost {
            group: number,
            members: members.end - members.start,
            wait,
        })
    }

    /// The sandboxes whose time to come back has come.
    pub(super) fn back(&mut self, now: Instant) -> Vec<u32> {
        let mut back = Vec::new();
        self.down.retain(|(at, group)| {
            let is_due = *at <= now;
            back.extend(is_due.then_some(*group));
            !is_due
        });
        for group in &back {
            if let Some(group) = self.groups.get_mut(*group as usize) {
                group.is_down = false;
            }
        }
        back
    }

    /// When the next one comes back.
    pub(super) fn next_back(&self) -> Option<Instant> {
        self.down.iter().map(|(at, _)| *at).min()
    }

    /// The next failure of a sandbox is a drill. Where it runs, if it does.
    pub(super) fn begin_drill(&mut self, group: u32) -> Option<EngineId> {
        let group = self.groups.get_mut(group as usize)?;
        group.is_drill = group.engine.is_some();
        group.engine
    }

    /// How often one has failed.
    pub(super) fn lost_count(&self) -> u64 {
        self.lost
    }

    /// The same without drills.
    pub(super) fn lost_unasked(&self) -> u64 {
        self.lost_unasked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_side_by_side_share_a_sandbox() {
        let groups = Groups::new(250, 100, 1, Shard::WHOLE);
        assert_eq!(
            [0, 99, 100, 249].map(|member| groups.of(member)),
            [0, 0, 1, 2]
        );
        assert_eq!(groups.members(2), 200..250);
    }

    #[test]
    fn a_sandbox_that_fails_comes_back_within_the_backoff() {
        let mut groups = Groups::new(10, 5, 1, Shard::WHOLE);
        let start = Instant::now();
        let mut now = start;
        for failure in 1..10 {
            let longest = Duration::from_secs(1 << (failure - 1_u32).min(10)).min(CAP);
            let lost = groups.lost(7, now, false).unwrap();
            assert_eq!((lost.group, lost.members), (1, 5));
            assert!(groups.lost(8, now, false).is_none(), "told once");
            assert!(
                lost.wait >= longest / 2 && lost.wait <= longest,
                "{:?}",
                lost.wait
            );
            assert!(groups.is_down(1) && !groups.is_down(0));
            assert!(groups.back(now).is_empty());
            assert_eq!(groups.next_back(), Some(now + lost.wait));
            now += lost.wait;
            assert_eq!(groups.back(now), [1]);
            assert!(!groups.is_down(1));
        }
        assert_eq!((groups.lost_count(), groups.lost_unasked()), (9, 9));
    }

    #[test]
    fn a_sandbox_that_can_t_be_made_again_waits_longer_each_time_however_long_it_lived_before() {
        let mut groups = Groups::new(10, 5, 1, Shard::WHOLE);
        let mut now = Instant::now();
        let mut run_loop =
            crate::run_loop::RunLoop::empty(crate::transport::TlsSettings::built_in()).unwrap();
        groups.made(1, run_loop.add_engine(crate::engine::Engine::native()), now);
        assert!(!groups.has_failed(1));
        now += Duration::from_secs(1000);
        for longest in [1, 2, 4, 8] {
            let longest = Duration::from_secs(longest);
            let lost = groups.lost(7, now, false).unwrap();
            assert!(
                lost.wait >= longest / 2 && lost.wait <= longest,
                "{:?}",
                lost.wait
            );
            now += lost.wait;
            assert_eq!(groups.back(now), [1]);
            assert!(groups.has_failed(1) && !groups.has_failed(0));
        }
    }
}
