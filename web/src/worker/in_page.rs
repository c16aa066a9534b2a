//! The stand-in inside the page: the cloud side without a server.

mod asks;
mod events;
mod flows;
mod rival;
mod stand_in;
mod stream;

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use tern_core::auth::HttpRequest;
use tern_core::identity::Endpoint;
use tern_core::time::Instant;

use self::stand_in::StandIn;
use self::stream::Event;
use super::awaited::Cloud;
use super::http::Reply;
use super::transport::{Answer, Happened, Received, Transport};
use crate::protocol::cloud::{Command, Report};

/// A platform of the page's own. As a [`Transport`] it is the one stream of the page's device; beside that
/// it can be asked and told what [`Command`] says, as a [`Cloud`]. It outlives the stream, so a session that was kept
/// is there at the next connect.
///
/// A clone is another handle of the same stand-in.
#[derive(Clone, Debug)]
pub struct InPage(Rc<RefCell<StandIn>>);

impl InPage {
    /// A platform that knows the sample device. `seed` decides everything random in it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Rc::new(RefCell::new(StandIn::new(seed))))
    }

    /// The HTTPS authentication: the status and the JSON that answer a form.
    #[must_use]
    pub fn auth(&self, now: Instant, form: &[u8]) -> (u16, String) {
        self.0.borrow_mut().auth(now, form)
    }
}

impl Cloud for InPage {
    fn command(&mut self, now: Instant, command: Command) {
        let mut stand_in = self.0.borrow_mut();
        match command {
            Command::Look(looked_at) => stand_in.look(looked_at),
            Command::Ask { number, ask } => stand_in.ask(now, number, ask),
        }
    }

    fn turn(&mut self, now: Instant) {
        self.0.borrow_mut().turn(now);
    }

    fn has_news(&self) -> bool {
        self.0.borrow().has_news()
    }

    fn reports(&mut self) -> Vec<Report> {
        self.0.borrow_mut().reports()
    }
}

impl Transport for InPage {
    fn open(&mut self, now: Instant, endpoint: &Endpoint) {
        self.0.borrow_mut().open(now, endpoint);
    }

    fn send(&mut self, now: Instant, bytes: &[u8]) {
        self.0.borrow_mut().send(now, bytes);
    }

    fn close(&mut self, now: Instant) {
        self.0.borrow_mut().close(now);
    }

    fn next(&mut self, now: Instant, received: &mut Received) -> Option<Happened> {
        Some(match self.0.borrow_mut().next(now)? {
            Event::Opened => Happened::Opened,
            Event::Received(bytes) => {
                received.message(&bytes);
                Happened::Received
            }
            Event::Closed(reason) => Happened::Closed(reason),
        })
    }

    fn ask(&mut self, now: Instant, request: HttpRequest) -> Option<Answer> {
        let (status, body) = self.auth(now, request.body.as_bytes());
        Some(Ok(Reply {
            status,
            body: body.into_bytes(),
        }))
    }

    fn accept_keep_alive(&mut self, range: RangeInclusive<u16>) {
        self.0.borrow_mut().platform.accept_keep_alive(range);
    }

    fn wake_at(&self) -> Option<Instant> {
        self.0.borrow().wake_at()
    }

    fn remark(&self) -> Option<String> {
        self.0.borrow().remark().map(ToOwned::to_owned)
    }
}
