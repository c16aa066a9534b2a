//! A recording is read strictly, and no bytes do harm.

use tern_core::transcript::{Entry, Reader, Told, read};

use crate::lives::{life, logins};

#[test]
fn what_is_written_reads_back_to_the_same_text() {
    for login in logins() {
        let text = life(login, 7, 200);
        let recording = read(text.as_bytes()).unwrap();
        let mut again = String::new();
        recording.header.write(&mut again);
        for entry in &recording.entries {
            Entry::write(entry, &mut again);
        }
        assert_eq!(again, text);
    }
}

fn error(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_damaged_line_is_named_with_its_field_and_rule() {
    let [_, _, plain] = logins();
    let good = life(plain, 1, 0);
    let lines = good.lines().count();
    for (from, to, expected) in [
        (
            "tern-transcript 1",
            "tern-transcript 2",
            "line 1, column 17: the version is \"2\": it must be tern-transcript 1",
        ),
        (
            "seed 42",
            "seed x",
            "line 3, column 6: seed is \"x\": it must be a whole number",
        ),
        (
            "login plain",
            "login pretty",
            "line 4, column 7: login is \"pretty\": it must be direct, https or plain",
        ),
        (
            "keep-alive 60",
            "keepalive 60",
            "line 9, column 1: keep-alive is \"keepalive\": it must be the header's next",
        ),
        (
            "password \"**************\"",
            "password \"hunter2\"",
            "line 7, column 10: password is something else",
        ),
        (
            "0 end",
            "0 on",
            "direction is \"on\": it must be in, out or end",
        ),
        (
            "0 end",
            "x end",
            "time is \"x\": it must be whole milliseconds",
        ),
        (
            "0 end",
            "0 in fly",
            "kind is \"fly\": it must be what a device can be handed: connect",
        ),
        (
            "0 end",
            "0 in publish 3 \"t\" \"\"",
            "column 14: qos is \"3\": it must be 0, 1 or 2",
        ),
        (
            "0 end",
            "0 out close-transport",
            "direction is out: it must be in",
        ),
        (
            "0 end",
            "0 in connect\n0 in connect now",
            "the line's rest is \" now\"",
        ),
        (
            "0 end",
            "5 in connect\n4 in connect",
            "time is 4: it must be no earlier than the line's before",
        ),
        (
            "0 end",
            "5 in connect\n6 out authenticated",
            "time is 6: it must be that of the line before",
        ),
        (
            "0 end",
            "0 end\n0 end",
            "what follows is there: it must be empty",
        ),
        (
            "0 end",
            "0 in received \"\\y\"",
            "column 16: bytes is another escape",
        ),
    ] {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        let error = error(&changed);
        assert!(error.contains(expected), "{from} → {to}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    assert!(error("").contains("the header is cut off"), "{}", error(""));
    assert!(error("{\"a\":1}\n").starts_with("line 1, column 1: the first line is"));
    let cut: String = good
        .lines()
        .take(lines - 3)
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(error(&cut).contains("the header is cut off"));
}

#[test]
fn line_ends_of_another_system_are_taken() {
    let [direct, ..] = logins();
    let text = life(direct, 1, 20);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(
        read(crlf.as_bytes()).unwrap(),
        read(text.as_bytes()).unwrap()
    );
}

#[test]
fn no_bytes_do_harm() {
    let mut rng = fastrand::Rng::with_seed(1);
    let texts = logins().map(|login| life(login, 11, 40));
    let (mut good, mut bad) = (0, 0);
    for _ in 0..4_000 {
        let mut bytes = texts[rng.usize(..3)].clone().into_bytes();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(..bytes.len());
            match rng.u8(0..3) {
                0 => bytes[at] = rng.u8(..),
                1 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, b" \n\"\\0"[rng.usize(..5)]),
            }
        }
        match read(&bytes) {
            Ok(_) => good += 1,
            Err(error) => {
                assert!(error.line >= 1 && error.column >= 1, "{error}");
                bad += 1;
            }
        }
    }
    assert!(good > 100 && bad > 100, "{good} were read, {bad} were not");
}

#[test]
fn a_reader_takes_line_after_line_and_knows_where_it_is() {
    let [direct, ..] = logins();
    let text = life(direct, 1, 5);
    let mut reader = Reader::default();
    let mut told = Vec::new();
    for line in text.lines() {
        told.push(reader.line(line.as_bytes()).unwrap());
        assert_eq!(reader.line_number(), told.len() as u64);
    }
    let headers = told.iter().filter(|told| matches!(told, Told::Header(_)));
    assert_eq!(headers.count(), 1);
    assert_eq!(reader.finish(), Ok(true));
}
