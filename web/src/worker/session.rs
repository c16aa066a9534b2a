//! The worker's state: one device, one transport, everything that went by, and what the page is told of it.

mod drive;
mod events;
mod trail;

use std::collections::VecDeque;

use tern_core::device::{Device, Token};
use tern_core::explain::InWords;
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;

use self::trail::Trail;
use super::history::History;
use super::log::Bounds;
use super::repeat::Repeat;
use super::transport::{Answer, Received, Transport};
use crate::form::{Carrier, Form};
use crate::protocol::case::Case;
use crate::protocol::{
    Bilingual, Command, Direction, Ended, Fate, Link, Problem, Refusal, Sent, Snapshot, Stop,
    Subscription, SubscriptionState, Task, Watch,
};

/// How many publishes are remembered with what became of them.
const OUTBOX: usize = 50;

/// The run loop's state. It reads no clock: every call says what time it is, in ms of one clock that
/// never goes back. It knows neither WebSocket nor the stand-in, only [`Transport`].
pub struct Session {
    in_page: Box<dyn Transport>,
    network: Box<dyn Transport>,
    seed: u64,
    running: Option<Running>,
    history: History,
    link: LinkState,
    refusal: Option<Refusal>,
    ended: Option<Ended>,
    /// What was seen of the last refusal or end.
    case: Option<Case>,
    problem: Option<Problem>,
    subscriptions: Vec<Subscription>,
    /// Requests for (the end of) a subscription that have no answer yet.
    asked: Vec<(Token, String)>,
    outbox: VecDeque<Sent>,
    repeat: Option<Repeat>,
    watch: Watch,
    changed: bool,
}

/// A device and its end of the stream.
struct Running {
    device: Device,
    carrier: Carrier,
    endpoint: Option<String>,
    /// Received and not yet consumed.
    received: Received,
    /// The device wants no call before that many bytes are held.
    need: usize,
    wake_at: Option<Instant>,
    /// The answer of a question over HTTP, not handed in yet.
    answer: Option<Answer>,
    trail: Trail,
}

#[derive(Clone, Copy, Debug)]
enum LinkState {
    Idle,
    Connecting,
    Connected {
        session_present: bool,
        since_ms: f64,
    },
    Waiting {
        attempt: u32,
        until_ms: f64,
    },
    Closing,
}

impl Session {
    /// A session that does nothing yet. `seed` decides the jitter of reconnects.
    #[must_use]
    pub fn new(
        in_page: Box<dyn Transport>,
        network: Box<dyn Transport>,
        bounds: Bounds,
        seed: u64,
    ) -> Self {
        Self {
            in_page,
            network,
            seed,
            running: None,
            history: History::new(bounds),
            link: LinkState::Idle,
            refusal: None,
            ended: None,
            case: None,
            problem: None,
            subscriptions: Vec::new(),
            asked: Vec::new(),
            outbox: VecDeque::new(),
            repeat: None,
            watch: Watch::default(),
            changed: true,
        }
    }

    /// Carries out a command; `bytes` came beside it. To be followed by [`turn`](Self::turn).
    pub fn command(&mut self, now_ms: f64, command: Command, bytes: &[u8]) {
        self.changed = true;
        match command {
            Command::Connect(form) => self.connect(now_ms, &form),
            Command::Disconnect => self.disconnect(now_ms),
            Command::Subscribe { filter, qos } => self.subscribe(now_ms, &filter, qos),
            Command::Unsubscribe { filter } => self.unsubscribe(now_ms, &filter),
            Command::Publish { topic, qos } => {
                self.publish(now_ms, topic, qos, bytes);
            }
            Command::Repeat {
                topic,
                qos,
                every_ms,
            } => {
                if self.running.is_none() {
                    self.problem(Task::Publish, not_running());
                    return;
                }
                // The next turn publishes for the first time.
                self.repeat = Some(Repeat::new(now_ms, topic, qos, bytes, every_ms));
            }
            Command::StopRepeat => self.stop_repeat(Stop::Asked),
            Command::Watch(watch) => self.watch = *watch,
            Command::Clear => self.history.clear(),
            // The stand-in's own: whoever holds it takes it.
            Command::Cloud(_) => {}
        }
    }

    /// Whether a [`snapshot`](Self::snapshot) would say something new.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// How many packets went by since the log was cleared last.
    #[must_use]
    pub fn packets(&self) -> u64 {
        let kept = self.history.packets();
        kept.held + kept.evicted
    }

    /// How everything stands. What it points at is appended to `attached`.
    pub fn snapshot(&mut self, now_ms: f64, attached: &mut Vec<u8>) -> Snapshot {
        self.changed = false;
        let (history, watch) = (&mut self.history, &self.watch);
        let timeline = watch.timeline.as_ref();
        let timeline = timeline.map(|watch| history.timeline(watch, attached));
        let inbox = watch.messages.as_ref();
        let inbox = inbox.map(|watch| history.inbox(watch, attached));
        if inbox
            .as_ref()
            .and_then(|view| view.series.as_ref())
            .is_some_and(|s| s.unread > 0)
        {
            // The next snapshot reads on.
            self.changed = true;
        }
        Snapshot {
            link: self.link(now_ms),
            refusal: self.refusal.clone(),
            ended: self.ended.clone(),
            case: self.case.clone(),
            problem: self.problem.clone(),
            subscriptions: self.subscriptions.clone(),
            outbox: self.outbox.iter().cloned().collect(),
            repeat: self.repeat.as_ref().map(Repeat::shown),
            up: self.history.count(Direction::Up),
            down: self.history.count(Direction::Down),
            packets: self.history.packets(),
            messages: self.history.messages(),
            memory: memory(),
            timeline,
            inbox,
        }
    }

    fn connect(&mut self, now_ms: f64, form: &Form) {
        self.disconnect(now_ms);
        self.turn(now_ms);
        if let Some(running) = self.running.take() {
            self.transport(running.carrier).close(instant(now_ms));
        }
        (self.refusal, self.ended, self.case) = (None, None, None);
        self.problem = None;
        self.subscriptions.clear();
        self.asked.clear();
        self.seed = self.seed.wrapping_add(1);
        let device = match form.config() {
            Ok(config) => {
                let trail = Trail::new(form, &config);
                if let Some(range) = config.keep_alive_range.clone() {
                    self.transport(form.carrier).accept_keep_alive(range);
                }
                Device::new(config, self.seed)
                    .map(|device| (device, trail))
                    .map_err(|error| Bilingual::of(&error))
            }
            Err(faults) => {
                let rules: Vec<_> = faults.into_iter().map(|fault| fault.rule).collect();
                Err(Bilingual::lines(&rules))
            }
        };
        match device {
            Ok((mut device, trail)) => {
                device.connect(instant(now_ms));
                self.link = LinkState::Connecting;
                self.running = Some(Running {
                    device,
                    carrier: form.carrier,
                    endpoint: None,
                    received: Received::default(),
                    need: 1,
                    wake_at: None,
                    answer: None,
                    trail,
                });
            }
            Err(said) => self.problem(Task::Connect, said),
        }
    }

    fn disconnect(&mut self, now_ms: f64) {
        if let Some(running) = &mut self.running {
            self.link = LinkState::Closing;
            running.device.disconnect(instant(now_ms));
        }
    }

    fn subscribe(&mut self, now_ms: f64, filter: &str, qos: u8) {
        match self.ask(filter, |device, filter| {
            device.subscribe(instant(now_ms), filter, level(qos))
        }) {
            Ok(()) => self.stands(filter, qos, SubscriptionState::Asked),
            Err(said) => self.problem(Task::Subscribe, said),
        }
    }

    fn unsubscribe(&mut self, now_ms: f64, filter: &str) {
        match self.ask(filter, |device, filter| {
            device.unsubscribe(instant(now_ms), filter)
        }) {
            Ok(()) => {
                if let Some(known) = self.subscriptions.iter_mut().find(|s| s.filter == filter) {
                    known.state = SubscriptionState::Ending;
                }
            }
            Err(said) => self.problem(Task::Subscribe, said),
        }
    }

    fn ask<E: InWords>(
        &mut self,
        filter: &str,
        ask: impl FnOnce(&mut Device, &TopicFilter) -> Result<Token, E>,
    ) -> Result<(), Bilingual> {
        let filter = TopicFilter::new(filter).map_err(|error| Bilingual::of(&error))?;
        let running = self.running.as_mut().ok_or_else(not_running)?;
        let token = ask(&mut running.device, &filter).map_err(|error| Bilingual::of(&error))?;
        self.asked.push((token, filter.into()));
        self.solved(Task::Subscribe);
        Ok(())
    }

    /// Whether the device has taken it.
    fn publish(&mut self, now_ms: f64, topic: String, qos: u8, payload: &[u8]) -> bool {
        let accept = |running: &mut Option<Running>| {
            let name = TopicName::new(&topic).map_err(|error| Bilingual::of(&error))?;
            let device = &mut running.as_mut().ok_or_else(not_running)?.device;
            device
                .publish(instant(now_ms), &name, payload, level(qos))
                .map_err(|error| Bilingual::of(&error))
        };
        match accept(&mut self.running) {
            Ok(token) => {
                self.solved(Task::Publish);
                self.outbox.truncate(OUTBOX - 1);
                self.outbox.push_front(Sent {
                    token: token.0,
                    topic,
                    qos,
                    size: payload.len(),
                    at_ms: now_ms,
                    fate: Fate::Waiting,
                });
                true
            }
            Err(said) => {
                self.problem(Task::Publish, said);
                false
            }
        }
    }

    /// Publishes again, if it is time. Without a connection a beat is left out, not queued.
    fn publish_again(&mut self, now_ms: f64) {
        let Some(mut repeat) = self.repeat.take() else {
            return;
        };
        if repeat.is_due(now_ms) && matches!(self.link, LinkState::Connected { .. }) {
            self.changed = true;
            let topic = repeat.topic.clone();
            if self.publish(now_ms, topic, repeat.qos, &repeat.payload) {
                repeat.count();
            } else if let Some(problem) = &self.problem {
                repeat.stop(Stop::Refused(problem.said.clone()));
            }
        }
        self.repeat = Some(repeat);
    }

    fn stop_repeat(&mut self, why: Stop) {
        if let Some(repeat) = &mut self.repeat {
            repeat.stop(why);
        }
    }

    fn link(&self, now_ms: f64) -> Link {
        let endpoint = self
            .running
            .as_ref()
            .and_then(|running| running.endpoint.clone());
        match self.link {
            LinkState::Idle => Link::Idle,
            LinkState::Connecting => Link::Connecting {
                endpoint,
                authenticates: self
                    .running
                    .as_ref()
                    .is_some_and(|running| running.trail.is_authenticating()),
            },
            LinkState::Connected {
                session_present,
                since_ms,
            } => Link::Connected {
                endpoint,
                session_present,
                since_ms,
            },
            LinkState::Waiting { attempt, until_ms } => Link::Waiting {
                attempt,
                left_ms: (until_ms - now_ms).max(0.0),
            },
            LinkState::Closing => Link::Closing,
        }
    }

    fn stands(&mut self, filter: &str, qos: u8, state: SubscriptionState) {
        match self.subscriptions.iter_mut().find(|s| s.filter == filter) {
            Some(known) => (known.qos, known.state) = (qos, state),
            None => self.subscriptions.push(Subscription {
                filter: filter.to_owned(),
                qos,
                state,
            }),
        }
    }

    fn problem(&mut self, of: Task, said: Bilingual) {
        self.problem = Some(Problem { of, said });
    }

    fn solved(&mut self, task: Task) {
        if self.problem.as_ref().is_some_and(|p| p.of == task) {
            self.problem = None;
        }
    }

    fn transport(&mut self, carrier: Carrier) -> &mut dyn Transport {
        match carrier {
            Carrier::InPage => self.in_page.as_mut(),
            Carrier::Ws | Carrier::Wss => self.network.as_mut(),
        }
    }
}

/// The memory of this half of the wasm program, in bytes.
fn memory() -> u64 {
    #[cfg(target_arch = "wasm32")]
    {
        /// Bytes in a page of wasm memory.
        const PAGE: u64 = 65_536;
        core::arch::wasm32::memory_size::<0>() as u64 * PAGE
    }
    // Where it is tested natively, the memory is the test's.
    #[cfg(not(target_arch = "wasm32"))]
    0
}

fn not_running() -> Bilingual {
    Bilingual::both(
        "there is no connection: connect first",
        "没有连接：请先连接",
    )
}

/// The device's clock counts whole milliseconds.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from f64 saturates, and no page lives 2^53 ms"
)]
pub(super) fn instant(now_ms: f64) -> Instant {
    Instant::from_millis(now_ms as u64)
}

/// 0 and 1 are what the page offers; the device refuses 2 itself.
fn level(qos: u8) -> QoS {
    QoS::from_number(qos).unwrap_or(QoS::ExactlyOnce)
}
