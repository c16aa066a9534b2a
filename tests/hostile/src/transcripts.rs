//! A recording: read strictly, written again as the same, and played without harm.

use tern_core::transcript::{Direct, read, record_again};

pub(crate) fn check(bytes: &[u8]) {
    let recording = match read(bytes) {
        Ok(recording) => recording,
        Err(error) => {
            assert!(error.line >= 1, "{error}");
            assert!(error.to_string().len() < 4_096, "{error}");
            return;
        }
    };
    let mut text = String::new();
    recording.header.write(&mut text);
    for entry in &recording.entries {
        entry.write(&mut text);
    }
    let again = read(text.as_bytes()).expect("what was written can be read");
    assert_eq!(again.header, recording.header);
    assert_eq!(again.entries, recording.entries);
    if let Ok(core) = Direct::new(&recording.header) {
        let played = record_again(&recording, core);
        assert!(played.is_ok_and(|text| !text.is_empty()));
    }
}
