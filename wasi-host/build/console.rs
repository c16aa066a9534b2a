//! Lists the console's files for the program to carry, where the console has been built.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes `console_files.rs`: a list of (path, bytes). Empty where there is no console: the program then
/// says how to build it.
pub(crate) fn list_files(workspace: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=TERN_CONSOLE");
    let dist = env::var_os("TERN_CONSOLE").map_or_else(|| workspace.join("dist"), PathBuf::from);
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        println!("cargo::rerun-if-changed={}", dist.display());
        collect(&dist, &dist, &mut files)?;
    }
    files.sort();
    let mut code = String::from("&[\n");
    for (name, path) in files {
        writeln!(code, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    code.push_str("]\n");
    fs::write(out.join("console_files.rs"), code)?;
    Ok(())
}

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root)?.components();
        let name: Vec<_> = name
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        files.push((format!("/{}", name.join("/")), fs::canonicalize(&path)?));
    }
    Ok(())
}
