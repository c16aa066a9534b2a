//! The counts that stand in the tree, and how far the core may move from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde::Deserialize;

/// Where the counts stand.
pub(crate) const FILE: &str = "benches/core/instructions.toml";
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.toml");

/// Growth above this is refused; shrinkage above it is worth writing down.
pub(crate) const TOLERANCE_PERCENT: f64 = 3.0;

/// Instructions per message by the work's name, and what they were counted with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    /// `rustc --version`
    rustc: String,
    /// The processor's architecture, and whether it has AVX2: with it the C library copies in fewer instructions.
    processor: String,
    /// The C library, whose `malloc` and `memcpy` are a part of what is counted: another one's are not the core's doing.
    libc: String,
    instructions: BTreeMap<String, f64>,
}

/// What a comparison found.
#[derive(Debug)]
pub(crate) struct Report {
    /// A line for each kind of work.
    pub(crate) lines: String,
    /// Whether one has grown too far, or is not in the file.
    pub(crate) grown: bool,
}

impl Recorded {
    pub(crate) fn read() -> Result<Self, String> {
        let text = std::fs::read_to_string(PATH).map_err(|error| format!("{FILE}: {error}"))?;
        toml::from_str(&text).map_err(|error| format!("{FILE}: {error}"))
    }

    pub(crate) fn of(counts: &[(String, f64)]) -> Self {
        Self {
            rustc: compiler(),
            processor: processor(),
            libc: libc(),
            instructions: counts
                .iter()
                .map(|(name, count)| (name.clone(), count.round()))
                .collect(),
        }
    }

    pub(crate) fn write(&self) -> Result<(), String> {
        std::fs::write(PATH, self.text()).map_err(|error| format!("{FILE}: {error}"))
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "# Instructions per message of Tern's core, as `cargo xtask bench core --renew` has counted them.\n\
             # `--check` fails where one has grown by more than 3 %.\n",
        );
        let _ = writeln!(text, "rustc = {:?}", self.rustc);
        let _ = writeln!(text, "processor = {:?}", self.processor);
        let _ = writeln!(text, "libc = {:?}\n\n[instructions]", self.libc);
        for (name, count) in &self.instructions {
            let _ = writeln!(text, "{name} = {count:.1}");
        }
        text
    }

    /// Why growth on this machine would say nothing of the core, where that is so.
    pub(crate) fn not_comparable(&self) -> Option<String> {
        let (processor, libc) = (processor(), libc());
        (self.processor != processor || self.libc != libc).then(|| {
            format!(
                "the counts in {FILE} are of {}, {}, and this machine is {processor}, {libc}",
                self.processor, self.libc
            )
        })
    }

    pub(crate) fn compare(&self, counts: &[(String, f64)]) -> Report {
        let mut report = Report {
            lines: String::new(),
            grown: false,
        };
        for (name, now) in counts {
            let Some(&before) = self.instructions.get(name) else {
                report.grown = true;
                let _ = writeln!(report.lines, "{name}: {now:.0}, and {FILE} has none");
                continue;
            };
            let growth = (now / before - 1.0) * 100.0;
            let verdict = if growth > TOLERANCE_PERCENT {
                report.grown = true;
                ": TOO MANY"
            } else if growth < -TOLERANCE_PERCENT {
                ": fewer; keep them by `cargo xtask bench core --renew`"
            } else {
                ""
            };
            let _ = writeln!(
                report.lines,
                "{name:12} {now:6.0} instructions per message, {before:.0} before ({growth:+.1} %){verdict}"
            );
        }
        report
    }

    /// Words for the case that another compiler is to blame.
    pub(crate) fn other_compiler(&self) -> String {
        let now = compiler();
        match now == self.rustc {
            true => String::new(),
            false => format!(" (that was {}, this is {now})", self.rustc),
        }
    }
}

fn compiler() -> String {
    answer("rustc", "--version")
}

fn processor() -> String {
    #[cfg(target_arch = "x86_64")]
    if !is_x86_feature_detected!("avx2") {
        return "x86_64 without AVX2".into();
    }
    std::env::consts::ARCH.into()
}

/// Such as `glibc 2.36`; another C library answers nothing, and is not told from the next.
fn libc() -> String {
    answer("getconf", "GNU_LIBC_VERSION")
}

fn answer(program: &str, question: &str) -> String {
    let asked = Command::new(program).arg(question).output().ok();
    let answer = asked.filter(|answer| answer.status.success());
    answer.map_or_else(
        || "unknown".into(),
        |answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(receive: f64, send: f64) -> Vec<(String, f64)> {
        vec![("receive-100".into(), receive), ("send-100".into(), send)]
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = Recorded::of(&counts(300.4, 600.0));
        let read: Recorded = toml::from_str(&written.text()).unwrap();
        assert_eq!(read.instructions, written.instructions);
        assert_eq!(read.other_compiler(), "");
        assert_eq!(read.not_comparable(), None);
    }

    #[test]
    fn counts_of_another_processor_or_c_library_are_not_compared() {
        let mut recorded = Recorded::of(&counts(300.0, 600.0));
        recorded.libc = "glibc 1.0".into();
        let reason = recorded.not_comparable().unwrap();
        assert!(reason.contains(", glibc 1.0, and"), "{reason}");
        let mut recorded = Recorded::of(&counts(300.0, 600.0));
        recorded.processor = "pdp11".into();
        let reason = recorded.not_comparable().unwrap();
        assert!(reason.contains("are of pdp11"), "{reason}");
    }

    #[test]
    fn growth_above_three_per_cent_fails_and_shrinkage_is_told() {
        let recorded = Recorded::of(&counts(300.0, 600.0));
        assert!(!recorded.compare(&counts(308.0, 600.0)).grown);
        let grown = recorded.compare(&counts(300.0, 619.0));
        assert!(
            grown.grown && grown.lines.contains("(+3.2 %): TOO MANY"),
            "{}",
            grown.lines
        );
        let fewer = recorded.compare(&counts(280.0, 600.0));
        assert!(
            !fewer.grown && fewer.lines.contains("--renew"),
            "{}",
            fewer.lines
        );
    }

    #[test]
    fn work_that_the_file_does_not_know_fails() {
        let report = Recorded::of(&[]).compare(&counts(1.0, 1.0));
        assert!(report.grown && report.lines.contains("receive-100"));
    }
}
