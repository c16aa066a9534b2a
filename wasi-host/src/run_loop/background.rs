//! What blocks, on threads of its own: name resolution and HTTPS. Its results wake the poll.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mio::Waker;
use tern_core::auth::HttpRequest;
use tern_core::device::CloseReason;
use tern_core::identity::Endpoint;

use super::SessionId;
use crate::https::{self, Deadlines, HttpReply};
use crate::transport::{TlsSettings, TransportError, resolve};

/// What has been done.
pub(super) enum Done {
    /// A host's addresses, with the number of the try.
    Resolved(u64, Result<Vec<SocketAddr>, TransportError>),
    /// The answer to an HTTPS request, with its number.
    Answered(u64, Result<HttpReply, CloseReason>),
}

/// Starts threads and gathers what they bring.
pub(super) struct Background {
    waker: Arc<Waker>,
    sender: Sender<(SessionId, Done)>,
    receiver: Receiver<(SessionId, Done)>,
    last_number: Cell<u64>,
}

impl Background {
    pub(super) fn new(waker: Arc<Waker>) -> Self {
        let (sender, receiver) = channel();
        Self {
            waker,
            sender,
            receiver,
            last_number: Cell::new(0),
        }
    }

    /// Resolves a host's name; returns the try's number.
    pub(super) fn resolve(&self, id: SessionId, endpoint: &Endpoint) -> u64 {
        let number = self.number();
        let (host, port) = (endpoint.host.clone(), endpoint.port);
        self.run(id, move || Done::Resolved(number, resolve(&host, port)));
        number
    }

    /// Sends an HTTPS request; returns its number.
    pub(super) fn post(&self, id: SessionId, request: HttpRequest, tls: &TlsSettings) -> u64 {
        let number = self.number();
        let exchange = https::send(request, tls, Deadlines::default(), || ());
        self.run(id, move || {
            let answer = exchange.wait().map_err(|error| CloseReason::from(&error));
            Done::Answered(number, answer)
        });
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

    fn run(&self, id: SessionId, work: impl FnOnce() -> Done + Send + 'static) {
        let sender = self.sender.clone();
        let waker = Arc::clone(&self.waker);
        thread::spawn(move || {
            // Where nobody receives any more, nobody waits for it either.
            let _ = sender.send((id, work()));
            let _ = waker.wake();
        });
    }
}
