//! Killed in the middle of a commit: what was committed before is there, and the commit is there as a whole
//! or not at all.

use std::hint::spin_loop;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use tern_core::device::Token;
use tern_host::store::{Changes, Store};

use crate::folder::{DEVICE, Folder, message};

/// How often a process is killed, unless `TERN_KILLS` says otherwise.
const KILLS: usize = 100;

/// Messages in a commit.
const BATCH: u64 = 8;

/// Commits after which a message is forgotten again.
const LIFE: u64 = 4;

/// Where the other process finds the store.
const FOLDER: &str = "TERN_TEST_STORE";

/// The other process: it does nothing but commit, and says so each time. On its own it is no test.
#[test]
fn the_process_that_commits() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (mut store, session) = Store::open(folder.as_ref(), DEVICE).unwrap();
    let first = session.last_token.0 / BATCH;
    for commit in first.. {
        let tokens = |commit: u64| commit * BATCH + 1..=(commit + 1) * BATCH;
        let payload = vec![commit as u8; 20 + (commit % 7) as usize * 900];
        let forget = commit.checked_sub(LIFE).map(tokens);
        let changes = Changes {
            keep: tokens(commit)
                .map(|token| message(token, &payload))
                .collect(),
            forget: forget.into_iter().flatten().map(Token).collect(),
            last_token: Some(Token((commit + 1) * BATCH)),
            ..Changes::default()
        };
        store.commit(&changes).unwrap();
        println!("committed {commit}");
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn a_commit_is_there_as_a_whole_or_not_at_all() {
    let from_environment = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seed: u64 = from_environment("TERN_SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = from_environment("TERN_KILLS").map_or(KILLS, |kills| kills as usize);
    println!("TERN_SEED={seed} TERN_KILLS={kills}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let folder = Folder::new();
    let (mut last, mut untold) = (None, 0);
    for _ in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::the_process_that_commits", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut committed = |line: String| {
            if let Some((_, number)) = line.split_once("committed ") {
                last = Some(number.parse::<u64>().unwrap());
            }
        };
        let since = Instant::now();
        for _ in 0..rng.usize(1..10) {
            committed(lines.next().unwrap().unwrap());
        }
        let one = since.elapsed() / 5;
        let (moment, since) = (one.mul_f64(rng.f64()), Instant::now());
        while since.elapsed() < moment {
            spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(&mut committed);

        let session = folder.session();
        let Some(told) = last else {
            assert_eq!(session.messages.len() as u64 % BATCH, 0);
            continue;
        };
        // The last commit that was told of, or the one that it was killed in.
        let found = session.last_token.0 / BATCH - 1;
        assert!(found == told || found == told + 1, "{found} after {told}");
        untold += usize::from(found > told);
        let first = (found + 1).saturating_sub(LIFE);
        let tokens: Vec<u64> = session.messages.iter().map(|kept| kept.token.0).collect();
        let expected: Vec<u64> = (first * BATCH + 1..=(found + 1) * BATCH).collect();
        assert_eq!(tokens, expected);
        for kept in &session.messages {
            let commit = (kept.token.0 - 1) / BATCH;
            let payload = vec![commit as u8; 20 + (commit % 7) as usize * 900];
            assert_eq!(*kept, message(kept.token.0, &payload));
        }
        last = Some(found);
    }
    println!("{kills} kills survived; in {untold} of them a commit was done and not told");
    assert!(last.is_some());
}
