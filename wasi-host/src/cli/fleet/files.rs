//! The summary and the chart as files.

use std::fs::{self, OpenOptions};
use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::fleet::chart::chart;
use crate::fleet::summary::Summary;

/// Where they go.
pub(super) struct Files<'a> {
    summary: Option<&'a Path>,
    chart: Option<&'a Path>,
}

impl<'a> Files<'a> {
    /// Makes sure that they can be written, before a run that would be for nothing.
    ///
    /// # Errors
    /// One can't, or both are the same.
    pub(super) fn check(
        summary: Option<&'a Path>,
        chart: Option<&'a Path>,
    ) -> Result<Self, Failure> {
        if summary.is_some() && summary == chart {
            return Err(Failure::usage(
                "--summary and --chart name the same file: each needs its own",
            ));
        }
        for (path, option) in [(summary, "--summary"), (chart, "--chart")] {
            if let Some(path) = path {
                let opened = OpenOptions::new().append(true).create(true).open(path);
                opened.map_err(|error| Failure::data(cant(option, path, &error)))?;
            }
        }
        Ok(Self { summary, chart })
    }

    /// Writes them.
    ///
    /// # Errors
    /// One can't be written.
    pub(super) fn write(&self, summary: &Summary) -> Result<(), Failure> {
        if let Some(path) = self.summary {
            write("--summary", path, &summary.to_json())?;
        }
        if let Some(path) = self.chart {
            write("--chart", path, &chart(summary))?;
        }
        Ok(())
    }
}

fn write(option: &str, path: &Path, text: &str) -> Result<(), Failure> {
    // As for stdout.
    fs::write(path, text).map_err(|error| Failure::new(Exit::Network, cant(option, path, &error)))
}

fn cant(option: &str, path: &Path, error: &std::io::Error) -> String {
    format!(
        "{option} {}: it can't be written ({error}); check the path",
        path.display()
    )
}
