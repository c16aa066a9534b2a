//! The difference between two payloads, line by line of their laid-out forms.
//!
//! Lines are aligned by the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its
//! Variations" (1986), with its number of edits bounded. The crate for it took 26 KB of the page's
//! wasm.

/// Where more lines than this are gone and new together, they are not aligned: time and memory grow with
/// the square, and nobody reads such a difference.
const MOST_EDITS: usize = 1000;
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
    let pairs = aligned(middle, new_middle);
    difference.is_coarse = pairs.is_none();
    let (mut old_at, mut new_at) = (0, 0);
    let ends = (middle.len(), new_middle.len());
    for (old_next, new_next) in pairs.unwrap_or_default().into_iter().chain([ends]) {
        let gone = middle.get(old_at..old_next).unwrap_or_default();
        let new = new_middle.get(new_at..new_next).unwrap_or_default();
        if !gone.is_empty() || !new.is_empty() {
            difference.changed(&mut same, gone, new);
        }
        same.extend(middle.get(old_next));
        (old_at, new_at) = (old_next + 1, new_next + 1);
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

/// The lines that both have, by their places in each, in order; none where that takes more than
/// [`MOST_EDITS`].
fn aligned(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    // Of each diagonal (the place in `old` less that in `new`), how far `old` got with so many edits.
    // Diagonals are counted from `-edits`, so that of `edits + 1` lies one place further on.
    let mut reached: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=MOST_EDITS {
        let before = reached.last();
        let mut now = Vec::with_capacity(edits + 1);
        // Every second diagonal can be reached: `step` says which one, from the lowest.
        for step in 0..=edits {
            let mut x = match before {
                None => 0,
                Some(before) => came_from(before, step).1,
            };
            let mut y = (x + edits).checked_sub(2 * step);
            while let (Some(a), Some(b)) = (old.get(x), y.and_then(|y| new.get(y)))
                && a == b
            {
                x += 1;
                y = y.map(|y| y + 1);
            }
            now.push(x);
            if x >= old.len() && y.is_some_and(|y| y >= new.len()) {
                reached.push(now);
                return Some(traced(&reached, step));
            }
        }
        reached.push(now);
    }
    None
}

/// Which of the diagonals that one edit less has reached leads furthest to this one, and how far: by a
/// new line from the one above, or by a line that is gone from the one below.
fn came_from(before: &[usize], step: usize) -> (usize, usize) {
    let by_new = before.get(step).copied();
    let by_gone = step.checked_sub(1).and_then(|below| before.get(below));
    match (by_new, by_gone) {
        (Some(new), Some(gone)) if *gone + 1 > new => (step - 1, gone + 1),
        (None, Some(gone)) => (step - 1, gone + 1),
        (new, _) => (step, new.unwrap_or_default()),
    }
}

/// The pairs on the way that was found, which ended on the diagonal `step`.
fn traced(reached: &[Vec<usize>], step: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut step = step;
    for (edits, now) in reached.iter().enumerate().rev() {
        let before = edits.checked_sub(1).and_then(|less| reached.get(less));
        let (from, start) = before.map_or((0, 0), |before| came_from(before, step));
        let end = now.get(step).copied().unwrap_or_default();
        // On its diagonal `y` is `x` more by the edits, less by the steps up.
        pairs.extend((start..end).rev().map(|x| (x, x + edits - 2 * step)));
        step = from;
    }
    pairs.reverse();
    pairs
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
    fn any_two_texts_can_be_told_apart_line_by_line() {
        // Every pair of texts of up to four lines over two letters: that covers each turn of the way.
        let texts: Vec<String> = (0..5)
            .flat_map(|len| (0..1_u32 << len).map(move |bits| (len, bits)))
            .map(|(len, bits)| {
                let letters = (0..len).map(|n| if bits >> n & 1 == 1 { "a" } else { "b" });
                letters.collect::<Vec<_>>().join("\n")
            })
            .collect();
        for (old, new) in texts
            .iter()
            .flat_map(|old| texts.iter().map(move |new| (old, new)))
        {
            let told = told(old, new);
            let side = |without: char| {
                let lines = told.iter().filter(|line| !line.starts_with([without, '@']));
                lines.map(|line| &line[2..]).collect::<Vec<_>>().join("\n")
            };
            if !told.iter().any(|line| line.starts_with('@')) {
                assert_eq!((&side('+'), &side('-')), (old, new), "{told:?}");
            }
        }
    }

    #[test]
    fn no_more_is_changed_than_has_to_be() {
        let difference = difference("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc");
        assert_eq!((difference.gone, difference.new), (3, 2), "{difference:?}");
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
