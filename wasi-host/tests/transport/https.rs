//! The HTTPS exchange: what is sent, what comes back, and what is not read.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use tern_core::auth::HttpRequest;
use tern_core::device::{CloseKind, CloseReason};
use tern_host::https::{Deadlines, HttpReply, HttpsError, HttpsFault, send};
use tern_host::transport::{TlsSettings, TransportError};

use crate::drive::PATIENCE;
use crate::peer::{Authority, Peer, TlsStream, nobody};

const PATIENT: Deadlines = Deadlines {
    connect: PATIENCE,
    total: PATIENCE,
};

fn request(host: &str, port: u16) -> HttpRequest {
    HttpRequest {
        url: format!("https://{host}:{port}/auth/devicename"),
        content_type: "application/x-www-form-urlencoded",
        body: "productKey=pk&sign=00".into(),
    }
}

fn post(port: u16, tls: &TlsSettings) -> Result<HttpReply, HttpsError> {
    send(request("localhost", port), tls, PATIENT, || ()).wait()
}

/// Reads one request: its head, lower-case names, and its body.
fn read_request(stream: &mut TlsStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0);
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// A server that reads the request and answers with these bytes.
fn exchange_with(name: &str, answer: &'static [u8]) -> Result<HttpReply, HttpsError> {
    let authority = Authority::new(name);
    let peer = authority
        .server(&["localhost"], |_| {})
        .peer(move |mut stream| {
            read_request(&mut stream);
            stream.write_all(answer).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        });
    let result = post(peer.address.port(), &authority.trusted());
    peer.finish().unwrap();
    result
}

#[test]
fn the_request_goes_out_and_the_answer_comes_back_as_they_are() {
    let authority = Authority::new("HTTPS");
    let server = authority.server(&["localhost", "::1"], |_| {});
    let peer = server.peer(|mut stream| {
        let request = read_request(&mut stream);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":200}";
        stream.write_all(answer).unwrap();
        request
    });
    let port = peer.address.port();
    let reply = post(port, &authority.trusted()).unwrap();
    assert_eq!(
        (reply.status, &reply.body[..]),
        (200, &b"{\"code\":200}"[..])
    );
    let (head, body) = peer.finish().unwrap();
    assert!(
        head.starts_with("POST /auth/devicename HTTP/1.1\r\n"),
        "{head}"
    );
    for line in [
        format!("host: localhost:{port}\r\n"),
        "content-type: application/x-www-form-urlencoded\r\n".into(),
        "content-length: 21\r\n".into(),
        "connection: close\r\n".into(),
    ] {
        assert!(head.contains(&line), "{head}");
    }
    assert_eq!(body, "productKey=pk&sign=00");
}

#[test]
fn a_chunked_answer_is_put_together() {
    let answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
    let reply = exchange_with("Chunked", answer).unwrap();
    assert_eq!(&reply.body[..], b"{\"a\":1}");
}

#[test]
fn an_answer_that_ends_with_the_connection_is_whole() {
    let reply = exchange_with("Until The End", b"HTTP/1.1 200 OK\r\n\r\n{}").unwrap();
    assert_eq!(&reply.body[..], b"{}");
}

#[test]
fn other_statuses_are_answers_and_redirects_are_not_followed() {
    let answer =
        b"HTTP/1.1 302 Found\r\nLocation: https://localhost:1/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(exchange_with("Redirect", answer).unwrap().status, 302);
    let answer = b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno";
    let reply = exchange_with("Oops", answer).unwrap();
    assert_eq!((reply.status, &reply.body[..]), (500, &b"no"[..]));
}

#[test]
fn an_answer_of_ten_megabytes_is_not_read_to_its_end() {
    for head in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\n\r\n",
    ] {
        let authority = Authority::new("Ten Megabytes");
        let server = authority.server(&["localhost"], |_| {});
        let peer = server.peer(move |mut stream| {
            read_request(&mut stream);
            stream.write_all(head).unwrap();
            let megabyte = vec![b' '; 1_000_000];
            (0..10).all(|_| stream.write_all(&megabyte).is_ok())
        });
        let error = post(peer.address.port(), &authority.trusted()).unwrap_err();
        assert!(matches!(error.fault, HttpsFault::TooLarge(_)), "{error}");
        assert!(
            error.to_string().contains("longer than 65536 bytes"),
            "{error}"
        );
        assert_eq!(CloseReason::from(&error).kind, CloseKind::Protocol);
        assert_eq!(peer.finish(), Some(false), "the rest found no taker");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_explained_as_for_mqtt() {
    let authority = Authority::new("Not Trusted");
    let peer = authority.server(&["localhost"], |_| {}).peer(|_| ());
    let error = post(peer.address.port(), &TlsSettings::built_in()).unwrap_err();
    assert_eq!(CloseReason::from(&error).kind, CloseKind::Certificate);
    let words = error.to_string();
    assert!(words.starts_with("HTTPS to localhost:"), "{words}");
    assert!(words.contains("issued by \"Not Trusted\""), "{words}");
    assert_eq!(peer.finish(), None);
    let peer = authority
        .server(&["other.example.com"], |_| {})
        .peer(|_| ());
    let error = post(peer.address.port(), &authority.trusted()).unwrap_err();
    assert!(error.to_string().contains("other.example.com"), "{error}");
    peer.finish();
}

#[test]
fn a_port_without_tls_is_recognised() {
    for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let peer = Peer::that_answers(answer);
        let error = post(peer.address.port(), &TlsSettings::built_in()).unwrap_err();
        assert!(matches!(error.fault, HttpsFault::NoTls), "{error}");
        peer.finish();
    }
}

#[test]
fn a_port_where_nobody_listens_is_named() {
    let exchange = send(
        request("127.0.0.1", nobody().port()),
        &TlsSettings::built_in(),
        PATIENT,
        || (),
    );
    let error = exchange.wait().unwrap_err();
    let unreachable = HttpsFault::Transport(TransportError::Unreachable { attempts: vec![] });
    assert_eq!(
        std::mem::discriminant(&error.fault),
        std::mem::discriminant(&unreachable)
    );
    assert!(
        error.to_string().contains("nothing listens there"),
        "{error}"
    );
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    let exchange = send(
        request("nobody.invalid", 443),
        &TlsSettings::built_in(),
        PATIENT,
        || (),
    );
    let words = exchange.wait().unwrap_err().to_string();
    assert!(
        words.contains("nobody.invalid could not be resolved"),
        "{words}"
    );
}

#[test]
fn a_silent_peer_runs_into_the_deadline() {
    let short = Duration::from_millis(200);
    let (ended, end) = mpsc::channel::<()>();
    // Takes the connection and says nothing, until the test is over.
    let peer = Peer::new(move |_stream| end.recv().unwrap());
    let deadlines = Deadlines {
        connect: short,
        total: PATIENCE,
    };
    let request = request("localhost", peer.address.port());
    let error = send(request, &TlsSettings::built_in(), deadlines, || ())
        .wait()
        .unwrap_err();
    assert!(
        error.to_string().contains("no connection within 200ms"),
        "{error}"
    );
    ended.send(()).unwrap();
    peer.finish();

    let authority = Authority::new("Silent");
    let (ended, end) = mpsc::channel::<()>();
    let server = authority.server(&["localhost"], |_| {});
    let peer = server.peer(move |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap();
        end.recv().unwrap();
    });
    let deadlines = Deadlines {
        connect: PATIENCE,
        total: Duration::from_secs(1),
    };
    let request = self::request("localhost", peer.address.port());
    let error = send(request, &authority.trusted(), deadlines, || ())
        .wait()
        .unwrap_err();
    assert!(
        error.to_string().contains("no whole answer within 1s"),
        "{error}"
    );
    assert_eq!(CloseReason::from(&error).kind, CloseKind::TimedOut);
    ended.send(()).unwrap();
    peer.finish().unwrap();
}

#[test]
fn an_answer_that_is_cut_off_is_told() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
    ] {
        let error = exchange_with("Cut", answer).unwrap_err();
        assert!(matches!(error.fault, HttpsFault::Cut), "{error:?}");
    }
}

#[test]
fn an_answer_that_is_not_http_is_told() {
    let error = exchange_with("Not HTTP", b"\x20\x02\x00\x00 what is this\r\n\r\n").unwrap_err();
    assert!(
        matches!(error.fault, HttpsFault::NotHttp { .. }),
        "{error:?}"
    );
}

#[test]
fn a_url_that_is_not_https_is_never_asked() {
    for url in [
        "http://localhost:1/auth",
        "localhost",
        "https://",
        "https://a b/",
    ] {
        let mut request = request("localhost", 1);
        request.url = url.into();
        let error = send(request, &TlsSettings::built_in(), PATIENT, || ())
            .wait()
            .unwrap_err();
        assert!(
            matches!(error.fault, HttpsFault::Url { .. }),
            "{url}: {error}"
        );
        // No certificate was seen.
        assert_eq!(CloseReason::from(&error).kind, CloseKind::Network);
    }
}

#[test]
fn the_waker_is_called_once_and_then_the_answer_is_there() {
    let (woken, wakes) = mpsc::channel();
    let exchange = send(
        request("127.0.0.1", nobody().port()),
        &TlsSettings::built_in(),
        PATIENT,
        move || woken.send(()).unwrap(),
    );
    wakes.recv_timeout(PATIENCE).unwrap();
    assert!(exchange.try_take().unwrap().is_err());
    assert!(wakes.recv_timeout(PATIENCE).is_err(), "once only");
}

#[test]
fn what_came_back_does_not_print() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhunter2";
    let reply = exchange_with("Debug", answer).unwrap();
    assert_eq!(
        format!("{reply:?}"),
        "HttpAnswer { status: 200, body: (7 bytes) }"
    );
}
