//! The topics as a tree.

use tern_web::protocol::Span;
use tern_web::protocol::messages::Topics as Shown;
use tern_web::worker::topics::Topics;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const ALL: Span = Span::From {
    first: 0,
    count: Span::MOST,
};

fn planted(topics: &[&str]) -> Topics {
    let mut tree = Topics::default();
    for (index, topic) in (0..).zip(topics) {
        tree.push(topic, index);
    }
    tree
}

/// Each line with its indentation and its messages.
fn drawn(shown: &Shown) -> Vec<String> {
    let line = |branch: &tern_web::protocol::messages::Branch| {
        let indent = "  ".repeat(branch.depth.into());
        let mark = match (branch.has_branches, branch.is_open) {
            (false, _) => " ",
            (true, true) => "-",
            (true, false) => "+",
        };
        format!("{indent}{mark}{} {}", branch.level, branch.held)
    };
    shown.branches.iter().map(line).collect()
}

#[test]
fn levels_that_lead_to_one_other_share_a_line() {
    let tree = planted(&[
        "/pk/dn/user/get",
        "/pk/dn/user/update",
        "/pk/dn/data",
        "/pk/dn/data",
    ]);
    let wanted = [
        "-/pk/dn 4",
        "   data 2",
        "  -user 2",
        "     get 1",
        "     update 1",
    ];
    assert_eq!(drawn(&tree.shown(&[], ALL)), wanted);
    assert_eq!(drawn(&planted(&["a/b/c"]).shown(&[], ALL)), [" a/b/c 1"]);
}

#[test]
fn a_topic_above_another_keeps_its_own_line() {
    let tree = planted(&["a/b", "a/b/c/d"]);
    assert_eq!(drawn(&tree.shown(&[], ALL)), ["-a/b 2", "   c/d 1"]);
}

#[test]
fn a_closed_branch_hides_its_own() {
    let tree = planted(&["/pk/dn/a", "/pk/dn/b/c", "/pk/dn/b/d", "x"]);
    let closed = ["/pk/dn/b".to_owned()];
    let shown = tree.shown(&closed, ALL);
    assert_eq!(drawn(&shown), ["-/pk/dn 3", "   a 1", "  +b 2", " x 1"]);
    assert_eq!(shown.lines, 4);
    assert_eq!(shown.topics, 4);
}

#[test]
fn empty_levels_and_topics_that_begin_alike_are_told_apart() {
    let tree = planted(&["/a", "a", "a/", "ab"]);
    let paths: Vec<_> = tree
        .shown(&[], ALL)
        .branches
        .into_iter()
        .map(|b| b.path)
        .collect();
    assert_eq!(paths, ["/a", "a", "a/", "ab"]);
    assert_eq!(tree.in_branch("a").len(), 2);
    assert_eq!(tree.in_branch("").len(), 1);
}

#[test]
fn only_the_lines_in_sight_are_sent() {
    let names: Vec<_> = (0..1000).map(|n| format!("t/{n:04}")).collect();
    let tree = planted(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let shown = tree.shown(
        &[],
        Span::From {
            first: 500,
            count: 3,
        },
    );
    assert_eq!((shown.lines, shown.first), (1001, 500));
    assert_eq!(drawn(&shown), ["   0499 1", "   0500 1", "   0501 1"]);
}

#[test]
fn a_topic_knows_its_messages_and_the_one_before() {
    let mut tree = Topics::default();
    let number = tree.push("a", 3);
    tree.push("b", 4);
    assert_eq!(tree.push("a", 5), number);
    tree.push("a", 9);
    assert_eq!(tree.before(number, 9), Some(5));
    assert_eq!(tree.before(number, 3), None);
    assert_eq!(tree.before(number, 4), None);
    assert_eq!(tree.of_topic("a", 4).collect::<Vec<_>>(), [5, 9]);
    assert_eq!(tree.of_topic("c", 0).len(), 0);
    tree.evict(number);
    assert_eq!(tree.before(number, 5), None);
    assert_eq!(drawn(&tree.shown(&[], ALL)), [" a 2", " b 1"]);
}

#[test]
fn a_branch_counts_what_lies_below_it_held_and_gone() {
    let mut tree = Topics::default();
    let number = tree.push("a/b", 0);
    tree.push("a/b/c", 1);
    tree.push("d", 2);
    tree.evict(number);
    let counts: Vec<_> = tree
        .shown(&[], ALL)
        .branches
        .into_iter()
        .map(|b| (b.path, b.held, b.ever))
        .collect();
    let wanted = [("a/b", 1, 2), ("a/b/c", 1, 1), ("d", 1, 1)];
    assert_eq!(
        counts,
        wanted.map(|(path, held, ever)| (path.to_owned(), held, ever))
    );
    assert_eq!(tree.in_branch("a").len(), 2);
    assert_eq!(tree.in_branch("x"), Vec::<u32>::new());
}

#[test]
fn topics_without_messages_are_forgotten_when_there_are_too_many() {
    let mut tree = Topics::default();
    for index in 0..20_000 {
        let number = tree.push(&format!("a/{index}/b"), index);
        tree.evict(number);
    }
    assert!(tree.len() <= 5_001, "{}", tree.len());
    let shown = tree.shown(&[], ALL);
    assert!(shown.lines <= 5_002, "{}", shown.lines);
    let number = tree.push("a/0/b", 20_000);
    assert_eq!(tree.of_topic("a/0/b", 0).last(), Some(20_000));
    assert_eq!(tree.in_branch("a/0"), [number]);
}
