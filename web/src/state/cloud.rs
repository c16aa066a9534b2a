//! What is typed and looked at on the cloud side, and what it told.

mod asked;
mod faults;
mod new_device;
mod push;

use std::rc::Rc;

use tern_platform::{DeviceAddress, Faults};

pub use asked::{Asked, Task};
pub use faults::{AUTH_CODES, Faulting, REFUSALS};
pub use new_device::{NewDeviceFault, Part};
pub use push::{MAX_PAYLOAD, PushFault, Pushing};

use crate::protocol::cloud::{NewDevice, Problem, Report, View};

/// Whose cloud side it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The stand-in inside this page.
    InPage,
    /// The `tern platform` that serves this page.
    Served,
}

impl Source {
    /// The name in attributes and tests: `in-page`, `served`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InPage => "in-page",
            Self::Served => "served",
        }
    }
}

/// What is typed and looked at on the cloud side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {
    /// Where the program that serves this page takes MQTT; none where a file server does.
    pub served: Option<String>,
    /// The source that was chosen by hand.
    pub chosen: Option<Source>,
    /// What the stand-in in this page told last; none before it did.
    in_page: Option<Rc<View>>,
    /// What the program that serves this page told last.
    remote: Option<Rc<View>>,
    /// Why the program that serves this page can't be asked at the moment.
    pub unreachable: Option<Problem>,
    /// What was asked for, and what became of it.
    pub asked: Asked,
    /// A device to be registered.
    pub new: NewDevice,
    /// Whether somebody asked to register it: then empty fields are faults too.
    pub new_tried: bool,
    /// The device that is going to be removed if that is said once more.
    pub removing: Option<DeviceAddress>,
    /// Messages to push.
    pub pushing: Pushing,
    /// Faults to switch.
    pub faulting: Faulting,
    /// What the switches were set to, until a view says what is on: the next one builds on it.
    meant: Option<Faults>,
    /// The device that the second client is to be; none: the one that is pushed to.
    pub rival_of: Option<DeviceAddress>,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Another source.
    Look(Source),
    /// The stand-in in this page told something.
    InPageTold(Report),
    /// The program that serves this page told something.
    ServedTold(Report),
    /// It can't be asked.
    Unreachable(Problem),
    /// Something is asked for under this number.
    Ask(Task, u32),
    /// What became of something is read.
    Forget(Task),
    /// Text in a field of the device to be registered.
    TypeNew(Part, String),
    /// Somebody asked to register it.
    TryNew,
    /// A device is going to be removed if that is said once more, or none.
    Removing(Option<DeviceAddress>),
    /// The device to push to.
    PushTo(DeviceAddress),
    /// The topic to push on.
    PushTopic(String),
    /// The payload to push.
    PushPayload(String),
    /// The QoS to push with.
    PushQos(u8),
    /// How many times.
    PushCount(String),
    /// Faults of this device, or of all.
    FaultsOf(Option<DeviceAddress>),
    /// The code that a login is refused with.
    RefuseWith(u8),
    /// The code that an HTTPS authentication is refused with.
    AuthRefuseWith(u32),
    /// The delay, in ms.
    DelayBy(String),
    /// The faults were switched to these.
    Switch(Faults),
    /// Which device the second client is to be.
    RivalOf(DeviceAddress),
}

impl Cloud {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Look(source) => {
                self.chosen = Some(source);
                // What became of something belongs to the side that was asked.
                self.asked = Asked::default();
                self.removing = None;
                self.meant = None;
            }
            Action::InPageTold(report) => self.told(Source::InPage, report),
            Action::ServedTold(report) => self.told(Source::Served, report),
            Action::Unreachable(problem) => self.unreachable = Some(problem),
            Action::Ask(task, number) => self.asked.ask(task, number),
            Action::Forget(task) => self.asked.forget(task),
            Action::TypeNew(part, text) => {
                new_device::set(&mut self.new, part, text);
                self.new_tried = false;
                self.asked.forget(Task::Register);
            }
            Action::TryNew => self.new_tried = true,
            Action::Removing(device) => self.removing = device,
            Action::PushTo(device) => self.pushing.to = Some(device),
            Action::PushTopic(text) => self.pushing.topic = Some(text),
            Action::PushPayload(text) => self.pushing.payload = text,
            Action::PushQos(qos) => self.pushing.qos = qos,
            Action::PushCount(text) => self.pushing.count = text,
            Action::FaultsOf(device) => self.faulting.of = device,
            Action::RefuseWith(code) => self.faulting.refuse = code,
            Action::AuthRefuseWith(code) => self.faulting.auth_refuse = code,
            Action::DelayBy(text) => self.faulting.delay_ms = text,
            Action::Switch(faults) => self.meant = Some(faults),
            Action::RivalOf(device) => self.rival_of = Some(device),
        }
    }

    /// The page is served by a program that takes MQTT there.
    pub(super) fn served_at(&mut self, host: &str, port: u16) {
        self.served = Some(format!("{host}:{port}"));
    }

    /// What is shown: the source chosen, or the one that the page's device connects to.
    #[must_use]
    pub fn source(&self, device_is_in_page: bool) -> Source {
        match self.chosen {
            Some(Source::InPage) => Source::InPage,
            Some(Source::Served) if self.served.is_some() => Source::Served,
            None if self.served.is_some() && !device_is_in_page => Source::Served,
            _ => Source::InPage,
        }
    }

    /// What a source told last; none before it did.
    #[must_use]
    pub fn view(&self, source: Source) -> Option<&View> {
        match source {
            Source::InPage => self.in_page.as_deref(),
            Source::Served => self.remote.as_deref(),
        }
    }

    /// The faults that are on: as they were just switched, or as a view says.
    #[must_use]
    pub fn faults<'a>(&'a self, view: &'a View) -> &'a Faults {
        self.meant.as_ref().unwrap_or(&view.faults)
    }

    /// The device to push to: the one chosen, the page's own, or the first, of those that are there.
    #[must_use]
    pub fn push_to(&self, view: &View, own: Option<DeviceAddress>) -> Option<DeviceAddress> {
        self.pushing.device(view, own)
    }

    fn told(&mut self, source: Source, report: Report) {
        match report {
            Report::View(view) => {
                let shown = match source {
                    Source::InPage => &mut self.in_page,
                    Source::Served => &mut self.remote,
                };
                *shown = Some(Rc::new(*view));
                if source == Source::Served {
                    self.unreachable = None;
                }
                if !self.asked.waits(Task::Faults) {
                    self.meant = None;
                }
            }
            Report::Answered { number, outcome } => {
                let done = outcome.is_ok();
                match self.asked.answered(number, outcome) {
                    Some(Task::Register) if done => {
                        self.new = NewDevice::default();
                        self.new_tried = false;
                    }
                    Some(Task::Faults) if !done => self.meant = None,
                    _ => {}
                }
            }
        }
    }
}
