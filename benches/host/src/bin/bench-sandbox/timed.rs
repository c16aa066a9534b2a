//! Processor time, of runs taken in turn.

use rustix::time::{ClockId, clock_gettime};
use tern_measure::median;

use crate::options::Options;
use crate::shape::Shape;
use crate::{Core, Place};

/// Medians over the runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// ns per message, by [`Place::ALL`].
    pub(crate) ns: [f64; 3],
    /// The sandbox over native, of one turn each.
    pub(crate) of_native: f64,
    /// The sandbox over the lean core, of one turn each.
    pub(crate) of_lean: f64,
}

/// Runs each place in each turn, and a turn beforehand that does not count.
pub(crate) fn in_turn(shape: &Shape, options: &Options) -> Times {
    let mut cores = Place::ALL.map(|place| place.prepare(shape));
    let rounds = (options.messages / shape.messages()).max(1);
    let turns: Vec<[f64; 3]> = (0..=options.turns)
        .map(|_| {
            let mut ns = [0.0; 3];
            for (ns, core) in ns.iter_mut().zip(&mut cores) {
                *ns = run(core.as_mut(), shape, rounds);
            }
            ns
        })
        .skip(1)
        .collect();
    let of = |value: &dyn Fn(&[f64; 3]) -> f64| median(turns.iter().map(value).collect());
    Times {
        ns: [of(&|ns| ns[0]), of(&|ns| ns[1]), of(&|ns| ns[2])],
        of_native: of(&|ns| ns[1] / ns[0]),
        of_lean: of(&|ns| ns[1] / ns[2]),
    }
}

/// ns per message.
fn run(core: &mut dyn Core, shape: &Shape, rounds: usize) -> f64 {
    let start = thread_time();
    let mut messages = 0;
    for _ in 0..rounds {
        messages += core.round();
    }
    let ns = thread_time() - start;
    assert_eq!(messages, rounds * shape.messages(), "{}", shape.name);
    ns / messages as f64
}

/// The processor time of this thread, in ns.
fn thread_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
