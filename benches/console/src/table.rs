//! The table that is printed.

use tern_measure::median;

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
        "{:20} {:>10} {:>6} {:>9} {:>6} {:>21} {:>21} {:>21}",
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
            "{name:20} {rate:>10.0} {:>6.2} {longest:>6.0} ms {lost:>6} {:>21} {:>21} {:>21}",
            rate / raw,
            grown(|figures, at| figures.memory[at].page.js),
            grown(|figures, at| figures.memory[at].worker.js),
            grown(|figures, at| figures.memory[at].worker.wasm),
        );
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

/// How long the console's lists take to answer, in ms: while the page is fed, and with many messages held and none
/// coming.
pub(crate) fn print_answers(runs: &[(&'static str, Figures)], held: &[(&'static str, Vec<Times>)]) {
    let fed = runs.iter().map(|(name, figures)| (*name, &figures.answers));
    let fed: Vec<_> = fed
        .flat_map(|(name, all)| all.iter().map(move |times| (name, times)))
        .collect();
    let still = held.iter().map(|(name, all)| (*name, all));
    let still: Vec<_> = still
        .flat_map(|(name, all)| all.iter().map(move |times| (name, times)))
        .collect();
    println!("\n{:38} {:>10} {:>10}", "answers, ms", "median", "longest");
    for (when, all) in [("while it is fed", fed), (held::IN_WORDS, still)] {
        let mut known: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, times)| (*name, times.what))
            .collect();
        known.sort_unstable();
        known.dedup();
        for (name, what) in known {
            let of = all
                .iter()
                .filter(|(one, times)| (*one, times.what) == (name, what));
            let ms: Vec<f64> = of.flat_map(|(_, times)| times.ms.iter().copied()).collect();
            let longest = ms.iter().copied().fold(0.0, f64::max);
            println!(
                "{:38} {:>10.0} {longest:>10.0}   {when}",
                format!("{name}: {what}"),
                median(ms)
            );
        }
    }
}

/// The stand-in as the feeder.
pub(crate) fn print_pushed(pushed: &Outcome) {
    println!(
        "\nfrom tern platform: {} sent, {} given up by it, {} received, {} lost, {} unaccounted for; {:.0} messages/s, longest task {:.0} ms",
        pushed.routed,
        pushed.dropped,
        pushed.received,
        pushed.routed.saturating_sub(pushed.received),
        pushed.unaccounted,
        pushed.rate,
        pushed.longest_task_ms
    );
}
