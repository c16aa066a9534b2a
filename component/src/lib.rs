//! tern-component.
