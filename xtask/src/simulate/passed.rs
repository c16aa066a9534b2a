//! The tracked list of the seeds that have passed: `tests/simulation/passed.md`.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use crate::committed;
use crate::failure::Failure;
use crate::places::Places;

/// Where the list is, from the top folder.
const FILE: &str = "tests/simulation/passed.md";

/// Folders on which the outcome of a seed depends.
const TREES: [&str; 3] = ["core", "platform", "tests/src"];

/// The list as it is.
pub(super) struct Passed {
    file: PathBuf,
    /// The first seed that nobody has run.
    pub(super) next: u64,
}

impl Passed {
    pub(super) fn read(places: &Places) -> Result<Self, Failure> {
        let file = places.root.join(FILE);
        let text = fs::read_to_string(&file).map_err(Failure::file("read", &file))?;
        Ok(Self {
            next: next_seed(&text),
            file,
        })
    }

    /// Adds a run at the end.
    pub(super) fn append(&self, commit: &str, from: u64, seeds: u64) -> Result<(), Failure> {
        let last = from + seeds.saturating_sub(1);
        let mut file = OpenOptions::new()
            .append(true)
            .open(&self.file)
            .map_err(Failure::file("write", &self.file))?;
        writeln!(file, "| {from} | {last} | {seeds} | {commit} |")
            .map_err(Failure::file("write", &self.file))
    }
}

/// One more than the greatest last seed in the rows of the table.
fn next_seed(text: &str) -> u64 {
    let lasts = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (_first, last) = (cells.next()?.parse::<u64>().ok()?, cells.next()?);
        last.parse::<u64>().ok()
    });
    lasts.max().map_or(0, |last| last + 1)
}

/// The commit that is run, and its trees. No seed goes into the list twice.
pub(super) fn commit(places: &Places, from: u64, passed: &Passed) -> Result<String, Failure> {
    if from < passed.next {
        return Err(Failure::usage(format!(
            "`--log` counts no seed twice: the first that nobody has run is {}",
            passed.next
        )));
    }
    committed::cells(places, &TREES)
}

#[cfg(test)]
mod tests {
    use super::next_seed;

    #[test]
    fn a_run_begins_behind_the_greatest_seed_of_the_list() {
        let text = "# Seeds\n\n| first | last | seeds | commit |\n|---|---|---|---|\n";
        assert_eq!(next_seed(text), 0);
        let text = format!("{text}| 0 | 999 | 1000 | abc |\n| 1000 | 1009 | 10 | def |\n");
        assert_eq!(next_seed(&text), 1_010);
    }
}
