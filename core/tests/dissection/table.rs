//! What a dissection is compared with: a table. On the left are the bytes in hex (text in quotation marks), or the bits
//! of one byte; on the right their name and value.

use tern_core::wire::Sender;
use tern_core::wire::dissect::{Field, dissect};

/// Bytes from hex, with text in quotation marks and any spaces.
pub(crate) fn bytes(table: &str) -> Vec<u8> {
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
pub(crate) fn taken_apart(sender: Sender, table: &str) {
    assert_eq!(compared(sender, table), None);
}

/// Takes apart a packet that breaks a rule.
#[track_caller]
pub(crate) fn broken(sender: Sender, at: usize, rule: &str, table: &str) {
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
