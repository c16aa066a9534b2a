//! The tree of topics.

use tern_web::protocol::Span;
use tern_web::worker::topics::Topics;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn open(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn lines(topics: &Topics, paths: &[&str]) -> Vec<(String, u64, u64)> {
    let shown = topics.shown(&open(paths), Span::Newest(200));
    let lines = shown.branches.into_iter();
    lines
        .map(|line| (line.path, line.held, line.ever))
        .collect()
}

#[test]
fn a_branch_counts_what_lies_below_it() {
    let mut topics = Topics::default();
    for (index, topic) in ["a/b", "a/b", "a/b/c", "d"].into_iter().enumerate() {
        topics.push(topic, index as u64);
    }
    assert_eq!(
        lines(&topics, &[]),
        [("a".into(), 3, 3), ("d".into(), 1, 1)]
    );
    assert_eq!(
        lines(&topics, &["a", "a/b"]),
        [
            ("a".into(), 3, 3),
            ("a/b".into(), 3, 3),
            ("a/b/c".into(), 1, 1),
            ("d".into(), 1, 1),
        ]
    );
    assert_eq!(topics.len(), 3);
    assert_eq!(topics.in_branch("a").len(), 2);
    assert_eq!(topics.in_branch("x"), Vec::<u32>::new());
}

#[test]
fn a_leading_slash_is_a_level_of_its_own() {
    let mut topics = Topics::default();
    topics.push("/pk/dn/data", 0);
    topics.push("pk", 1);
    let shown = lines(&topics, &["", "/pk"]);
    let paths: Vec<_> = shown.iter().map(|(path, _, _)| path.as_str()).collect();
    assert_eq!(paths, ["", "/pk", "/pk/dn", "pk"]);
    assert_eq!(topics.in_branch("/pk").len(), 1);
}

#[test]
fn an_evicted_message_is_no_longer_held_but_has_come() {
    let mut topics = Topics::default();
    let number = topics.push("a", 0);
    topics.push("a", 5);
    topics.evict(number);
    assert_eq!(lines(&topics, &[]), [("a".into(), 1, 2)]);
    assert_eq!(topics.of_topic("a").collect::<Vec<_>>(), [5]);
    assert_eq!(topics.before(number, 5), None);
    topics.push("a", 9);
    assert_eq!(topics.before(number, 9), Some(5));
}

#[test]
fn topics_without_messages_are_forgotten_when_there_are_too_many() {
    let mut topics = Topics::default();
    for index in 0..20_000 {
        let number = topics.push(&format!("a/{index}/b"), index);
        topics.evict(number);
    }
    assert!(topics.len() <= 5_001, "{}", topics.len());
    let shown = topics.shown(&open(&["a"]), Span::Newest(1));
    assert!(shown.lines <= 5_002, "{}", shown.lines);
    let number = topics.push("a/0/b", 20_000);
    assert_eq!(topics.of_topic("a/0/b").last(), Some(20_000));
    assert_eq!(topics.in_branch("a/0"), [number]);
}

#[test]
fn only_lines_in_sight_are_told() {
    let mut topics = Topics::default();
    for index in 0..1000 {
        topics.push(&format!("{index:04}"), index);
    }
    let span = Span::From {
        first: 500,
        count: 3,
    };
    let shown = topics.shown(&[], span);
    let paths: Vec<_> = shown
        .branches
        .iter()
        .map(|line| line.path.as_str())
        .collect();
    assert_eq!((shown.lines, shown.first), (1000, 500));
    assert_eq!(paths, ["0500", "0501", "0502"]);
}
