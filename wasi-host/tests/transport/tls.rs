//! TLS: what is trusted, what is not and why, and what travels inside.

use std::io::{Read, Write};
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, IsCa};
use tern_host::transport::{CertificateFault, Phase, TlsFault, TlsSettings, TransportError};

use crate::drive::Drive;
use crate::peer::{Authority, Peer, TlsServer, take};
use crate::tcp::pattern;

/// The certificate's fault, and its words.
fn fault(error: TransportError) -> (CertificateFault, String) {
    assert!(error.is_certificate(), "{error}");
    let words = error.to_string();
    match error {
        TransportError::Certificate(fault) => (fault, words),
        other => panic!("{other}"),
    }
}

#[test]
fn bytes_go_both_ways_in_both_versions() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new(&format!("Both Ways {:?}", version.version));
        let server = authority.server(&["localhost"], |_| {}).only(version);
        let peer = server.peer(|mut stream| {
            assert!(take(&mut stream, 300_000) == pattern(300_000));
            stream.write_all(&pattern(3_000_000)).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        });
        let mut drive =
            Drive::to("mqtts", "localhost", peer.address, &authority.trusted()).opened();
        drive.write(&pattern(300_000));
        drive.flush();
        let (bytes, end) = drive.read_to_end();
        assert!(bytes == pattern(3_000_000));
        assert!(matches!(end, TransportError::Closed { .. }), "{end}");
        peer.finish().unwrap();
    }
}

#[test]
fn bytes_that_come_with_the_handshake_are_not_left_behind() {
    let authority = Authority::new("With The Handshake");
    let peer = authority.server(&["localhost"], |_| {}).peer(|mut stream| {
        stream.write_all(b"first").unwrap();
        take(&mut stream, 1);
    });
    let mut drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted()).opened();
    assert_eq!(drive.read(5).unwrap(), b"first");
    drive.write(b".");
    peer.finish().unwrap();
}

#[test]
fn a_read_keeps_to_its_limit_inside_a_record() {
    let authority = Authority::new("Limit");
    let peer = authority.server(&["localhost"], |_| {}).peer(|mut stream| {
        stream.write_all(&pattern(60_000)).unwrap();
        take(&mut stream, 1);
    });
    let mut drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted()).opened();
    let mut all = Vec::new();
    while all.len() < 60_000 {
        all.extend(drive.read(7_500).unwrap());
    }
    assert!(all == pattern(60_000));
    drive.write(b".");
    peer.finish().unwrap();
}

#[test]
fn a_server_can_be_reached_by_address() {
    let authority = Authority::new("By Address");
    let peer = authority
        .server(&["127.0.0.1"], |_| {})
        .peer(|mut stream| take(&mut stream, 2));
    let mut drive = Drive::to("mqtts", "127.0.0.1", peer.address, &authority.trusted()).opened();
    drive.write(b"ok");
    assert_eq!(peer.finish().unwrap(), b"ok");
}

#[test]
fn closing_says_so_inside_tls() {
    let authority = Authority::new("Goodbye");
    let peer = authority
        .server(&["localhost"], |_| {})
        .peer(|mut stream| stream.read(&mut [0; 8]).unwrap());
    let mut drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted()).opened();
    drive.transport.close();
    assert_eq!(peer.finish(), Some(0), "a clean end, not an unexpected one");
}

#[test]
fn an_unknown_issuer_is_named() {
    let authority = Authority::new("Somebody's Own CA");
    let peer = authority.server(&["localhost"], |_| {}).peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
    let (fault, words) = fault(drive.refusal());
    assert!(matches!(fault, CertificateFault::UnknownIssuer { .. }));
    assert!(
        words.contains("issued by \"Somebody\\'s Own CA\""),
        "{words}"
    );
    assert!(words.contains("the built-in roots"), "{words}");
    assert!(words.contains("--cafile"), "{words}");
    assert_eq!(peer.finish(), None);
}

#[test]
fn a_ca_file_replaces_the_built_in_roots() {
    let trusted = Authority::new("Trusted");
    let other = Authority::new("Other");
    let peer = other.server(&["localhost"], |_| {}).peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &trusted.trusted());
    let (_, words) = fault(drive.refusal());
    assert!(words.contains("the certificates in "), "{words}");
    assert!(words.contains("Trusted.pem"), "{words}");
    assert_eq!(peer.finish(), None);
}

#[test]
fn a_self_signed_certificate_is_called_so() {
    let peer = TlsServer::self_signed("localhost").peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
    let (fault, words) = fault(drive.refusal());
    assert!(matches!(fault, CertificateFault::SelfSigned { .. }));
    assert!(
        words.contains("\"my own server\" signed it itself"),
        "{words}"
    );
    assert_eq!(peer.finish(), None);
}

#[test]
fn a_certificate_for_another_host_says_which() {
    let authority = Authority::new("Wrong Name");
    let peer = authority
        .server(&["a.example.com", "*.b.example.com", "10.0.0.1"], |_| {})
        .peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted());
    let (fault, words) = fault(drive.refusal());
    assert_eq!(
        fault,
        CertificateFault::WrongName {
            expected: "localhost".into(),
            presented: vec![
                "a.example.com".into(),
                "*.b.example.com".into(),
                "10.0.0.1".into()
            ],
        }
    );
    let expected = "localhost was expected, and it names a.example.com, *.b.example.com, 10.0.0.1";
    assert!(words.contains(expected), "{words}");
    assert_eq!(peer.finish(), None);
}

#[test]
fn an_expired_certificate_gives_both_dates() {
    let authority = Authority::new("Expired");
    let peer = authority
        .server(&["localhost"], |params| {
            params.not_before = rcgen::date_time_ymd(2019, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 2, 3);
        })
        .peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted());
    let (fault, words) = fault(drive.refusal());
    assert!(matches!(fault, CertificateFault::Expired { .. }));
    assert!(words.contains("expired at 2020-02-03T00:00:00Z"), "{words}");
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    assert!(
        words.contains(&format!("clock says {}", &now[..10])),
        "{words}"
    );
    assert_eq!(peer.finish(), None);
}

#[test]
fn a_certificate_from_the_future_points_at_the_clock() {
    let authority = Authority::new("Future");
    let peer = authority
        .server(&["localhost"], |params| {
            params.not_before = (SystemTime::now() + Duration::from_secs(86_400)).into();
            params.not_after = rcgen::date_time_ymd(9999, 12, 31);
        })
        .peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted());
    let (fault, words) = fault(drive.refusal());
    assert!(matches!(fault, CertificateFault::NotYetValid { .. }));
    assert!(words.contains("most likely the clock is behind"), "{words}");
    assert_eq!(peer.finish(), None);
}

#[test]
fn a_ca_certificate_is_no_server_certificate() {
    let authority = Authority::new("CA As Server");
    let peer = authority
        .server(&["localhost"], |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        })
        .peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &authority.trusted());
    let (fault, words) = fault(drive.refusal());
    assert!(
        matches!(fault, CertificateFault::AuthorityAsServer { .. }),
        "{words}"
    );
    assert!(words.contains("\"the server\""), "{words}");
    assert_eq!(peer.finish(), None);
}

#[test]
fn plain_mqtt_on_the_port_is_recognised() {
    for (answer, seen) in [
        (&b""[..], "looks like plain MQTT"),
        (&[0x20, 0x02, 0x00, 0x01], "answered with plain MQTT"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "like a web server"),
        (b"\x00\x01\x02\x03\x04\x05", "something that is not TLS"),
    ] {
        let peer = Peer::that_answers(answer);
        let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
        let error = drive.refusal();
        assert!(
            matches!(error, TransportError::TlsNotSpoken { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains(seen), "{error}");
        peer.finish();
    }
}

#[test]
fn a_proxy_in_the_place_of_the_server_is_called_so() {
    let wants_login = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let says_its_name = b"HTTP/1.0 400 Bad Request\r\nVia: 1.0 office\r\n\r\n";
    for (answer, status) in [(&wants_login[..], 407), (says_its_name, 400)] {
        let peer = Peer::that_answers(answer);
        let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
        let words = drive.refusal().to_string();
        let expected = format!("an HTTP proxy answered (status {status}) in the place of the host");
        assert!(words.starts_with(&expected), "{words}");
        peer.finish();
    }
}

#[test]
fn a_proxy_that_opens_tls_is_refused_with_its_issuer_and_named_as_a_cause() {
    let proxy = Authority::new("Office Proxy CA");
    let peer = proxy.server(&["localhost"], |_| {}).peer(|_| ());
    let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
    let (_, words) = fault(drive.refusal());
    assert!(words.contains("issued by \"Office Proxy CA\""), "{words}");
    assert!(
        words.contains("a proxy that opens TLS on the way"),
        "{words}"
    );
    assert_eq!(peer.finish(), None);
}

#[test]
fn without_verification_anybody_is_taken_who_holds_the_key_of_what_is_shown() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new(&format!("Anybody {:?}", version.version));
        let server = authority.server(&["a.example.com"], |params| {
            params.not_before = rcgen::date_time_ymd(2019, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 2, 3);
        });
        let peer = server.only(version).peer(|mut stream| take(&mut stream, 2));
        let anybody = TlsSettings::unverified();
        assert!(!anybody.verifies() && TlsSettings::built_in().verifies());
        let mut drive = Drive::to("mqtts", "localhost", peer.address, &anybody).opened();
        drive.write(b"ok");
        assert_eq!(peer.finish().unwrap(), b"ok");
    }
}

#[test]
fn tls_before_1_2_is_refused_in_words() {
    // A record: alert (15), TLS 1.0 (03 01), 2 bytes (00 02): fatal (02), protocol_version (46).
    let alert = &[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46];
    // A record: handshake (16), TLS 1.0 (03 01), 42 bytes (00 2a): a ServerHello (02) of 38 bytes
    // (00 00 26) in version TLS 1.0 (03 01), a random of 32 bytes, no session id (00),
    // TLS_RSA_WITH_AES_128_CBC_SHA (00 2f), no compression (00).
    let mut hello = vec![
        0x16, 0x03, 0x01, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x01,
    ];
    hello.extend([0x55; 32]);
    hello.extend([0x00, 0x00, 0x2f, 0x00]);
    // The same in TLS 1.1 (03 02).
    let mut hello_1_1 = hello.clone();
    (hello_1_1[2], hello_1_1[10]) = (0x02, 0x02);
    for answer in [alert.to_vec(), hello, hello_1_1] {
        let peer = Peer::that_answers(answer.leak());
        let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
        let error = drive.refusal();
        assert!(
            matches!(error, TransportError::Tls(TlsFault::TooOld)),
            "{error:?}"
        );
        let words = "the peer offers no TLS 1.2 or newer";
        assert!(error.to_string().starts_with(words), "{error}");
        peer.finish();
    }
}

#[test]
fn other_alerts_have_words_of_their_own() {
    for (alert, expected) in [
        (0x28, "shares no cipher"),
        (0x70, "does not serve the name localhost"),
        (0x74, "wants a client certificate"),
        (0x50, "InternalError"),
    ] {
        let peer = Peer::that_answers(vec![0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert].leak());
        let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
        let error = drive.refusal();
        assert!(matches!(error, TransportError::Tls(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        peer.finish();
    }
}

#[test]
fn an_end_in_the_middle_of_the_handshake_is_told() {
    // The first half of a record's head: handshake (16), TLS 1.2 (03 03).
    let peer = Peer::that_answers(&[0x16, 0x03, 0x03]);
    let drive = Drive::to("mqtts", "localhost", peer.address, &TlsSettings::built_in());
    let error = drive.refusal();
    let expected = matches!(
        error,
        TransportError::Closed {
            during: Phase::TlsHandshake,
            ..
        }
    );
    assert!(expected, "{error:?}");
    peer.finish();
}
