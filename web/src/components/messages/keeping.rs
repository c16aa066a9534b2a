//! Drafts and history in the browser's local storage.
//!
//! A browser may forbid storage, or have none left. Then the page goes on with what it holds, and says so.

use std::rc::Rc;

use web_sys::Storage;

use crate::app::Console;
use crate::drafts::{DraftFault, Drafts, Publication};
use crate::state::messages::{Action, KeepFault};

const KEY: &str = "tern.publish";
/// Where a text goes that can't be read: nothing that was kept is overwritten.
const UNREADABLE_KEY: &str = "tern.publish.unreadable";

/// What was kept until now.
pub(crate) fn kept() -> Action {
    match stored() {
        Stored::Drafts(drafts) => Action::Keep(Rc::new(drafts), None),
        Stored::Unreadable { fault, .. } => {
            Action::Keep(Rc::default(), Some(KeepFault::Unreadable(fault)))
        }
        // It is said once there is something to keep.
        Stored::Nothing => Action::Keep(Rc::default(), None),
    }
}

/// Changes drafts or history, as far as they may be changed so.
pub(super) fn change(
    console: &Console,
    change: impl FnOnce(&mut Drafts) -> Result<(), DraftFault>,
) {
    let here = &console.state().messages;
    let (mut drafts, may_write) = match stored() {
        // Another tab of this page may have changed them meanwhile; unless a change went no further than
        // this page, these are the latest.
        Stored::Drafts(drafts) if here.keeping.is_none() => (drafts, true),
        Stored::Unreadable { is_aside, .. } => (Drafts::clone(&here.drafts), is_aside),
        Stored::Drafts(_) | Stored::Nothing => (Drafts::clone(&here.drafts), true),
    };
    let refused = change(&mut drafts).err().map(KeepFault::Draft);
    let kept = if may_write {
        write(&drafts)
    } else {
        Err(KeepFault::Full)
    };
    console.act(Action::Keep(Rc::new(drafts), refused.or(kept.err())));
}

/// Remembers what was published.
pub(super) fn remember(console: &Console, publication: Publication) {
    change(console, |drafts| drafts.remember(publication));
}

enum Stored {
    Drafts(Drafts),
    /// Nothing that could be read, or no storage.
    Nothing,
    Unreadable {
        fault: DraftFault,
        /// Whether it is safe under another key.
        is_aside: bool,
    },
}

fn stored() -> Stored {
    let Some(storage) = storage() else {
        return Stored::Nothing;
    };
    let Ok(Some(text)) = storage.get_item(KEY) else {
        return Stored::Nothing;
    };
    match Drafts::read(&text) {
        Ok(drafts) => Stored::Drafts(drafts),
        Err(fault) => Stored::Unreadable {
            fault,
            is_aside: storage.set_item(UNREADABLE_KEY, &text).is_ok(),
        },
    }
}

fn write(drafts: &Drafts) -> Result<(), KeepFault> {
    let storage = storage().ok_or(KeepFault::Forbidden)?;
    storage
        .set_item(KEY, &drafts.write())
        .map_err(|_| KeepFault::Full)
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
