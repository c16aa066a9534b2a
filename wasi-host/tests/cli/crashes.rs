//! Killed at any moment, `tern run --store` loses no message whose acceptance it has told.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::spin_loop;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cloud::{Cloud, SECRET};
use crate::program::{Running, start};

/// How often the program is killed, unless `TERN_KILLS` says otherwise.
const KILLS: usize = 200;

/// Lines handed to one run at most. They fit into the pipe, so that writing them never waits.
const LINES: usize = 400;

/// What the test knows, over all runs.
#[derive(Default)]
struct Ledger {
    /// The number of each message whose acceptance was told, by token.
    accepted: BTreeMap<u64, usize>,
    /// Tokens that were told to be published.
    published: BTreeSet<u64>,
    /// The numbers of the messages that have arrived, as often as they did.
    arrived: BTreeMap<usize, usize>,
    next: usize,
    tally: Tally,
}

/// Where the kills have hit.
#[derive(Debug, Default)]
struct Tally {
    /// Before the store was open.
    before_the_store: usize,
    /// With messages handed in that were neither kept nor told.
    before_a_commit: usize,
    /// With messages kept and not told.
    between_commit_and_word: usize,
    /// With messages told and not acknowledged.
    before_an_acknowledgement: usize,
}

impl Ledger {
    /// Notes what a run has told; `lines` are the numbers of the messages that it was handed, in order.
    fn note(&mut self, events: &[Value], lines: &[usize]) {
        let token = |event: &Value| event["token"].as_u64().unwrap();
        let mut lines = lines.iter();
        for event in events {
            match event["event"].as_str().unwrap() {
                "accepted" => {
                    let number = *lines.next().expect("one acceptance a line");
                    let before = self.accepted.insert(token(event), number);
                    assert_eq!(before, None, "a token was given twice: {event}");
                }
                "published" => {
                    self.published.insert(token(event));
                }
                "failed" => panic!("{event}"),
                _ => {}
            }
        }
        self.tally.before_a_commit += usize::from(lines.len() > 0);
    }

    /// Compares what a run found in the store with what was told before.
    fn compare(&mut self, restored: &Value) {
        let tokens: BTreeSet<u64> = serde_json::from_value(restored["tokens"].clone()).unwrap();
        let told = |token: &u64| self.accepted.contains_key(token);
        if !tokens.iter().all(told) {
            self.tally.between_commit_and_word += 1;
        }
        let mut open = self.accepted.keys();
        if open.any(|token| !self.published.contains(token)) {
            self.tally.before_an_acknowledgement += 1;
        }
        for (token, number) in &self.accepted {
            assert!(
                tokens.contains(token) || self.arrived.contains_key(number),
                "message {number} (token {token}) was accepted, is not in the store, and has not arrived"
            );
        }
    }

    fn hear(&mut self, cloud: &Cloud) {
        for topic in cloud.published() {
            let (_, number) = topic.rsplit_once('/').unwrap();
            *self.arrived.entry(number.parse().unwrap()).or_default() += 1;
        }
    }
}

#[test]
fn no_kill_loses_what_was_accepted() {
    let from_environment = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seed: u64 = from_environment("TERN_SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = from_environment("TERN_KILLS").map_or(KILLS, |kills| kills as usize);
    println!("TERN_SEED={seed} TERN_KILLS={kills}");
    let mut rng = fastrand::Rng::with_seed(seed);

    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let store = cloud.folder.path().join("outbox");
    let store = store.to_str().unwrap();
    let begin = |native: bool| {
        let mut args = cloud.device("run", &url);
        args.extend(["--json", "--store", store]);
        if native {
            args.push("--native");
        }
        start(&args, &[SECRET])
    };

    let mut ledger = Ledger::default();
    let mut start_up = Duration::from_millis(20);
    for _ in 0..kills {
        let since = Instant::now();
        let mut running = begin(rng.bool());
        let mut events = Vec::new();
        let mut lines = Vec::new();
        if rng.u8(..5) == 0 {
            // Somewhere in its start, with or without something to do.
            if rng.bool() {
                hand_in(&mut running, &mut ledger, &mut lines, rng.usize(1..LINES));
            }
            spin(start_up.mul_f64(rng.f64() * 1.5), since);
        } else {
            let restored = running.event("restored");
            start_up = since.elapsed();
            events.push(restored);
            // In several gulps, each of which becomes a commit of its own or a part of one.
            let mut accepted = 0;
            for _ in 0..rng.usize(1..=4) {
                hand_in(
                    &mut running,
                    &mut ledger,
                    &mut lines,
                    rng.usize(1..LINES / 4),
                );
                for _ in 0..rng.usize(0..=lines.len() - accepted) {
                    let came = running.event_of(&["accepted"]);
                    events.extend(running.passed_over());
                    events.push(came);
                    accepted += 1;
                }
            }
            spin(Duration::from_micros(rng.u64(0..6_000)), Instant::now());
        }
        events.extend(running.kill());
        ledger.hear(&cloud);
        match events.iter().find(|event| event["event"] == "restored") {
            Some(restored) => ledger.compare(restored),
            None => ledger.tally.before_the_store += 1,
        }
        ledger.note(&events, &lines);
    }

    // The last run has all the time that it needs.
    let mut last = begin(false);
    let restored = last.event("restored");
    ledger.hear(&cloud);
    ledger.compare(&restored);
    for _ in 0..restored["count"].as_u64().unwrap() {
        last.event("published");
    }
    assert_eq!(last.stop().status, 0);
    ledger.hear(&cloud);
    for (token, number) in &ledger.accepted {
        assert!(
            ledger.arrived.contains_key(number),
            "message {number} (token {token})"
        );
    }
    let mut after = begin(false);
    assert_eq!(
        after.event("restored")["count"],
        0,
        "nothing stays for ever"
    );
    after.kill();
    println!(
        "{kills} kills survived: {} messages handed in, {} accepted, {} arrived, {} of them more than once; {:?}",
        ledger.next,
        ledger.accepted.len(),
        ledger.arrived.len(),
        ledger.arrived.values().filter(|times| **times > 1).count(),
        ledger.tally
    );
}

/// Writes this many new messages to its stdin, as far as there is room in the pipe.
fn hand_in(running: &mut Running, ledger: &mut Ledger, lines: &mut Vec<usize>, count: usize) {
    let mut text = String::new();
    for number in ledger.next..ledger.next + count {
        text.push_str(&format!("/a1aq9sQk2JE/dev1/{number}\tpayload {number}\n"));
        lines.push(number);
    }
    ledger.next += count;
    running.write(&text);
}

/// Keeps the processor busy until so much time has passed since then: a moment to kill at is no
/// synchronisation, and a sleep would be too coarse for it.
fn spin(time: Duration, since: Instant) {
    while since.elapsed() < time {
        spin_loop();
    }
}
