//! Packets that break no rule: each byte and each bit of them has a name.

use tern_core::wire::Sender::{Client, Server};
use tern_core::wire::dissect::dissect;

use crate::table::{bytes, taken_apart};

#[test]
fn a_connect_of_a_direct_login() {
    taken_apart(
        Client,
        "
10 3d                                    | Fixed header
10                                       |   Type and flags
0001....                                 |     Packet type = CONNECT
....0000                                 |     Reserved flags = 0
3d                                       |   Remaining length = 61
0.......                                 |     Continuation bit = not set
.0111101                                 |     Seven bits of the length = 61 × 1 = 61
0004 'MQTT' 04 c2 003c                   | Variable header
0004                                     |   Protocol name length = 4
'MQTT'                                   |   Protocol name = 'MQTT'
04                                       |   Protocol level = 4
c2                                       |   Connect flags
1.......                                 |     User name flag = set
.1......                                 |     Password flag = set
..0.....                                 |     Will retain = not set
...00...                                 |     Will QoS = QoS 0: at most once
.....0..                                 |     Will flag = not set
......1.                                 |     Clean session = set
.......0                                 |     Reserved = 0
003c                                     |   Keep alive = 60 s
0023 '1|securemode=3, timestamp=7,_v=x,|' 20 0006 'dev&pk' 0004 'FAFD' | Payload
0023                                     |   Client id length = 35
'1|securemode=3, timestamp=7,_v=x,|' 20  |   Client id = '1|securemode=3, timestamp=7,_v=x,| '
'1'                                      |     clientId = '1'
'|'                                      |     Separator = '|'
'securemode=3'                           |     securemode = 'securemode=3'
','                                      |     Separator = ','
20 'timestamp=7'                         |     timestamp = ' timestamp=7'
','                                      |     Separator = ','
'_v=x'                                   |     Extension parameter = '_v=x'
','                                      |     Separator = ','
'|'                                      |     Separator = '|'
20                                       |     Text after the bar = ' '
0006                                     |   User name length = 6
'dev&pk'                                 |   User name = 'dev&pk'
'dev'                                    |     deviceName = 'dev'
'&'                                      |     Separator = '&'
'pk'                                     |     productKey = 'pk'
0004                                     |   Password length = 4
'FAFD'                                   |   Password = 'FAFD' (secret)
        ",
    );
}

#[test]
fn a_connect_with_a_will_and_no_login() {
    taken_apart(
        Client,
        "
10 18                           | Fixed header
10                              |   Type and flags
0001....                        |     Packet type = CONNECT
....0000                        |     Reserved flags = 0
18                              |   Remaining length = 24
0.......                        |     Continuation bit = not set
.0011000                        |     Seven bits of the length = 24 × 1 = 24
0004 'MQTT' 04 2c 0000          | Variable header
0004                            |   Protocol name length = 4
'MQTT'                          |   Protocol name = 'MQTT'
04                              |   Protocol level = 4
2c                              |   Connect flags
0.......                        |     User name flag = not set
.0......                        |     Password flag = not set
..1.....                        |     Will retain = set
...01...                        |     Will QoS = QoS 1: at least once
.....1..                        |     Will flag = set
......0.                        |     Clean session = not set
.......0                        |     Reserved = 0
0000                            |   Keep alive = 0: turned off
0003 'abc' 0001 'w' 0004 00ff0001 | Payload
0003                            |   Client id length = 3
'abc'                           |   Client id = 'abc'
0001                            |   Will topic length = 1
'w'                             |   Will topic = 'w'
0004                            |   Will message length = 4
00ff0001                        |   Will message
        ",
    );
}

#[test]
fn a_connack_that_accepts() {
    taken_apart(
        Server,
        "
20 02     | Fixed header
20        |   Type and flags
0010....  |     Packet type = CONNACK
....0000  |     Reserved flags = 0
02        |   Remaining length = 2
0.......  |     Continuation bit = not set
.0000010  |     Seven bits of the length = 2 × 1 = 2
01 00     | Variable header
01        |   Connect acknowledge flags
0000000.  |     Reserved = 0
.......1  |     Session present = set
00        |   Connect return code = 0: Connection Accepted
        ",
    );
}

#[test]
fn a_publish_with_qos_1_and_a_length_of_two_bytes() {
    let payload = "ff".repeat(121);
    taken_apart(
        Server,
        &format!(
            "
3b 80 01           | Fixed header
3b                 |   Type and flags
0011....           |     Packet type = PUBLISH
....1...           |     DUP = set
.....01.           |     QoS = QoS 1: at least once
.......1           |     RETAIN = set
80 01              |   Remaining length = 128
80                 |     Length byte = 0 × 1 = 0
1.......           |       Continuation bit = set
.0000000           |       Seven bits of the length = 0 × 1 = 0
01                 |     Length byte = 1 × 128 = 128
0.......           |       Continuation bit = not set
.0000001           |       Seven bits of the length = 1 × 128 = 128
0003 'a/b' 0102    | Variable header
0003               |   Topic name length = 3
'a/b'              |   Topic name = 'a/b'
0102               |   Packet identifier = 258
{payload}          | Payload
        "
        ),
    );
}

#[test]
fn a_publish_with_qos_0_has_no_packet_identifier_and_may_have_no_payload() {
    taken_apart(
        Client,
        "
30 03     | Fixed header
30        |   Type and flags
0011....  |     Packet type = PUBLISH
....0...  |     DUP = not set
.....00.  |     QoS = QoS 0: at most once
.......0  |     RETAIN = not set
03        |   Remaining length = 3
0.......  |     Continuation bit = not set
.0000011  |     Seven bits of the length = 3 × 1 = 3
0001 't'  | Variable header
0001      |   Topic name length = 1
't'       |   Topic name = 't'
          | Payload = ''
        ",
    );
}

#[test]
fn acknowledgements_hold_a_packet_identifier() {
    for (sender, first, flags, name) in [
        (Client, 0x40, "0000", "PUBACK"),
        (Server, 0x50, "0000", "PUBREC"),
        (Client, 0x62, "0010", "PUBREL"),
        (Server, 0x70, "0000", "PUBCOMP"),
        (Server, 0xB0, "0000", "UNSUBACK"),
    ] {
        let number = u8::from_str_radix(flags, 2).unwrap();
        taken_apart(
            sender,
            &format!(
                "
{first:02x} 02        | Fixed header
{first:02x}           |   Type and flags
{:04b}....            |     Packet type = {name}
....{flags}           |     Reserved flags = {number}
02                    |   Remaining length = 2
0.......              |     Continuation bit = not set
.0000010              |     Seven bits of the length = 2 × 1 = 2
1234                  | Variable header
1234                  |   Packet identifier = 4660
            ",
                first >> 4
            ),
        );
    }
}

#[test]
fn a_subscribe_with_two_filters() {
    taken_apart(
        Client,
        "
82 0d                    | Fixed header
82                       |   Type and flags
1000....                 |     Packet type = SUBSCRIBE
....0010                 |     Reserved flags = 2
0d                       |   Remaining length = 13
0.......                 |     Continuation bit = not set
.0001101                 |     Seven bits of the length = 13 × 1 = 13
0007                     | Variable header
0007                     |   Packet identifier = 7
0003 'a/+' 01 0002 'b#' 00 | Payload
0003 'a/+' 01            |   Subscription
0003                     |     Topic filter length = 3
'a/+'                    |     Topic filter = 'a/+'
01                       |     Requested QoS byte
000000..                 |       Reserved = 0
......01                 |       Requested QoS = QoS 1: at least once
0002 'b#' 00             |   Subscription
0002                     |     Topic filter length = 2
'b#'                     |     Topic filter = 'b#'
00                       |     Requested QoS byte
000000..                 |       Reserved = 0
......00                 |       Requested QoS = QoS 0: at most once
        ",
    );
}

#[test]
fn a_suback_that_grants_and_refuses() {
    taken_apart(
        Server,
        "
90 04     | Fixed header
90        |   Type and flags
1001....  |     Packet type = SUBACK
....0000  |     Reserved flags = 0
04        |   Remaining length = 4
0.......  |     Continuation bit = not set
.0000100  |     Seven bits of the length = 4 × 1 = 4
0007      | Variable header
0007      |   Packet identifier = 7
01 80     | Payload
01        |   Return code = 0x01: Success - Maximum QoS 1
80        |   Return code = 0x80: Failure
        ",
    );
}

#[test]
fn an_unsubscribe_with_two_filters() {
    taken_apart(
        Client,
        "
a2 09                 | Fixed header
a2                    |   Type and flags
1010....              |     Packet type = UNSUBSCRIBE
....0010              |     Reserved flags = 2
09                    |   Remaining length = 9
0.......              |     Continuation bit = not set
.0001001              |     Seven bits of the length = 9 × 1 = 9
0008                  | Variable header
0008                  |   Packet identifier = 8
0001 'a' 0002 'bc'    | Payload
0001                  |   Topic filter length = 1
'a'                   |   Topic filter = 'a'
0002                  |   Topic filter length = 2
'bc'                  |   Topic filter = 'bc'
        ",
    );
}

#[test]
fn packets_of_a_fixed_header_alone() {
    for (sender, first, name) in [
        (Client, 0xC0, "PINGREQ"),
        (Server, 0xD0, "PINGRESP"),
        (Client, 0xE0, "DISCONNECT"),
    ] {
        taken_apart(
            sender,
            &format!(
                "
{first:02x} 00     | Fixed header
{first:02x}        |   Type and flags
{:04b}....         |     Packet type = {name}
....0000           |     Reserved flags = 0
00                 |   Remaining length = 0
0.......           |     Continuation bit = not set
.0000000           |     Seven bits of the length = 0 × 1 = 0
            ",
                first >> 4
            ),
        );
    }
}

#[test]
fn a_connect_of_another_version_has_no_fault_and_what_follows_its_level_is_not_read() {
    taken_apart(
        Client,
        "
10 0d                | Fixed header
10                   |   Type and flags
0001....             |     Packet type = CONNECT
....0000             |     Reserved flags = 0
0d                   |   Remaining length = 13
0.......             |     Continuation bit = not set
.0001101             |     Seven bits of the length = 13 × 1 = 13
0004 'MQTT' 05       | Variable header
0004                 |   Protocol name length = 4
'MQTT'               |   Protocol name = 'MQTT'
05                   |   Protocol level = 5
02 003c 00 0000      | Not read (secret)
        ",
    );
}

#[test]
fn a_dissection_prints_no_text_of_the_packet() {
    let packet = bytes("10 18 0004 'MQTT' 04 c2 003c 0002 'id' 0001 'u' 0005 'FAFD9'");
    let dissection = dissect(&packet, Client);
    assert!(format!("{dissection:?}").contains("Password"));
    assert!(!format!("{dissection:?}").contains("FAFD9"));
}
