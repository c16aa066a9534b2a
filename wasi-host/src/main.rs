//! The `tern` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    tern_host::cli::main()
}
