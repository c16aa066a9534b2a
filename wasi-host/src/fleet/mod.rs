//! Many devices from one process: what `tern fleet` does, apart from its options.
//!
//! A [`Plan`](plan::Plan) says what each device publishes and when, by the options and a seed alone. The rest counts
//! what became of it, so that nothing is unaccounted for, and tells it: as samples, as a summary that adds up over
//! shards, and as a chart.
//!
//! What this module does *not* do: it knows no MQTT. The devices are the run loop's, and [`Run`](run::Run) is what asks
//! them to connect and to publish.

pub mod cause;
pub mod chart;
pub mod devices;
pub mod latencies;
pub mod merge;
pub mod pattern;
pub mod plan;
mod random;
pub mod run;
pub mod series;
pub mod shard;
pub mod statistics;
pub mod summary;
pub mod template;
pub mod words;
