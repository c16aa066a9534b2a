//! What the program is told.

use crate::Place;
use crate::shape::{SHAPES, Shape};

const HELP: &str = "\
bench-sandbox [--rounds N] [--messages N] [--only WORDS] [--no-counts] [--no-browser]

  --rounds N      how often each place has its turn (7)
  --messages N    messages of each turn (200000)
  --only WORDS    the rows whose name has these words
  --no-counts     no instructions by callgrind
  --no-browser    without the browser's engine";

/// What is to be done.
pub(crate) enum Task {
    /// Measure, and print the table.
    Table,
    /// One run that another program watches.
    Once {
        shape: &'static Shape,
        place: Place,
        rounds: usize,
    },
}

/// The options, with their defaults.
pub(crate) struct Options {
    pub(crate) task: Task,
    pub(crate) turns: usize,
    pub(crate) messages: usize,
    pub(crate) only: String,
    pub(crate) counts: bool,
    pub(crate) browser: bool,
}

impl Options {
    pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            task: Task::Table,
            turns: 7,
            messages: 200_000,
            only: String::new(),
            counts: true,
            browser: true,
        };
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--rounds" => options.turns = number(&arg, args.next())?,
                "--messages" => options.messages = number(&arg, args.next())?,
                "--only" => options.only = args.next().ok_or(HELP)?,
                "--no-counts" => options.counts = false,
                "--no-browser" => options.browser = false,
                "--once" => {
                    let (shape, place) = (args.next(), args.next());
                    options.task = Task::Once {
                        shape: SHAPES
                            .iter()
                            .find(|known| Some(known.name) == shape.as_deref())
                            .ok_or(HELP)?,
                        place: Place::ALL
                            .into_iter()
                            .find(|known| Some(known.name()) == place.as_deref())
                            .ok_or(HELP)?,
                        rounds: number(&arg, args.next())?,
                    };
                }
                _ => return Err(HELP.to_owned()),
            }
        }
        Ok(options)
    }
}

fn number(option: &str, value: Option<String>) -> Result<usize, String> {
    value
        .and_then(|value| value.parse().ok())
        .filter(|&number| number > 0)
        .ok_or_else(|| format!("{option} wants a number from 1 on\n\n{HELP}"))
}
