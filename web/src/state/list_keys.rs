//! Keys of the rows of a list that runs.

use crate::protocol::Rows;

/// Gives each row a key that stays with it as long as it is in sight. Where all rows are new at once, as
/// under load, they take over the keys of those before: so they are drawn into what is there, instead of
/// every one being made anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListKeys {
    base: u64,
    first: u64,
    end: u64,
}

impl ListKeys {
    /// Other rows are shown.
    pub(super) fn show(&mut self, rows: &Rows) {
        let (first, end) = (rows.first, rows.first + rows.rows.len() as u64);
        let is_in_sight = first < self.end && self.first < end;
        if !is_in_sight {
            self.base = self.base.wrapping_add(first.wrapping_sub(self.first));
        }
        (self.first, self.end) = (first, end);
    }

    /// The key of a row, by its place among those shown.
    #[must_use]
    pub fn key(&self, place: usize) -> u64 {
        (self.first + place as u64).wrapping_sub(self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Detail, Direction, Row};

    fn rows(first: u64, count: u64) -> Rows {
        let row = |index| Row {
            index,
            at_ms: 0.0,
            direction: Direction::Up,
            kind: 12,
            packet_id: None,
            size: 2,
            round_trip_ms: None,
            frame: 1,
            frames: 1,
            detail: Detail::Nothing,
        };
        Rows {
            evicted: 0,
            held: first + count,
            first,
            rows: (first..first + count).map(row).collect(),
        }
    }

    #[test]
    fn a_row_in_sight_keeps_its_key_and_a_list_of_new_rows_takes_over_the_old_keys() {
        let mut keys = ListKeys::default();
        keys.show(&rows(10, 5));
        let key_of_12 = keys.key(2);
        keys.show(&rows(12, 5));
        assert_eq!(keys.key(0), key_of_12);
        let before: Vec<_> = (0..5).map(|place| keys.key(place)).collect();
        keys.show(&rows(1000, 5));
        let after: Vec<_> = (0..5).map(|place| keys.key(place)).collect();
        assert_eq!(before, after);
    }
}
