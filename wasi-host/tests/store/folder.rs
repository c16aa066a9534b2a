//! A store in a folder of its own.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tern_core::device::{KeptMessage, Session, Token};
use tern_core::wire::PacketId;
use tern_host::store::{Changes, Store, StoreError};

/// Whose the stores are.
pub(crate) const DEVICE: &str = "device pk.dn";

pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.path().join("outbox.redb")
    }

    pub(crate) fn open(&self) -> Result<(Store, Session), StoreError> {
        Store::open(self.path(), DEVICE)
    }

    /// What it keeps.
    pub(crate) fn session(&self) -> Session {
        self.open().unwrap().1
    }
}

pub(crate) fn message(token: u64, payload: &[u8]) -> KeptMessage {
    KeptMessage {
        token: Token(token),
        packet_id: PacketId::new((token % 65_535) as u16 + 1),
        topic: format!("/pk/dn/{token}"),
        payload: payload.to_vec(),
    }
}

/// Changes that keep these messages.
pub(crate) fn keep(messages: &[KeptMessage]) -> Changes {
    Changes {
        keep: messages.to_vec(),
        last_token: messages.last().map(|message| message.token),
        ..Changes::default()
    }
}
