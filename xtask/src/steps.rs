//! Runs commands as named steps, and keeps the time of each.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, command_line};

/// The steps of one chore, in order.
pub(crate) struct Steps {
    started: Instant,
    taken: Vec<Taken>,
    /// What they have skipped, and why.
    skipped: Vec<String>,
}

struct Taken {
    name: String,
    time: Duration,
    verdict: Verdict,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Done,
    Skipped,
    Failed,
}

impl Steps {
    pub(crate) fn new() -> Steps {
        Steps {
            started: Instant::now(),
            taken: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Does `work` as one step, whose time stands in the summary.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let outcome = work();
        let taken = Taken {
            name: name.to_string(),
            time: started.elapsed(),
            verdict: match &outcome {
                Ok(_) => Verdict::Done,
                Err(Failure::Skipped(_)) => Verdict::Skipped,
                Err(_) => Verdict::Failed,
            },
        };
        eprintln!(
            "── {name}: {} {}",
            taken.verdict.word(),
            in_words(taken.time)
        );
        self.taken.push(taken);
        outcome
    }

    /// Runs one command as a step of its own.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        self.step(name, || run(command))
    }

    /// Remembers that something was skipped, and why.
    pub(crate) fn skip(&mut self, reason: String) {
        self.skipped.push(reason);
    }

    /// Hands what was skipped on to whoever has started this chore and collects it.
    pub(crate) fn report_skipped(&self) -> Result<(), Failure> {
        let Some(file) = std::env::var_os(tern_skipped::VARIABLE).map(PathBuf::from) else {
            return Ok(());
        };
        self.skipped
            .iter()
            .try_for_each(|reason| tern_skipped::keep(&file, reason))
            .map_err(Failure::file("write", file))
    }

    /// The names of the steps that failed: for a chore that goes on after a failure to show all there is.
    pub(crate) fn failed(&self) -> Vec<String> {
        self.taken
            .iter()
            .filter(|taken| taken.verdict == Verdict::Failed)
            .map(|taken| taken.name.clone())
            .collect()
    }

    /// Prints each step's time, where there is more than one, and what was skipped.
    pub(crate) fn print_summary(&self) {
        eprint!("{}", self.summary());
    }

    fn summary(&self) -> String {
        if self.taken.len() < 2 && self.skipped.is_empty() {
            return String::new();
        }
        let taken = self.taken.iter();
        let taken = taken.map(|taken| (taken.name.as_str(), taken.time, taken.verdict.word()));
        let together = ("together", self.started.elapsed(), "");
        let rows: Vec<_> = taken.chain([together]).collect();
        let width = rows.iter().map(|(name, ..)| name.chars().count()).max();
        let width = width.unwrap_or(0);
        let mut text = String::from("\n");
        for (name, time, verdict) in rows {
            let row = format!("  {name:width$}  {:>10}  {verdict}", in_words(time));
            text.push_str(row.trim_end());
            text.push('\n');
        }
        for reason in &self.skipped {
            text.push_str(&format!("  skipped: {reason}\n"));
        }
        text
    }
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "FAILED",
        }
    }
}

/// Runs a command that may print, but not ask.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    eprintln!("   {}", command_line(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| Failure::not_started(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Ended {
            command: command_line(command),
            status,
        })
    }
}

/// Runs a command for its answer on stdout; `None` where it cannot be started or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A time as people say it.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(in_words(Duration::from_millis(340)), "0.3 s");
        assert_eq!(in_words(Duration::from_secs(62)), "1 min 02 s");
    }

    #[test]
    fn a_failed_step_is_remembered_by_its_name() {
        let mut steps = Steps::new();
        assert!(steps.step("good", || Ok(())).is_ok());
        assert!(
            steps
                .step("bad", || Err::<(), _>(Failure::Unexpected("no".into())))
                .is_err()
        );
        let skipped = || Err::<(), _>(Failure::Skipped("no".into()));
        assert!(steps.step("not here", skipped).is_err());
        assert_eq!(steps.failed(), ["bad"]);
        assert!(steps.summary().contains("  skipped\n"));
    }

    #[test]
    fn what_was_skipped_stands_below_the_times() {
        let mut steps = Steps::new();
        assert_eq!(steps.summary(), "");
        assert!(steps.step("tests", || Ok(())).is_ok());
        assert_eq!(steps.summary(), "", "one time says nothing new");
        steps.skip("tshark is not here".into());
        let summary = steps.summary();
        let lines: Vec<&str> = summary.trim_start().lines().collect();
        assert!(lines[0].ends_with("  done"), "{summary}");
        assert_eq!(lines.last(), Some(&"  skipped: tshark is not here"));
    }
}
