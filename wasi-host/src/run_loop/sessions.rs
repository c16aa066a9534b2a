//! The devices of a loop by their numbers, and which of them want something: no pass over all of them, however many
//! there are.
//!
//! A device stands in up to three lists: *ready* to be gathered at the next wake-up, *touched*, so that the time of its
//! next wake-up is to be found anew, and with something *unsent*. Its deadlines stand in a heap: at most the earliest
//! of them counts, and what is overtaken stays there until its time comes or such entries are the most.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

use tern_core::time::Instant;

use super::session::Session;

/// Overtaken entries that the heap may hold whatever its size.
const OVERTAKEN: usize = 1024;

/// The number of a device in its loop, whichever engine it is in. It is given to another device once this one is
/// closed or lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(super) u32);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which lists a device stands in.
#[derive(Default)]
pub(super) struct Marks {
    ready: bool,
    touched: bool,
    unsent: bool,
    /// The entry of the heap that counts.
    scheduled: Option<Instant>,
}

/// The devices, and the lists.
#[derive(Default)]
pub(super) struct Sessions {
    slots: Vec<Option<Session>>,
    free: Vec<SessionId>,
    open: usize,
    ready: Vec<SessionId>,
    touched: Vec<SessionId>,
    unsent: Vec<SessionId>,
    deadlines: BinaryHeap<Reverse<(Instant, SessionId)>>,
}

impl Sessions {
    /// The number that the next device gets.
    pub(super) fn next_id(&self) -> SessionId {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.free.last().copied().unwrap_or(SessionId(next))
    }

    /// Adds a device under the [next number](Self::next_id).
    pub(super) fn add(&mut self, session: Session) {
        self.open += 1;
        if let Some(id) = self.free.pop()
            && let Some(place) = self.slots.get_mut(id.0 as usize)
        {
            *place = Some(session);
        } else {
            self.slots.push(Some(session));
        }
    }

    /// Takes a device out; its link is closed at once, and its number is free again.
    pub(super) fn remove(&mut self, id: SessionId) -> Option<Session> {
        let session = self.slots.get_mut(id.0 as usize)?.take()?;
        self.open -= 1;
        self.free.push(id);
        Some(session)
    }

    pub(super) fn get(&self, id: SessionId) -> Option<&Session> {
        self.slots.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.slots.get_mut(id.0 as usize)?.as_mut()
    }

    /// The device is to be gathered at the next wake-up.
    pub(super) fn make_ready(&mut self, id: SessionId) {
        if let Some(Some(session)) = self.slots.get_mut(id.0 as usize)
            && !std::mem::replace(&mut session.marks.ready, true)
        {
            self.ready.push(id);
        }
    }

    /// Changes a device whose next wake-up may be another after that, or which may have something to send.
    pub(super) fn touch(&mut self, id: SessionId) -> Option<&mut Session> {
        let session = self.slots.get_mut(id.0 as usize)?.as_mut()?;
        if !std::mem::replace(&mut session.marks.touched, true) {
            self.touched.push(id);
        }
        Some(session)
    }

    /// The device has something for the next flush.
    pub(super) fn mark_unsent(&mut self, id: SessionId) {
        if let Some(Some(session)) = self.slots.get_mut(id.0 as usize)
            && !std::mem::replace(&mut session.marks.unsent, true)
        {
            self.unsent.push(id);
        }
    }

    /// Calls `flush` for each device that has something to send.
    pub(super) fn flush(&mut self, mut flush: impl FnMut(&mut Session)) {
        let mut unsent = std::mem::take(&mut self.unsent);
        for id in unsent.drain(..) {
            if let Some(session) = self.touch(id)
                && std::mem::take(&mut session.marks.unsent)
            {
                flush(session);
            }
        }
        self.unsent = unsent;
    }

    /// Calls `gather` for each device that is ready. Those that it makes ready have their turn at the next wake-up,
    /// after all others: one with much to read holds nobody up.
    pub(super) fn gather(&mut self, mut gather: impl FnMut(&mut Session)) {
        let mut ready = std::mem::take(&mut self.ready);
        for id in ready.drain(..) {
            if let Some(session) = self.touch(id)
                && std::mem::take(&mut session.marks.ready)
            {
                gather(session);
            }
        }
        if self.ready.is_empty() {
            self.ready = ready;
        }
    }

    /// Finds the next wake-up of each touched device anew, and returns the next of all: `now` where a device is
    /// ready.
    pub(super) fn next_wake_up(&mut self, now: Instant) -> Option<Instant> {
        let mut touched = std::mem::take(&mut self.touched);
        for id in touched.drain(..) {
            if let Some(session) = self.get_mut(id)
                && std::mem::take(&mut session.marks.touched)
            {
                let wake_up = session.wake_up();
                self.schedule(id, wake_up, now);
            }
        }
        self.touched = touched;
        self.forget_overtaken();
        if self.ready.is_empty() {
            self.deadlines.peek().map(|Reverse((at, _))| *at)
        } else {
            Some(now)
        }
    }

    /// Makes every device ready whose deadline has come.
    pub(super) fn make_due_ready(&mut self, now: Instant) {
        while let Some(Reverse((at, id))) = self.deadlines.peek().copied()
            && at <= now
        {
            self.deadlines.pop();
            let Some(session) = self.get_mut(id) else {
                continue;
            };
            if session.marks.scheduled == Some(at) {
                session.marks.scheduled = None;
                // It may be later by now.
                let wake_up = session.wake_up();
                self.schedule(id, wake_up, now);
            }
        }
    }

    fn schedule(&mut self, id: SessionId, wake_up: Option<Instant>, now: Instant) {
        let Some(at) = wake_up else { return };
        if at <= now {
            self.make_ready(id);
            return;
        }
        if let Some(session) = self.get_mut(id)
            // Where an earlier entry comes first, the later time is found when that comes.
            && session.marks.scheduled.is_none_or(|earlier| at < earlier)
        {
            session.marks.scheduled = Some(at);
            self.deadlines.push(Reverse((at, id)));
        }
    }

    /// Takes the overtaken entries out of the heap where they are the most.
    fn forget_overtaken(&mut self) {
        if self.deadlines.len() < 2 * self.open + OVERTAKEN {
            return;
        }
        let slots = &self.slots;
        self.deadlines.retain(|Reverse((at, id))| {
            let session = slots.get(id.0 as usize).and_then(Option::as_ref);
            session.is_some_and(|session| session.marks.scheduled == Some(*at))
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

    use super::super::EngineId;
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    fn with(count: u32) -> (Sessions, Vec<SessionId>) {
        let mut sessions = Sessions::default();
        let ids = (0..count).map(|number| {
            let id = sessions.next_id();
            sessions.add(Session::new(id, EngineId(0), number));
            id
        });
        let ids = ids.collect();
        (sessions, ids)
    }

    fn gathered(sessions: &mut Sessions) -> Vec<SessionId> {
        let mut gathered = Vec::new();
        sessions.gather(|session| gathered.push(session.id));
        gathered
    }

    fn set_deadline(sessions: &mut Sessions, id: SessionId, millis: Option<u64>) {
        sessions.touch(id).unwrap().deadline = millis.map(at);
    }

    #[test]
    fn a_device_that_always_wants_more_has_its_turn_once_in_each_round() {
        let (mut sessions, ids) = with(3);
        // It holds a byte and needs one: it is ready again and again.
        sessions.touch(ids[0]).unwrap().held.push(0);
        for _ in 0..3 {
            assert_eq!(sessions.next_wake_up(at(5)), Some(at(5)));
            sessions.make_ready(ids[1]);
            sessions.make_ready(ids[1]);
            assert_eq!(gathered(&mut sessions), [ids[0], ids[1]]);
        }
        assert_eq!(sessions.next_wake_up(at(5)), Some(at(5)));
        sessions.make_ready(ids[2]);
        assert_eq!(gathered(&mut sessions), [ids[0], ids[2]]);
    }

    #[test]
    fn the_earliest_deadline_counts_and_one_that_was_put_off_is_no_wake_up() {
        let (mut sessions, ids) = with(2);
        set_deadline(&mut sessions, ids[0], Some(50));
        set_deadline(&mut sessions, ids[1], Some(30));
        assert_eq!(sessions.next_wake_up(at(0)), Some(at(30)));
        set_deadline(&mut sessions, ids[0], Some(20));
        assert_eq!(sessions.next_wake_up(at(0)), Some(at(20)));
        set_deadline(&mut sessions, ids[0], Some(40));
        set_deadline(&mut sessions, ids[1], None);
        sessions.next_wake_up(at(0));
        // Both entries come, and both are overtaken.
        sessions.make_due_ready(at(39));
        assert_eq!(gathered(&mut sessions), []);
        assert_eq!(sessions.next_wake_up(at(39)), Some(at(40)));
        sessions.make_due_ready(at(40));
        assert_eq!(gathered(&mut sessions), [ids[0]]);
    }

    #[test]
    fn overtaken_deadlines_do_not_pile_up() {
        let (mut sessions, ids) = with(1);
        for round in 0..100_000 {
            // Each earlier than the one before.
            set_deadline(&mut sessions, ids[0], Some(1_000_000 - round));
            sessions.next_wake_up(at(0));
        }
        assert!(sessions.deadlines.len() <= 2 + OVERTAKEN);
        assert_eq!(sessions.next_wake_up(at(0)), Some(at(900_001)));
    }

    #[test]
    fn what_was_noted_for_a_closed_device_is_not_its_successors() {
        let (mut sessions, ids) = with(2);
        set_deadline(&mut sessions, ids[0], Some(10));
        sessions.next_wake_up(at(0));
        sessions.make_ready(ids[0]);
        sessions.mark_unsent(ids[0]);
        sessions.remove(ids[0]).unwrap();
        let id = sessions.next_id();
        assert_eq!(id, ids[0]);
        sessions.add(Session::new(id, EngineId(1), 0));
        sessions.flush(|_| panic!("it has nothing to send"));
        sessions.make_due_ready(at(10));
        assert_eq!(gathered(&mut sessions), []);
        // And it is in no list twice.
        sessions.make_ready(id);
        assert_eq!(gathered(&mut sessions), [id]);
    }
}
