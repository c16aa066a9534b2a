//! The console's files, where it was built into the program.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::failure;
use crate::console::console_file;

/// Any path that is not the control's.
///
/// A browser keeps the files but asks each time whether they are still right: another build of the program
/// may listen on the same port.
pub(super) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return failure(
            StatusCode::METHOD_NOT_ALLOWED,
            "files are only to be read: GET or HEAD",
        );
    }
    let path = uri.path();
    let Some((bytes, content_type)) = console_file(path) else {
        return failure(StatusCode::NOT_FOUND, format!("there is no {path}"));
    };
    let tag = tag(bytes);
    let matches = |value: &HeaderValue| {
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .any(|one| one.trim().trim_start_matches("W/") == tag)
        })
    };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(matches);
    let caching = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, content_type)], bytes).into_response()
}

/// A mark that changes with the contents.
fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}-{:x}\"", hasher.finish(), bytes.len())
}
