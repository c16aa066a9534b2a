//! An allocator that looks into every block of memory as it is given back.

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

/// A name and bytes.
type Watched = (&'static str, Vec<u8>);

/// What is looked for, and under which name it is told.
static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());
/// What was found: the name, the size of the block, and who gave it back.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    /// Set while this thread looks, or handles what is looked for: what that gives back does not count.
    static ASIDE: Cell<bool> = const { Cell::new(false) };
}

/// Watches for these bytes from now on.
pub(crate) fn watch_for(name: &'static str, bytes: &[u8]) {
    aside(|| {
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        watched.push((name, bytes.to_vec()));
    });
}

/// What was given back with its secrets in it.
pub(crate) fn found() -> Vec<String> {
    aside(|| std::mem::take(&mut *FOUND.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Does something of the test's own, whose memory is not looked into.
pub(crate) fn aside<R>(what: impl FnOnce() -> R) -> R {
    let before = ASIDE.replace(true);
    let done = what();
    ASIDE.set(before);
    done
}

/// The system's allocator, watched. A block that grows is a new one: the old one is given back.
struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

// SAFETY: every block is the system's, with the layout that was asked for. A block is read before it is given back,
// while it is still this program's, and as bytes: those that were never written are made zero when it is handed out.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // A thread at its end has no such variable any more, and nothing of ours.
        if !ASIDE.try_with(Cell::get).unwrap_or(true) {
            // SAFETY: the block has this size, is initialised, and nobody else has it.
            look_into(unsafe { std::slice::from_raw_parts(block, layout.size()) });
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

fn look_into(block: &[u8]) {
    aside(|| {
        let watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, bytes) in watched.iter() {
            if memchr::memmem::find(block, bytes).is_some() {
                let trace = Backtrace::force_capture().to_string();
                // The allocator's own frames and the runtime's tell nothing.
                let ours: Vec<&str> = trace
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("at /rustc"))
                    .take(60)
                    .collect();
                let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
                found.push(format!(
                    "{name} in a block of {} bytes, given back by\n{}",
                    block.len(),
                    ours.join("\n")
                ));
            }
        }
    });
}
