//! `rekon status`: how things stand, from the state alone.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{Exit, Output, origin, print, print_json};
use crate::config::{Channel, Config};
use crate::domain::advice;
use crate::domain::outcome::{CountAmount, DateState, Item};
use crate::domain::time::{dates, previous};
use crate::report::labels::Language;
use crate::report::summary::table;
use crate::report::words;
use crate::run::{self, current, date_state, first_date};
use crate::store::{FileMail, FileState, ItemState, QuarantineState, Store};

/// One channel as it stands.
struct Standing {
    channel: String,
    days: Vec<DayStanding>,
    open: Vec<Item>,
    refused: Vec<(String, String)>,
}

struct DayStanding {
    date: NaiveDate,
    /// How the date's files stand now.
    files: DateState,
    late: Lateness,
    /// The last result, if the date was ever run.
    result: Option<(u32, DateState, usize)>,
    names: Vec<String>,
    /// The mails its files came by.
    mails: Vec<FileMail>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lateness {
    OnTime,
    Late,
    Missing,
    NotYet,
    NotExpected,
}

impl Lateness {
    fn name(self) -> &'static str {
        match self {
            Lateness::OnTime => "on time",
            Lateness::Late => "late",
            Lateness::Missing => "missing",
            Lateness::NotYet => "not due",
            Lateness::NotExpected => "not expected",
        }
    }
}

pub async fn status(config: &Config, as_of: DateTime<Utc>, output: Output) -> Result<Exit> {
    let store = run::open_store(config).await?;
    let mut standings = Vec::new();
    for channel in &config.channels {
        standings.push(standing(channel, config, &store, as_of).await?);
    }
    let outbox = store.outbox().await?;
    let mut held = store.quarantined().await?;
    held.retain(|one| one.state == QuarantineState::Held);
    store.close().await;
    if output == Output::Json {
        let channels: Vec<Value> = standings
            .iter()
            .map(|standing| value(standing, config, as_of))
            .collect();
        let outbox: Vec<Value> = outbox
            .iter()
            .map(|row| {
                json!({
                    "report": row.delivery.report,
                    "recipient": row.delivery.recipient,
                    "subject": row.delivery.subject,
                    "state": row.state.name(),
                    "attempts": row.attempts,
                    "not_before": row.delivery.not_before.to_rfc3339(),
                    "last_answer": row.last_answer,
                })
            })
            .collect();
        print_json(&json!({
            "as_of": as_of.to_rfc3339(), "channels": channels, "outbox": outbox,
            "quarantined_mails": held.len(),
        }))?;
        return Ok(Exit::Done);
    }
    for standing in &standings {
        print(&text(standing, config, as_of))?;
    }
    if !held.is_empty() {
        print(&format!(
            "Quarantine: {} mail(s) held; `rekon quarantine list` shows them.",
            held.len()
        ))?;
    }
    if outbox.is_empty() {
        print("Outbox: empty.")?;
    }
    for row in &outbox {
        print(&format!(
            "Outbox: {} to {}: {} after {} attempt(s) {}",
            row.delivery.report,
            row.delivery.recipient,
            row.state.name(),
            row.attempts,
            row.last_answer
        ))?;
    }
    Ok(Exit::Done)
}

async fn standing(
    channel: &Channel,
    config: &Config,
    store: &Store,
    as_of: DateTime<Utc>,
) -> Result<Standing> {
    let files = store.files(&channel.name).await?;
    let counting = current(&files);
    let mails = store.mails_of_files(&channel.name).await?;
    let records = store.date_records(&channel.name).await?;
    let yesterday = previous(channel.rules.days.date_of(as_of));
    let window = yesterday - config.catch_up + Duration::days(1);
    let start = first_date(channel, &files).unwrap_or(yesterday).max(window);
    let covered = counting
        .iter()
        .flat_map(|one| &one.file.coverage)
        .map(|line| line.0)
        .max();
    let mut days = Vec::new();
    for date in dates(start, covered.map_or(yesterday, |last| last.max(yesterday))) {
        let last = store.last_result(&channel.name, date).await?;
        let booked = last
            .as_ref()
            .map_or(0, |last| last.outcome.ledger.entries as usize);
        let (state, _) = date_state(channel, &counting, date, as_of, booked);
        let covering: Vec<_> = counting
            .iter()
            .filter(|one| one.covers(date).is_some())
            .collect();
        let due = run::due(channel, date);
        let arrived = covering
            .iter()
            .map(|one| one.file.source_time.min(one.file.received_at))
            .max();
        let late = match (state, arrived) {
            (DateState::Complete, Some(at)) if at > due => Lateness::Late,
            (DateState::Complete, _) => Lateness::OnTime,
            (DateState::NotDue, _) => Lateness::NotYet,
            (DateState::Incomplete, _) => Lateness::Missing,
            (DateState::NotExpected, _) => Lateness::NotExpected,
        };
        let result = last.filter(|_| records.contains_key(&date)).map(|last| {
            let breaks = last
                .outcome
                .items
                .iter()
                .filter(|item| item.is_open() && item.break_kind().is_some());
            (last.revision, last.outcome.state, breaks.count())
        });
        let names = covering.iter().map(|one| one.file.name.clone()).collect();
        let by = covering.iter().filter_map(|one| mails.get(&one.file.id));
        let by = by.flatten().cloned().collect();
        days.push(DayStanding {
            date,
            files: state,
            late,
            result,
            names,
            mails: by,
        });
    }
    let items = store.items(Some(&channel.name)).await?;
    Ok(Standing {
        channel: channel.name.clone(),
        days,
        open: items
            .into_iter()
            .filter(|one| one.state == ItemState::Open)
            .map(|one| one.item)
            .collect(),
        refused: files
            .iter()
            .filter(|file| file.state == FileState::Refused)
            .map(|file| (file.name.clone(), file.reason.clone()))
            .collect(),
    })
}

/// The classes of the report's ageing.
const CLASSES: [&str; 5] = ["0-1", "2-3", "4-7", "8-30", "over 30"];

fn ageing(open: &[Item], config: &Config, as_of: DateTime<Utc>) -> BTreeMap<usize, CountAmount> {
    let today = as_of.with_timezone(&config.zone).date_naive();
    let mut classes: BTreeMap<usize, CountAmount> = BTreeMap::new();
    for item in open {
        let class = advice::ageing_class(advice::age_days(item, today));
        classes.entry(class).or_default().add(item.value);
    }
    classes
}

fn text(standing: &Standing, config: &Config, as_of: DateTime<Utc>) -> String {
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    for day in &standing.days {
        origins.extend(day.mails.iter().map(|by| {
            let said = origin::text(by, config.zone);
            format!("  {}  {said}\n", day.date)
        }));
        let result = match &day.result {
            None => "never run".to_owned(),
            Some((revision, state, breaks)) => {
                format!("revision {revision}: {}, {breaks} breaks", state.name())
            }
        };
        lines.push(vec![
            format!("  {}", day.date.format("%a %Y-%m-%d")),
            day.late.name().to_owned(),
            result,
            day.names.join(", "),
        ]);
    }
    let mut out = format!(
        "{}\n{}\n",
        standing.channel,
        table(&lines, usize::MAX).join("\n")
    );
    out.extend(origins);
    for (name, reason) in &standing.refused {
        out.push_str(&format!(
            "  refused: {name}: {}\n",
            reason.replace('\n', "\n    ")
        ));
    }
    let classes = ageing(&standing.open, config, as_of);
    if classes.is_empty() {
        out.push_str("  no open item\n");
    }
    for (class, sum) in classes {
        out.push_str(&format!(
            "  open {} days: {} item(s), {}\n",
            CLASSES.get(class).unwrap_or(&"over 30"),
            sum.count,
            words::rupiah(sum.amount, Language::En)
        ));
    }
    out
}

fn value(standing: &Standing, config: &Config, as_of: DateTime<Utc>) -> Value {
    let ageing: Vec<Value> = ageing(&standing.open, config, as_of)
        .into_iter()
        .map(|(class, sum)| {
            json!({ "days": CLASSES.get(class), "count": sum.count, "amount": sum.amount })
        })
        .collect();
    let mut total = CountAmount::default();
    for item in &standing.open {
        total.add(item.value);
    }
    json!({
        "channel": standing.channel,
        "dates": standing.days.iter().map(|day| json!({
            "business_date": day.date.to_string(),
            "state": day.files.name(),
            "file": day.late.name().replace(' ', "_"),
            "files": day.names,
            "mails": day.mails.iter().map(origin::value).collect::<Vec<_>>(),
            "revision": day.result.as_ref().map(|result| result.0),
            "result": day.result.as_ref().map(|result| result.1.name()),
            "breaks": day.result.as_ref().map(|result| result.2),
        })).collect::<Vec<_>>(),
        "refused_files": standing.refused.iter().map(|(name, reason)| json!({
            "name": name, "reason": reason
        })).collect::<Vec<_>>(),
        "open_items": { "count": total.count, "amount": total.amount, "ageing": ageing },
    })
}
