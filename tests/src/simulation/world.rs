//! A run: the application, the cloud and the faults act by plan while the network is bad; then it heals, and
//! everything has to come to rest.

use core::time::Duration;

use tern_core::device::{Device, PublishError, SubscribeError, Token};
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;
use tern_platform::{DeviceAddress, Platform, Pushed};

use super::backoff::Backoff;
use super::ledger::{Asked, Ledger};
use super::plan::{self, FILTERS, Moment, NAME, PRODUCT, Plan};
use super::rules::{Broken, Rule, ensure};
use super::session::Session;
use super::store::{Keeps, Store};
use super::trace::Trace;
use super::weather::Weather;
use super::wire::Wire;
use crate::pair::Pair;

/// The device under test, and the rival with the same triple.
pub(super) const DEVICE: usize = 0;
pub(super) const RIVAL: usize = 1;

/// How long the application waits before it connects a device again that has stopped by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Wake-ups within one second of virtual time after which it counts as a live-lock. A burst of packets that
/// are cut at every byte makes some hundreds.
const WAKE_UPS_A_SECOND: u32 = 20_000;

/// Everything in a run.
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) pair: Pair,
    pub(super) ledger: Ledger,
    pub(super) wire: Wire,
    pub(super) backoff: Backoff,
    pub(super) session: Session,
    pub(super) store: Store,
    /// Messages and bytes that the device's process began with, whatever the limits.
    pub(super) restored: (usize, usize),
    pub(super) trace: Trace,
    pub(super) address: DeviceAddress,
    /// When the application connects the device next.
    pub(super) connects_at: Option<Instant>,
    /// What the application has planned to wait before that, where it has disconnected.
    pub(super) back_after: Option<Duration>,
    rival_is_wanted: bool,
    second: u64,
    wake_ups: u32,
    /// Wake-ups of the whole run.
    pub(super) events: u64,
}

impl World {
    pub(super) fn new(seed: u64, trace: Trace) -> Self {
        let mut plan = Plan::new(seed);
        let weather = Weather {
            nature: plan.bad.clone(),
            rng: plan.rng.fork(),
        };
        let platform = platform(&mut plan);
        let devices = [plan.device.clone(), plan.rival.clone()].map(|config| {
            Device::new(config, plan.rng.u64(..)).expect("a configuration that keeps its rules")
        });
        let mut pair = Pair::over(Box::new(weather), platform, devices);
        pair.watch(DEVICE);
        if matches!(plan.keeps, Keeps::InAStore { .. }) {
            pair.device_mut(DEVICE).1.hold_until_kept();
        }
        Self {
            backoff: Backoff::new(plan.device.reconnect),
            pair,
            ledger: Ledger::new(),
            wire: Wire::default(),
            session: Session::default(),
            store: Store::default(),
            restored: (0, 0),
            trace,
            address: DeviceAddress::new(PRODUCT, NAME).expect("an address"),
            connects_at: Some(Instant::default()),
            back_after: None,
            rival_is_wanted: false,
            second: 0,
            wake_ups: 0,
            events: 0,
            plan,
        }
    }

    /// The whole run.
    pub(super) fn run(&mut self) -> Result<(), Broken> {
        let moments = core::mem::take(&mut self.plan.moments);
        for (at, moment) in moments {
            self.run_until(at)?;
            self.act(moment)?;
            self.look()?;
        }
        self.run_until(self.plan.heals_at)?;
        self.heal()?;
        self.come_to_rest()
    }

    /// Lets time pass until then.
    pub(super) fn run_until(&mut self, until: Instant) -> Result<(), Broken> {
        self.run_until_done(until, |_| false).map(|_| ())
    }

    /// Lets time pass until `done`, at the latest until then. Answers whether it is done.
    pub(super) fn run_until_done(
        &mut self,
        until: Instant,
        done: impl Fn(&Self) -> bool,
    ) -> Result<bool, Broken> {
        loop {
            if done(self) {
                return Ok(true);
            }
            if let Some(at) = self.pair.hangs_until(DEVICE) {
                for planned in [&mut self.connects_at, &mut self.store.writes_at] {
                    *planned = planned.map(|planned| planned.max(at));
                }
            }
            let acts_at = [self.connects_at, self.store.writes_at];
            let acts_at = acts_at.into_iter().flatten().min();
            let acts_at = acts_at.filter(|&at| at <= until);
            if self.pair.step(acts_at.unwrap_or(until)) {
                self.count()?;
                self.look()?;
                continue;
            }
            self.pair.pass(acts_at.unwrap_or(until));
            if acts_at.is_none() {
                return Ok(false);
            }
            let now = self.pair.now();
            if self.store.writes_at.is_some_and(|at| at <= now) {
                self.write_store()?;
            } else {
                self.connect()?;
            }
        }
    }

    fn count(&mut self) -> Result<(), Broken> {
        let now = self.pair.now();
        let second = now.as_millis() / 1_000;
        if second != self.second {
            (self.second, self.wake_ups) = (second, 0);
        }
        self.wake_ups += 1;
        self.events += 1;
        ensure(
            self.wake_ups <= WAKE_UPS_A_SECOND,
            Rule::LiveLock,
            now,
            || format!("{} wake-ups within one second", self.wake_ups),
        )
    }

    /// The application connects the device, and subscribes to what it wants.
    fn connect(&mut self) -> Result<(), Broken> {
        self.connects_at = None;
        self.note("app", format_args!("connects"));
        self.pair.connect(DEVICE);
        self.look()?;
        for filter in 0..FILTERS {
            if self.plan.wanted[filter] {
                self.subscribe(filter, QoS::AtLeastOnce)?;
            }
        }
        Ok(())
    }

    fn act(&mut self, moment: Moment) -> Result<(), Broken> {
        if self.trace.is_kept() {
            self.note("plan", format_args!("{moment:?}"));
        }
        let hangs = self.pair.hangs_until(DEVICE).is_some();
        match moment {
            // The application hangs with its host.
            Moment::Publish { .. }
            | Moment::Subscribe { .. }
            | Moment::Unsubscribe { .. }
            | Moment::Disconnect { .. }
                if hangs => {}
            Moment::Publish { own, qos, len } => return self.publish(own, qos, len),
            Moment::Subscribe { filter, qos } => return self.subscribe(filter, qos),
            Moment::Unsubscribe { filter } => return self.unsubscribe(filter),
            Moment::Push { filter, qos, len } => {
                self.push(filter, qos, len);
            }
            Moment::Disconnect { back_after } => {
                self.back_after = Some(back_after);
                self.pair.disconnect(DEVICE);
            }
            Moment::Reset => self.pair.reset(DEVICE),
            Moment::Cut(None) => self.pair.cut(DEVICE),
            Moment::Cut(Some(way)) => self.pair.cut_way(DEVICE, way),
            Moment::Hold(way, time) => self.pair.hold(DEVICE, way, time),
            Moment::Stall(time) => {
                self.wire.excuse();
                self.pair.stall(DEVICE, time);
            }
            Moment::RestartDevice {
                back_after,
                power_went,
            } => return self.restart_device(back_after, power_went),
            Moment::RestartPlatform { down_for, forgets } => {
                let anew = forgets.then(|| platform(&mut self.plan));
                self.pair.restart_platform(down_for, anew);
                // What the old process told is about the old session.
                self.look()?;
                if forgets {
                    self.session.forgotten();
                    self.ledger.session_ended();
                }
            }
            Moment::RivalComes => {
                self.rival_is_wanted = true;
                self.pair.connect(RIVAL);
            }
            Moment::RivalGoes => self.end_rival(),
        }
        Ok(())
    }

    /// The device's process ends, and another begins with what the one before has left to it.
    fn restart_device(&mut self, back_after: Duration, power_went: bool) -> Result<(), Broken> {
        let (device, left) = self.next_process()?;
        self.note("plan", format_args!("the next process has {left:?}"));
        self.restored = device.queued();
        self.pair.replace(DEVICE, device, power_went);
        let now = self.pair.now();
        self.ledger.process_ended(now, &left)?;
        self.wire.process_ended(now, left.session(), &self.ledger)?;
        self.backoff.stopped();
        self.back_after = None;
        self.connects_at = Some(now + back_after);
        Ok(())
    }

    fn end_rival(&mut self) {
        if core::mem::take(&mut self.rival_is_wanted) {
            let device = Device::new(self.plan.rival.clone(), self.plan.rng.u64(..))
                .expect("a configuration that keeps its rules");
            self.pair.reset(RIVAL);
            self.pair.replace(RIVAL, device, false);
        }
    }

    pub(super) fn publish(&mut self, own: bool, qos: QoS, len: usize) -> Result<(), Broken> {
        let serial = self.ledger.next_publish();
        let name = if own { NAME } else { "other" };
        let topic = TopicName::new(&format!("/{PRODUCT}/{name}/up/{serial}")).expect("a topic");
        let payload = vec![b'x'; len];
        let (now, device) = self.pair.device_mut(DEVICE);
        let queued = device.queued();
        match device.publish(now, &topic, &payload, qos) {
            Ok(token) => {
                let waits = qos == QoS::AtLeastOnce && self.has_a_store();
                self.ledger.accept_publish(now, token, qos, waits)?;
                if waits {
                    self.keep_before_it_leaves(token, topic.as_str(), &payload)?;
                }
            }
            Err(PublishError::Full { what, limit }) => {
                let (messages, bytes) = queued;
                let size = 9 + topic.as_str().len() + len;
                let is_full = match what {
                    "messages" => messages >= limit,
                    _ => bytes > 0 && bytes + size > limit,
                };
                ensure(is_full, Rule::Memory, now, || {
                    format!("the queue is called full at {messages} messages of {bytes} bytes")
                })?;
            }
            // The device is stopped, or stops.
            Err(PublishError::NotRunning) => {}
            Err(error) => {
                return Err(Broken::new(
                    Rule::Settled,
                    now,
                    format!("not accepted: {error}"),
                ));
            }
        }
        self.pair.settle();
        self.look()
    }

    pub(super) fn subscribe(&mut self, filter: usize, qos: QoS) -> Result<(), Broken> {
        self.ask(Asked::Subscribe(filter), |now, device, text| {
            device.subscribe(now, text, qos)
        })
    }

    fn unsubscribe(&mut self, filter: usize) -> Result<(), Broken> {
        self.ask(Asked::Unsubscribe(filter), |now, device, text| {
            device.unsubscribe(now, text)
        })
    }

    fn ask(
        &mut self,
        asked: Asked,
        ask: impl FnOnce(Instant, &mut Device, &TopicFilter) -> Result<Token, SubscribeError>,
    ) -> Result<(), Broken> {
        let (Asked::Subscribe(filter) | Asked::Unsubscribe(filter)) = asked else {
            return Ok(());
        };
        let (now, device) = self.pair.device_mut(DEVICE);
        // Full, or stopped: the application is told at once.
        if let Ok(token) = ask(now, device, &plan::filter(filter)) {
            self.ledger.accept(now, token, asked)?;
        }
        self.pair.settle();
        self.look()
    }

    /// The cloud sends a message to the device.
    pub(super) fn push(&mut self, filter: usize, qos: QoS, len: usize) -> Pushed {
        let serial = self.ledger.next_push();
        let topic = format!("/{PRODUCT}/{NAME}/down/{filter}/{serial}");
        let address = self.address.clone();
        let pushed = self
            .pair
            .platform
            .push(
                self.pair.now(),
                &address.product_key,
                &address.device_name,
                &topic,
                &vec![b'y'; len],
                qos,
            )
            .expect("a message that the platform takes");
        self.ledger
            .push(qos, matches!(pushed, Pushed::Sent | Pushed::Queued));
        self.note("cloud", format_args!("message {serial}: {pushed:?}"));
        self.pair.settle();
        pushed
    }

    /// The faults end and the network becomes healthy. What is half-open stays so until the device notices.
    fn heal(&mut self) -> Result<(), Broken> {
        self.note("plan", format_args!("the network heals"));
        self.end_rival();
        let calm = Weather {
            nature: self.plan.calm.clone(),
            rng: self.plan.rng.fork(),
        };
        self.pair.set_network(Box::new(calm));
        self.pair.end_downtime();
        self.pair.stall(DEVICE, Duration::ZERO);
        // Corruption passes TCP's checksum or TLS nowhere in practice: such a link does not last.
        self.pair.reset_corrupted();
        self.look()?;
        if let Some(at) = self.connects_at {
            self.connects_at = Some(at.min(self.pair.now() + PATIENCE));
        }
        // It waited for the host that hung.
        let now = self.pair.now();
        self.store.writes_at = self.store.writes_at.map(|at| at.min(now));
        self.back_after = None;
        self.run_until(self.pair.last_arrival())?;
        self.pair.reset_corrupted();
        self.look()
    }

    pub(super) fn note(&mut self, who: &str, what: core::fmt::Arguments<'_>) {
        let now = self.pair.now();
        self.trace.note(now, who, what);
    }
}

/// A platform that knows the device and nothing else.
fn platform(plan: &mut Plan) -> Platform {
    let mut platform = Platform::new(plan.settings.clone(), plan.rng.u64(..));
    platform.register(plan::registered());
    platform
}
