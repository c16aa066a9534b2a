//! Runs commands as named steps, and keeps the time of each.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, command_line};

/// The steps of one chore, in order.
pub(crate) struct Steps {
    started: Instant,
    taken: Vec<Taken>,
}

struct Taken {
    name: String,
    time: Duration,
    ended_well: bool,
}

impl Steps {
    pub(crate) fn new() -> Steps {
        Steps {
            started: Instant::now(),
            taken: Vec::new(),
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
            ended_well: outcome.is_ok(),
        };
        eprintln!("── {name}: {} {}", taken.verdict(), in_words(taken.time));
        self.taken.push(taken);
        outcome
    }

    /// Runs one command as a step of its own.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        self.step(name, || run(command))
    }

    /// The names of the steps that failed: for a chore that goes on after a failure to show all there is.
    pub(crate) fn failed(&self) -> Vec<String> {
        self.taken
            .iter()
            .filter(|taken| !taken.ended_well)
            .map(|taken| taken.name.clone())
            .collect()
    }

    /// Prints each step's time, where there is more than one.
    pub(crate) fn print_summary(&self) {
        if self.taken.len() < 2 {
            return;
        }
        eprintln!();
        let width = self
            .taken
            .iter()
            .map(|taken| taken.name.chars().count())
            .max()
            .unwrap_or(0);
        for taken in &self.taken {
            eprintln!(
                "  {:width$}  {:>10}  {}",
                taken.name,
                in_words(taken.time),
                taken.verdict()
            );
        }
        eprintln!(
            "  {:width$}  {:>10}",
            "together",
            in_words(self.started.elapsed())
        );
    }
}

impl Taken {
    fn verdict(&self) -> &'static str {
        if self.ended_well { "done" } else { "FAILED" }
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
        assert_eq!(steps.failed(), ["bad"]);
    }
}
