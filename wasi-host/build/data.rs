//! Takes the data out of a module: what its memory begins with.

use std::error::Error;

/// A custom section, the section that holds the data, and the one with the number of its segments.
const CUSTOM: u8 = 0;
const DATA: u8 = 11;
const DATA_COUNT: u8 = 12;

/// In the custom section `name`: what the data's segments are called.
const DATA_NAMES: u8 = 9;

/// The custom sections that only people read.
const FOR_PEOPLE: [&[u8]; 3] = [b"name", b"producers", b"target_features"];

/// How the linker calls what never changes.
const CONSTANTS: &[u8] = b".rodata";

/// What precedes a segment's offset, and what follows it: an active segment of memory 0, `i32.const`, `end`.
const SEGMENT: u8 = 0;
const I32_CONST: u8 = 0x41;
const END: u8 = 0x0B;

type Fault = Box<dyn Error>;

/// The module without names, which say nothing to a machine.
pub(crate) fn without_names(module: &[u8]) -> Result<Vec<u8>, Fault> {
    let (head, sections) = sections(module)?;
    let mut bare = head.to_vec();
    for section in sections {
        if !section.is_for_people()? {
            bare.extend_from_slice(section.whole);
        }
    }
    Ok(bare)
}

/// The module without its data and without names, and the data: the address of its first byte and the length of the
/// first segment, which holds the constants (64 bits each, the low byte first), then all bytes from there on.
pub(crate) fn taken_out(module: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let (head, sections) = sections(module)?;
    let mut bare = head.to_vec();
    let (mut data, mut first_name) = (None, None);
    for section in sections {
        match section.id {
            DATA => data = Some(segments(section.body)?),
            DATA_COUNT => {}
            CUSTOM if section.is_for_people()? => {
                first_name = first_name.or(section.first_name()?);
            }
            _ => bare.extend_from_slice(section.whole),
        }
    }
    let data = data.ok_or("the component has data")?;
    check_constants(first_name)?;
    Ok((bare, data))
}

/// Every sandbox shares the pages of the first segment, and lets go of them for others to come back as they were: what
/// changes must not be there.
fn check_constants(first_name: Option<&[u8]>) -> Result<(), Fault> {
    let name = first_name
        .ok_or("the data of the component has no names: build it with `strip = \"debuginfo\"`")?;
    if name == CONSTANTS {
        return Ok(());
    }
    Err(format!(
        "the component's data begins with the segment {}, and must begin with {}, which all sandboxes share: let \
         `segments` in wasi-host/build/data.rs tell where that one begins and how long it is, and \
         wasi-host/src/engine/image.rs share no more than that",
        String::from_utf8_lossy(name),
        String::from_utf8_lossy(CONSTANTS),
    )
    .into())
}

/// A part of a module.
struct Section<'a> {
    id: u8,
    whole: &'a [u8],
    body: &'a [u8],
}

impl<'a> Section<'a> {
    fn is_for_people(&self) -> Result<bool, Fault> {
        Ok(self.id == CUSTOM && FOR_PEOPLE.contains(&prefixed(&mut { self.body })?))
    }

    /// How the first segment of the data is called, where this is the section that says so.
    fn first_name(&self) -> Result<Option<&'a [u8]>, Fault> {
        let mut rest = self.body;
        if prefixed(&mut rest)? != b"name" {
            return Ok(None);
        }
        while let Some((&id, after)) = rest.split_first() {
            rest = after;
            let mut names = prefixed(&mut rest)?;
            if id != DATA_NAMES {
                continue;
            }
            for _ in 0..unsigned(&mut names)? {
                let number = unsigned(&mut names)?;
                let name = prefixed(&mut names)?;
                if number == 0 {
                    return Ok(Some(name));
                }
            }
        }
        Ok(None)
    }
}

/// The module's head, and its sections.
fn sections(module: &[u8]) -> Result<(&[u8], Vec<Section<'_>>), Fault> {
    let (head, mut rest) = module.split_at_checked(8).ok_or("a module has a head")?;
    let mut sections = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let mut next = after;
        let body = prefixed(&mut next)?;
        let whole = &rest[..rest.len() - next.len()];
        sections.push(Section { id, whole, body });
        rest = next;
    }
    Ok((head, sections))
}

fn segments(mut body: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut found = Vec::new();
    for _ in 0..unsigned(&mut body)? {
        expect(&mut body, SEGMENT)?;
        expect(&mut body, I32_CONST)?;
        let address = usize::try_from(signed(&mut body)?)?;
        expect(&mut body, END)?;
        found.push((address, prefixed(&mut body)?));
    }
    let &(start, constants) = found.first().ok_or("the component has data")?;
    let mut data = [start as u64, constants.len() as u64]
        .map(u64::to_le_bytes)
        .concat();
    let head = data.len();
    for (address, bytes) in found {
        let at = head
            + address
                .checked_sub(start)
                .ok_or("the constants come first")?;
        if at < data.len() {
            return Err("segments do not overlap".into());
        }
        data.resize(at, 0);
        data.extend_from_slice(bytes);
    }
    Ok(data)
}

fn expect(body: &mut &[u8], byte: u8) -> Result<(), Fault> {
    match body.split_first() {
        Some((found, rest)) if *found == byte => {
            *body = rest;
            Ok(())
        }
        _ => Err("the component's data is of another form than the linker's usual one".into()),
    }
}

/// Bytes behind their number.
fn prefixed<'a>(body: &mut &'a [u8]) -> Result<&'a [u8], Fault> {
    let len = usize::try_from(unsigned(body)?)?;
    let (bytes, rest) = body
        .split_at_checked(len)
        .ok_or("what has a length ends in the module")?;
    *body = rest;
    Ok(bytes)
}

/// LEB128.
fn unsigned(body: &mut &[u8]) -> Result<u64, Fault> {
    Ok(leb128(body)?.0)
}

fn signed(body: &mut &[u8]) -> Result<i64, Fault> {
    let (value, bits) = leb128(body)?;
    // The highest bit that was given is the sign.
    Ok((value << (64 - bits)) as i64 >> (64 - bits))
}

fn leb128(body: &mut &[u8]) -> Result<(u64, u32), Fault> {
    let (mut value, mut bits) = (0, 0);
    while let Some((&byte, rest)) = body.split_first() {
        *body = rest;
        value |= u64::from(byte & 0x7F) << bits;
        bits += 7;
        if byte & 0x80 == 0 {
            return Ok((value, bits));
        }
        if bits >= 35 {
            break;
        }
    }
    Err("a number ends in the module".into())
}
