//! One step of each engine that has something to be told, and what its devices want done after that.

use mio::Registry;
use tern_component::batch::{InputBatch, Report, ReportEvent, reports};
use tern_core::time::Instant;

use super::background::Background;
use super::buffers::Buffers;
use super::session::Session;
use super::{CONNECT, EngineId, Notice, RunLoop, RunLoopError, SessionId};
use crate::https;
use crate::transport::TlsSettings;

/// Bytes that may follow a CONNECT before it is sent.
const ROOM_BEHIND_LOGIN: usize = 1024;

impl RunLoop {
    /// Steps every engine that something is to be handed in to.
    pub(super) fn step(
        &mut self,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) -> Result<(), RunLoopError> {
        while let Some((engine, batch)) = self.engines.next() {
            let stepped = match batch {
                Ok(batch) => {
                    let stepped = self.step_engine(engine, &batch, on_event);
                    self.engines.give_back(batch);
                    stepped
                }
                Err(failure) => Err(failure.into()),
            };
            match stepped {
                Err(RunLoopError::Engine(error)) if self.survives_traps => {
                    self.lose(engine, &error.to_string(), on_event);
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn step_engine(
        &mut self,
        engine: EngineId,
        batch: &InputBatch,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) -> Result<(), RunLoopError> {
        let now = self.now();
        let Some(hosted) = self.engines.get_mut(engine) else {
            return Ok(());
        };
        let recorded = self.recorder.as_mut().and_then(|(id, recorder)| {
            let session = self.sessions.get(*id);
            let session = session.filter(|session| session.engine == engine)?;
            // What stands for a PINGRESP is this loop's own.
            Some((session.number, session.excuses > 0, recorder))
        });
        let recorder = match recorded {
            Some((number, own, recorder)) => {
                recorder.hand_in(now, number, batch, own)?;
                Some((number, recorder))
            }
            None => None,
        };
        let stepped = hosted.engine.step(now, batch, &mut self.outcome);
        if let Some((number, recorder)) = recorder {
            if stepped.is_err() {
                // What made the engine fail is the most wanted part of a recording.
                self.outcome.clear();
            }
            let recorded = recorder.take_out(now, number, batch, &self.outcome);
            if stepped.is_ok() {
                recorded?;
            }
        }
        stepped?;
        let mut doer = Doer {
            now,
            registry: self.poll.registry(),
            background: &self.background,
            tls: &self.tls,
            buffers: &mut self.buffers,
        };
        let mut is_rare = false;
        let mut login = false;
        for report in reports(&self.outcome, batch.bytes()) {
            let (number, report) = report?;
            let Some(id) = hosted.session(number) else {
                continue;
            };
            let Some(session) = self.sessions.touch(id) else {
                continue;
            };
            login |= matches!(report, Report::Transmit(bytes) if bytes.first() == Some(&CONNECT));
            is_rare |= is_rarely_said(&report);
            doer.do_what_it_says(report, session, on_event);
            if !session.outgoing.is_empty() || session.closing {
                self.sessions.mark_unsent(id);
            }
        }
        if login {
            self.outcome.wipe();
        }
        if is_rare {
            hosted.engine.rest();
        }
        Ok(hosted.forget_closed()?)
    }

    /// Gives an engine up that has failed, with all of its devices.
    fn lose(
        &mut self,
        engine: EngineId,
        reason: &str,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) {
        let Some(hosted) = self.engines.remove(engine) else {
            return;
        };
        for id in hosted.sessions() {
            self.sessions.remove(id);
            on_event(id, Notice::Lost { reason });
        }
    }
}

/// Whether a report comes once in a connection or so, by code that reads texts and tables which the rest of its life
/// leaves alone.
fn is_rarely_said(report: &Report<'_>) -> bool {
    !matches!(
        report,
        Report::Transmit(_)
            | Report::Deadline(_)
            | Report::Consumed { .. }
            | Report::Accepted(_)
            | Report::ToBeKept { .. }
            | Report::Event(ReportEvent::Message { .. } | ReportEvent::Published { .. })
    )
}

/// What a device's wishes need.
struct Doer<'a> {
    now: Instant,
    registry: &'a Registry,
    background: &'a Background,
    tls: &'a TlsSettings,
    buffers: &'a mut Buffers,
}

impl Doer<'_> {
    fn do_what_it_says(
        &mut self,
        report: Report<'_>,
        session: &mut Session,
        on_event: &mut dyn FnMut(SessionId, Notice<'_>),
    ) {
        let id = session.id;
        match report {
            Report::OpenTransport(endpoint) => {
                if endpoint.transport.is_secure() && !self.tls.verifies() {
                    let place = &endpoint.to_string();
                    on_event(id, Notice::Unverified { place });
                }
                session.flush(self.now, self.buffers);
                session.online = false;
                session.held.clear();
                session.need = 1;
                let Self {
                    now,
                    registry,
                    background,
                    tls,
                    ..
                } = self;
                session
                    .link
                    .open(endpoint, background, tls, registry, id, *now);
            }
            Report::SendHttp(request) => {
                if !self.tls.verifies() {
                    let place = &https::place(&request.url);
                    on_event(id, Notice::Unverified { place });
                }
                session.request = self.background.post(id, request, self.tls);
            }
            Report::Transmit(bytes) => {
                self.buffers.lend(&mut session.outgoing);
                if bytes.first() == Some(&CONNECT) {
                    // In one place from the start: what grows leaves its old place as it was.
                    session.outgoing.reserve(bytes.len() + ROOM_BEHIND_LOGIN);
                }
                session.outgoing.extend_from_slice(bytes);
            }
            Report::CloseTransport => session.closing = true,
            Report::Deadline(deadline) => session.deadline = deadline,
            Report::Consumed { .. } if session.excuses > 0 => session.excuses -= 1,
            Report::Consumed { consumed, need } => {
                session.held.drain(..consumed.min(session.held.len()));
                session.need = need;
                self.buffers.take_back(&mut session.held);
            }
            Report::Accepted(token) => {
                session.answered();
                on_event(id, Notice::Accepted(token));
            }
            Report::NotAccepted { is_full, text } => {
                session.answered();
                let reason = text;
                on_event(id, Notice::NotAccepted { is_full, reason });
            }
            Report::ToBeKept { token, packet_id } => {
                session.answered();
                on_event(id, Notice::ToBeKept { token, packet_id });
            }
            Report::NotRestored { text } => on_event(id, Notice::NotRestored { reason: text }),
            // Nothing here asks for it.
            Report::SessionMessage { .. }
            | Report::SessionSubscription { .. }
            | Report::SessionTold(_) => {}
            Report::Event(event) => {
                session.online |= matches!(event, ReportEvent::Connected { .. });
                on_event(id, Notice::Event(event));
            }
        }
    }
}
