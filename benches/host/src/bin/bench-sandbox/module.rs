//! The core module inside the component, for an engine that takes no components.

/// A module and a component start by eight bytes: `\0asm`, then which of the two it is.
const PREAMBLE: usize = 8;
/// The section of a component that holds a core module.
const CORE_MODULE: u8 = 1;

/// The first core module of a component, which is the only one of a component without imports that does work.
pub(crate) fn core_module(component: &[u8]) -> Option<&[u8]> {
    let mut rest = component.get(PREAMBLE..)?;
    loop {
        let (&id, after_id) = rest.split_first()?;
        let (length, body) = length(after_id)?;
        let (section, after) = body.split_at_checked(length)?;
        if id == CORE_MODULE {
            return Some(section);
        }
        rest = after;
    }
}

/// An unsigned LEB128 number, and what follows it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut length = 0;
    for (at, &byte) in bytes.iter().enumerate().take(5) {
        length |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((length, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_module_of_the_component_is_found() {
        let module = core_module(tern_host::engine::COMPONENT).expect("a core module");
        // A module's version is 1, a component's is not.
        assert_eq!(module.get(..8), Some(b"\0asm\x01\0\0\0".as_slice()));
        assert_eq!(core_module(b"\0asm\x0d\0\x01\0"), None);
    }
}
