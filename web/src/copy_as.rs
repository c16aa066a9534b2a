//! The form as command lines of other programs, for a POSIX shell.
//!
//! The device's secret is in none of them: `tern` takes it from `TERN_DEVICE_SECRET`. The other programs
//! know no triple; they need the signed password, which is asked for by name, `"$TERN_PASSWORD"`, unless the
//! person wants it inside the line.

use tern_core::identity::{Endpoint, TransportKind};
use tern_core::sign::{DirectLogin, direct};

use crate::form::{Address, Auth, Carrier, Fault, Form};

/// Where the stand-in's programs listen when nothing else is said: for what stands only inside the page.
const STAND_IN_HOST: &str = "127.0.0.1";
/// The platform's port for MQTT, with TLS and without (seed: 域名直连).
const MQTT_PORT: u16 = 1883;

/// A program and what it is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Tool {
    TernSub,
    TernPub,
    TernRun,
    MosquittoSub,
    MosquittoPub,
    MqttxConn,
    MqttxSub,
    MqttxPub,
}

impl Tool {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::TernSub,
        Self::TernPub,
        Self::TernRun,
        Self::MosquittoSub,
        Self::MosquittoPub,
        Self::MqttxConn,
        Self::MqttxSub,
        Self::MqttxPub,
    ];

    /// The command, as it begins the line.
    #[must_use]
    pub const fn command(self) -> &'static str {
        match self {
            Self::TernSub => "tern sub",
            Self::TernPub => "tern pub",
            Self::TernRun => "tern run",
            Self::MosquittoSub => "mosquitto_sub",
            Self::MosquittoPub => "mosquitto_pub",
            Self::MqttxConn => "mqttx conn",
            Self::MqttxSub => "mqttx sub",
            Self::MqttxPub => "mqttx pub",
        }
    }

    /// Whether it knows a triple and signs by itself.
    #[must_use]
    pub const fn signs(self) -> bool {
        matches!(self, Self::TernSub | Self::TernPub | Self::TernRun)
    }
}

/// What the line is for, besides the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The topic filter to subscribe to.
    pub filter: String,
    /// The QoS of the subscription.
    pub subscribe_qos: u8,
    /// The topic to publish to.
    pub topic: String,
    /// The QoS of the publish.
    pub publish_qos: u8,
    /// The payload.
    pub payload: String,
}

/// A line for a shell, and what to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The line. It may have several lines where a value has.
    pub text: String,
    /// What to know about it.
    pub notes: Vec<Note>,
}

/// What to know about a line before it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The secret must stand in `TERN_DEVICE_SECRET`.
    SecretByEnvironment,
    /// The signed password must stand in `TERN_PASSWORD`.
    PasswordByEnvironment,
    /// The signed password stands in the line: whoever reads it can log in as this device.
    PasswordInside,
    /// The stand-in inside the page is not reached from a shell: `tern platform` has to run.
    NeedsPlatform,
    /// mosquitto's clients have no WebSocket before 2.1: the line uses MQTT, with TLS where the page uses it.
    NoWebSocket,
    /// The file of the certificate to trust has to be put in.
    CaFile,
    /// The program has no HTTPS auth: the line logs in directly.
    NoHttpsAuth,
    /// The stand-in's `--auth-url` has to be put in.
    AuthUrl,
    /// The payload holds U+0000, which no command line can; it is left out.
    NulLeftOut,
}

/// Writes the line. The signed password stands in it only where `with_password` asks for that and the
/// program needs it.
///
/// # Errors
/// The fields of the form that break their rules.
pub fn command_line(
    tool: Tool,
    form: &Form,
    subject: &Subject,
    with_password: bool,
) -> Result<CommandLine, Vec<Fault>> {
    let mut line = Line {
        text: tool.command().to_owned(),
        notes: Vec::new(),
        ties: tool.signs(),
    };
    if form.carrier == Carrier::InPage {
        line.notes.push(Note::NeedsPlatform);
    }
    if tool.signs() {
        line.tern(form)?;
    } else {
        line.other(tool, form, with_password)?;
    }
    match tool {
        Tool::TernSub | Tool::MosquittoSub | Tool::MqttxSub => {
            line.value("-t", &subject.filter);
            line.value("-q", &subject.subscribe_qos.to_string());
        }
        Tool::TernPub | Tool::MosquittoPub | Tool::MqttxPub => {
            line.value("-t", &subject.topic);
            line.value("-m", &subject.payload);
            line.value("-q", &subject.publish_qos.to_string());
        }
        Tool::TernRun => line.value("-t", &subject.filter),
        Tool::MqttxConn => {}
    }
    if matches!(tool, Tool::TernSub | Tool::MosquittoSub) {
        line.flag("-v");
    }
    Ok(CommandLine {
        text: line.text,
        notes: line.notes,
    })
}

struct Line {
    text: String,
    notes: Vec<Note>,
    /// Whether the program takes a value that begins with a dash only tied to its option.
    ties: bool,
}

impl Line {
    fn tern(&mut self, form: &Form) -> Result<(), Vec<Fault>> {
        let config = form.config()?;
        self.notes.push(Note::SecretByEnvironment);
        if form.carrier != Carrier::InPage && form.address == Address::Region {
            self.value("--region", &form.region);
            self.value("--transport", form.carrier.transport().name());
        } else {
            self.value("--url", &reached(form)?.to_string());
        }
        self.value("--product-key", &form.product_key);
        self.value("--device-name", &form.device_name);
        if !form.client_id.is_empty() {
            self.value("--client-id", &form.client_id);
        }
        if form.auth == Auth::Https {
            self.value("--auth", form.auth.name());
            match form.auth_region() {
                // With a region the program knows the address by itself.
                Some(_) if form.address == Address::Region => {}
                Some(region) => {
                    let url = tern_core::auth::default_auth_url(region);
                    self.value("--auth-url", url.as_str());
                }
                None => {
                    self.value("--auth-url", &format!("https://{STAND_IN_HOST}:8443"));
                    self.notes.push(Note::AuthUrl);
                }
            }
        }
        self.value("--sign-method", &form.method);
        if !form.timestamp.is_empty() {
            self.value("--timestamp", &form.timestamp);
        }
        self.value("--keepalive", &config.keep_alive.to_string());
        if let Some(range) = config.keep_alive_range
            && range != tern_core::vendor::KEEP_ALIVE_RANGE
        {
            let range = format!("{}..{}", range.start(), range.end());
            self.value("--keepalive-range", &range);
        }
        let clean = if form.clean_session { "true" } else { "false" };
        self.value("--clean-session", clean);
        Ok(())
    }

    fn other(&mut self, tool: Tool, form: &Form, with_password: bool) -> Result<(), Vec<Fault>> {
        let config = form.config()?;
        let login = signed(form)?;
        let is_mosquitto = matches!(tool, Tool::MosquittoSub | Tool::MosquittoPub);
        let endpoint = reached(form)?;
        if form.auth == Auth::Https {
            self.notes.push(Note::NoHttpsAuth);
        }
        self.value("-h", &endpoint.host);
        if is_mosquitto {
            // By region, and on the web's own ports, the platform's port is meant. Another one given by
            // hand is a stand-in's, which takes MQTT and WebSockets on the same.
            let web = [TransportKind::Ws, TransportKind::Wss].map(TransportKind::url_port);
            let port = match endpoint.port {
                port if web.contains(&port) => MQTT_PORT,
                port => port,
            };
            self.value("-p", &port.to_string());
            if endpoint.transport.is_websocket() && form.carrier != Carrier::InPage {
                self.notes.push(Note::NoWebSocket);
            }
            if endpoint.transport.is_secure() {
                self.value("--cafile", "ca.pem");
                self.notes.push(Note::CaFile);
            }
        } else {
            self.value("-p", &endpoint.port.to_string());
            self.value("-l", endpoint.transport.scheme());
            if endpoint.transport.is_websocket() {
                self.value("--path", &endpoint.path);
            }
            // Its default is MQTT 5, which the platform's login is not made for.
            self.value("-V", "3.1.1");
        }
        self.value("-i", &login.client_id);
        self.value("-u", &login.username);
        if with_password {
            self.value("-P", login.password.expose());
            self.notes.push(Note::PasswordInside);
        } else {
            self.text.push_str(" -P \"$TERN_PASSWORD\"");
            self.notes.push(Note::PasswordByEnvironment);
        }
        self.value("-k", &config.keep_alive.to_string());
        // Both start with a clean session of their own accord.
        match (form.clean_session, is_mosquitto) {
            (true, _) => {}
            (false, true) => self.flag("-c"),
            (false, false) => self.flag("--no-clean"),
        }
        Ok(())
    }

    fn flag(&mut self, flag: &str) {
        self.text.push(' ');
        self.text.push_str(flag);
    }

    fn value(&mut self, flag: &str, value: &str) {
        self.flag(flag);
        let without_nul: String = value.chars().filter(|c| *c != '\0').collect();
        if without_nul.len() != value.len() {
            self.notes.push(Note::NulLeftOut);
        }
        let tied = self.ties && without_nul.starts_with('-');
        self.text.push(if tied { '=' } else { ' ' });
        self.text.push_str(&quoted(&without_nul));
    }
}

/// Where a program outside the page finds what the page uses.
fn reached(form: &Form) -> Result<Endpoint, Vec<Fault>> {
    if form.carrier != Carrier::InPage {
        return form.endpoint();
    }
    Ok(Endpoint {
        transport: TransportKind::Tcp,
        host: STAND_IN_HOST.into(),
        port: MQTT_PORT,
        path: String::new(),
    })
}

/// The direct login; the page's securemodes are those of MQTT with TLS and without.
fn signed(form: &Form) -> Result<DirectLogin, Vec<Fault>> {
    let form = Form {
        auth: Auth::Direct,
        ..form.clone()
    };
    match form.config()?.login {
        tern_core::device::Login::Direct {
            triple,
            client_id,
            method,
            timestamp,
            endpoint,
        } => {
            let securemode = endpoint.transport.securemode();
            Ok(direct(&triple, &client_id, method, securemode, timestamp))
        }
        // The form was just told to log in directly.
        _ => Err(Vec::new()),
    }
}

/// A value as one word of a POSIX shell. Within single quotes nothing has a meaning but the single quote.
#[must_use]
pub fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@,+".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
