//! Takes the data out of a module: what its memory begins with.

use std::error::Error;

/// The sections that hold the data, and the number of its segments.
const DATA: u8 = 11;
const DATA_COUNT: u8 = 12;

/// What precedes a segment's offset, and what follows it: an active segment of memory 0, `i32.const`, `end`.
const SEGMENT: u8 = 0;
const I32_CONST: u8 = 0x41;
const END: u8 = 0x0B;

type Fault = Box<dyn Error>;

/// The module without its data, and the data: the address of its first byte and the length of the first segment, which
/// holds the constants (64 bits each, the low byte first), then all bytes from there on.
pub(crate) fn taken_out(module: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let (head, mut rest) = module.split_at_checked(8).ok_or("a module has a head")?;
    let mut bare = head.to_vec();
    let mut data = None;
    while let Some((&id, after)) = rest.split_first() {
        let mut reader = after;
        let len = usize::try_from(unsigned(&mut reader)?)?;
        let (body, next) = reader
            .split_at_checked(len)
            .ok_or("a section ends in the module")?;
        match id {
            DATA => data = Some(segments(body)?),
            DATA_COUNT => {}
            _ => bare.extend_from_slice(&rest[..rest.len() - next.len()]),
        }
        rest = next;
    }
    Ok((bare, data.ok_or("the component has data")?))
}

fn segments(mut body: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut found = Vec::new();
    for _ in 0..unsigned(&mut body)? {
        expect(&mut body, SEGMENT)?;
        expect(&mut body, I32_CONST)?;
        let address = usize::try_from(signed(&mut body)?)?;
        expect(&mut body, END)?;
        let len = usize::try_from(unsigned(&mut body)?)?;
        let (bytes, rest) = body
            .split_at_checked(len)
            .ok_or("a segment ends in its section")?;
        found.push((address, bytes));
        body = rest;
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
