//! A device as bytes: it writes packets and reads what comes back.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tern_core::identity::ClientId;
use tern_core::sign::{SignMethod, direct};
use tern_core::wire::{self, Connect, Packet};
use tern_platform::sample;

/// CONNACK: accepted, no session present.
pub(crate) const ACCEPTED: [u8; 4] = [0x20, 0x02, 0x00, 0x00];
/// SUBSCRIBE, identifier 1, `/a1aq9sQk2JE/dev1/data` (22 bytes) with QoS 1.
pub(crate) const SUBSCRIBE: &[u8] = b"\x82\x1b\x00\x01\x00\x16/a1aq9sQk2JE/dev1/data\x01";
/// Its SUBACK: granted QoS 1.
pub(crate) const SUBACK: [u8; 5] = [0x90, 0x03, 0x00, 0x01, 0x01];
/// PUBLISH QoS 0 to the same topic, payload `hi`.
pub(crate) const PUBLISH: &[u8] = b"\x30\x1a\x00\x16/a1aq9sQk2JE/dev1/datahi";
pub(crate) const PINGREQ: [u8; 2] = [0xc0, 0x00];
pub(crate) const PINGRESP: [u8; 2] = [0xd0, 0x00];
pub(crate) const DISCONNECT: [u8; 2] = [0xe0, 0x00];

/// The signed CONNECT of the sample device.
pub(crate) fn connect_packet(secure: bool, keep_alive: u16) -> Vec<u8> {
    let client_id = ClientId::new("12345").expect("a client id");
    let securemode = if secure { 2 } else { 3 };
    let login = direct(
        &sample::device().triple,
        &client_id,
        SignMethod::HmacSha1,
        securemode,
        None,
    );
    plain_connect(
        login.client_id,
        login.username,
        login.password.expose(),
        keep_alive,
    )
}

/// A CONNECT with any user and password.
pub(crate) fn plain_connect(
    client_id: String,
    username: String,
    password: &str,
    keep_alive: u16,
) -> Vec<u8> {
    let packet = Packet::Connect(Connect {
        protocol_level: 4,
        client_id,
        username: Some(username),
        password: Some(tern_core::sign::Password::new(password.to_owned())),
        keep_alive,
        clean_session: true,
        will: None,
    });
    let mut bytes = Vec::new();
    wire::write(&packet, &mut bytes).expect("a packet that can be written");
    bytes
}

/// Writes, then reads exactly what is expected.
pub(crate) fn exchange(stream: &mut (impl Read + Write), sent: &[u8], expected: &[u8]) {
    stream.write_all(sent).expect("sent");
    stream.flush().expect("sent");
    expect(stream, expected);
}

/// Reads exactly what is expected.
pub(crate) fn expect(stream: &mut impl Read, expected: &[u8]) {
    let mut got = vec![0; expected.len()];
    stream.read_exact(&mut got).expect("an answer in time");
    assert_eq!(got, expected, "got {got:02x?}");
}

/// Logs in, subscribes, publishes, and gets its own message.
pub(crate) fn round_trip(stream: &mut (impl Read + Write), secure: bool) {
    exchange(stream, &connect_packet(secure, 60), &ACCEPTED);
    exchange(stream, SUBSCRIBE, &SUBACK);
    exchange(stream, PUBLISH, PUBLISH);
    exchange(stream, &PINGREQ, &PINGRESP);
}

/// Reads to the end of the stream and says whether it ended cleanly rather than by a reset.
pub(crate) fn ends(stream: &mut impl Read) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {
            assert_eq!(rest, [0_u8; 0], "got {rest:02x?}");
            true
        }
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof
            ) =>
        {
            false
        }
        Err(error) => panic!("the stream does not end: {error}"),
    }
}

/// TLS on a TCP connection, trusting the CA in this file.
pub(crate) fn tls(
    stream: TcpStream,
    ca: &Path,
    name: &str,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_file(ca).expect("a CA certificate");
    roots.add(ca).expect("a CA certificate");
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a TLS client");
    StreamOwned::new(connection, stream)
}
