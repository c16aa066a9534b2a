//! `tern fleet merge`: several shards' summaries as one.

use std::path::PathBuf;
use std::time::Duration;

use super::files::Files;
use super::options::MergeArgs;
use crate::cli::printer::{Lead, Printer};
use crate::exit::{Exit, Failure};
use crate::fleet::merge::{merge, missing};
use crate::fleet::summary::Summary;

/// How long the reader of stdout may take at a time; it is waited for again and again.
const PATIENCE: Duration = Duration::from_millis(100);

/// Adds the summaries up.
///
/// # Errors
/// One can't be read, they don't belong together, or a file can't be written.
pub(super) fn run(args: &MergeArgs) -> Result<Exit, Failure> {
    let read = |path: &PathBuf| match Summary::read(path) {
        Ok(summary) => Ok((path.clone(), summary)),
        Err(error) => Err(Failure::data(error.to_string())),
    };
    let parts: Vec<(PathBuf, Summary)> =
        args.summaries.iter().map(read).collect::<Result<_, _>>()?;
    let sum = merge(&parts).map_err(|error| Failure::data(error.to_string()))?;
    let files = Files::check(args.summary.as_deref(), args.chart.as_deref())?;
    files.write(&sum)?;
    let mut printer = Printer::new(args.json, Lead::Nothing);
    let missing = missing(&sum);
    if !missing.is_empty() {
        let count = sum.shards.first().map_or(1, |shard| shard.count());
        let names: Vec<String> = missing
            .iter()
            .map(|index| format!("{index}/{count}"))
            .collect();
        printer.note(&format!("these shards are missing: {}", names.join(", ")));
    }
    if args.json {
        printer.result(sum.to_json().trim_end());
    } else {
        printer.result(sum.words().trim_end());
    }
    while printer.flush(PATIENCE)? == crate::cli::printer::Printed::Waiting {}
    Ok(Exit::Done)
}
