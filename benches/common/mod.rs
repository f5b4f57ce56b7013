//! What every benchmark does: run a process, read from the kernel what it cost, say so.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;

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

/// One channel over a folder and a ledger in SQLite, from a date on, with settings of its own.
pub fn config(start: NaiveDate, settings: &str) -> String {
    format!(
        r#"
state = "sqlite:run/state.db"
archive = "run/archive"
reports = "run/reports"
[ledger]
url = "sqlite:ledger.db"
[[channel]]
name = "biller"
profile = "tokopedia-biller"
start = "{start}"
{settings}
ledger_query = """
SELECT ref_id, partner_ref_id AS reference, product, amount, admin_fee, status,
       created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""
[[channel.source]]
folder = "inbox"
pattern = "*.csv"
"#
    )
}
