//! Where in a text file something stands.

/// The line of an offset in bytes, counted from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_behind_its_line_end() {
        let text = "a\n温\n";
        let lines = [0, 1, 2, 4, 6, 99].map(|offset| line_of(text, offset));
        assert_eq!(lines, [1, 1, 2, 2, 3, 3]);
    }
}
