//! What is typed to subscribe and publish, and which message is looked at.

use crate::protocol::messages::Watch;
use crate::sample;

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
    /// The payload.
    pub payload: String,
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
    /// The place looks elsewhere.
    Look(Watch),
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            filter: None,
            subscribe_qos: 1,
            topic: None,
            publish_qos: 1,
            payload: sample::PAYLOAD.into(),
            watch: Watch::default(),
        }
    }
}

impl Messages {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::TypeFilter(text) => self.filter = Some(text),
            Action::TypeTopic(text) => self.topic = Some(text),
            Action::TypePayload(text) => self.payload = text,
            Action::SubscribeQos(qos) => self.subscribe_qos = qos,
            Action::PublishQos(qos) => self.publish_qos = qos,
            Action::Look(watch) => self.watch = watch,
        }
    }
}
