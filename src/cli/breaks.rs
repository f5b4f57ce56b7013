//! `rekon breaks list|show`.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::{BreakFilter, Exit, Output, Usage, origin, print, print_json};
use crate::config::Config;
use crate::domain::acts::{Act, Approval, Recorded, Standing};
use crate::domain::outcome::{BreakKind, Bucket, Item};
use crate::domain::reconcile::last_date;
use crate::report::breaks::{break_view, mask_of, sort};
use crate::report::input::ChannelFacts;
use crate::report::json::{self, BreakState, ListedBreak};
use crate::report::labels::Language;
use crate::report::summary;
use crate::report::view::Voice;
use crate::report::words;
use crate::run::{self, channel_facts, chosen};
use crate::store::{ItemState, StoredItem};

pub struct Filter<'a> {
    pub date: Option<NaiveDate>,
    pub channels: &'a [String],
    pub state: BreakFilter,
}

/// A break of the state with how its channel may be shown.
struct Found {
    item: Item,
    state: BreakState,
    facts: ChannelFacts,
    standing: Standing,
    acts: Vec<Recorded>,
    /// What people noted, oldest first.
    notes: Vec<String>,
}

/// Notes with when and who.
fn notes(acts: &[Recorded], config: &Config) -> Vec<String> {
    acts.iter()
        .filter_map(|one| {
            let text = match &one.act {
                Act::Note { text } => text,
                Act::Resolve { text, .. } | Act::WriteOff { text, .. } if !text.is_empty() => text,
                _ => return None,
            };
            let at = one.at.with_timezone(&config.zone);
            Some(format!(
                "{} {}: {text}",
                at.format("%Y-%m-%d %H:%M"),
                one.by
            ))
        })
        .collect()
}

/// Everything people did, with where it stands in the audit chain.
fn history(found: &Found, config: &Config) -> Vec<String> {
    let mut lines: Vec<String> = found
        .acts
        .iter()
        .map(|one| {
            let at = one.at.with_timezone(&config.zone);
            let what = match &one.act {
                Act::Note { text } => format!("noted: {text}"),
                Act::Assign { owner } if owner.is_empty() => "assigned to nobody".to_owned(),
                Act::Assign { owner } => format!("assigned to {owner}"),
                Act::Resolve { reason, text } => joined("resolved", reason, text),
                Act::WriteOff {
                    reason,
                    text,
                    amount,
                    approval,
                } => {
                    let amount = words::rupiah(*amount, Language::En);
                    let how = match approval {
                        Approval::NotNeeded => format!("wrote off {amount}"),
                        Approval::Needed => format!("asked to write off {amount}"),
                    };
                    joined(&how, reason, text)
                }
                Act::Approve { write_off } => {
                    format!("approved the write-off of entry {write_off}")
                }
                Act::Believe { reason, .. } => joined("accepted the date", reason, ""),
            };
            let when = at.format("%Y-%m-%d %H:%M");
            format!("  {when}  {}  {what}  (chain entry {})", one.by, one.number)
        })
        .collect();
    if let Some(number) = found.standing.reopened_after {
        lines.push(format!(
            "  open again: its facts have changed since chain entry {number}; \
             `rekon diff --date {} --channel {}` shows how",
            last_date(&found.item),
            found.facts.name
        ));
    }
    if let Some((number, by)) = &found.standing.waiting {
        lines.push(format!(
            "  the write-off of chain entry {number} by {by} waits for a second person"
        ));
    }
    if !lines.is_empty() {
        lines.insert(0, "What people did:".to_owned());
    }
    lines
}

fn joined(what: &str, reason: &str, text: &str) -> String {
    match text {
        "" => format!("{what}: {reason}"),
        text => format!("{what}: {reason}; {text}"),
    }
}

async fn find(config: &Config, filter: &Filter<'_>) -> Result<Vec<Found>> {
    let store = run::open_store(config).await?;
    let mut found = Vec::new();
    for channel in chosen(config, filter.channels)? {
        let acts = store.acts(&channel.name).await?;
        for stored in store.items(Some(&channel.name)).await? {
            let Some(item) = as_break(&stored) else {
                continue;
            };
            let open = stored.state == ItemState::Open;
            let wanted = open || filter.state == BreakFilter::All;
            if !wanted || filter.date.is_some_and(|date| !stands_on(&item, date)) {
                continue;
            }
            let state = match stored.state {
                ItemState::Open => BreakState::Open,
                ItemState::Cleared => BreakState::Cleared,
                ItemState::Resolved => BreakState::Resolved,
                ItemState::WrittenOff => BreakState::WrittenOff,
            };
            let of = acts.get(&item.identity).cloned().unwrap_or_default();
            found.push(Found {
                notes: notes(&of, config),
                acts: of,
                standing: stored.standing,
                item,
                state,
                facts: channel_facts(channel),
            });
        }
    }
    store.close().await;
    Ok(found)
}

/// The item under the name it was reported with: one that a later match cleared is no break any
/// more, and is still listed as the break it was.
fn as_break(stored: &StoredItem) -> Option<Item> {
    let kind = BreakKind::ALL
        .into_iter()
        .find(|kind| kind.name() == stored.kind)?;
    Some(Item {
        bucket: Bucket::Break(kind),
        ..stored.item.clone()
    })
}

fn stands_on(item: &Item, date: NaiveDate) -> bool {
    let mut entries = item.ledger.iter().chain(&item.settlement);
    item.opened == date || entries.any(|entry| entry.business_date == date)
}

fn voice(config: &Config, as_of: DateTime<Utc>) -> Voice {
    Voice {
        language: Language::En,
        zone: config.zone,
        as_of,
    }
}

pub async fn list(
    config: &Config,
    filter: &Filter<'_>,
    as_of: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let found = find(config, filter).await?;
    if output == Output::Json {
        let listed: Vec<ListedBreak<'_>> = found.iter().map(listed).collect();
        print_json(&json::breaks(&listed, config.zone, as_of))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        print("No break.")?;
        return Ok(Exit::Done);
    }
    let voice = voice(config, as_of);
    let mut views: Vec<_> = found
        .iter()
        .map(|found| {
            break_view(
                &found.item,
                &found.facts,
                &mask_of(&found.facts, &[]),
                &voice,
            )
        })
        .collect();
    sort(&mut views);
    print(&summary::break_list(&views, &voice))?;
    Ok(Exit::Done)
}

fn listed(found: &Found) -> ListedBreak<'_> {
    ListedBreak {
        item: &found.item,
        facts: &found.facts,
        state: found.state,
        notes: &found.notes,
    }
}

pub async fn show(config: &Config, id: &str, as_of: DateTime<Utc>, output: Output) -> Result<Exit> {
    let filter = Filter {
        date: None,
        channels: &[],
        state: BreakFilter::All,
    };
    let all = find(config, &filter).await?;
    let Some(found) = all
        .iter()
        .find(|found| found.item.id.eq_ignore_ascii_case(id))
    else {
        bail!(Usage(format!(
            "there is no break {id}; `rekon breaks list --state all` shows them"
        )));
    };
    if output == Output::Json {
        let value = json::breaks(&[listed(found)], config.zone, as_of);
        print_json(value.get(0).unwrap_or(&value))?;
        return Ok(Exit::Done);
    }
    let voice = voice(config, as_of);
    let view = break_view(
        &found.item,
        &found.facts,
        &mask_of(&found.facts, &[]),
        &voice,
    );
    let mut state = found.state.name().to_owned();
    if let Some(owner) = &found.standing.owner {
        state.push_str(&format!(", with {owner}"));
    }
    print(&summary::break_show(&view, &voice, &state, &[]))?;
    for line in history(found, config) {
        print(&line)?;
    }
    for line in origins(config, found).await? {
        print(&line)?;
    }
    Ok(Exit::Done)
}

/// The files of a break's settlement rows, and the mails they came by.
async fn origins(config: &Config, found: &Found) -> Result<Vec<String>> {
    let store = run::open_store(config).await?;
    let files = store.files(&found.facts.name).await?;
    let mails = store.mails_of_files(&found.facts.name).await?;
    store.close().await;
    let rows = found.item.settlement.iter();
    let names: BTreeSet<(&str, NaiveDate)> = rows
        .filter_map(|entry| Some((entry.place.as_ref()?.file.as_str(), entry.business_date)))
        .collect();
    let mut lines = Vec::new();
    for file in files.iter().filter(|file| {
        let covers = |date: &NaiveDate| file.coverage.iter().any(|line| line.0 == *date);
        names
            .iter()
            .any(|(name, date)| *name == file.name && covers(date))
    }) {
        lines.push(format!("{}: SHA-256 {}", file.name, file.sha256));
        let by = mails.get(&file.id).into_iter().flatten();
        lines.extend(by.map(|by| format!("  {}", origin::text(by, config.zone))));
    }
    Ok(lines)
}
