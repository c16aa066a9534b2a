//! The exchanges of many devices, on one thread.

use tern_core::auth::HttpRequest;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{Deadlines, HttpReply, HttpsError, HttpsFault, in_time, place, runtime};
use crate::transport::TlsSettings;

/// One thread for any number of exchanges side by side. It ends with this, and gives up those that are under way.
pub(crate) struct Exchanges(UnboundedSender<Ask>);

/// An exchange to begin.
struct Ask {
    request: HttpRequest,
    tls: TlsSettings,
    then: Box<dyn FnOnce(Result<HttpReply, HttpsError>) + Send>,
}

impl Exchanges {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gives none.
    pub(crate) fn start() -> Result<Self, HttpsFault> {
        let runtime = runtime()?;
        let (sender, mut receiver) = unbounded_channel::<Ask>();
        let thread = std::thread::Builder::new().name("https".to_owned());
        thread
            .spawn(move || {
                runtime.block_on(async {
                    while let Some(ask) = receiver.recv().await {
                        tokio::spawn(ask.answer());
                    }
                });
            })
            .map_err(HttpsFault::Thread)?;
        Ok(Self(sender))
    }

    /// Begins an exchange and returns at once. `then` is called with its end, on the other thread.
    pub(crate) fn begin(
        &self,
        request: HttpRequest,
        tls: &TlsSettings,
        then: impl FnOnce(Result<HttpReply, HttpsError>) + Send + 'static,
    ) {
        let ask = Ask {
            request,
            tls: tls.clone(),
            then: Box::new(then),
        };
        if let Err(refused) = self.0.send(ask) {
            refused.0.fail(HttpsFault::Panicked);
        }
    }
}

impl Ask {
    async fn answer(self) {
        let Self { request, tls, then } = self;
        let place = place(&request.url);
        let whole = async move { in_time(request, &tls, Deadlines::default()).await };
        // A task of its own, so that nobody waits for ever where it panics.
        let result = tokio::spawn(whole).await;
        let result = result.unwrap_or(Err(HttpsFault::Panicked));
        then(result.map_err(|fault| HttpsError { place, fault }));
    }

    fn fail(self, fault: HttpsFault) {
        let place = place(&self.request.url);
        (self.then)(Err(HttpsError { place, fault }));
    }
}
