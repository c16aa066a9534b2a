//! The table.

use tern_measure::median;

use crate::programs::Program;
use crate::{Options, PAYLOAD, Run};

/// What one program needed for one of the works, for what arrived.
pub(crate) struct Cells {
    /// Processor time per 1,000 messages, in ms.
    cpu: f64,
    /// Messages per second.
    rate: f64,
    /// Messages that arrived in the run that lost most.
    fewest: u64,
}

impl Cells {
    /// The medians of some runs.
    pub(crate) fn of(runs: &[Run]) -> Self {
        let of = |value: &dyn Fn(&Run) -> f64| median(runs.iter().map(value).collect());
        Self {
            cpu: of(&|run| run.cpu.as_secs_f64() * 1e6 / run.arrived as f64),
            rate: of(&|run| run.arrived as f64 / run.time.as_secs_f64()),
            fewest: runs.iter().map(|run| run.arrived).min().unwrap_or(0),
        }
    }
}

/// Prints what was measured.
pub(crate) fn print(programs: &[Program], rows: &[(String, Vec<Cells>)], options: &Options) {
    println!(
        "Processor time per 1,000 messages of {PAYLOAD} B in ms (messages per second in thousands): medians of {} runs \
         of {} messages, in turn",
        options.rounds, options.messages
    );
    print!("{:<18}", "");
    for program in programs {
        print!("{:>18}", program.name());
    }
    println!("{:>26}", "tern / the better peer");
    for (name, cells) in rows {
        print!("{name:<18}");
        for cells in cells {
            print!(
                "{:>18}",
                format!("{:.2} ({:.0})", cells.cpu, cells.rate / 1e3)
            );
        }
        let of = |wanted: Program| {
            let column = programs.iter().position(|program| *program == wanted);
            let cells = column.and_then(|column| cells.get(column));
            cells.map_or(f64::NAN, |cells| cells.cpu)
        };
        let better = of(Program::Mosquitto).min(of(Program::Rumqttc));
        println!("{:>26.2}", of(Program::Tern) / better);
    }
    for (name, cells) in rows {
        for (program, cells) in programs.iter().zip(cells) {
            if cells.fewest != options.messages {
                println!(
                    "{name}: of {}, only {} of {} arrived in one of the runs; the figures are for those that arrived",
                    program.name(),
                    cells.fewest,
                    options.messages
                );
            }
        }
    }
}
