// How the component is compiled and run: one place for the build script, which compiles it, and for the
// program, which runs what was compiled. wasmtime refuses a compiled component whose settings differ.
//
// (Ordinary comments: the build script includes this file as it is.)

use wasmtime::{Config, Inlining};

/// The engine's settings.
///
/// A reservation of 4 GiB with a guard behind it lets the bounds checks vanish. Fuel and epochs stay off:
/// a step ends by itself, and its input is bounded by the host.
pub(crate) fn engine_config() -> Config {
    let mut config = Config::new();
    config
        .memory_reservation(4 << 30)
        .memory_guard_size(32 << 20)
        .memory_init_cow(false)
        .compiler_inlining(Inlining::Yes)
        .consume_fuel(false)
        .epoch_interruption(false)
        .wasm_component_model(true);
    config
}
