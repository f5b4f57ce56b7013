//! `rekon schedule`: what is due when, and the process that stays for it.
//!
//! The loop looks at the wall clock and the records, does one thing at a time, and looks again. That
//! it was started again, slept, or saw the clock jump is therefore no case of its own.

mod look;
mod notify;
mod plan;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio_cron_scheduler::{Job, JobScheduler};

pub use look::Reason;
pub use plan::{Decision, Timetable};

use crate::config::{Config, Schedule};
use crate::metrics::listen::{self, Health, Shown};
use crate::run::{self, Stop};
use crate::store::{Ended, PlannedRow, Store};
use look::{Mails, look};
use notify::{Notify, watchdog};

/// What the loop asks to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A plain run: collect, reconcile, publish, deliver.
    Run,
    Collect,
    Deliver,
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It came to an end, good or bad.
    Ended(Ended),
    /// Another process is at work.
    Held,
}

/// Begin of each minute, by the clock of the host.
const EVERY_MINUTE: &str = "0 * * * * *";
/// A ticker that the clock was set back under may be silent for days.
const WITHOUT_A_TICK: Duration = Duration::from_secs(65);
/// A run that is asked to stop has so long to be stored: less than the 90 s of systemd.
const BOUND: Duration = Duration::from_secs(80);
/// Figures are computed anew after each act, and so often besides.
const FIGURES: Duration = Duration::from_secs(300);
/// Another process that holds the lock for longer is a failure like any other.
const HELD_FOR_LONG: chrono::Duration = chrono::Duration::hours(1);
/// Beyond these the loop counts as stuck, and the watchdog of systemd is not fed any more.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
const LONGEST_ACT: Duration = Duration::from_secs(12 * 3600);
/// Exit codes of runs that did what they were asked: a missing or refused file is in their report.
const WORKED: [u8; 4] = [0, 1, 65, 66];
/// Acts one after the other before the loop waits for the next minute, whatever they leave to do.
const ACTS_AT_ONCE: usize = 6;

/// Stays until it is asked to end. `act` does the work; a failure of it is told by itself.
pub async fn reside(
    config: &Config,
    schedule: &Schedule,
    act: impl AsyncFn(Act, &Stop) -> Done,
) -> Result<()> {
    let timetable = Timetable::new(config.zone, schedule.run, config.catch_up)
        .context("schedule.run cannot be planned")?;
    let notify = Arc::new(Notify::from_environment());
    let stop = Stop::default();
    let (asked, mut asked_to_stop) = watch::channel(());
    signals(stop.clone(), asked, notify.clone())?;
    let (ticks, mut ticked) = mpsc::channel(1);
    let mut ticker = ticker(ticks).await?;
    let (shown, to_show) = watch::channel(Shown::default());
    if let Some(at) = config.metrics.as_ref().and_then(|one| one.listen) {
        let listener = listen::bind(at)
            .await
            .with_context(|| format!("metrics.listen {at}: is another process there?"))?;
        tokio::spawn(listen::serve(listener, to_show));
    }
    let mut resident = Resident {
        config,
        schedule,
        timetable,
        stop,
        pulse: Pulse::start(notify.clone()),
        shown,
        figures_at: None,
        collected_at: None,
        waiting_since: None,
        failed_at: None,
        blind: None,
        seen_latest: None,
    };
    resident.seen_latest = resident.timetable.latest(Utc::now());
    // A state that cannot be opened at all is told to whoever starts this.
    run::open_store(config).await?.close().await;
    notify.ready();
    tracing::info!("{}", resident.outlook(Utc::now()));
    while !resident.stop.is_asked() {
        resident.minute(&act).await;
        let outlook = resident.outlook(Utc::now());
        notify.status(&outlook);
        resident.show(outlook).await;
        resident.pulse.good_for(LONGEST_PAUSE);
        tokio::select! {
            _ = asked_to_stop.changed() => break,
            _ = ticked.recv() => {}
            () = tokio::time::sleep(WITHOUT_A_TICK) => {}
        }
    }
    if let Err(error) = ticker.shutdown().await {
        tracing::debug!(%error, "the ticker did not end");
    }
    tracing::info!("stopped at a safe point");
    Ok(())
}

/// What the loop remembers: only what may be forgotten.
struct Resident<'c> {
    config: &'c Config,
    schedule: &'c Schedule,
    timetable: Timetable,
    stop: Stop,
    pulse: Pulse,
    shown: watch::Sender<Shown>,
    figures_at: Option<Instant>,
    collected_at: Option<DateTime<Utc>>,
    /// Since when another process holds the lock.
    waiting_since: Option<DateTime<Utc>>,
    /// When the last run failed, if it did.
    failed_at: Option<DateTime<Utc>>,
    /// Since when the state cannot be read, and the night that was complained about.
    blind: Option<Blind>,
    /// The last night that had come due when the state could be read.
    seen_latest: Option<NaiveDate>,
}

struct Blind {
    latest: Option<NaiveDate>,
    /// As it was said last, to say it once.
    reason: String,
}

/// What comes next.
enum Next {
    Planned(PlannedRow),
    Run(Reason),
    Collect,
    Deliver,
}

impl Next {
    fn is_run(&self) -> bool {
        matches!(self, Next::Planned(_) | Next::Run(_))
    }
}

impl Resident<'_> {
    /// Does what is due, one thing after the other.
    async fn minute(&mut self, act: &impl AsyncFn(Act, &Stop) -> Done) {
        for _ in 0..ACTS_AT_ONCE {
            if self.stop.is_asked() {
                return;
            }
            let now = Utc::now();
            self.pulse.good_for(LONGEST_ACT);
            let next = match self.next(now).await {
                Ok(next) => next,
                Err(error) => return self.cannot_see(&error, now, act).await,
            };
            self.blind = None;
            self.seen_latest = self.timetable.latest(now);
            let Some(next) = next else { return };
            self.figures_at = None;
            self.pulse.good_for(LONGEST_ACT);
            let asked = match &next {
                Next::Planned(_) | Next::Run(_) => Act::Run,
                Next::Collect => Act::Collect,
                Next::Deliver => Act::Deliver,
            };
            if asked != Act::Deliver {
                self.collected_at = Some(now);
            }
            let Done::Ended(ended) = act(asked, &self.stop).await else {
                return;
            };
            // Whatever cannot be recorded must not be tried every minute.
            if next.is_run() {
                let turned_away = ended.exit_code == 75;
                let failed = !turned_away && !WORKED.contains(&ended.exit_code);
                self.failed_at = failed.then_some(now);
            }
            if let Next::Planned(row) = next {
                // A run that was turned away after all is still to be done.
                if ended.exit_code == 75 {
                    return;
                }
                if let Err(error) = self.end_planned(row.business_date, &ended).await {
                    tracing::warn!(
                        "the run of {} is done and could not be recorded; it will be done again: \
                         {error:#}",
                        row.business_date
                    );
                    return;
                }
            }
            if asked == Act::Deliver {
                return;
            }
        }
    }

    async fn next(&mut self, now: DateTime<Utc>) -> Result<Option<Next>> {
        let store = run::open_store(self.config).await?;
        let next = self.next_of(&store, now).await;
        store.close().await;
        next
    }

    async fn next_of(&mut self, store: &Store, now: DateTime<Utc>) -> Result<Option<Next>> {
        let seen = look(self.config, store, now).await?;
        let decision = match self.holds_off(now) {
            true => Decision::default(),
            false => self.timetable.decide(&seen.planned, now),
        };
        let needed = seen.needed.filter(|_| !self.holds_off(now));
        let next = match (&decision.start, needed) {
            (Some(row), _) => Some(Next::Planned(row.clone())),
            (None, Some(reason)) => Some(Next::Run(reason)),
            (None, None) if self.collect_is_due(now) => Some(Next::Collect),
            (None, None) if seen.mails == Mails::Waiting => Some(Next::Deliver),
            (None, None) => None,
        };
        if next.is_none() && decision == Decision::default() {
            return Ok(None);
        }
        if self.has_to_wait(store.holder().await?, now) {
            return Ok(None);
        }
        self.record(&decision, store, now).await?;
        match &next {
            Some(Next::Planned(row)) => tracing::info!(
                business_date = %row.business_date, planned_for = %row.planned_for,
                covers = decision.covered.len(), "the nightly run begins"
            ),
            Some(Next::Run(reason)) => tracing::info!("a run begins: {}", reason.words()),
            _ => {}
        }
        Ok(next)
    }

    /// Puts on record what was decided, before any of it is done.
    async fn record(&self, decision: &Decision, store: &Store, now: DateTime<Utc>) -> Result<()> {
        let missed: Vec<NaiveDate> = decision
            .missed
            .iter()
            .map(|row| row.business_date)
            .collect();
        if !missed.is_empty()
            && let Err(error) = run::tell_missed(self.config, &missed, now).await
        {
            tracing::error!("ops could not be told of nights that nobody ran: {error:#}");
        }
        if !decision.forget.is_empty() {
            tracing::warn!(
                runs = decision.forget.len(),
                "the clock was set back: nightly runs recorded in what is now the future are \
                 planned anew"
            );
            store.forget_planned(&decision.forget).await?;
        }
        let mut rows = decision.missed.clone();
        rows.extend(decision.covered.iter().cloned());
        rows.extend(decision.start.iter().cloned());
        match rows.is_empty() {
            true => Ok(()),
            false => store.note_planned(&rows).await,
        }
    }

    async fn end_planned(&self, business_date: NaiveDate, ended: &Ended) -> Result<()> {
        let store = run::open_store(self.config).await?;
        let recorded = store.end_planned(business_date, ended).await;
        store.close().await;
        recorded
    }

    fn holds_off(&self, now: DateTime<Utc>) -> bool {
        self.failed_at
            .is_some_and(|at| at <= now && now < at + look::AGAIN)
    }

    fn collect_is_due(&self, now: DateTime<Utc>) -> bool {
        let Some(every) = self.schedule.collect_every else {
            return false;
        };
        // A clock that was set back is no reason to wait for it.
        self.collected_at
            .is_none_or(|last| now < last || now - last >= every)
    }

    /// Another process at work is waited for, and said once; one that stays for long is met by a
    /// run that fails at it, so that ops hear of it.
    fn has_to_wait(&mut self, holder: Option<String>, now: DateTime<Utc>) -> bool {
        let Some(holder) = holder else {
            self.waiting_since = None;
            return false;
        };
        let since = *self.waiting_since.get_or_insert_with(|| {
            tracing::info!("waiting for another run to end: {holder}");
            now
        });
        if now - since < HELD_FOR_LONG {
            return true;
        }
        self.waiting_since = Some(now);
        false
    }

    /// Without the state nothing can be planned. When a night comes due meanwhile, a run that fails
    /// at it tells those outside.
    async fn cannot_see(
        &mut self,
        error: &anyhow::Error,
        now: DateTime<Utc>,
        act: &impl AsyncFn(Act, &Stop) -> Done,
    ) {
        let reason = format!("{error:#}");
        let latest = self.timetable.latest(now);
        let before = self.blind.take();
        if before.as_ref().is_none_or(|blind| blind.reason != reason) {
            tracing::error!("the state cannot be read: {reason}");
        }
        let known = before
            .as_ref()
            .map_or(self.seen_latest, |blind| blind.latest);
        let came_due = known != latest;
        self.blind = Some(Blind { latest, reason });
        if came_due {
            self.pulse.good_for(LONGEST_ACT);
            act(Act::Run, &self.stop).await;
        }
    }

    fn outlook(&self, now: DateTime<Utc>) -> String {
        let upcoming = self.timetable.upcoming(now);
        let upcoming = upcoming.map_or_else(
            || "no nightly run is planned".to_owned(),
            |at| {
                let local = at.with_timezone(&self.config.zone);
                format!("next nightly run {}", local.format("%Y-%m-%d %H:%M %Z"))
            },
        );
        match (&self.blind, self.waiting_since) {
            (Some(_), _) => format!("the state cannot be read; {upcoming}"),
            (None, Some(_)) => format!("waiting for another run to end; {upcoming}"),
            (None, None) => format!("waiting; {upcoming}"),
        }
    }

    /// What the port answers from now on.
    async fn show(&mut self, outlook: String) {
        let listens = self
            .config
            .metrics
            .as_ref()
            .is_some_and(|one| one.listen.is_some());
        if !listens {
            return;
        }
        let mut metrics = self.shown.borrow().metrics.clone();
        if self.figures_at.is_none_or(|at| at.elapsed() >= FIGURES) {
            match run::exposition(self.config, Utc::now()).await {
                Ok(text) => {
                    metrics = text;
                    self.figures_at = Some(Instant::now());
                }
                Err(error) => tracing::warn!("the figures are those of before: {error:#}"),
            }
        }
        let health = match &self.blind {
            None => Health::Well(format!("ok: {outlook}\n")),
            Some(_) => Health::Ill(format!("{outlook}\n")),
        };
        self.shown.send_replace(Shown { metrics, health });
    }
}

/// Feeds the watchdog of systemd for as long as the loop said it would be well without a word.
struct Pulse {
    began: Instant,
    /// In milliseconds since then.
    until: Arc<AtomicU64>,
}

impl Pulse {
    fn start(notify: Arc<Notify>) -> Pulse {
        let began = Instant::now();
        let until = Arc::new(AtomicU64::new(LONGEST_PAUSE.as_millis() as u64));
        if let Some(every) = watchdog() {
            let until = until.clone();
            tokio::spawn(async move {
                loop {
                    if began.elapsed().as_millis() as u64 <= until.load(Ordering::Relaxed) {
                        notify.alive();
                    }
                    tokio::time::sleep(every).await;
                }
            });
        }
        Pulse { began, until }
    }

    fn good_for(&self, time: Duration) {
        let until = (self.began.elapsed() + time).as_millis() as u64;
        self.until.store(until, Ordering::Relaxed);
    }
}

/// Sends a word at the beginning of each minute. What is to be done is decided elsewhere.
async fn ticker(ticks: mpsc::Sender<()>) -> Result<JobScheduler> {
    let scheduler = JobScheduler::new().await.context("the ticker")?;
    let job = Job::new(EVERY_MINUTE, move |_, _| {
        // A tick that nobody has answered yet is as good as two.
        if let Err(error) = ticks.try_send(()) {
            tracing::trace!(%error, "a tick is waiting already");
        }
    })
    .context("the ticker")?;
    scheduler.add(job).await.context("the ticker")?;
    scheduler.start().await.context("the ticker")?;
    Ok(scheduler)
}

/// The first SIGTERM or SIGINT asks for an end at a safe point, the second ends at once, which is
/// safe too: what was not committed was never there.
fn signals(stop: Stop, asked: watch::Sender<()>, notify: Arc<Notify>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.ask();
        notify.stopping();
        tracing::info!(
            "asked to stop: what is at work is stored first, within {} s; a second signal ends at once",
            BOUND.as_secs()
        );
        asked.send_replace(());
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = tokio::time::sleep(BOUND) => {}
        }
        tracing::warn!("ended before the work was stored; the next start does it again");
        std::process::exit(75);
    });
    Ok(())
}
