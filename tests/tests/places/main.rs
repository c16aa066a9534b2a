//! What holds in every place of the console, whatever a place is for. The places are those that the page links to.
//! Run them by `cargo xtask test`. Pictures land in `target/screens/`.

mod everyone;
mod keyboard;
mod language;
mod offline;
mod parts;
mod policy;
mod tour;
mod width;
