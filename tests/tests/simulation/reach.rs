//! That the runs reach what they are for: a rule that is never put to the test holds for nothing.

use tern_tests::simulation;

/// What must be seen in the traces of the first seeds, by a part of its line.
const SEEN: &[&str] = &[
    // What is done on purpose.
    "Reset",
    "Cut(None)",
    "Cut(Some(Up))",
    "Cut(Some(Down))",
    "Hold(Up",
    "Hold(Down",
    "Stall(",
    "Disconnect {",
    "RestartDevice { back_after",
    "power_went: true",
    "the next process has Nothing",
    "the next process has Session(Session { messages: [KeptMessage",
    "the next process has Store(Session { messages: [KeptMessage",
    "packet_id: Some",
    "packet_id: None",
    "writes, and fails: true",
    "writes, and fails: false",
    "RestartPlatform { down_for",
    "forgets: true",
    "forgets: false",
    "RivalComes",
    "RivalGoes",
    // What the platform sees.
    "login: Direct",
    "login: Token",
    "session_present: true",
    "clean_session: true",
    "taken over by a newer connection",
    "routed: false",
    "no CONNECT within 5 s",
    "no packet for",
    // What the device says.
    "no PINGRESP within",
    "no CONNACK came within",
    "no answer to the HTTPS authentication",
    "could not be opened",
    "connection refused",
    "Most likely another client",
    "Connected { session_present: false }",
    "Subscribed { token: None",
    "reason: TimedOut",
    "reason: GivenBack",
    "reason: Withdrawn",
    "kind: Malformed",
    "kind: PeerMisbehaved",
    "the first packet from the server",
    "Refused(",
    "Ended(Requested)",
    "dup true",
];

#[test]
fn everything_that_can_go_wrong_does_within_the_seeds_that_ci_runs() {
    let mut missing: Vec<&str> = SEEN.to_vec();
    for seed in 0..2_000 {
        let lines = simulation::replay(seed).lines;
        missing.retain(|part| !lines.iter().any(|line| line.contains(part)));
        if missing.is_empty() {
            return;
        }
    }
    panic!("never seen: {missing:?}");
}
