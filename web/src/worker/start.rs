//! The worker's start: clock, timers and messages around the [`Session`].

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, Performance};

use super::awaited::Awaited;
use super::log::Bounds;
use super::session::{Session, instant};
use super::websocket::WebSocketTransport;
use crate::link::{post, unpack};
use crate::parts;
use crate::protocol::{Command, Link, Report};

/// The page is told at most this often, in ms. It draws at its own pace anyway.
const TICK_MS: f64 = 33.0;
/// Where it has asked for something, this often: a screen's usual time for a picture, in ms.
const ANSWER_MS: f64 = 16.0;
/// Under load the page is told less often, in ms: drawing may be shed, messages may not.
const BUSY_TICK_MS: f64 = 200.0;
/// So many packets a millisecond are load.
const BUSY: f64 = 3.0;
/// While it waits for the next attempt, the page is told how long still, in ms.
const COUNTDOWN_MS: f64 = 1000.0;

/// Runs in the worker from its start to its end.
pub fn start(scope: DedicatedWorkerGlobalScope) {
    let seed = seed(&scope);
    let host = Rc::new_cyclic(|host: &std::rc::Weak<Host>| {
        let fetching = host.clone();
        let in_page = Awaited::new(move || {
            if let Some(host) = fetching.upgrade() {
                wasm_bindgen_futures::spawn_local(host.fetch_stand_in(seed));
            }
        });
        let woken = host.clone();
        let network = WebSocketTransport::new(move || {
            if let Some(host) = woken.upgrade() {
                host.turn_soon();
            }
        });
        let session = Session::new(
            Box::new(in_page.clone()),
            Box::new(network),
            Bounds::default(),
            seed,
        );
        let woken = host.clone();
        let on_wake = Closure::new(move || {
            if let Some(host) = woken.upgrade() {
                host.wake.set(None);
                host.turn();
            }
        });
        let ticked = host.clone();
        let on_tick = Closure::new(move || {
            if let Some(host) = ticked.upgrade() {
                host.tick.set(None);
                host.tell();
            }
        });
        let turned = host.clone();
        let on_turn = Closure::<dyn FnMut()>::new(move || {
            if let Some(host) = turned.upgrade() {
                host.turn_waits.set(false);
                host.turn();
            }
        });
        let channel = MessageChannel::new().ok();
        if let Some(channel) = &channel {
            channel
                .port1()
                .set_onmessage(Some(on_turn.as_ref().unchecked_ref()));
        }
        Host {
            channel: channel.map(|channel| channel.port2()),
            turn_waits: std::cell::Cell::new(false),
            _on_turn: on_turn,
            told_packets: std::cell::Cell::new(0),
            is_busy: std::cell::Cell::new(false),
            scope: scope.clone(),
            session: RefCell::new(session),
            clock: scope.performance(),
            in_page,
            wake: Timer::default(),
            wake_at_ms: std::cell::Cell::new(f64::MAX),
            tick: Timer::default(),
            told_ms: std::cell::Cell::new(f64::MIN),
            on_wake,
            on_tick,
        }
    });
    let told = host.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        told.command(&event.data());
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker lives as long as its scope; so does what it listens with.
    on_message.forget();
    host.report(
        &Report::Ready {
            origin_ms: host.origin_ms(),
        },
        &[],
    );
    host.tell();
}

/// A timer that may be set; its number.
type Timer = std::cell::Cell<Option<i32>>;

struct Host {
    /// A message sent here comes back as a task of its own, after the events that wait already: so one
    /// turn takes all that came. A timer would wait a millisecond longer.
    channel: Option<MessagePort>,
    turn_waits: std::cell::Cell<bool>,
    _on_turn: Closure<dyn FnMut()>,
    told_packets: std::cell::Cell<u64>,
    is_busy: std::cell::Cell<bool>,
    scope: DedicatedWorkerGlobalScope,
    session: RefCell<Session>,
    /// Cached: asking the scope for it is a call of its own.
    clock: Option<Performance>,
    /// The stand-in that the session's device may be connected to, and that can be asked without one.
    in_page: Awaited,
    wake: Timer,
    wake_at_ms: std::cell::Cell<f64>,
    tick: Timer,
    told_ms: std::cell::Cell<f64>,
    on_wake: Closure<dyn FnMut()>,
    on_tick: Closure<dyn FnMut()>,
}

impl Host {
    /// Has the stand-in come, which is a part of its own.
    async fn fetch_stand_in(self: Rc<Self>, seed: u64) {
        match parts::stand_in(seed).await {
            Ok(stand_in) => self.in_page.arrived(instant(self.now_ms()), stand_in),
            Err(parts::Missing) => self.in_page.missing(),
        }
        self.turn();
    }

    fn command(&self, data: &JsValue) {
        let Some((command, bytes)) = unpack::<Command>(data) else {
            return;
        };
        let now_ms = self.now_ms();
        match command {
            Command::Cloud(command) => self.in_page.command(instant(now_ms), command),
            command => self.session.borrow_mut().command(now_ms, command, &bytes),
        }
        self.turn();
        self.answer_soon();
    }

    /// Tells the page before its next drawing, whatever the load: somebody has asked, and waits. At once, where it
    /// was not told just now: a timer would stand behind all the events that wait.
    fn answer_soon(&self) {
        let wait = self.told_ms.get() + ANSWER_MS - self.now_ms();
        if wait > 0.0 {
            self.set(&self.tick, Some(wait), &self.on_tick);
        } else {
            self.set(&self.tick, None, &self.on_tick);
            self.tell();
        }
    }

    /// Takes a turn once the events that wait already have been told.
    fn turn_soon(&self) {
        if self.turn_waits.get() {
            return;
        }
        match &self.channel {
            Some(channel) if channel.post_message(&JsValue::NULL).is_ok() => {
                self.turn_waits.set(true);
            }
            _ => self.turn(),
        }
    }

    fn turn(&self) {
        let now_ms = self.now_ms();
        self.in_page.turn(instant(now_ms));
        // The session names the stand-in's time too, whichever transport it uses.
        let next = self.session.borrow_mut().turn(now_ms);
        self.wake_by(next);
        self.tell_soon();
    }

    /// Sees to it that there is a turn in so many ms at the latest. A timer that rings early does no harm:
    /// its turn finds nothing due and asks again. So none is set anew for every packet.
    fn wake_by(&self, wait_ms: Option<f64>) {
        let Some(wait_ms) = wait_ms else { return };
        let at_ms = self.now_ms() + wait_ms;
        let rings = self.wake.get().is_some() && self.wake_at_ms.get() <= at_ms;
        if !rings {
            self.set(&self.wake, Some(wait_ms), &self.on_wake);
            self.wake_at_ms.set(at_ms);
        }
    }

    /// Tells the page by the next tick, if there is something to tell.
    fn tell_soon(&self) {
        let session = self.session.borrow();
        if self.tick.get().is_none() && (session.has_changed() || self.in_page.has_news()) {
            let every = if self.is_busy.get() {
                BUSY_TICK_MS
            } else {
                TICK_MS
            };
            let wait = self.told_ms.get() + every - self.now_ms();
            self.set(&self.tick, Some(wait.max(0.0)), &self.on_tick);
        }
    }

    fn tell(&self) {
        let now_ms = self.now_ms();
        let since_ms = now_ms - self.told_ms.replace(now_ms);
        let packets = self.session.borrow().packets();
        let came = packets.saturating_sub(self.told_packets.replace(packets));
        #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        self.is_busy.set(came as f64 > since_ms * BUSY);
        let mut bytes = Vec::new();
        let snapshot = self.session.borrow_mut().snapshot(now_ms, &mut bytes);
        let counts_down = matches!(snapshot.link, Link::Waiting { .. });
        self.report(&Report::Snapshot(Box::new(snapshot)), &bytes);
        for report in self.in_page.reports() {
            self.report(&Report::Cloud(report), &[]);
        }
        self.tell_soon();
        if counts_down && self.tick.get().is_none() {
            self.set(&self.tick, Some(COUNTDOWN_MS), &self.on_tick);
        }
    }

    fn report(&self, report: &Report, bytes: &[u8]) {
        // Plain data always has a form in bytes, and bytes can always be transferred.
        let _ = post(report, bytes, |message, transfer| {
            self.scope.post_message_with_transfer(message, transfer)
        });
    }

    fn set(&self, timer: &Timer, wait_ms: Option<f64>, call: &Closure<dyn FnMut()>) {
        if let Some(running) = timer.take() {
            self.scope.clear_timeout_with_handle(running);
        }
        let Some(wait_ms) = wait_ms else { return };
        // A longer wait than a timer can take ends early, which does no harm.
        #[allow(clippy::cast_possible_truncation, reason = "clamped")]
        let wait_ms = wait_ms.ceil().clamp(0.0, 1e9) as i32;
        let set = self
            .scope
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                call.as_ref().unchecked_ref(),
                wait_ms,
            );
        timer.set(set.ok());
    }

    fn now_ms(&self) -> f64 {
        self.clock.as_ref().map_or(0.0, Performance::now)
    }

    fn origin_ms(&self) -> f64 {
        let clock = self.clock.as_ref();
        clock.map_or_else(js_sys::Date::now, Performance::time_origin)
    }
}

fn seed(scope: &DedicatedWorkerGlobalScope) -> u64 {
    let mut bytes = [0; 8];
    if let Ok(crypto) = scope.crypto() {
        // Without randomness the seed is nought: reconnects of two pages then share their jitter.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    u64::from_le_bytes(bytes)
}
