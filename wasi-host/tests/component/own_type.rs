//! What the component says of itself: it exports the device and imports nothing.

use tern_host::engine::COMPONENT;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

#[path = "../../src/engine/settings.rs"]
mod settings;

/// What the build script compiled from the component.
const COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tern_device.cwasm"));

fn compiled(engine: &Engine) -> Component {
    // SAFETY: the build script's own output by this same wasmtime, which checks version and settings.
    unsafe { Component::deserialize(engine, COMPILED) }.unwrap()
}

#[test]
fn it_imports_nothing() {
    let engine = Engine::new(&settings::engine_config()).unwrap();
    let component = compiled(&engine).component_type();
    let imports: Vec<String> = component
        .imports(&engine)
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(
        imports,
        Vec::<String>::new(),
        "the sandbox would be asked for these"
    );
}

#[test]
fn it_exports_the_sessions_and_their_three_functions() {
    let engine = Engine::new(&settings::engine_config()).unwrap();
    let component = compiled(&engine).component_type();
    let mut exports = component.exports(&engine);
    let (name, export) = exports.next().unwrap();
    assert_eq!(name, "tern:device/sessions@0.1.0");
    assert_eq!(exports.count(), 0);
    let ComponentItem::ComponentInstance(sessions) = export.ty else {
        panic!("an interface")
    };
    let mut functions: Vec<String> = sessions
        .exports(&engine)
        .filter(|(_, export)| matches!(export.ty, ComponentItem::ComponentFunc(_)))
        .map(|(name, _)| name.to_owned())
        .collect();
    functions.sort();
    assert_eq!(functions, ["close", "open", "step"]);
}

/// The same, read from the bytes that others get (`target/tern_device.wasm`): neither the component nor
/// any module inside it has an import section.
#[test]
fn the_file_itself_has_no_import_section() {
    let mut modules = 0;
    walk(COMPONENT, 0, &mut modules);
    assert!(
        modules > 0,
        "no core module was found, so nothing was looked at"
    );
}

/// Layer 1 is a component, whose imports stand in sections 10; layer 0 a core module, whose stand in
/// section 2. A component's nested modules are sections 1, its nested components sections 4: those import
/// too, from the component around them, which has nothing to give but its own.
fn walk(binary: &[u8], depth: usize, modules: &mut usize) {
    let (header, mut rest) = binary.split_at(8);
    assert_eq!(&header[..4], b"\0asm");
    let is_component = header[6] == 1;
    *modules += usize::from(!is_component);
    while let [id, behind @ ..] = rest {
        let (len, behind) = leb128(behind);
        let (section, next) = behind.split_at(len);
        match (is_component, id) {
            (true, 10) => assert!(depth > 0, "the component has an import section"),
            (false, 2) => panic!("core module {modules} has an import section"),
            (true, 1 | 4) => walk(section, depth + 1, modules),
            _ => {}
        }
        rest = next;
    }
}

fn leb128(bytes: &[u8]) -> (usize, &[u8]) {
    let len = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let (number, rest) = bytes.split_at(len);
    let add = |sum, byte: &u8| sum << 7 | usize::from(byte & 0x7F);
    (number.iter().rev().fold(0, add), rest)
}

/// Panics tell where they come from, and that must be no folder of whoever built it.
#[test]
fn it_names_no_folder_of_the_machine_that_built_it() {
    let here = env!("CARGO_MANIFEST_DIR").strip_suffix("/wasi-host");
    let folders = [here, Some("/registry/src/")];
    let mut paths = 0;
    for text in COMPONENT.split(|byte| !byte.is_ascii_graphic()) {
        let text = String::from_utf8_lossy(text);
        paths += usize::from(text.contains("/crates/") || text.contains("core/src/"));
        for folder in folders.iter().flatten() {
            assert!(!text.contains(folder), "{text} names {folder}");
        }
    }
    assert!(paths > 0, "there are panics, or this test finds none");
}
