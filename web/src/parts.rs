//! The parts of the console that are loaded when they are first wanted.
//!
//! What a first visit needs is Connect and the device behind it. Every other place is in a wasm file of its own, which
//! `cargo xtask build` splits off (feature `split`), and which the page fetches when somebody goes there. Built without that
//! feature, as `trunk serve` does, everything is in one file, and a part is there at once.

use yew::Html;

use crate::app::Console;
use crate::components::{check, cloud, messages, timeline};
use crate::worker::awaited::Cloud;
use crate::worker::in_page::InPage;

/// What draws a place.
pub(crate) type View = fn(&Console) -> Html;

/// The places beyond Connect.
#[derive(Clone, Copy)]
pub(crate) struct Views {
    /// Check.
    pub(crate) check: View,
    /// Timeline.
    pub(crate) timeline: View,
    /// Messages.
    pub(crate) messages: View,
    /// Cloud.
    pub(crate) cloud: View,
}

/// A part could not be loaded: the network or the server that the page came from is gone. The browser's own console
/// says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// A function that answers once its part is there.
macro_rules! part {
    ($(#[$doc:meta])* fn $part:ident($($argument:ident: $type:ty)?) -> $kind:ty $body:block) => {
        $(#[$doc])*
        #[cfg(feature = "split")]
        #[wasm_split_helpers::wasm_split($part, fallible)]
        pub(crate) fn $part($($argument: $type)?) -> Result<$kind, Missing> {
            Ok($body)
        }

        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        #[allow(clippy::unused_async, reason = "as a part it would be waited for")]
        pub(crate) async fn $part($($argument: $type)?) -> Result<$kind, Missing> {
            Ok($body)
        }
    };
}

part! {
    /// What draws the places beyond Connect.
    fn places() -> Views {
        Views {
            check: check::view,
            timeline: timeline::view,
            messages: messages::view,
            cloud: cloud::view,
        }
    }
}

part! {
    /// The stand-in inside the page. `seed` decides everything random in it.
    fn stand_in(seed: u64) -> Box<dyn Cloud> {
        Box::new(InPage::new(seed))
    }
}
