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
        let starts = bytes.get(..places).unwrap_or_default();
        memchr::memchr2_iter(first, upper, starts).any(|place| {
            bytes
                .get(place + 1..place + 1 + rest.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(rest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Needle;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_nowhere_else() {
        let found = |text: &str, bytes: &str| Needle::new(text).is_in(bytes.as_bytes());
        for bytes in ["needle", "a NEEDLE", "nneedle", "neeneedlee"] {
            assert!(found("Needle", bytes), "{bytes}");
        }
        for bytes in ["", "needl", "n e e d l e", "needlf", "eedle"] {
            assert!(!found("needle", bytes), "{bytes}");
        }
        assert!(found("", ""));
        assert!(found("温度", "当前温度：21"));
    }
}
