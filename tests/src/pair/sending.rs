//! What the two sides give to the network, and the links that it goes over.

use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_platform::{Arrival, ConnectionId};

use super::link::{Flight, Link};
use super::{Fate, Pair, Way};

impl Pair {
    pub(super) fn send(&mut self, flight: Flight) {
        let at = self.now + self.network.delay();
        self.send_at(at, flight);
    }

    fn send_at(&mut self, at: Instant, flight: Flight) -> (Instant, u64) {
        self.last_flight += 1;
        let key = (at, self.last_flight);
        self.flights.insert(key, flight);
        key
    }

    /// Sends bytes on a link, in the pieces that the network makes of them.
    pub(super) fn send_bytes(&mut self, number: u64, way: Way, bytes: Vec<u8>) {
        let Some(link) = self.links.get(&number) else {
            return;
        };
        let lane = match way {
            Way::Up => &link.up,
            Way::Down => &link.down,
        };
        if lane.vanishes {
            return;
        }
        let (mut last, stalled_until) = (lane.last, lane.stalled_until);
        let mut pieces = Vec::with_capacity(1);
        self.network.carry(self.now, way, bytes, &mut pieces);
        for piece in pieces {
            if piece.merged
                && let Some(flight) = self.flights.get_mut(&last)
                && let Some((bytes, corrupted)) = flight.bytes_mut()
            {
                bytes.extend_from_slice(&piece.bytes);
                *corrupted |= piece.corrupted;
                continue;
            }
            let at = (self.now + piece.delay).max(last.0).max(stalled_until);
            let (bytes, corrupted) = (piece.bytes, piece.corrupted);
            let flight = match way {
                Way::Up => Flight::Up {
                    link: number,
                    bytes,
                    corrupted,
                },
                Way::Down => Flight::Down {
                    link: number,
                    bytes,
                    corrupted,
                },
            };
            last = self.send_at(at, flight);
        }
        self.set_last(number, way, last);
    }

    /// Sends a close behind all bytes of its direction.
    fn send_close(&mut self, number: u64, way: Way, flight: Flight) {
        let Some(link) = self.links.get(&number) else {
            return;
        };
        let lane = match way {
            Way::Up => &link.up,
            Way::Down => &link.down,
        };
        if lane.vanishes || self.network.closing() != Fate::Passes {
            return;
        }
        let at = (self.now + self.network.delay())
            .max(lane.last.0)
            .max(lane.stalled_until);
        self.send_at(at, flight);
    }

    fn set_last(&mut self, number: u64, way: Way, last: (Instant, u64)) {
        if let Some(link) = self.links.get_mut(&number) {
            match way {
                Way::Up => link.up.last = last,
                Way::Down => link.down.last = last,
            }
        }
    }

    pub(super) fn request(&mut self, end: usize, body: String) {
        self.ends[end].http_requests += 1;
        // An earlier request is not answered any more.
        self.ends[end].life += 1;
        let life = self.ends[end].life;
        match self.network.request() {
            Fate::Passes => self.send(Flight::Request { end, life, body }),
            Fate::Fails => self.send(Flight::Answer {
                end,
                life,
                answer: None,
            }),
            Fate::Vanishes => {}
        }
    }

    pub(super) fn open(&mut self, end: usize, endpoint: &Endpoint) {
        self.let_go(end);
        let arrival = Arrival {
            secure: endpoint.transport.is_secure(),
            websocket: endpoint.transport.is_websocket(),
        };
        let number = self.new_link(end);
        self.ends[end].link = Some(number);
        match self.network.opening() {
            Fate::Passes => self.send(Flight::Open {
                link: number,
                arrival,
            }),
            Fate::Fails => self.send(Flight::DownClosed {
                link: number,
                reason: "the network is unreachable".to_owned(),
                is_broken: true,
            }),
            Fate::Vanishes => {}
        }
        if self.network.doubles() {
            let double = self.new_link(end);
            if let Some(link) = self.links.get_mut(&double) {
                link.is_double = true;
                link.down.vanishes = true;
            }
            if let Some(link) = self.links.get_mut(&number) {
                link.double = Some(double);
            }
            self.send(Flight::Open {
                link: double,
                arrival,
            });
        }
    }

    fn new_link(&mut self, end: usize) -> u64 {
        self.last_link += 1;
        self.links.insert(self.last_link, Link::new(end));
        self.last_link
    }

    /// The device's host closes its link, if it has one.
    pub(super) fn let_go(&mut self, end: usize) {
        let end = &mut self.ends[end];
        end.held.clear();
        end.need = 1;
        end.seen = 0;
        let Some(link) = end.link.take() else {
            return;
        };
        if self
            .links
            .get(&link)
            .is_some_and(|link| link.connection.is_none())
        {
            // There is nothing at the other side, not yet or not any more.
            self.remove_link(link);
        } else {
            self.send_close(link, Way::Up, Flight::UpClosed { link });
        }
    }

    pub(super) fn platform_closed(&mut self, number: u64, reason: String) {
        if self.end_of(number).is_none() {
            // Nobody is left to be told.
            self.remove_link(number);
            return;
        }
        if let Some(link) = self.links.get_mut(&number) {
            link.connection = None;
        }
        let flight = Flight::DownClosed {
            link: number,
            reason,
            is_broken: false,
        };
        self.send_close(number, Way::Down, flight);
    }

    /// The device's host that holds this link.
    pub(super) fn end_of(&self, link: u64) -> Option<usize> {
        self.ends.iter().position(|end| end.link == Some(link))
    }

    pub(super) fn link_of(&self, connection: ConnectionId) -> Option<u64> {
        let mut links = self.links.iter();
        links
            .find(|(_, link)| link.connection == Some(connection))
            .map(|(&number, _)| number)
    }

    pub(super) fn remove_link(&mut self, number: u64) -> Option<Link> {
        let link = self.links.remove(&number)?;
        // Somebody that hung may only now have heard of its bytes.
        self.corruption_arrived |= link.is_corrupted;
        Some(link)
    }
}
