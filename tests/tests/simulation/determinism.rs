//! A seed decides everything.

use tern_tests::simulation;

#[test]
fn the_same_seed_gives_the_same_trace_to_the_byte() {
    for seed in 0..50 {
        let (first, second) = (simulation::replay(seed), simulation::replay(seed));
        assert!(first.lines.len() > 10, "seed {seed} does next to nothing");
        assert_eq!(first.lines, second.lines, "seed {seed}");
        assert_eq!(first.outcome, second.outcome, "seed {seed}");
    }
}

#[test]
fn a_run_goes_the_same_way_with_and_without_a_trace() {
    for seed in 0..50 {
        assert_eq!(
            simulation::run(seed),
            simulation::replay(seed).outcome,
            "seed {seed}"
        );
    }
}

#[test]
fn another_seed_gives_another_run() {
    let (first, second) = (simulation::replay(1), simulation::replay(2));
    assert_ne!(first.lines, second.lines);
}
