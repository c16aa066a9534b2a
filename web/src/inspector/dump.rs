//! The bytes of a packet in rows: which are drawn, where a key leads, and what is copied.

use std::fmt::Write;
use std::ops::Range;

use super::Key;

/// Bytes in a row.
pub const ROW: usize = 16;

/// How much of a packet's front is drawn, in bytes.
pub const FRONT: usize = 4096;

/// How much is drawn on each side of a fault behind the front, in bytes.
pub const AROUND: usize = 128;

/// The stretches that are drawn, whole rows but for the packet's end. `fault` is the offset of a bad byte.
#[must_use]
pub fn drawn(len: usize, fault: Option<usize>) -> Vec<Range<usize>> {
    let front = 0..len.min(FRONT);
    let behind = fault.filter(|at| at + AROUND > front.end && front.end < len);
    let Some(at) = behind else {
        return Vec::from([front]);
    };
    let row_of = |at: usize| at / ROW * ROW;
    let start = row_of(at.saturating_sub(AROUND)).max(front.end);
    let around = start..(row_of(at) + ROW + AROUND).min(len);
    if start == front.end {
        let both = front.start..around.end;
        Vec::from([both])
    } else {
        Vec::from([front, around])
    }
}

/// The byte that a key leads to, of those drawn, with `row` bytes in a row.
#[must_use]
pub fn step(drawn: &[Range<usize>], from: usize, key: Key, row: usize) -> usize {
    let last = drawn.last().map_or(0, |piece| piece.end.saturating_sub(1));
    let wanted = match key {
        Key::Left => from.saturating_sub(1),
        Key::Right => from + 1,
        Key::Up => from.checked_sub(row).unwrap_or(from),
        Key::Down if from + row > last => from,
        Key::Down => from + row,
        Key::Home => 0,
        Key::End => last,
    };
    let wanted = wanted.min(last);
    if drawn.iter().any(|piece| piece.contains(&wanted)) {
        return wanted;
    }
    // Over a gap: to the edge on its other side.
    let edge = if wanted > from {
        drawn
            .iter()
            .map(|piece| piece.start)
            .find(|start| *start > wanted)
    } else {
        let ends = drawn.iter().rev().map(|piece| piece.end);
        ends.map(|end| end.saturating_sub(1))
            .find(|end| *end < wanted)
    };
    edge.unwrap_or(from)
}

/// All bytes as hex with spaces between; those of `hidden` as `**`.
#[must_use]
pub fn hex(bytes: &[u8], hidden: &[Range<usize>]) -> String {
    let mut text = String::with_capacity(3 * bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        if hidden.iter().any(|range| range.contains(&at)) {
            text.push_str("**");
        } else {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}
