//! `cargo xtask size`: what the console costs a browser, and what the component weighs.

use std::io::Write;
use std::path::Path;

use crate::console::files_in;
use crate::failure::Failure;
use crate::places::Places;

/// Prints each file's size, as it is and as a server sends it compressed.
pub(crate) fn size(places: &Places) -> Result<(), Failure> {
    let (dist, component) = (places.dist(), places.component());
    for path in [&dist, &component] {
        if !path.exists() {
            return Err(Failure::Missing {
                what: format!("{} is not there", path.display()),
                remedy: "Run `cargo xtask build` first.".into(),
            });
        }
    }
    let mut rows = Vec::new();
    for name in files_in(&dist)? {
        rows.push(Row::measure(
            &name.display().to_string(),
            &dist.join(&name),
        )?);
    }
    let console = Row {
        name: "console".into(),
        bytes: rows.iter().map(|row| row.bytes).sum(),
        brotli: rows.iter().map(|row| row.brotli).sum(),
    };
    rows.push(console);
    rows.push(Row::measure("component", &component)?);

    let width = rows
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0);
    println!("{:width$}  {:>12}  {:>12}", "", "bytes", "brotli");
    for row in &rows {
        println!(
            "{:width$}  {:>12}  {:>12}",
            row.name,
            grouped(row.bytes),
            grouped(row.brotli)
        );
    }
    Ok(())
}

struct Row {
    name: String,
    bytes: usize,
    brotli: usize,
}

impl Row {
    fn measure(name: &str, path: &Path) -> Result<Row, Failure> {
        let bytes = std::fs::read(path).map_err(Failure::file("read", path))?;
        Ok(Row {
            name: name.to_string(),
            bytes: bytes.len(),
            brotli: compressed(&bytes)?,
        })
    }
}

/// The size at brotli's highest quality, as for files that are compressed once and served often.
fn compressed(bytes: &[u8]) -> Result<usize, Failure> {
    const BUFFER: usize = 64 * 1024;
    const QUALITY: u32 = 11;
    const WINDOW_BITS: u32 = 22;
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW_BITS);
    encoder
        .write_all(bytes)
        .map_err(Failure::file("compress", "a file"))?;
    Ok(encoder.into_inner().len())
}

/// 1234567 as `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn what_repeats_is_compressed() {
        let size = compressed(&[b'a'; 10_000]).expect("compressed");
        assert!((1..100).contains(&size), "{size}");
    }
}
