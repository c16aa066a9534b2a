//! The difference between two payloads, line by line of their laid-out forms.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// Where more lines than this differ on both sides together, they are not aligned: the time for it grows
/// with the square, and nobody reads such a difference.
const MOST_ALIGNED: usize = 4000;
/// Unchanged lines that are shown before and after a change.
const AROUND: usize = 3;

/// A difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// How many lines are gone.
    pub gone: usize,
    /// How many lines are new.
    pub new: usize,
    /// Whether too much differs to align it: then all that is gone stands before all that is new.
    pub is_coarse: bool,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// In the older one only.
    Gone(String),
    /// In the newer one only.
    New(String),
    /// So many lines that are in both, left out.
    Skipped(usize),
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.gone == 0 && self.new == 0
    }
}

/// Compares two texts.
#[must_use]
pub fn difference(old: &str, new: &str) -> Difference {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same_start = common(old.iter().zip(&new));
    let rest = old.len().min(new.len()) - same_start;
    let same_end = common(old.iter().rev().zip(new.iter().rev())).min(rest);
    // Both ends lie within both texts, and do not overlap.
    let (start, middle) = old.split_at(same_start);
    let (middle, end) = middle.split_at(middle.len() - same_end);
    let new_middle = new
        .get(same_start..new.len() - same_end)
        .unwrap_or_default();

    let mut difference = Difference::default();
    let mut same = start.to_vec();
    if middle.len() + new_middle.len() > MOST_ALIGNED {
        difference.is_coarse = true;
        difference.changed(&mut same, middle, new_middle);
    } else {
        for op in capture_diff_slices(Algorithm::Myers, middle, new_middle) {
            let (tag, gone, new) = op.as_tag_tuple();
            let gone = middle.get(gone).unwrap_or_default();
            let new = new_middle.get(new).unwrap_or_default();
            if tag == DiffTag::Equal {
                same.extend(gone);
            } else {
                difference.changed(&mut same, gone, new);
            }
        }
    }
    same.extend(end);
    difference.unchanged(&same, true);
    difference
}

impl Difference {
    fn changed(&mut self, same: &mut Vec<&str>, gone: &[&str], new: &[&str]) {
        self.unchanged(same, false);
        same.clear();
        self.gone += gone.len();
        self.new += new.len();
        let owned = |line: &&str| (*line).to_owned();
        self.lines.extend(gone.iter().map(owned).map(Line::Gone));
        self.lines.extend(new.iter().map(owned).map(Line::New));
    }

    /// Of unchanged lines, those near a change are kept.
    fn unchanged(&mut self, same: &[&str], is_last: bool) {
        let before = if self.lines.is_empty() { 0 } else { AROUND };
        let after = if is_last { 0 } else { AROUND };
        let owned = |line: &&str| Line::Same((*line).to_owned());
        // A note that one line is left out takes a line itself.
        if same.len() <= before + after + 1 {
            self.lines.extend(same.iter().map(owned));
            return;
        }
        let (head, rest) = same.split_at(before);
        let (skipped, tail) = rest.split_at(rest.len() - after);
        self.lines.extend(head.iter().map(owned));
        self.lines.push(Line::Skipped(skipped.len()));
        self.lines.extend(tail.iter().map(owned));
    }
}

fn common<'a>(pairs: impl Iterator<Item = (&'a &'a str, &'a &'a str)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        let lines = difference(old, new).lines.into_iter();
        lines
            .map(|line| match line {
                Line::Same(text) => format!("  {text}"),
                Line::Gone(text) => format!("- {text}"),
                Line::New(text) => format!("+ {text}"),
                Line::Skipped(count) => format!("@ {count}"),
            })
            .collect()
    }

    #[test]
    fn a_changed_value_is_one_line_gone_and_one_new() {
        let old = "{\n  \"id\": 1,\n  \"t\": 21.5\n}";
        let new = "{\n  \"id\": 1,\n  \"t\": 22.0\n}";
        let wanted = [
            "  {",
            "    \"id\": 1,",
            "-   \"t\": 21.5",
            "+   \"t\": 22.0",
            "  }",
        ];
        assert_eq!(told(old, new), wanted);
    }

    #[test]
    fn equal_payloads_have_no_difference() {
        let text = "a\nb\nc\nd";
        assert!(difference(text, text).is_none());
        assert_eq!(told(text, text), ["@ 4"]);
        assert!(difference("", "").is_none());
        assert_eq!(told("", "a"), ["+ a"]);
    }

    #[test]
    fn lines_far_from_a_change_are_left_out() {
        let lines: Vec<_> = (0..20).map(|line| line.to_string()).collect();
        let old = lines.join("\n");
        let new = old.replace("\n10\n", "\nten\n");
        let wanted = [
            "@ 7", "  7", "  8", "  9", "- 10", "+ ten", "  11", "  12", "  13", "@ 6",
        ];
        assert_eq!(told(&old, &new), wanted);
    }

    #[test]
    fn a_line_that_repeats_is_not_counted_twice() {
        assert_eq!(told("a\na", "a\na\na"), ["  a", "  a", "+ a"]);
        assert_eq!(told("a\na\na", "a"), ["  a", "- a", "- a"]);
    }

    #[test]
    fn both_texts_can_be_read_back_from_the_difference() {
        let old = "a\nb\nc\nd\ne";
        let new = "b\nx\nc\ne\nf";
        let difference = difference(old, new);
        let side = |is_old: bool| {
            let lines = difference.lines.iter().filter_map(|line| match line {
                Line::Same(text) => Some(text.as_str()),
                Line::Gone(text) if is_old => Some(text.as_str()),
                Line::New(text) if !is_old => Some(text.as_str()),
                _ => None,
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(side(true), old);
        assert_eq!(side(false), new);
    }

    #[test]
    fn what_has_nothing_in_common_is_not_aligned_at_all_costs() {
        let lines = |from: u32| (from..from + 20_000).map(|n| n.to_string());
        let old: Vec<_> = lines(0).collect();
        let new: Vec<_> = lines(50_000).collect();
        let difference = difference(&old.join("\n"), &new.join("\n"));
        assert!(difference.is_coarse);
        assert_eq!((difference.gone, difference.new), (20_000, 20_000));
    }
}
