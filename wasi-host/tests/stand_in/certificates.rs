//! The CA: made once, kept, and what clients say without it.

use std::sync::{Arc, Mutex};

use tern_host::stand_in::StandIn;

use crate::device::{round_trip, tls};
use crate::setup::{connect, options, start};

#[test]
fn the_ca_is_kept_over_a_restart_and_devices_still_trust_it() {
    let data = tempfile::tempdir().expect("a folder");
    let first = StandIn::start(options(&data)).expect("a stand-in");
    let ca = first.ca_path().to_owned();
    assert!(ca.is_absolute());
    let pem = std::fs::read(&ca).expect("ca.pem");
    let copy = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(copy.path(), &pem).expect("written");
    first.stop().expect("a clean end");

    let second = StandIn::start(options(&data)).expect("a stand-in");
    assert_eq!(std::fs::read(second.ca_path()).expect("ca.pem"), pem);
    let mut stream = tls(connect(second.addresses().mqtt), copy.path(), "localhost");
    round_trip(&mut stream, true);
}

#[test]
fn two_that_start_at_once_in_one_folder_share_one_ca() {
    let data = tempfile::tempdir().expect("a folder");
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let stand_in = StandIn::start(options(&data)).expect("a stand-in");
                let mut stream = tls(
                    connect(stand_in.addresses().mqtt),
                    stand_in.ca_path(),
                    "localhost",
                );
                stream
                    .conn
                    .complete_io(&mut stream.sock)
                    .expect("a handshake");
                found
                    .lock()
                    .expect("no panic")
                    .push(std::fs::read(stand_in.ca_path()).expect("ca.pem"));
            });
        }
    });
    let found = found.into_inner().expect("no panic");
    assert!(found.windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn a_damaged_ca_stops_the_start_with_a_word_what_to_do() {
    let data = tempfile::tempdir().expect("a folder");
    StandIn::start(options(&data))
        .expect("a stand-in")
        .stop()
        .expect("a clean end");
    std::fs::write(data.path().join("ca.key"), "nothing").expect("written");
    let error = StandIn::start(options(&data))
        .expect_err("a damaged key")
        .to_string();
    assert!(
        error.contains("ca.key is damaged") && error.contains("delete ca.pem and ca.key"),
        "{error}"
    );
}

#[test]
fn a_folder_that_is_a_file_is_named() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("file");
    std::fs::write(&file, "").expect("written");
    let mut options = options(&data);
    options.data = Some(file);
    let error = StandIn::start(options)
        .expect_err("a file is no folder")
        .to_string();
    assert!(
        error.contains("can't make this folder") && error.contains("--data DIR"),
        "{error}"
    );
}

#[test]
fn a_client_that_does_not_trust_the_ca_is_told_of_with_what_to_do() {
    let setup = start();
    let roots = rustls::RootCertStore::empty();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("versions")
    .with_root_certificates(roots)
    .with_no_client_auth();
    let name = "localhost".try_into().expect("a name");
    let connection = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = rustls::StreamOwned::new(connection, setup.tcp());
    assert!(stream.conn.complete_io(&mut stream.sock).is_err());
    let event = setup.event("handshake_failed");
    let reason = event["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("does not trust the CA: give it ca.pem"),
        "{reason}"
    );
}
