//! `tern pub`: publishes one message, or each line of stdin, and ends when all are acknowledged.

use std::io::Read;
use std::path::{Path, PathBuf};

use tern_component::batch::ReportEvent;
use tern_core::device::Reconnect;
use tern_core::topic::TopicName;
use tern_core::wire::QoS;

use super::args::{Options, Recording};
use super::lines::{Line, Lines};
use super::login::{Defaults, Sources};
use super::online::{Online, Print};
use super::outgoing::{Outgoing, Request};
use super::printer::Printer;
use super::qos;
use crate::exit::{Exit, Failure};
use crate::run_loop::Notice;

/// The largest file that is read for a message, in bytes: more than any message can have.
const MAX_FILE: u64 = 8 * 1024 * 1024;

/// The options of `tern pub`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["message", "file", "lines"])))]
pub struct PublishArgs {
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub options: Options,
    /// What is kept of it.
    #[command(flatten)]
    pub recording: Recording,
    /// The topic to publish to
    #[arg(short, long, value_name = "TOPIC")]
    pub topic: TopicName,
    /// The message
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// The message is this file's content
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Each line of stdin is a message
    #[arg(short = 'l', long)]
    pub lines: bool,
    /// 0 or 1
    #[arg(short, long, value_name = "QOS", default_value = "0", value_parser = qos)]
    pub qos: QoS,
}

/// Publishes.
///
/// # Errors
/// The options or the file are wrong, before anything is sent; or the system or the sandbox fails.
pub fn run(args: &PublishArgs, sources: &Sources<'_>, printer: Printer) -> Result<Exit, Failure> {
    let message = match (&args.message, &args.file) {
        (Some(text), _) => Some(text.as_bytes().to_vec()),
        (None, Some(path)) => Some(read_file(path)?),
        (None, None) => None,
    };
    let defaults = Defaults {
        clean_session: true,
        reconnect: Reconnect::Never,
    };
    let printer = printer.without_each_publish();
    let mut online = Online::start(sources, &args.recording, defaults, printer)?;
    let mut input = match message {
        Some(message) => Input::Message(message, false),
        None => Input::Lines(online.lines()?),
    };
    let mut outgoing = Outgoing::default();
    let mut connected = false;
    let mut ended_input = false;
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
        while connected
            && !ended_input
            && !online.is_stopping()
            && online.has_room()
            && outgoing.has_room()
        {
            match input.next() {
                Next::Message { line, payload } => {
                    let bytes = payload.len();
                    outgoing.asked(Request::Message { line, bytes });
                    online.publish(args.topic.as_str(), payload, args.qos);
                }
                Next::Bad(words) => {
                    online.note(&words);
                    outgoing.reject();
                }
                Next::NotYet => break,
                Next::End => ended_input = true,
            }
        }
        if ended_input && outgoing.is_answered() {
            // Waits for what is under way, then says goodbye.
            online.stop();
        }
    }
    if args.lines && !sources.options().connection.json && connected {
        online.note(&format!("published {} messages", outgoing.published()));
    }
    let exit = online.exit(outgoing.failed() > 0 || !outgoing.is_idle())?;
    Ok(outgoing.exit(exit))
}

enum Input {
    /// One message, and whether it was taken.
    Message(Vec<u8>, bool),
    Lines(Lines),
}

enum Next<'a> {
    Message {
        line: Option<u64>,
        payload: &'a [u8],
    },
    Bad(String),
    NotYet,
    End,
}

impl Input {
    fn next(&mut self) -> Next<'_> {
        match self {
            Self::Message(_, true) => Next::End,
            Self::Message(payload, taken) => {
                *taken = true;
                Next::Message {
                    line: None,
                    payload,
                }
            }
            Self::Lines(lines) => match lines.next() {
                Some(Line::Text { number, bytes }) => Next::Message {
                    line: Some(number),
                    payload: bytes,
                },
                Some(Line::TooLong { number, limit }) => Next::Bad(format!(
                    "line {number}: it has more than {limit} bytes, and was not published"
                )),
                // What follows can't be read, so the end comes next.
                Some(Line::Failed(error)) => {
                    Next::Bad(format!("stdin can't be read any more: {error}"))
                }
                Some(Line::End) => Next::End,
                None => Next::NotYet,
            },
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut content))
        .map_err(|error| {
            Failure::data(format!(
                "{}: it can't be read ({error}); check the path given with -f",
                path.display()
            ))
        })?;
    if content.len() as u64 > MAX_FILE {
        return Err(Failure::data(format!(
            "{}: it has more than {MAX_FILE} bytes, which no message can have",
            path.display()
        )));
    }
    Ok(content)
}
