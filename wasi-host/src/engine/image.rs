//! The memory of the sandboxes on Linux: what a fresh instance begins with is mapped from one file in memory, so that
//! all instances share the pages that they only read, and each has its own copy of those that it writes.
//!
//! wasmtime can do the same, but takes four mappings for each instance: at the kernel's limit of 65,530 that is 16,370
//! sandboxes in a process. Here they are three, since the file covers the stack too, where it is a hole: the file, the
//! heap, and what must not be touched.

#![allow(
    unsafe_code,
    reason = "mappings are made and handed to wasmtime: see each SAFETY"
)]

use std::cell::Cell;
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::ptr::{self, NonNull};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap,
};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

/// What the build script took out of the component: where it begins and how much of it never changes (64 bits each, the
/// low byte first), then its bytes.
static DATA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tern_device.data"));

/// The file, and what of it is where.
pub(super) struct Image {
    file: File,
    /// Bytes from address 0 on; whole pages.
    len: usize,
    constants: std::ops::Range<usize>,
    page: usize,
}

thread_local! {
    /// The constants of the memory that this thread has made last.
    static LAST: Cell<Option<Constants>> = const { Cell::new(None) };
}

impl Image {
    /// Writes the file.
    pub(super) fn load() -> io::Result<Self> {
        let page = rustix::param::page_size();
        let number = |at: usize| -> Option<usize> {
            let bytes = DATA.get(at..at + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let (Some(start), Some(constant), Some(data)) = (number(0), number(8), DATA.get(16..))
        else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let file = File::from(memfd_create("tern-device", MemfdFlags::CLOEXEC)?);
        let len = (start + data.len()).next_multiple_of(page);
        file.set_len(len as u64)?;
        file.write_all_at(data, start as u64)?;
        // Whole pages alone: what shares a page with them may change.
        let constants = start.next_multiple_of(page)..(start + constant) / page * page;
        Ok(Self {
            file,
            len,
            constants,
            page,
        })
    }

    /// The constants of the memory that this thread has made last.
    pub(super) fn last_made() -> Option<Constants> {
        LAST.take()
    }

    fn map(&self, minimum: usize, reserved: usize, guard: usize) -> io::Result<Mapped> {
        let total = reserved.max(minimum).checked_add(guard);
        let total = total.ok_or(io::ErrorKind::OutOfMemory)?;
        if minimum < self.len || !minimum.is_multiple_of(self.page) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let none = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a fresh mapping of the system's choice overlaps nothing.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), total, ProtFlags::empty(), none) }?;
        let start = NonNull::new(start.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut mapped = Mapped {
            start,
            total,
            capacity: total - guard,
            size: self.len,
        };
        // SAFETY: within the mapping just made, which nobody else knows. The file is never written again.
        unsafe {
            mmap(
                start.as_ptr().cast::<c_void>(),
                self.len,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE | MapFlags::FIXED,
                &self.file,
                0,
            )
        }?;
        mapped.open_up_to(minimum)?;
        Ok(mapped)
    }
}

// SAFETY: each memory is a mapping of its own, with all bytes of the reservation and the guard behind it, of which the
// first `byte_size` can be read and written, and the others trap.
unsafe impl MemoryCreator for Image {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let reserved = reserved.unwrap_or(minimum);
        let mapped = self.map(minimum, reserved, guard);
        let mapped = mapped.map_err(|error| format!("no memory can be mapped: {error}"))?;
        LAST.set(Some(Constants {
            start: mapped.start.as_ptr() as usize + self.constants.start,
            len: self.constants.len(),
        }));
        Ok(Box::new(mapped))
    }
}

/// One instance's memory.
struct Mapped {
    start: NonNull<u8>,
    total: usize,
    capacity: usize,
    size: usize,
}

// SAFETY: whoever has it owns the mapping, from whichever thread.
unsafe impl Send for Mapped {}
// SAFETY: nothing changes behind a shared reference.
unsafe impl Sync for Mapped {}

impl Mapped {
    fn open_up_to(&mut self, size: usize) -> io::Result<()> {
        if size > self.size {
            // SAFETY: both are within the mapping, as `capacity` says; the bytes between them are in no use yet.
            unsafe {
                let from = self.start.as_ptr().add(self.size).cast::<c_void>();
                let flags = MprotectFlags::READ | MprotectFlags::WRITE;
                mprotect(from, size - self.size, flags)?;
            }
            self.size = size;
        }
        Ok(())
    }
}

// SAFETY: the memory never moves, and grows within its mapping.
unsafe impl LinearMemory for Mapped {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.capacity
    }

    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        if size > self.capacity {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
        }
        Ok(self.open_up_to(size)?)
    }

    fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: the whole of what `map` has made, which nobody uses any more. It can't fail on a mapping that is there.
        let _ = unsafe { munmap(self.start.as_ptr().cast::<c_void>(), self.total) };
    }
}

/// Where an instance's memory holds what never changes.
#[derive(Clone, Copy)]
pub(super) struct Constants {
    start: usize,
    len: usize,
}

impl Constants {
    /// Takes the pages out of this process; a read brings them back. The instance must be alive.
    pub(super) fn let_go(&self) {
        // SAFETY: whole pages within the instance's memory that are as the file has them: what is mapped there again is
        // the same. Where the system refuses, they stay.
        let _ = unsafe {
            madvise(
                ptr::with_exposed_provenance_mut::<c_void>(self.start),
                self.len,
                Advice::LinuxDontNeed,
            )
        };
    }
}
