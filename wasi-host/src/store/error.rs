//! What can be wrong with a store, and what to do about it.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use redb::{CommitError, DatabaseError, StorageError, TableError, TransactionError};

/// Why a store can't be used. Prints the directory, what is wrong, and what to do.
#[derive(Debug)]
pub struct StoreError {
    /// The store's directory.
    pub folder: PathBuf,
    /// What is wrong with it.
    pub fault: StoreFault,
}

/// What is wrong with a store.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreFault {
    /// Another process has it.
    InUse,
    /// It is another device's.
    OtherDevice {
        /// Whose it is.
        owner: String,
        /// Who asked.
        device: String,
    },
    /// It was written in a form that is not known here.
    Format(u64),
    /// Something else than this program has changed it, or the disk has lost a part.
    Damaged(String),
    /// The disk has no room, or this user or process may have no more of it.
    Full(io::Error),
    /// The system refuses to read or to write.
    System(io::Error),
}

impl StoreError {
    pub(super) fn new(folder: &Path, fault: StoreFault) -> Self {
        Self {
            folder: folder.to_owned(),
            fault,
        }
    }

    /// A session that breaks the core's rules: no device has handed it out.
    pub(crate) fn damaged(folder: &Path, what: &str) -> Self {
        Self::new(folder, StoreFault::damaged(what))
    }
}

impl StoreFault {
    pub(super) fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        let file = super::file::path(&self.folder);
        write!(f, "the store {folder} ")?;
        match &self.fault {
            StoreFault::InUse => f.write_str(
                "is in use by another process: end that one, or give this one a directory of its own",
            ),
            StoreFault::OtherDevice { owner, device } => write!(
                f,
                "belongs to {owner}, and this is {device}: messages are never sent as somebody else; \
                 give each its own directory"
            ),
            StoreFault::Format(format) => write!(
                f,
                "has format {format}, and this program knows {}: use the version of tern that wrote it, \
                 or give another directory",
                super::FORMAT
            ),
            StoreFault::Damaged(what) => write!(
                f,
                "is damaged ({what}), and nothing of it was sent: put {} back from a copy, or move it \
                 away, then start again with an empty store",
                file.display()
            ),
            StoreFault::Full(error) => write!(
                f,
                "has no room ({error}): free some there; what it has kept before stays"
            ),
            StoreFault::System(error) => write!(
                f,
                "can't be used ({error}): check that the directory exists, and that this user may write there"
            ),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<io::Error> for StoreFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full(error)
            }
            // How redb tells of a file that is none of its own, or ends too early.
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            _ => Self::System(error),
        }
    }
}

impl From<StorageError> for StoreFault {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Io(error) => error.into(),
            StorageError::Corrupted(what) => Self::Damaged(what),
            other => Self::System(io::Error::other(other.to_string())),
        }
    }
}

impl From<DatabaseError> for StoreFault {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Storage(error) => error.into(),
            DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => Self::InUse,
            // No version of this program has written that.
            DatabaseError::UpgradeRequired(_) | DatabaseError::RepairAborted => {
                Self::Damaged(error.to_string())
            }
            other => Self::System(io::Error::other(other.to_string())),
        }
    }
}

impl From<TableError> for StoreFault {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(error) => error.into(),
            // A table is missing, or is another one.
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<TransactionError> for StoreFault {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Storage(error) => error.into(),
            other => Self::System(io::Error::other(other.to_string())),
        }
    }
}

impl From<CommitError> for StoreFault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Storage(error) => error.into(),
            other => Self::System(io::Error::other(other.to_string())),
        }
    }
}
