//! What the fleet knows of each device, and what becomes of each of its messages.

mod hear;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use tern_core::device::Token;
use tern_core::wire::QoS;

use super::super::cause::Cause;
use super::super::plan::{Plan, micros};
use super::super::series::Sample;
use super::super::statistics::Statistics;
use super::Settings;
use crate::exit::Exit;
use crate::run_loop::{RunLoop, SessionId};

/// How far a device has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not opened, or to be opened again.
    Waiting,
    /// On its way to a connection.
    Connecting,
    Connected,
    /// It has ended, and is not opened again.
    Ended,
}

/// A device. There may be very many: see the test of its size.
struct Member {
    session: Option<SessionId>,
    /// When the publish was handed in that is not answered yet, in µs since the start.
    asked_us: Option<u64>,
    /// Messages that were due so far.
    sequence: u64,
    /// The first time that it was opened, in s since the start.
    opened_s: u32,
    /// Why it is not connected.
    cause: Option<Cause>,
    state: State,
    /// Its turn to be opened has come.
    was_reached: bool,
    ever_connected: bool,
    asks_to_subscribe: bool,
    has_subscribed: bool,
    given_up: bool,
}

/// Something that the run does once the poll is over.
pub(super) enum Todo {
    Subscribe(u32),
    GiveUp(SessionId),
    Lost { member: u32, reason: String },
}

/// All devices of this process.
pub(super) struct Members<'a> {
    plan: &'a Plan,
    settings: Settings,
    members: Vec<Member>,
    by_session: HashMap<SessionId, u32>,
    /// When each accepted message that has not ended was handed in, in µs since the start.
    open: HashMap<(u32, Token), u64>,
    /// When each device publishes next, in µs since the start.
    due: BinaryHeap<Reverse<(u64, u32)>>,
    todo: VecDeque<Todo>,
    lost: HashSet<u32>,
    statistics: Statistics,
    started: Instant,
    is_stopping: bool,
    connected: u64,
    connecting: u64,
    given_up: u64,
    ever_connected: u64,
    reconnects: u64,
    /// Devices that still have messages to publish, or may have.
    unfinished: u64,
    latest_us: u64,
    topic: String,
    payload: String,
}

impl<'a> Members<'a> {
    pub(super) fn new(plan: &'a Plan, settings: Settings) -> Self {
        let count = settings.shard.numbers(plan.devices.count()).count();
        let member = || Member {
            session: None,
            asked_us: None,
            sequence: 0,
            opened_s: 0,
            cause: None,
            state: State::Waiting,
            was_reached: false,
            ever_connected: false,
            asks_to_subscribe: false,
            has_subscribed: false,
            given_up: false,
        };
        Self {
            plan,
            settings,
            members: (0..count).map(|_| member()).collect(),
            by_session: HashMap::with_capacity(count),
            open: HashMap::new(),
            due: BinaryHeap::new(),
            todo: VecDeque::new(),
            lost: HashSet::new(),
            statistics: Statistics::default(),
            started: Instant::now(),
            is_stopping: false,
            connected: 0,
            connecting: 0,
            given_up: 0,
            ever_connected: 0,
            reconnects: 0,
            unfinished: count as u64,
            latest_us: 0,
            topic: String::new(),
            payload: String::new(),
        }
    }

    /// The time from which everything is counted.
    pub(super) fn start(&mut self, at: Instant) {
        self.started = at;
    }

    /// How many there are: no pattern has more than 32 bits hold.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.members.len()).unwrap_or(u32::MAX)
    }

    /// The number that a device has in the plan.
    pub(super) fn number(&self, member: u32) -> u64 {
        u64::from(member) * self.settings.shard.count() + self.settings.shard.index() + 1
    }

    pub(super) fn session(&self, member: u32) -> Option<SessionId> {
        self.members.get(member as usize)?.session
    }

    /// Its turn to be opened has come, for the first time or again. Whether it is to be opened.
    pub(super) fn reach(&mut self, member: u32) -> bool {
        self.members.get_mut(member as usize).is_some_and(|member| {
            member.was_reached = true;
            member.state == State::Waiting
        })
    }

    /// Whether it waits to be opened again, after its sandbox has failed.
    pub(super) fn waits_again(&self, member: u32) -> bool {
        let member = self.members.get(member as usize);
        member.is_some_and(|member| member.was_reached && member.state == State::Waiting)
    }

    pub(super) fn opened(&mut self, member: u32, session: SessionId, now: Instant) {
        let since = now.saturating_duration_since(self.started).as_secs();
        self.by_session.insert(session, member);
        self.connecting += 1;
        if let Some(member) = self.members.get_mut(member as usize) {
            member.session = Some(session);
            member.state = State::Connecting;
            // Half a century of seconds.
            let since = u32::try_from(since).unwrap_or(u32::MAX);
            member.opened_s = if member.opened_s == 0 {
                since
            } else {
                member.opened_s
            };
        }
    }

    /// Its sandbox has failed while it was opened, or could not be made again for it.
    pub(super) fn not_opened(&mut self, member: u32, reason: &str) {
        self.statistics.error(Cause::SandboxLost, reason);
        if let Some(member) = self.members.get_mut(member as usize) {
            member.cause = Some(Cause::SandboxLost);
        }
    }

    pub(super) fn next_todo(&mut self) -> Option<Todo> {
        self.todo.pop_front()
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        let Reverse((due, _)) = self.due.peek()?;
        Some(self.started + Duration::from_micros(*due))
    }

    /// Lets each device publish whose time has come: one message, and where it is behind, the next ones after the
    /// next poll. So does one for which the next step has no room any more.
    pub(super) fn publish_due(&mut self, now: Instant, time_ms: u64, run_loop: &mut RunLoop) {
        let now_us = micros(now.saturating_duration_since(self.started));
        let every = micros(self.plan.every).max(1);
        let mut next = Vec::new();
        while let Some(Reverse((due, number))) = self.due.peek().copied()
            && due <= now_us
        {
            self.due.pop();
            let device = self.number(number);
            let Some(member) = self.members.get_mut(number as usize) else {
                continue;
            };
            let session = member.session.filter(|_| member.state != State::Ended);
            let has_turn = session.is_none_or(|session| run_loop.has_room_in_step(session));
            if member.asked_us.is_some() || !has_turn {
                next.push(Reverse((due, number)));
                continue;
            }
            let sequence = member.sequence;
            member.sequence += 1;
            self.latest_us = self.latest_us.max(now_us - due);
            match session {
                Some(session) if run_loop.has_room(session) => {
                    let (topic, payload) = (&mut self.topic, &mut self.payload);
                    self.plan.message(device, sequence, time_ms, topic, payload);
                    member.asked_us = Some(now_us);
                    run_loop.publish(session, topic, payload.as_bytes(), self.plan.qos);
                }
                Some(_) => {
                    self.statistics.messages.not_accepted += 1;
                    let words = "more waits for this device's socket than it takes";
                    self.statistics.error(Cause::PublishFull, words);
                }
                None => {
                    self.statistics.messages.missed += 1;
                    self.statistics.error(Cause::PublishMissed, "");
                }
            }
            if self.plan.count.is_none_or(|count| member.sequence < count) {
                next.push(Reverse((due + every, number)));
            } else {
                self.unfinished -= 1;
            }
        }
        self.due.extend(next);
    }

    /// The first device with a message under way; the first that is connected where messages are never that.
    pub(super) fn one_with_something_to_lose(&self) -> Option<u32> {
        if self.plan.qos == QoS::AtMostOnce || self.plan.count == Some(0) {
            let connected = |member: &Member| member.state == State::Connected;
            return self
                .members
                .iter()
                .position(connected)
                .and_then(|at| u32::try_from(at).ok());
        }
        self.open.keys().map(|(member, _)| *member).min()
    }

    /// Begins the end: the devices to disconnect.
    pub(super) fn stop(&mut self) -> Vec<SessionId> {
        self.is_stopping = true;
        for member in &mut self.members {
            if member.session.is_none() {
                member.state = State::Ended;
            }
        }
        self.sessions().collect()
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.members.iter().filter_map(|member| member.session)
    }

    pub(super) fn all_ended(&self) -> bool {
        self.connected == 0 && self.connecting == 0
    }

    /// Whether no device publishes anything more, and none waits for an acknowledgement.
    pub(super) fn all_done(&self) -> bool {
        // Without messages, being connected is all there is to do, and has no end.
        self.unfinished == 0 && self.open.is_empty() && self.plan.count != Some(0)
    }

    /// What is open at the end stays so.
    pub(super) fn count_open(&mut self) {
        self.statistics.messages.open = self.open.len() as u64;
    }

    pub(super) fn sample(&mut self, at_ms: u64, ms: u64) -> Sample {
        self.statistics.sample(at_ms, ms, self.connected)
    }

    pub(super) fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    pub(super) fn connected_count(&self) -> u64 {
        self.connected
    }

    pub(super) fn connecting(&self) -> u64 {
        self.connecting
    }

    pub(super) fn given_up(&self) -> u64 {
        self.given_up
    }

    pub(super) fn ever_connected(&self) -> u64 {
        self.ever_connected
    }

    pub(super) fn reconnects(&self) -> u64 {
        self.reconnects
    }

    pub(super) fn latest_publish_us(&self) -> u64 {
        self.latest_us
    }

    /// How the program ends, and why. `sandboxes_lost` have failed that nobody asked to.
    pub(super) fn exit(&self, sandboxes_lost: u64) -> (Exit, String) {
        // The first of the devices that could not connect, or have given up, speaks for all.
        let kept_out = |member: &&Member| member.given_up || !member.ever_connected;
        let causes = || {
            self.members
                .iter()
                .filter(kept_out)
                .filter_map(|member| member.cause)
        };
        if let Some(cause) = causes().next() {
            let count = causes().count();
            return (
                cause.exit(),
                format!("{count} devices could not connect, or have given up"),
            );
        }
        if sandboxes_lost > 0 {
            return (
                Exit::Fault,
                format!("{sandboxes_lost} sandboxes failed: please report it"),
            );
        }
        let messages = self.statistics.messages();
        let unacknowledged = messages.failed + messages.open + messages.not_accepted;
        if unacknowledged > 0 {
            let why = format!("{unacknowledged} messages were not taken or not acknowledged");
            return (Exit::TimedOut, why);
        }
        (Exit::Done, String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_takes_little_here() {
        let heap_entry = size_of::<Reverse<(u64, u32)>>();
        let by_session = size_of::<(SessionId, u32)>();
        let open = size_of::<((u32, Token), u64)>();
        // Hash tables are half empty at worst.
        let all = size_of::<Member>() + heap_entry + 2 * by_session + 2 * open;
        assert!(all < 200, "{all}");
    }
}
