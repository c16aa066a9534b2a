//! Every packet that mqttbytes alone would take although it is malformed, and the other rules that a
//! packet can break by itself: each is refused at its bad byte, with the rule.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_core::wire::{FrameError, Sender, read};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
        .collect()
}

#[track_caller]
fn refused(hex: &str, sender: Sender, at: usize, rule: &str) {
    let packet = bytes(hex);
    match read(&packet, sender) {
        Err(FrameError::Malformed(malformed)) => {
            assert_eq!(malformed.at, at, "{hex}: {malformed}");
            assert!(malformed.rule.contains(rule), "{hex}: {malformed}");
        }
        other => panic!("{hex} gave {other:?}"),
    }
}

use Sender::{Client, Server};

#[test]
fn a_remaining_length_that_is_not_minimal() {
    refused("d0 80 00", Server, 2, "2.2.3");
    refused("40 82 00 0001", Server, 2, "2.2.3");
}

#[test]
fn a_publish_with_a_bad_topic() {
    //       PUBLISH len  topic-len topic
    refused("30     04   0002      612b", Server, 5, "MQTT-3.3.2-2"); // a+
    refused("30     04   0002      6123", Server, 5, "MQTT-3.3.2-2"); // a#
    refused("30     04   0002      6100", Server, 5, "MQTT-1.5.3-2"); // a NUL
    refused("30     02   0000          ", Server, 4, "MQTT-4.7.3-1"); // empty
    refused("30     04   0002      61ff", Server, 5, "MQTT-1.5.3-1"); // not UTF-8
    refused("30     05   0003    eda080", Server, 4, "MQTT-1.5.3-1"); // a surrogate
    refused("30     04   0009      6161", Server, 2, "past the end");
    refused("30     01   00            ", Server, 2, "two length bytes");
}

#[test]
fn a_publish_with_bad_flags() {
    refused("38 03 0001 61", Server, 0, "MQTT-3.3.1-2"); // DUP with QoS 0
    refused("36 05 0001 61 0001", Server, 0, "MQTT-3.3.1-4"); // QoS 3
}

#[test]
fn a_packet_identifier_of_0_or_none() {
    refused("32 05 0001 61 0000", Server, 5, "MQTT-2.3.1-1"); // PUBLISH QoS 1
    refused("32 04 0001 61 00", Server, 5, "MQTT-2.3.1-1");
    for first in ["40", "50", "62", "70"] {
        refused(&format!("{first} 02 0000"), Server, 2, "MQTT-2.3.1-1");
        refused(&format!("{first} 01 00"), Server, 2, "MQTT-2.3.1-1");
        refused(&format!("{first} 00"), Server, 2, "MQTT-2.3.1-1");
    }
    refused("90 03 0000 00", Server, 2, "MQTT-2.3.1-1"); // SUBACK
    refused("b0 02 0000", Server, 2, "MQTT-2.3.1-1"); // UNSUBACK
    refused("82 06 0000 0001 61 00", Client, 2, "MQTT-2.3.1-1"); // SUBSCRIBE
    refused("a2 05 0000 0001 61", Client, 2, "MQTT-2.3.1-1"); // UNSUBSCRIBE
}

#[test]
fn a_connack_with_reserved_bits_or_codes() {
    refused("20 02 02 00", Server, 2, "3.2.2.1");
    refused("20 02 01 05", Server, 2, "MQTT-3.2.2-4"); // session present with a refusal
    refused("20 02 00 06", Server, 3, "reserved");
    refused("20 01 00", Server, 3, "return code");
    refused("20 00", Server, 2, "flags");
}

#[test]
fn trailing_bytes() {
    refused("20 03 00 00 00", Server, 4, "last field");
    for first in ["40", "50", "62", "70", "b0"] {
        refused(&format!("{first} 03 0001 00"), Server, 4, "last field");
    }
    refused("d0 01 00", Server, 2, "last field");
    refused("c0 01 00", Client, 2, "last field");
    refused("e0 01 00", Client, 2, "last field");
    refused("d0 00 00", Server, 2, "follow the packet");
}

#[test]
fn a_subscribe_or_unsubscribe_with_no_filter_or_a_bad_one() {
    refused("82 02 0001", Client, 4, "MQTT-3.8.3-3");
    refused("a2 02 0001", Client, 4, "MQTT-3.10.3-2");
    refused("82 05 0001 0000 00", Client, 4, "MQTT-4.7.3-1"); // empty
    refused("82 06 0001 0001 61 03", Client, 7, "MQTT-3.8.3-4"); // QoS 3
    refused("82 06 0001 0001 61 04", Client, 7, "MQTT-3.8.3-4"); // reserved bit
    refused("82 05 0001 0001 61", Client, 7, "requested QoS");
    refused("a2 06 0001 0002 6100", Client, 7, "MQTT-1.5.3-2");
}

#[test]
fn a_suback_with_no_code_or_a_reserved_one() {
    refused("90 02 0001", Server, 4, "MQTT-3.8.4-5");
    refused("90 03 0001 03", Server, 4, "MQTT-3.9.3-2");
    refused("90 03 0001 81", Server, 4, "MQTT-3.9.3-2");
}

#[test]
fn a_connect_with_bad_flags() {
    let connect = |flags: &str, rest: &str| {
        let len = 12 + bytes(rest).len();
        format!("10 {len:02x} 0004 4d515454 04 {flags} 003c 0000 {rest}")
    };
    refused(&connect("01", ""), Client, 9, "MQTT-3.1.2-3"); // reserved bit
    refused(&connect("40", "0001 70"), Client, 9, "MQTT-3.1.2-22"); // password alone
    refused(&connect("1c", "0001 61 0000"), Client, 9, "MQTT-3.1.2-14"); // will QoS 3
    refused(&connect("08", ""), Client, 9, "MQTT-3.1.2-13"); // will QoS without a will
    refused(&connect("20", ""), Client, 9, "MQTT-3.1.2-15"); // will retain without a will
    refused(&connect("80", ""), Client, 14, "two length bytes"); // user name missing
    refused(&connect("02", "00"), Client, 14, "last field");
}

#[test]
fn a_connect_of_another_protocol_or_version() {
    refused(
        "10 0c 0006 4d5149736470 03 02 003c",
        Client,
        2,
        "MQTT-3.1.2-1",
    ); // MQIsdp, MQTT 3.1
    let tern_core::wire::Packet::Connect(five) =
        read(&bytes("10 0d 0004 4d515454 05 02 003c 00 0000"), Client).unwrap()
    else {
        panic!("not a CONNECT")
    };
    assert_eq!(five.protocol_level, 5); // for the server to answer with CONNACK 1
}

#[test]
fn a_packet_that_is_cut_off() {
    refused("30", Server, 1, "cut off");
    refused("32 07 0001", Server, 4, "cut off");
    refused("", Server, 0, "cut off");
}
