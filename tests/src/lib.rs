//! tern-tests.
