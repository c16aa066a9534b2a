//! What a program asked for and how each of it ended: enough at a time to keep the line busy, never so
//! much that the device's queue is full.

use std::collections::VecDeque;

use tern_component::batch::ReportEvent;
use tern_core::device::{FailReason, Session};

use crate::exit::Exit;
use crate::run_loop::Notice;

/// Messages under way at most: a small part of what a device may queue.
const MESSAGES: usize = 500;
/// Their payloads' bytes at most, from which on no further one is begun.
const BYTES: usize = 4 * 1024 * 1024;

/// The same where they are kept in a store, which may fill while there is no connection: what a device
/// queues at most, less some room for what is asked for besides.
const KEPT_MESSAGES: usize = 9_000;
const KEPT_BYTES: usize = 12 * 1024 * 1024;

/// Requests under way, and the sums of those that have ended.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Whether messages stay in a store when the device gives them back.
    kept: bool,
    /// Asked for and not yet answered, in order: the answers come in the same.
    asked: VecDeque<Request>,
    /// Accepted messages.
    open: Open,
    bytes: usize,
    published: u64,
    failed: u64,
    rejected: u64,
    /// The end was asked for: what is not accepted from then on came too late, and is no fault of the data.
    ending: bool,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A message, with the line of stdin that it came from, if it did, and its bytes.
    Message {
        /// The line, from 1.
        line: Option<u64>,
        /// The payload's bytes.
        bytes: usize,
    },
    /// A subscription or its end.
    Subscription,
}

impl Outgoing {
    /// For messages that are kept in a store, which has these already.
    pub(super) fn kept(session: &Session) -> Self {
        let mut outgoing = Self {
            kept: true,
            ..Self::default()
        };
        for message in &session.messages {
            let bytes = message.payload.len();
            outgoing.bytes += bytes;
            outgoing.open.insert(message.token.0, bytes);
        }
        outgoing
    }

    /// Whether another message may be asked for.
    pub(super) fn has_room(&self) -> bool {
        let (messages, bytes) = if self.kept {
            (KEPT_MESSAGES, KEPT_BYTES)
        } else {
            (MESSAGES, BYTES)
        };
        self.asked.len() + self.open.len() < messages && self.bytes < bytes
    }

    /// Notes a request.
    pub(super) fn asked(&mut self, request: Request) {
        if let Request::Message { bytes, .. } = request {
            self.bytes += bytes;
        }
        self.asked.push_back(request);
    }

    /// Notes an answer or an end. Answers the words for a request that was not accepted.
    pub(super) fn hear(&mut self, notice: &Notice<'_>) -> Option<String> {
        match notice {
            Notice::Accepted(token) | Notice::ToBeKept { token, .. } => {
                if let Some(Request::Message { bytes, .. }) = self.asked.pop_front() {
                    self.open.insert(token.0, bytes);
                }
            }
            Notice::NotAccepted { reason, .. } => {
                let request = self.asked.pop_front();
                self.rejected += u64::from(!self.ending);
                if let Some(Request::Message { line, bytes }) = request {
                    self.bytes = self.bytes.saturating_sub(bytes);
                    if let Some(line) = line {
                        return Some(format!("line {line}: {reason}"));
                    }
                }
                return Some((*reason).to_owned());
            }
            Notice::Event(ReportEvent::Published { token }) => {
                if self.close(token.0) {
                    self.published += 1;
                }
            }
            Notice::Event(ReportEvent::Failed { token, reason }) => {
                let was_message = self.close(token.0);
                let stays = self.kept && was_message && *reason == FailReason::GivenBack;
                self.failed += u64::from(!stays);
            }
            Notice::Event(_)
            | Notice::NotRestored { .. }
            | Notice::Unverified { .. }
            | Notice::Lost { .. } => {}
        }
        None
    }

    /// Notes something that could not even be asked for.
    pub(super) fn reject(&mut self) {
        self.rejected += 1;
    }

    /// The end was asked for.
    pub(super) fn expect_no_more(&mut self) {
        self.ending = true;
    }

    /// How the program ends that would end like this, were it not for what was not accepted.
    pub(super) fn exit(&self, exit: Exit) -> Exit {
        match exit {
            Exit::Done if self.rejected > 0 => Exit::Data,
            exit => exit,
        }
    }

    /// Whether everything asked for has its answer; some of it may still be under way.
    pub(super) fn is_answered(&self) -> bool {
        self.asked.is_empty()
    }

    /// Whether nothing is under way any more.
    pub(super) fn is_idle(&self) -> bool {
        self.asked.is_empty() && self.open.len() == 0
    }

    /// Messages that were published: acknowledged with QoS 1, sent with QoS 0.
    pub(super) fn published(&self) -> u64 {
        self.published
    }

    /// Requests that ended without success after they had been accepted.
    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    fn close(&mut self, token: u64) -> bool {
        let bytes = self.open.remove(token);
        self.bytes = self.bytes.saturating_sub(bytes.unwrap_or(0));
        bytes.is_some()
    }
}

/// What is under way, by token. Tokens rise, and most end in their order: what is looked for stands in front.
#[derive(Debug, Default)]
struct Open {
    /// Token and bytes; none where it has ended before one that was accepted earlier.
    rows: VecDeque<(u64, Option<usize>)>,
    /// Rows that have not ended.
    open: usize,
}

impl Open {
    fn len(&self) -> usize {
        self.open
    }

    fn insert(&mut self, token: u64, bytes: usize) {
        self.rows.push_back((token, Some(bytes)));
        self.open += 1;
    }

    /// Takes it out, and answers its bytes.
    fn remove(&mut self, token: u64) -> Option<usize> {
        let is_first = self.rows.front().is_some_and(|row| row.0 == token);
        let at = if is_first {
            0
        } else {
            self.rows.binary_search_by_key(&token, |row| row.0).ok()?
        };
        let bytes = self.rows.get_mut(at)?.1.take()?;
        self.open -= 1;
        while self.rows.front().is_some_and(|row| row.1.is_none()) {
            self.rows.pop_front();
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use tern_core::device::Token;

    use super::*;

    fn message(bytes: usize) -> Request {
        Request::Message { line: None, bytes }
    }

    #[test]
    fn there_is_room_again_once_a_message_has_ended() {
        let mut outgoing = Outgoing::default();
        outgoing.asked(message(BYTES));
        assert!(!outgoing.has_room());
        assert_eq!(outgoing.hear(&Notice::Accepted(Token(1))), None);
        assert!(!outgoing.has_room() && outgoing.is_answered());
        let published = ReportEvent::Published { token: Token(1) };
        outgoing.hear(&Notice::Event(published));
        assert!(outgoing.has_room() && outgoing.is_idle());
        assert_eq!(outgoing.published(), 1);
        for token in 0..MESSAGES as u64 {
            assert!(outgoing.has_room());
            outgoing.asked(message(0));
            outgoing.hear(&Notice::Accepted(Token(10 + token)));
        }
        assert!(!outgoing.has_room());
        let token = Token(10);
        let reason = FailReason::GivenBack;
        outgoing.hear(&Notice::Event(ReportEvent::Failed { token, reason }));
        assert!(outgoing.has_room());
        assert_eq!(outgoing.failed(), 1);
    }

    #[test]
    fn messages_may_end_in_any_order() {
        let mut open = Open::default();
        for token in [3, 5, 9, 10] {
            open.insert(token, usize::try_from(token).unwrap());
        }
        assert_eq!(open.remove(4), None);
        assert_eq!(open.remove(9), Some(9));
        assert_eq!(open.remove(9), None);
        assert_eq!(open.remove(3), Some(3));
        assert_eq!(open.remove(5), Some(5));
        assert_eq!((open.len(), open.rows.len()), (1, 1));
        assert_eq!(open.remove(10), Some(10));
        assert_eq!((open.len(), open.rows.len()), (0, 0));
    }

    #[test]
    fn what_was_not_accepted_is_named_by_its_line() {
        let mut outgoing = Outgoing::default();
        outgoing.asked(Request::Subscription);
        outgoing.asked(Request::Message {
            line: Some(3),
            bytes: 7,
        });
        outgoing.hear(&Notice::Accepted(Token(1)));
        let no = Notice::NotAccepted {
            is_full: false,
            reason: "too large",
        };
        assert_eq!(outgoing.hear(&no).as_deref(), Some("line 3: too large"));
        assert!(outgoing.is_idle());
        assert_eq!(outgoing.exit(Exit::Done), Exit::Data);
        assert_eq!(outgoing.exit(Exit::Network), Exit::Network);
    }

    #[test]
    fn what_comes_too_late_is_no_bad_data() {
        let mut outgoing = Outgoing::default();
        outgoing.asked(message(7));
        outgoing.expect_no_more();
        let no = Notice::NotAccepted {
            is_full: false,
            reason: "it is ending",
        };
        outgoing.hear(&no);
        assert_eq!(outgoing.exit(Exit::Done), Exit::Done);
        outgoing.reject();
        assert_eq!(outgoing.exit(Exit::Done), Exit::Data);
    }
}
