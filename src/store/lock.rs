//! One run at a time. The row names its holder; a holder that died leaves it to the next run.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use rustix::system::uname;
use sqlx::Row;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::seal::Tx;
use super::{Engine, StateFault, StateFaultKind, Store, instant_text, parsed};

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
    /// Ends with the heart.
    beating: watch::Receiver<()>,
    /// The dead holder it was taken from.
    pub recovered_from: Option<String>,
}

const BEAT: Duration = Duration::from_secs(10);
/// Without a heartbeat for so long, a holder on another host counts as dead.
pub(super) const SILENCE: Duration = Duration::from_secs(60);

impl Store {
    /// Who holds the lock and lives; it is left as it is.
    pub async fn holder(&self) -> Result<Option<String>> {
        let mut tx = self.begin().await.context("state: lock")?;
        let at = self.engine.clock(&mut tx).await.context("state: lock")?;
        let standing = standing(&mut tx, &host_identity(), at).await?;
        tx.rollback().await?;
        let alive = standing.filter(|standing| !standing.is_dead);
        Ok(alive.map(|standing| standing.held.owner))
    }

    /// Takes the lock, or says who holds it.
    pub async fn lock(&self, run_id: &str, now: DateTime<Utc>) -> Result<Result<Lock, Held>> {
        let host = host_identity();
        let pid = std::process::id();
        let owner = format!("run {run_id} (process {pid} on {})", host_name());
        let mut tx = self.begin().await.context("state: lock")?;
        // Hosts that share a state may disagree about the time: silence is measured by one clock.
        let beat_at = self.engine.clock(&mut tx).await.context("state: lock")?;
        let recovered_from = match standing(&mut tx, &host, beat_at).await? {
            Some(standing) if !standing.is_dead => return Ok(Err(standing.held)),
            standing => standing.map(|standing| standing.held.owner),
        };
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
        let (pulse, beating) = watch::channel(());
        let heart = tokio::spawn(beat(self.clone(), owner.clone(), pulse));
        Ok(Ok(Lock {
            store: self.clone(),
            owner,
            heart,
            beating,
            recovered_from,
        }))
    }
}

/// What the row says, and whether its holder is gone.
struct Standing {
    held: Held,
    is_dead: bool,
}

async fn standing(tx: &mut Tx, host: &str, now: DateTime<Utc>) -> Result<Option<Standing>> {
    let row =
        sqlx::query("SELECT owner, host, pid, taken_at, heartbeat FROM locks WHERE name = 'run'")
            .fetch_optional(&mut **tx)
            .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let holder_host: String = row.try_get("host")?;
    let pid: i64 = row.try_get("pid")?;
    let heartbeat: DateTime<Utc> = parsed(&row, "heartbeat")?;
    let is_silent = (now - heartbeat).num_seconds().unsigned_abs() > SILENCE.as_secs();
    let is_dead = if holder_host == host {
        // A process id is given out again, after a restart at the latest: one of another program, or
        // that has been silent for long, may not be the holder.
        pid == i64::from(std::process::id())
            || !is_running(pid)
            || (is_silent && program(&pid.to_string()) != program("self"))
    } else {
        is_silent
    };
    Ok(Some(Standing {
        held: Held {
            owner: row.try_get("owner")?,
            since: parsed(&row, "taken_at")?,
        },
        is_dead,
    }))
}

impl Lock {
    /// Fails where another run took the lock over in the meantime.
    pub(super) async fn prove(&self, tx: &mut Tx) -> Result<()> {
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

    /// Does what the lock is held for. A server that died without a word would be waited for
    /// forever; once another run may have taken the lock over, nothing of this one can be stored.
    pub async fn held<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut beating = self.beating.clone();
        tokio::select! {
            done = work => done,
            // Nothing is ever sent: it changes when the heart stops.
            _ = beating.changed() => Err(StateFault {
                kind: StateFaultKind::Unreachable,
                place: "on its server".to_owned(),
                reason: format!("has not answered for {} s", SILENCE.as_secs()),
                hint: "what is stored so far stays; run it again when the server answers".to_owned(),
            }
            .into()),
        }
    }

    pub async fn release(self) -> Result<()> {
        self.heart.abort();
        let deleted = sqlx::query("DELETE FROM locks WHERE name = 'run' AND owner = $1")
            .bind(&self.owner)
            .execute(&self.store.pool);
        // A file cannot die in silence: others may be writing to it, many on a busy machine.
        let patience = match self.store.engine {
            Engine::Sqlite => SILENCE,
            Engine::Postgres => BEAT,
        };
        let why = "state: the lock could not be released; it falls by itself";
        timeout(patience, deleted)
            .await
            .context(why)?
            .context(why)?;
        Ok(())
    }
}

/// A run that panicked holds nothing any more, and its heart must not beat on in a process that stays.
impl Drop for Lock {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

async fn beat(store: Store, owner: String, _pulse: watch::Sender<()>) {
    let mut last = Instant::now();
    // A file cannot die in silence; it may be written to for longer than this.
    while store.engine == Engine::Sqlite || last.elapsed() < SILENCE {
        tokio::time::sleep(BEAT).await;
        match timeout(BEAT, beat_once(&store, &owner)).await {
            Ok(Ok(())) => last = Instant::now(),
            Ok(Err(error)) => tracing::warn!(%error, "the lock's heartbeat could not be written"),
            // Behind a long transaction of the run itself.
            Err(_) if store.engine == Engine::Sqlite => tracing::debug!("the state is written to"),
            Err(_) => tracing::warn!("the lock's heartbeat is not answered"),
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

/// Where process ids mean the same as here: containers may have one host's name and even one kernel,
/// and a state that they share is a server's or a file of a volume.
fn host_identity() -> String {
    let name = host_name();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let pids = std::fs::read_link("/proc/self/ns/pid");
    match (boot, pids) {
        (Ok(boot), Ok(pids)) => format!("{name} {} {}", boot.trim(), pids.display()),
        // Unknown to itself, it is no other's neighbour: only silence is proof.
        _ => format!("{name} process {}", std::process::id()),
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
