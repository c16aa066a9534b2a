//! The component in wasmtime: compiled when the program was built, and given nothing to import.

use std::time::Duration;

use tern_component::batch::{InputBatch, Outcome};
use tern_core::device::{Config, Login, Reconnect};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use wasmtime::Store;
use wasmtime::component::{ComponentType, Func, Instance, Lift, Linker, TypedFunc, WasmList};
use zeroize::Zeroize;

#[cfg(target_os = "linux")]
use super::image::{Constants, Image};
use super::{EngineError, compiled};

#[allow(
    missing_docs,
    unsafe_code,
    reason = "generated from component/wit, where the documentation stands"
)]
mod bindings {
    wasmtime::component::bindgen!({ path: "../component/wit", world: "device" });
}

use bindings::exports::tern::device::sessions as wit;

/// The component itself, as `target/tern_device.wasm` has it.
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tern_device.wasm"));

/// The component with all that can be done once for every instance.
#[derive(Clone)]
pub(super) struct Prepared(bindings::DevicePre<()>);

impl Prepared {
    pub(super) fn load() -> Result<Self, EngineError> {
        let component = compiled::load().map_err(failed)?;
        // An empty linker: a component that asked for anything could not be instantiated.
        let linked = Linker::new(component.engine()).instantiate_pre(&component);
        let prepared = linked.and_then(bindings::DevicePre::new).map_err(failed)?;
        Ok(Self(prepared))
    }

    pub(super) fn instantiate(&self) -> Result<Sandbox, EngineError> {
        let mut store = Store::new(self.0.engine(), ());
        let instance = self.0.instance_pre().instantiate(&mut store);
        let instance = instance.map_err(failed)?;
        #[cfg(target_os = "linux")]
        let constants = Image::last_made();
        let device = bindings::Device::new(&mut store, &instance).map_err(failed)?;
        let step = step_of(&mut store, &instance).map_err(failed)?;
        Ok(Sandbox {
            store,
            device,
            step,
            #[cfg(target_os = "linux")]
            constants,
        })
    }
}

/// One instance of the component.
pub(super) struct Sandbox {
    store: Store<()>,
    device: bindings::Device,
    /// The component's `step`, of the type that [`step_of`] has checked.
    step: Func,
    /// Where its memory holds what never changes; valid as long as `store`.
    #[cfg(target_os = "linux")]
    pub(super) constants: Option<Constants>,
}

/// What a step takes.
type HandedIn<'a> = (u64, &'a [u32], &'a [u8]);

/// What a step brings, where it stands in the guest's memory until the next one. What wit-bindgen generates would
/// move both lists into vectors of their own.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Brought {
    words: WasmList<u32>,
    bytes: WasmList<u8>,
}

impl Sandbox {
    pub(super) fn open(&mut self, config: Config, seed: u64) -> Result<u32, EngineError> {
        let sessions = self.device.tern_device_sessions();
        let mut config = wit_config(&config);
        let opened = sessions.call_open(&mut self.store, &config, seed);
        wipe(&mut config.login);
        opened.map_err(failed)?.map_err(EngineError::Config)
    }

    /// Lets go of the pages of constants that it has read: they come back when it reads them again.
    pub(super) fn rest(&self) {
        #[cfg(target_os = "linux")]
        if let Some(constants) = &self.constants {
            constants.let_go();
        }
    }

    pub(super) fn close(&mut self, session: u32) -> Result<(), EngineError> {
        let sessions = self.device.tern_device_sessions();
        sessions
            .call_close(&mut self.store, session)
            .map_err(failed)
    }

    pub(super) fn step(
        &mut self,
        now: Instant,
        batch: &InputBatch,
        outcome: &mut Outcome,
    ) -> Result<(), EngineError> {
        let handed_in = (now.as_millis(), batch.words(), batch.bytes());
        let (brought,) = step_typed(self.step)
            .call(&mut self.store, handed_in)
            .map_err(failed)?;
        outcome.clear();
        let words = brought.words.as_le_slice(&self.store);
        outcome
            .words
            .extend(words.iter().copied().map(u32::from_le));
        if brought.bytes.len() > 0 {
            let bytes = brought.bytes.as_le_slice(&self.store);
            outcome.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }
}

/// Finds `step` and checks its type.
fn step_of(store: &mut Store<()>, instance: &Instance) -> wasmtime::Result<Func> {
    let sessions = instance.get_export_index(&mut *store, None, "tern:device/sessions@0.1.0");
    let step = instance.get_export_index(&mut *store, sessions.as_ref(), "step");
    let step = step.and_then(|step| instance.get_func(&mut *store, step));
    let step = step.ok_or_else(|| wasmtime::Error::msg("the component has no `step`"))?;
    step.typed::<HandedIn<'static>, (Brought,)>(&*store)?;
    Ok(step)
}

/// The type would be checked at each call by the safe way to it, since a batch's lifetime is a part of that type.
#[allow(unsafe_code, reason = "see SAFETY")]
fn step_typed<'a>(step: Func) -> TypedFunc<HandedIn<'a>, (Brought,)> {
    // SAFETY: `step_of` has checked this type; lifetimes are no part of what the component knows of it.
    unsafe { TypedFunc::new_unchecked(step) }
}

fn failed(error: wasmtime::Error) -> EngineError {
    EngineError::Sandbox(format!("{error:#}"))
}

/// Overwrites the copies of what must stay secret.
fn wipe(login: &mut wit::Login) {
    match login {
        wit::Login::Direct(login) => login.triple.device_secret.zeroize(),
        wit::Login::Https(login) => login.triple.device_secret.zeroize(),
        wit::Login::Plain(login) => login.password.zeroize(),
    }
}

fn wit_config(config: &Config) -> wit::Config {
    let ms = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let number = |number: usize| Some(u32::try_from(number).unwrap_or(u32::MAX));
    let limits = &config.limits;
    wit::Config {
        login: wit_login(&config.login),
        keep_alive: config.keep_alive,
        keep_alive_range: config
            .keep_alive_range
            .as_ref()
            .map(|range| wit::KeepAliveRange {
                min: *range.start(),
                max: *range.end(),
            }),
        clean_session: config.clean_session,
        reconnect: Some(match config.reconnect {
            Reconnect::Never => wit::Reconnect::Never,
            Reconnect::Backoff { first, cap } => wit::Reconnect::Backoff(wit::Backoff {
                first_ms: ms(first),
                cap_ms: ms(cap),
            }),
        }),
        connect_timeout: Some(ms(config.connect_timeout)),
        request_timeout: Some(ms(config.request_timeout)),
        ping_timeout: Some(ms(config.ping_timeout)),
        drain_timeout: Some(ms(config.drain_timeout)),
        max_packet: number(limits.max_packet),
        max_payload: number(limits.max_payload),
        max_inflight: number(limits.max_inflight),
        max_queued: number(limits.max_queued),
        max_queued_bytes: number(limits.max_queued_bytes),
        max_subscriptions: number(limits.max_subscriptions),
    }
}

fn wit_login(login: &Login) -> wit::Login {
    match login {
        Login::Direct {
            triple,
            client_id,
            method,
            timestamp,
            endpoint,
        } => wit::Login::Direct(wit::DirectLogin {
            triple: wit_triple(triple, client_id, *method, *timestamp),
            endpoint: wit_endpoint(endpoint),
        }),
        Login::Https {
            triple,
            client_id,
            method,
            timestamp,
            auth_url,
            transport,
            endpoint,
        } => wit::Login::Https(wit::HttpsLogin {
            triple: wit_triple(triple, client_id, *method, *timestamp),
            auth_url: auth_url.as_str().to_owned(),
            transport: wit_transport(*transport),
            endpoint: endpoint.as_ref().map(wit_endpoint),
        }),
        Login::Plain {
            client_id,
            username,
            password,
            endpoint,
        } => wit::Login::Plain(wit::PlainLogin {
            client_id: client_id.clone(),
            username: username.clone(),
            password: password
                .as_ref()
                .map(|password| password.expose().to_owned()),
            endpoint: wit_endpoint(endpoint),
        }),
    }
}

fn wit_triple(
    triple: &Triple,
    client_id: &ClientId,
    method: SignMethod,
    timestamp: Option<u64>,
) -> wit::Triple {
    wit::Triple {
        product_key: triple.product_key.as_str().to_owned(),
        device_name: triple.device_name.as_str().to_owned(),
        device_secret: String::from_utf8_lossy(triple.device_secret.expose()).into_owned(),
        client_id: client_id.as_str().to_owned(),
        method: match method {
            SignMethod::HmacMd5 => wit::SignMethod::HmacMd5,
            SignMethod::HmacSha1 => wit::SignMethod::HmacSha1,
            SignMethod::HmacSha256 => wit::SignMethod::HmacSha256,
        },
        timestamp,
    }
}

fn wit_endpoint(endpoint: &Endpoint) -> wit::Endpoint {
    wit::Endpoint {
        transport: wit_transport(endpoint.transport),
        host: endpoint.host.clone(),
        port: endpoint.port,
        path: endpoint.path.clone(),
    }
}

const fn wit_transport(transport: TransportKind) -> wit::Transport {
    match transport {
        TransportKind::Tcp => wit::Transport::Tcp,
        TransportKind::Tls => wit::Transport::Tls,
        TransportKind::Ws => wit::Transport::Ws,
        TransportKind::Wss => wit::Transport::Wss,
    }
}
