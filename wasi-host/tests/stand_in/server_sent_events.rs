//! Events as they happen, over HTTP.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::device::{ACCEPTED, connect_packet, exchange};
use crate::setup::{Setup, connect, start};

fn listen(setup: &Setup) -> BufReader<TcpStream> {
    let address = setup.stand_in.addresses().http;
    let mut stream = connect(address);
    write!(
        stream,
        "GET /api/events HTTP/1.1\r\nHost: {address}\r\n\r\n"
    )
    .expect("sent");
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(
            reader.read_line(&mut head).expect("a head in time") > 0,
            "{head}"
        );
    }
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"),
        "{head}"
    );
    reader
}

/// The next event; lines of the chunked coding are passed over.
fn next(reader: &mut BufReader<TcpStream>) -> Value {
    loop {
        let mut line = String::new();
        assert!(
            reader.read_line(&mut line).expect("an event in time") > 0,
            "the stream has ended"
        );
        if let Some(json) = line.strip_prefix("data: ") {
            return serde_json::from_str(json).expect("JSON");
        }
    }
}

#[test]
fn events_arrive_as_they_happen() {
    let setup = start();
    let mut reader = listen(&setup);
    let mut stream = setup.tcp();
    exchange(&mut stream, &connect_packet(false, 60), &ACCEPTED);
    let event = next(&mut reader);
    assert_eq!(event["event"], "connected");
    assert_eq!(event["device_name"], "dev1");
    assert!(event["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    drop(stream);
    assert_eq!(next(&mut reader)["event"], "disconnected");
}

#[test]
fn the_end_of_the_stand_in_ends_the_stream() {
    let setup = start();
    let mut reader = listen(&setup);
    setup.stand_in.stop().expect("a clean end");
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut reader, &mut rest).expect("an end in time");
}
