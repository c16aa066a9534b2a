//! What the sandbox costs: the same core in wasmtime and without it, from the host's bytes to the host's event.
//! `cargo xtask bench sandbox` runs it; `--help` names its options.
//!
//! Nothing here passes or fails: it prints what it has measured. Times are processor time of the one thread that
//! works, so that what else runs on the machine counts as little as it can.
#![forbid(unsafe_code)]

mod batched;
mod browser;
mod counted;
mod lean;
mod module;
mod options;
mod shape;
mod table;
mod timed;

use batched::Batched;
use lean::Lean;
use options::{Options, Task};
use shape::{SHAPES, Shape};
use table::Row;
use tern_host::engine::Engine;

/// Where the core runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The component in wasmtime, by batches.
    Sandbox,
    /// Natively, by the same batches.
    Native,
    /// Natively, the device driven by its own calls, without a batch.
    Lean,
}

impl Place {
    pub(crate) const ALL: [Self; 3] = [Self::Native, Self::Sandbox, Self::Lean];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Native => "native",
            Self::Lean => "lean",
        }
    }

    /// Devices that are online there and wait for the shape's bytes.
    pub(crate) fn prepare(self, shape: &Shape) -> Box<dyn Core> {
        match self {
            Self::Sandbox => {
                let engine = Engine::sandboxed().expect("the component fits this machine");
                Box::new(Batched::new(engine, shape))
            }
            Self::Native => Box::new(Batched::new(Engine::native(), shape)),
            Self::Lean => Box::new(Lean::new(shape)),
        }
    }
}

/// Devices that work.
pub(crate) trait Core {
    /// One round of the shape, which is one wake-up (two of them where messages are published: the second brings
    /// the acknowledgements). Returns how many messages came or were acknowledged.
    fn round(&mut self) -> usize;
}

fn main() {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            std::process::exit(64);
        }
    };
    match options.task {
        Task::Once {
            shape,
            place,
            rounds,
        } => once(shape, place, rounds),
        Task::Table => table(&options),
    }
}

/// What is counted from outside: so many rounds, and nothing told.
fn once(shape: &Shape, place: Place, rounds: usize) {
    let mut core = place.prepare(shape);
    let messages: usize = (0..rounds).map(|_| core.round()).sum();
    assert_eq!(messages, rounds * shape.messages());
}

fn table(options: &Options) {
    let shapes: Vec<&Shape> = SHAPES
        .iter()
        .filter(|shape| shape.name.contains(&options.only))
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    for shape in shapes {
        eprintln!("   {}", shape.name);
        let times = timed::in_turn(shape, options);
        let counts = options.counts.then(|| counted::instructions(shape));
        rows.push(Row {
            shape,
            times,
            counts: counts.unwrap_or_default(),
        });
    }
    table::print(&rows);
    if options.browser {
        browser::print(options);
    }
}
