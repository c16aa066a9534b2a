//! The console's files inside the program.
//!
//! They are built by Trunk, and put into the program by the build script where it finds them. A program that
//! was built without them serves a page that says how to get them.

/// The file at a path as it stands in a URL (`/index.html`, `/boot.js`, …) with its content type; `/` is the
/// first page. `None` where there is no such file.
#[must_use]
pub fn console_file(path: &str) -> Option<(&'static [u8], &'static str)> {
    let path = if path == "/" { "/index.html" } else { path };
    if !is_built_in() {
        return (path == "/index.html").then_some((MISSING.as_bytes(), content_type(path)));
    }
    let (name, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    Some((bytes, content_type(name)))
}

/// Whether the console was built into this program.
#[must_use]
pub fn is_built_in() -> bool {
    !FILES.is_empty()
}

/// Path and contents of every file.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

const MISSING: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Tern</title>\n\
<h1>The console is not built into this program</h1>\n\
<p>Build both with <code>cargo xtask build</code>, or start everything with <code>cargo xtask up</code>.</p>\n\
<p>The stand-in itself works: <a href=\"/api/devices\">devices</a>, <a href=\"/api/info\">addresses</a>.</p>\n";

/// The content type by the name's end.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_always_has_a_first_page() {
        let (bytes, kind) = console_file("/").expect("a page");
        assert!(bytes.starts_with(b"<!"));
        assert_eq!(kind, "text/html; charset=utf-8");
        assert_eq!(console_file("/index.html"), Some((bytes, kind)));
        assert_eq!(console_file("/no/such/file.js"), None);
    }

    #[test]
    fn wasm_has_the_type_that_browsers_compile_while_loading() {
        assert_eq!(content_type("/tern-web-1a2b_bg.wasm"), "application/wasm");
        assert_eq!(content_type("boot.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
