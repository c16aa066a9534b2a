//! `tern run`: a device that stays online, publishes what stdin says and prints what comes.

use std::path::PathBuf;

use tern_component::batch::ReportEvent;
use tern_core::device::Reconnect;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;

use super::args::{Options, Recording};
use super::lines::Line;
use super::login::{Defaults, Sources};
use super::online::{Online, Print};
use super::outgoing::{Outgoing, Request};
use super::printer::Printer;
use crate::exit::{Exit, Failure};
use crate::run_loop::Notice;

/// The options of `tern run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
    /// What is kept of it.
    #[command(flatten)]
    pub recording: Recording,
    /// The topics to subscribe to, with + and # as wildcards
    #[arg(short, long = "topic", value_name = "FILTER", num_args = 1..)]
    pub topics: Vec<TopicFilter>,
    /// Keep unacknowledged messages and the session in this directory, over a crash
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Stays online until a signal comes. It ends as bad data where a line of stdin was not taken.
///
/// # Errors
/// The options are wrong, before anything is sent; or the system or the sandbox fails.
pub fn run(args: &RunArgs, sources: &Sources<'_>, printer: Printer) -> Result<Exit, Failure> {
    let defaults = Defaults {
        clean_session: false,
        reconnect: Reconnect::DEFAULT,
    };
    let store = args.store.as_deref();
    let (mut online, kept) =
        Online::start_keeping(sources, &args.recording, defaults, printer, store)?;
    let mut lines = online.lines()?;
    let mut outgoing = match store {
        Some(_) => Outgoing::kept(&kept),
        None => Outgoing::default(),
    };
    let mut connected = false;
    let mut asked = false;
    while !online.is_over() {
        let mut notes = Vec::new();
        if online.is_stopping() {
            outgoing.expect_no_more();
        }
        online.turn(None, &mut |notice| {
            connected |= matches!(notice, Notice::Event(ReportEvent::Connected { .. }));
            notes.extend(outgoing.hear(notice));
            match notice {
                // Told below, with its line.
                Notice::NotAccepted { .. } => Print::No,
                _ => Print::Yes,
            }
        })?;
        for note in notes {
            online.note(&note);
        }
        if connected && !asked && !online.is_stopping() {
            // The device renews them by itself from then on.
            asked = true;
            let dropped = kept.subscriptions.iter().map(|(filter, _)| filter);
            for filter in dropped.filter(|filter| !args.topics.contains(filter)) {
                outgoing.asked(Request::Subscription);
                online.unsubscribe(filter.as_str());
            }
            for filter in &args.topics {
                outgoing.asked(Request::Subscription);
                online.subscribe(filter.as_str(), QoS::AtLeastOnce);
            }
        }
        // What is kept may wait for the first connection, too.
        let begun = connected || store.is_some();
        while begun && !online.is_stopping() && online.has_room() && outgoing.has_room() {
            let (number, bytes) = match lines.next() {
                Some(Line::Text { number, bytes }) => (number, bytes),
                Some(Line::TooLong { number, limit }) => {
                    online.note(&format!(
                        "line {number}: it has more than {limit} bytes, and was not published"
                    ));
                    outgoing.reject();
                    continue;
                }
                Some(Line::Failed(error)) => {
                    online.note(&format!("stdin can't be read any more: {error}"));
                    outgoing.reject();
                    continue;
                }
                // The end of stdin does not end a device.
                Some(Line::End) | None => break,
            };
            match message(bytes) {
                Ok((topic, payload)) => {
                    let bytes = payload.len();
                    let line = Some(number);
                    outgoing.asked(Request::Message { line, bytes });
                    online.publish(topic.as_str(), payload, QoS::AtLeastOnce);
                }
                Err(words) => {
                    online.note(&format!("line {number}: {words}"));
                    outgoing.reject();
                }
            }
        }
    }
    online.note_what_stays();
    let exit = online.exit(outgoing.failed() > 0 || !outgoing.is_idle())?;
    Ok(outgoing.exit(exit))
}

/// Reads `TOPIC<TAB>PAYLOAD`.
fn message(line: &[u8]) -> Result<(TopicName, &[u8]), String> {
    let Some(tab) = line.iter().position(|byte| *byte == b'\t') else {
        return Err("it has no tab: write TOPIC, a tab, and the payload".to_owned());
    };
    // `tab` is the place of a byte of the line.
    let (topic, payload) = (&line[..tab], &line[tab + 1..]);
    let topic = std::str::from_utf8(topic).map_err(|_| "its topic is no UTF-8 text".to_owned())?;
    let topic = TopicName::new(topic).map_err(|error| error.to_string())?;
    Ok((topic, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_topic_a_tab_and_a_payload() {
        let (topic, payload) = message(b"/a/b\tx\ty").unwrap();
        assert_eq!((topic.as_str(), payload), ("/a/b", &b"x\ty"[..]));
        assert_eq!(message(b"/a/b\t").unwrap().1, b"");
        assert!(message(b"/a/b x").unwrap_err().contains("no tab"));
        assert!(message(b"/a/+\tx").unwrap_err().contains("'+'"));
        assert!(message(b"\tx").is_err());
        assert!(message(b"\xff\tx").unwrap_err().contains("UTF-8"));
    }
}
