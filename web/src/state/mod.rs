//! The page's state: one value, changed by one function. Each place has a part of its own.

pub mod check;
pub mod cloud;
pub mod connect;
mod list_keys;
pub mod messages;
mod place;
pub mod profiles;
mod standing;
pub mod timeline;
pub mod tree;

use std::rc::Rc;

pub use list_keys::ListKeys;
pub use place::Place;
pub use standing::Standing;

use crate::form::Carrier;
use crate::protocol::{Link, Report, Snapshot, Watch};
use crate::sample;
use crate::words::{Lang, Words};

/// Whether the worker is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Worker {
    /// It has not said so yet.
    Starting,
    /// It listens.
    Ready {
        /// What its clock's nought is, in ms since 1970.
        origin_ms: f64,
    },
    /// It could not be started, or has died.
    Broken(String),
}

/// Whether what draws the places beyond Connect is there: it is loaded when somebody first goes to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// It is to be loaded, once a place needs it.
    Absent,
    /// It is.
    Here,
    /// It could not be loaded.
    Missing,
}

/// What was seen last, with the bytes that it points into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// How everything stands.
    pub now: Snapshot,
    /// Payloads.
    pub bytes: Vec<u8>,
}

/// The page's state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The language.
    pub lang: Lang,
    /// What is shown.
    pub place: Place,
    /// Whether the sheet of keys is open.
    pub keys_shown: bool,
    /// The button that copied last, by its id, and whether the browser let it.
    pub copied: Option<(&'static str, bool)>,
    /// Whether what draws the other places is there.
    pub places: Places,
    /// The worker.
    pub worker: Worker,
    /// What it told last.
    pub seen: Rc<Seen>,
    /// From the triple to a connection.
    pub connect: connect::Connect,
    /// A pasted login.
    pub check: check::Check,
    /// Everything that went over the wire.
    pub timeline: timeline::Timeline,
    /// Subscribe, publish, and what was received.
    pub messages: messages::Messages,
    /// The cloud side.
    pub cloud: cloud::Cloud,
}

/// What can happen to the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Another language.
    Speak(Lang),
    /// Another place.
    Go(Place),
    /// The sheet of keys open or closed.
    ShowKeys(bool),
    /// A button copied a text, or the browser did not let it.
    Copied(&'static str, bool),
    /// What draws the places is there, could not be loaded, or is to be loaded again.
    Places(Places),
    /// The worker told something, with these bytes beside it.
    Told(Box<Report>, Vec<u8>),
    /// The worker is gone.
    WorkerBroken(String),
    /// In the place of its name.
    Connect(connect::Action),
    /// In the place of its name.
    Check(check::Action),
    /// In the place of its name.
    Timeline(timeline::Action),
    /// In the place of its name.
    Messages(messages::Action),
    /// In the place of its name.
    Cloud(cloud::Action),
}

/// An action of a place is one of the page.
macro_rules! of_places {
    ($($place:ident: $module:ident),*) => {
        $(impl From<$module::Action> for Action {
            fn from(action: $module::Action) -> Self {
                Self::$place(action)
            }
        })*
    };
}
of_places!(Connect: connect, Check: check, Timeline: timeline, Messages: messages, Cloud: cloud);

impl State {
    /// The page as it opens.
    #[must_use]
    pub fn new(lang: Lang, place: Place) -> Self {
        Self {
            lang,
            place,
            keys_shown: false,
            copied: None,
            places: Places::Absent,
            worker: Worker::Starting,
            seen: Rc::default(),
            connect: connect::Connect::default(),
            check: check::Check::default(),
            timeline: timeline::Timeline::default(),
            messages: messages::Messages::default(),
            cloud: cloud::Cloud::default(),
        }
    }

    /// The state after an action.
    #[must_use]
    pub fn after(mut self, action: impl Into<Action>) -> Self {
        match action.into() {
            Action::Speak(lang) => self.lang = lang,
            Action::Go(place) => self.place = place,
            Action::ShowKeys(shown) => self.keys_shown = shown,
            Action::Copied(id, done) => self.copied = Some((id, done)),
            Action::Places(places) => self.places = places,
            Action::Told(report, bytes) => match *report {
                Report::Ready { origin_ms } => self.worker = Worker::Ready { origin_ms },
                Report::Snapshot(now) => {
                    if let Some(shown) = &now.timeline {
                        self.timeline.keys.show(&shown.rows);
                    }
                    if let Some(shown) = &now.inbox {
                        self.messages.keys.show(&shown.rows);
                    }
                    self.seen = Rc::new(Seen { now: *now, bytes });
                }
                Report::Cloud(report) => self.cloud.act(cloud::Action::InPageTold(report)),
            },
            Action::WorkerBroken(text) => self.worker = Worker::Broken(text),
            Action::Connect(action) => {
                if let connect::Action::Served { host, port, .. } = &action {
                    self.cloud.served_at(host, *port);
                }
                self.connect.act(action);
            }
            Action::Check(action) => self.check.act(action),
            Action::Timeline(action) => self.timeline.act(action),
            Action::Messages(action) => self.messages.act(action),
            Action::Cloud(action) => self.cloud.act(action),
        }
        self
    }

    /// The words of the language.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.lang.words()
    }

    /// How everything stands.
    #[must_use]
    pub fn now(&self) -> &Snapshot {
        &self.seen.now
    }

    /// Whether what draws the place that is shown is to be loaded.
    #[must_use]
    pub fn wants_places(&self) -> bool {
        self.place != Place::Connect && self.places == Places::Absent
    }

    /// What the worker is to tell about: a place that is not shown needs nothing.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch {
            timeline: (self.place == Place::Timeline).then(|| self.timeline.watch.clone()),
            messages: (self.place == Place::Messages).then(|| self.messages.watch.clone()),
        }
    }

    /// The filter to subscribe to: what was typed, or the device's own topic.
    #[must_use]
    pub fn filter(&self) -> String {
        let typed = self.messages.filter.clone();
        typed.unwrap_or_else(|| self.own_topic())
    }

    /// The topic to publish to: what was typed, or the device's own topic.
    #[must_use]
    pub fn topic(&self) -> String {
        let typed = self.messages.topic.clone();
        typed.unwrap_or_else(|| self.own_topic())
    }

    /// Whose cloud side the place of that name shows: the one chosen, or the one that the device connects to.
    #[must_use]
    pub fn cloud_source(&self) -> cloud::Source {
        let in_page = self.connect.form.carrier == Carrier::InPage;
        self.cloud.source(in_page)
    }

    /// The source that somebody looks at now, if anybody does.
    #[must_use]
    pub fn cloud_watched(&self) -> Option<cloud::Source> {
        (self.place == Place::Cloud).then(|| self.cloud_source())
    }

    /// The connection in one word.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let now = self.now();
        match (&self.worker, &now.link) {
            (Worker::Broken(_), _) => Standing::Broken,
            (Worker::Starting, _) => Standing::Starting,
            (_, Link::Connecting { .. }) => Standing::Connecting,
            (_, Link::Connected { .. }) => Standing::Connected,
            (_, Link::Waiting { .. }) => Standing::Reconnecting,
            (_, Link::Closing) => Standing::Disconnecting,
            (_, Link::Idle) if now.refusal.is_some() => Standing::Refused,
            (_, Link::Idle) if now.ended.is_some() => Standing::Disconnected,
            (_, Link::Idle) => Standing::NotConnected,
        }
    }

    fn own_topic(&self) -> String {
        let form = &self.connect.form;
        sample::topic(&form.product_key, &form.device_name)
    }
}
