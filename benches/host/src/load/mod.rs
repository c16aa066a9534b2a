//! Devices on sockets that cost as little as can be: what is measured is whom they connect to. One thread, no timers,
//! prepared bytes, one write for all that a device has to say at a time.

mod client;
mod flood;
mod paced;

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

pub use client::{Client, Seen};
pub use flood::Flood;
pub use paced::{Paced, Pacing};

/// How long nothing at all may come in before a run is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Many devices and the one thread that serves them.
#[derive(Debug)]
pub struct Load {
    poll: Poll,
    events: Events,
    clients: Vec<Client>,
    buffer: Vec<u8>,
}

impl Load {
    /// Nobody yet.
    ///
    /// # Panics
    /// The system has no poller left.
    #[must_use]
    pub fn new() -> Self {
        Self {
            poll: Poll::new().expect("a poller"),
            events: Events::with_capacity(1024),
            clients: Vec::new(),
            buffer: vec![0; 64 * 1024],
        }
    }

    /// Connects devices, each with its CONNECT, `at_once` of them under way at a time; answers how long that took from
    /// the first to the last CONNACK.
    ///
    /// # Panics
    /// One of them is not let in.
    pub fn connect(
        &mut self,
        server: SocketAddr,
        connects: impl IntoIterator<Item = Vec<u8>>,
        at_once: usize,
    ) -> Duration {
        let start = Instant::now();
        let mut connects = connects.into_iter();
        let mut under_way = 0;
        loop {
            for connect in connects.by_ref().take(at_once - under_way) {
                self.add(server, &connect);
                under_way += 1;
            }
            if under_way == 0 {
                return start.elapsed();
            }
            self.turn(None, |_, seen, _| {
                under_way -= usize::from(seen == Seen::Connected);
            });
        }
    }

    /// Subscribes each device to a filter with QoS 1.
    pub fn subscribe(&mut self, filter: impl Fn(usize) -> String) {
        let mut missing = self.clients.len();
        for (number, client) in self.clients.iter_mut().enumerate() {
            client.subscribe(&filter(number));
            client.flush();
        }
        while missing > 0 {
            self.turn(None, |_, seen, _| {
                missing -= usize::from(seen == Seen::Subscribed);
            });
        }
    }

    /// Waits until so many messages have come in, and acknowledges those of QoS 1.
    pub fn receive(&mut self, messages: u64) {
        let mut missing = messages;
        while missing > 0 {
            self.turn(None, |_, seen, _| {
                missing = missing.saturating_sub(u64::from(seen == Seen::Message));
            });
        }
    }

    /// The devices, in the order they were connected.
    pub fn clients(&mut self) -> &mut [Client] {
        &mut self.clients
    }

    /// Serves the sockets once, waiting at most `wait` where nothing is to be done; `on` is told of each packet, and
    /// what it has its device say goes out in one write.
    ///
    /// # Panics
    /// A connection breaks, or nothing comes in for thirty seconds though no `wait` was given.
    pub fn turn(&mut self, wait: Option<Duration>, mut on: impl FnMut(usize, Seen, &mut Client)) {
        if let Err(error) = self
            .poll
            .poll(&mut self.events, Some(wait.unwrap_or(PATIENCE)))
            && error.kind() != io::ErrorKind::Interrupted
        {
            panic!("the poller broke: {error}");
        }
        assert!(
            wait.is_some() || !self.events.is_empty(),
            "nothing came in for {} s",
            PATIENCE.as_secs()
        );
        for event in &self.events {
            let Token(number) = event.token();
            let Some(client) = self.clients.get_mut(number) else {
                continue;
            };
            if event.is_readable() {
                client.read(&mut self.buffer, |seen, client| on(number, seen, client));
            }
            client.flush();
        }
    }

    fn add(&mut self, server: SocketAddr, connect: &[u8]) {
        let mut client = Client::connect(server, connect);
        self.poll
            .registry()
            .register(
                client.stream(),
                Token(self.clients.len()),
                Interest::READABLE | Interest::WRITABLE,
            )
            .expect("a socket that was just made");
        self.clients.push(client);
    }
}

impl Default for Load {
    fn default() -> Self {
        Self::new()
    }
}
