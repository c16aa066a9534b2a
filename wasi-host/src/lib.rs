//! tern-host.
