//! A runner as it is seen from outside: its memory and its processor time while all devices are there.

use std::fs;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use tern_bench_host::process::Process;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How long it may take to connect and to end, beyond what it was told.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a runner took and reached.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) devices: usize,
    /// The most resident memory while they published, in bytes.
    pub(crate) memory: u64,
    /// Share of a core while they published, in per cent.
    pub(crate) cpu: f64,
    pub(crate) reached: Reached,
}

/// What a runner says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reached {
    pub(crate) lost: u64,
    /// Messages a second.
    pub(crate) per_second: f64,
    /// In milliseconds; none where it does not tell.
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
    pub(crate) p999: Option<f64>,
}

/// Waits for the runner's end; looks at it once `devices` connections are open, for as long as they publish.
///
/// # Panics
/// It fails, or takes a minute longer than it should.
pub(crate) fn observe(
    mut child: Child,
    devices: usize,
    connecting: Duration,
    publishing: Duration,
) -> Observed {
    let process = Process::new(child.id());
    let start = Instant::now();
    let mut observed = Observed {
        devices,
        ..Observed::default()
    };
    let mut ended = None;
    let fail = |status: ExitStatus| assert!(status.success(), "a runner failed: {status}");
    while ended.is_none() && connections(child.id()) < devices {
        assert!(
            start.elapsed() < connecting + PATIENCE,
            "a runner has {} of {devices} connections after {} s",
            connections(child.id()),
            start.elapsed().as_secs()
        );
        thread::sleep(LOOK);
        ended = child.try_wait().expect("a child");
    }
    // The last two devices' first moments, and the end, are left out.
    thread::sleep(publishing / 10);
    let (from, cpu) = (Instant::now(), process.cpu());
    while ended.is_none() && from.elapsed() < publishing * 7 / 10 {
        observed.memory = observed.memory.max(process.memory());
        thread::sleep(LOOK);
        ended = child.try_wait().expect("a child");
    }
    assert!(ended.is_none(), "a runner ended before its time: {ended:?}");
    observed.cpu = 100.0 * (process.cpu() - cpu).as_secs_f64() / from.elapsed().as_secs_f64();
    fail(child.wait().expect("a child"));
    observed
}

/// Open sockets, which may be a few more than the devices'.
fn connections(process: u32) -> usize {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return 0;
    };
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}
