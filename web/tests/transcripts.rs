//! The recordings of `tests/transcripts` bring the same bytes in the browser. Only this test takes the recorder
//! in, not the page.

use tern_core::transcript::{Direct, Fault, Player, read, record_again};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

macro_rules! recordings {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../../tests/transcripts/", $name)))),*]
    };
}

/// Every recording, with its text: a browser can't look into a folder.
fn recordings() -> Vec<(&'static str, String)> {
    let all = recordings![
        "chance-direct.tern",
        "chance-https.tern",
        "chance-plain.tern",
        "https.tern",
        "publish.tern",
        "refused.tern",
        "sample.tern"
    ];
    let with_text = all.map(|(name, text)| (name, text.replace("\r\n", "\n")));
    with_text.into()
}

#[test]
fn the_same_bytes_come_out_in_the_browser() {
    for (name, text) in recordings() {
        let recording = read(text.as_bytes()).expect(name);
        let core = Direct::new(&recording.header).expect(name);
        let Ok(again) = record_again(&recording, core);
        assert!(again == text, "{name} replays differently");
    }
}

#[test]
fn a_changed_byte_is_found_in_the_browser() {
    let (name, text) = recordings().swap_remove(4);
    assert_eq!(name, "publish.tern");
    let changed = text.replacen("pushed\"", "pusher\"", 1);
    let recording = read(changed.as_bytes()).expect("only a payload is changed");
    let mut player = Player::new(Direct::new(&recording.header).expect(name));
    let stopped = recording
        .entries
        .iter()
        .find_map(|entry| player.play(entry).err());
    assert!(matches!(stopped, Some(Fault::Different(_))), "{stopped:?}");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn none_is_left_out() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/transcripts");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let included: Vec<&str> = recordings().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, included);
}
