//! The connection options that `run`, `pub`, `sub`, `sample`, `sign`, `auth` and `check` share, as they are typed; most
//! of them are `fleet`'s too.
//!
//! Nothing is decided here: which options go together, and what they amount to, is [`login`](super::login)'s.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use tern_core::auth::AuthUrl;
use tern_core::identity::{DeviceName, Endpoint, ProductKey, Region, TransportKind};
use tern_core::sign::SignMethod;
use tern_core::vendor;

/// Where to connect, as whom, and how it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Options {
    /// Connect there: mqtt, mqtts, ws or wss (ports 1883, 8883, 80, 443)
    #[arg(long, value_name = "SCHEME://HOST[:PORT]", help_heading = "Where")]
    pub url: Option<Endpoint>,
    /// What a fleet has as well.
    #[command(flatten)]
    pub connection: Connection,

    /// The device's productKey
    #[arg(long, value_name = "KEY", help_heading = "Device")]
    pub product_key: Option<ProductKey>,
    /// The device's deviceName
    #[arg(long, value_name = "NAME", help_heading = "Device")]
    pub device_name: Option<DeviceName>,
    /// Read the deviceSecret from this file; else it comes from TERN_DEVICE_SECRET
    #[arg(long, value_name = "FILE", help_heading = "Device")]
    pub secret_file: Option<PathBuf>,
    /// Sign and send this time, in ms since 1970, or `now` [default: none is sent]
    #[arg(long, value_name = "MS|now", help_heading = "Login")]
    pub timestamp: Option<Timestamp>,
    /// The client id [default: PRODUCTKEY.DEVICENAME]
    #[arg(short = 'i', long, value_name = "ID", help_heading = "Session")]
    pub client_id: Option<String>,
}

/// What the connection of one device and those of a fleet have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Connection {
    /// Connect to the product's own host in this region
    #[arg(long, value_name = "R", help_heading = "Where")]
    pub region: Option<Region>,
    /// Connect to this instance's host
    #[arg(long, value_name = "ID", help_heading = "Where")]
    pub instance: Option<String>,
    /// What carries the bytes, with --region or --instance: tcp, tls, ws or wss [default: tls]
    #[arg(long, value_name = "KIND", help_heading = "Where")]
    pub transport: Option<TransportKind>,
    /// Trust the certificates in this file instead of the built-in roots
    #[arg(long, value_name = "PEM", help_heading = "Where")]
    pub cafile: Option<PathBuf>,
    /// Take any server's certificate: for experiments, warned of at every connect, in no profile
    #[arg(long, help_heading = "Where")]
    pub insecure: bool,

    /// Sign the CONNECT itself, or authenticate over HTTPS first [default: direct]
    #[arg(long, value_name = "direct|https", help_heading = "Login")]
    pub auth: Option<AuthMode>,
    /// Where to authenticate over HTTPS [default: the region's own host]
    #[arg(long, value_name = "URL", help_heading = "Login")]
    pub auth_url: Option<AuthUrl>,
    /// hmacsha1, hmacmd5 or hmacsha256 [default: hmacsha1]
    #[arg(long, value_name = "METHOD", help_heading = "Login")]
    pub sign_method: Option<SignMethod>,
    /// The user name, for other brokers
    #[arg(short = 'u', long, value_name = "USER", help_heading = "Login")]
    pub username: Option<String>,
    /// Read the password from this file (also written -P-file); else it comes from TERN_PASSWORD
    #[arg(long, value_name = "FILE", help_heading = "Login")]
    pub password_file: Option<PathBuf>,

    /// Keep alive in seconds
    #[arg(long, value_name = "SECONDS", value_parser = keep_alive, help = keep_alive_help(), help_heading = "Session")]
    pub keepalive: Option<u16>,
    /// Keep alives that the platform takes, in seconds
    #[arg(long, value_name = "A..B", value_parser = keep_alive_range, help = range_help(), help_heading = "Session")]
    pub keepalive_range: Option<RangeInclusive<u16>>,
    /// Whether to begin without a session [default: false for run and sample, else true]
    #[arg(long, value_name = "true|false", help_heading = "Session")]
    pub clean_session: Option<bool>,

    /// Read options from this TOML file; the command line and the environment win
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Print one JSON object per event on stdout
    #[arg(long)]
    pub json: bool,
    /// Run the core without the sandbox
    #[arg(long)]
    pub native: bool,
}

/// What is kept of a connection; for the programs that make one.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Recording {
    /// Write what goes in and comes out to this file, for `tern replay`; without secrets
    #[arg(long, value_name = "FILE", help_heading = "Recording")]
    pub record: Option<PathBuf>,
    /// Write the MQTT packets to this file, for Wireshark: decrypted, on port 1883; without secrets
    #[arg(long, value_name = "FILE", help_heading = "Recording")]
    pub pcap: Option<PathBuf>,
}

/// How a device signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// The CONNECT itself is signed.
    Direct,
    /// HTTPS first, then CONNECT with what it grants.
    Https,
}

impl FromStr for AuthMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "direct" => Ok(Self::Direct),
            "https" => Ok(Self::Https),
            _ => Err("it must be direct or https".to_owned()),
        }
    }
}

/// A time to sign and send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timestamp {
    /// The clock's, when the program starts.
    Now,
    /// This one, in ms since 1970.
    Ms(u64),
}

impl FromStr for Timestamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            digits => digits
                .parse()
                .map(Self::Ms)
                .map_err(|_| "it must be whole milliseconds since 1970, or now".to_owned()),
        }
    }
}

/// The keep alives that the platform takes; the core knows them.
const RANGE: RangeInclusive<u16> = vendor::KEEP_ALIVE_RANGE;

fn keep_alive_help() -> String {
    format!("Keep alive in seconds [default: {}]", vendor::KEEP_ALIVE)
}

fn range_help() -> String {
    let range = range_in_words(&RANGE);
    format!("Keep alives that the platform takes, in seconds [default for devices: {range}]")
}

/// A range of keep alives as [`keep_alive_range`] reads it.
pub fn range_in_words(range: &RangeInclusive<u16>) -> String {
    format!("{}..{}", range.start(), range.end())
}

/// Reads a keep alive in seconds.
///
/// # Errors
/// It is no number of seconds that a CONNECT can hold.
pub fn keep_alive(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| {
        format!(
            "a keep alive is a whole number of seconds, at most 65535; the platform takes {} to {}",
            RANGE.start(),
            RANGE.end()
        )
    })
}

/// Reads `A..B`, both in seconds and both taken.
///
/// # Errors
/// It has another form, or nothing is in it.
pub fn keep_alive_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let wrong = || {
        let range = range_in_words(&RANGE);
        format!("write it as A..B, each 0 to 65535 seconds, such as {range}")
    };
    let (first, last) = text.split_once("..").ok_or_else(wrong)?;
    let first: u16 = first.parse().map_err(|_| wrong())?;
    let last: u16 = last.parse().map_err(|_| wrong())?;
    if first > last {
        return Err(format!("it is empty: {first} is more than {last}"));
    }
    Ok(first..=last)
}

/// The arguments in the form that the parser knows: `-P-file` is written `--password-file` there.
///
/// # Errors
/// A secret or a password on the command line, where every user of the machine can read it. The error
/// does not repeat it.
pub fn spelled_out(args: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let mut spelled = Vec::new();
    let mut is_value = false;
    let mut is_url = false;
    let mut options_end = false;
    for arg in args {
        let text = arg.to_str().unwrap_or_default();
        let is_option = !(is_value || options_end);
        if is_option {
            refuse_secret(text)?;
        }
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let names_url = is_option && matches!(name, "--url" | "--auth-url");
        refuse_user_in_url(if is_url { text } else { value }, is_url || names_url)?;
        is_url = names_url && value.is_empty();
        // What follows these is a text of any form.
        is_value = is_option && matches!(text, "-m" | "--message");
        options_end |= is_option && text == "--";
        match text.strip_prefix("-P-file") {
            Some(rest) if is_option && (rest.is_empty() || rest.starts_with('=')) => {
                spelled.push(format!("--password-file{rest}").into());
            }
            _ => spelled.push(arg),
        }
    }
    Ok(spelled)
}

fn refuse_secret(arg: &str) -> Result<(), String> {
    let name = arg.split('=').next().unwrap_or_default();
    match name {
        "--device-secret" | "--secret" => Err(
            "the device's secret does not belong on the command line, where others can read it: set \
             TERN_DEVICE_SECRET, or put it in a file and give --secret-file FILE"
                .to_owned(),
        ),
        "-P-file" => Ok(()),
        "--password" | "--pw" => Err(password_advice()),
        name if name.starts_with("-P") => Err(password_advice()),
        _ => Ok(()),
    }
}

/// A URL's user part often holds a password, which an error about the URL must not repeat.
fn refuse_user_in_url(text: &str, is_url: bool) -> Result<(), String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", ""));
    let authority = rest.split('/').next().unwrap_or_default();
    // A password with a slash ends what looks like the authority. Then the "port" is no number; and only a
    // WebSocket's URL has a path that may hold an @ of its own.
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_in_path = scheme.starts_with("ws") && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_url && (authority.contains('@') || (rest.contains('@') && !is_in_path)) {
        return Err(
            "a URL here names a place, not a user: take what stands before the @ out of it, give the user \
             name with -u, and set TERN_PASSWORD or give -P-file FILE"
                .to_owned(),
        );
    }
    Ok(())
}

fn password_advice() -> String {
    "a password does not belong on the command line, where others can read it: set TERN_PASSWORD, or put \
     it in a file and give -P-file FILE"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(args: &[&str]) -> Result<Vec<String>, String> {
        let spelled = spelled_out(args.iter().map(OsString::from))?;
        Ok(spelled
            .into_iter()
            .map(|arg| arg.into_string().unwrap())
            .collect())
    }

    #[test]
    fn the_password_file_has_a_second_spelling() {
        let expected = ["tern", "pub", "--password-file", "f"].map(String::from);
        assert_eq!(spell(&["tern", "pub", "-P-file", "f"]).unwrap(), expected);
        let expected = ["--password-file=f"].map(String::from);
        assert_eq!(spell(&["-P-file=f"]).unwrap(), expected);
    }

    #[test]
    fn a_message_may_look_like_an_option() {
        let same = ["-m", "-P-file", "-m", "-Psecret", "--", "-P-file"];
        assert_eq!(spell(&same).unwrap(), same.map(String::from));
    }

    #[test]
    fn secrets_on_the_command_line_are_refused_and_not_repeated() {
        for arg in [
            "--device-secret=hunter2",
            "--secret=hunter2",
            "-Phunter2",
            "--password=hunter2",
        ] {
            let error = spell(&["tern", arg]).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
            assert!(error.contains("TERN_"), "{error}");
        }
        assert!(spell(&["tern", "--secret-file", "f", "--password-file", "f"]).is_ok());
    }

    #[test]
    fn a_user_in_a_url_is_refused_and_not_repeated() {
        for args in [
            ["--url", "mqtt://u:hunter2@127.0.0.1:1"].as_slice(),
            &["--url=mqtt://u:hunter2@127.0.0.1"],
            &["--url=mqtt://u:12/hunter2@127.0.0.1"],
            &["--url", "wss://u:ab/hunter2@127.0.0.1"],
            &["--auth-url", "https://u:hunter2@host/auth/devicename"],
        ] {
            let error = spell(args).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
            assert!(error.contains("-P-file"), "{error}");
        }
        assert!(spell(&["--url", "ws://host/p@th", "-m", "mqtt://a@b"]).is_ok());
        assert!(spell(&["--url", "wss://[::1]:8884/p@th"]).is_ok());
    }

    #[test]
    fn a_timestamp_is_now_or_milliseconds() {
        assert_eq!("now".parse(), Ok(Timestamp::Now));
        assert_eq!("789".parse(), Ok(Timestamp::Ms(789)));
        assert!("1.5".parse::<Timestamp>().is_err());
        assert!("-1".parse::<Timestamp>().is_err());
    }

    #[test]
    fn a_range_of_keep_alives_is_read() {
        assert_eq!(keep_alive_range("60..300"), Ok(60..=300));
        assert_eq!(keep_alive_range("0..65535"), Ok(0..=65535));
        for (text, rule) in [
            ("60", "A..B"),
            ("60..=300", "A..B"),
            ("300..60", "empty"),
            ("1..65536", "65535"),
        ] {
            let error = keep_alive_range(text).expect_err(text);
            assert!(error.contains(rule), "{error}");
        }
    }
}
