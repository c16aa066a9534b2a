//! Moves bytes and time between the device and its transport.

use tern_core::auth::HttpAnswer;
use tern_core::device::{Event, Input, Output, Phase};
use tern_core::wire::{Framed, Sender, frame, read};

use super::{Running, Session, instant};
use crate::form::Carrier;
use crate::protocol::Direction;
use crate::worker::repeat::Repeat;
use crate::worker::transport::{Answer, Happened};

impl Session {
    /// Carries on until nothing is left to do. Answers how many ms from now it wants to be called again
    /// even if nothing comes.
    pub fn turn(&mut self, now_ms: f64) -> Option<f64> {
        let now = instant(now_ms);
        self.publish_again(now_ms);
        while let Some(mut running) = self.running.take() {
            let alive = self.drain(now_ms, &mut running);
            if !alive {
                self.transport(running.carrier).close(now);
                continue;
            }
            if let Some(answer) = running.answer.take() {
                answered(now_ms, &mut running, answer);
                self.running = Some(running);
                continue;
            }
            let happened = self
                .transport(running.carrier)
                .next(now, &mut running.received);
            match happened {
                Some(Happened::Opened) => {
                    running.trail.opened();
                    running.device.handle_input(now, Input::TransportOpened);
                }
                Some(Happened::Received) => self.received(now_ms, &mut running),
                Some(Happened::Closed(reason)) => {
                    running.received.clear();
                    running.need = 1;
                    let input = Input::TransportClosed(reason);
                    running.device.handle_input(now, input);
                }
                Some(Happened::Answered(answer)) => answered(now_ms, &mut running, answer),
                None if running.wake_at.is_some_and(|at| at <= now) => {
                    running.wake_at = None;
                    running.device.handle_input(now, Input::Timeout);
                }
                None => {
                    self.running = Some(running);
                    break;
                }
            }
            self.running = Some(running);
        }
        let device = self.running.as_ref().and_then(|running| running.wake_at);
        let transports = [self.in_page.wake_at(), self.network.wake_at()];
        let next = transports.into_iter().flatten().chain(device).min();
        #[allow(clippy::cast_precision_loss, reason = "no page lives 2^53 ms")]
        let next = next.map(|next| next.as_millis() as f64);
        let again = self.repeat.as_ref().and_then(Repeat::next_ms);
        let next = next.into_iter().chain(again).reduce(f64::min)?;
        Some((next - now_ms).max(0.0))
    }

    /// Does what the device wants; false once it has stopped.
    fn drain(&mut self, now_ms: f64, running: &mut Running) -> bool {
        let now = instant(now_ms);
        let mut transmit = Vec::new();
        let mut alive = true;
        loop {
            transmit.clear();
            match running.device.poll_output(&mut transmit) {
                Output::OpenTransport(endpoint) => {
                    running.received.clear();
                    running.need = 1;
                    self.history.connection();
                    let is_in_page = running.carrier == Carrier::InPage;
                    running.trail.opening((!is_in_page).then_some(&endpoint));
                    self.transport(running.carrier).open(now, &endpoint);
                }
                Output::Transmit => {
                    running.trail.sent(now_ms);
                    self.sent(now_ms, &transmit);
                    self.transport(running.carrier).send(now, &transmit);
                }
                Output::CloseTransport => {
                    running.received.clear();
                    running.need = 1;
                    self.transport(running.carrier).close(now);
                }
                Output::Event(event) => {
                    self.changed = true;
                    alive &= !matches!(event, Event::Ended(_));
                    self.told(now_ms, event, running);
                }
                Output::SendHttp(request) => {
                    self.changed = true;
                    running.trail.authenticating();
                    // Handed in once the device has said all that it wants.
                    running.answer = self.transport(running.carrier).ask(now, request);
                }
                Output::Timeout(at) => {
                    running.wake_at = at;
                    return alive;
                }
            }
        }
    }

    fn received(&mut self, now_ms: f64, running: &mut Running) {
        let received = &mut running.received;
        for len in received.messages.drain(..) {
            self.history.frame(Direction::Down, len);
        }
        self.changed = true;
        if received.bytes.len() < running.need {
            return;
        }
        running.trail.received(&received.bytes);
        let input = Input::Received(&received.bytes);
        let progress = running.device.handle_input(instant(now_ms), input);
        running.need = progress.need;
        let consumed = progress.consumed.min(received.bytes.len());
        // Before the outputs are drained, so that what came stands before what answers it.
        let whole = received.bytes.get(..consumed).unwrap_or_default();
        // A device that has given up its transport over these bytes found fault with one of the packets.
        let doubtful = matches!(running.device.phase(), Phase::Idle | Phase::Waiting);
        self.each_packet(now_ms, Direction::Down, whole, doubtful);
        received.bytes.drain(..consumed);
    }

    fn sent(&mut self, now_ms: f64, bytes: &[u8]) {
        self.changed = true;
        self.history.frame(Direction::Up, bytes.len());
        self.each_packet(now_ms, Direction::Up, bytes, false);
    }

    /// Logs the packets. Where they are `doubtful` each is checked: what is malformed is listed as such.
    fn each_packet(&mut self, now_ms: f64, direction: Direction, mut bytes: &[u8], doubtful: bool) {
        let sender = match direction {
            Direction::Up => Sender::Client,
            Direction::Down => Sender::Server,
        };
        while !bytes.is_empty() {
            let len = match frame(bytes, sender, usize::MAX) {
                Ok(Framed::Complete { len }) => len.min(bytes.len()),
                // The device takes and sends whole packets; should it ever not, nothing goes unseen.
                Ok(Framed::Need(_)) | Err(_) => bytes.len(),
            };
            let (packet, rest) = bytes.split_at(len);
            if doubtful && read(packet, sender).is_err() {
                self.history.malformed(now_ms, direction, packet);
            } else {
                self.history.packet(now_ms, direction, packet);
            }
            bytes = rest;
        }
    }
}

fn answered(now_ms: f64, running: &mut Running, answer: Answer) {
    let answer = match &answer {
        Ok(reply) => Ok(HttpAnswer {
            status: reply.status,
            body: &reply.body,
        }),
        Err(failure) => {
            running.trail.auth_failed(failure.clone());
            Err(failure.clone().into())
        }
    };
    let input = Input::HttpAnswered(answer);
    running.device.handle_input(instant(now_ms), input);
}
