//! Who owes what: the tokens that the application holds, and the messages that the cloud has sent.

use std::collections::BTreeMap;

use tern_core::device::{FailReason, Token};
use tern_core::time::Instant;
use tern_core::wire::QoS;

use super::plan::{self, FILTERS};
use super::rules::{Broken, Rule, ensure};
use super::store::Left;

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A publish, by its serial number.
    Publish(usize),
    Subscribe(usize),
    Unsubscribe(usize),
}

/// How a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Published,
    Subscribed,
    SubscribeRefused,
    Unsubscribed,
    Failed(FailReason),
}

/// What the application knows of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The last request for it timed out or was given up; or corruption or another client had a hand in it.
    Unknown,
    Subscribed,
    Unsubscribed,
}

/// A publish of the device.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) qos: QoS,
    pub(super) has_ended: bool,
    /// It must not leave before it is kept, and is not yet.
    pub(super) is_held: bool,
    reached: bool,
    /// Corruption may have had a hand in it: whether it reached is no promise then.
    is_tainted: bool,
}

/// A message of the cloud for the device.
#[derive(Debug)]
struct Pushed {
    qos: QoS,
    /// It must still come.
    is_due: bool,
    delivered: usize,
}

/// The books of a run.
#[derive(Debug)]
pub(super) struct Ledger {
    tokens: BTreeMap<Token, Asked>,
    last_token: Token,
    pub(super) published: Vec<Published>,
    pushed: Vec<Pushed>,
    pub(super) standing: [Standing; FILTERS],
    /// Somebody else has made the platform's session since the device last logged in: what a host hears that
    /// hung meanwhile is about the session before.
    is_foreign: bool,
    /// Bytes that were not sent have arrived, and what came of it may last.
    is_tainted: bool,
    /// They have at some time of this run.
    pub(super) was_tainted: bool,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            tokens: BTreeMap::new(),
            last_token: Token(0),
            published: Vec::new(),
            pushed: Vec::new(),
            standing: [Standing::Unknown; FILTERS],
            is_foreign: false,
            is_tainted: false,
            was_tainted: false,
        }
    }

    /// The serial number of the next publish.
    pub(super) fn next_publish(&self) -> usize {
        self.published.len()
    }

    /// The serial number of the next message of the cloud.
    pub(super) fn next_push(&self) -> usize {
        self.pushed.len()
    }

    /// The device took a publish in, with [`Self::next_publish`] as its serial number.
    pub(super) fn accept_publish(
        &mut self,
        now: Instant,
        token: Token,
        qos: QoS,
        is_held: bool,
    ) -> Result<(), Broken> {
        let serial = self.next_publish();
        self.published.push(Published {
            qos,
            has_ended: false,
            is_held,
            reached: false,
            is_tainted: self.is_tainted,
        });
        self.accept(now, token, Asked::Publish(serial))
    }

    /// The device took a request in.
    pub(super) fn accept(
        &mut self,
        now: Instant,
        token: Token,
        asked: Asked,
    ) -> Result<(), Broken> {
        ensure(token > self.last_token, Rule::Token, now, || {
            format!("token {token} is given out a second time")
        })?;
        self.last_token = token;
        self.tokens.insert(token, asked);
        Ok(())
    }

    /// A token ends. Answers with the serial number where it stands for a publish.
    pub(super) fn end(
        &mut self,
        now: Instant,
        token: Token,
        outcome: Outcome,
    ) -> Result<Option<usize>, Broken> {
        let Some(asked) = self.tokens.remove(&token) else {
            return Err(Broken::new(
                Rule::Token,
                now,
                format!("token {token} ends as {outcome:?}, and it has ended before or never was"),
            ));
        };
        let is_held = match asked {
            Asked::Publish(serial) => self.published.get(serial).is_some_and(|of| of.is_held),
            _ => false,
        };
        let fits = match (asked, outcome) {
            (Asked::Publish(_), Outcome::Failed(FailReason::Withdrawn)) => is_held,
            (Asked::Publish(_), Outcome::Published) => !is_held,
            (Asked::Subscribe(_), Outcome::Subscribed)
            | (Asked::Unsubscribe(_), Outcome::Unsubscribed)
            | (_, Outcome::Failed(FailReason::GivenBack))
            | (
                Asked::Subscribe(_) | Asked::Unsubscribe(_),
                Outcome::Failed(FailReason::TimedOut),
            ) => true,
            // The stand-in refuses no filter of the device's own; corrupted, it may be another's.
            (Asked::Subscribe(_), Outcome::SubscribeRefused) => self.was_tainted,
            _ => false,
        };
        ensure(fits, Rule::Token, now, || {
            format!("token {token} of {asked:?} ends as {outcome:?}")
        })?;
        match asked {
            Asked::Publish(serial) => {
                self.end_publish(now, serial, outcome)?;
                return Ok(Some(serial));
            }
            Asked::Subscribe(filter) | Asked::Unsubscribe(filter) => {
                self.standing[filter] = match outcome {
                    _ if self.is_tainted || self.is_foreign => Standing::Unknown,
                    Outcome::Subscribed => Standing::Subscribed,
                    Outcome::Unsubscribed => Standing::Unsubscribed,
                    _ => Standing::Unknown,
                };
            }
        }
        Ok(None)
    }

    fn end_publish(&mut self, now: Instant, serial: usize, outcome: Outcome) -> Result<(), Broken> {
        let Some(publish) = self.published.get_mut(serial) else {
            return Ok(());
        };
        publish.has_ended = true;
        let lied = publish.qos == QoS::AtLeastOnce
            && outcome == Outcome::Published
            && !publish.reached
            && !publish.is_tainted;
        ensure(!lied, Rule::Reached, now, || {
            format!("publish {serial} is told to be published and has not reached the platform")
        })
    }

    /// The platform has got a publish, whether it routes it or not.
    pub(super) fn reached(&mut self, serial: usize) {
        if let Some(publish) = self.published.get_mut(serial) {
            publish.reached = true;
        }
    }

    /// Tokens that have not ended.
    pub(super) fn open(&self) -> usize {
        self.tokens.len()
    }

    /// The device says that it has stopped: every token must have ended.
    pub(super) fn stopped(&mut self, now: Instant) -> Result<(), Broken> {
        self.standing = [Standing::Unknown; FILTERS];
        let first = self.tokens.first_key_value();
        ensure(first.is_none(), Rule::Token, now, || {
            format!("the device has stopped and gives not back {first:?}")
        })
    }

    /// A publish is kept: it may leave.
    pub(super) fn kept(&mut self, token: Token) {
        if let Some(Asked::Publish(serial)) = self.tokens.get(&token)
            && let Some(publish) = self.published.get_mut(*serial)
        {
            publish.is_held = false;
        }
    }

    /// The device's process is gone, and with it all tokens but those of the session that it has left: the
    /// application knows that of itself.
    pub(super) fn process_ended(&mut self, now: Instant, left: &Left) -> Result<(), Broken> {
        let mut gone = core::mem::take(&mut self.tokens);
        self.last_token = Token(0);
        for message in left.session().iter().flat_map(|session| &session.messages) {
            let (token, serial) = (message.token, serial(&message.topic));
            // Its end was told and not written down, where the store is written later: then it goes again.
            let may_have_ended = matches!(left, Left::Store(_));
            let open = gone.remove(&token);
            let publish = serial.and_then(|serial| self.published.get_mut(serial));
            let (Some(serial), Some(publish)) = (serial, publish) else {
                let what = format!("message {token} is left, and nobody asked for it");
                return Err(Broken::new(Rule::Kept, now, what));
            };
            let is_the_same = open == Some(Asked::Publish(serial));
            let is_back = open.is_none() && publish.has_ended && may_have_ended;
            ensure(is_the_same || is_back, Rule::Kept, now, || {
                format!("publish {serial} is left as {token}, which stands for {open:?}")
            })?;
            publish.has_ended = false;
            publish.is_held = false;
            self.tokens.insert(token, Asked::Publish(serial));
        }
        for (token, asked) in &gone {
            let Asked::Publish(serial) = asked else {
                continue;
            };
            let Some(publish) = self.published.get_mut(*serial) else {
                continue;
            };
            publish.has_ended = true;
            let must_stay = match left {
                Left::Nothing => false,
                Left::Session(_) => publish.qos == QoS::AtLeastOnce,
                Left::Store(_) => publish.qos == QoS::AtLeastOnce && !publish.is_held,
            };
            ensure(!must_stay, Rule::Kept, now, || {
                format!("publish {serial} of {token} is not left to the next process")
            })?;
        }
        if let Some(session) = left.session() {
            self.last_token = session.last_token;
        }
        self.standings_left(now, left, &gone)
    }

    /// What is known of the filters goes on where it is left, and where nothing was under way.
    fn standings_left(
        &mut self,
        now: Instant,
        left: &Left,
        gone: &BTreeMap<Token, Asked>,
    ) -> Result<(), Broken> {
        for (number, standing) in self.standing.iter_mut().enumerate() {
            let Some(session) = left.session() else {
                *standing = Standing::Unknown;
                continue;
            };
            let text = plan::filter(number);
            let is_left = session.subscriptions.iter().any(|(of, _)| *of == text);
            let stood = *standing == Standing::Subscribed;
            let is_exact = matches!(left, Left::Session(_)) && !self.was_tainted;
            ensure(is_left || !stood || !is_exact, Rule::Kept, now, || {
                format!("the subscription to filter {number} is not left to the next process")
            })?;
            let asked = [Asked::Subscribe(number), Asked::Unsubscribe(number)];
            let is_under_way = gone.values().any(|open| asked.contains(open));
            if is_under_way || is_left != stood {
                *standing = Standing::Unknown;
            }
        }
        Ok(())
    }

    /// The cloud sends a message, with [`Self::next_push`] as its serial number; `taken` where the platform
    /// has it on its way or in the queue.
    pub(super) fn push(&mut self, qos: QoS, taken: bool) {
        self.pushed.push(Pushed {
            qos,
            is_due: taken && qos == QoS::AtLeastOnce && !self.is_tainted,
            delivered: 0,
        });
    }

    /// A message has come to the device.
    pub(super) fn delivered(&mut self, now: Instant, serial: usize) -> Result<(), Broken> {
        let was_tainted = self.was_tainted;
        let Some(pushed) = self.pushed.get_mut(serial) else {
            return ensure(was_tainted, Rule::AtMostOnce, now, || {
                format!("message {serial} is delivered, and nobody sent it")
            });
        };
        pushed.is_due = false;
        pushed.delivered += 1;
        let once = pushed.qos == QoS::AtLeastOnce || pushed.delivered == 1 || was_tainted;
        ensure(once, Rule::AtMostOnce, now, || {
            format!("message {serial} of QoS 0 is delivered a second time")
        })
    }

    /// The platform gave a message up, and said so.
    pub(super) fn dropped(&mut self, serial: usize) {
        if let Some(pushed) = self.pushed.get_mut(serial) {
            pushed.is_due = false;
        }
    }

    /// The platform's session is gone, and what waited in it.
    pub(super) fn session_ended(&mut self) {
        for pushed in &mut self.pushed {
            pushed.is_due = false;
        }
    }

    /// The first message that must still come.
    pub(super) fn first_due(&self) -> Option<usize> {
        self.pushed.iter().position(|pushed| pushed.is_due)
    }

    /// The platform has made a session, for the device or for somebody else. In the second case the device
    /// will be told that a session is there, and can't know that it is another.
    pub(super) fn session_made(&mut self, for_device: bool) {
        self.session_ended();
        if !for_device {
            self.is_foreign = true;
            self.standing = [Standing::Unknown; FILTERS];
        }
    }

    /// The device has logged in: what it hears from now on is about the present session.
    pub(super) fn logged_in(&mut self) {
        self.is_foreign = false;
    }

    /// Whether bytes that were not sent may be acted on at present. While they are, an acknowledgement may
    /// name the wrong message, and neither side can notice.
    pub(super) fn set_tainted(&mut self, is_tainted: bool) {
        self.is_tainted = is_tainted;
        if !is_tainted {
            return;
        }
        self.was_tainted = true;
        for asked in self.tokens.values() {
            if let Asked::Publish(serial) = asked
                && let Some(publish) = self.published.get_mut(*serial)
            {
                publish.is_tainted = true;
            }
        }
        self.session_ended();
        self.standing = [Standing::Unknown; FILTERS];
    }

    /// Whether they are.
    pub(super) fn is_tainted(&self) -> bool {
        self.is_tainted
    }
}

/// The serial number at the end of a topic.
pub(super) fn serial(topic: &str) -> Option<usize> {
    topic.rsplit('/').next()?.parse().ok()
}
