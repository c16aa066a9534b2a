//! The component: what its own type says, and that the sandbox changes nothing but where the core runs.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod layout;
mod own_type;
mod same_outcomes;
mod same_transcripts;
mod step_sizes;
