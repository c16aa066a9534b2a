//! What is typed to subscribe and publish, what is kept of it, and which message is looked at, and how.

use std::rc::Rc;

use super::ListKeys;
use crate::drafts::{DraftFault, Drafts, Publication};
use crate::payload::Codec;
use crate::payload::typed::{Mistyped, Notation};
use crate::protocol::messages::{Chart, Watch};
use crate::protocol::{REPEAT_EVERY_MS, Span};
use crate::sample;
use crate::words::Lang;

/// What is typed and looked at where messages are.
#[derive(Clone, Debug, PartialEq)]
pub struct Messages {
    /// The topic filter; `None` as long as the proposal was not touched.
    pub filter: Option<String>,
    /// QoS of subscriptions.
    pub subscribe_qos: u8,
    /// The topic; `None` as long as the proposal was not touched.
    pub topic: Option<String>,
    /// QoS of publishes.
    pub publish_qos: u8,
    /// How the payload is typed.
    pub notation: Notation,
    /// The payload.
    pub payload: String,
    /// How far apart repeated publishes are, in ms, as typed.
    pub every_ms: String,
    /// The name to save a draft under.
    pub draft_name: String,
    /// Drafts and history.
    pub drafts: Rc<Drafts>,
    /// Why they are not, or not all, kept.
    pub keeping: Option<KeepFault>,
    /// How a message is shown; `None`: as what it looks like.
    pub codec: Option<Codec>,
    /// Whether all of a long payload is shown.
    pub at_length: bool,
    /// The branch of the topics that had the focus last.
    pub focused: Option<String>,
    /// The keys of the rows in sight.
    pub keys: ListKeys,
    /// What the place looks at.
    pub watch: Watch,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A topic filter typed.
    TypeFilter(String),
    /// A topic typed.
    TypeTopic(String),
    /// A payload typed.
    TypePayload(String),
    /// QoS of subscriptions.
    SubscribeQos(u8),
    /// QoS of publishes.
    PublishQos(u8),
    /// The payload is typed otherwise from now on; what stands there keeps its meaning, if it has one.
    Notation(Notation),
    /// How far apart repeated publishes are, typed.
    TypeEvery(String),
    /// A draft's name typed.
    TypeDraftName(String),
    /// Something to publish is put where it is typed.
    Load(Publication),
    /// Drafts and history as they are now, and why they are not kept.
    Keep(Rc<Drafts>, Option<KeepFault>),
    /// The list looks elsewhere.
    Look(Span),
    /// Another branch of the topics is listed; none means all.
    Branch(Option<String>),
    /// A text is looked for.
    Search(String),
    /// A branch of the topics has the focus.
    Focus(String),
    /// A branch shows its own branches, or hides them.
    Unfold(String, bool),
    /// The topics look elsewhere.
    LookAtTopics(Span),
    /// A message is chosen, or none.
    Choose(Option<u64>),
    /// How a message is shown.
    Show(Option<Codec>),
    /// All of a long payload.
    AtLength,
    /// With the message before or without.
    Compare(bool),
    /// A number over time, or none.
    Chart(Option<Chart>),
}

/// Why drafts and history are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepFault {
    /// The browser forbids the page to store anything.
    Forbidden,
    /// The browser's storage would not take it.
    Full,
    /// What was stored can't be read; it was put aside.
    Unreadable(DraftFault),
    /// A draft, or what was published, breaks a bound.
    Draft(DraftFault),
}

/// Why what is typed as an interval is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EveryFault;

impl Default for Messages {
    fn default() -> Self {
        Self {
            filter: None,
            subscribe_qos: 1,
            topic: None,
            publish_qos: 1,
            notation: Notation::Text,
            payload: sample::PAYLOAD.into(),
            every_ms: "1000".into(),
            draft_name: String::new(),
            drafts: Rc::default(),
            keeping: None,
            codec: None,
            at_length: false,
            focused: None,
            keys: ListKeys::default(),
            watch: Watch {
                topics: Span::From {
                    first: 0,
                    count: 60,
                },
                ..Watch::default()
            },
        }
    }
}

impl Messages {
    /// What is typed, as something to keep: without an interval, which repeating adds.
    #[must_use]
    pub fn publication(&self, topic: String) -> Publication {
        Publication {
            topic,
            qos: self.publish_qos,
            codec: self.notation,
            payload: self.payload.clone(),
            repeat_ms: None,
        }
    }

    /// The payload's bytes.
    ///
    /// # Errors
    /// The first place that is not what was chosen to be typed.
    pub fn bytes(&self) -> Result<Vec<u8>, Mistyped> {
        self.notation.read(&self.payload)
    }

    /// How far apart repeated publishes are, in ms.
    ///
    /// # Errors
    /// It is no whole number in [`REPEAT_EVERY_MS`].
    pub fn interval_ms(&self) -> Result<u32, EveryFault> {
        let typed = self.every_ms.trim();
        let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
        let number = typed.parse().ok().filter(|_| is_number);
        number
            .filter(|ms| REPEAT_EVERY_MS.contains(ms))
            .ok_or(EveryFault)
    }

    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::TypeFilter(text) => self.filter = Some(text),
            Action::TypeTopic(text) => self.topic = Some(text),
            Action::TypePayload(text) => self.payload = text,
            Action::SubscribeQos(qos) => self.subscribe_qos = qos,
            Action::PublishQos(qos) => self.publish_qos = qos,
            Action::Notation(notation) => self.retype(notation),
            Action::TypeEvery(text) => self.every_ms = text,
            Action::TypeDraftName(text) => self.draft_name = text,
            Action::Load(publication) => self.load(publication),
            Action::Keep(drafts, fault) => (self.drafts, self.keeping) = (drafts, fault),
            Action::Look(span) => self.watch.span = span,
            Action::Branch(branch) => {
                self.watch.branch = branch;
                self.look_at_the_newest();
            }
            Action::Search(text) => {
                self.watch.text = text;
                self.look_at_the_newest();
            }
            Action::Focus(path) => self.focused = Some(path),
            Action::Unfold(path, open) => {
                self.watch.closed.retain(|closed| *closed != path);
                if !open {
                    self.watch.closed.push(path);
                }
            }
            Action::LookAtTopics(span) => self.watch.topics = span,
            Action::Choose(index) => {
                self.watch.chosen = index;
                self.at_length = false;
                if index.is_none() {
                    self.watch.chart = None;
                }
            }
            Action::Show(codec) => self.codec = codec,
            Action::AtLength => self.at_length = true,
            Action::Compare(compare) => self.watch.compare = compare,
            Action::Chart(chart) => self.watch.chart = chart,
        }
    }

    fn retype(&mut self, notation: Notation) {
        // What is wrong as it is stays as it is: nothing that was typed gets lost.
        let bytes = self.notation.read(&self.payload).ok();
        let is_one_text = matches!(
            (self.notation, notation),
            (
                Notation::Text | Notation::Json,
                Notation::Text | Notation::Json
            )
        );
        if !is_one_text && let Some(text) = bytes.and_then(|bytes| notation.write(&bytes)) {
            self.payload = text;
        }
        self.notation = notation;
    }

    fn load(&mut self, publication: Publication) {
        self.topic = Some(publication.topic);
        self.publish_qos = publication.qos.min(1);
        self.notation = publication.codec;
        self.payload = publication.payload;
        if let Some(every_ms) = publication.repeat_ms {
            self.every_ms = every_ms.to_string();
        }
    }

    /// Another list begins at its newest entry.
    fn look_at_the_newest(&mut self) {
        self.watch.span = Span::Newest(self.watch.span.count());
    }
}

impl KeepFault {
    /// What is wrong, and what to do, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Self::Draft(fault)) => fault.say(lang),
            (Lang::En, Self::Forbidden) => "This browser lets the page store nothing: drafts and history stay until the page is closed.".into(),
            (Lang::Zh, Self::Forbidden) => "浏览器不允许本页保存数据：草稿和历史只保留到关闭页面为止。".into(),
            (Lang::En, Self::Full) => "The browser's storage is full: this change stays until the page is closed. Delete drafts, or other data of this site.".into(),
            (Lang::Zh, Self::Full) => "浏览器的存储空间已满：此次更改只保留到关闭页面为止。请删除一些草稿或本站点的其他数据。".into(),
            (Lang::En, Self::Unreadable(fault)) => {
                format!("{}. They were put aside and the list starts empty.", capitalised(&fault.say(lang)))
            }
            (Lang::Zh, Self::Unreadable(fault)) => {
                format!("{}。原数据已另存，列表从空开始。", fault.say(lang))
            }
        }
    }
}

impl EveryFault {
    /// The rule, in a sentence.
    #[must_use]
    pub const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => {
                "the interval must be a whole number of milliseconds from 10 to 3600000 (an hour)"
            }
            Lang::Zh => "间隔须为 10 至 3600000（一小时）之间的整数毫秒",
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(actions: impl IntoIterator<Item = Action>) -> Messages {
        let mut messages = Messages::default();
        for action in actions {
            messages.act(action);
        }
        messages
    }

    #[test]
    fn another_notation_keeps_the_bytes() {
        let mut messages = after([Action::TypePayload("t\u{b0}".into())]);
        messages.act(Action::Notation(Notation::Hex));
        assert_eq!(messages.payload, "74 c2 b0");
        messages.act(Action::Notation(Notation::Base64));
        assert_eq!(messages.payload, "dMKw");
        messages.act(Action::Notation(Notation::Text));
        assert_eq!(messages.payload, "t\u{b0}");
    }

    #[test]
    fn what_is_wrong_in_its_notation_stays_as_typed() {
        let messages = after([
            Action::Notation(Notation::Hex),
            Action::TypePayload("4g".into()),
            Action::Notation(Notation::Text),
        ]);
        assert_eq!(messages.payload, "4g");
        let json = after([
            Action::TypePayload("{ broken".into()),
            Action::Notation(Notation::Json),
        ]);
        assert_eq!(json.payload, "{ broken");
        assert!(json.bytes().is_err());
        let binary = after([
            Action::Notation(Notation::Hex),
            Action::TypePayload("ff".into()),
            Action::Notation(Notation::Text),
        ]);
        assert_eq!(binary.payload, "ff", "these bytes are no text");
    }

    #[test]
    fn an_interval_is_a_whole_number_in_its_range() {
        let read = |text: &str| after([Action::TypeEvery(text.into())]).interval_ms();
        assert_eq!(read(" 10 "), Ok(10));
        assert_eq!(read("3600000"), Ok(3_600_000));
        for text in ["", "9", "3600001", "+50", "1e3", "1.5", "99999999999"] {
            assert_eq!(read(text), Err(EveryFault), "{text}");
        }
        for lang in [Lang::En, Lang::Zh] {
            let rule = EveryFault.say(lang);
            let ends = [REPEAT_EVERY_MS.start(), REPEAT_EVERY_MS.end()].map(ToString::to_string);
            assert!(ends.iter().all(|end| rule.contains(end)), "{rule}");
        }
    }

    #[test]
    fn a_loaded_draft_is_what_was_kept() {
        let kept = Publication {
            topic: "a/b".into(),
            qos: 0,
            codec: Notation::Hex,
            payload: "00 ff".into(),
            repeat_ms: Some(250),
        };
        let messages = after([Action::Load(kept.clone())]);
        assert_eq!(messages.bytes(), Ok(vec![0, 0xff]));
        assert_eq!(messages.interval_ms(), Ok(250));
        let topic = messages.topic.clone().expect("loaded");
        let again = Publication {
            repeat_ms: Some(250),
            ..messages.publication(topic)
        };
        assert_eq!(again, kept);
    }

    #[test]
    fn a_branch_opens_and_closes_and_another_list_begins_at_its_end() {
        let mut messages = after([
            Action::Look(Span::From {
                first: 10,
                count: 30,
            }),
            Action::Unfold("a".into(), false),
            Action::Unfold("a".into(), false),
            Action::Branch(Some("a".into())),
        ]);
        assert_eq!(messages.watch.closed, ["a"]);
        assert_eq!(messages.watch.span, Span::Newest(30));
        messages.act(Action::Unfold("a".into(), true));
        assert!(messages.watch.closed.is_empty());
    }
}
