//! The store's files: the database, the lock beside it, and how a new one comes to be whole or not at all.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::StoreFault;

/// The database's file.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("outbox.redb")
}

/// Makes the directory where it is missing, and takes its lock.
pub(super) fn lock(folder: &Path) -> Result<File, StoreFault> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        // Payloads are nobody else's business.
        builder.mode(0o700);
    }
    builder.create(folder)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreFault::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Makes the database by `create` under another name first: a file that has the right name is whole, and
/// one that is cut off or empty is damaged.
pub(super) fn make(
    folder: &Path,
    create: impl FnOnce(&Path) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let unfinished = folder.join("outbox.redb.new");
    match fs::remove_file(&unfinished) {
        // From a crash on the way; nothing was ever kept in it.
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    create(&unfinished)?;
    fs::rename(&unfinished, path(folder))?;
    Ok(sync_folder(folder)?)
}

/// A new name is on the disk once its directory is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A directory can't be opened as a file here; the file system's journal does it.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
