//! Splits the console's wasm into what a first visit loads and the parts that come when they are wanted.
//!
//! Trunk knows nothing of parts: it makes the page with the wasm as one file, which is no whole, since its split points lead
//! nowhere. Here the compiler's own output is split, the main part bound to the browser again, and both put in the place
//! of Trunk's two files. All of a build have one hash in their names, that of all their code.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use crate::failure::Failure;
use crate::files::files_in;
use crate::steps::run;
use crate::tools::Tools;

/// What the names of the files begin with.
const NAME: &str = "tern-web-";
/// What Trunk's wasm ends with, and the main part, which takes its place.
const MAIN: &str = "_bg.wasm";

/// Whether a file of the console is a part that is loaded when it is wanted.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with(NAME) && name.ends_with(".wasm") && !name.ends_with(MAIN)
}

/// Splits `wasm`, which the compiler made of the console, for the page that Trunk made of it. `aside` is a folder for
/// what is made on the way.
pub(crate) fn split(tools: &Tools, wasm: &Path, page: &Path, aside: &Path) -> Result<(), Failure> {
    let whole = fs::read(wasm).map_err(Failure::file("read", wasm))?;
    let old = stem(page)?;
    let mut hash = DefaultHasher::new();
    (&whole, env!("CARGO_PKG_VERSION")).hash(&mut hash);
    let new = format!("{NAME}{:016x}", hash.finish());

    if aside.exists() {
        fs::remove_dir_all(aside).map_err(Failure::file("empty", aside))?;
    }
    let main = aside.join(format!("{new}.wasm"));
    let (link, bindings) = (format!("./{new}_parts.js"), format!("./{new}.js"));
    let mut options = Options::new(&whole);
    options.output_dir = aside;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &bindings;
    let split = transform(options).map_err(|error| {
        Failure::Unexpected(format!("{} can't be split: {error:#}", wasm.display()))
    })?;

    for file in [format!("{old}.js"), format!("{old}{MAIN}")] {
        let file = page.join(file);
        fs::remove_file(&file).map_err(Failure::file("remove", &file))?;
    }
    let mut bind = tools.wasm_bindgen();
    // The parts share the memory and the table, which the linker has exported.
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
    bind.args(["--out-name", &new]);
    run(bind.arg("--out-dir").arg(page).arg(&main))?;

    let link = link.trim_start_matches("./");
    let mut links = read(&aside.join(link))?;
    let mut parts = BTreeSet::new();
    for part in &split.split_modules {
        let given = part.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{new}_{}", given.trim_start_matches("split_"));
        links = links.replace(&format!("\"./{given}\""), &format!("\"./{name}\""));
        copy(part, &page.join(&name))?;
        parts.insert(format!("./{name}"));
    }
    write(&page.join(link), &links)?;

    let index = page.join("index.html");
    let html = read(&index)?.replace(&old, &new);
    let html = with_parts(&html, &parts).ok_or_else(|| {
        Failure::Unexpected(format!(
            "{} names no bindings: Trunk.toml's pattern_script has changed",
            index.display()
        ))
    })?;
    write(&index, &html)
}

/// The page, its script's tag naming the parts: what makes the console work offline keeps them too.
fn with_parts(html: &str, parts: &BTreeSet<String>) -> Option<String> {
    const BINDINGS: &str = "data-bindings=";
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    let named = format!("data-parts=\"{}\" {BINDINGS}", parts.join(" "));
    html.contains(BINDINGS)
        .then(|| html.replacen(BINDINGS, &named, 1))
}

/// What the names of Trunk's two files begin with.
fn stem(page: &Path) -> Result<String, Failure> {
    let names = files_in(page)?;
    let stems = names.iter().filter_map(|name| {
        let name = name.to_str()?.strip_suffix(MAIN)?;
        name.starts_with(NAME).then(|| name.to_owned())
    });
    let stems: Vec<_> = stems.collect();
    match <[String; 1]>::try_from(stems) {
        Ok([stem]) => Ok(stem),
        Err(stems) => Err(Failure::Unexpected(format!(
            "{} should hold one {NAME}…{MAIN}, and holds {}",
            page.display(),
            stems.len()
        ))),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::file("read", path))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(Failure::file("write", path))
}

fn copy(from: &Path, to: &PathBuf) -> Result<(), Failure> {
    fs::copy(from, to).map_err(Failure::file("write", to))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_from_what_a_first_visit_loads() {
        assert!(is_part("tern-web-0123456789abcdef_places.wasm"));
        assert!(!is_part("tern-web-0123456789abcdef_bg.wasm"));
        assert!(!is_part("tern-web-0123456789abcdef_parts.js"));
    }

    #[test]
    fn the_page_names_its_parts_beside_its_bindings() {
        let parts = BTreeSet::from(["./b.wasm".to_owned(), "./a.wasm".to_owned()]);
        let html = with_parts("<script data-bindings=./t.js>", &parts).expect("a script");
        let named = "<script data-parts=\"./a.wasm ./b.wasm\" data-bindings=./t.js>";
        assert_eq!(html, named);
        assert_eq!(with_parts("<script>", &parts), None);
    }
}
