//! How a run ended, and who hears of it: the records, the figures, ops. Nothing here changes how it
//! ended.

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};

use super::alert::{self, Notice};
use super::deliver::{self, Delivered, awaits_a_person, deliver_these, transport};
use super::{figures, open_store};
use crate::archive::Archive;
use crate::config::Config;
use crate::mail;
use crate::metrics;
use crate::store::{self, Claim, Delivery, Held, Mails, OutboxState, RunEnd, Scope, Store};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub id: String,
    pub started: DateTime<Utc>,
    pub ended: DateTime<Utc>,
    pub exit: u8,
    /// A line without personal data.
    pub summary: String,
    /// Where it did not do what it was asked. A file that is missing or was refused is none: the
    /// report says it, and the run did its work.
    pub failure: Option<Failure>,
    pub scope: Scope,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub topic: Topic,
    pub sentence: String,
    /// What of it was done all the same.
    pub done: Vec<String>,
    pub alarm: Alarm,
}

/// Whether ops hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    Mail,
    /// Whoever typed it sees it, or it passes by itself.
    Quiet,
}

/// What did not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Ledger,
    State,
    /// A file system that has no room for the state, the archive or the reports.
    Disk,
    Mailbox,
    Sftp,
    Source,
    /// Reports are made and did not leave.
    Mail,
    /// Another run holds it.
    Lock,
    Run,
}

impl Topic {
    pub fn name(self) -> &'static str {
        match self {
            Topic::Ledger => "ledger",
            Topic::State => "state",
            Topic::Disk => "disk",
            Topic::Mailbox => "mailbox",
            Topic::Sftp => "sftp",
            Topic::Source => "source",
            Topic::Mail => "mail",
            Topic::Lock => "lock",
            Topic::Run => "run",
        }
    }

    /// For a subject: "ledger unreachable".
    pub fn words(self, exit: u8) -> String {
        let what = match self {
            Topic::Ledger => "ledger",
            Topic::State => "state database",
            Topic::Disk => return "the disk is full".to_owned(),
            Topic::Mailbox => "mailbox",
            Topic::Sftp => "SFTP server",
            Topic::Source => "a source of reports",
            Topic::Mail if exit == 69 => return "reports did not leave".to_owned(),
            Topic::Mail => "mail server",
            Topic::Lock => return "another run holds the lock".to_owned(),
            Topic::Run if exit == 69 => return "it could not be finished".to_owned(),
            Topic::Run => "rekon",
        };
        let how = match exit {
            77 => "refused the login",
            78 => "is not set up right",
            65 => "holds what cannot be read",
            _ => "unreachable",
        };
        format!("{what} {how}")
    }
}

impl End {
    fn record(&self) -> RunEnd {
        let error = self.failure.as_ref().map(|failure| &failure.sentence);
        RunEnd {
            run_id: self.id.clone(),
            started_at: self.started,
            ended_at: self.ended,
            exit_code: self.exit,
            scope: self.scope,
            error: error.cloned().unwrap_or_default(),
        }
    }
}

/// Records the end, tells ops where they have to know, and writes the figures. What of this cannot
/// be done is logged: the run ended as it did.
pub async fn tell(config: &Config, end: &End) {
    if let Err(error) = on_record(config, end).await {
        match &end.failure {
            // The run failed for the same reason, and says so itself.
            Some(failure) if matches!(failure.topic, Topic::State | Topic::Disk) => {
                tracing::debug!("the end of the run could not be recorded: {error:#}");
            }
            _ => tracing::warn!("the end of the run could not be recorded: {error:#}"),
        }
        let loud = end
            .failure
            .as_ref()
            .filter(|failure| failure.alarm == Alarm::Mail);
        if let Some(failure) = loud {
            let notice = alert::failed(config, end, failure, None).adding(
                "About this mail",
                format!(
                    "The state could not be written ({error:#}), so this was sent without being \
                     recorded, and may come again with the next run."
                ),
            );
            send_unrecorded(config, &notice, &end.id, end.ended).await;
        }
        return;
    }
    if let Err(error) = write_figures(config, end.ended).await {
        tracing::warn!("the metrics file was not written: {error:#}");
    }
}

async fn on_record(config: &Config, end: &End) -> Result<()> {
    let store = open_store(config).await?;
    let told = async {
        let last_good = store.last_good_run(end.started).await?;
        // One that another run turned away is not a run that failed: that other one says how it ended.
        let turned_away = end.failure.as_ref().map(|one| one.topic) == Some(Topic::Lock);
        if !turned_away {
            store.note_run_end(&end.record()).await?;
        }
        let open = store.open_alerts().await?;
        match &end.failure {
            Some(failure) if failure.alarm == Alarm::Mail => {
                let last_good = last_good.map(|end| end.ended_at);
                let notice = alert::failed(config, end, failure, last_good);
                raise(config, &store, &notice, &end.id, end.ended, None).await
            }
            None if end.scope == Scope::Everything && !open.is_empty() => {
                let subjects: Vec<String> = open.into_iter().map(|one| one.subject).collect();
                let notice = alert::all_well(config, end, &subjects);
                queue_all_well(config, &store, &notice, end).await
            }
            _ => Ok(Queued::Nothing),
        }
    }
    .await;
    store.close().await;
    if let Queued::Mails(mails) = told? {
        send_now(config, mails, end.ended).await;
    }
    Ok(())
}

/// What ops have to know of a delivery that no run made: reports that will not leave by themselves,
/// a login that is refused, or a server that has been away for an hour.
pub async fn tell_deliveries(config: &Config, delivered: &[Delivered], now: DateTime<Utc>) {
    if delivered.is_empty() {
        return;
    }
    if let Err(error) = deliveries_on_record(config, delivered, now).await {
        tracing::warn!("ops could not be told of mails that did not leave: {error:#}");
    }
    if let Err(error) = write_figures(config, now).await {
        tracing::warn!("the metrics file was not written: {error:#}");
    }
}

async fn deliveries_on_record(
    config: &Config,
    delivered: &[Delivered],
    now: DateTime<Utc>,
) -> Result<()> {
    let store = open_store(config).await?;
    let stuck = stuck(&store, now).await;
    let raised = async {
        let stuck = stuck?;
        let found_now = |one: &&Stuck| delivered.iter().any(|two| two.name == one.name);
        let Some(failure) = failure_of_mails(stuck.iter().filter(found_now)) else {
            return Ok(Queued::Nothing);
        };
        let end = End {
            id: super::run_id(now),
            started: now,
            ended: now,
            exit: 69,
            summary: String::new(),
            failure: None,
            scope: Scope::Part,
        };
        let last_good = store.last_good_run(now).await?.map(|end| end.ended_at);
        let notice = alert::failed(config, &end, &failure, last_good);
        raise(config, &store, &notice, &end.id, now, None).await
    }
    .await;
    store.close().await;
    if let Queued::Mails(mails) = raised? {
        send_now(config, mails, now).await;
    }
    Ok(())
}

/// A report that its reader waits for and that does not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// What people call it: `M-4EJTP`.
    pub name: String,
    sentence: String,
}

/// Longer than greylisting takes.
const PATIENCE: chrono::Duration = chrono::Duration::hours(1);

/// Reports that have not left: refused, in doubt, or overdue. Alerts are none: they would ring about
/// themselves.
pub async fn stuck(store: &Store, now: DateTime<Utc>) -> Result<Vec<Stuck>> {
    let mails = super::mails(store, Mails::Open).await?;
    let is_stuck = |row: &store::OutboxRow| match row.state {
        OutboxState::Failed => true,
        OutboxState::Uncertain => awaits_a_person(row),
        OutboxState::Deferred => row.delivery.not_before + PATIENCE <= now,
        OutboxState::Queued | OutboxState::Sending | OutboxState::Sent | OutboxState::Dropped => {
            false
        }
    };
    let stuck = mails
        .into_iter()
        .filter(|mail| mail.row.delivery.report != "alert" && is_stuck(&mail.row));
    Ok(stuck
        .map(|mail| Stuck {
            sentence: format!(
                "mail {} ({}) to {}: {}: {}",
                mail.name,
                mail.row.delivery.report,
                mail.row.delivery.recipient,
                mail.row.state.name(),
                mail.row.last_answer
            ),
            name: mail.name,
        })
        .collect())
}

/// What reports that have not left mean, however well everything else went.
pub fn failure_of_mails<'s>(stuck: impl Iterator<Item = &'s Stuck>) -> Option<Failure> {
    let sentences: Vec<&str> = stuck.map(|one| one.sentence.as_str()).collect();
    (!sentences.is_empty()).then(|| Failure {
        topic: Topic::Mail,
        sentence: sentences.join("; "),
        done: vec!["Its results and reports are stored.".to_owned()],
        alarm: Alarm::Mail,
    })
}

/// Nights beyond the catch-up window: told once, and nothing lasts of it.
pub async fn tell_missed(config: &Config, dates: &[NaiveDate], now: DateTime<Utc>) -> Result<()> {
    let id = super::run_id(now);
    let notice = alert::missed(config, &id, dates, now);
    tracing::error!("{}", notice.title);
    let store = open_store(config).await?;
    let queued = raise(config, &store, &notice, &id, now, Some(now)).await;
    store.close().await;
    if let Queued::Mails(mails) = queued? {
        send_now(config, mails, now).await;
    }
    Ok(())
}

/// Mails on their way.
enum Queued {
    Nothing,
    Mails(Outgoing),
}

/// A composed mail, the same to each recipient.
struct Outgoing {
    bytes: Vec<u8>,
    deliveries: Vec<Delivery>,
}

async fn raise(
    config: &Config,
    store: &Store,
    notice: &Notice,
    run_id: &str,
    now: DateTime<Utc>,
    over: Option<DateTime<Utc>>,
) -> Result<Queued> {
    if store.was_told(&notice.id).await? {
        return Ok(Queued::Nothing);
    }
    let Some(mails) = composed(config, notice, run_id, now)? else {
        return Ok(Queued::Nothing);
    };
    Archive::open(&config.archive)?.keep(&mails.bytes)?;
    let alert = recorded(notice, run_id, now);
    store.raise(&alert, over, &mails.deliveries).await?;
    Ok(Queued::Mails(mails))
}

async fn queue_all_well(
    config: &Config,
    store: &Store,
    notice: &Notice,
    end: &End,
) -> Result<Queued> {
    let alert = recorded(notice, &end.id, end.ended);
    let Some(mails) = composed(config, notice, &end.id, end.ended)? else {
        store.all_well(&alert, &[]).await?;
        return Ok(Queued::Nothing);
    };
    Archive::open(&config.archive)?.keep(&mails.bytes)?;
    store.all_well(&alert, &mails.deliveries).await?;
    Ok(Queued::Mails(mails))
}

fn recorded(notice: &Notice, run_id: &str, at: DateTime<Utc>) -> store::Alert {
    store::Alert {
        id: notice.id.clone(),
        at,
        run_id: run_id.to_owned(),
        subject: notice.title.clone(),
    }
}

/// `None` where nobody is to be told.
fn composed(
    config: &Config,
    notice: &Notice,
    run_id: &str,
    now: DateTime<Utc>,
) -> Result<Option<Outgoing>> {
    let (Some(alert), Some(outgoing)) = (&config.alert, &config.mail) else {
        return Ok(None);
    };
    let notice = notice.clone().said_in(alert.language);
    let letter = notice
        .letter(outgoing, &alert.to, run_id, now)
        .context("the alert cannot be written")?;
    let bytes = mail::compose(&letter)?;
    let sha256 = crate::archive::sha256(&bytes);
    let deliveries = alert
        .to
        .iter()
        .map(|recipient| Delivery {
            id: format!("alert {} {run_id} {recipient}", notice.id),
            report: "alert".to_owned(),
            sender: outgoing.from.clone(),
            recipient: recipient.clone(),
            subject: notice.subject.clone(),
            message_id: letter.message_id.clone(),
            file_name: notice.file_name.clone(),
            sha256: sha256.clone(),
            not_before: now,
        })
        .collect();
    Ok(Some(Outgoing { bytes, deliveries }))
}

/// At once, through the outbox; past its lock where another run holds it for longer than a moment,
/// which may be the very thing that ops have to hear of. Nothing else that waits leaves with it.
async fn send_now(config: &Config, mails: Outgoing, now: DateTime<Utc>) {
    let ids = mails.deliveries.iter().map(|one| one.id.clone()).collect();
    match deliver_these(config, ids, now).await {
        Ok(delivered) => {
            for one in delivered {
                if let Err((state, answer)) = one.result {
                    let (to, state) = (&one.recipient, state.name());
                    tracing::warn!("mail {} to {to}: {state}: {answer}", one.report);
                }
            }
        }
        Err(error) if error.is::<Held>() => {
            if let Err(error) = send_without_lock(config, &mails).await {
                tracing::warn!("the alert is queued and did not leave: {error:#}");
            }
        }
        Err(error) => tracing::warn!("the alert is queued and did not leave: {error:#}"),
    }
}

async fn send_without_lock(config: &Config, mails: &Outgoing) -> Result<()> {
    let store = open_store(config).await?;
    let sent = async {
        let transport = transport(config)?;
        for delivery in &mails.deliveries {
            let begun = Utc::now();
            if store.begin_without_lock(&delivery.id, begun).await? == Claim::Anothers {
                continue;
            }
            let (from, to) = (&delivery.sender, &delivery.recipient);
            let sent = mail::send(&transport, from, to, &delivery.file_name, &mails.bytes).await;
            let ended = Utc::now();
            let ending = deliver::ending_of(&sent, &delivery.message_id, ended);
            store
                .end_sending(&delivery.id, begun, ended, &ending)
                .await?;
        }
        anyhow::Ok(())
    }
    .await;
    store.close().await;
    sent
}

async fn send_unrecorded(config: &Config, notice: &Notice, run_id: &str, now: DateTime<Utc>) {
    match composed(config, notice, run_id, now) {
        Ok(None) => {}
        Ok(Some(mails)) => send_directly(config, &mails).await,
        Err(error) => tracing::error!("the alert did not leave: {error:#}"),
    }
}

async fn send_directly(config: &Config, mails: &Outgoing) {
    for delivery in &mails.deliveries {
        let sent = async {
            let transport = transport(config)?;
            let (from, to) = (&delivery.sender, &delivery.recipient);
            mail::send(&transport, from, to, &delivery.file_name, &mails.bytes)
                .await
                .map_err(|fault| anyhow!(fault))
        };
        match sent.await {
            Ok(_) => tracing::info!(to = delivery.recipient, "alert sent past the outbox"),
            Err(error) => tracing::error!("alert to {}: {error:#}", delivery.recipient),
        }
    }
}

/// The text for Prometheus as things stand.
pub async fn exposition(config: &Config, now: DateTime<Utc>) -> Result<String> {
    let store = open_store(config).await?;
    let figures = figures::figures(config, &store, now).await;
    store.close().await;
    Ok(metrics::text(&figures?))
}

async fn write_figures(config: &Config, now: DateTime<Utc>) -> Result<()> {
    let Some(path) = config.metrics.as_ref().and_then(|one| one.file.as_ref()) else {
        return Ok(());
    };
    let text = exposition(config, now).await?;
    metrics::write(path, &text).with_context(|| format!("metrics.file {}", path.display()))
}
