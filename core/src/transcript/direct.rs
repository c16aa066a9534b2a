//! Where a recording is played: the core behind one small face, whatever it runs in.

use core::convert::Infallible;

use super::{Header, Heard, Said};
use crate::auth::HttpAnswer;
use crate::device::{
    ConfigError, Device, Input, Output, PublishError, RestoreError, Session, SubscribeError, Token,
};
use crate::time::Instant;
use crate::topic::{TopicFilter, TopicName};

/// A device that a recording is played to.
pub trait Core {
    /// Why it can't go on.
    type Error;

    /// Hands in what was heard, and appends everything that comes out to `said`. For [`Heard::Received`],
    /// `held` has all the bytes that the device is to see: those that it has not consumed too.
    ///
    /// # Errors
    /// The place where the core runs has failed.
    fn hand_in(
        &mut self,
        now: Instant,
        heard: &Heard,
        held: &[u8],
        said: &mut Vec<Said>,
    ) -> Result<(), Self::Error>;
}

/// The core itself, with nothing in between.
#[derive(Debug)]
pub struct Direct {
    device: Device,
    /// What was said last.
    deadline: Option<Instant>,
    /// Whether the host keeps each message before it is sent.
    holds: bool,
}

impl Direct {
    /// The device that a recording's header describes.
    ///
    /// # Errors
    /// A setting breaks its rule.
    pub fn new(header: &Header) -> Result<Self, ConfigError> {
        Ok(Self {
            device: Device::new(header.config.clone(), header.seed)?,
            deadline: None,
            holds: false,
        })
    }

    fn drain(&mut self, held: &[u8], said: &mut Vec<Said>) {
        loop {
            let mut transmit = Vec::new();
            said.push(match self.device.poll_output(&mut transmit) {
                Output::OpenTransport(endpoint) => Said::OpenTransport(endpoint),
                Output::SendHttp(request) => Said::SendHttp {
                    url: request.url,
                    body: request.body,
                },
                Output::Transmit => Said::Transmit(transmit),
                Output::CloseTransport => Said::CloseTransport,
                Output::Event(event) => Said::event(event, held),
                Output::Timeout(deadline) => {
                    if self.deadline != deadline {
                        self.deadline = deadline;
                        said.push(Said::Deadline(deadline));
                    }
                    return;
                }
            });
        }
    }
}

impl Core for Direct {
    type Error = Infallible;

    fn hand_in(
        &mut self,
        now: Instant,
        heard: &Heard,
        held: &[u8],
        said: &mut Vec<Said>,
    ) -> Result<(), Infallible> {
        let device = &mut self.device;
        match heard {
            Heard::Connect => device.connect(now),
            Heard::Disconnect => device.disconnect(now),
            Heard::Publish {
                topic,
                payload,
                qos,
            } => said.push(match TopicName::new(topic) {
                Ok(topic) => match device.publish(now, &topic, payload, *qos) {
                    Ok(token) => match device.packet_id(token).filter(|_| self.holds) {
                        Some(packet_id) => Said::ToBeKept { token, packet_id },
                        None => Said::Accepted(token),
                    },
                    Err(error) => not_accepted(matches!(error, PublishError::Full { .. }), &error),
                },
                Err(error) => not_accepted(false, &error),
            }),
            Heard::Subscribe { filter, qos } => said.push(match TopicFilter::new(filter) {
                Ok(filter) => answered(device.subscribe(now, &filter, *qos)),
                Err(error) => not_accepted(false, &error),
            }),
            Heard::Unsubscribe { filter } => said.push(match TopicFilter::new(filter) {
                Ok(filter) => answered(device.unsubscribe(now, &filter)),
                Err(error) => not_accepted(false, &error),
            }),
            Heard::TransportOpened => {
                device.handle_input(now, Input::TransportOpened);
            }
            Heard::Received { .. } => {
                let progress = device.handle_input(now, Input::Received(held));
                said.push(Said::Consumed {
                    consumed: progress.consumed,
                    need: progress.need,
                });
            }
            Heard::TransportClosed(reason) => {
                device.handle_input(now, Input::TransportClosed(reason.clone()));
            }
            Heard::HttpAnswered { status, body } => {
                let answer = HttpAnswer {
                    status: *status,
                    body,
                };
                device.handle_input(now, Input::HttpAnswered(Ok(answer)));
            }
            Heard::HttpFailed(reason) => {
                device.handle_input(now, Input::HttpAnswered(Err(reason.clone())));
            }
            Heard::Timeout => {
                device.handle_input(now, Input::Timeout);
            }
            Heard::RestoreMessage(message) => said.extend(fault(device.restore_message(message))),
            Heard::RestoreSubscription { filter, qos } => match TopicFilter::new(filter) {
                Ok(filter) => said.extend(fault(device.restore_subscription(&filter, *qos))),
                Err(error) => said.push(not_restored(&error)),
            },
            Heard::RestoreTokens(last) => said.extend(fault(device.restore_tokens(*last))),
            Heard::HoldUntilKept => {
                self.holds = true;
                device.hold_until_kept();
            }
            Heard::Kept(up_to) => device.kept(now, *up_to),
            Heard::Withdraw(token) => {
                device.withdraw(now, *token);
            }
            Heard::TellSession => tell(device.session(), said),
        }
        self.drain(held, said);
        Ok(())
    }
}

fn answered(result: Result<Token, SubscribeError>) -> Said {
    match result {
        Ok(token) => Said::Accepted(token),
        Err(error) => not_accepted(matches!(error, SubscribeError::Full { .. }), &error),
    }
}

/// What is said of a restoration: nothing where it was done.
fn fault(result: Result<(), RestoreError>) -> Option<Said> {
    result.err().map(|error| not_restored(&error))
}

fn not_restored(error: &impl ToString) -> Said {
    let text = error.to_string();
    Said::NotRestored { text }
}

fn tell(session: Session, said: &mut Vec<Said>) {
    said.extend(session.messages.into_iter().map(Said::SessionMessage));
    let subscriptions = session.subscriptions.into_iter();
    said.extend(
        subscriptions.map(|(filter, qos)| Said::SessionSubscription {
            filter: filter.as_str().to_owned(),
            qos,
        }),
    );
    said.push(Said::SessionTold(session.last_token));
}

fn not_accepted(is_full: bool, error: &impl ToString) -> Said {
    Said::NotAccepted {
        is_full,
        text: error.to_string(),
    }
}
