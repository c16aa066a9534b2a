//! A `tern platform` as the source of what the cloud's side shows: asked while somebody looks, its events
//! collected all the while.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gloo::timers::callback::Timeout;
use js_sys::Date;
use serde::Deserialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, EventSource, MessageEvent};

use super::http::send;
use super::requests::{self, Request};
use crate::protocol::cloud::{Ask, Done, EVENTS, Event, Problem, ProblemKind, Report, View};
use crate::state::cloud::Action;

/// How often devices and faults are asked for while somebody looks, in ms: not every change has an event.
const EVERY_MS: u32 = 2000;
/// How soon after an event, in ms: many come in a row.
const AFTER_EVENT_MS: u32 = 250;

/// The control address of the program that serves the page. Dropped, it asks and listens no more.
pub(crate) struct Remote(Rc<Inner>);

struct Inner {
    dispatch: Box<dyn Fn(Action)>,
    events: RefCell<Heard>,
    source: Option<EventSource>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    looked_at: Cell<bool>,
    next: RefCell<Option<Timeout>>,
    /// Whether the next refresh comes soon, after an event.
    soon: Cell<bool>,
    asking: Cell<bool>,
    pushes: RefCell<Vec<AbortController>>,
    /// What is asked one after the other: two requests under way might arrive in another order.
    waiting: RefCell<VecDeque<(u32, Ask, Request)>>,
    sending: Cell<bool>,
}

/// The events as they came, not read yet: many are never looked at.
#[derive(Default)]
struct Heard {
    held: VecDeque<String>,
    dropped: u64,
}

impl Remote {
    /// Starts to listen. What is learned goes to `dispatch`.
    pub(crate) fn start(dispatch: impl Fn(Action) + 'static) -> Self {
        Self(Rc::new_cyclic(|inner: &Weak<Inner>| {
            let heard = inner.clone();
            let on_message = Closure::new(move |event: MessageEvent| {
                if let (Some(inner), Some(json)) = (heard.upgrade(), event.data().as_string()) {
                    inner.hear(json);
                }
            });
            let source = EventSource::new(requests::EVENTS).ok();
            if let Some(source) = &source {
                source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            }
            Inner {
                dispatch: Box::new(dispatch),
                events: RefCell::default(),
                source,
                _on_message: on_message,
                looked_at: Cell::new(false),
                next: RefCell::new(None),
                soon: Cell::new(false),
                asking: Cell::new(false),
                pushes: RefCell::default(),
                waiting: RefCell::default(),
                sending: Cell::new(false),
            }
        }))
    }

    /// Whether somebody looks: only then devices and faults are asked for.
    pub(crate) fn look(&self, looked_at: bool) {
        self.0.looked_at.set(looked_at);
        if looked_at {
            self.0.refresh();
        } else {
            self.0.next.borrow_mut().take();
        }
    }

    /// Asks. The answer comes with this number.
    pub(crate) fn ask(&self, number: u32, ask: Ask) {
        let inner = Rc::clone(&self.0);
        let Some(request) = requests::request(&ask) else {
            let outcome = inner.do_here(&ask);
            inner.answer(number, outcome);
            return;
        };
        if matches!(ask, Ask::Push(_)) {
            inner.push(number, ask, request);
        } else {
            inner.waiting.borrow_mut().push_back((number, ask, request));
            inner.send_waiting();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

impl Inner {
    fn do_here(&self, ask: &Ask) -> Result<Done, Problem> {
        match ask {
            Ask::ClearEvents => *self.events.borrow_mut() = Heard::default(),
            Ask::StopPush => {
                for push in self.pushes.borrow_mut().drain(..) {
                    push.abort();
                }
            }
            _ => {
                return Err(Problem {
                    kind: ProblemKind::Other,
                    text: String::new(),
                });
            }
        }
        Ok(Done::Done)
    }

    /// A push lasts as long as its messages take; others go meanwhile, and it can be stopped.
    fn push(self: &Rc<Self>, number: u32, ask: Ask, request: Request) {
        let abort = AbortController::new().ok();
        self.pushes.borrow_mut().extend(abort.clone());
        let inner = Rc::clone(self);
        spawn_local(async move {
            let signal = abort.as_ref().map(AbortController::signal);
            let outcome = match send(&request, signal.as_ref()).await {
                Ok((status, body)) => requests::outcome(&ask, status, &body),
                // It was stopped: what the messages came to is known to the other side alone.
                Err(_) if signal.is_some_and(|signal| signal.aborted()) => Ok(Done::Done),
                Err(problem) => Err(problem),
            };
            inner
                .pushes
                .borrow_mut()
                .retain(|other| Some(other) != abort.as_ref());
            inner.answer(number, outcome);
        });
    }

    fn send_waiting(self: &Rc<Self>) {
        if self.sending.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            loop {
                let next = inner.waiting.borrow_mut().pop_front();
                let Some((number, ask, request)) = next else {
                    inner.sending.set(false);
                    return;
                };
                let outcome = match send(&request, None).await {
                    Ok((status, body)) => requests::outcome(&ask, status, &body),
                    Err(problem) => Err(problem),
                };
                inner.answer(number, outcome);
            }
        });
    }

    fn answer(self: &Rc<Self>, number: u32, outcome: Result<Done, Problem>) {
        (self.dispatch)(Action::ServedTold(Report::Answered { number, outcome }));
        self.refresh();
    }

    fn hear(self: &Rc<Self>, json: String) {
        let mut heard = self.events.borrow_mut();
        if heard.held.len() == EVENTS {
            heard.held.pop_front();
            heard.dropped += 1;
        }
        heard.held.push_back(json);
        if self.looked_at.get() && !self.soon.replace(true) && !self.asking.get() {
            self.refresh_in(AFTER_EVENT_MS);
        }
    }

    fn refresh_in(self: &Rc<Self>, ms: u32) {
        let inner = Rc::downgrade(self);
        let wait = Timeout::new(ms, move || {
            if let Some(inner) = inner.upgrade() {
                inner.refresh();
            }
        });
        *self.next.borrow_mut() = Some(wait);
    }

    fn refresh(self: &Rc<Self>) {
        if !self.looked_at.get() || self.asking.replace(true) {
            // One is under way: what changed since is shown by the next.
            self.soon.set(true);
            return;
        }
        self.soon.set(false);
        let inner = Rc::clone(self);
        spawn_local(async move {
            let seen = match inner.see().await {
                Ok(view) => Action::ServedTold(Report::View(Box::new(view))),
                Err(problem) => Action::Unreachable(problem),
            };
            inner.asking.set(false);
            if inner.looked_at.get() {
                (inner.dispatch)(seen);
                let wait = if inner.soon.get() {
                    AFTER_EVENT_MS
                } else {
                    EVERY_MS
                };
                inner.refresh_in(wait);
            }
        });
    }

    async fn see(&self) -> Result<View, Problem> {
        let (devices, faults) = (get(requests::DEVICES).await?, get(requests::FAULTS).await?);
        let heard = self.events.borrow();
        let newest_first = (0_u64..)
            .zip(&heard.held)
            .collect::<Vec<_>>()
            .into_iter()
            .rev();
        let events = newest_first.filter_map(|(place, json)| read(heard.dropped + place, json));
        Ok(View {
            devices,
            faults,
            events: events.collect(),
            events_dropped: heard.dropped,
            rival: None,
        })
    }
}

async fn get<T: for<'de> Deserialize<'de>>(path: &str) -> Result<T, Problem> {
    let request = Request {
        method: "GET",
        path: path.to_owned(),
        body: None,
    };
    let (status, body) = send(&request, None).await?;
    requests::answer(status, &body)
}

/// An event with its time in ms since 1970; none where that is no JSON.
fn read(number: u64, json: &str) -> Option<Event> {
    let told: Value = serde_json::from_str(json).ok()?;
    let at = told.get("at").and_then(Value::as_str).unwrap_or_default();
    Some(Event::of_json(number, Date::parse(at), &told))
}
