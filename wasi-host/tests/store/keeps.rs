//! What is committed is read again, by its owner alone.

use redb::{Database, TableDefinition};
use tern_core::device::{Login, Session, Token};
use tern_core::identity::{ClientId, Endpoint, Triple};
use tern_core::sign::SignMethod;
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;
use tern_host::store::{Changes, Store, StoreFault, owner};

use crate::folder::{Folder, keep, message};

#[test]
fn a_new_store_is_empty_and_makes_its_directory() {
    let folder = Folder::new();
    let deep = folder.path().join("a/b");
    let (store, session) = Store::open(&deep, "device a.b").unwrap();
    assert_eq!(session, Session::default());
    assert_eq!(store.folder(), deep);
    drop(store);
    assert_eq!(Store::open(&deep, "device a.b").unwrap().1, session);
}

#[test]
fn what_is_committed_is_read_again_in_its_order() {
    let folder = Folder::new();
    let all = [
        message(1, b"one"),
        message(2, b""),
        message(300, &[0xFF; 70_000]),
    ];
    let filter = |text| TopicFilter::new(text).unwrap();
    let (mut store, _) = folder.open().unwrap();
    // Whatever the order of the commits.
    store.commit(&keep(&all[1..])).unwrap();
    store.commit(&keep(&all[..1])).unwrap();
    store
        .commit(&Changes {
            subscribed: vec![
                (filter("/a/#"), QoS::AtLeastOnce),
                (filter("/b"), QoS::AtMostOnce),
            ],
            last_token: Some(Token(u64::MAX)),
            ..Changes::default()
        })
        .unwrap();
    drop(store);
    let (mut store, session) = folder.open().unwrap();
    assert_eq!(session.messages, all);
    assert_eq!(session.last_token, Token(u64::MAX));
    assert_eq!(session.subscriptions.len(), 2);
    store
        .commit(&Changes {
            forget: vec![Token(1), Token(300), Token(77)],
            unsubscribed: vec![filter("/a/#"), filter("/c")],
            ..Changes::default()
        })
        .unwrap();
    drop(store);
    let session = folder.session();
    assert_eq!(session.messages, all[1..2]);
    assert_eq!(
        session.subscriptions,
        [(filter("/b"), QoS::AtMostOnce)],
        "its QoS too"
    );
    assert_eq!(session.last_token, Token(u64::MAX));
}

#[test]
fn a_store_has_one_process_at_a_time() {
    let folder = Folder::new();
    let (store, _) = folder.open().unwrap();
    let error = folder.open().err().unwrap();
    assert!(matches!(error.fault, StoreFault::InUse), "{error:?}");
    let words = error.to_string();
    assert!(
        words.contains("in use by another process: end that one"),
        "{words}"
    );
    drop(store);
    assert!(folder.open().is_ok());
}

#[test]
fn another_devices_store_is_refused_by_both_names_and_unchanged() {
    let folder = Folder::new();
    let (mut store, _) = folder.open().unwrap();
    store.commit(&keep(&[message(1, b"mine")])).unwrap();
    drop(store);
    let error = Store::open(folder.path(), "device pk.other").err().unwrap();
    let words = error.to_string();
    assert!(
        words.contains("belongs to device pk.dn, and this is device pk.other"),
        "{words}"
    );
    assert_eq!(folder.session().messages, [message(1, b"mine")]);
}

#[test]
fn a_store_of_a_later_format_is_refused_by_its_number() {
    let folder = Folder::new();
    folder.session();
    let database = Database::open(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    let numbers: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");
    let mut table = transaction.open_table(numbers).unwrap();
    table.insert("format", 2).unwrap();
    drop(table);
    transaction.commit().unwrap();
    drop(database);
    let error = folder.open().err().unwrap();
    assert!(matches!(error.fault, StoreFault::Format(2)), "{error:?}");
    let words = error.to_string();
    assert!(
        words.contains("has format 2, and this program knows 1"),
        "{words}"
    );
}

#[test]
fn a_store_that_was_not_finished_is_begun_anew() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("outbox.redb.new"), b"half of it").unwrap();
    assert_eq!(folder.session(), Session::default());
    assert!(!folder.path().join("outbox.redb.new").exists());
}

#[test]
fn a_device_owns_its_store_wherever_it_connects_and_a_client_where_it_is_known() {
    let device = |name: &str, url: &str| {
        owner(&Login::Direct {
            triple: Triple::new("pk", name, "hunter2").unwrap(),
            client_id: ClientId::new("c").unwrap(),
            method: SignMethod::HmacSha1,
            timestamp: None,
            endpoint: Endpoint::from_url(url).unwrap(),
        })
    };
    assert_eq!(device("dn", "mqtt://a"), device("dn", "mqtts://b"));
    assert_ne!(device("dn", "mqtt://a"), device("other", "mqtt://a"));
    assert!(!device("dn", "mqtt://a").contains("hunter2"));
    let client = |user: Option<&str>, url: &str| {
        owner(&Login::Plain {
            client_id: "c".into(),
            username: user.map(str::to_owned),
            password: None,
            endpoint: Endpoint::from_url(url).unwrap(),
        })
    };
    assert_eq!(client(None, "mqtt://a"), client(None, "wss://a"));
    assert_ne!(client(None, "mqtt://a"), client(None, "mqtt://b"));
    assert_ne!(client(None, "mqtt://a"), client(Some("u"), "mqtt://a"));
}
