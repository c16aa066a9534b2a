//! Several processes share the devices, without a word between them.

use crate::program::{accepted, stand_in, start, summary};

#[test]
fn three_shards_have_each_device_once_and_their_summaries_add_up() {
    const DEVICES: u32 = 32;
    let setup = stand_in(DEVICES);
    let shards: Vec<(String, _)> = (0..3)
        .map(|index| {
            let file = setup.file(&format!("shard{index}.json"));
            let shard = format!("{index}/3");
            let more = [
                "--shard",
                &shard,
                "-n",
                "3",
                "--every",
                "50ms",
                "--json",
                "--summary",
                &file,
            ];
            let running = setup.fleet(&more);
            (file, running)
        })
        .collect();
    let mut files = Vec::new();
    for (file, running) in shards {
        let ended = running.end();
        assert_eq!(ended.status, 0, "{ended:?}");
        files.push(file);
    }
    assert_eq!(setup.counts("connected"), setup.each_once());
    let published = setup.counts("published");
    assert_eq!(published.len(), DEVICES as usize);
    assert!(published.values().all(|count| *count == 3), "{published:?}");

    let (whole, chart) = (setup.file("whole.json"), setup.file("whole.svg"));
    let mut args = vec!["fleet", "merge", "--summary", &whole, "--chart", &chart];
    args.extend(files.iter().map(String::as_str));
    let merged = start(&args, "").end();
    assert_eq!(
        (merged.status, merged.stderr.as_str()),
        (0, ""),
        "{merged:?}"
    );
    assert!(
        merged.stdout.contains("32 of 32 connected"),
        "{}",
        merged.stdout
    );
    let whole = summary(&whole);
    assert_eq!(accepted(&whole), 96);
    assert_eq!(whole["messages"]["acknowledged"], 96);
    assert_eq!(whole["devices"]["planned"], DEVICES);
    assert_eq!(whole["shards"], serde_json::json!(["0/3", "1/3", "2/3"]));
    let parts: u64 = files.iter().map(|file| accepted(&summary(file))).sum();
    assert_eq!(parts, 96);
    assert!(
        std::fs::read_to_string(&chart)
            .unwrap()
            .contains("32 devices")
    );

    // What is not whole is said, and what does not belong together is refused.
    let two = start(&["fleet", "merge", &files[0], &files[2]], "").end();
    assert_eq!(two.status, 0);
    assert_eq!(two.stderr, "these shards are missing: 1/3\n");
    let twice = start(&["fleet", "merge", &files[0], &files[0]], "").end();
    assert_eq!(twice.status, 65);
    assert!(
        twice.stderr.contains("shard 0/3 is in "),
        "{}",
        twice.stderr
    );
}

#[test]
fn shards_of_different_seeds_are_not_merged() {
    let setup = stand_in(2);
    let files = ["one.json", "two.json"].map(|name| setup.file(name));
    for (index, file) in files.iter().enumerate() {
        let (shard, seed) = (format!("{index}/2"), format!("{}", index + 1));
        let more = [
            "--shard",
            &shard,
            "--seed",
            &seed,
            "-n",
            "1",
            "--every",
            "1ms",
            "--summary",
            file,
        ];
        assert_eq!(setup.fleet(&more).end().status, 0);
    }
    let ended = start(&["fleet", "merge", &files[0], &files[1]], "").end();
    assert_eq!(ended.status, 65);
    assert!(
        ended
            .stderr
            .contains("seed is 1 in the first and 2 in the second"),
        "{}",
        ended.stderr
    );
}
