//! The devices that are broken on purpose: `cargo xtask simulate --mutants` builds them and shows that each is
//! found, which takes minutes; here it is seen that it still can.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn patches() -> Vec<PathBuf> {
    let folder = root().join("tests/simulation/mutants");
    let entries = std::fs::read_dir(folder).expect("the folder of the patches");
    let mut patches: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a patch").path())
        .collect();
    patches.sort();
    patches
}

#[test]
fn each_patch_still_fits_the_device() {
    let patches = patches();
    assert!(patches.len() >= 10);
    for patch in patches {
        let output = Command::new("git")
            .current_dir(root())
            .args(["apply", "--check"])
            .arg(patch.canonicalize().unwrap())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{} does not fit core/src/device any more: mend it\n{}",
            patch.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_readme_names_each_and_what_found_it() {
    let readme = std::fs::read_to_string(root().join("tests/README.md")).unwrap();
    for patch in patches() {
        let name = format!("| `{}` |", patch.file_stem().unwrap().to_string_lossy());
        assert!(
            readme.contains(&name),
            "tests/README.md does not list {name}"
        );
    }
}
