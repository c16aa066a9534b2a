//! Packets that break a rule: what is whole before the bad byte still has its names.

use tern_core::wire::Sender::{Client, Server};
use tern_core::wire::dissect::dissect;

use crate::table::{broken, bytes};

#[test]
fn the_field_of_the_bad_byte_is_named_and_what_follows_is_not_read() {
    broken(
        Server,
        5,
        "MQTT-3.3.2-2",
        "
32 07     | Fixed header
32        |   Type and flags
0011....  |     Packet type = PUBLISH
....0...  |     DUP = not set
.....01.  |     QoS = QoS 1: at least once
.......0  |     RETAIN = not set
07        |   Remaining length = 7
0.......  |     Continuation bit = not set
.0000111  |     Seven bits of the length = 7 × 1 = 7
0002 'a#' | Variable header
0002      |   Topic name length = 2
'a#'      |   Topic name = 'a#'
000178    | Not read
        ",
    );
    // A bad first byte: even the length is not to be trusted.
    broken(
        Server,
        0,
        "table 2.1",
        "
f0        | Fixed header
f0        |   Type and flags
1111....  |     Packet type = 15
....0000  |     Reserved flags = 0
'TTP/1.1' | Not read
        ",
    );
}

#[test]
fn a_length_that_reaches_too_far_is_named_alone() {
    broken(
        Client,
        12,
        "past the end",
        "
10 0e                  | Fixed header
10                     |   Type and flags
0001....               |     Packet type = CONNECT
....0000               |     Reserved flags = 0
0e                     |   Remaining length = 14
0.......               |     Continuation bit = not set
.0001110               |     Seven bits of the length = 14 × 1 = 14
0004 'MQTT' 04 02 003c | Variable header
0004                   |   Protocol name length = 4
'MQTT'                 |   Protocol name = 'MQTT'
04                     |   Protocol level = 4
02                     |   Connect flags
0.......               |     User name flag = not set
.0......               |     Password flag = not set
..0.....               |     Will retain = not set
...00...               |     Will QoS = QoS 0: at most once
.....0..               |     Will flag = not set
......1.               |     Clean session = set
.......0               |     Reserved = 0
003c                   |   Keep alive = 60 s
0009                   | Payload
0009                   |   Client id length = 9
'ab'                   | Not read (secret)
        ",
    );
}

#[test]
fn the_session_present_bit_of_a_refusal_is_shown_with_the_code_that_makes_it_wrong() {
    broken(
        Server,
        2,
        "MQTT-3.2.2-4",
        "
20 02     | Fixed header
20        |   Type and flags
0010....  |     Packet type = CONNACK
....0000  |     Reserved flags = 0
02        |   Remaining length = 2
0.......  |     Continuation bit = not set
.0000010  |     Seven bits of the length = 2 × 1 = 2
01 04     | Variable header
01        |   Connect acknowledge flags
0000000.  |     Reserved = 0
.......1  |     Session present = set
04        |   Connect return code = 4: Connection Refused, bad user name or password
        ",
    );
}

#[test]
fn a_packet_that_is_cut_off_is_named_to_its_last_byte() {
    broken(
        Server,
        6,
        "cut off",
        "
30 09     | Fixed header
30        |   Type and flags
0011....  |     Packet type = PUBLISH
....0...  |     DUP = not set
.....00.  |     QoS = QoS 0: at most once
.......0  |     RETAIN = not set
09        |   Remaining length = 9
0.......  |     Continuation bit = not set
.0001001  |     Seven bits of the length = 9 × 1 = 9
0005 'to' | Variable header
0005      |   Topic name length = 5
'to'      |   Topic name = 'to'
        ",
    );
    broken(
        Server,
        3,
        "cut off",
        "
40 02     | Fixed header
40        |   Type and flags
0100....  |     Packet type = PUBACK
....0000  |     Reserved flags = 0
02        |   Remaining length = 2
0.......  |     Continuation bit = not set
.0000010  |     Seven bits of the length = 2 × 1 = 2
01        | Variable header
01        |   Packet identifier
        ",
    );
    broken(
        Server,
        3,
        "cut off",
        "
30 ff 80  | Fixed header
30        |   Type and flags
0011....  |     Packet type = PUBLISH
....0...  |     DUP = not set
.....00.  |     QoS = QoS 0: at most once
.......0  |     RETAIN = not set
ff 80     |   Remaining length
ff        |     Length byte = 127 × 1 = 127
1.......  |       Continuation bit = set
.1111111  |       Seven bits of the length = 127 × 1 = 127
80        |     Length byte = 0 × 128 = 0
1.......  |       Continuation bit = set
.0000000  |       Seven bits of the length = 0 × 128 = 0
        ",
    );
    assert_eq!(dissect(&[], Server).fields, []);
    assert_eq!(dissect(&[], Server).fault.unwrap().at, 0);
}

#[test]
fn what_follows_the_packet_or_its_last_field_is_trailing() {
    // After the packet, and inside it after the last field.
    for packet in ["c0 00 'zz'", "c0 02 'zz'"] {
        let dissection = dissect(&bytes(packet), Client);
        assert_eq!(dissection.fault.unwrap().at, 2);
        let last = dissection.fields.last().unwrap();
        assert_eq!(
            (last.name.english(), &last.range),
            ("Trailing bytes", &(2..4))
        );
    }
}

#[test]
fn a_packet_of_the_other_side_is_named_as_such_in_both_languages() {
    let fault = dissect(&[0xC0, 0x00], Server).fault.unwrap();
    assert_eq!(fault.at, 0);
    assert!(fault.english().contains("is the peer a client?"));
    assert!(fault.chinese().contains("从不发送 PINGREQ"));
}
