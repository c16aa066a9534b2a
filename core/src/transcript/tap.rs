//! Stands between host and device: turns what passes into entries without secrets.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::mask::{mask_connects, mask_form};
use super::token::mask_token;
use super::{Header, Heard, Said};
use crate::device::{CloseReason, Config, KeptMessage, Login};
use crate::identity::ClientId;

/// A secret that is shorter is overwritten where its place is known, and not looked for elsewhere: too much of
/// what has nothing to do with it would be lost.
pub(super) const LOOKED_FOR: usize = 8;

/// More bytes than the fields of a CONNECT can have up to its password's end.
const MAX_CONNECT: usize = 6 * 65_535;

/// More secrets than one device has at a time: the oldest is forgotten.
const KNOWN: usize = 16;

/// Turns what passes between one device and its host into entries for a recording.
///
/// Overwritten by as many `*` are the CONNECT's password, the signature in the form of an authentication, and
/// the iotToken in its answer. From there on they are known, and overwritten wherever else they come along, as
/// the deviceSecret is: in a payload, in a peer's text.
#[derive(Default)]
pub struct Tap {
    known: Secrets,
    /// What the device has not consumed of what it was handed, as it is and as it was recorded.
    rest: Vec<u8>,
    recorded_rest: Vec<u8>,
    /// Bytes of the stream that the device has seen and not consumed.
    seen: usize,
    /// A CONNECT that a peer echoes, and has not echoed whole: the device has thrown these bytes away, and
    /// those that follow still belong to it.
    echo: Zeroizing<Vec<u8>>,
    /// Handed in, and not reported as consumed yet.
    handed: VecDeque<Handed>,
}

struct Handed {
    bytes: Vec<u8>,
    recorded: Vec<u8>,
    is_stream: bool,
}

/// Bytes that a device was handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The entry.
    pub heard: Heard,
    /// How many of the entry's last bytes are new on the stream.
    pub fresh: usize,
}

impl Tap {
    /// A tap for a device that is told this, and has heard nothing yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let mut tap = Self::default();
        match &config.login {
            Login::Direct { triple, .. } | Login::Https { triple, .. } => {
                tap.known.learn(triple.device_secret.expose());
            }
            Login::Plain { password, .. } => {
                if let Some(password) = password {
                    tap.known.learn(password.expose().as_bytes());
                }
            }
        }
        tap
    }

    /// What begins the recording. Whoever took a secret for a client id or a user name finds stars in its place,
    /// too.
    #[must_use]
    pub fn header(&self, header: &Header) -> String {
        let mut header = header.clone();
        match &mut header.config.login {
            Login::Direct { client_id, .. } | Login::Https { client_id, .. } => {
                let masked = self.known.text(client_id.as_str().to_owned());
                // Stars keep the rules of a client id.
                *client_id = ClientId::new(&masked).unwrap_or_else(|_| client_id.clone());
            }
            Login::Plain {
                client_id,
                username,
                ..
            } => {
                *client_id = self.known.text(core::mem::take(client_id));
                *username = username.take().map(|username| self.known.text(username));
            }
        }
        let mut text = String::new();
        header.write(&mut text);
        text
    }

    /// Something was handed in, apart from received bytes.
    pub fn heard(&mut self, heard: Heard) -> Heard {
        let known = &mut self.known;
        match heard {
            Heard::Publish {
                topic,
                payload,
                qos,
            } => Heard::Publish {
                topic: known.text(topic),
                payload: known.bytes(payload),
                qos,
            },
            Heard::Subscribe { filter, qos } => Heard::Subscribe {
                filter: known.text(filter),
                qos,
            },
            Heard::Unsubscribe { filter } => Heard::Unsubscribe {
                filter: known.text(filter),
            },
            Heard::HttpAnswered { status, mut body } => {
                mask_token(&mut body, &mut |token| known.learn(token));
                let body = known.bytes(body);
                Heard::HttpAnswered { status, body }
            }
            Heard::RestoreMessage(message) => Heard::RestoreMessage(KeptMessage {
                topic: known.text(message.topic),
                payload: known.bytes(message.payload),
                ..message
            }),
            Heard::RestoreSubscription { filter, qos } => Heard::RestoreSubscription {
                filter: known.text(filter),
                qos,
            },
            Heard::TransportClosed(reason) => Heard::TransportClosed(known.reason(reason)),
            Heard::HttpFailed(reason) => Heard::HttpFailed(known.reason(reason)),
            other => other,
        }
    }

    /// Bytes were handed in: all that the host holds, from a packet's border on. `is_stream` is whether they
    /// came from the peer; a host may hand in bytes of its own to keep a device from giving its peer up.
    pub fn received(&mut self, bytes: &[u8], is_stream: bool) -> Received {
        let masked = self.without_connects(bytes, is_stream);
        let masked = self.known.bytes(masked);
        let follows = self.handed.is_empty()
            && bytes.starts_with(&self.rest)
            && masked.starts_with(&self.recorded_rest);
        let heard = if follows {
            Heard::Received {
                anew: false,
                bytes: masked.get(self.rest.len()..).unwrap_or_default().to_vec(),
            }
        } else {
            Heard::Received {
                anew: true,
                bytes: masked.clone(),
            }
        };
        let fresh = if is_stream {
            bytes.len().saturating_sub(self.seen)
        } else {
            0
        };
        self.handed.push_back(Handed {
            bytes: bytes.to_vec(),
            recorded: masked,
            is_stream,
        });
        Received { heard, fresh }
    }

    /// Something came out.
    pub fn said(&mut self, said: Said) -> Said {
        match &said {
            Said::Consumed { consumed, .. } => self.consumed(*consumed),
            Said::OpenTransport(_) => {
                // Another stream: what is handed in and not yet reported was of the one before.
                for handed in &mut self.handed {
                    handed.is_stream = false;
                }
                self.seen = 0;
                self.echo.clear();
            }
            _ => {}
        }
        let known = &mut self.known;
        match said {
            Said::Transmit(mut bytes) => {
                let _ = mask_connects(&mut bytes, &mut |password| known.learn(password));
                Said::Transmit(known.bytes(bytes))
            }
            Said::SendHttp { url, body } => {
                let body = Zeroizing::new(body);
                let body = mask_form(&body, &mut |sign| known.learn(sign));
                Said::SendHttp {
                    url,
                    body: known.text(body),
                }
            }
            // What a device says in words may repeat a peer's.
            other => other.map_texts(&mut |bytes| known.bytes(bytes)),
        }
    }

    /// The bytes with stars over the password of each CONNECT, also of one that began earlier.
    fn without_connects(&mut self, bytes: &[u8], is_stream: bool) -> Vec<u8> {
        if !is_stream {
            return bytes.to_vec();
        }
        let before = core::mem::take(&mut self.echo);
        let whole = Zeroizing::new([before.as_slice(), bytes].concat());
        let mut masked = whole.to_vec();
        if let Some(start) = mask_connects(&mut masked, &mut |_| {})
            && let Some(cut) = whole.get(start..)
            && cut.len() <= MAX_CONNECT
        {
            self.echo = Zeroizing::new(cut.to_vec());
        }
        masked.split_off(before.len())
    }

    fn consumed(&mut self, consumed: usize) {
        let Some(handed) = self.handed.pop_front() else {
            return;
        };
        let left = |bytes: &[u8]| bytes.get(consumed..).unwrap_or_default().to_vec();
        self.rest = left(&handed.bytes);
        self.recorded_rest = left(&handed.recorded);
        if handed.is_stream {
            self.seen = self.rest.len();
            if !self.rest.is_empty() {
                // They are handed in again.
                self.echo.clear();
            }
        }
    }
}

/// Secrets that have come along.
#[derive(Default)]
struct Secrets(VecDeque<Zeroizing<Vec<u8>>>);

impl Secrets {
    fn learn(&mut self, secret: &[u8]) {
        let is_mask = secret.iter().all(|byte| *byte == b'*');
        let is_known = self.0.iter().any(|known| known.as_slice() == secret);
        if secret.len() < LOOKED_FOR || is_mask || is_known {
            return;
        }
        if self.0.len() == KNOWN {
            // Behind the first, which is the device's own.
            self.0.remove(1);
        }
        self.0.push_back(Zeroizing::new(secret.to_vec()));
    }

    /// The bytes with stars over every secret that is known.
    fn bytes(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for secret in &self.0 {
            let mut at = 0;
            while let Some(rest) = bytes.get_mut(at..)
                && let Some(found) = rest
                    .windows(secret.len())
                    .position(|window| window == secret.as_slice())
            {
                if let Some(place) = rest.get_mut(found..found + secret.len()) {
                    place.fill(b'*');
                }
                at += found + secret.len();
            }
        }
        bytes
    }

    fn text(&self, text: String) -> String {
        let bytes = self.bytes(text.into_bytes());
        // A secret that is text leaves text when it is taken out; another might not.
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn reason(&self, reason: CloseReason) -> CloseReason {
        CloseReason {
            kind: reason.kind,
            text: self.text(reason.text),
        }
    }
}
