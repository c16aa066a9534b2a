//! The component as the build script compiled it, and how it comes to run.
//!
//! On Linux it runs where it lies in the program: nothing of it is copied at the start, pages that no step touches are
//! never read, and all processes share them. Elsewhere it is copied.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wasmtime::component::Component;
use wasmtime::{Config, Engine};

use super::settings::engine_config;

/// Aligned as pages are, or more.
#[cfg_attr(target_arch = "x86_64", repr(C, align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C, align(65536)))]
struct InPages<Bytes: ?Sized>(Bytes);

static IN_PAGES: &InPages<[u8]> = &InPages(*include_bytes!(concat!(
    env!("OUT_DIR"),
    "/tern_device.cwasm"
)));

/// Loads it, in the way that costs least here.
pub(super) fn load() -> wasmtime::Result<Component> {
    #[cfg(target_os = "linux")]
    if in_place::is_possible() {
        return in_place::load();
    }
    copied()
}

/// The settings that it was compiled with, and where its memories come from.
fn config() -> wasmtime::Result<Config> {
    #[cfg_attr(not(target_os = "linux"), allow(unused_mut))]
    let mut config = engine_config();
    #[cfg(target_os = "linux")]
    config.with_host_memory(std::sync::Arc::new(super::image::Image::load()?));
    Ok(config)
}

/// Copies it into memory of its own.
#[allow(unsafe_code, reason = "see SAFETY")]
fn copied() -> wasmtime::Result<Component> {
    let engine = Engine::new(&config()?)?;
    // SAFETY: the bytes are the build script's own output by this same version of wasmtime, built into
    // this program; wasmtime checks version and settings before it takes them.
    unsafe { Component::deserialize(&engine, &IN_PAGES.0) }
}

/// A way to load the component, for who compares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading<'a> {
    /// As the program does.
    Usual,
    /// From the program's pages into other memory.
    Copied,
    /// Mapped from a file, which is made in this folder before the time is taken: nobody else may write there.
    Mapped(&'a Path),
}

/// How long it takes to load the component in this process, with the engine that it needs. The first time is the one
/// that counts: later ones find in memory what the first has brought there.
///
/// # Errors
/// The compiled component does not fit this machine; the file can't be made.
pub fn time_to_load(way: Loading<'_>) -> Result<Duration, super::EngineError> {
    let failed = |error: wasmtime::Error| super::EngineError::Sandbox(format!("{error:#}"));
    let file = match way {
        Loading::Mapped(folder) => Some(file(folder).map_err(|error| failed(error.into()))?),
        _ => None,
    };
    let since = Instant::now();
    let component = match (way, file) {
        (Loading::Copied, _) => copied(),
        (_, Some(file)) => mapped(&file),
        _ => load(),
    };
    let time = since.elapsed();
    component.map(|_| time).map_err(failed)
}

fn file(folder: &Path) -> std::io::Result<PathBuf> {
    let path = folder.join(format!("tern-{}.cwasm", std::process::id()));
    std::fs::write(&path, &IN_PAGES.0)?;
    Ok(path)
}

#[allow(unsafe_code, reason = "see SAFETY")]
fn mapped(file: &Path) -> wasmtime::Result<Component> {
    let engine = Engine::new(&config()?)?;
    // SAFETY: the bytes are as in `copied`, and were written to this file a moment ago, where nobody else may write.
    unsafe { Component::deserialize_file(&engine, file) }
}

#[cfg(target_os = "linux")]
mod in_place {
    use std::ffi::c_void;
    use std::ptr::NonNull;
    use std::sync::{Arc, Mutex, PoisonError};

    use rustix::mm::{MprotectFlags, mprotect};
    use rustix::param::page_size;
    use wasmtime::component::Component;
    use wasmtime::{CustomCodeMemory, Engine, bail};

    use super::{IN_PAGES, config};

    /// Whether the program was loaded as it asks to be.
    pub(super) fn is_possible() -> bool {
        IN_PAGES.0.as_ptr().addr().is_multiple_of(page_size())
    }

    /// The same pages can't be loaded twice, so this process has it once, for whoever wants it.
    static LOADED: Mutex<Option<Component>> = Mutex::new(None);

    pub(super) fn load() -> wasmtime::Result<Component> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = &*loaded {
            return Ok(component.clone());
        }
        Ok(loaded.insert(load_first()?).clone())
    }

    #[allow(unsafe_code, reason = "see SAFETY")]
    fn load_first() -> wasmtime::Result<Component> {
        let mut config = config()?;
        config.with_custom_code_memory(Some(Arc::new(InPlace)));
        let engine = Engine::new(&config)?;
        // SAFETY: the bytes are the build script's own output by this same version of wasmtime, and they live and stay
        // as they are for as long as the program runs; wasmtime checks version and settings before it takes them.
        unsafe { Component::deserialize_raw(&engine, NonNull::from(&IN_PAGES.0)) }
    }

    /// Makes the code among the program's pages executable.
    struct InPlace;

    impl CustomCodeMemory for InPlace {
        fn required_alignment(&self) -> usize {
            page_size()
        }

        #[allow(unsafe_code, reason = "see SAFETY")]
        fn publish_executable(&self, start: *const u8, len: usize) -> wasmtime::Result<()> {
            let all = IN_PAGES.0.as_ptr_range();
            if start < all.start || len > all.end.addr() - start.addr().min(all.end.addr()) {
                bail!("only the component that is built in runs in place");
            }
            let start = start.cast_mut().cast::<c_void>();
            // SAFETY: these pages hold nothing but bytes of `IN_PAGES`, which can be read as before, and which nobody
            // can write.
            unsafe { mprotect(start, len, MprotectFlags::READ | MprotectFlags::EXEC) }?;
            Ok(())
        }

        /// Leaves it as it is: nothing is ever written there.
        fn unpublish_executable(&self, _start: *const u8, _len: usize) -> wasmtime::Result<()> {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_component_runs_where_it_lies() {
        assert!(in_place::is_possible());
        let component = load().unwrap();
        let image = component.image_range();
        assert_eq!(image.start, IN_PAGES.0.as_ptr());
        // Each load after the first shares it, and outlives it.
        let mut other = crate::engine::Engine::sandboxed().unwrap();
        drop(component);
        let endpoint = tern_core::identity::Endpoint::from_url("mqtt://localhost").unwrap();
        let login = tern_core::device::Login::Plain {
            client_id: String::new(),
            username: None,
            password: None,
            endpoint,
        };
        let config = tern_core::device::Config {
            clean_session: true,
            ..tern_core::device::Config::new(login)
        };
        other.open(config, 1).unwrap();
    }

    #[test]
    fn each_way_brings_the_component() {
        let folder = tempfile::tempdir().unwrap();
        for way in [
            Loading::Usual,
            Loading::Copied,
            Loading::Mapped(folder.path()),
        ] {
            time_to_load(way).unwrap();
        }
    }
}
