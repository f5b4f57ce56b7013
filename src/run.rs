//! The run, on one page: collect → reconcile → publish → commit → deliver.
//!
//! A reconciliation is a function of (configuration, archive, ledger snapshot, open items, as-of
//! instant). It reads no source, so that a rerun is the same call.

mod accept;
mod acts;
mod ahead;
mod alert;
mod believe;
mod by_hand;
mod candidates;
mod chain;
mod collect;
mod coverage;
mod deliver;
mod ends;
mod figures;
mod find;
mod import;
mod knowledge;
mod matched;
mod notice;
mod outbox;
mod payouts;
mod plan;
mod publish;
mod purge;
mod reconcile;
mod revisions;
mod snapshot;
mod stop;
mod templates;
mod trend;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::archive::{self, Archive};
use crate::config::{Channel, Config};
use crate::database::Database;
use crate::domain::statement::StatementSummary;
use crate::ledger::Ledger;
use crate::mail;
use crate::panics;
use crate::report::input::RefusedFile;
use crate::report::view::ReportView;
use crate::store::{Copied, Lock, QuarantineState, Quarantined, Store, no_room};

pub use accept::{accept, accept_date};
pub use acts::{ActRefused, Asked, Breaks, Done, act};
pub use by_hand::{Decision, add, collect, decide, withdraw};
pub use candidates::candidates;
pub use chain::{KnownHead, Verified, verify};
pub use collect::{
    Away, Collected, Collection, CountsElsewhere, Intake, MailboxLook, NotReleased, Rule, Taken,
    UnreadableFile, look, rules,
};
pub use coverage::{CurrentFile, current, date_state, due, first_date};
pub use deliver::{
    Authentication, Delivered, awaits_a_person, deliver, deliver_queued, is_due, transport,
};
pub use ends::{
    Alarm, End, Failure, Stuck, Topic, exposition, failure_of_mails, tell, tell_deliveries,
    tell_missed,
};
pub use find::{LEDGER_DATES, MOST, Payment, Search, SettlementRow, Unknown, Verdict, find};
pub use import::{Importing, Line, import};
pub use notice::Notice;
pub use outbox::{Mail, MailNames, MailRefused, drop_mails, mails, resend};
pub use plan::{TakenUp, Why, unlisted};
pub use publish::{Facts, Published, channel_facts, results_json};
pub use purge::{PurgeRefused, purge, would_purge};
pub use reconcile::{Comparison, Judged, ledger_spec};
pub use revisions::{Diffed, Found, diff};
pub use snapshot::{make_sample, open_ledger};
pub use stop::Stop;
pub use templates::load as templates;

use ahead::{Ahead, Answers};
use deliver::Wanted;
use matched::WantedMatches;
use plan::Plan;
use publish::Publication;
use reconcile::{Reach, Reconciled, Task};
use snapshot::Tries;

/// What one call of `rekon run` asks for.
#[derive(Clone, Debug)]
pub struct Request {
    pub period: Period,
    /// Names of channels; empty for all.
    pub channels: Vec<String>,
    /// The clock of SLA, ageing and due.
    pub as_of: DateTime<Utc>,
    pub sources: Sources,
    pub effect: Effect,
    pub mailing: Mailing,
    /// How long to wait for another run to end.
    pub patience: Duration,
    pub stop: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Yesterday, and every earlier date inside the catch-up window that needs it.
    CatchUp,
    /// These business dates, whatever is known of them.
    Dates { from: NaiveDate, to: NaiveDate },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    Collect,
    LeaveAlone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Store,
    /// Shows what would differ and changes nothing anywhere.
    DryRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailing {
    /// A report goes out when something changed.
    OnChange,
    /// Reports are written, nothing is queued.
    Never,
    /// Also when nothing changed.
    Always,
}

/// What a run did.
#[derive(Debug)]
pub struct Run {
    pub id: String,
    /// By the clock of the host, whatever instant the run was asked to stand at.
    pub started: DateTime<Utc>,
    pub collected: Vec<Collected>,
    /// What a plain run decided to judge, by channel and date; empty where dates were asked for.
    pub taken_up: Vec<TakenUp>,
    /// Dates that were not asked for and on which an item is judged otherwise now.
    pub moved: BTreeSet<(String, NaiveDate)>,
    /// Results in order of channel and date.
    pub judged: Vec<Judged>,
    pub published: Option<Published>,
    /// What is new since the last run that said so, and what is open, of the channels asked for.
    pub statement: StatementSummary,
    /// The same as a report, for the terminal; `None` where nothing was stored.
    pub overview: Option<Box<ReportView>>,
    pub delivered: Vec<Delivered>,
    /// Channels that could not be reconciled; the others were.
    pub failed: Vec<Failed>,
    /// Files that were refused whole within the catch-up window and are not answered yet.
    pub refused: Vec<RefusedFile>,
    /// Mails quarantined within the catch-up window that nobody has decided about.
    pub held: Vec<Quarantined>,
    /// Reports, also of earlier runs, that have not left and should have.
    pub stuck: Vec<Stuck>,
    /// Sentences a person has to know beside the results.
    pub notices: Vec<Notice>,
}

#[derive(Debug)]
pub struct Failed {
    pub channel: String,
    pub error: anyhow::Error,
}

/// Takes the state's lock or waits for it.
async fn lock(store: &Store, run_id: &str, patience: Duration) -> Result<Lock> {
    let started = Instant::now();
    loop {
        match store.lock(run_id, Utc::now()).await? {
            Ok(lock) => return Ok(lock),
            Err(held) if started.elapsed() >= patience => return Err(held.into()),
            Err(held) => {
                tracing::info!(holder = %held.owner, "waiting for another run to end");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// Does this with the state's lock, and gives it back whatever became of it. A state that falls
/// silent for so long that another run may take the lock ends it: nothing more would be stored.
async fn under_lock<T>(
    config: &Config,
    id: &str,
    patience: Duration,
    work: impl AsyncFnOnce(&Store, &Lock) -> Result<T>,
) -> Result<T> {
    let store = open_store(config).await?;
    let named = |error| no_room(&config.state, error);
    let lock = lock(&store, id, patience).await.map_err(named)?;
    // A panic is an error like any other: the lock is given back.
    let done = panics::caught_while(lock.held(work(&store, &lock))).await;
    let released = lock.release().await;
    let done = done.map_err(anyhow::Error::from).flatten();
    let done = done.map_err(named)?;
    released.map_err(named)?;
    store.close().await;
    Ok(done)
}

/// The main flow. `now` is the instant of the run itself, for records and mails.
pub async fn run(config: &Config, request: &Request, now: DateTime<Utc>) -> Result<Run> {
    let id = run_id(now);
    if request.effect == Effect::DryRun {
        return dry_run(config, request, id, now).await;
    }
    under_lock(config, &id, request.patience, async |store, lock| {
        locked_run(config, request, now, id.clone(), store, lock).await
    })
    .await
}

/// The archive without what processes left unfinished that were killed. Only with the lock held.
fn swept(config: &Config) -> Result<Archive> {
    let archive = Archive::open(&config.archive)?;
    let publish = &config.publish;
    let reports = mail::sweep(publish).with_context(|| publish.display().to_string())?;
    let files = archive.sweep()?;
    if files + reports > 0 {
        tracing::warn!(files, reports, "removed what killed runs left unfinished");
    }
    Ok(archive)
}

async fn locked_run(
    config: &Config,
    request: &Request,
    now: DateTime<Utc>,
    id: String,
    store: &Store,
    lock: &Lock,
) -> Result<Run> {
    let archive = swept(config)?;
    let channels = chosen(config, &request.channels)?;
    purge::refuse_purged(store, request.period).await?;
    let mut run = Run::new(id, now);
    run.notices.extend(lock.recovered_from.iter().map(|holder| {
        Notice::of_all(format!(
            "the lock of {holder} was taken over: that process is gone"
        ))
    }));

    let mut intake = Intake::new(store, &archive, now);
    intake.matches = WantedMatches::of(config);
    if request.sources == Sources::Collect {
        intake.look_ahead(Ahead::new(config, request));
        let collection = collect::collect(&mut intake, config, &channels).await;
        run.collected = collection.collected;
        for (channel, error) in collection.failed {
            run.fail(&channel, error);
        }
    }
    let failed = |channel: &&Channel| run.failed.iter().any(|one| one.channel == channel.name);
    let ready: Vec<&Channel> = channels.into_iter().filter(|one| !failed(one)).collect();
    run.notices.extend(notice::unread(&run.collected));
    let judged = async {
        make_sample(config)?;
        judge(config, request, &ready, &mut intake, &mut run).await
    };
    if let Err(error) = judged.await {
        run.judged.clear();
        for channel in &ready {
            run.fail(&channel.name, anyhow::anyhow!("{error:#}"));
        }
        if let Err(also) = tell_failure(config, request, now, store, &archive, lock, &run).await {
            tracing::error!(
                error = format!("{also:#}"),
                "readers were not told of the failure"
            );
        }
        return Err(error);
    }
    let publication = publish::publish(run.facts(config, request, store, &archive), now).await?;
    store.commit(&publication.commit, lock).await?;
    run.said(publication);
    if request.mailing != Mailing::Never {
        let due = Wanted::Due { now };
        run.delivered = deliver(config, store, &archive, &due, lock, &request.stop).await?;
    }
    run.refused = refused_files(config, request, store, &run).await?;
    run.held = held_mails(config, request, store, &run).await?;
    run.stuck = ends::stuck(store, Utc::now()).await?;
    Ok(run)
}

/// A run that could judge nothing has nothing to store; its readers hear of it all the same.
async fn tell_failure(
    config: &Config,
    request: &Request,
    now: DateTime<Utc>,
    store: &Store,
    archive: &Archive,
    lock: &Lock,
    run: &Run,
) -> Result<()> {
    let facts = run.facts(config, request, store, archive);
    let commit = publish::publish(facts, now).await?.commit;
    if commit.deliveries.is_empty() {
        return Ok(());
    }
    store.commit(&commit, lock).await?;
    let due = Wanted::Due { now };
    deliver(config, store, archive, &due, lock, &request.stop).await?;
    Ok(())
}

/// Judges the dates of each channel that are due, all of them in one snapshot of the ledger: where
/// it is lost, what was judged in it goes with it. The snapshot ends here: a mail server that takes
/// its time holds up nobody who writes to the ledger.
async fn judge(
    config: &Config,
    request: &Request,
    channels: &[&Channel],
    intake: &mut Intake<'_>,
    run: &mut Run,
) -> Result<()> {
    let mut tries = Tries::default();
    let judged = loop {
        match judge_once(config, request, channels, intake).await {
            Ok(judged) => break judged,
            Err(error) => tries.again(error).await?,
        }
    };
    for (channel, judged) in channels.iter().zip(judged) {
        run.took(channel, judged);
    }
    Ok(())
}

/// What each channel concluded, or why it could not; an error where the snapshot itself failed.
async fn judge_once(
    config: &Config,
    request: &Request,
    channels: &[&Channel],
    intake: &mut Intake<'_>,
) -> Result<Vec<Result<(Plan, Reconciled)>>> {
    let (opened, mut answers) = intake.ledger_ahead();
    let mut ledger = match opened {
        Some(ledger) => ledger,
        None => open_ledger(config).await?,
    };
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    for channel in channels {
        let judged = judge_channel(
            channel,
            config,
            request,
            &mut ledger,
            &mut answers,
            intake,
            &mut ids,
        )
        .await;
        match judged {
            Err(error) if snapshot::is_lost(&error) => return Err(error),
            judged => all.push(judged),
        }
    }
    ledger.close().await;
    Ok(all)
}

async fn judge_channel(
    channel: &Channel,
    config: &Config,
    request: &Request,
    ledger: &mut Ledger,
    answers: &mut Answers,
    intake: &mut Intake<'_>,
    ids: &mut BTreeSet<String>,
) -> Result<(Plan, Reconciled)> {
    let concerned = plan::concerned(channel, request, config);
    collect::read_again(intake, channel, concerned).await?;
    let mut plan = plan::plan(channel, request, config, intake.store, ledger, answers).await?;
    plan.notices.extend(believe::unconnected(
        channel,
        ledger.applied(),
        plan.dates.keys(),
    ));
    let dates: Vec<NaiveDate> = plan.dates.keys().copied().collect();
    let task = Task {
        dates: &dates,
        reach: match request.period {
            Period::CatchUp => Reach::WhateverMoves,
            Period::Dates { .. } => Reach::TheseDates,
        },
        as_of: request.as_of,
        memory: config.catch_up,
    };
    let reconciled = reconcile::reconcile(channel, task, ledger, answers, intake, ids).await?;
    let unmapped = reconciled.judged.iter();
    let unmapped = unmapped.filter_map(|one| one.unmapped.clone());
    plan.notices.extend(unmapped);
    Ok((plan, reconciled))
}

/// Judges from what is archived and compares with what is stored; writes nothing.
async fn dry_run(
    config: &Config,
    request: &Request,
    id: String,
    now: DateTime<Utc>,
) -> Result<Run> {
    let mut run = Run::new(id, now);
    let scratch = tempfile::tempdir()?;
    let copy = scratch.path().join("state.db");
    if Store::copy(&config.state, &copy).await? == Copied::Nothing {
        let nothing = "nothing has been taken in yet: a dry run has nothing to compare";
        run.notices.push(Notice::of_all(nothing.to_owned()));
        return Ok(run);
    }
    let store = Store::open(&Database::Sqlite(copy)).await?;
    let archive = Archive::open(&config.archive)?;
    let mut intake = Intake::new(&store, &archive, request.as_of);
    let channels = chosen(config, &request.channels)?;
    judge(config, request, &channels, &mut intake, &mut run).await?;
    run.statement = publish::statement_of_run(run.facts(config, request, &store, &archive)).await?;
    run.refused = refused_files(config, request, &store, &run).await?;
    run.held = held_mails(config, request, &store, &run).await?;
    store.close().await;
    Ok(run)
}

/// Mails held in quarantine that are of interest to these channels and this run.
pub async fn held_mails(
    config: &Config,
    request: &Request,
    store: &Store,
    run: &Run,
) -> Result<Vec<Quarantined>> {
    let since = publish::refused_since(config, request, run);
    let channels = chosen(config, &request.channels)?;
    let mut held = store.quarantined().await?;
    held.retain(|one| {
        one.state == QuarantineState::Held
            && one.quarantined_at >= since
            && channels
                .iter()
                .any(|channel| one.channels.contains(&channel.name))
    });
    Ok(held)
}

async fn refused_files(
    config: &Config,
    request: &Request,
    store: &Store,
    run: &Run,
) -> Result<Vec<RefusedFile>> {
    let mut refused = Vec::new();
    for channel in chosen(config, &request.channels)? {
        let files = store.files(&channel.name).await?;
        let files = publish::refused(&files, publish::refused_since(config, request, run));
        refused.extend(files.into_iter().map(publish::refused_file));
    }
    Ok(refused)
}

pub async fn open_store(config: &Config) -> Result<Store> {
    if let Database::Sqlite(path) = &config.state
        && let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty())
    {
        archive::private_dir(dir).with_context(|| format!("state: folder {}", dir.display()))?;
    }
    Store::open(&config.state).await
}

/// A name given on the command line that the configuration does not know.
#[derive(Debug, thiserror::Error)]
#[error("there is no channel `{name}`\n  hint: configured channels: {known}")]
pub struct UnknownChannel {
    pub name: String,
    pub known: String,
}

/// The configured channels of these names, all of them for none.
pub fn chosen<'c>(
    config: &'c Config,
    names: &[String],
) -> Result<Vec<&'c Channel>, UnknownChannel> {
    for name in names {
        if config.channels.iter().all(|channel| channel.name != *name) {
            let known: Vec<&str> = config
                .channels
                .iter()
                .map(|channel| channel.name.as_str())
                .collect();
            return Err(UnknownChannel {
                name: name.clone(),
                known: known.join(", "),
            });
        }
    }
    let wanted = |channel: &&Channel| names.is_empty() || names.contains(&channel.name);
    Ok(config.channels.iter().filter(wanted).collect())
}

/// Sortable by time, unique among the processes of a host.
pub fn run_id(now: DateTime<Utc>) -> String {
    let seed = format!(
        "{}|{}",
        now.timestamp_nanos_opt().unwrap_or_default(),
        std::process::id()
    );
    let digest = HEXLOWER.encode(&Sha256::digest(seed)[..3]);
    format!("{}-{digest}", now.format("%Y%m%dT%H%M%SZ"))
}

impl Run {
    fn new(id: String, started: DateTime<Utc>) -> Run {
        Run {
            id,
            started,
            collected: Vec::new(),
            taken_up: Vec::new(),
            moved: BTreeSet::new(),
            judged: Vec::new(),
            published: None,
            statement: StatementSummary::default(),
            overview: None,
            delivered: Vec::new(),
            failed: Vec::new(),
            refused: Vec::new(),
            held: Vec::new(),
            stuck: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn facts<'a>(
        &'a self,
        config: &'a Config,
        request: &'a Request,
        store: &'a Store,
        archive: &'a Archive,
    ) -> Facts<'a> {
        Facts {
            config,
            request,
            store,
            archive,
            run: self,
        }
    }

    fn said(&mut self, publication: Publication) {
        self.published = publication.published;
        self.statement = publication.statement;
        self.overview = Some(Box::new(publication.overview));
    }

    /// What one channel cannot do holds no other up, and stands in every report of this run.
    fn fail(&mut self, channel: &str, error: anyhow::Error) {
        let channel = channel.to_owned();
        let text = format!("{channel}{}{error:#}", notice::NOT_RECONCILED);
        self.notices.push(Notice::of(&channel, text));
        self.failed.push(Failed { channel, error });
    }

    fn took(&mut self, channel: &Channel, judged: Result<(Plan, Reconciled)>) {
        match judged {
            Ok((mut plan, reconciled)) => {
                let Reconciled { judged, moved } = reconciled;
                for (date, why) in moved {
                    match judged.iter().any(|one| one.outcome.business_date == date) {
                        true => plan.dates.entry(date).or_default().extend(why),
                        false => {
                            self.moved.insert((channel.name.clone(), date));
                        }
                    }
                }
                let why = plan.dates.into_iter().filter(|(_, why)| !why.is_empty());
                self.taken_up.extend(why.map(|(date, why)| TakenUp {
                    channel: channel.name.clone(),
                    date,
                    why,
                }));
                let notices = plan.notices.into_iter();
                self.notices
                    .extend(notices.map(|text| Notice::of(&channel.name, text)));
                self.judged.extend(judged);
            }
            Err(error) => self.fail(&channel.name, error),
        }
    }
}
