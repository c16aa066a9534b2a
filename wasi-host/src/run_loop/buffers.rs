//! Buffers that devices share: one that has nothing to say and nothing to hear holds none.

/// Buffers that wait for their next use at most.
const POOL: usize = 64;

/// One that has grown beyond this many bytes is given back to the system.
const LARGE: usize = 128 * 1024;

/// The buffers that nobody uses.
#[derive(Default)]
pub(super) struct Buffers(Vec<Vec<u8>>);

impl Buffers {
    /// Gives a buffer to who has none.
    pub(super) fn lend(&mut self, to: &mut Vec<u8>) {
        if to.capacity() == 0 {
            *to = self.0.pop().unwrap_or_default();
        }
    }

    /// Takes a buffer back in which nothing is left.
    pub(super) fn take_back(&mut self, from: &mut Vec<u8>) {
        if from.is_empty() && from.capacity() > 0 {
            let buffer = std::mem::take(from);
            if self.0.len() < POOL && buffer.capacity() <= LARGE {
                self.0.push(buffer);
            }
        }
    }
}
