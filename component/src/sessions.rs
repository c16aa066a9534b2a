//! Many devices, each with a number, driven by batches.

use tern_core::auth::HttpAnswer;
use tern_core::device::{
    Config, ConfigError, Device, Input, KeptMessage, Output, PublishError, RestoreError,
    SubscribeError, Token,
};
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};

use crate::batch::{BadRow, Command, Outcome, commands};

/// The devices of one instance.
#[derive(Debug, Default)]
pub struct Sessions {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    has_answer: bool,
}

#[derive(Debug)]
struct Slot {
    device: Device,
    /// What the host was last told.
    deadline: Option<Instant>,
    /// Whether the host keeps each message before it is sent.
    holds: bool,
}

impl Sessions {
    /// Makes a device that does nothing yet and returns its number.
    ///
    /// # Errors
    /// A setting that breaks its rule.
    pub fn open(&mut self, config: Config, seed: u64) -> Result<u32, ConfigError> {
        let device = Device::new(config, seed)?;
        let slot = Some(Slot {
            device,
            deadline: None,
            holds: false,
        });
        if let Some(session) = self.free.pop()
            && let Some(place) = self.slots.get_mut(session as usize)
        {
            *place = slot;
            return Ok(session);
        }
        let session = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(slot);
        Ok(session)
    }

    /// Forgets a device.
    pub fn close(&mut self, session: u32) {
        if let Some(place) = self.slots.get_mut(session as usize)
            && place.take().is_some()
        {
            self.free.push(session);
        }
    }

    /// Hands in a batch and appends what it brought to `outcome`. Commands for devices that do not exist
    /// are passed over: the host may have closed them meanwhile.
    ///
    /// # Errors
    /// A row that does not follow the layout: what stands before it has been done.
    pub fn step(
        &mut self,
        now: Instant,
        words: &[u32],
        bytes: &[u8],
        outcome: &mut Outcome,
    ) -> Result<(), BadRow> {
        for command in commands(words, bytes) {
            let (session, command) = command?;
            self.has_answer |= matches!(command, Command::HttpAnswered { .. });
            if let Some(Some(slot)) = self.slots.get_mut(session as usize) {
                slot.handle(now, session, command, outcome);
            }
        }
        Ok(())
    }
}

impl Sessions {
    /// Whether an HTTP answer was handed in since this was last asked: it may hold a token, and whoever has its bytes
    /// overwrites them.
    pub fn take_answered(&mut self) -> bool {
        core::mem::take(&mut self.has_answer)
    }
}

impl Slot {
    fn handle(&mut self, now: Instant, session: u32, command: Command<'_>, outcome: &mut Outcome) {
        let device = &mut self.device;
        let mut message_base = 0;
        match command {
            Command::Connect => device.connect(now),
            Command::Disconnect => device.disconnect(now),
            Command::Publish {
                topic,
                payload,
                qos,
            } => match TopicName::new(topic) {
                Ok(topic) => match device.publish(now, &topic, payload, qos) {
                    Ok(token) => match device.packet_id(token).filter(|_| self.holds) {
                        Some(id) => outcome.accepted_to_keep(session, token, id),
                        None => outcome.accepted(session, token),
                    },
                    Err(error) => {
                        let is_full = matches!(error, PublishError::Full { .. });
                        outcome.not_accepted(session, is_full, &error.to_string());
                    }
                },
                Err(error) => outcome.not_accepted(session, false, &error.to_string()),
            },
            Command::Subscribe { filter, qos } => match TopicFilter::new(filter) {
                Ok(filter) => answer(session, device.subscribe(now, &filter, qos), outcome),
                Err(error) => outcome.not_accepted(session, false, &error.to_string()),
            },
            Command::Unsubscribe { filter } => match TopicFilter::new(filter) {
                Ok(filter) => answer(session, device.unsubscribe(now, &filter), outcome),
                Err(error) => outcome.not_accepted(session, false, &error.to_string()),
            },
            Command::TransportOpened => {
                device.handle_input(now, Input::TransportOpened);
            }
            Command::Received { start, bytes } => {
                message_base = start;
                let progress = device.handle_input(now, Input::Received(bytes));
                outcome.consumed(session, progress.consumed, progress.need);
            }
            Command::TransportClosed(reason) => {
                device.handle_input(now, Input::TransportClosed(reason));
            }
            Command::HttpAnswered { status, body } => {
                device.handle_input(now, Input::HttpAnswered(Ok(HttpAnswer { status, body })));
            }
            Command::HttpFailed(reason) => {
                device.handle_input(now, Input::HttpAnswered(Err(reason)));
            }
            Command::Timeout => {
                device.handle_input(now, Input::Timeout);
            }
            Command::RestoreMessage {
                token,
                packet_id,
                topic,
                payload,
            } => {
                let message = KeptMessage {
                    token,
                    packet_id,
                    topic: topic.to_owned(),
                    payload: payload.to_vec(),
                };
                restored(session, device.restore_message(&message), outcome);
            }
            Command::RestoreSubscription { filter, qos } => match TopicFilter::new(filter) {
                Ok(filter) => {
                    let result = device.restore_subscription(&filter, qos);
                    restored(session, result, outcome);
                }
                Err(error) => outcome.not_restored(session, &error.to_string()),
            },
            Command::RestoreTokens(last) => {
                restored(session, device.restore_tokens(last), outcome);
            }
            Command::HoldUntilKept => {
                self.holds = true;
                device.hold_until_kept();
            }
            Command::Kept(up_to) => device.kept(now, up_to),
            Command::Withdraw(token) => {
                device.withdraw(now, token);
            }
            Command::TellSession => outcome.session(session, &device.session()),
        }
        self.drain(session, message_base, outcome);
    }

    fn drain(&mut self, session: u32, message_base: usize, outcome: &mut Outcome) {
        loop {
            let start = outcome.bytes.len();
            match self.device.poll_output(&mut outcome.bytes) {
                Output::OpenTransport(endpoint) => outcome.open_transport(session, &endpoint),
                Output::SendHttp(request) => outcome.send_http(session, &request),
                Output::Transmit => outcome.transmit(session, start),
                Output::CloseTransport => outcome.close_transport(session),
                Output::Event(event) => outcome.event(session, message_base, &event),
                Output::Timeout(deadline) => {
                    if self.deadline != deadline {
                        self.deadline = deadline;
                        outcome.deadline(session, deadline);
                    }
                    return;
                }
            }
        }
    }
}

fn answer(session: u32, result: Result<Token, SubscribeError>, outcome: &mut Outcome) {
    match result {
        Ok(token) => outcome.accepted(session, token),
        Err(error) => {
            let is_full = matches!(error, SubscribeError::Full { .. });
            outcome.not_accepted(session, is_full, &error.to_string());
        }
    }
}

fn restored(session: u32, result: Result<(), RestoreError>, outcome: &mut Outcome) {
    if let Err(error) = result {
        outcome.not_restored(session, &error.to_string());
    }
}
