//! `rekon status`: how things stand, from the state alone.

mod grid;
mod statement;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};

use self::grid::{Lateness, grid};
use self::statement::{Ageing, Naming, NotKnown, OLDEST_SHOWN, Statement, Unknown};
use super::{Exit, Output, origin, outbox, print, print_json};
use crate::config::{Channel, Config};
use crate::domain::outcome::DateState;
use crate::domain::reconcile::Ended;
use crate::domain::time::{Calendar, dates, previous};
use crate::report::findings;
use crate::report::json::date_findings;
use crate::report::labels::Language;
use crate::report::summary::table;
use crate::report::view::Voice;
use crate::run::{self, current, date_state, first_date};
use crate::store::{FileMail, FileState, Mails, OpenSums, QuarantineState, Store};

/// One channel as it stands.
struct Standing {
    channel: String,
    days: Vec<DayStanding>,
    open: OpenSums,
    /// What ended since the range began.
    ended: Ended,
    ageing: Ageing,
    /// Where a range was asked for.
    statement: Option<Statement>,
    /// Years that decide about these dates and whose holidays nobody listed.
    notices: Vec<String>,
    refused: Vec<(String, String)>,
}

struct DayStanding {
    date: NaiveDate,
    /// What is celebrated on it, where that matters for its file.
    holiday: Option<String>,
    /// How the date's files stand now.
    files: DateState,
    late: Lateness,
    /// The last result, if the date was ever run.
    result: Option<(u32, DateState, usize)>,
    /// What was found about its sides: in words, and for machines.
    findings: Vec<String>,
    finding_values: Vec<Value>,
    names: Vec<String>,
    /// The mails its files came by.
    mails: Vec<FileMail>,
}

/// The first and the last business date of a range.
pub type Range = (NaiveDate, NaiveDate);

/// Of the catch-up window, or of a range with its roll-forward.
pub async fn status(
    config: &Config,
    range: Option<Range>,
    as_of: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let store = run::open_store(config).await?;
    let mut standings = Vec::new();
    for channel in &config.channels {
        standings.push(standing(channel, config, range, &store, as_of).await?);
    }
    let mails = run::mails(&store, Mails::Open).await?;
    let mut held = store.quarantined().await?;
    held.retain(|one| one.state == QuarantineState::Held);
    let last_run = store.last_run_end(Utc::now()).await?;
    let failed_run = last_run.filter(|end| !end.error.is_empty());
    store.close().await;
    let all = (standings.len() > 1).then(|| together(&standings, config, range, as_of));
    if output == Output::Json {
        let channels: Vec<Value> = standings.iter().map(value).collect();
        let outbox: Vec<Value> = mails.iter().map(|one| outbox::value(one, as_of)).collect();
        let mut status = json!({
            "as_of": as_of.to_rfc3339(), "channels": channels, "outbox": outbox,
            "quarantined_mails": held.len(),
            "failed_run": failed_run.as_ref().map(|end| json!({
                "run": end.run_id,
                "ended_at": end.ended_at.to_rfc3339(),
                "exit_code": end.exit_code,
                "error": end.error,
            })),
        });
        if let Some((ageing, statement)) = &all {
            status["all_channels"] = json!({ "open_items": ageing.value() });
            if let Some(statement) = statement {
                status["all_channels"]["statement"] = statement.value();
            }
        }
        print_json(&status)?;
        return Ok(Exit::Done);
    }
    for standing in &standings {
        print(&text(standing, config))?;
    }
    if let Some((ageing, statement)) = &all {
        let statement = statement.as_ref().map(|one| one.text(Naming::Channels));
        let statement = statement.unwrap_or_default();
        print(&format!("all channels\n{statement}{}", ageing.text()))?;
    }
    if let Some(end) = failed_run {
        print(&format!(
            "Last run: failed {} with exit code {}: {}",
            end.ended_at
                .with_timezone(&config.zone)
                .format("%Y-%m-%d %H:%M"),
            end.exit_code,
            end.error
        ))?;
    }
    if !held.is_empty() {
        print(&format!(
            "Quarantine: {} mail(s) held; `rekon quarantine list` shows them.",
            held.len()
        ))?;
    }
    if mails.is_empty() {
        print("Outbox: empty.")?;
    }
    for mail in &mails {
        print(&outbox::line(mail, config.zone, as_of))?;
    }
    for notice in outbox::notices(&mails, as_of) {
        print(&format!("note: {notice}"))?;
    }
    Ok(Exit::Done)
}

async fn standing(
    channel: &Channel,
    config: &Config,
    range: Option<Range>,
    store: &Store,
    as_of: DateTime<Utc>,
) -> Result<Standing> {
    let files = store.files(&channel.name).await?;
    let counting = current(&files);
    let mails = store.mails_of_files(&channel.name).await?;
    let records = store.date_records(&channel.name).await?;
    let yesterday = previous(channel.rules.days.date_of(as_of));
    let window = yesterday - config.catch_up + Duration::days(1);
    let start = first_date(channel, &files).unwrap_or(yesterday);
    let covered = counting
        .iter()
        .flat_map(|one| &one.file.coverage)
        .map(|line| line.0)
        .max();
    let (first, last) = range.unwrap_or_else(|| {
        (
            window,
            covered.map_or(yesterday, |last| last.max(yesterday)),
        )
    });
    let first = first.max(start);
    let voice = Voice {
        language: Language::En,
        zone: config.zone,
        as_of,
    };
    let open = store.open_sums(&channel.name, OLDEST_SHOWN).await?;
    let ended = match range {
        Some((from, _)) => store.ended(&channel.name, from, [].iter()).await?,
        None => Ended::default(),
    };
    let mut days = Vec::new();
    for date in dates(first, last) {
        let last = store.last_totals(&channel.name, date).await?;
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
        let (findings, finding_values) = match &last {
            None => (Vec::new(), Vec::new()),
            Some(last) => (
                findings::note(&last.outcome, &voice).into_iter().collect(),
                date_findings(&last.outcome, config.zone, as_of),
            ),
        };
        let breaks = open.breaks_on(date);
        let result = last.filter(|_| records.contains_key(&date));
        let result = result.map(|last| (last.revision, last.outcome.state, breaks));
        let names = covering.iter().map(|one| one.file.name.clone()).collect();
        let by = covering.iter().filter_map(|one| mails.get(&one.file.id));
        let by = by.flatten().cloned().collect();
        let holiday = match &channel.calendar {
            Calendar::WorkingDays { holidays } => holidays.of(date),
            Calendar::EveryDay | Calendar::Weekdays => None,
        };
        days.push(DayStanding {
            date,
            holiday: holiday.map(|one| format!("{}, {}", one.name, one.kind.name())),
            files: state,
            late,
            result,
            findings,
            finding_values,
            names,
            mails: by,
        });
    }
    let unknown = |date, why| NotKnown {
        channel: channel.name.clone(),
        date,
        why,
    };
    let statement = range.map(|(from, to)| {
        let not_known = dates(start, to).filter_map(|date| match records.get(&date) {
            None => Some(unknown(date, Unknown::NeverRun)),
            Some(record) => match record.state {
                DateState::Complete | DateState::NotExpected => None,
                state => Some(unknown(date, Unknown::State(state))),
            },
        });
        Statement::of(&open, &ended, (from, to), not_known.collect())
    });
    let judged: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    Ok(Standing {
        channel: channel.name.clone(),
        days,
        ageing: Ageing::of(&open, today(config, as_of)),
        statement,
        notices: run::unlisted(channel, &judged),
        open,
        ended,
        refused: files
            .iter()
            .filter(|file| file.state == FileState::Refused)
            .map(|file| (file.name.clone(), file.reason.clone()))
            .collect(),
    })
}

fn today(config: &Config, as_of: DateTime<Utc>) -> NaiveDate {
    as_of.with_timezone(&config.zone).date_naive()
}

/// All channels as one.
fn together(
    standings: &[Standing],
    config: &Config,
    range: Option<Range>,
    as_of: DateTime<Utc>,
) -> (Ageing, Option<Statement>) {
    let mut open = OpenSums::default();
    for standing in standings {
        open.and(&standing.open);
    }
    let statement = range.map(|(from, to)| {
        let of_channels = standings.iter().filter_map(|one| one.statement.as_ref());
        let not_known = of_channels.flat_map(|one| one.not_known.clone()).collect();
        let mut ended = Ended::default();
        for (at, sum) in standings.iter().flat_map(|one| &one.ended.0) {
            ended.add(*at, *sum);
        }
        Statement::of(&open, &ended, (from, to), not_known)
    });
    (Ageing::of(&open, today(config, as_of)), statement)
}

fn text(standing: &Standing, config: &Config) -> String {
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    for day in &standing.days {
        origins.extend(day.mails.iter().map(|by| {
            let said = origin::text(by, config.zone);
            format!("  {}  {said}\n", day.date)
        }));
        origins.extend(
            day.findings
                .iter()
                .map(|said| format!("  {}  {said}\n", day.date)),
        );
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
            match &day.holiday {
                Some(holiday) if day.names.is_empty() => holiday.clone(),
                _ => day.names.join(", "),
            },
        ]);
    }
    let marks = standing.days.iter().map(|day| (day.date, day.late));
    let mut out = format!(
        "{}\n{}{}\n",
        standing.channel,
        grid(&marks.collect()),
        table(&lines, usize::MAX).join("\n")
    );
    out.extend(origins);
    for (name, reason) in &standing.refused {
        out.push_str(&format!(
            "  refused: {name}: {}\n",
            reason.replace('\n', "\n    ")
        ));
    }
    for notice in &standing.notices {
        out.push_str(&format!("  note: {notice}\n"));
    }
    if let Some(statement) = &standing.statement {
        out.push_str(&statement.text(Naming::Dates));
    }
    out.push_str(&standing.ageing.text());
    out
}

fn value(standing: &Standing) -> Value {
    let mut value = json!({
        "channel": standing.channel,
        "dates": standing.days.iter().map(|day| json!({
            "business_date": day.date.to_string(),
            "state": day.files.name(),
            "file": day.late.name().replace(' ', "_"),
            "holiday": day.holiday,
            "files": day.names,
            "mails": day.mails.iter().map(origin::value).collect::<Vec<_>>(),
            "revision": day.result.as_ref().map(|result| result.0),
            "result": day.result.as_ref().map(|result| result.1.name()),
            "breaks": day.result.as_ref().map(|result| result.2),
            "findings": day.finding_values,
        })).collect::<Vec<_>>(),
        "refused_files": standing.refused.iter().map(|(name, reason)| json!({
            "name": name, "reason": reason
        })).collect::<Vec<_>>(),
        "notices": standing.notices,
        "open_items": standing.ageing.value(),
    });
    if let Some(statement) = &standing.statement {
        value["statement"] = statement.value();
    }
    value
}
