//! Builds the component and compiles it ahead of time, so that the program's start does not pay for a
//! compiler; and lists the console's files, where the console has been built.
//!
//! The component is built by a cargo of its own, in a target folder of its own: the one that runs this script holds the
//! lock of the other.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "build/console.rs"]
mod console;
#[path = "build/data.rs"]
mod data;
#[path = "build/paths.rs"]
mod paths;
#[path = "src/engine/settings.rs"]
mod settings;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let workspace = manifest
        .parent()
        .ok_or("the package stands in a workspace")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);

    for watched in [
        "Cargo.lock",
        "Cargo.toml",
        "component/Cargo.toml",
        "component/src",
        "component/wit",
        "core/Cargo.toml",
        "core/src",
        "wasi-host/build.rs",
        "wasi-host/build",
        "wasi-host/src/engine/settings.rs",
    ] {
        println!(
            "cargo::rerun-if-changed={}",
            workspace.join(watched).display()
        );
    }

    let module = build_module(workspace, &out.join("component"))?;
    let module = fs::read(&module)?;
    let component = encode(&data::without_names(&module)?)?;
    fs::write(out.join("tern_device.wasm"), &component)?;
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        // There the program maps the data itself: src/engine/image.rs.
        let (bare, data) = data::taken_out(&module)?;
        fs::write(out.join("tern_device.data"), data)?;
        fs::write(out.join("tern_device.cwasm"), compile(&encode(&bare)?)?)?;
    } else {
        fs::write(out.join("tern_device.cwasm"), compile(&component)?)?;
    }

    console::list_files(workspace, &out)?;
    Ok(())
}

fn encode(module: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .encode()
        .map_err(Into::into)
}

fn build_module(workspace: &Path, target_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .current_dir(workspace)
        .args(["build", "--release", "--package", "tern-component", "--lib"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(target_dir);
    // What this build was given for the host is not meant for the component.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let is_cargos =
            name.starts_with("CARGO_") && name != "CARGO_HOME" && name != "CARGO_NET_OFFLINE";
        if is_cargos
            || name == "RUSTC_WRAPPER"
            || name == "RUSTC_WORKSPACE_WRAPPER"
            || name == "RUSTFLAGS"
        {
            cargo.env_remove(name.as_ref());
        }
    }
    let cargo_home = paths::cargo_home(|name| env::var_os(name));
    let flags = paths::flags_without_folders(workspace, cargo_home.as_deref());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags);
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "fat");
    // The names of the data's segments stay, which `data` reads and takes away.
    cargo.env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
    let output = cargo.output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let advice = if words.contains("can't find crate for `core`")
            || words.contains("may not be installed")
        {
            format!(
                "\nThe target {TARGET} is missing: run `rustup target add {TARGET}`, or `cargo xtask up`."
            )
        } else {
            String::new()
        };
        return Err(format!("the component could not be built:\n{words}{advice}").into());
    }
    Ok(target_dir
        .join(TARGET)
        .join("release")
        .join("tern_component.wasm"))
}

/// Compiles for the baseline of the target's processors, not for the machine that builds: the program may
/// run on another.
fn compile(component: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut config = settings::engine_config();
    config.target(&env::var("TARGET")?)?;
    config.cranelift_opt_level(wasmtime::OptLevel::Speed);
    let engine = wasmtime::Engine::new(&config)?;
    Ok(engine.precompile_component(component)?)
}
