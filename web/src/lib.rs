//! tern-web.
