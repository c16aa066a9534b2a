//! How many files and sockets this process may have open at once.
//!
//! A shell's usual limit of 1,024 is meant for programs that wait with `select`; a stand-in has a socket for
//! each connection, idle and hostile ones too.

/// Raises the limit to the highest that the system allows this process. Where it refuses, the limit stays
/// as it was: too few files are told of when a connection can't be taken.
#[cfg(unix)]
pub(super) fn raise() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // macOS says "no limit" and takes no more than this for it.
    const MOST: u64 = 1 << 20;
    let most = maximum.map_or(MOST, |maximum| maximum.min(MOST));
    if current.is_some_and(|current| current < most) {
        let raised = Rlimit {
            current: Some(most),
            maximum,
        };
        let _ = setrlimit(Resource::Nofile, raised);
    }
}

/// The limit; `None` where there is none.
#[cfg(unix)]
pub(super) fn limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// There is no such limit.
#[cfg(not(unix))]
pub(super) fn raise() {}

/// There is none.
#[cfg(not(unix))]
pub(super) fn limit() -> Option<u64> {
    None
}
