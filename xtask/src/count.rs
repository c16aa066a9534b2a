//! `cargo xtask count`: how many lines of code and how many tests each crate has.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::files::files_in;
use crate::places::Places;

const CRATES: [&str; 8] = [
    "core",
    "platform",
    "component",
    "wasi-host",
    "web",
    "tests",
    "benches",
    "xtask",
];

/// Prints a row for each crate, and their sum.
pub(crate) fn count(places: &Places) -> Result<(), Failure> {
    println!(
        "{:12} {:>7} {:>11} {:>7}",
        "crate", "code", "test code", "tests"
    );
    let mut sum = Lines::default();
    for name in CRATES {
        let lines = count_crate(&places.root.join(name))?;
        print_row(name, &lines);
        sum.add(&lines);
    }
    print_row("together", &sum);
    println!(
        "\nLines of Rust that are neither blank nor a comment. Examples in the documentation, which run as tests"
    );
    println!("too, are not counted.");
    Ok(())
}

fn print_row(name: &str, lines: &Lines) {
    println!(
        "{name:12} {:>7} {:>11} {:>7}",
        lines.code, lines.test_code, lines.tests
    );
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Lines {
    code: usize,
    test_code: usize,
    tests: usize,
}

impl Lines {
    fn add(&mut self, other: &Self) {
        self.code += other.code;
        self.test_code += other.test_code;
        self.tests += other.tests;
    }
}

fn count_crate(folder: &Path) -> Result<Lines, Failure> {
    let mut sum = Lines::default();
    for name in files_in(folder)? {
        if name.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let path = folder.join(&name);
        let text = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
        let all_tests = name.starts_with("tests") || folder.ends_with("tests");
        sum.add(&count_text(&text, all_tests));
    }
    Ok(sum)
}

/// What stands behind `mod tests` in a file is test code: it is the last thing in a file here.
fn count_text(text: &str, all_tests: bool) -> Lines {
    let mut lines = Lines::default();
    let mut in_tests = all_tests;
    for line in text.lines().map(str::trim) {
        in_tests |= line == "mod tests {";
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if line == "#[test]" || line.starts_with("#[wasm_bindgen_test") {
            lines.tests += 1;
        }
        if in_tests {
            lines.test_code += 1;
        } else {
            lines.code += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_no_code() {
        let text = "//! Doc.\n\nfn a() {} // said\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {}\n}\n";
        let lines = Lines {
            code: 2,
            test_code: 4,
            tests: 1,
        };
        assert_eq!(count_text(text, false), lines);
        assert_eq!(count_text(text, true).code, 0);
    }
}
