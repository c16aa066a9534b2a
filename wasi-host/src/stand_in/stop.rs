//! The end of a stand-in, as every task of it sees it.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

/// Held by every task: tells when the stand-in is asked to end, and keeps the end waiting while it is held.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<Held>);

#[derive(Debug)]
struct Held {
    asked: watch::Receiver<bool>,
    _until_dropped: mpsc::Sender<()>,
}

/// Asks for the end, and sees it.
#[derive(Debug)]
pub(super) struct Stopper {
    ask: watch::Sender<bool>,
    held: mpsc::Receiver<()>,
}

/// A pair; every task gets a clone of the [`Stop`].
pub(super) fn stop() -> (Stopper, Stop) {
    let (ask, asked) = watch::channel(false);
    let (_until_dropped, held) = mpsc::channel(1);
    let stop = Stop(Arc::new(Held {
        asked,
        _until_dropped,
    }));
    (Stopper { ask, held }, stop)
}

impl Stop {
    /// Returns once the end is asked for.
    pub(super) async fn asked(&self) {
        // An error says that the stopper is gone, which is an end too.
        let _ = self.0.asked.clone().wait_for(|asked| *asked).await;
    }

    /// Whether the end is asked for.
    pub(super) fn is_asked(&self) -> bool {
        *self.0.asked.borrow()
    }
}

impl Stopper {
    /// Asks every task to end.
    pub(super) fn ask(&self) {
        let _ = self.ask.send(true); // an error says that no task is left
    }

    /// Returns when no task holds a [`Stop`] any more.
    pub(super) async fn all_gone(mut self) {
        // Nothing is ever sent: `None` comes when the last sender is dropped.
        while self.held.recv().await.is_some() {}
    }
}
