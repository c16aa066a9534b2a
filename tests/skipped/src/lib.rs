//! What a run has skipped, and why.
//!
//! A test that lacks a program of somebody else ends like one that has passed, and what it prints is not shown. So it
//! also writes its reason into a file, where whoever started the tests finds it and says it at the end.
#![forbid(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Names the file to whatever may skip something. Where it is not set, nobody collects.
pub const VARIABLE: &str = "TERN_SKIPPED";

/// The status that a program ends with where all that it should have done was skipped: neither done nor failed.
pub const STATUS: u8 = 77;

/// Says on stderr that something was skipped, and why, in one line such as `tshark is not here`; and keeps it in the
/// file that [`VARIABLE`] names.
///
/// # Panics
/// If that file can't be written: then nobody would learn of it.
pub fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
    if let Some(file) = std::env::var_os(VARIABLE) {
        let kept = keep(file.as_ref(), reason);
        kept.unwrap_or_else(|error| {
            panic!("{VARIABLE}: {} can't be written: {error}", file.display())
        });
    }
}

/// Adds a reason to the file.
///
/// # Errors
/// If it can't be written.
pub fn keep(file: &Path, reason: &str) -> io::Result<()> {
    let line = format!("{}\n", reason.replace('\n', " "));
    // In one call, since many tests at once write into one file.
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?
        .write_all(line.as_bytes())
}

/// Makes the file anew, without any reason in it.
///
/// # Errors
/// If it can't be created.
pub fn begin(file: &Path) -> io::Result<()> {
    File::create(file).map(|_| ())
}

/// The reasons in the file, each once, as they came.
///
/// # Errors
/// If it can't be read.
pub fn read(file: &Path) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let mut reasons: Vec<String> = Vec::new();
    for line in text.lines() {
        if !reasons.iter().any(|known| known == line) {
            reasons.push(line.to_owned());
        }
    }
    Ok(reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_many_tests_have_is_read_once() {
        let name = format!("tern-skipped-{}", std::process::id());
        let file = std::env::temp_dir().join(name);
        begin(&file).expect("the system's folder for temporary files can be written to");
        for reason in ["tshark is not here", "no\nnpm", "tshark is not here"] {
            keep(&file, reason).expect("written");
        }
        assert_eq!(read(&file).expect("read"), ["tshark is not here", "no npm"]);
        begin(&file).expect("made anew");
        assert_eq!(read(&file).expect("read"), Vec::<String>::new());
        std::fs::remove_file(&file).expect("removed");
    }
}
