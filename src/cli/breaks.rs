//! `rekon breaks list|show`.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::{BreakFilter, Exit, Output, Usage, origin, print, print_json};
use crate::config::Config;
use crate::domain::acts::{Act, Approval, Recorded, Standing};
use crate::domain::key::{KeyField, normalise};
use crate::domain::outcome::{BreakKind, Bucket, Item};
use crate::domain::reconcile::last_date;
use crate::report::breaks::{BreakView, break_view, mask_of};
use crate::report::input::{ChannelFacts, People};
use crate::report::json::{self, BreakState, ListedBreak};
use crate::report::labels::Language;
use crate::report::summary;
use crate::report::view::Voice;
use crate::report::words;
use crate::run::{self, channel_facts, chosen};
use crate::spelling::nearest;
use crate::store::{ItemState, Store, StoredItem};

pub struct Filter<'a> {
    pub date: Option<NaiveDate>,
    pub channels: &'a [String],
    pub state: BreakFilter,
    /// Empty for those that nobody owns.
    pub owner: Option<&'a str>,
    pub kind: Option<BreakKind>,
    /// A reference as it is printed, or a part of it.
    pub key: Option<&'a str>,
    pub id: Option<&'a str>,
}

impl Filter<'_> {
    const ALL: Filter<'static> = Filter {
        date: None,
        channels: &[],
        state: BreakFilter::All,
        owner: None,
        kind: None,
        key: None,
        id: None,
    };

    /// What is stored that it may want.
    async fn stored(&self, channel: &str, store: &Store) -> Result<Vec<StoredItem>> {
        if let Some(id) = self.id {
            let mut found = store.items_of_ids(&[id.trim().to_uppercase()]).await?;
            found.retain(|one| one.channel == channel);
            return Ok(found);
        }
        match (self.state, self.date) {
            (BreakFilter::Open, _) => store.open_items(channel).await,
            (_, Some(date)) => store.items_on(channel, date).await,
            (_, None) => store.items(Some(channel)).await,
        }
    }

    fn wants(&self, stored: &StoredItem, item: &Item, fields: &[KeyField]) -> bool {
        let state = match self.state {
            BreakFilter::All => None,
            BreakFilter::Open => Some(ItemState::Open),
            BreakFilter::Cleared => Some(ItemState::Cleared),
            BreakFilter::Resolved => Some(ItemState::Resolved),
            BreakFilter::WrittenOff => Some(ItemState::WrittenOff),
        };
        let owner = stored.standing.owner.as_deref().unwrap_or_default();
        state.is_none_or(|state| stored.state == state)
            && self.date.is_none_or(|date| stands_on(item, date))
            && self.kind.is_none_or(|kind| item.break_kind() == Some(kind))
            && self
                .owner
                .is_none_or(|name| owner.to_lowercase() == name.trim().to_lowercase())
            && self.key.is_none_or(|text| has_in_key(item, text, fields))
    }
}

/// A kind of break as the outputs name it.
pub fn kind(text: &str) -> Result<BreakKind> {
    let name = text.trim().to_lowercase().replace(['-', ' '], "_");
    let found = BreakKind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| {
        let known = BreakKind::ALL.iter().map(|kind| kind.name());
        let hint = match nearest(&name, known.clone()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("one of: {}", known.collect::<Vec<_>>().join(", ")),
        };
        Usage(format!(
            "--kind: `{text}` is not a kind of break\n  hint: {hint}"
        ))
        .into()
    })
}

/// Whether a part of the key holds this text, as it is printed, or is the same number.
fn has_in_key(item: &Item, text: &str, fields: &[KeyField]) -> bool {
    let text = text.trim().to_lowercase();
    let shown = item.shown_key();
    let printed = shown
        .iter()
        .any(|(_, part)| part.to_lowercase().contains(&text));
    printed
        || item.key.iter().zip(fields).any(|((_, part), field)| {
            normalise(&text, field.spelling)
                .is_ok_and(|normal| part.to_lowercase() == normal.to_lowercase())
        })
}

/// A break of the state with how its channel may be shown.
struct Found {
    item: Item,
    state: BreakState,
    facts: Arc<ChannelFacts>,
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
    let mut lines: Vec<String> = found.acts.iter().map(|one| act_line(one, config)).collect();
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

/// An act with when, who, and where it stands in the audit chain.
pub fn act_line(one: &Recorded, config: &Config) -> String {
    let at = one.at.with_timezone(&config.zone);
    let (when, what) = (at.format("%Y-%m-%d %H:%M"), act_text(one));
    format!("  {when}  {}  {what}  (chain entry {})", one.by, one.number)
}

/// What was done, in words.
pub fn act_text(one: &Recorded) -> String {
    match &one.act {
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
        Act::Reopen { reason } => format!("opened it again: {reason}"),
        Act::Believe { reason, .. } => joined("accepted the date", reason, ""),
    }
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
        let facts = Arc::new(channel_facts(channel));
        for stored in filter.stored(&channel.name, &store).await? {
            let Some(item) = as_break(&stored) else {
                continue;
            };
            if !filter.wants(&stored, &item, &channel.profile.key) {
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
                facts: facts.clone(),
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
    let mut item = stored.item.clone();
    // Whoever changes a shared item has one of its own.
    if item.bucket != Bucket::Break(kind) {
        item.bucket = Bucket::Break(kind);
    }
    Some(item)
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
    let listed: Vec<ListedBreak<'_>> = found.iter().map(listed).collect();
    if output == Output::Json {
        print_json(&json::breaks(&listed, config.zone, as_of))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        print("No break.")?;
        return Ok(Exit::Done);
    }
    let voice = voice(config, as_of);
    print(&summary::break_list(&listed, &voice))?;
    Ok(Exit::Done)
}

/// A break as it is shown, with where it stands and whose it is.
fn viewed(found: &Found, voice: &Voice) -> BreakView {
    let people = People {
        owner: found.standing.owner.clone().unwrap_or_default(),
        ..People::default()
    };
    BreakView {
        state_code: found.state.name(),
        state_label: voice.say(found.state.label()),
        people,
        ..break_view(
            &found.item,
            &found.facts,
            &mask_of(&found.facts, &[]),
            voice,
        )
    }
}

fn listed(found: &Found) -> ListedBreak<'_> {
    ListedBreak {
        item: &found.item,
        facts: &found.facts,
        state: found.state,
        owner: found.standing.owner.as_deref().unwrap_or_default(),
        notes: &found.notes,
    }
}

pub async fn show(config: &Config, id: &str, as_of: DateTime<Utc>, output: Output) -> Result<Exit> {
    let of_id = Filter {
        id: Some(id),
        ..Filter::ALL
    };
    let all = find(config, &of_id).await?;
    let Some(found) = all.first() else {
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
    let view = viewed(found, &voice);
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
        .filter_map(|entry| Some((&*entry.place.as_ref()?.file, entry.business_date)))
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
