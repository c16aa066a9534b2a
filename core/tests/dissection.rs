//! Packets of all types taken apart, byte by byte. On the left of a table are the bytes in hex (text in
//! quotation marks), or the bits of one byte; on the right their name and value.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use tern_core::wire::Sender::{self, Client, Server};
use tern_core::wire::dissect::{Field, dissect};

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
fn a_packet_of_the_other_side_is_named_as_such_in_both_languages() {
    let fault = dissect(&[0xC0, 0x00], Server).fault.unwrap();
    assert_eq!(fault.at, 0);
    assert!(fault.english().contains("is the peer a client?"));
    assert!(fault.chinese().contains("从不发送 PINGREQ"));
}

#[test]
fn a_dissection_prints_no_text_of_the_packet() {
    let packet = bytes("10 18 0004 'MQTT' 04 c2 003c 0002 'id' 0001 'u' 0005 'FAFD9'");
    let dissection = dissect(&packet, Client);
    assert!(format!("{dissection:?}").contains("Password"));
    assert!(!format!("{dissection:?}").contains("FAFD9"));
}

/// Bytes from hex, with text in quotation marks and any spaces.
fn bytes(table: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, part) in table.split('\'').enumerate() {
        if index % 2 == 1 {
            bytes.extend(part.bytes());
            continue;
        }
        let digits: Vec<_> = part
            .chars()
            .filter_map(|digit| digit.to_digit(16))
            .collect();
        let pairs = digits.chunks(2);
        bytes.extend(pairs.map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()));
    }
    bytes
}

/// The rows of a table: on the left hex or bits without spaces, then the rest with its indentation.
fn rows(table: &str) -> Vec<(String, String)> {
    let lines = table.lines().filter(|line| !line.trim().is_empty());
    let row = |line: &str| {
        // The bar with a space after it: the left side may hold one in quotation marks.
        let (left, right) = line.split_once(" | ").unwrap();
        let left = left.trim();
        let left = if left.contains('.') && !left.contains('\'') {
            left.to_owned()
        } else {
            hex(&bytes(left))
        };
        (left, right.trim_end().to_owned())
    };
    lines.map(row).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn draw(fields: &[Field], packet: &[u8], depth: usize, rows: &mut Vec<(String, String)>) {
    for field in fields {
        let bytes = &packet[field.range.clone()];
        let bit = |mask: u8, bit: u8| match (mask >> bit & 1, bytes[0] >> bit & 1) {
            (0, _) => '.',
            (_, 0) => '0',
            _ => '1',
        };
        let left = match field.mask {
            Some(mask) => (0..8).rev().map(|index| bit(mask, index)).collect(),
            None => hex(bytes),
        };
        let text = field.text(packet).map(|text| format!("'{text}'"));
        let value = text.or(field.value.english());
        let value = value.map_or_else(String::new, |value| format!(" = {value}"));
        let secret = if field.secret { " (secret)" } else { "" };
        let name = field.name.english();
        rows.push((left, format!("{:1$}{name}{value}{secret}", "", 2 * depth)));
        draw(&field.children, packet, depth + 1, rows);
    }
}

/// Takes apart the packet that the rows of the highest level make, which breaks no rule.
#[track_caller]
fn taken_apart(sender: Sender, table: &str) {
    assert_eq!(compared(sender, table), None);
}

/// Takes apart a packet that breaks a rule.
#[track_caller]
fn broken(sender: Sender, at: usize, rule: &str, table: &str) {
    let (found, text) = compared(sender, table).unwrap();
    assert_eq!(found, at, "{text}");
    assert!(text.contains(rule), "{text}");
}

#[track_caller]
fn compared(sender: Sender, table: &str) -> Option<(usize, String)> {
    let expected = rows(table);
    let top = expected.iter().filter(|(_, name)| !name.starts_with(' '));
    let packet = bytes(&top.map(|(hex, _)| hex.as_str()).collect::<String>());
    let dissection = dissect(&packet, sender);
    let mut drawn = Vec::new();
    draw(&dissection.fields, &packet, 0, &mut drawn);
    assert_eq!(drawn, expected);
    let fault = dissection.fault?;
    Some((fault.at, fault.english()))
}
