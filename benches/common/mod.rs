//! What every benchmark does: run a process, read from the kernel what it cost, say so.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What a process cost.
pub struct Cost {
    pub wall: Duration,
    pub cpu: Duration,
    pub peak_kib: u64,
}

/// Runs a process and reads from the kernel what it cost; it ends with one of these codes.
pub fn measure(command: &mut Command, codes: &[i32]) -> Result<Cost> {
    let started = Instant::now();
    let child = command.spawn().with_context(|| format!("{command:?}"))?;
    let mut status = 0;
    // SAFETY: both out-pointers are valid for the call, and the child is ours and not yet reaped.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        ensure!(
            libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage) > 0,
            "wait4"
        );
        usage
    };
    let ended = std::process::ExitStatus::from_raw(status);
    let expected = ended.code().is_some_and(|code| codes.contains(&code));
    ensure!(expected, "{command:?}: {ended}");
    let time = |t: libc::timeval| {
        Duration::from_secs(t.tv_sec as u64) + Duration::from_micros(t.tv_usec as u64)
    };
    Ok(Cost {
        wall: started.elapsed(),
        cpu: time(usage.ru_utime) + time(usage.ru_stime),
        peak_kib: usage.ru_maxrss as u64,
    })
}
