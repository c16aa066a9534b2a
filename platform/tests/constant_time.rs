//! Secrets, signatures and tokens are compared in constant time: by the types of `tern-core` that do so, and by
//! nothing else. How long a comparison takes is no fact that a test can rely on; what the sources say is.

use std::path::{Path, PathBuf};

/// Every file of Rust below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file up to its tests, without comments and line ends, statement by statement.
fn statements(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next());
    let joined: Vec<&str> = lines.flatten().map(str::trim).collect();
    let joined = joined.join(" ");
    joined.split([';', '{', '}']).map(str::to_owned).collect()
}

/// Whether a statement takes a secret out of its type and compares it by the ordinary means.
fn compares_what_is_exposed(statement: &str) -> bool {
    let ordinary = [
        "==",
        "!=",
        ".eq(",
        ".ne(",
        ".cmp(",
        "starts_with(",
        "memcmp",
    ];
    statement.contains(".expose()") && ordinary.iter().any(|sign| statement.contains(sign))
}

#[test]
fn what_a_secret_exposes_is_never_compared_by_the_ordinary_means() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["core/src", "platform/src", "wasi-host/src"] {
        sources(&root.join(folder), &mut files);
    }
    let mut exposing = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a source");
        for statement in statements(&text) {
            exposing += usize::from(statement.contains(".expose()"));
            assert!(
                !compares_what_is_exposed(&statement),
                "{}: {statement}: compare the types themselves, which do so in constant time",
                file.display()
            );
        }
    }
    assert!(
        exposing > 10,
        "{exposing} uses of a secret are no use of this test"
    );
}

#[test]
fn the_types_and_the_digest_compare_by_subtle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    for (file, comparison) in [
        ("identity/secret.rs", "self.expose().ct_eq(other.expose())"),
        (
            "sign/password.rs",
            "self.expose() .as_bytes() .ct_eq(other.expose().as_bytes())",
        ),
        ("sign/hmac.rs", "self.0.ct_eq(&bytes)"),
    ] {
        let text = std::fs::read_to_string(root.join(file)).expect("a source");
        let statements = statements(&text);
        let found = statements.iter().any(|said| said.contains(comparison));
        assert!(found, "{file} compares otherwise than by {comparison}");
        assert!(!text.contains("derive(Clone, PartialEq"), "{file}");
    }
}

#[test]
fn an_ordinary_comparison_would_be_seen() {
    let code = "fn f() {\n    // a.expose() == b\n    let same = a\n        .expose() == b;\n}\n";
    let found: Vec<String> = statements(code)
        .into_iter()
        .filter(|statement| compares_what_is_exposed(statement))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
}
