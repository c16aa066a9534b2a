//! The component's exports, and the one call that does the work.
//!
//! The only file of the component that may hold unsafe code: what wit-bindgen generates for the canonical ABI, and
//! `step`, which stands here by hand. What wit-bindgen generates for that would allocate four times and be called a
//! second time for each step, to free it; here both of its lists are handed in and both are handed out in buffers
//! that are used again. A single message in a call of its own costs a fifth fewer instructions for that.
#![allow(unsafe_code, missing_docs, unreachable_pub)]
#![allow(clippy::all, reason = "most of this file is generated")]

mod config;

use core::cell::RefCell;
use core::mem::{align_of, size_of};
use core::ptr;
use std::alloc::{self, Layout};

use tern_core::time::Instant;
use zeroize::Zeroize;

use crate::Sessions;
use crate::batch::Outcome;

wit_bindgen::generate!({ path: "wit", world: "device", skip: ["step"] });

use exports::tern::device::sessions as wit;

struct Component;

export!(Component);

/// What a buffer keeps from step to step, in bytes. A larger one goes back to the allocator: one large step must not
/// cost memory for ever.
const KEPT: usize = 16 * 1024;

/// What an instance holds.
#[derive(Default)]
struct Instance {
    sessions: Sessions,
    words: Vec<u32>,
    bytes: Vec<u8>,
    /// Whether `words` has been lent for the lists of a step, and `bytes` has not.
    bytes_next: bool,
    outcome: Outcome,
    /// Where the lists of the outcome are: what a call of `step` points to.
    answer: [usize; 4],
}

thread_local! {
    /// A component instance has one thread.
    static INSTANCE: RefCell<Instance> = RefCell::default();
}

impl wit::Guest for Component {
    fn open(config: wit::Config, seed: u64) -> Result<u32, String> {
        let config = config::config_of(config)?;
        INSTANCE
            .with_borrow_mut(|instance| instance.sessions.open(config, seed))
            .map_err(|error| error.to_string())
    }

    fn close(session: u32) {
        INSTANCE.with_borrow_mut(|instance| instance.sessions.close(session));
    }
}

/// `step: func(now-ms: u64, words: list<u32>, bytes: list<u8>) -> outcome`. What it returns stays as it is until the
/// next call of it, so there is nothing to be freed and no function for that.
///
/// # Safety
/// For a host that keeps to the canonical ABI: both lists stand where [`cabi_realloc`] has made room for them.
#[unsafe(export_name = "tern:device/sessions@0.1.0#step")]
unsafe extern "C" fn step(
    now_ms: u64,
    words: *mut u32,
    words_len: usize,
    bytes: *mut u8,
    bytes_len: usize,
) -> *const usize {
    INSTANCE.with_borrow_mut(|instance| {
        instance.bytes_next = false;
        // SAFETY: the host has written so many elements there, by the canonical ABI.
        unsafe {
            take_in(&mut instance.words, words, words_len);
            take_in(&mut instance.bytes, bytes, bytes_len);
        }
        let outcome = &mut instance.outcome;
        outcome.clear();
        keep_little(&mut outcome.words);
        keep_little(&mut outcome.bytes);
        let now = Instant::from_millis(now_ms);
        let stepped = instance
            .sessions
            .step(now, &instance.words, &instance.bytes, outcome);
        if stepped.is_err() {
            // Promised by the interface: a row that can't be read is the host's fault, and traps.
            core::arch::wasm32::unreachable();
        }
        if instance.sessions.take_answered() {
            instance.bytes.zeroize();
        }
        keep_little(&mut instance.words);
        keep_little(&mut instance.bytes);
        instance.answer = [
            outcome.words.as_ptr().addr(),
            outcome.words.len(),
            outcome.bytes.as_ptr().addr(),
            outcome.bytes.len(),
        ];
        instance.answer.as_ptr()
    })
}

/// Makes `list` hold what the host has written: mostly into the room of `list` itself.
///
/// # Safety
/// There are `len` elements at `at`. They stand in the room of `list`, or in a block of their own that is handed over.
unsafe fn take_in<T>(list: &mut Vec<T>, at: *mut T, len: usize) {
    list.clear();
    if len == 0 {
        return;
    }
    if at == list.as_mut_ptr() && len <= list.capacity() {
        // SAFETY: the elements stand in this room, and are numbers.
        unsafe { list.set_len(len) };
    } else {
        // SAFETY: what was not lent came from the allocator, with this length and alignment.
        *list = unsafe { Vec::from_raw_parts(at, len, len) };
    }
}

/// Empties a buffer, and gives a large one back.
fn keep_little<T>(list: &mut Vec<T>) {
    list.clear();
    if list.capacity() > KEPT / size_of::<T>() {
        *list = Vec::new();
    }
}

/// The alignment of what `open` takes, by which [`cabi_realloc`] tells its block from the words of a step. An interface
/// in which it were 4 would have that block written over those words.
const OPEN: usize = alignment(<Component as wit::Guest>::open);
const _: () = assert!(
    OPEN > align_of::<u32>(),
    "the parameters of `open` are aligned as a list of words is: let `cabi_realloc` tell them apart in another way"
);

const fn alignment<Config, Seed, Opened>(_: fn(Config, Seed) -> Opened) -> usize {
    // The canonical ABI has the largest alignment of a record's fields, as Rust has.
    align_of::<(Config, Seed)>()
}

/// Room for what the host hands in. The only list of words that is handed in is that of a step, and the list of bytes
/// that comes next is that step's, since a host makes room for the parameters in their order: both go where those of
/// the step before stood. All else is for `open`, and comes from the allocator.
///
/// # Safety
/// For a host that keeps to the canonical ABI.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_len: usize,
    align: usize,
    new_len: usize,
) -> *mut u8 {
    if old_len == 0 {
        let lent = INSTANCE.with_borrow_mut(|instance| {
            let is_bytes = core::mem::take(&mut instance.bytes_next) && align == 1;
            if align == align_of::<u32>() {
                instance.bytes_next = true;
                Some(room(&mut instance.words, new_len.div_ceil(size_of::<u32>())).cast())
            } else {
                is_bytes.then(|| room(&mut instance.bytes, new_len))
            }
        });
        if let Some(lent) = lent {
            return lent;
        }
        if new_len == 0 {
            return ptr::without_provenance_mut(align);
        }
    }
    // SAFETY: the host hands in a block as it was given to it, and an alignment of the canonical ABI.
    let block = unsafe {
        let of = |len| Layout::from_size_align_unchecked(len, align);
        if old_len == 0 {
            alloc::alloc(of(new_len))
        } else {
            alloc::realloc(old, of(old_len), new_len)
        }
    };
    if block.is_null() {
        core::arch::wasm32::unreachable();
    }
    block
}

/// Room for so many elements in a buffer, which is empty then.
fn room<T>(list: &mut Vec<T>, len: usize) -> *mut T {
    list.clear();
    list.reserve(len);
    list.as_mut_ptr()
}
