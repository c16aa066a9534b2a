//! Every check, on its seeds and on all that the fuzzer has kept.

use std::fs;
use std::path::{Path, PathBuf};

use tern_hostile::{CHECKS, check, seeds};

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name)
}

#[test]
fn each_check_holds_for_its_seeds_and_for_changes_of_them() {
    let mut random = fastrand::Rng::with_seed(0x7E_12);
    for (name, check) in CHECKS {
        let seeds = seeds(name);
        assert!(seeds.len() >= 3, "{name} begins with nothing");
        for seed in seeds {
            check(&seed);
            for _ in 0..200 {
                let mut changed = seed.clone();
                for _ in 0..random.usize(1..4) {
                    let at = random.usize(..changed.len());
                    changed[at] = random.u8(..);
                }
                changed.truncate(random.usize(..=changed.len()));
                check(&changed);
            }
        }
    }
}

#[test]
fn each_check_holds_for_all_that_was_kept() {
    for (name, _) in CHECKS {
        let folder = corpus(name);
        let entries = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("no corpus at {}: {error}", folder.display()));
        let mut count = 0;
        for entry in entries {
            let path = entry.expect("it can be listed").path();
            let bytes = fs::read(&path).expect("it can be read");
            // On a failure, which one it was.
            println!("{}", path.display());
            check(name, &bytes);
            count += 1;
        }
        assert!(count >= seeds(name).len(), "{name}: only {count} files");
    }
}

/// Not a test: writes the seeds where the fuzzer looks for them. `cargo test -p tern-hostile -- --ignored`
#[test]
#[ignore = "writes into fuzz/corpus"]
fn write_the_seeds() {
    for (name, _) in CHECKS {
        let folder = corpus(name);
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (number, seed) in seeds(name).iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:02}")), seed).expect("it can be written");
        }
    }
}
