//! What the records say is to be done now.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};

use crate::config::{Channel, Config};
use crate::domain::outcome::DateState;
use crate::domain::time::{dates, previous};
use crate::run::{current, date_state, due, first_date, is_due};
use crate::store::{self, PlannedRow, Store};

/// A run that failed for want of a service is tried again after so long.
pub const AGAIN: Duration = Duration::hours(1);
/// Exit codes of failures that time mends: a ledger that is not whole yet, a service away, another run
/// at work.
const PASSING: [u8; 3] = [66, 69, 75];

/// The state at one moment.
pub struct Seen {
    pub planned: Vec<PlannedRow>,
    /// Why a run is needed besides the nightly ones.
    pub needed: Option<Reason>,
    pub mails: Mails,
}

/// Why a run takes place between the nightly ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A file is due now: where it is missing, that is said now.
    Due,
    /// The file of a date that was waiting for it came.
    Arrived,
    /// The last run failed for want of something that may be there again.
    Failed,
}

impl Reason {
    pub fn words(self) -> &'static str {
        match self {
            Reason::Due => "a file is due",
            Reason::Arrived => "a file came that was waited for",
            Reason::Failed => "the last run failed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mails {
    None,
    Waiting,
}

pub async fn look(config: &Config, store: &Store, now: DateTime<Utc>) -> Result<Seen> {
    let last = store.last_whole_run(now).await?;
    let since = last.as_ref().map(|end| end.started_at);
    let mut reasons = Vec::new();
    for channel in &config.channels {
        reasons.extend(needed(channel, config, store, since, now).await?);
    }
    let failed = last.as_ref().is_some_and(|end| {
        !end.error.is_empty() && PASSING.contains(&end.exit_code) && end.ended_at + AGAIN <= now
    });
    reasons.extend(failed.then_some(Reason::Failed));
    let waiting = store
        .outbox(store::Mails::Open)
        .await?
        .iter()
        .any(|row| is_due(row, now));
    Ok(Seen {
        planned: store.planned_runs().await?,
        needed: reasons.into_iter().min(),
        mails: match waiting {
            true => Mails::Waiting,
            false => Mails::None,
        },
    })
}

/// Why a channel needs a run that no run since has answered.
async fn needed(
    channel: &Channel,
    config: &Config,
    store: &Store,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Vec<Reason>> {
    let files = store.files(&channel.name).await?;
    let counting = current(&files);
    let records = store.date_records(&channel.name).await?;
    let yesterday = previous(channel.rules.days.date_of(now));
    let window = yesterday - config.catch_up + Duration::days(1);
    let start = first_date(channel, &files).unwrap_or(yesterday);
    let unanswered = |at: DateTime<Utc>| at <= now && since.is_none_or(|since| since < at);
    let mut reasons = Vec::new();
    for date in dates(window.max(start), yesterday) {
        let known = records.get(&date).map(|record| record.state);
        if matches!(known, Some(DateState::Complete | DateState::NotExpected)) {
            continue;
        }
        let booked = usize::from(known == Some(DateState::Incomplete));
        let (state, _) = date_state(channel, &counting, date, now, booked);
        let arrived = counting
            .iter()
            .filter(|one| one.covers(date).is_some())
            .map(|one| one.file.received_at)
            .max();
        if state == DateState::Complete && arrived.is_some_and(unanswered) {
            reasons.push(Reason::Arrived);
        } else if state != DateState::Complete && unanswered(due(channel, date)) {
            reasons.push(Reason::Due);
        }
    }
    Ok(reasons)
}
