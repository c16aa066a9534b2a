#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tern_hostile::check("transcripts", bytes));
