//! The console: a page for people who debug a device's connection.
#![forbid(unsafe_code)]
