//! Walking through the topics' tree by keys, as trees are walked through [WAI-ARIA, tree view].

use crate::protocol::messages::Branch;

/// What a key does to the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The focus goes to this branch.
    To(String),
    /// This branch shows its own (true) or hides them.
    Unfold(String, bool),
    /// This branch is chosen.
    Choose(String),
}

/// What a key does, where `at` has the focus among the lines there are; none: nothing.
#[must_use]
pub fn step(lines: &[Branch], at: &str, key: &str) -> Option<Step> {
    let place = lines.iter().position(|line| line.path == at)?;
    let line = lines.get(place)?;
    let to = |place: usize| lines.get(place).map(|line| Step::To(line.path.clone()));
    match key {
        "ArrowDown" => to(place + 1),
        "ArrowUp" => to(place.checked_sub(1)?),
        "Home" => to(0),
        "End" => to(lines.len() - 1),
        "ArrowRight" if !line.has_branches => None,
        "ArrowRight" if line.is_open => to(place + 1),
        "ArrowRight" => Some(Step::Unfold(line.path.clone(), true)),
        "ArrowLeft" if line.has_branches && line.is_open => {
            Some(Step::Unfold(line.path.clone(), false))
        }
        "ArrowLeft" => {
            let mut above = lines.iter().take(place).rev();
            let parent = above.find(|other| other.depth < line.depth)?;
            Some(Step::To(parent.path.clone()))
        }
        "Enter" | " " => Some(Step::Choose(line.path.clone())),
        _ => None,
    }
}

/// The line that the tab key comes to: the one that had the focus, else the first one.
#[must_use]
pub fn stop<'a>(lines: &'a [Branch], at: Option<&str>) -> Option<&'a str> {
    let known = lines.iter().find(|line| Some(line.path.as_str()) == at);
    Some(known.or(lines.first())?.path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, depth: u16, has_branches: bool, is_open: bool) -> Branch {
        Branch {
            path: path.into(),
            level: path.into(),
            depth,
            has_branches,
            is_open,
            held: 1,
            ever: 1,
        }
    }

    fn lines() -> [Branch; 4] {
        [
            line("a", 0, true, true),
            line("a/b", 1, false, true),
            line("a/c", 1, true, false),
            line("d", 0, false, true),
        ]
    }

    fn to(path: &str) -> Option<Step> {
        Some(Step::To(path.into()))
    }

    #[test]
    fn up_and_down_go_from_line_to_line() {
        let lines = lines();
        assert_eq!(step(&lines, "a", "ArrowDown"), to("a/b"));
        assert_eq!(step(&lines, "d", "ArrowDown"), None);
        assert_eq!(step(&lines, "a/b", "ArrowUp"), to("a"));
        assert_eq!(step(&lines, "a", "ArrowUp"), None);
        assert_eq!(step(&lines, "a/c", "Home"), to("a"));
        assert_eq!(step(&lines, "a/c", "End"), to("d"));
    }

    #[test]
    fn right_opens_or_enters_and_left_closes_or_leaves() {
        let lines = lines();
        assert_eq!(step(&lines, "a", "ArrowRight"), to("a/b"));
        assert_eq!(step(&lines, "a/b", "ArrowRight"), None);
        let unfold = |path: &str, open| Some(Step::Unfold(path.into(), open));
        assert_eq!(step(&lines, "a/c", "ArrowRight"), unfold("a/c", true));
        assert_eq!(step(&lines, "a", "ArrowLeft"), unfold("a", false));
        assert_eq!(step(&lines, "a/c", "ArrowLeft"), to("a"));
        assert_eq!(step(&lines, "d", "ArrowLeft"), None);
    }

    #[test]
    fn enter_and_space_choose_and_other_keys_do_nothing() {
        let lines = lines();
        for key in ["Enter", " "] {
            assert_eq!(step(&lines, "d", key), Some(Step::Choose("d".into())));
        }
        assert_eq!(step(&lines, "d", "x"), None);
        assert_eq!(step(&lines, "gone", "ArrowDown"), None);
    }

    #[test]
    fn the_tab_key_always_comes_to_a_line() {
        let lines = lines();
        assert_eq!(stop(&lines, Some("a/c")), Some("a/c"));
        assert_eq!(stop(&lines, Some("out of sight")), Some("a"));
        assert_eq!(stop(&lines, None), Some("a"));
        assert_eq!(stop(&[], None), None);
    }
}
