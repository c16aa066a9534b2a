//! Subscriptions that stand, and the requests that are under way for them.

use core::time::Duration;

use super::packet_ids::PacketIds;
use super::{Limits, SubscribeError, Token};
use crate::time::Instant;
use crate::topic::TopicFilter;
use crate::wire::{Packet, PacketId, QoS, SubackCode, Subscribe, Unsubscribe, write};

/// What is asked of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Subscribe(QoS),
    Unsubscribe,
}

/// A SUBSCRIBE or UNSUBSCRIBE of one filter. Without a token where the device renews a subscription by
/// itself, or where the caller has been told that the request timed out.
#[derive(Clone, Debug)]
struct Request {
    token: Option<Token>,
    ask: Ask,
    filter: TopicFilter,
    id: Option<PacketId>,
    deadline: Option<Instant>,
    /// Told to be over; its packet identifier stays taken until the answer or the end of the connection.
    abandoned: bool,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    Subscribed {
        token: Option<Token>,
        filter: TopicFilter,
        qos: QoS,
    },
    Refused {
        token: Option<Token>,
        filter: TopicFilter,
    },
    Unsubscribed {
        token: Token,
        filter: TopicFilter,
    },
    /// The caller has been told before that it timed out.
    TooLate,
}

/// The filters that the device wants, and the requests on their way.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscriptions {
    standing: Vec<(TopicFilter, QoS)>,
    requests: Vec<Request>,
    /// They are an earlier device's: a session that is present may be an empty one, made by a CONNECT whose
    /// answer was lost with that device.
    in_doubt: bool,
}

impl Subscriptions {
    /// Takes a request in.
    pub(super) fn accept(
        &mut self,
        token: Token,
        ask: Ask,
        filter: &TopicFilter,
        limits: &Limits,
    ) -> Result<(), SubscribeError> {
        if ask == Ask::Subscribe(QoS::ExactlyOnce) {
            return Err(SubscribeError::Qos2);
        }
        // Counted apart: where no further subscription goes, one must still be able to end.
        let alike =
            |request: &&Request| (request.ask == Ask::Unsubscribe) == (ask == Ask::Unsubscribe);
        let standing = match ask {
            Ask::Subscribe(_) => self.standing.len(),
            Ask::Unsubscribe => 0,
        };
        if standing + self.requests.iter().filter(alike).count() >= limits.max_subscriptions {
            return Err(SubscribeError::Full {
                limit: limits.max_subscriptions,
            });
        }
        self.requests.push(Request {
            token: Some(token),
            ask,
            filter: filter.clone(),
            id: None,
            deadline: None,
            abandoned: false,
        });
        Ok(())
    }

    /// Those that stand, or are being renewed.
    pub(super) fn standing(&self) -> impl Iterator<Item = (TopicFilter, QoS)> {
        let renewed = self.requests.iter().filter_map(|request| {
            let is_renewal = request.token.is_none() && !request.abandoned;
            match request.ask {
                Ask::Subscribe(qos) if is_renewal => Some((request.filter.clone(), qos)),
                _ => None,
            }
        });
        self.standing.iter().cloned().chain(renewed)
    }

    /// A subscription that an earlier device had.
    pub(super) fn restore(&mut self, filter: TopicFilter, qos: QoS) {
        self.standing.retain(|(standing, _)| *standing != filter);
        self.standing.push((filter, qos));
        self.in_doubt = true;
    }

    /// A connection stands. Requests not answered on the one before go again; where the platform kept no
    /// session, every standing subscription is asked for anew.
    pub(super) fn connected(&mut self, session_present: bool, ids: &mut PacketIds) {
        for request in &mut self.requests {
            if let Some(id) = request.id.take() {
                ids.release(id);
            }
            request.deadline = None;
        }
        self.requests.retain(|request| !request.abandoned);
        let in_doubt = core::mem::take(&mut self.in_doubt);
        if session_present && !in_doubt {
            return;
        }
        let renewed = core::mem::take(&mut self.standing)
            .into_iter()
            .map(|(filter, qos)| Request {
                token: None,
                ask: Ask::Subscribe(qos),
                filter,
                id: None,
                deadline: None,
                abandoned: false,
            });
        // Renewals go before what the caller asked for since, so that the last word stays the caller's.
        let asked = core::mem::take(&mut self.requests);
        self.requests = renewed.chain(asked).collect();
    }

    /// Sends what has not been sent. Returns the filters' requests that can't be written.
    pub(super) fn send_waiting(
        &mut self,
        now: Instant,
        timeout: Duration,
        ids: &mut PacketIds,
        transmit: &mut Vec<u8>,
    ) -> Vec<Token> {
        let mut unwritable = Vec::new();
        self.requests.retain_mut(|request| {
            if request.id.is_some() {
                return true;
            }
            let Some(packet_id) = ids.allocate() else {
                return true;
            };
            let filter = request.filter.as_str().to_owned();
            let packet = match request.ask {
                Ask::Subscribe(qos) => Packet::Subscribe(Subscribe {
                    packet_id,
                    filters: vec![(filter, qos)],
                }),
                Ask::Unsubscribe => Packet::Unsubscribe(Unsubscribe {
                    packet_id,
                    filters: vec![filter],
                }),
            };
            if write(&packet, transmit).is_err() {
                ids.release(packet_id);
                unwritable.extend(request.token);
                return false;
            }
            request.id = Some(packet_id);
            request.deadline = Some(now + timeout);
            true
        });
        unwritable
    }

    /// A SUBACK has come. `None` where no SUBSCRIBE waits for it.
    pub(super) fn suback(
        &mut self,
        id: PacketId,
        code: SubackCode,
        ids: &mut PacketIds,
    ) -> Option<Answered> {
        let request = self.take(id, |ask| matches!(ask, Ask::Subscribe(_)), ids)?;
        let (token, filter) = (request.token, request.filter);
        if request.abandoned {
            return Some(Answered::TooLate);
        }
        Some(match (code, request.ask) {
            (SubackCode::Granted(qos), Ask::Subscribe(asked)) => {
                self.standing.retain(|(standing, _)| *standing != filter);
                self.standing.push((filter.clone(), asked));
                Answered::Subscribed { token, filter, qos }
            }
            _ => {
                self.standing.retain(|(standing, _)| *standing != filter);
                Answered::Refused { token, filter }
            }
        })
    }

    /// An UNSUBACK has come. `None` where no UNSUBSCRIBE waits for it.
    pub(super) fn unsuback(&mut self, id: PacketId, ids: &mut PacketIds) -> Option<Answered> {
        let request = self.take(id, |ask| ask == Ask::Unsubscribe, ids)?;
        self.standing
            .retain(|(standing, _)| *standing != request.filter);
        Some(match request.token {
            Some(token) => Answered::Unsubscribed {
                token,
                filter: request.filter,
            },
            None => Answered::TooLate,
        })
    }

    /// Ends the requests whose time is over; returns their tokens.
    pub(super) fn time_out(&mut self, now: Instant) -> Vec<Token> {
        let mut tokens = Vec::new();
        for request in &mut self.requests {
            if request.deadline.is_some_and(|deadline| deadline <= now) {
                request.deadline = None;
                // Nobody waits for a renewal, and nobody would ask for it again: it stays, for a late answer
                // or for the next connection.
                if let Some(token) = request.token.take() {
                    tokens.push(token);
                    request.abandoned = true;
                }
            }
        }
        tokens
    }

    /// Whether no request is waiting or under way.
    pub(super) fn asks_nothing(&self) -> bool {
        self.requests.is_empty()
    }

    /// When the next request times out.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.requests
            .iter()
            .filter_map(|request| request.deadline)
            .min()
    }

    /// Forgets everything; returns the tokens of the requests that were under way.
    pub(super) fn give_back(&mut self, ids: &mut PacketIds) -> Vec<Token> {
        self.standing.clear();
        self.in_doubt = false;
        let mut tokens = Vec::new();
        for request in self.requests.drain(..) {
            if let Some(id) = request.id {
                ids.release(id);
            }
            tokens.extend(request.token);
        }
        tokens
    }

    fn take(
        &mut self,
        id: PacketId,
        fits: impl Fn(Ask) -> bool,
        ids: &mut PacketIds,
    ) -> Option<Request> {
        let waits = |request: &Request| request.id == Some(id) && fits(request.ask);
        let index = self.requests.iter().position(waits)?;
        ids.release(id);
        Some(self.requests.remove(index))
    }
}
