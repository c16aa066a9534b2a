//! The `tern` program.
fn main() {}
