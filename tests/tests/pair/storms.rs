//! Everything at once, by chance and repeatable: each publish ends once, and what is acknowledged arrived.

use std::collections::BTreeSet;

use tern_core::device::{Event, Token};
use tern_core::wire::QoS;
use tern_platform::{Cut, Fault, Faults};
use tern_tests::pair::Told;

use crate::set_up::{direct, online, secs, topic};

#[test]
fn over_cuts_drops_delays_and_hangs_every_publish_ends_once_and_none_is_lost() {
    for seed in 0..20 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut pair = online(direct("dev1"));
        let data = topic("dev1", "data");
        pair.subscribe(0, &data, QoS::AtLeastOnce);
        pair.drive_for(secs(1));
        let mut sent: Vec<Token> = Vec::new();
        let mut told = Vec::new();
        for _ in 0..60 {
            match rng.u8(0..8) {
                0 => pair.cut(0),
                1 => pair.stall(0, secs(rng.u64(1..200))),
                2 => {
                    let all = Fault {
                        drop: rng.bool().then_some(Cut::Now),
                        delay_ms: rng.u32(0..2_000),
                        half_open: rng.u8(0..4) == 0,
                        garbage: rng.u8(0..8) == 0,
                        ..Fault::default()
                    };
                    let now = pair.now();
                    pair.platform.set_faults(
                        now,
                        Faults {
                            all,
                            ..Faults::default()
                        },
                    );
                    pair.settle();
                }
                _ => {
                    let payload = sent.len().to_string();
                    sent.push(pair.publish(0, &data, &payload, QoS::AtLeastOnce));
                }
            }
            pair.drive_for(secs(rng.u64(0..40)));
            told.extend(pair.told(0));
        }
        let now = pair.now();
        pair.platform.set_faults(now, Faults::default());
        pair.settle();
        pair.drive_for(secs(1_000));
        told.extend(pair.told(0));

        assert!(pair.device(0).is_connected(), "seed {seed}");
        for token in &sent {
            let published = Told::Event(Event::Published { token: *token });
            let ends = told.iter().filter(|told| **told == published).count();
            assert_eq!(ends, 1, "seed {seed}, {token}");
        }
        let arrived: BTreeSet<&str> = crate::set_up::payloads(&told).into_iter().collect();
        let missing: Vec<usize> = (0..sent.len())
            .filter(|n| !arrived.contains(n.to_string().as_str()))
            .collect();
        assert_eq!(
            missing,
            Vec::<usize>::new(),
            "seed {seed}: acknowledged, yet never came back"
        );
    }
}
