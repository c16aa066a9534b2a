//! The seeds that CI runs.

use std::sync::atomic::{AtomicU64, Ordering};

use tern_tests::simulation;

#[test]
fn every_rule_holds_in_2_000_seeds() {
    const SEEDS: u64 = 2_000;
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                return;
            }
            if let Err(broken) = simulation::run(seed) {
                panic!("seed {seed}: {broken}\nreplay it: cargo xtask simulate --seed {seed}");
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}
