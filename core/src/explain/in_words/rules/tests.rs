//! Every text of the core's has its Chinese.

use std::fs;
use std::path::{Path, PathBuf};

use super::zh;
use crate::explain::{Lang, step_why};
use crate::identity::{ClientId, Field, Triple};
use crate::sign::{SignMethod, steps};

#[test]
fn every_rule_of_the_wire_has_its_chinese() {
    let rules = texts_in("src/wire", |before, text| {
        let leads = ["rule:", "rule =", "byte(", "number(", "refuse(", "Invalid("];
        let is_rule = text.contains("[MQTT") || leads.iter().any(|lead| before.ends_with(lead));
        // The dissection's own table holds some in Chinese.
        is_rule && text.is_ascii()
    });
    assert!(rules.len() > 40, "only {} found: {rules:#?}", rules.len());
    assert_chinese(&rules);
}

#[test]
fn every_field_that_is_too_long_to_write_has_its_chinese() {
    let fields = texts_in("src/wire/write.rs", |before, _| {
        ["field_len(", "push_string(", "push_field(", "check_string("]
            .iter()
            .any(|lead| before.ends_with(lead))
    });
    assert!(fields.len() > 5, "only {fields:#?}");
    assert_chinese(&fields);
}

#[test]
fn every_rule_of_the_identity_has_its_chinese() {
    // A sentence that is no advice, which is matched by its field.
    let is_rule = |_: &str, text: &str| {
        let advice = [
            Field::ProductKey,
            Field::DeviceName,
            Field::DeviceSecret,
            Field::ClientId,
            Field::Region,
            Field::Transport,
            Field::Instance,
            Field::Host,
            Field::Port,
            Field::Url,
            Field::AuthUrl,
        ]
        .map(Field::advice);
        let is_list = text.contains("tcp, tls") || text.contains("cn-shanghai,");
        text.split(' ').count() > 3
            && !text.contains('{')
            && !advice.contains(&text)
            && !is_list
            && !text.starts_with("not an ASCII")
    };
    let rules = texts_in("src/identity", is_rule);
    assert!(rules.len() > 20, "only {} found: {rules:#?}", rules.len());
    assert_chinese(&rules);
    let rules = texts_in("src/auth/url.rs", is_rule);
    assert!(rules.len() > 2, "only {rules:#?}");
    assert_chinese(&rules);
}

#[test]
fn every_reason_of_a_step_has_its_chinese() {
    let triple = Triple::new("pk", "device", "secret").unwrap();
    let id = ClientId::new("12345").unwrap();
    for method in SignMethod::ALL {
        for securemode in [2, 3, 7] {
            for timestamp in [None, Some(789)] {
                for step in steps(&triple, &id, method, securemode, timestamp) {
                    assert_eq!(step_why(&step, Lang::En), step.why);
                    assert_ne!(step_why(&step, Lang::Zh), step.why, "{}", step.name);
                }
            }
        }
    }
}

#[test]
fn a_text_is_found_in_a_source_as_the_compiler_reads_it() {
    let source = "// \"not this\"\n#[error(\"nor this\")]\nlet rule = \"a \\\"b\\\" \\\n      c\"; '\"'; f(\"d\")";
    let texts = texts_of(source);
    let told: Vec<_> = texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(told, ["a \"b\" c", "d"]);
    assert!(texts[0].0.ends_with("rule =") && texts[1].0.ends_with("f("));
}

fn assert_chinese(texts: &[String]) {
    let missing: Vec<_> = texts.iter().filter(|text| zh(text).is_none()).collect();
    assert!(missing.is_empty(), "without Chinese: {missing:#?}");
}

/// The texts of a folder or a file that are wanted, tests not counted.
fn texts_in(place: &str, wanted: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(place),
        &mut files,
    );
    let mut texts = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let found = texts_of(source).into_iter();
        texts.extend(
            found
                .filter(|(before, text)| wanted(before, text))
                .map(|(_, text)| text),
        );
    }
    texts.sort();
    texts.dedup();
    texts
}

fn collect(place: &Path, files: &mut Vec<PathBuf>) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if place.file_name().is_none_or(|name| name != "tests.rs") {
        files.push(place.to_owned());
    }
}

/// Every text of a source with the code before it, comments and the texts of attributes left out.
fn texts_of(source: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut code = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if c == '"' {
            let (text, after) = read_text(&rest[1..]);
            let before = code.trim_end();
            if !before.ends_with("#[error(") {
                texts.push((before.to_owned(), text));
            }
            code.push('"');
            rest = after;
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    texts
}

/// Reads a text up to its closing quote, and what follows that.
fn read_text(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut rest = source.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return (text, rest.as_str()),
            '\\' => match rest.next().unwrap() {
                '\n' => rest = rest.as_str().trim_start().chars(),
                escaped => text.push(escaped),
            },
            c => text.push(c),
        }
    }
    panic!("a text without its end: {text}");
}
