//! Nanoseconds per message, natively: all clients in turn, so that what else runs meets them alike.

use std::time::Instant;

use tern_measure::median;

use crate::clients::{Client, Who};
use crate::work::Work;

/// Turns, of which the median counts.
const TURNS: usize = 9;
/// Messages of a turn.
const MESSAGES: usize = 100_000;

/// What a message costs each client of [`Who::ALL`], without the harness.
pub(crate) fn per_message(work: Work) -> [f64; Who::ALL.len()] {
    let mut clients: Vec<Box<dyn Client>> = Who::ALL
        .into_iter()
        .chain([Who::Harness])
        .filter_map(|who| who.start().ok())
        .collect();
    let mut times = vec![Vec::new(); clients.len()];
    for _ in 0..TURNS {
        for (client, times) in clients.iter_mut().zip(&mut times) {
            let begin = Instant::now();
            work.run(client.as_mut(), MESSAGES);
            times.push(begin.elapsed().as_nanos() as f64 / MESSAGES as f64);
        }
    }
    let mut medians = times.into_iter().map(median);
    let all = Who::ALL.map(|_| medians.next().unwrap_or(f64::NAN));
    let harness = medians.next().unwrap_or(f64::NAN);
    all.map(|time| time - harness)
}
