//! `docs/security.md` names the test of each promise: they are there, under the names that it gives.

use std::path::Path;

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_test_and_file_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let mut code = String::new();
    for folder in ["wasi-host/src", "wasi-host/tests", "platform/tests"] {
        sources(&root.join(folder), &mut code);
    }
    let (mut tests, mut files) = (0, 0);
    // What stands between backticks.
    for named in page.split('`').skip(1).step_by(2) {
        if named.matches('_').count() >= 3 {
            assert!(
                code.contains(&format!("\nfn {named}()"))
                    || code.contains(&format!("    fn {named}()")),
                "no test {named}"
            );
            tests += 1;
        } else if named.contains('/') && named.starts_with(|first: char| first.is_ascii_lowercase())
        {
            assert!(root.join(named).exists(), "no file {named}");
            files += 1;
        }
    }
    assert!(tests > 20 && files > 8, "{tests} tests and {files} files");
}
