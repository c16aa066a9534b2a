//! tern-platform.
