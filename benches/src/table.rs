//! The table that is printed.

use crate::answers::Times;
use crate::held;
use crate::ingest::Figures;
use crate::stand_in::Outcome;

/// Functions of a profile that are printed.
const PROFILE_LINES: usize = 25;

/// One line about a run, while the others are still to come.
pub(crate) fn note(figures: &Figures) {
    eprintln!(
        "   {:.0} messages/s, longest task {:.0} ms, {} sent, {} lost{}",
        figures.rate,
        figures.longest_task_ms,
        figures.sent,
        figures.lost,
        if figures.saturated {
            ""
        } else {
            "; the feeder was not always ahead"
        }
    );
}

/// All runs by page: medians, and the share of the first page's rate.
pub(crate) fn print(runs: &[(&'static str, Figures)]) {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in runs {
        if !names.contains(name) {
            names.push(name);
        }
    }
    println!(
        "{:16} {:>10} {:>6} {:>9} {:>6} {:>21} {:>21} {:>21}",
        "",
        "messages/s",
        "share",
        "long task",
        "lost",
        "page JS MB",
        "worker JS MB",
        "worker wasm MB"
    );
    let mut raw = None;
    for name in names {
        let of = runs
            .iter()
            .filter(|(one, _)| *one == name)
            .map(|(_, figures)| figures);
        let of: Vec<&Figures> = of.collect();
        let rate = median(of.iter().map(|figures| figures.rate).collect());
        let raw = *raw.get_or_insert(rate);
        let longest = of
            .iter()
            .map(|figures| figures.longest_task_ms)
            .fold(0.0, f64::max);
        let lost: u64 = of.iter().map(|figures| figures.lost).sum();
        let Some(last) = of.last() else { continue };
        let grown = |which: fn(&Figures, usize) -> u64| {
            let megabytes = |at| which(last, at) as f64 / 1e6;
            format!("{:.1} → {:.1}", megabytes(0), megabytes(1))
        };
        println!(
            "{name:16} {rate:>10.0} {:>6.2} {longest:>6.0} ms {lost:>6} {:>21} {:>21} {:>21}",
            rate / raw,
            grown(|figures, at| figures.memory[at].page.js),
            grown(|figures, at| figures.memory[at].worker.js),
            grown(|figures, at| figures.memory[at].worker.wasm),
        );
    }
    for (name, figures) in runs {
        for times in &figures.answers {
            println!("{name}, while it is fed: {}", in_words(times));
        }
    }
    let profiled = runs
        .iter()
        .rfind(|(_, figures)| !figures.profiles.is_empty());
    for profile in profiled.iter().flat_map(|(_, figures)| &figures.profiles) {
        println!(
            "where the console's {} is, with the feed going:",
            profile.of
        );
        for (function, share) in profile.shares.iter().take(PROFILE_LINES) {
            println!("{:6.1} %  {function}", share * 100.0);
        }
    }
    for (name, figures) in runs {
        if let Some(log) = figures.last.log {
            println!(
                "{name}: {} packets seen = {} held + {} evicted, {} unaccounted for",
                log.seen,
                log.held,
                log.evicted,
                log.unaccounted()
            );
        }
    }
}

/// The switches of filters with nothing coming.
pub(crate) fn print_held(switches: &[Times]) {
    for times in switches {
        println!("{} messages held: {}", held::HELD, in_words(times));
    }
}

/// The stand-in as the feeder.
pub(crate) fn print_pushed(pushed: &Outcome) {
    println!(
        "from tern platform: {} sent, {} given up by it, {} received, {} lost, {} unaccounted for; {:.0} messages/s, longest task {:.0} ms",
        pushed.routed,
        pushed.dropped,
        pushed.received,
        pushed.routed.saturating_sub(pushed.received),
        pushed.unaccounted,
        pushed.rate,
        pushed.longest_task_ms
    );
}

fn in_words(times: &Times) -> String {
    format!(
        "{} answers after {:.0} ms, {:.0} ms at the longest",
        times.what,
        median(times.ms.clone()),
        times.longest()
    )
}

/// Of an even number, what lies between the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = [values.len().wrapping_sub(1) / 2, values.len() / 2];
    let [below, above] = middle.map(|at| values.get(at).copied().unwrap_or(f64::NAN));
    f64::midpoint(below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }
}
