//! Every word of the page, in each language, side by side: a missing one does not compile.

mod en;
mod zh;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English
    #[default]
    En,
    /// Simplified Chinese
    Zh,
}

impl Lang {
    /// The language for a browser's language tag, such as `zh-CN`.
    #[must_use]
    pub fn for_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The tag for the page's `lang` attribute and for storage.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// Its words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::Zh => &zh::WORDS,
        }
    }
}

/// The words of one language. The protocol's own names (CONNECT, productKey, QoS, …) stay as they are.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say where each stands")]
pub struct Words {
    pub tagline: &'static str,
    pub skip_to_content: &'static str,
    pub places: &'static str,
    pub other_language: &'static str,

    pub connect: &'static str,
    pub messages: &'static str,
    pub packets: &'static str,

    pub starting: &'static str,
    pub not_connected: &'static str,
    pub connecting: &'static str,
    pub connected: &'static str,
    pub reconnecting: &'static str,
    pub disconnecting: &'static str,
    pub disconnected: &'static str,
    pub refused: &'static str,
    pub worker_broken: &'static str,

    pub device: &'static str,
    pub device_hint: &'static str,
    pub sample_hint: &'static str,
    pub use_sample: &'static str,
    pub secret_hint: &'static str,
    pub show: &'static str,
    pub hide: &'static str,

    pub whereto: &'static str,
    pub in_page: &'static str,
    pub in_page_hint: &'static str,
    pub ws_hint: &'static str,
    pub wss_hint: &'static str,
    pub address: &'static str,
    pub by_host: &'static str,
    pub by_region: &'static str,
    pub host: &'static str,
    pub port: &'static str,
    pub region: &'static str,
    pub connects_to: &'static str,

    pub login_and_session: &'static str,
    pub client_id: &'static str,
    pub client_id_hint: &'static str,
    pub method: &'static str,
    pub timestamp: &'static str,
    pub timestamp_hint: &'static str,
    pub now: &'static str,
    pub keep_alive: &'static str,
    pub keep_alive_hint: &'static str,
    pub clean_session: &'static str,
    pub clean_session_hint: &'static str,

    pub do_connect: &'static str,
    pub do_disconnect: &'static str,
    pub fix_first: &'static str,

    pub signed_connect: &'static str,
    pub signed_connect_hint: &'static str,
    pub signing_waits: &'static str,
    pub step_parameters: &'static str,
    pub step_sorted: &'static str,
    pub step_content: &'static str,
    pub step_hmac: &'static str,
    pub step_client_id: &'static str,
    pub step_username: &'static str,
    pub step_password: &'static str,
    /// Why each step is so, where the core's own English does not do: `None` there.
    pub why: fn(&str) -> Option<&'static str>,

    pub connected_with: &'static str,
    pub session_new: &'static str,
    pub session_kept: &'static str,
    pub the_stand_in: &'static str,
    pub refused_with: &'static str,
    pub what_it_means: &'static str,
    pub stand_in_says: &'static str,
    pub next_attempt: &'static str,
    pub attempt: &'static str,
    pub ended_by_you: &'static str,
    pub to_messages: &'static str,
    pub to_packets: &'static str,

    pub subscribe: &'static str,
    pub unsubscribe: &'static str,
    pub filter: &'static str,
    pub subscriptions: &'static str,
    pub no_subscriptions: &'static str,
    pub asked: &'static str,
    pub granted: &'static str,
    pub sub_refused: &'static str,
    pub ending: &'static str,

    pub publish: &'static str,
    pub topic: &'static str,
    pub payload: &'static str,
    pub published: &'static str,
    pub waiting: &'static str,
    pub sent: &'static str,
    pub acknowledged: &'static str,
    pub failed: &'static str,
    pub connect_first: &'static str,

    pub received: &'static str,
    pub no_messages: &'static str,
    pub no_messages_hint: &'static str,
    pub choose_message: &'static str,
    pub message: &'static str,
    pub not_text: &'static str,
    pub gone: &'static str,
    pub close: &'static str,

    pub no_packets: &'static str,
    pub no_packets_hint: &'static str,
    pub time: &'static str,
    pub direction: &'static str,
    pub sent_up: &'static str,
    pub received_down: &'static str,
    pub kind: &'static str,
    pub details: &'static str,
    pub packet_id: &'static str,
    pub size: &'static str,
    pub held: &'static str,
    pub evicted: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub clear: &'static str,
    pub newest: &'static str,
    pub malformed: &'static str,
    pub at_byte: &'static str,
}
