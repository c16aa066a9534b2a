//! The recordings of `tests/transcripts`: the same bytes come out again. Here natively; in wasmtime it is
//! `wasi-host/tests/component`'s business, in the browser `web/tests`'.
//!
//! Where the device's own words or waits are changed on purpose, `TERN_RENEW=1` writes the recordings anew from
//! what they hold was handed in; their difference shows what the change amounts to.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use tern_core::transcript::{Direct, What, read, record_again};

/// Every recording, with its text.
fn recordings() -> Vec<(PathBuf, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/transcripts");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let with_text = files.into_iter().map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file, text.replace("\r\n", "\n"))
    });
    with_text.collect()
}

#[test]
fn the_same_bytes_come_out_natively() {
    let renew = std::env::var_os("TERN_RENEW").is_some();
    for (file, text) in recordings() {
        let recording = read(text.as_bytes()).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let core = Direct::new(&recording.header).unwrap();
        let Ok(again) = record_again(&recording, core);
        if renew {
            std::fs::write(&file, again).unwrap();
            continue;
        }
        let place = again.lines().zip(text.lines()).zip(1..);
        for ((replayed, recorded), line) in place {
            assert_eq!(
                replayed,
                recorded,
                "{}:{line}; where that is meant: TERN_RENEW=1",
                file.display()
            );
        }
        assert_eq!(again, text, "{}", file.display());
    }
}

/// What is never recorded can't be found to be different.
#[test]
fn they_show_everything_that_a_device_hears_and_says() {
    let (mut heard, mut said) = (BTreeSet::new(), BTreeSet::new());
    for (_, text) in recordings() {
        for line in text.lines() {
            let mut words = line.split(' ').skip(1);
            match (words.next(), words.next()) {
                (Some("in"), Some(kind)) => heard.insert(kind.to_owned()),
                (Some("out"), Some(kind)) => said.insert(kind.to_owned()),
                _ => false,
            };
        }
        let recording = read(text.as_bytes()).unwrap();
        assert_eq!(
            recording.entries.last().map(|entry| &entry.what),
            Some(&What::End)
        );
    }
    let words = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        words(&heard),
        "connect disconnect hold-until-kept http-answered http-failed kept publish received received-anew \
         restore-message restore-subscription restore-tokens subscribe tell-session timeout transport-closed \
         transport-opened unsubscribe withdraw"
    );
    assert_eq!(
        words(&said),
        "accepted authenticated close-transport connected connecting consumed deadline disconnected ended failed \
         message not-accepted not-restored open-transport published reconnecting refused send-http session-message \
         session-subscription session-told subscribe-refused subscribed to-be-kept transmit unsubscribed"
    );
}

#[test]
fn the_format_is_described_whole() {
    let description = include_str!("../../../docs/recording.md");
    for (file, text) in recordings() {
        let mut entries = false;
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let names = if entries { &words[1..] } else { &words[..] };
            let name = match names {
                ["in" | "out", kind, ..] => kind,
                [name, ..] => name,
                [] => continue,
            };
            entries |= line == "begin";
            let named = description.contains(&format!("`{name}`"))
                || *name == "end" && description.contains("`TIME end`");
            assert!(named, "{name} of {} is not described", file.display());
        }
    }
}
