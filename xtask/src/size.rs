//! `cargo xtask size`: what the console costs a browser, and what the component weighs.

use std::io::Write;
use std::path::Path;

use crate::failure::Failure;
use crate::files::files_in;
use crate::parts::is_part;
use crate::places::Places;

/// What a browser may have to load before the console is there, in bytes as brotli makes them of each file.
const BUDGET: usize = 350_000;
/// What the page fetches once it is there, and so costs nobody's wait.
const OFFLINE: &str = "offline.js";

/// Prints each file's size, as it is and as a server sends it compressed, and whether the page keeps its budget.
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
    let (parts, first): (Vec<_>, Vec<_>) = rows
        .iter()
        .filter(|row| row.name != OFFLINE)
        .partition(|row| is_part(&row.name));
    let first = Row::sum("loaded at first", first.into_iter());
    let parts = Row::sum("parts, when first wanted", parts.into_iter());
    let verdict = verdict(first.brotli);
    rows.extend([first, parts]);
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
    println!("\n{verdict}");
    Ok(())
}

/// Whether what is loaded at first, in bytes after brotli, keeps the budget.
fn verdict(brotli: usize) -> String {
    let (size, budget) = (grouped(brotli), grouped(BUDGET));
    match BUDGET.checked_sub(brotli) {
        Some(left) => format!(
            "The page keeps its budget: it loads {size} of {budget} bytes at first, {} are left.",
            grouped(left)
        ),
        None => format!(
            "The page BREAKS its budget: it loads {size} bytes at first, {} more than {budget}.",
            grouped(brotli - BUDGET)
        ),
    }
}

struct Row {
    name: String,
    bytes: usize,
    brotli: usize,
}

impl Row {
    fn sum<'a>(name: &str, rows: impl Iterator<Item = &'a Row>) -> Row {
        let mut sum = Row {
            name: name.into(),
            bytes: 0,
            brotli: 0,
        };
        for row in rows {
            sum.bytes += row.bytes;
            sum.brotli += row.brotli;
        }
        sum
    }

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
    fn a_budget_is_kept_up_to_its_last_byte() {
        assert!(verdict(BUDGET).contains("keeps its budget"));
        let broken = verdict(BUDGET + 1);
        assert!(broken.contains("BREAKS"), "{broken}");
        assert!(broken.contains(", 1 more than 350,000"), "{broken}");
    }

    #[test]
    fn what_repeats_is_compressed() {
        let size = compressed(&[b'a'; 10_000]).expect("compressed");
        assert!((1..100).contains(&size), "{size}");
    }
}
