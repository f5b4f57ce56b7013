//! Which dates of a channel a run takes up, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use anyhow::Result;
use chrono::{Duration, NaiveDate};

use super::ahead::Answers;
use super::coverage::{CurrentFile, current, first_date};
use super::knowledge::{Part, differing, knowledge};
use super::reconcile::ledger_spec;
use super::revisions::{causes_in, causes_of, moves};
use super::{Period, Request};
use crate::config::{Channel, Config};
use crate::domain::difference::Cause;
use crate::domain::holidays::HolidaySource;
use crate::domain::outcome::DateState;
use crate::domain::time::{Calendar, dates, previous};
use crate::ledger::{Keep, Ledger, Spec};
use crate::store::{DateRecord, FileRecord, Store};

pub struct Plan {
    /// In order; why is empty for a date that was asked for.
    pub dates: BTreeMap<NaiveDate, BTreeSet<Why>>,
    pub notices: Vec<String>,
}

/// Why a plain run takes up a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    NeverRun,
    NotComplete,
    /// Something that it rests on changed since it was run.
    New(Cause),
    /// An entry near the cut-off waited for a neighbouring date, and need not any more.
    NoLongerAwaiting,
    /// A pending payment is older than the channel's SLA now.
    SlaPassed,
    /// Nothing is known to have changed; yesterday is looked at by every run.
    Yesterday,
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Why::NeverRun => "never_run",
            Why::NotComplete => "not_complete",
            Why::New(cause) => cause.name(),
            Why::NoLongerAwaiting => "no_longer_awaiting",
            Why::SlaPassed => "sla_passed",
            Why::Yesterday => "yesterday",
        }
    }
}

/// A date of a channel that a plain run took up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenUp {
    pub channel: String,
    pub date: NaiveDate,
    /// Never empty.
    pub why: BTreeSet<Why>,
}

/// The dates asked for; or yesterday and every earlier date inside the catch-up window that was
/// never run, was not complete, or has new knowledge; and files that arrived, whatever their age.
pub async fn plan(
    channel: &Channel,
    request: &Request,
    config: &Config,
    store: &Store,
    ledger: &mut Ledger,
    answers: &mut Answers,
) -> Result<Plan> {
    if let Period::Dates { from, to } = request.period {
        let dates: Vec<NaiveDate> = dates(from, to).collect();
        let notices = unlisted(channel, &dates);
        return Ok(Plan {
            dates: dates
                .into_iter()
                .map(|date| (date, BTreeSet::new()))
                .collect(),
            notices,
        });
    }
    let files = store.files(&channel.name).await?;
    let current = current(&files);
    let records = store.date_records(&channel.name).await?;
    let yesterday = yesterday(channel, request);
    let start = first_date(channel, &files).unwrap_or(yesterday);
    let window = window(channel, request, config).max(start);

    let mut wanted = BTreeMap::new();
    for date in dates(window, yesterday) {
        let mut why = match records.get(&date) {
            None => BTreeSet::from([Why::NeverRun]),
            Some(record) => {
                let mut why = news(channel, &files, &current, date, record, store).await?;
                if !matches!(record.state, DateState::Complete | DateState::NotExpected) {
                    why.insert(Why::NotComplete);
                }
                if record.moved {
                    why.insert(Why::New(Cause::OtherDates));
                }
                if why.is_empty() && ledger_changed(channel, date, record, ledger, answers).await? {
                    why.insert(Why::New(Cause::LedgerChanged));
                }
                why
            }
        };
        if why.is_empty() && date == yesterday {
            why.insert(Why::Yesterday);
        }
        if !why.is_empty() {
            let reasons: Vec<&str> = why.iter().map(|one| one.name()).collect();
            let reasons = reasons.join(", ");
            tracing::info!(channel = channel.name, %date, reasons, "taken up");
            wanted.insert(date, why);
        }
    }
    let outside = |date: &NaiveDate| *date < window || *date > yesterday;
    let covered = current
        .iter()
        .flat_map(|current| &current.file.coverage)
        .map(|line| line.0);
    let beyond: BTreeSet<NaiveDate> = covered
        .chain(records.keys().copied())
        .filter(outside)
        .filter(|date| *date >= start)
        .collect();
    for date in beyond {
        let Some(record) = records.get(&date) else {
            wanted.insert(date, BTreeSet::from([Why::NeverRun]));
            continue;
        };
        // A changed setting is for the window; what was concluded before it stays.
        let parts = differing(&record.knowledge, &knowledge(channel, &current, date));
        if parts.contains(&Part::Files) {
            let why = news(channel, &files, &current, date, record, store).await?;
            wanted.insert(date, why);
        }
        if record.moved {
            let why = wanted.entry(date).or_default();
            why.insert(Why::New(Cause::OtherDates));
        }
    }

    let taken: Vec<NaiveDate> = wanted.keys().copied().collect();
    let mut notices = unlisted(channel, &taken);
    let never: Vec<NaiveDate> = dates(start, previous(window))
        .filter(|date| !records.contains_key(date) && !wanted.contains_key(date))
        .collect();
    if let (Some(first), Some(last)) = (never.first(), never.last()) {
        notices.push(format!(
            "{}: {} business date(s) from {first} to {last} were never reconciled and lie beyond \
             catch_up; `rekon run --from {first} --to {last}` takes them up",
            channel.name,
            never.len()
        ));
    }
    let open: Vec<NaiveDate> = records
        .iter()
        .filter(|(date, record)| {
            **date < window
                && matches!(record.state, DateState::Incomplete | DateState::NotDue)
                && !wanted.contains_key(date)
        })
        .map(|(date, _)| *date)
        .collect();
    if let (Some(first), Some(last)) = (open.first(), open.last()) {
        notices.push(format!(
            "{}: {} business date(s) from {first} to {last} are not complete and lie beyond \
             catch_up; their files are still missing and complete them whenever they come",
            channel.name,
            open.len()
        ));
    }
    Ok(Plan {
        dates: wanted,
        notices,
    })
}

/// A sentence for every year that decides about these dates and whose holidays nobody listed: a file
/// is then called missing on a day on which nobody may have worked.
pub fn unlisted(channel: &Channel, dates: &[NaiveDate]) -> Vec<String> {
    let Calendar::WorkingDays { holidays } = &channel.calendar else {
        return Vec::new();
    };
    let years = dates.iter().copied();
    let years: BTreeSet<i32> = years
        .filter_map(|date| channel.calendar.unlisted_year(date))
        .collect();
    years
        .into_iter()
        .map(|year| {
            let known = match (holidays.source(), holidays.years().next()) {
                (HolidaySource::BuiltIn, Some(first)) if year < first => {
                    format!("the built-in holidays begin with {first}")
                }
                (HolidaySource::BuiltIn, _) => match holidays.years().next_back() {
                    Some(last) => format!("the built-in holidays end with {last}"),
                    None => "there are no built-in holidays".to_owned(),
                },
                (HolidaySource::File(name), _) => format!("{name} lists no holiday of {year}"),
            };
            format!(
                "{}: {known}, so every Monday to Friday of {year} counts as a working day; list \
                 that year in a file of holidays (holidays = \"PATH\")",
                channel.name
            )
        })
        .collect()
}

/// What a date was judged with that is otherwise now, the ledger apart.
async fn news(
    channel: &Channel,
    files: &[FileRecord],
    current: &[CurrentFile<'_>],
    date: NaiveDate,
    record: &DateRecord,
    store: &Store,
) -> Result<BTreeSet<Why>> {
    let parts = differing(&record.knowledge, &knowledge(channel, current, date));
    let mut causes = causes_in(&parts);
    if parts.contains(&Part::Files) {
        let concluded = store.last_totals(&channel.name, date).await?;
        let before: Vec<i64> = concluded
            .iter()
            .flat_map(|result| &result.outcome.files)
            .map(|file| file.id)
            .collect();
        let covering = current.iter().filter(|one| one.covers(date).is_some());
        let after: Vec<i64> = covering.map(|one| one.file.id).collect();
        let found = causes_of(&moves(&before, &after, files), files);
        // What cannot be named is news all the same.
        causes.extend(match found.is_empty() {
            true => BTreeSet::from([Cause::FileCorrected]),
            false => found,
        });
    }
    Ok(causes.into_iter().map(Why::New).collect())
}

async fn ledger_changed(
    channel: &Channel,
    date: NaiveDate,
    record: &DateRecord,
    ledger: &mut Ledger,
    answers: &mut Answers,
) -> Result<bool> {
    Ok(fingerprint(channel, date, ledger, answers).await? != record.ledger_fingerprint)
}

/// What the ledger says of a date, as one text; asked once in a run.
pub async fn fingerprint(
    channel: &Channel,
    date: NaiveDate,
    ledger: &mut Ledger,
    answers: &mut Answers,
) -> Result<String> {
    if let Some(known) = answers.fingerprint(&channel.name, date) {
        return Ok(known);
    }
    let (from, to) = channel.rules.days.span(date);
    let spec = Spec {
        keep: Keep::Fingerprint,
        ..ledger_spec(channel)
    };
    let read = ledger.read(&spec, from, to).await?;
    let found = read.fingerprint().to_string();
    answers.remember(&channel.name, date, found.clone());
    Ok(found)
}

fn yesterday(channel: &Channel, request: &Request) -> NaiveDate {
    previous(channel.rules.days.date_of(request.as_of))
}

/// The first date of the catch-up window.
fn window(channel: &Channel, request: &Request, config: &Config) -> NaiveDate {
    yesterday(channel, request) - config.catch_up + Duration::days(1)
}

/// The dates that a run most likely asks the ledger about.
pub fn expected(
    channel: &Channel,
    request: &Request,
    config: &Config,
) -> RangeInclusive<NaiveDate> {
    match request.period {
        Period::Dates { from, to } => from..=to,
        Period::CatchUp => window(channel, request, config)..=yesterday(channel, request),
    }
}

/// The dates that a run may take up, before anything is known of files.
pub fn concerned(
    channel: &Channel,
    request: &Request,
    config: &Config,
) -> RangeInclusive<NaiveDate> {
    match request.period {
        Period::Dates { from, to } => from..=to,
        Period::CatchUp => window(channel, request, config)..=NaiveDate::MAX,
    }
}
