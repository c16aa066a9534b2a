//! An engine, native or sandboxed, driven by batches as the run loop does it.

use std::hint::black_box;

use tern_component::batch::{InputBatch, Outcome, Report, ReportEvent, reports};
use tern_core::device::{Config, Login};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_core::wire::QoS;
use tern_host::engine::Engine;

use crate::Core;
use crate::shape::{Does, Shape, TOPIC};

/// A CONNACK that accepts.
pub(crate) const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];

/// Devices of one engine, all online.
pub(crate) struct Batched {
    engine: Engine,
    shape: Shape,
    sessions: Vec<u32>,
    received: Vec<u8>,
    payload: Vec<u8>,
    pubacks: Vec<u8>,
    now: u64,
    batch: InputBatch,
    outcome: Outcome,
}

/// What a device is told at its start: a broker that wants no signature, and queues that hold a round.
pub(crate) fn config() -> Config {
    let endpoint = Endpoint::from_url("mqtt://localhost").expect("a URL");
    let mut config = Config::new(Login::Plain {
        client_id: "dev1".into(),
        username: None,
        password: None,
        endpoint,
    });
    config.limits.max_inflight = 1000;
    config
}

impl Batched {
    pub(crate) fn new(mut engine: Engine, shape: &Shape) -> Self {
        let sessions: Vec<u32> = (0..shape.sessions as u64)
            .map(|seed| engine.open(config(), seed).expect("a configuration"))
            .collect();
        let mut online = Self {
            engine,
            shape: *shape,
            sessions,
            received: shape.received(),
            payload: shape.payload(),
            pubacks: Vec::new(),
            now: 0,
            batch: InputBatch::default(),
            outcome: Outcome::default(),
        };
        for &session in &online.sessions {
            online.batch.connect(session);
            online.batch.transport_opened(session);
            online.batch.received(session, &ACCEPTED);
        }
        online.step();
        online
    }

    /// Hands in what is in the batch, and reads everything that it brought. Returns how many messages came or were
    /// acknowledged.
    fn step(&mut self) -> usize {
        self.now += 1;
        let now = Instant::from_millis(self.now);
        self.engine
            .step(now, &self.batch, &mut self.outcome)
            .expect("the engine works");
        let mut messages = 0;
        for report in reports(&self.outcome, self.batch.bytes()) {
            match report.expect("an outcome that can be read") {
                (
                    session,
                    Report::Event(ReportEvent::Message {
                        topic,
                        payload,
                        qos,
                        ..
                    }),
                ) => {
                    black_box((session, topic, payload, qos));
                    messages += 1;
                }
                (_, Report::Event(ReportEvent::Published { token })) => {
                    black_box(token);
                    messages += 1;
                }
                (_, Report::Transmit(bytes)) => {
                    black_box(bytes);
                    if self.shape.does == Does::Publish {
                        self.shape.acknowledge(bytes, &mut self.pubacks);
                    }
                }
                other => {
                    black_box(other);
                }
            }
        }
        self.batch.clear();
        messages
    }
}

impl Core for Batched {
    fn round(&mut self) -> usize {
        match self.shape.does {
            Does::Nothing => {
                self.step();
                self.shape.messages()
            }
            Does::Receive => {
                for &session in &self.sessions {
                    self.batch.received(session, &self.received);
                }
                self.step()
            }
            Does::Publish => {
                self.pubacks.clear();
                for &session in &self.sessions {
                    for _ in 0..self.shape.each {
                        self.batch
                            .publish(session, TOPIC, &self.payload, QoS::AtLeastOnce);
                    }
                }
                self.step();
                let each = 4 * self.shape.each;
                for (&session, pubacks) in self.sessions.iter().zip(self.pubacks.chunks(each)) {
                    self.batch.received(session, pubacks);
                }
                self.step()
            }
        }
    }
}
