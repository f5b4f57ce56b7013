//! What a channel's ledger holds of some dates, as plain rows: for trying which columns of an
//! unknown file name its entries. Read in one read-only snapshot; nothing is kept.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::NaiveDate;

use super::{ledger_spec, make_sample, open_ledger};
use crate::config::{Channel, Config};
use crate::domain::entry::decode_details;
use crate::domain::key;
use crate::domain::time::{next, previous};
use crate::profiles::propose::{LedgerRow, LedgerRows};

/// Entries that are looked at; a day of a busy channel is less.
const ENTRIES: usize = 300_000;
/// Days that are asked for.
const DAYS: usize = 62;

/// The ledger's entries of `dates` and of a day on either side of each.
pub async fn candidates(
    config: &Config,
    channel: &Channel,
    dates: &[NaiveDate],
) -> Result<(LedgerRows, Vec<NaiveDate>)> {
    let profile = &channel.profile;
    let hidden: Vec<&String> = profile.personal.iter().chain(&profile.bearer).collect();
    let shown: Vec<usize> = (0..channel.rules.details.len())
        .filter(|at| {
            let name = &channel.rules.details[*at];
            !hidden.contains(&name) && name != "code" && name != "product"
        })
        .collect();
    let mut rows = LedgerRows {
        channel: channel.name.clone(),
        key: channel.rules.key.clone(),
        details: shown
            .iter()
            .map(|at| channel.rules.details[*at].clone())
            .collect(),
        ..LedgerRows::default()
    };
    let around: BTreeSet<NaiveDate> = dates
        .iter()
        .flat_map(|date| [previous(*date), *date, next(*date)])
        .collect();
    let mut asked = Vec::new();
    make_sample(config)?;
    let mut ledger = open_ledger(config).await?;
    for date in &around {
        if asked.len() >= DAYS || rows.rows.len() >= ENTRIES {
            rows.truncated = true;
            break;
        }
        let (from, to) = channel.rules.days.span(*date);
        let reading = ledger.read(&ledger_spec(channel), from, to).await?;
        asked.push(*date);
        for entry in reading.entries.entries.iter() {
            if rows.rows.len() >= ENTRIES {
                rows.truncated = true;
                break;
            }
            let details = decode_details(reading.entries.details(entry));
            rows.rows.push(LedgerRow {
                key: key::parts(reading.entries.key(entry)),
                details: shown
                    .iter()
                    .map(|at| details.get(*at).cloned().unwrap_or_default())
                    .collect(),
                amount: entry.amount(),
            });
        }
    }
    ledger.close().await;
    Ok((rows, asked))
}
