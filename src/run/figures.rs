//! The figures for Prometheus, from what is on record: the same whoever asks, and after any run.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::coverage::{current, date_state, first_date};
use crate::config::{Channel, Config};
use crate::domain::outcome::{AtRisk, BreakKind, DateState};
use crate::domain::time::{dates, previous};
use crate::metrics::{ChannelFigures, Figures, LastRun};
use crate::store::{Mails, OutboxState, Store};

pub async fn figures(config: &Config, store: &Store, now: DateTime<Utc>) -> Result<Figures> {
    let mut channels = Vec::new();
    for channel in &config.channels {
        channels.push(channel_figures(channel, config, store, now).await?);
    }
    let waiting = store.outbox(Mails::Open).await?;
    let count = |state: OutboxState| waiting.iter().filter(|row| row.state == state).count() as u64;
    let states = [
        OutboxState::Queued,
        OutboxState::Sending,
        OutboxState::Deferred,
        OutboxState::Uncertain,
        OutboxState::Failed,
    ];
    let good = store.last_good_run(now).await?;
    let last = store.last_run_end(now).await?;
    Ok(Figures {
        last_success: good.map(|end| end.ended_at),
        last_run: last.map(|end| LastRun {
            started: end.started_at,
            ended: end.ended_at,
            exit: end.exit_code,
        }),
        channels,
        outbox: states
            .into_iter()
            .map(|state| (state.name(), count(state)))
            .collect(),
    })
}

async fn channel_figures(
    channel: &Channel,
    config: &Config,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<ChannelFigures> {
    let mut breaks: BTreeMap<BreakKind, u64> = BTreeMap::new();
    let mut at_risk = AtRisk::default();
    for stored in store.open_items(&channel.name).await? {
        if let Some(kind) = stored.item.break_kind() {
            *breaks.entry(kind).or_default() += 1;
        }
        at_risk.add(stored.item.exposure, stored.item.at_risk);
    }
    let records = store.date_records(&channel.name).await?;
    let newest: Option<NaiveDate> = records
        .iter()
        .rfind(|(_, record)| record.state == DateState::Complete)
        .map(|(date, _)| *date);
    let rows = match newest {
        None => None,
        Some(date) => store.last_totals(&channel.name, date).await?,
    };
    let rows = rows.map(|result| {
        let outcome = result.outcome;
        vec![
            ("settlement", outcome.settlement.entries),
            ("ledger", outcome.ledger.entries),
        ]
    });

    let files = store.files(&channel.name).await?;
    let counting = current(&files);
    let yesterday = previous(channel.rules.days.date_of(now));
    let window = yesterday - config.catch_up + Duration::days(1);
    let start = first_date(channel, &files).unwrap_or(yesterday);
    let missing = dates(window.max(start), yesterday).filter(|date| {
        let known = records.get(date).map(|record| record.state);
        if matches!(known, Some(DateState::Complete | DateState::NotExpected)) {
            return false;
        }
        let booked = usize::from(known == Some(DateState::Incomplete));
        date_state(channel, &counting, *date, now, booked).0 == DateState::Incomplete
    });
    Ok(ChannelFigures {
        name: channel.name.clone(),
        files_missing: missing.count() as u64,
        breaks: BreakKind::ALL
            .into_iter()
            .map(|kind| (kind.name(), breaks.get(&kind).copied().unwrap_or_default()))
            .collect(),
        at_risk: vec![
            ("owed_to_us", at_risk.owed_to_us),
            ("owed_by_us", at_risk.owed_by_us),
            ("undecided", at_risk.undecided),
        ],
        rows: rows.unwrap_or_default(),
    })
}
