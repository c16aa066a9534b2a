//! Files of a folder: which there are, and a copy that holds the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// All files of a folder and the folders in it, as paths relative to it, sorted.
pub(crate) fn files_in(folder: &Path) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut files = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        let path = folder.join(&inner);
        for entry in fs::read_dir(&path).map_err(Failure::file("read", &path))? {
            let entry = entry.map_err(Failure::file("read", &path))?;
            let kind = entry
                .file_type()
                .map_err(Failure::file("read", entry.path()))?;
            let name = inner.join(entry.file_name());
            if kind.is_dir() {
                folders.push(name);
            } else {
                files.insert(name);
            }
        }
    }
    Ok(files)
}

/// Makes `to` hold the same files as `from`, and leaves alone those that do already.
pub(crate) fn mirror(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(Failure::file("create", to))?;
    let wanted = files_in(from)?;
    for name in files_in(to)?.difference(&wanted) {
        let old = to.join(name);
        fs::remove_file(&old).map_err(Failure::file("remove", &old))?;
    }
    for name in &wanted {
        let (source, copy) = (from.join(name), to.join(name));
        if !same_bytes(&source, &copy)? {
            if let Some(folder) = copy.parent() {
                fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
            }
            fs::copy(&source, &copy).map_err(Failure::file("write", &copy))?;
        }
    }
    Ok(())
}

/// Whether the second file is there and holds the same bytes as the first.
pub(crate) fn same_bytes(one: &Path, other: &Path) -> Result<bool, Failure> {
    if !other.is_file() {
        return Ok(false);
    }
    let one = fs::read(one).map_err(Failure::file("read", one))?;
    let other = fs::read(other).map_err(Failure::file("read", other))?;
    Ok(one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, below cargo's folder for such things.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tern-xtask-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)
            .expect("the system's folder for temporary files can be written to");
        folder
    }

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().expect("a file's path has a parent")).expect("folder");
        fs::write(path, text).expect("file");
    }

    #[test]
    fn a_mirror_holds_what_the_page_holds_and_nothing_else() {
        let (page, dist) = (folder("page"), folder("dist"));
        write(page.join("index.html"), "new");
        write(page.join("snippets/a.js"), "a");
        write(dist.join("index.html"), "old");
        write(dist.join("tern-web-123.js"), "of an earlier build");
        mirror(&page, &dist).expect("mirrored");
        assert_eq!(
            files_in(&dist).expect("read"),
            files_in(&page).expect("read")
        );
        assert_eq!(
            fs::read_to_string(dist.join("index.html")).expect("read"),
            "new"
        );
        for folder in [page, dist] {
            fs::remove_dir_all(folder).expect("removed");
        }
    }

    #[test]
    fn a_file_that_has_not_changed_is_left_alone() {
        let (page, dist) = (folder("same-page"), folder("same-dist"));
        write(page.join("index.html"), "same");
        write(dist.join("index.html"), "same");
        let modified = || {
            fs::metadata(dist.join("index.html"))
                .and_then(|file| file.modified())
                .expect("read")
        };
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let file = fs::File::options()
            .write(true)
            .open(dist.join("index.html"))
            .expect("opened");
        file.set_modified(long_ago).expect("set");
        mirror(&page, &dist).expect("mirrored");
        assert_eq!(modified(), long_ago);
        for folder in [page, dist] {
            fs::remove_dir_all(folder).expect("removed");
        }
    }
}
