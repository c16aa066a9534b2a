//! The other side: one thread, one connection, one closure that says what it does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use tern_host::transport::TlsSettings;

use crate::drive::PATIENCE;

/// A peer that takes one connection and does with it what `act` says.
pub(crate) struct Peer<T> {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Peer<T> {
    pub(crate) fn new(act: impl FnOnce(TcpStream) -> T + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.set_write_timeout(Some(PATIENCE)).unwrap();
            act(stream)
        });
        Self { address, thread }
    }

    /// Waits for the closure's end.
    pub(crate) fn finish(self) -> T {
        self.thread.join().unwrap()
    }
}

impl Peer<()> {
    /// Reads something, then says `bytes` and closes.
    pub(crate) fn that_answers(bytes: &'static [u8]) -> Self {
        Self::new(move |mut stream| {
            let mut some = [0; 4096];
            let _ = stream.read(&mut some).unwrap();
            stream.write_all(bytes).unwrap();
        })
    }
}

/// An address of this machine where nobody listens.
pub(crate) fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Reads exactly `count` bytes.
pub(crate) fn take(stream: &mut impl Read, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// A certificate authority made for one test, and a file that holds its certificate.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    /// `name` is its common name, and must differ from test to test.
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        let file_name = format!("tern-{}-{}.pem", std::process::id(), name.replace(' ', "-"));
        let file = std::env::temp_dir().join(file_name);
        std::fs::write(&file, pem).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    /// Trusts this authority alone.
    pub(crate) fn trusted(&self) -> TlsSettings {
        TlsSettings::with_ca_file(&self.file).unwrap()
    }

    /// A server with a certificate for `names`, bent by `change`.
    pub(crate) fn server(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> TlsServer {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "the server");
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        TlsServer::new(certificate.der().clone(), &key)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

/// What a TLS peer needs to shake hands.
pub(crate) struct TlsServer {
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

pub(crate) type TlsStream = StreamOwned<ServerConnection, TcpStream>;

impl TlsServer {
    /// A server that signed its certificate itself.
    pub(crate) fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "my own server");
        let certificate = params.self_signed(&key).unwrap();
        Self::new(certificate.der().clone(), &key)
    }

    fn new(certificate: rustls::pki_types::CertificateDer<'static>, key: &KeyPair) -> Self {
        Self {
            chain: vec![certificate],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            versions: rustls::ALL_VERSIONS.to_vec(),
        }
    }

    pub(crate) fn only(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    /// Takes one connection, shakes hands, and goes on as `act` says. A handshake that fails (the client
    /// refuses the certificate) ends the peer quietly, with `None`.
    pub(crate) fn peer<T: Send + 'static>(
        self,
        act: impl FnOnce(TlsStream) -> T + Send + 'static,
    ) -> Peer<Option<T>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)
            .unwrap();
        Peer::new(move |stream| {
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            while stream.conn.is_handshaking() {
                stream.conn.complete_io(&mut stream.sock).ok()?;
            }
            Some(act(stream))
        })
    }
}
