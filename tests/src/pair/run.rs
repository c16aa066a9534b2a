//! The run itself: from one wake-up to the next, and what each brings.

use tern_core::auth::HttpAnswer;
use tern_core::device::{CloseKind, CloseReason, Event, Input, Output};
use tern_core::time::Instant;
use tern_platform::Arrival;

use super::link::{Flight, Link};
use super::{Pair, Told, Way};

impl Pair {
    pub(super) fn next(&self) -> Option<Instant> {
        let flight = self.flights.keys().next().map(|&(at, _)| at);
        let ends = self.ends.iter().flat_map(|end| {
            let backlog = (!end.waiting.is_empty()).then_some(end.stalled_until);
            [end.deadline.map(|at| at.max(end.stalled_until)), backlog]
        });
        ends.chain([flight, self.platform_wakes]).flatten().min()
    }

    pub(super) fn wake_up(&mut self, at: Instant) {
        self.now = self.now.max(at);
        let now = self.now;
        if let Some((&key, _)) = self.flights.first_key_value()
            && key.0 <= now
            && let Some(flight) = self.flights.remove(&key)
        {
            return self.arrive(flight);
        }
        for end in 0..self.ends.len() {
            if self.ends[end].stalled_until > now {
                continue;
            }
            let waiting = core::mem::take(&mut self.ends[end].waiting);
            for flight in waiting {
                self.arrive(flight);
            }
            if self.ends[end]
                .deadline
                .is_some_and(|deadline| deadline <= now)
            {
                // Bytes too few for a packet still show that the link lives.
                if self.ends[end].held.len() > self.ends[end].seen {
                    self.hand_in(end);
                }
                self.input(end, Input::Timeout);
            }
        }
        if self.platform_wakes.is_some_and(|at| at <= now) {
            self.platform.timeout(now);
            self.drain_platform();
        }
    }

    fn arrive(&mut self, flight: Flight) {
        let now = self.now;
        let for_device = match &flight {
            Flight::Opened { link }
            | Flight::Down { link, .. }
            | Flight::DownClosed { link, .. } => {
                // Nothing reaches a host that has let go of this link.
                let Some(end) = self.end_of(*link) else {
                    return;
                };
                Some(end)
            }
            Flight::Answer { end, .. } => Some(*end),
            _ => None,
        };
        if let Some(end) = for_device
            && (self.ends[end].stalled_until > now || !self.ends[end].waiting.is_empty())
        {
            return self.ends[end].waiting.push(flight);
        }
        match flight {
            Flight::Open { link, arrival } => self.platform_opened(link, arrival),
            Flight::Opened { link } => {
                if let Some(end) = self.end_of(link) {
                    self.input(end, Input::TransportOpened);
                }
            }
            Flight::Up {
                link,
                bytes,
                corrupted,
            } => self.up(link, &bytes, corrupted),
            Flight::Down {
                link,
                bytes,
                corrupted,
            } => {
                if let Some(end) = self.end_of(link) {
                    if corrupted && let Some(link) = self.links.get_mut(&link) {
                        link.is_corrupted = true;
                        self.corruption_arrived = true;
                    }
                    self.down(end, &bytes);
                }
            }
            Flight::UpClosed { link } => {
                if let Some(Link {
                    connection: Some(connection),
                    ..
                }) = self.remove_link(link)
                {
                    self.platform
                        .closed(now, connection, "closed by the device");
                }
            }
            Flight::DownClosed {
                link,
                reason,
                is_broken,
            } => {
                if let Some(end) = self.end_of(link) {
                    self.ends[end].link = None;
                    self.remove_link(link);
                    let reason = CloseReason {
                        kind: if is_broken {
                            CloseKind::Network
                        } else {
                            CloseKind::Closed
                        },
                        text: reason,
                    };
                    self.input(end, Input::TransportClosed(reason));
                }
            }
            Flight::Request { end, life, body } => {
                let answer = (now >= self.platform_is_down_until)
                    .then(|| self.platform.auth(now, body.as_bytes()));
                self.send(Flight::Answer { end, life, answer });
            }
            Flight::Answer { end, life, answer } => self.answer(end, life, answer),
        }
        self.drain_platform();
    }

    fn platform_opened(&mut self, link: u64, arrival: Arrival) {
        if !self.links.contains_key(&link) {
            return;
        }
        if self.now < self.platform_is_down_until {
            return self.send(Flight::DownClosed {
                link,
                reason: "connection refused".to_owned(),
                is_broken: true,
            });
        }
        let connection = self.platform.opened(self.now, arrival);
        if let Some(link) = self.links.get_mut(&link) {
            link.connection = Some(connection);
        }
        self.send(Flight::Opened { link });
    }

    fn answer(&mut self, end: usize, life: u32, answer: Option<(u16, String)>) {
        if self.ends[end].life != life {
            return;
        }
        match &answer {
            Some((status, body)) => {
                let (status, body) = (*status, body.as_bytes());
                self.input(end, Input::HttpAnswered(Ok(HttpAnswer { status, body })));
            }
            None => {
                let reason = CloseReason {
                    kind: CloseKind::Network,
                    text: "the request failed".to_owned(),
                };
                self.input(end, Input::HttpAnswered(Err(reason)));
            }
        }
    }

    fn up(&mut self, number: u64, bytes: &[u8], corrupted: bool) {
        let Some(link) = self.links.get_mut(&number) else {
            return;
        };
        let double = link.double.take();
        link.is_corrupted |= corrupted;
        self.corruption_arrived |= corrupted;
        if let Some(connection) = link.connection {
            link.held.extend_from_slice(bytes);
            if link.held.len() >= link.need {
                let progress = self.platform.received(self.now, connection, &link.held);
                link.held.drain(..progress.consumed);
                link.need = progress.need;
            }
        }
        if let Some(double) = double {
            self.send_bytes(double, Way::Up, bytes.to_vec());
        }
    }

    fn down(&mut self, number: usize, bytes: &[u8]) {
        let end = &mut self.ends[number];
        end.held.extend_from_slice(bytes);
        if end.held.len() >= end.need {
            self.hand_in(number);
        }
    }

    /// Hands a device all that its host holds.
    fn hand_in(&mut self, number: usize) {
        let end = &mut self.ends[number];
        let mut held = core::mem::take(&mut end.held);
        let progress = end.device.handle_input(self.now, Input::Received(&held));
        self.drain_device(number, &held);
        held.drain(..progress.consumed);
        let end = &mut self.ends[number];
        // A new link, opened while draining, begins with nothing held.
        if end.link.is_some() {
            end.seen = held.len();
            end.held = held;
            end.need = progress.need;
        }
    }

    fn input(&mut self, end: usize, input: Input<'_>) {
        self.ends[end].device.handle_input(self.now, input);
        self.drain_device(end, &[]);
    }

    pub(super) fn drain_device(&mut self, number: usize, received: &[u8]) {
        loop {
            let mut bytes = Vec::new();
            let end = &mut self.ends[number];
            match end.device.poll_output(&mut bytes) {
                Output::OpenTransport(endpoint) => self.open(number, &endpoint),
                Output::SendHttp(request) => self.request(number, request.body),
                Output::Transmit => {
                    if let Some(link) = end.link {
                        if end.is_watched {
                            let bytes = bytes.clone();
                            end.told.push(Told::Sent { link, bytes });
                        }
                        self.send_bytes(link, Way::Up, bytes);
                    }
                }
                Output::CloseTransport => self.let_go(number),
                Output::Event(Event::Message {
                    topic,
                    payload,
                    qos,
                    dup,
                    ..
                }) => {
                    let text = |range| String::from_utf8_lossy(&received[range]).into_owned();
                    let (topic, payload) = (text(topic), text(payload));
                    end.told.push(Told::Message {
                        topic,
                        payload,
                        qos,
                        dup,
                    });
                }
                Output::Event(event) => end.told.push(Told::Event(event)),
                Output::Timeout(at) => {
                    end.deadline = at;
                    return;
                }
            }
        }
    }

    pub(super) fn drain_platform(&mut self) {
        loop {
            let mut bytes = Vec::new();
            match self.platform.poll_output(&mut bytes) {
                tern_platform::Output::Transmit { to } => {
                    if let Some(link) = self.link_of(to) {
                        self.send_bytes(link, Way::Down, bytes);
                    }
                }
                tern_platform::Output::Close { connection, reason } => {
                    if let Some(link) = self.link_of(connection) {
                        self.platform_closed(link, reason);
                    }
                }
                tern_platform::Output::Event(event) => self.platform_told.push(event),
                tern_platform::Output::Timeout(at) => {
                    self.platform_wakes = at;
                    return;
                }
            }
        }
    }
}
