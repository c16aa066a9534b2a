//! The memory of the sandboxes on Linux: what a fresh instance begins with is mapped from one file in memory, so that
//! all instances share the pages that they only read, and each has its own copy of those that it writes.
//!
//! wasmtime can do the same, but takes four mappings for each instance: at the kernel's limit of 65,530 that is 16,370
//! sandboxes in a process. Here they are three, since the file covers the stack too, where it is a hole: the file, the
//! heap, and what must not be touched.
//!
//! The first sandbox of a process has its data copied: whoever needs no other needs no file.

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
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::mm::{
    Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap,
};
use rustix::process::{Resource, getrlimit};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

/// What the build script took out of the component: where it begins and how much of it never changes (64 bits each, the
/// low byte first), then its bytes.
static DATA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tern_device.data"));

/// What a memory begins with.
pub(super) struct Image {
    data: &'static [u8],
    /// Where `data` begins.
    start: usize,
    /// Bytes from address 0 to the end of `data`; whole pages.
    len: usize,
    constants: std::ops::Range<usize>,
    page: usize,
    is_first: AtomicBool,
    /// The file, once it is wanted, if it can be had.
    file: OnceLock<Option<File>>,
}

thread_local! {
    /// The constants of the memory that this thread has made last.
    static LAST: Cell<Option<Constants>> = const { Cell::new(None) };
}

impl Image {
    /// Reads what the build script has written.
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
        // Whole pages alone: what shares a page with them may change.
        let constants = start.next_multiple_of(page)..(start + constant) / page * page;
        Ok(Self {
            data,
            start,
            len: (start + data.len()).next_multiple_of(page),
            constants,
            page,
            is_first: AtomicBool::new(true),
            file: OnceLock::new(),
        })
    }

    /// The file for the next memory, where that is not to be a copy.
    fn file(&self) -> Option<&File> {
        if self.is_first.swap(false, Ordering::Relaxed) {
            return None;
        }
        // Where it can't be made, or be as long as that, copies do as well.
        self.file.get_or_init(|| self.make_file().ok()).as_ref()
    }

    fn make_file(&self) -> io::Result<File> {
        let limit = getrlimit(Resource::Fsize).current;
        if limit.is_some_and(|limit| limit < self.len as u64) {
            // To try would raise a signal that ends the program.
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = File::from(memfd_create("tern-device", flags)?);
        file.set_len(self.len as u64)?;
        file.write_all_at(self.data, self.start as u64)?;
        // For good: all sandboxes share these pages.
        let all = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        fcntl_add_seals(&file, all)?;
        Ok(file)
    }

    /// The constants of the memory that this thread has made last.
    pub(super) fn last_made() -> Option<Constants> {
        LAST.take()
    }

    fn map(
        &self,
        file: Option<&File>,
        minimum: usize,
        reserved: usize,
        guard: usize,
    ) -> io::Result<Mapped> {
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
            size: 0,
        };
        if let Some(file) = file {
            let from = start.as_ptr().cast::<c_void>();
            let (allowed, flags) = (
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE | MapFlags::FIXED,
            );
            // SAFETY: within the mapping just made, which nobody else knows. The file is sealed: nobody writes it again.
            unsafe { mmap(from, self.len, allowed, flags, file, 0) }?;
            mapped.size = self.len;
        }
        mapped.open_up_to(minimum)?;
        if file.is_none() {
            // SAFETY: `len`, up to which it can be written by now, has room for the data behind `start`.
            unsafe {
                let to = start.as_ptr().add(self.start);
                ptr::copy_nonoverlapping(self.data.as_ptr(), to, self.data.len());
            }
        }
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
        let file = self.file();
        let mapped = self.map(file, minimum, reserved, guard);
        let mapped = mapped.map_err(|error| format!("no memory can be mapped: {error}"))?;
        // Of a copy nothing would come back.
        LAST.set(file.map(|_| Constants {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

    use tern_component::batch::{InputBatch, Outcome};
    use tern_core::auth::AuthUrl;
    use tern_core::device::{Config, Login};
    use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
    use tern_core::sign::SignMethod;

    use super::super::sandbox::Prepared;
    use super::super::{Engine, EngineError, Kind};
    use super::*;

    /// The first `len` bytes from here on.
    fn read(memory: &Mapped, at: usize, len: usize) -> Vec<u8> {
        assert!(at + len <= memory.size);
        // SAFETY: within what can be read.
        unsafe { std::slice::from_raw_parts(memory.start.as_ptr().add(at), len) }.to_vec()
    }

    fn write(memory: &Mapped, at: usize, byte: u8) {
        assert!(at < memory.size);
        // SAFETY: within what can be written, and nobody else has it.
        unsafe { memory.start.as_ptr().add(at).write(byte) };
    }

    #[test]
    fn each_memory_begins_as_the_data_say_and_is_its_own() {
        let image = Image::load().unwrap();
        let start = image.constants.start;
        let file = image.make_file().unwrap();
        let map = |file| {
            image
                .map(file, image.len + 64 * 1024, 1 << 30, 64 * 1024)
                .unwrap()
        };
        let (mut one, other, copy) = (map(Some(&file)), map(Some(&file)), map(None));
        assert_eq!(read(&one, start, image.data.len()), image.data);
        assert_eq!(read(&one, 0, one.size), read(&copy, 0, copy.size));
        for at in [0, start, image.len, one.size - 1] {
            write(&one, at, 77);
            assert_ne!(read(&other, at, 1), [77]);
        }
        one.open_up_to(one.size + 64 * 1024).unwrap();
        let last = one.size - 1;
        assert_eq!(read(&one, last, 1), [0]);
        write(&one, last, 1);
        assert_eq!(read(&one, image.len, 1), [77]);
    }

    #[test]
    fn the_file_stays_as_it_is() {
        let image = Image::load().unwrap();
        let file = image.make_file().unwrap();
        let len = image.len as u64;
        for refused in [
            file.write_all_at(&[77], image.start as u64),
            file.set_len(len - 1),
            file.set_len(len + 1),
            fcntl_add_seals(&file, SealFlags::empty()).map_err(Into::into),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
        }
        // SAFETY: a fresh mapping of the system's choice overlaps nothing.
        let shared = unsafe {
            let allowed = ProtFlags::READ | ProtFlags::WRITE;
            mmap(
                ptr::null_mut(),
                image.len,
                allowed,
                MapFlags::SHARED,
                &file,
                0,
            )
        };
        assert!(shared.is_err());
        let begins = |memory: &Mapped| read(memory, image.start, image.data.len());
        let memory = image
            .map(Some(&file), image.len, 1 << 30, 64 * 1024)
            .unwrap();
        assert_eq!(begins(&memory), image.data);
        write(&memory, image.start, 77);
    }

    #[test]
    fn what_a_sandbox_may_not_touch_traps() {
        let prepared = Prepared::load().unwrap();
        // The first of this process has a copy; which one that is, the other tests have a part in.
        let copy = prepared.instantiate().unwrap();
        let sandbox = prepared.instantiate().unwrap();
        let constants = sandbox.constants.unwrap();
        let start = ptr::with_exposed_provenance_mut::<c_void>(constants.start);
        // SAFETY: the sandbox does nothing now, and what it does later is what is tested.
        unsafe { mprotect(start, constants.len, MprotectFlags::empty()) }.unwrap();
        let mut engine = Engine(Kind::Sandbox(Box::new(sandbox)));
        let config = Config::new(Login::Plain {
            client_id: "c".into(),
            username: None,
            password: None,
            endpoint: Endpoint::from_url("mqtt://localhost").unwrap(),
        });
        let mut batch = InputBatch::default();
        let mut step = |engine: &mut Engine| {
            let session = engine.open(config.clone(), 1)?;
            batch.connect(session);
            batch.transport_opened(session);
            batch.publish(session, "#", b"", tern_core::wire::QoS::AtLeastOnce);
            let mut outcome = Outcome::default();
            engine.step(tern_core::time::Instant::default(), &batch, &mut outcome)
        };
        let failed = step(&mut engine).unwrap_err();
        assert!(
            matches!(&failed, EngineError::Sandbox(text) if text.contains("trap")),
            "{failed}"
        );
        // Another is as good as new.
        for sandbox in [copy, prepared.instantiate().unwrap()] {
            step(&mut Engine(Kind::Sandbox(Box::new(sandbox)))).unwrap();
        }
    }

    /// How often these bytes stand in what can be written from `start` on, up to what nobody may touch.
    fn count(start: usize, bytes: &[u8]) -> usize {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let parts = maps.lines().filter_map(|line| {
            let (range, rest) = line.split_once(' ')?;
            let (from, to) = range.split_once('-')?;
            let number = |text| usize::from_str_radix(text, 16).ok();
            Some((number(from)?, number(to)?)).filter(|_| rest.starts_with("rw"))
        });
        let mut end = start;
        for (from, to) in parts {
            if from <= end && to > end {
                end = to;
            }
        }
        // SAFETY: the system says that it can be read, and the sandbox does nothing now.
        let memory = unsafe {
            let start = ptr::with_exposed_provenance::<u8>(start);
            std::slice::from_raw_parts(start, end - start.addr())
        };
        memchr::memmem::find_iter(memory, bytes).count()
    }

    #[test]
    fn what_a_device_has_signed_in_with_is_gone_from_its_sandbox_when_it_is() {
        const SECRET: &str = "a-secret-that-is-nowhere-else";
        const TOKEN: &str = "a-token-that-is-nowhere-else";
        let prepared = Prepared::load().unwrap();
        // The first of this process has a copy.
        let _copy = prepared.instantiate().unwrap();
        let sandbox = prepared.instantiate().unwrap();
        let begin = Image::load().unwrap().constants.start;
        let start = sandbox.constants.unwrap().start - begin;
        let mut engine = Engine(Kind::Sandbox(Box::new(sandbox)));
        let config = Config::new(Login::Https {
            triple: Triple::new("a1aq9sQk2JE", "dev1", SECRET).unwrap(),
            client_id: ClientId::new("c").unwrap(),
            method: SignMethod::HmacSha256,
            timestamp: None,
            auth_url: AuthUrl::new("https://localhost/auth/devicename").unwrap(),
            transport: TransportKind::Tls,
            endpoint: None,
        });
        let session = engine.open(config, 1).unwrap();
        let mut outcome = Outcome::default();
        let mut step = |write: &dyn Fn(&mut InputBatch)| {
            let mut batch = InputBatch::default();
            write(&mut batch);
            engine.step(tern_core::time::Instant::default(), &batch, &mut outcome)?;
            Ok::<_, EngineError>(memchr::memmem::find(&outcome.bytes, TOKEN.as_bytes()).is_some())
        };
        let answer = format!(
            r#"{{"code":200,"message":"ok","data":{{"iotId":"i","iotToken":"{TOKEN}","resources":{{"mqtt":{{"host":"localhost","port":1883}}}}}}}}"#
        );
        step(&|batch| batch.connect(session)).unwrap();
        step(&|batch| batch.http_answered(session, 200, answer.as_bytes())).unwrap();
        let is_sent = step(&|batch| batch.transport_opened(session)).unwrap();
        assert!(is_sent);
        // An answer to the login: no session, accepted.
        step(&|batch| batch.received(session, &[0x20, 2, 0, 0])).unwrap();
        // The device has both for its next connection, and nobody else has them.
        assert_eq!(count(start, SECRET.as_bytes()), 1);
        assert_eq!(count(start, TOKEN.as_bytes()), 1);
        engine.close(session).unwrap();
        assert_eq!(count(start, SECRET.as_bytes()), 0);
        assert_eq!(count(start, TOKEN.as_bytes()), 0);
    }
}
