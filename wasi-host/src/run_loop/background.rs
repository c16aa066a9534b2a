//! What blocks, on other threads: name resolution and HTTPS. Its results wake the poll.
//!
//! However many devices ask, the threads are few: a name is resolved once for all who ask meanwhile, and all HTTPS
//! goes on one.

use std::cell::{Cell, OnceCell};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use mio::Waker;
use tern_core::auth::HttpRequest;
use tern_core::device::CloseReason;
use tern_core::identity::Endpoint;

use super::SessionId;
use crate::https::{self, Exchanges, HttpReply, HttpsError, HttpsFault};
use crate::transport::{TlsSettings, TransportError, resolve_then};

/// What has been done.
pub(super) enum Done {
    /// A host's addresses, with the number of the try.
    Resolved(u64, Result<Vec<SocketAddr>, TransportError>),
    /// The answer to an HTTPS request, with its number.
    Answered(u64, Result<HttpReply, CloseReason>),
}

/// Hands work to other threads and gathers what they bring.
pub(super) struct Background {
    /// From the first request on.
    https: OnceCell<Exchanges>,
    waker: Arc<Waker>,
    sender: Sender<(SessionId, Done)>,
    receiver: Receiver<(SessionId, Done)>,
    last_number: Cell<u64>,
}

impl Background {
    pub(super) fn new(waker: Arc<Waker>) -> Self {
        let (sender, receiver) = channel();
        Self {
            https: OnceCell::new(),
            waker,
            sender,
            receiver,
            last_number: Cell::new(0),
        }
    }

    /// Resolves a host's name; returns the try's number.
    pub(super) fn resolve(&self, id: SessionId, endpoint: &Endpoint) -> u64 {
        let number = self.number();
        let tell = self.teller(id);
        resolve_then(&endpoint.host, endpoint.port, move |addresses| {
            tell(Done::Resolved(number, addresses));
        });
        number
    }

    /// Sends an HTTPS request; returns its number.
    pub(super) fn post(&self, id: SessionId, request: HttpRequest, tls: &TlsSettings) -> u64 {
        let number = self.number();
        let tell = self.teller(id);
        let then = move |answer: Result<HttpReply, HttpsError>| {
            let answer = answer.map_err(|error| CloseReason::from(&error));
            tell(Done::Answered(number, answer));
        };
        match self.exchanges() {
            Ok(exchanges) => exchanges.begin(request, tls, then),
            Err(fault) => {
                let place = https::place(&request.url);
                then(Err(HttpsError { place, fault }));
            }
        }
        number
    }

    /// The next result, if there is one.
    pub(super) fn done(&self) -> Option<(SessionId, Done)> {
        self.receiver.try_recv().ok()
    }

    /// A number that nothing before it has had.
    fn number(&self) -> u64 {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        number
    }

    /// The thread of the exchanges; where the system gave none, it is asked again for the next.
    fn exchanges(&self) -> Result<&Exchanges, HttpsFault> {
        match self.https.get() {
            Some(exchanges) => Ok(exchanges),
            None => {
                let exchanges = Exchanges::start()?;
                Ok(self.https.get_or_init(|| exchanges))
            }
        }
    }

    /// What brings a result, from whichever thread.
    fn teller(&self, id: SessionId) -> impl FnOnce(Done) + Send + use<> {
        let sender = self.sender.clone();
        let waker = Arc::clone(&self.waker);
        move |done| {
            // Where nobody receives any more, nobody waits for it either.
            let _ = sender.send((id, done));
            let _ = waker.wake();
        }
    }
}
