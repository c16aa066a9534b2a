//! SIGINT and SIGTERM for whoever waits in a poll.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mio::Waker;

use crate::exit::{Exit, Failure};

/// From now on the first signal sets `seen` and wakes the poll, so that it can end in order; the second one ends the
/// program at once.
///
/// # Errors
/// The system lets no signal be caught.
pub(super) fn catch(seen: Arc<AtomicBool>, waker: Arc<Waker>) -> Result<(), Failure> {
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::AcqRel) {
            std::process::exit(Exit::TimedOut.status().into());
        }
        // Where it can't be woken, the poll is gone, and the program is at its end.
        let _ = waker.wake();
    })
    .map_err(|error| Failure::new(Exit::Fault, format!("no signal can be caught: {error}")))
}
