//! A sandbox that fails takes its own devices down for a moment, and nobody else's.
#![cfg(unix)]

use crate::program::{accepted, name, stand_in, summary};

#[test]
fn a_sandbox_that_traps_takes_only_its_own_devices_down_and_they_are_back() {
    let setup = stand_in(12);
    let file = setup.file("summary.json");
    let mut fleet = setup.fleet(&[
        "--per-sandbox",
        "4",
        "--every",
        "20ms",
        "--drill-trap",
        "300ms",
        "--json",
        "--summary",
        &file,
    ]);
    let lost = fleet.event(|event| event["event"] == "sandbox_lost");
    assert_eq!(lost["devices"], 4, "{lost}");
    // The first wait of the backoff.
    assert!(
        (500..=1000).contains(&lost["back_in_ms"].as_u64().unwrap()),
        "{lost}"
    );
    fleet.event(|event| event["event"] == "progress" && event["connected"] == 12);
    let ended = fleet.stop();
    assert_eq!(ended.status, 0, "a drill is no failure: {ended:?}");

    let summary = summary(&file);
    assert_eq!(summary["devices"]["ever_connected"], 12);
    assert_eq!(summary["devices"]["connected_at_end"], 12);
    assert_eq!(summary["devices"]["sandboxes_lost"], 1);
    // What was under way in that sandbox is lost, and everything else acknowledged.
    assert!(accepted(&summary) > 0);
    let messages = &summary["messages"];
    let lost_messages = messages["lost"].as_u64().unwrap();
    assert!(lost_messages > 0, "{messages}");
    assert_eq!(summary["errors"]["publish_lost"]["count"], lost_messages);
    assert_eq!(
        (&messages["failed"], &messages["open"]),
        (&0.into(), &0.into()),
        "{messages}"
    );

    let sandbox = u32::try_from(lost["sandbox"].as_u64().unwrap()).unwrap();
    let theirs = 4 * (sandbox - 1) + 1..=4 * sandbox;
    let connected = setup.counts("connected");
    for number in 1..=12 {
        let count = connected[&name(number)];
        if theirs.contains(&number) {
            // One whose turn came after the trap is connected once.
            assert!((1..=2).contains(&count), "{number}: {connected:?}");
        } else {
            assert_eq!(count, 1, "{number} was not concerned: {connected:?}");
        }
    }
    let reconnects = connected.values().sum::<usize>() - 12;
    // Where the machine is slow, the trap may come between a device's CONNECT and the CONNACK that tells it.
    let told = summary["devices"]["reconnects"].as_u64().unwrap() as usize;
    assert!((1..=reconnects).contains(&told), "{told}: {connected:?}");
}
