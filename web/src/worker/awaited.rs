//! The stand-in inside the page, before and after the file that holds it is there.
//!
//! Only who connects to it, or looks at it, needs it; so its code is fetched when that happens first. What is asked of it
//! meanwhile waits here.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use tern_core::auth::HttpRequest;
use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;

use super::transport::{Answer, Happened, Received, Transport};
use crate::protocol::HttpFailure;
use crate::protocol::cloud::{Ask, Command, Problem, ProblemKind, Report};

/// What the stand-in can do beside carrying bytes.
pub trait Cloud: Transport {
    /// Carries out a command. To be followed by a turn of whoever holds the device, and by
    /// [`reports`](Self::reports).
    fn command(&mut self, now: Instant, command: Command);

    /// Does what is due: to be called at [`wake_at`](Transport::wake_at), also where no device uses it.
    fn turn(&mut self, now: Instant);

    /// Whether [`reports`](Self::reports) would say something.
    fn has_news(&self) -> bool;

    /// What there is to tell: each answer once, and how everything stands where somebody looks and it has changed.
    fn reports(&mut self) -> Vec<Report>;
}

/// A [`Cloud`] that is fetched when it is first needed. A clone is another handle of the same one.
#[derive(Clone)]
pub struct Awaited(Rc<RefCell<Inner>>);

struct Inner {
    fetch: Box<dyn Fn()>,
    standing: Standing,
    wanted: Wanted,
    /// What is to be told before anything else.
    happened: Option<Happened>,
    reports: Vec<Report>,
}

enum Standing {
    Absent,
    Coming,
    Here(Box<dyn Cloud>),
}

/// What waits for it.
#[derive(Default)]
struct Wanted {
    commands: Vec<Command>,
    endpoint: Option<Endpoint>,
    question: Option<HttpRequest>,
    keep_alive: Option<RangeInclusive<u16>>,
}

impl Awaited {
    /// `fetch` is called when it is needed and not there; it is to be answered by [`arrived`](Self::arrived) or
    /// [`missing`](Self::missing), later.
    #[must_use]
    pub fn new(fetch: impl Fn() + 'static) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            fetch: Box::new(fetch),
            standing: Standing::Absent,
            wanted: Wanted::default(),
            happened: None,
            reports: Vec::new(),
        })))
    }

    /// It is there. To be followed by a turn of whoever holds the device.
    pub fn arrived(&self, now: Instant, mut cloud: Box<dyn Cloud>) {
        let inner = &mut *self.0.borrow_mut();
        let wanted = std::mem::take(&mut inner.wanted);
        if let Some(range) = wanted.keep_alive {
            cloud.accept_keep_alive(range);
        }
        for command in wanted.commands {
            cloud.command(now, command);
        }
        if let Some(endpoint) = wanted.endpoint {
            cloud.open(now, &endpoint);
        }
        if let Some(question) = wanted.question {
            inner.happened = cloud.ask(now, question).map(Happened::Answered);
        }
        inner.standing = Standing::Here(cloud);
    }

    /// It could not be fetched. What waited for it fails; whatever needs it next has it fetched again.
    pub fn missing(&self) {
        let inner = &mut *self.0.borrow_mut();
        inner.standing = Standing::Absent;
        let wanted = std::mem::take(&mut inner.wanted);
        inner.wanted.keep_alive = wanted.keep_alive;
        if wanted.endpoint.is_some() {
            inner.happened = Some(Happened::Closed(CloseReason {
                kind: CloseKind::Network,
                text: NOT_LOADED.to_owned(),
            }));
        } else if wanted.question.is_some() {
            inner.happened = Some(Happened::Answered(Err(HttpFailure::Unreachable)));
        }
        for command in wanted.commands {
            match command {
                Command::Ask { number, .. } => inner.reports.push(Report::Answered {
                    number,
                    outcome: Err(Problem {
                        kind: ProblemKind::Unreachable,
                        text: NOT_LOADED.to_owned(),
                    }),
                }),
                // Whoever looks goes on looking once it is there.
                Command::Look(_) => inner.wanted.commands.push(command),
            }
        }
    }

    /// See [`Cloud::command`].
    pub fn command(&self, now: Instant, command: Command) {
        let inner = &mut *self.0.borrow_mut();
        if let Standing::Here(cloud) = &mut inner.standing {
            cloud.command(now, command);
            return;
        }
        let needed = match &command {
            Command::Look(looks) => {
                // Only how it is now counts.
                let commands = &mut inner.wanted.commands;
                commands.retain(|command| !matches!(command, Command::Look(_)));
                *looks
            }
            // There is nothing to stop or to forget yet.
            Command::Ask { ask, .. } => !matches!(ask, Ask::StopPush | Ask::ClearEvents),
        };
        inner.wanted.commands.push(command);
        if needed {
            inner.need();
        }
    }

    /// See [`Cloud::turn`].
    pub fn turn(&self, now: Instant) {
        if let Standing::Here(cloud) = &mut self.0.borrow_mut().standing {
            cloud.turn(now);
        }
    }

    /// See [`Cloud::has_news`].
    #[must_use]
    pub fn has_news(&self) -> bool {
        let inner = self.0.borrow();
        let here = matches!(&inner.standing, Standing::Here(cloud) if cloud.has_news());
        here || !inner.reports.is_empty()
    }

    /// See [`Cloud::reports`].
    pub fn reports(&self) -> Vec<Report> {
        let inner = &mut *self.0.borrow_mut();
        let mut reports = std::mem::take(&mut inner.reports);
        if let Standing::Here(cloud) = &mut inner.standing {
            reports.append(&mut cloud.reports());
        }
        reports
    }
}

/// In the device's words for an end.
const NOT_LOADED: &str = "the file with the stand-in could not be loaded: is the server that this page came from still there? Try again, or reload the page";

impl Inner {
    fn need(&mut self) {
        if matches!(self.standing, Standing::Absent) {
            self.standing = Standing::Coming;
            (self.fetch)();
        }
    }
}

impl Transport for Awaited {
    fn open(&mut self, now: Instant, endpoint: &Endpoint) {
        let inner = &mut *self.0.borrow_mut();
        inner.happened = None;
        if let Standing::Here(cloud) = &mut inner.standing {
            cloud.open(now, endpoint);
        } else {
            inner.wanted.endpoint = Some(endpoint.clone());
            inner.need();
        }
    }

    fn send(&mut self, now: Instant, bytes: &[u8]) {
        // Nothing is open before it is there.
        if let Standing::Here(cloud) = &mut self.0.borrow_mut().standing {
            cloud.send(now, bytes);
        }
    }

    fn close(&mut self, now: Instant) {
        let inner = &mut *self.0.borrow_mut();
        inner.happened = None;
        inner.wanted.endpoint = None;
        if let Standing::Here(cloud) = &mut inner.standing {
            cloud.close(now);
        }
    }

    fn next(&mut self, now: Instant, received: &mut Received) -> Option<Happened> {
        let inner = &mut *self.0.borrow_mut();
        if let Some(happened) = inner.happened.take() {
            return Some(happened);
        }
        match &mut inner.standing {
            Standing::Here(cloud) => cloud.next(now, received),
            Standing::Absent | Standing::Coming => None,
        }
    }

    fn ask(&mut self, now: Instant, request: HttpRequest) -> Option<Answer> {
        let inner = &mut *self.0.borrow_mut();
        inner.happened = None;
        if let Standing::Here(cloud) = &mut inner.standing {
            return cloud.ask(now, request);
        }
        inner.wanted.question = Some(request);
        inner.need();
        None
    }

    fn accept_keep_alive(&mut self, range: RangeInclusive<u16>) {
        let inner = &mut *self.0.borrow_mut();
        if let Standing::Here(cloud) = &mut inner.standing {
            cloud.accept_keep_alive(range);
        } else {
            inner.wanted.keep_alive = Some(range);
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        match &self.0.borrow().standing {
            Standing::Here(cloud) => cloud.wake_at(),
            Standing::Absent | Standing::Coming => None,
        }
    }

    fn remark(&self) -> Option<String> {
        match &self.0.borrow().standing {
            Standing::Here(cloud) => cloud.remark(),
            Standing::Absent | Standing::Coming => None,
        }
    }
}
