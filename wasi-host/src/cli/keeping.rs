//! `--store`: each message is kept before it leaves and before its acceptance is told, and is forgotten once
//! it is acknowledged.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use tern_component::batch::ReportEvent;
use tern_core::device::{Config, Device, FailReason, KeptMessage, Session, Token};
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;

use super::printer::Printer;
use crate::events::Happening;
use crate::exit::Failure;
use crate::run_loop::{Notice, RunLoop, SessionId};
use crate::store::{Changes, Store, StoreError, owner};

/// How long a store that takes nothing is left alone, unless a message is to be kept.
const BEFORE_ANOTHER_TRY: Duration = Duration::from_secs(1);

/// A device's store, and what is on its way there.
pub(super) struct Keeping {
    store: Store,
    /// Asked for and not yet answered, in order: a message's topic and payload, nothing for a subscription.
    asked: VecDeque<Option<(String, Vec<u8>)>>,
    changes: Changes,
    /// In the store, or about to be.
    kept: HashSet<u64>,
    last_token: Token,
    /// When the last commit failed, of which people know.
    failed_at: Option<Instant>,
    /// Whether a message could not be kept.
    has_refused: bool,
}

impl Keeping {
    /// Opens the store, and says what an earlier run has left.
    ///
    /// # Errors
    /// The session is to be thrown away, or the store can't be used.
    pub(super) fn open(folder: &Path, config: &Config) -> Result<(Self, Session), Failure> {
        if config.clean_session {
            return Err(Failure::usage(
                "--store keeps the session and --clean-session true throws it away: leave one of them out",
            ));
        }
        let (store, mut session) = Store::open(folder, &owner(&config.login))?;
        // The core's own rules, before anything is sent.
        Device::restore(config.clone(), 0, &session)
            .map_err(|error| StoreError::damaged(folder, &error.to_string()))?;
        if let Some(last) = session.messages.last() {
            session.last_token = session.last_token.max(last.token);
        }
        let keeping = Self {
            store,
            asked: VecDeque::new(),
            changes: Changes::default(),
            kept: session.messages.iter().map(|kept| kept.token.0).collect(),
            last_token: session.last_token,
            failed_at: None,
            has_refused: false,
        };
        Ok((keeping, session))
    }

    /// Notes a message that is asked for.
    pub(super) fn asked_to_publish(&mut self, topic: &str, payload: &[u8]) {
        let message = (topic.to_owned(), payload.to_owned());
        self.asked.push_back(Some(message));
    }

    /// Notes a subscription, or its end, that is asked for.
    pub(super) fn asked_to_subscribe(&mut self) {
        self.asked.push_back(None);
    }

    /// Whether this is the device giving back, at its end, what stays in the store for the next run.
    pub(super) fn stays(&self, notice: &Notice<'_>) -> bool {
        match notice {
            Notice::Event(ReportEvent::Failed {
                token,
                reason: FailReason::GivenBack,
            }) => self.kept.contains(&token.0),
            _ => false,
        }
    }

    /// Notes what follows for the store. True where it is told by [`settle`](Self::settle).
    pub(super) fn hear(&mut self, notice: &Notice<'_>) -> bool {
        match notice {
            &Notice::ToBeKept { token, packet_id } => {
                let asked = self.asked.pop_front().flatten();
                // The device answers in the order in which it was asked, so there is one.
                let (topic, payload) = asked.unwrap_or_default();
                self.changes.keep.push(KeptMessage {
                    token,
                    packet_id: Some(packet_id),
                    topic,
                    payload,
                });
                self.kept.insert(token.0);
                self.note_token(token);
                true
            }
            &Notice::Accepted(token) => {
                self.asked.pop_front();
                self.note_token(token);
                false
            }
            Notice::NotAccepted { .. } => {
                self.asked.pop_front();
                false
            }
            Notice::Event(ReportEvent::Published { token }) => {
                if self.kept.remove(&token.0) {
                    self.changes.forget.push(*token);
                }
                false
            }
            Notice::Event(ReportEvent::Failed { reason, .. }) => {
                // What is withdrawn was told as failed when that was decided.
                *reason == FailReason::Withdrawn || self.stays(notice)
            }
            Notice::Event(ReportEvent::Subscribed { filter, .. }) => {
                if let Ok(filter) = TopicFilter::new(filter) {
                    self.changes.unsubscribed.retain(|other| *other != filter);
                    self.changes.subscribed.push((filter, QoS::AtLeastOnce));
                }
                false
            }
            Notice::Event(
                ReportEvent::Unsubscribed { filter, .. }
                | ReportEvent::SubscribeRefused { filter, .. },
            ) => {
                if let Ok(filter) = TopicFilter::new(filter) {
                    self.changes
                        .subscribed
                        .retain(|(other, _)| *other != filter);
                    self.changes.unsubscribed.push(filter);
                }
                false
            }
            Notice::Event(_)
            | Notice::NotRestored { .. }
            | Notice::Unverified { .. }
            | Notice::Lost { .. } => false,
        }
    }

    /// Commits what has come since the last time, then lets it leave and tells of it. What can't be kept
    /// has failed, and never leaves.
    pub(super) fn settle(
        &mut self,
        run_loop: &mut RunLoop,
        session: SessionId,
        printer: &mut Printer,
    ) {
        let wait = self
            .failed_at
            .is_some_and(|at| at.elapsed() < BEFORE_ANOTHER_TRY);
        if self.changes.is_empty() || (wait && self.changes.keep.is_empty()) {
            return;
        }
        match self.store.commit(&self.changes) {
            Ok(()) => {
                if self.failed_at.take().is_some() {
                    let folder = self.store.folder().display();
                    printer.note(&format!("the store {folder} takes messages again"));
                }
                let changes = std::mem::take(&mut self.changes);
                for message in &changes.keep {
                    let token = message.token.0;
                    printer.tell(&Happening::Accepted { token });
                }
                if let Some(last) = changes.keep.last() {
                    run_loop.kept(session, last.token);
                }
            }
            Err(error) => {
                if self.failed_at.replace(Instant::now()).is_none() {
                    printer.note(&format!("{error}. Until then no message is accepted"));
                }
                let reason = format!("not kept, and not sent: {error}");
                self.has_refused |= !self.changes.keep.is_empty();
                for message in self.changes.keep.drain(..) {
                    let token = message.token;
                    run_loop.withdraw(session, token);
                    printer.tell(&Happening::Failed {
                        token: token.0,
                        reason: &reason,
                    });
                    self.kept.remove(&token.0);
                    // It is not certain that nothing of it was written.
                    self.changes.forget.push(token);
                }
                // What is done with may still be let go, and makes room for the next one.
                if self.store.commit(&self.changes).is_ok() {
                    self.changes = Changes::default();
                }
            }
        }
    }

    /// Whether a message was not accepted because it could not be kept.
    pub(super) fn has_refused(&self) -> bool {
        self.has_refused
    }

    /// What is said at the end of messages that stay; nothing where there are none.
    pub(super) fn words_for_what_stays(&self) -> Option<String> {
        let folder = self.store.folder().display();
        match self.kept.len() {
            0 => None,
            1 => Some(format!(
                "1 message stays in {folder}, and goes with the next run"
            )),
            count => Some(format!(
                "{count} messages stay in {folder}, and go with the next run"
            )),
        }
    }

    fn note_token(&mut self, token: Token) {
        if token > self.last_token {
            self.last_token = token;
            self.changes.last_token = Some(token);
        }
    }
}
