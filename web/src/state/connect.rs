//! The form that leads to a connection.

use crate::form::{Address, Carrier, Fault, Field, Form};

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
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Text in a field.
    Type(Field, String),
    /// Another carrier.
    Carry(Carrier),
    /// Host by hand or by region.
    Address(Address),
    /// Clean session on or off.
    CleanSession(bool),
    /// The sample device again.
    UseSample,
    /// The page is served by a program whose stand-in listens there.
    Served {
        /// Host name or address.
        host: String,
        /// Its MQTT port.
        port: u16,
        /// Whether the page came over TLS, so that it may only use `wss`.
        secure: bool,
    },
    /// Somebody asked to connect.
    Try,
    /// The secret readable or not.
    ShowSecret(bool),
    /// The password readable or not.
    ShowPassword(bool),
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            form: Form::sample(),
            touched: false,
            tried: false,
            secret_shown: false,
            password_shown: false,
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
            Action::Carry(carrier) => {
                self.form.carrier = carrier;
                self.edited();
            }
            Action::Address(address) => {
                self.form.address = address;
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
            Action::Served { host, port, secure } => {
                if !self.touched {
                    self.form.carrier = if secure { Carrier::Wss } else { Carrier::Ws };
                    self.form.address = Address::Host;
                    self.form.host = host;
                    self.form.port = port.to_string();
                }
            }
            Action::Try => self.tried = true,
            Action::ShowSecret(shown) => self.secret_shown = shown,
            Action::ShowPassword(shown) => self.password_shown = shown,
        }
    }

    /// The faults to show: those of empty fields only once somebody asked to connect.
    #[must_use]
    pub fn faults_shown(&self) -> Vec<Fault> {
        let mut faults = self.form.faults();
        faults.retain(|fault| self.tried || !fault.empty);
        faults
    }

    fn edited(&mut self) {
        self.touched = true;
        self.tried = false;
    }
}
