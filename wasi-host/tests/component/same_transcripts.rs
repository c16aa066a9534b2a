//! The recordings of `tests/transcripts` bring the same bytes in wasmtime, and natively behind the same batches.

use tern_core::transcript::{read, record_again};
use tern_host::engine::Engine;
use tern_host::recording::EngineCore;

#[test]
fn the_same_bytes_come_out_of_the_sandbox() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/transcripts");
    let mut number = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file)
            .unwrap()
            .replace("\r\n", "\n");
        let recording = read(text.as_bytes()).unwrap();
        for engine in [Engine::sandboxed().unwrap(), Engine::native()] {
            let core = EngineCore::new(engine, &recording.header).unwrap();
            let again = record_again(&recording, core).unwrap();
            assert!(
                again == text,
                "{} replays differently: see the test in tests/tests/transcripts",
                file.display()
            );
        }
        number += 1;
    }
    assert!(number >= 6, "only {number} recordings are there");
}
