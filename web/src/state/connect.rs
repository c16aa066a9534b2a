//! The form that leads to a connection.

use tern_core::explain::Page;
use tern_core::explain::preflight::{self, Finding, Mend};

use super::profiles::{self, Profiles};
use crate::copy_as::Tool;
use crate::form::{Address, Auth, Carrier, Fault, Field, Form};
use crate::pasted::LeftOut;
use crate::share::{Damage, Shared};
use crate::twins::Device;

/// What serves the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// It was asked and has not answered yet.
    Asked,
    /// Plain files.
    Files,
    /// A `tern` program.
    Tern {
        /// Where its stand-in takes the HTTPS authentication, `HOST:PORT`.
        https: String,
    },
}

/// What is typed and shown where a triple becomes a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Connect {
    /// The form, as typed.
    pub form: Form,
    /// Whether somebody typed into it: then nothing else changes it.
    pub touched: bool,
    /// Whether somebody asked to connect with the form as it is: then empty fields are faults too.
    pub tried: bool,
    /// Whether the secret is readable.
    pub secret_shown: bool,
    /// Whether the password is readable.
    pub password_shown: bool,
    /// Whether the page itself came over https.
    pub is_https: bool,
    /// What serves the page.
    pub program: Program,
    /// What was left out of the text that was pasted last, and into which field.
    pub pasted: Option<(Field, LeftOut)>,
    /// What was wrong with the link that the form came from; of a whole one, that it came from one.
    pub linked: Option<Option<Damage>>,
    /// The device that was connected as last; none for the stand-in in the page.
    pub sent: Option<Device>,
    /// Devices that other tabs use.
    pub elsewhere: Vec<Device>,
    /// The program that the form is written down for.
    pub tool: Tool,
    /// Whether the signed password is to stand in the command line.
    pub password_in_line: bool,
    /// Forms under a name.
    pub profiles: Profiles,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Text in a field.
    Type(Field, String),
    /// Text in a field, of which something was left out.
    Paste(Field, String, LeftOut),
    /// Another carrier.
    Carry(Carrier),
    /// Host by hand or by region.
    Address(Address),
    /// Another way to sign in.
    Auth(Auth),
    /// Clean session on or off.
    CleanSession(bool),
    /// The sample device again.
    UseSample,
    /// What a button of the preflight mends.
    Mend(Vec<Mend>),
    /// The page came over https.
    IsHttps,
    /// The page is served by a program whose stand-in listens there.
    Served {
        /// Host name or address.
        host: String,
        /// Its MQTT port.
        port: u16,
        /// Whether the page came over TLS, so that it may only use `wss`.
        secure: bool,
        /// The window for the keep alive, in seconds.
        keep_alive: (u16, u16),
        /// `HOST:PORT` of its HTTPS authentication.
        https: String,
    },
    /// The page is served by something else.
    NotServed,
    /// The form stands in the page's own address.
    Linked(Box<Shared>),
    /// Somebody asked to connect.
    Try,
    /// A connection as this device was asked for; none is the stand-in in the page.
    Sent(Option<Device>),
    /// Other tabs use these devices.
    Elsewhere(Vec<Device>),
    /// The secret readable or not.
    ShowSecret(bool),
    /// The password readable or not.
    ShowPassword(bool),
    /// The form is written down for another program.
    Tool(Tool),
    /// The signed password stands in the command line or not.
    PasswordInLine(bool),
    /// Profiles.
    Profiles(profiles::Action),
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            form: Form::sample(),
            touched: false,
            tried: false,
            secret_shown: false,
            password_shown: false,
            is_https: false,
            program: Program::Asked,
            pasted: None,
            linked: None,
            sent: None,
            elsewhere: Vec::new(),
            tool: Tool::TernSub,
            password_in_line: false,
            profiles: Profiles::default(),
        }
    }
}

impl Connect {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Type(field, text) => {
                self.form.set(field, text);
                self.edited();
            }
            Action::Paste(field, text, left_out) => {
                self.form.set(field, text);
                self.edited();
                self.pasted = Some((field, left_out));
            }
            Action::Carry(carrier) => {
                self.form.carrier = carrier;
                self.edited();
            }
            Action::Address(address) => {
                self.form.address = address;
                self.edited();
            }
            Action::Auth(auth) => {
                self.form.auth = auth;
                self.edited();
            }
            Action::CleanSession(on) => {
                self.form.clean_session = on;
                self.edited();
            }
            Action::UseSample => {
                let sample = Form::sample();
                self.form.product_key = sample.product_key;
                self.form.device_name = sample.device_name;
                self.form.device_secret = sample.device_secret;
                self.edited();
            }
            Action::Mend(mends) => {
                for mend in &mends {
                    self.form.mend(mend);
                }
                self.edited();
            }
            Action::IsHttps => self.is_https = true,
            Action::Served {
                host,
                port,
                secure,
                keep_alive: (min, max),
                https,
            } => {
                self.program = Program::Tern { https };
                if !self.touched {
                    self.form.carrier = if secure { Carrier::Wss } else { Carrier::Ws };
                    self.form.address = Address::Host;
                    self.form.host = host;
                    self.form.port = port.to_string();
                    self.form.keep_alive_min = min.to_string();
                    self.form.keep_alive_max = max.to_string();
                }
            }
            Action::NotServed => self.program = Program::Files,
            Action::Linked(shared) => {
                let Shared { setup, damage } = *shared;
                self.form = setup.with_secret(String::new());
                self.edited();
                self.linked = Some(damage);
            }
            Action::Try => self.tried = true,
            Action::Sent(device) => self.sent = device,
            Action::Elsewhere(devices) => self.elsewhere = devices,
            Action::ShowSecret(shown) => self.secret_shown = shown,
            Action::ShowPassword(shown) => self.password_shown = shown,
            Action::Tool(tool) => self.tool = tool,
            Action::PasswordInLine(on) => self.password_in_line = on,
            Action::Profiles(action) => {
                if let Some(form) = self.profiles.act(action, &self.form) {
                    self.form = form;
                    self.edited();
                }
            }
        }
    }

    /// The faults to show: those of empty fields only once somebody asked to connect.
    #[must_use]
    pub fn faults_shown(&self) -> Vec<Fault> {
        let mut faults = self.form.faults();
        faults.retain(|fault| self.tried || !fault.empty);
        faults
    }

    /// What will be refused; what is still to be typed only once somebody asked to connect.
    #[must_use]
    pub fn findings_shown(&self) -> Vec<Finding> {
        let mut findings = self.form.findings(self.page());
        findings.retain(|finding| {
            let field = Form::field_of(finding.field);
            self.tried || field.is_none_or(|field| !self.is_untyped(field))
        });
        // What the preflight does not read is the form's own to say.
        findings.sort_by_key(|finding| finding.severity != preflight::Severity::Refused);
        findings
    }

    /// What the browser and the server make possible.
    #[must_use]
    pub fn page(&self) -> Page {
        Page {
            is_https: self.is_https,
            // As long as nobody answered, nothing is held against it.
            can_forward_auth: self.program != Program::Files,
        }
    }

    /// How many other tabs use the device of the form, or the one that is connected as.
    #[must_use]
    pub fn other_tabs(&self) -> usize {
        if self.form.carrier == Carrier::InPage && self.sent.is_none() {
            return 0;
        }
        let form = Device {
            product_key: self.form.product_key.clone(),
            device_name: self.form.device_name.clone(),
        };
        let mine = self.sent.as_ref().unwrap_or(&form);
        let same = self.elsewhere.iter().filter(|device| *device == mine);
        same.count()
    }

    /// Nothing stands there, and nothing else stands for it.
    fn is_untyped(&self, field: Field) -> bool {
        let needed = matches!(
            field,
            Field::ProductKey | Field::DeviceName | Field::DeviceSecret | Field::Host
        );
        needed && self.form.text(field).is_empty()
    }

    fn edited(&mut self) {
        self.touched = true;
        self.tried = false;
        self.pasted = None;
        self.linked = None;
    }
}
