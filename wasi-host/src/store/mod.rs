//! The store: QoS 1 messages and the session in a directory, so that they outlive the program.
//!
//! One file, a redb database, and a lock beside it. A [`commit`](Store::commit) is on the disk when it
//! returns: from then on a crash at any moment loses nothing of it. What can't be kept is an error that
//! says what to do, and leaves what was kept before as it was; the store may be tried again then.
//!
//! It knows nothing of connections. Its rules for a session's parts are the core's: see [`Session`].

mod error;
mod file;

use std::fs::File;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use tern_core::device::{KeptMessage, Login, Session, Token};
use tern_core::topic::TopicFilter;
use tern_core::wire::{PacketId, QoS};

pub use error::{StoreError, StoreFault};

/// The form of the tables below. Another number is another form.
const FORMAT: u64 = 1;

/// The numbers: [`FORMAT_KEY`] and [`LAST_TOKEN_KEY`].
const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");
const FORMAT_KEY: &str = "format";
const LAST_TOKEN_KEY: &str = "last token";

/// Whose messages they are: one row.
const DEVICE: TableDefinition<'_, &str, &str> = TableDefinition::new("device");
const DEVICE_KEY: &str = "device";

/// By token: packet identifier (0: none), topic name, payload.
const MESSAGES: TableDefinition<'_, u64, (u16, &str, &[u8])> = TableDefinition::new("messages");

/// By filter: the QoS that was asked for.
const SUBSCRIPTIONS: TableDefinition<'_, &str, u8> = TableDefinition::new("subscriptions");

/// Everything is read once, at the start: no more than a few pages are worth keeping in memory.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// A directory that keeps one device's session.
pub struct Store {
    folder: PathBuf,
    /// None after a commit has failed: redb does nothing more then until the file is opened again.
    database: Option<Database>,
    /// Held as long as this lives; the system lets go of it when the process ends, however that is.
    _lock: File,
}

/// What has changed since the last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Messages to be kept.
    pub keep: Vec<KeptMessage>,
    /// Messages that are done with.
    pub forget: Vec<Token>,
    /// Subscriptions that stand now.
    pub subscribed: Vec<(TopicFilter, QoS)>,
    /// Filters that nothing stands for any more.
    pub unsubscribed: Vec<TopicFilter>,
    /// The highest token that was given, if a higher one was.
    pub last_token: Option<Token>,
}

impl Changes {
    /// Whether there is nothing to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Opens the store in this directory, or makes one, and reads what it keeps. `device` says whose it
    /// is: see [`owner`].
    ///
    /// # Errors
    /// Another process has it, it is another device's, it is damaged or of another format, or the system
    /// refuses what is needed.
    pub fn open(folder: &Path, device: &str) -> Result<(Self, Session), StoreError> {
        let failed = |fault| StoreError::new(folder, fault);
        let lock = file::lock(folder).map_err(failed)?;
        let path = file::path(folder);
        if !path.try_exists().map_err(|error| failed(error.into()))? {
            file::make(folder, |path| create(path, device)).map_err(failed)?;
        }
        let database = open(&path).map_err(failed)?;
        let session = read(&database, device).map_err(failed)?;
        let store = Self {
            folder: folder.to_owned(),
            database: Some(database),
            _lock: lock,
        };
        Ok((store, session))
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes all the changes, or none of them. They are on the disk when this returns.
    ///
    /// # Errors
    /// The disk is full, or the system refuses to write. After such an error it is not certain that none
    /// of the changes is there; commit their opposite with the next ones.
    pub fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let written = self
            .reopened()
            .and_then(|database| write(database, changes));
        written.map_err(|fault| {
            self.database = None;
            StoreError::new(&self.folder, fault)
        })
    }

    fn reopened(&mut self) -> Result<&Database, StoreFault> {
        let database = match self.database.take() {
            Some(database) => database,
            None => open(&file::path(&self.folder))?,
        };
        Ok(self.database.insert(database))
    }
}

/// Whose a store is, by its login: messages are never sent as somebody else. A triple is the same device
/// wherever it connects; another broker's client is known there alone.
#[must_use]
pub fn owner(login: &Login) -> String {
    match login {
        Login::Direct { triple, .. } | Login::Https { triple, .. } => format!(
            "device {}.{}",
            triple.product_key.as_str(),
            triple.device_name.as_str()
        ),
        Login::Plain {
            client_id,
            username,
            endpoint,
            ..
        } => match username {
            Some(user) => format!("client {client_id} of user {user} at {}", endpoint.host),
            None => format!("client {client_id} at {}", endpoint.host),
        },
    }
}

/// Makes an empty store.
fn create(path: &Path, device: &str) -> Result<(), StoreFault> {
    let database = Database::builder()
        .set_cache_size(CACHE_BYTES)
        .create(path)?;
    let transaction = begin(&database)?;
    {
        transaction
            .open_table(NUMBERS)?
            .insert(FORMAT_KEY, FORMAT)?;
        transaction.open_table(DEVICE)?.insert(DEVICE_KEY, device)?;
        transaction.open_table(MESSAGES)?;
        transaction.open_table(SUBSCRIPTIONS)?;
    }
    transaction.commit()?;
    Ok(database.close()?)
}

/// Opens a store that is there. Each page is checked: what something else has written to it is damage, and
/// is not trusted.
fn open(path: &Path) -> Result<Database, StoreFault> {
    if path.metadata()?.len() == 0 {
        return Err(StoreFault::damaged("its file is empty"));
    }
    Ok(Database::builder()
        .set_cache_size(CACHE_BYTES)
        .set_check_integrity_on_open(true)
        .open(path)?)
}

fn read(database: &Database, device: &str) -> Result<Session, StoreFault> {
    let transaction = database.begin_read()?;
    let numbers = transaction.open_table(NUMBERS)?;
    let number = |key| -> Result<Option<u64>, StoreFault> {
        Ok(numbers.get(key)?.map(|number| number.value()))
    };
    match number(FORMAT_KEY)? {
        Some(FORMAT) => {}
        Some(format) => return Err(StoreFault::Format(format)),
        None => return Err(StoreFault::damaged("it has no format")),
    }
    let devices = transaction.open_table(DEVICE)?;
    let owner = devices.get(DEVICE_KEY)?;
    let owner = owner.ok_or_else(|| StoreFault::damaged("it names no device"))?;
    if owner.value() != device {
        return Err(StoreFault::OtherDevice {
            owner: owner.value().to_owned(),
            device: device.to_owned(),
        });
    }
    let mut session = Session {
        last_token: Token(number(LAST_TOKEN_KEY)?.unwrap_or(0)),
        ..Session::default()
    };
    for row in transaction.open_table(MESSAGES)?.iter()? {
        let (token, message) = row?;
        let (packet_id, topic, payload) = message.value();
        session.messages.push(KeptMessage {
            token: Token(token.value()),
            packet_id: PacketId::new(packet_id),
            topic: topic.to_owned(),
            payload: payload.to_owned(),
        });
    }
    for row in transaction.open_table(SUBSCRIPTIONS)?.iter()? {
        let (filter, qos) = row?;
        let filter = TopicFilter::new(filter.value());
        let filter = filter.map_err(|error| StoreFault::damaged(&error.to_string()))?;
        let qos = QoS::from_number(qos.value());
        let qos = qos.ok_or_else(|| StoreFault::damaged("a subscription's QoS is above 2"))?;
        session.subscriptions.push((filter, qos));
    }
    Ok(session)
}

/// A transaction that the disk has when its commit returns. In two phases: where the newest commit can't be
/// read, that is damage then, and not taken for a commit that a crash has cut off.
fn begin(database: &Database) -> Result<WriteTransaction, StoreFault> {
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    Ok(transaction)
}

fn write(database: &Database, changes: &Changes) -> Result<(), StoreFault> {
    let transaction = begin(database)?;
    {
        let mut messages = transaction.open_table(MESSAGES)?;
        for message in &changes.keep {
            let packet_id = message.packet_id.map_or(0, PacketId::get);
            let row = (packet_id, message.topic.as_str(), &message.payload[..]);
            messages.insert(message.token.0, row)?;
        }
        for token in &changes.forget {
            messages.remove(token.0)?;
        }
        let mut subscriptions = transaction.open_table(SUBSCRIPTIONS)?;
        for (filter, qos) in &changes.subscribed {
            subscriptions.insert(filter.as_str(), qos.number())?;
        }
        for filter in &changes.unsubscribed {
            subscriptions.remove(filter.as_str())?;
        }
        if let Some(last) = changes.last_token {
            let mut numbers = transaction.open_table(NUMBERS)?;
            numbers.insert(LAST_TOKEN_KEY, last.0)?;
        }
    }
    Ok(transaction.commit()?)
}
