//! The processor time that programs took.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// Waits for a child to end; answers how, and the time that it took of the processors, in its own code and in the
/// system's, with all of its threads and of the children that it has waited for itself.
///
/// While this waits, no other thread may wait for another child of this process: that one's time would be counted too.
///
/// # Errors
/// The system can't wait for it, or does not tell.
pub fn wait_with_cpu(child: &mut Child) -> io::Result<(ExitStatus, Duration)> {
    let before = children()?;
    let status = child.wait()?;
    Ok((status, children()?.saturating_sub(before)))
}

/// What all children together have taken that have ended and been waited for.
fn children() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros: i64 = [usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() * 1_000_000 + time.tv_usec())
        .iter()
        .sum();
    Ok(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_child_that_counts_takes_more_than_one_that_waits_for_nothing() {
        let cpu = |script: &str| {
            let mut child = Command::new("sh")
                .args(["-c", script])
                .spawn()
                .expect("a shell is everywhere");
            let (status, cpu) = wait_with_cpu(&mut child).expect("it ends");
            assert!(status.success());
            cpu
        };
        let idle = cpu("true");
        let busy = cpu("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
        assert!(busy > idle, "{busy:?} and {idle:?}");
    }
}
