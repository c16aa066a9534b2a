//! TLS over a [`TcpLink`]: rustls does the work, this file moves the bytes and finds the words.

use std::io::{BufRead, Write};
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use mio::Registry;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, ClientConnection, PeerIncompatible, RootCertStore};

use super::certificate::{AnyCertificate, CertificateFault, NamingVerifier};
use super::error::proxy_status;
use super::tcp::TcpLink;
use super::{Phase, ReadOutcome, State, TlsFault, TransportError};
use crate::roots::{self, CaFileError};

/// The most bytes of records that are taken from the socket before they are decrypted.
const TAKEN_AT_ONCE: usize = 64 * 1024;

/// What is trusted, and how TLS is spoken: 1.2 and 1.3, by ring. Cheap to clone; clones share the memory
/// of sessions that can be resumed.
#[derive(Clone, Debug)]
pub struct TlsSettings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    trust: Trust,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

#[derive(Debug)]
enum Trust {
    BuiltIn,
    File {
        roots: Arc<RootCertStore>,
        name: String,
    },
    Anybody,
}

impl TlsSettings {
    /// Trusts the built-in roots: see [`crate::roots`]. They are read when TLS is first spoken.
    pub fn built_in() -> Self {
        Self::trusting(Trust::BuiltIn)
    }

    /// Trusts the certificates in a PEM file, and nothing else (`--cafile`).
    ///
    /// # Errors
    /// The file can't be read, holds no certificate, or one that is broken: see [`CaFileError`].
    pub fn with_ca_file(path: &Path) -> Result<Self, CaFileError> {
        let roots = Arc::new(roots::from_file(path)?);
        let name = format!("the certificates in {}", path.display());
        Ok(Self::trusting(Trust::File { roots, name }))
    }

    /// Trusts anybody (`--insecure`): whoever is on the way can read and change what is sent. A
    /// [`RunLoop`](crate::run_loop::RunLoop) tells of each connection that is made so.
    pub fn unverified() -> Self {
        Self::trusting(Trust::Anybody)
    }

    /// Whether a server has to prove who it is.
    #[must_use]
    pub fn verifies(&self) -> bool {
        !matches!(self.0.trust, Trust::Anybody)
    }

    fn trusting(trust: Trust) -> Self {
        Self(Arc::new(Inner {
            trust,
            config: OnceLock::new(),
        }))
    }

    /// The settings in rustls' own form, made at the first call.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let made = self.0.config.get_or_init(|| self.make_config());
        made.clone().map_err(|what| TlsFault::Other { what }.into())
    }

    fn make_config(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let checked = |roots, name| {
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())
                .map(|inner| NamingVerifier { inner, roots: name })
        };
        let verifier: Arc<dyn ServerCertVerifier> = match &self.0.trust {
            Trust::BuiltIn => {
                let roots = Arc::new(roots::built_in());
                Arc::new(checked(roots, "the built-in roots".to_owned())?)
            }
            Trust::File { roots, name } => Arc::new(checked(Arc::clone(roots), name.clone())?),
            Trust::Anybody => Arc::new(AnyCertificate(Arc::clone(&provider))),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| error.to_string())?
            // Not dangerous but where it was asked for: else the verifier is rustls' own, and only its refusals
            // are worded anew.
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

/// A TLS connection, or the attempt to make one.
pub(super) struct TlsLink {
    tcp: TcpLink,
    tls: ClientConnection,
    name: String,
    /// What came from the socket and was not given to rustls yet: `records` from `fed` on.
    records: Vec<u8>,
    fed: usize,
}

impl TlsLink {
    /// Prepares TLS with the host `name` on a connection that is being made.
    pub(super) fn new(
        tcp: TcpLink,
        name: &str,
        settings: &TlsSettings,
    ) -> Result<Self, TransportError> {
        let server = server_name(name)?;
        let tls = ClientConnection::new(settings.config()?, server)
            .map_err(|error| fault(&error, name))?;
        Ok(Self {
            tcp,
            tls,
            name: name.to_owned(),
            records: Vec::new(),
            fed: 0,
        })
    }

    /// The connection beneath.
    pub(super) fn tcp(&self) -> &TcpLink {
        &self.tcp
    }

    /// The connection beneath.
    pub(super) fn tcp_mut(&mut self) -> &mut TcpLink {
        &mut self.tcp
    }

    /// Makes the connection and shakes hands, as far as that goes now.
    pub(super) fn drive(&mut self, registry: &Registry) -> Result<State, TransportError> {
        if self.tcp.drive(registry)? == State::Opening {
            return Ok(State::Opening);
        }
        while self.tls.is_handshaking() {
            self.flush()?;
            let outcome = self
                .tcp
                .read(&mut self.records, TAKEN_AT_ONCE)
                .map_err(|error| self.closed_while_shaking(error))?;
            self.process()?;
            if !outcome.may_have_more {
                break;
            }
        }
        self.flush()?;
        Ok(if self.tls.is_handshaking() {
            State::Opening
        } else {
            State::Open
        })
    }

    /// Reads until there is no more, or `limit` bytes were appended.
    pub(super) fn read(
        &mut self,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<ReadOutcome, TransportError> {
        let start = into.len();
        loop {
            let full = self.hand_out(into, limit.saturating_sub(into.len() - start));
            let bytes = into.len() - start;
            if full {
                return Ok(ReadOutcome {
                    bytes,
                    may_have_more: true,
                });
            }
            if self.fed < self.records.len() {
                self.process()?;
                continue;
            }
            let asked = limit.saturating_sub(bytes).clamp(1, TAKEN_AT_ONCE);
            match self.tcp.read(&mut self.records, asked) {
                Ok(outcome) if outcome.bytes == 0 => {
                    self.flush()?;
                    return Ok(ReadOutcome {
                        bytes,
                        may_have_more: outcome.may_have_more,
                    });
                }
                Ok(outcome) => {
                    let drained = !outcome.may_have_more;
                    self.process()?;
                    if drained && self.fed >= self.records.len() {
                        // Everything was taken from the socket: one more look at it would be in vain.
                        let full = self.hand_out(into, limit.saturating_sub(into.len() - start));
                        self.flush()?;
                        return Ok(ReadOutcome {
                            bytes: into.len() - start,
                            may_have_more: full || self.tcp.has_found_end(),
                        });
                    }
                }
                Err(error) if bytes == 0 => return Err(wrapped(error)),
                Err(error) => {
                    self.tcp.put_back_end(error);
                    return Ok(ReadOutcome {
                        bytes,
                        may_have_more: true,
                    });
                }
            }
        }
    }

    /// Sends, or keeps for later what the socket does not take.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<(), TransportError> {
        while !bytes.is_empty() {
            // rustls keeps up to its own limit, which `seal` empties: it takes some bytes each time.
            let taken = self
                .tls
                .writer()
                .write(bytes)
                .map_err(|source| TransportError::Broken { source })?;
            bytes = bytes.get(taken..).unwrap_or_default();
            self.seal()?;
        }
        self.tcp.flush()
    }

    /// Sends what was kept, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> Result<(), TransportError> {
        self.seal()?;
        self.tcp.flush()
    }

    /// Bytes kept for later, as they go over the wire.
    pub(super) fn pending(&self) -> usize {
        self.tcp.pending()
    }

    /// Says `close_notify`, and that nothing more will be sent.
    pub(super) fn close(&mut self) {
        self.tls.send_close_notify();
        // The connection is given up here: whether the peer still hears of it is the system's business.
        let _ = self.seal();
        self.tcp.close();
    }

    /// Moves rustls' records to where the socket's unsent bytes stand.
    fn seal(&mut self) -> Result<(), TransportError> {
        while self.tls.wants_write() {
            self.tls
                .write_tls(self.tcp.queue())
                .map_err(|source| TransportError::Broken { source })?;
        }
        Ok(())
    }

    /// Gives rustls what came, until it has plaintext to hand out or has seen everything.
    fn process(&mut self) -> Result<(), TransportError> {
        loop {
            let mut rest = self.records.get(self.fed..).unwrap_or_default();
            let before = rest.len();
            if before > 0 {
                self.tls
                    .read_tls(&mut rest)
                    .map_err(|source| TransportError::Broken { source })?;
                let taken = before - rest.len();
                if taken == 0 {
                    let what = "a record is too large".to_owned();
                    return Err(TlsFault::Other { what }.into());
                }
                self.fed += taken;
            }
            let state = match self.tls.process_new_packets() {
                Ok(state) => state,
                Err(error) => {
                    // rustls has an alert for the peer, which tells its people what is wrong.
                    let _ = self.flush();
                    return Err(self.explain(&error));
                }
            };
            if state.peer_has_closed() {
                // What comes after `close_notify` counts for nothing.
                self.fed = self.records.len();
            }
            if self.fed >= self.records.len() {
                self.records.clear();
                self.fed = 0;
                if state.peer_has_closed() {
                    self.tcp.put_back_end(TransportError::Closed {
                        during: Phase::Wrapped,
                        heard: true,
                        said: None,
                    });
                }
                return Ok(());
            }
            if state.plaintext_bytes_to_read() > 0 {
                return Ok(());
            }
        }
    }

    /// Appends decrypted bytes, up to `room` of them; answers whether there are more.
    fn hand_out(&mut self, into: &mut Vec<u8>, mut room: usize) -> bool {
        let mut reader = self.tls.reader();
        loop {
            // "Would block" and "end of stream" are nothing to hand out; the end is told by the socket.
            let chunk = reader.fill_buf().unwrap_or_default();
            if chunk.is_empty() {
                return false;
            }
            if room == 0 {
                return true;
            }
            let taken = chunk.len().min(room);
            into.extend_from_slice(chunk.get(..taken).unwrap_or_default());
            reader.consume(taken);
            room -= taken;
        }
    }

    fn closed_while_shaking(&self, error: TransportError) -> TransportError {
        match (error, self.tcp.first()) {
            // A peer that knows no TLS just closes; some systems report that as a reset.
            (TransportError::Closed { .. } | TransportError::Broken { .. }, None) => {
                TransportError::TlsNotSpoken { first: None }
            }
            (TransportError::Closed { .. }, Some(_)) => TransportError::Closed {
                during: Phase::TlsHandshake,
                heard: true,
                said: None,
            },
            (error, _) => error,
        }
    }

    fn explain(&self, error: &rustls::Error) -> TransportError {
        match error {
            rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
                match self.tcp.first() {
                    // The content types of TLS records: change_cipher_spec, alert, handshake, data.
                    Some(0x14..=0x17) => fault(error, &self.name),
                    Some(b'H') if let Some(status) = proxy_status(&self.records) => {
                        TransportError::ProxyAnswered { status }
                    }
                    first => TransportError::TlsNotSpoken { first },
                }
            }
            error => fault(error, &self.name),
        }
    }
}

/// Puts a fault of TLS into words; `name` is the host that was asked for.
pub(crate) fn fault(error: &rustls::Error, name: &str) -> TransportError {
    use rustls::Error::{AlertReceived, InvalidCertificate, PeerIncompatible as Incompatible};
    let name = || name.to_owned();
    let fault = match error {
        InvalidCertificate(verdict) => {
            return CertificateFault::from_verdict(verdict).into();
        }
        AlertReceived(AlertDescription::ProtocolVersion)
        | Incompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => TlsFault::TooOld,
        AlertReceived(AlertDescription::HandshakeFailure) => TlsFault::Refused { name: name() },
        AlertReceived(AlertDescription::UnrecognisedName) => {
            TlsFault::NameNotServed { name: name() }
        }
        AlertReceived(AlertDescription::CertificateRequired) => TlsFault::ClientCertificateWanted,
        other => TlsFault::Other {
            what: other.to_string(),
        },
    };
    fault.into()
}

/// The name that the server's certificate must have: a host name, or an address.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, TransportError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(ServerName::IpAddress(address.into()));
    }
    ServerName::try_from(host.to_owned()).map_err(|_| TransportError::Usage {
        what: format!(
            "no TLS server can be called {host}: give a host name with letters, digits, '-' and dots, or \
             an IP address"
        ),
    })
}

fn wrapped(error: TransportError) -> TransportError {
    match error {
        TransportError::Closed { heard, said, .. } => TransportError::Closed {
            during: Phase::Wrapped,
            heard,
            said,
        },
        other => other,
    }
}
