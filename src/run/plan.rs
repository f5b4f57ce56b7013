//! Which dates of a channel a run takes up, and why.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use anyhow::Result;
use chrono::{Duration, NaiveDate};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::coverage::{CurrentFile, current, first_date};
use super::reconcile::ledger_spec;
use super::{Period, Request};
use crate::config::{Channel, Config};
use crate::domain::holidays::HolidaySource;
use crate::domain::outcome::DateState;
use crate::domain::time::{Calendar, dates, previous};
use crate::ledger::Ledger;
use crate::store::Store;

pub struct Plan {
    pub dates: Vec<NaiveDate>,
    pub notices: Vec<String>,
}

/// The dates asked for; or yesterday and every earlier date inside the catch-up window that was
/// never run, was not complete, or has new knowledge; and files that arrived, whatever their age.
pub async fn plan(
    channel: &Channel,
    request: &Request,
    config: &Config,
    store: &Store,
    ledger: &Ledger,
) -> Result<Plan> {
    if let Period::Dates { from, to } = request.period {
        let dates: Vec<NaiveDate> = dates(from, to).collect();
        let notices = unlisted(channel, &dates);
        return Ok(Plan { dates, notices });
    }
    let files = store.files(&channel.name).await?;
    let current = current(&files);
    let records = store.date_records(&channel.name).await?;
    let yesterday = yesterday(channel, request);
    let start = first_date(channel, &files).unwrap_or(yesterday);
    let window = window(channel, request, config).max(start);

    let mut wanted = Vec::new();
    for date in dates(window, yesterday) {
        let why = match records.get(&date) {
            None => Some("never run"),
            Some(_) if date == yesterday => Some("yesterday"),
            Some(record) if record.knowledge != knowledge(channel, &current, date) => {
                Some("new files or settings")
            }
            Some(record)
                if !matches!(record.state, DateState::Complete | DateState::NotExpected) =>
            {
                Some("was not complete")
            }
            Some(record) => {
                let (from, to) = channel.rules.days.span(date);
                let now = ledger
                    .read(&ledger_spec(channel), from, to)?
                    .entries
                    .fingerprint();
                (now != record.ledger_fingerprint).then_some("the ledger changed")
            }
        };
        if let Some(why) = why {
            tracing::info!(channel = channel.name, %date, why, "taken up");
            wanted.push(date);
        }
    }
    let outside = |date: &NaiveDate| *date < window || *date > yesterday;
    let covered = current
        .iter()
        .flat_map(|current| &current.file.coverage)
        .map(|line| line.0);
    let changed: Vec<NaiveDate> = covered
        .chain(records.keys().copied())
        .filter(outside)
        .filter(|date| *date >= start)
        .filter(|date| {
            // A changed setting is for the window; what was concluded before it stays.
            let now = knowledge(channel, &current, *date);
            records
                .get(date)
                .is_none_or(|record| files_of(&record.knowledge) != files_of(&now))
        })
        .collect();
    wanted.extend(changed);
    wanted.sort_unstable();
    wanted.dedup();

    let mut notices = unlisted(channel, &wanted);
    let never: Vec<NaiveDate> = dates(start, previous(window))
        .filter(|date| !records.contains_key(date) && !wanted.contains(date))
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
                && !wanted.contains(date)
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

fn yesterday(channel: &Channel, request: &Request) -> NaiveDate {
    previous(channel.rules.days.date_of(request.as_of))
}

/// The first date of the catch-up window.
fn window(channel: &Channel, request: &Request, config: &Config) -> NaiveDate {
    yesterday(channel, request) - config.catch_up + Duration::days(1)
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

/// What a date is judged with, apart from the ledger: its files, its profile, its settings.
/// Equal texts mean that judging again with the same ledger gives the same.
pub fn knowledge(channel: &Channel, files: &[CurrentFile<'_>], date: NaiveDate) -> String {
    let mut covering = Sha256::new();
    for current in files
        .iter()
        .filter(|current| current.covers(date).is_some())
    {
        covering.update(&current.file.sha256);
    }
    let mut digest = Sha256::new();
    digest.update(&channel.profile.hash);
    let settings = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        channel.rules,
        channel.calendar,
        channel.due,
        channel.amount_basis,
        channel.ledger_zone,
        channel.ledger_status,
        channel.ledger_query,
    );
    digest.update(settings);
    let short = |digest: Sha256| HEXLOWER.encode(&digest.finalize()[..16]);
    format!("{} {}", short(covering), short(digest))
}

/// The part of [`knowledge`] that tells of files.
fn files_of(knowledge: &str) -> &str {
    knowledge
        .split_once(' ')
        .map_or(knowledge, |(files, _)| files)
}
