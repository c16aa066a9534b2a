//! A text to be found among bytes.

/// The text; its ASCII letters are found in either case.
#[derive(Debug, Default)]
pub(super) struct Needle {
    text: Vec<u8>,
}

impl Needle {
    /// No text is found everywhere.
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_ascii_lowercase().into_bytes(),
        }
    }

    /// Whether it is somewhere in there.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let Some((&first, rest)) = self.text.split_first() else {
            return true;
        };
        let upper = first.to_ascii_uppercase();
        let Some(places) = bytes.len().checked_sub(rest.len()) else {
            return false;
        };
        let starts = bytes.get(..places).unwrap_or_default().iter().enumerate();
        starts
            .filter(|(_, byte)| **byte == first || **byte == upper)
            .any(|(place, _)| {
                bytes
                    .get(place + 1..place + 1 + rest.len())
                    .is_some_and(|found| found.eq_ignore_ascii_case(rest))
            })
    }
}
