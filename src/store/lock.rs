//! One run at a time. The row names its holder; a holder that died leaves it to the next run.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use rustix::system::uname;
use sqlx::{Any, Row, Transaction};
use tokio::task::JoinHandle;

use super::{Engine, Store, instant_text, parsed};

/// Who holds the lock: another run that is alive.
#[derive(Debug, thiserror::Error)]
#[error(
    "another run is at work: {owner}, since {since}\n  hint: try again when it is done (`rekon run --wait 10m` waits for it); if that process is gone, its lock falls by itself within a minute"
)]
pub struct Held {
    pub owner: String,
    pub since: DateTime<Utc>,
}

/// Held until released; its heartbeat tells others that the holder lives.
pub struct Lock {
    store: Store,
    owner: String,
    heart: JoinHandle<()>,
    /// The dead holder it was taken from.
    pub recovered_from: Option<String>,
}

const BEAT: Duration = Duration::from_secs(10);
/// Without a heartbeat for so long, a holder on another host counts as dead.
const SILENCE: chrono::Duration = chrono::Duration::seconds(60);

impl Store {
    /// Takes the lock, or says who holds it.
    pub async fn lock(&self, run_id: &str, now: DateTime<Utc>) -> Result<Result<Lock, Held>> {
        let host = self.engine.host_identity();
        let pid = std::process::id();
        let owner = format!("run {run_id} (process {pid} on {})", host_name());
        let mut tx = self.begin().await.context("state: lock")?;
        // Hosts that share a state may disagree about the time: silence is measured by one clock.
        let beat_at = self.engine.clock(&mut tx).await.context("state: lock")?;
        let row = sqlx::query(
            "SELECT owner, host, pid, taken_at, heartbeat FROM locks WHERE name = 'run'",
        )
        .fetch_optional(&mut *tx)
        .await?;
        let mut recovered_from = None;
        if let Some(row) = row {
            let holder: String = row.try_get("owner")?;
            let holder_host: String = row.try_get("host")?;
            let holder_pid: i64 = row.try_get("pid")?;
            let heartbeat: DateTime<Utc> = parsed(&row, "heartbeat")?;
            let silent = (beat_at - heartbeat).abs() > SILENCE;
            let dead = if holder_host == host {
                // A process id is given out again, after a restart at the latest: one of another
                // program, or that has been silent for long, may not be the holder.
                holder_pid == i64::from(pid)
                    || !is_running(holder_pid)
                    || (silent && program(&holder_pid.to_string()) != program("self"))
            } else {
                silent
            };
            if !dead {
                return Ok(Err(Held {
                    owner: holder,
                    since: parsed(&row, "taken_at")?,
                }));
            }
            recovered_from = Some(holder);
        }
        sqlx::query(
            "INSERT INTO locks (name, owner, host, pid, taken_at, heartbeat) \
             VALUES ('run', $1, $2, $3, $4, $5) \
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, host = excluded.host, \
             pid = excluded.pid, taken_at = excluded.taken_at, heartbeat = excluded.heartbeat",
        )
        .bind(&owner)
        .bind(&host)
        .bind(i64::from(pid))
        .bind(instant_text(now))
        .bind(instant_text(beat_at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let heart = tokio::spawn(beat(self.clone(), owner.clone()));
        Ok(Ok(Lock {
            store: self.clone(),
            owner,
            heart,
            recovered_from,
        }))
    }
}

impl Lock {
    /// Fails where another run took the lock over in the meantime.
    pub(super) async fn prove(&self, tx: &mut Transaction<'_, Any>) -> Result<()> {
        let row = sqlx::query("SELECT owner FROM locks WHERE name = 'run'")
            .fetch_optional(&mut **tx)
            .await?;
        let holder: Option<String> = row.map(|row| row.try_get("owner")).transpose()?;
        if holder.as_ref() == Some(&self.owner) {
            return Ok(());
        }
        let holder = holder.unwrap_or_else(|| "nobody".to_owned());
        bail!(
            "state: {} lost its lock, now held by {holder}: nothing of this run was stored; \
             run it again",
            self.owner
        )
    }

    pub async fn release(self) -> Result<()> {
        self.heart.abort();
        sqlx::query("DELETE FROM locks WHERE name = 'run' AND owner = $1")
            .bind(&self.owner)
            .execute(&self.store.pool)
            .await
            .context("state: the lock could not be released; it falls by itself")?;
        Ok(())
    }
}

async fn beat(store: Store, owner: String) {
    loop {
        tokio::time::sleep(BEAT).await;
        if let Err(error) = beat_once(&store, &owner).await {
            tracing::warn!(%error, "the lock's heartbeat could not be written");
        }
    }
}

async fn beat_once(store: &Store, owner: &str) -> Result<()> {
    let mut connection = store.pool.acquire().await?;
    let now = store.engine.clock(&mut connection).await?;
    sqlx::query("UPDATE locks SET heartbeat = $1 WHERE name = 'run' AND owner = $2")
        .bind(instant_text(now))
        .bind(owner)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

impl Engine {
    /// Where process ids mean the same as here. A SQLite file is on one host; a server is shared,
    /// and two containers may have one name and even one kernel.
    fn host_identity(self) -> String {
        let name = host_name();
        match self {
            Engine::Sqlite => name,
            Engine::Postgres => {
                let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
                let pids = std::fs::read_link("/proc/self/ns/pid");
                match (boot, pids) {
                    (Ok(boot), Ok(pids)) => {
                        format!("{name} {} {}", boot.trim(), pids.display())
                    }
                    // Unknown to itself, it is no other's neighbour: only silence is proof.
                    _ => format!("{name} process {}", std::process::id()),
                }
            }
        }
    }
}

fn host_name() -> String {
    uname().nodename().to_string_lossy().into_owned()
}

/// The name of a process's program, where the system tells.
fn program(pid: &str) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()
}

/// Asked by a signal that is none: /proc may hide the processes of others.
fn is_running(pid: i64) -> bool {
    let pid = i32::try_from(pid).map(Pid::from_raw);
    match pid {
        Ok(Some(pid)) => !matches!(test_kill_process(pid), Err(Errno::SRCH)),
        _ => false,
    }
}
