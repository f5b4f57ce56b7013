//! The round trip: what finance wrote into the Breaks sheet becomes acts, line by line, each held to
//! what a command would be held to.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::acts::{ActRefused, Asked, Breaks, Done};
use super::{run_id, under_lock};
use crate::config::Config;
use crate::domain::acts::{Act, Recorded, Standing, as_written};
use crate::report::annotations::Annotation;
use crate::report::catalogue;
use crate::report::labels::Language;
use crate::store::{NewAct, Store, facts_of};

/// What became of one line of the sheet.
#[derive(Debug)]
pub struct Line {
    /// As Excel counts them.
    pub row: u32,
    pub id: String,
    pub result: Result<Vec<Done>, ActRefused>,
}

/// Whether lines are applied or only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Importing {
    DryRun,
    Apply,
}

/// Holds each line against its break as it stands; the lines that are possible are recorded together.
/// Lines on which nobody wrote anything new are left out.
pub async fn import(
    config: &Config,
    annotations: &[Annotation],
    importing: Importing,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Line>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        let breaks = Breaks::load(config, store).await?;
        let mut lines = Vec::new();
        let mut acts = Vec::new();
        for annotation in annotations {
            let result = match wanted(&breaks, store, annotation, by, now).await? {
                Ok(new) if new.is_empty() => continue,
                Ok(new) => {
                    let done = new.iter().map(|one| Done {
                        id: one.item_id.clone(),
                        act: one.act.clone(),
                    });
                    let done = done.collect();
                    acts.extend(new);
                    Ok(done)
                }
                Err(refused) => Err(refused),
            };
            lines.push(Line {
                row: annotation.row,
                id: annotation.id.clone(),
                result,
            });
        }
        if importing == Importing::Apply && !acts.is_empty() {
            store.record_acts(&acts, now, lock).await?;
        }
        Ok(lines)
    })
    .await
}

/// The acts a line asks for beyond what is on record.
async fn wanted(
    breaks: &Breaks<'_>,
    store: &Store,
    line: &Annotation,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Result<Vec<NewAct>, ActRefused>> {
    let stored = match breaks.find(&line.id) {
        Ok(stored) => stored,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some((column, value)) = &line.error {
        return Ok(Err(ActRefused::NotText {
            id: line.id.clone(),
            column: column.clone(),
            value: value.clone(),
        }));
    }
    let acts = store.acts(&stored.channel).await?;
    let of = acts
        .get(&stored.item.identity)
        .map_or(&[][..], Vec::as_slice);
    let noted: BTreeSet<&str> = of
        .iter()
        .filter_map(|one| match &one.act {
            Act::Note { text } => Some(text.as_str()),
            Act::Resolve { text, .. } | Act::WriteOff { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let mut asked = Vec::new();
    let owner = stored.standing.owner.clone().unwrap_or_default();
    if line.owner != owner {
        asked.push(Asked::Assign {
            owner: line.owner.clone(),
        });
    }
    let note = line.note.trim();
    let said_before = note.is_empty() || noted.contains(note);
    let resolution = line.resolution.trim();
    let text = match said_before {
        true => String::new(),
        false => note.to_owned(),
    };
    let write_off = ["write-off:", "write off:", "hapus buku:"]
        .iter()
        .find_map(|start| {
            let (head, reason) = resolution.split_at_checked(start.len())?;
            head.eq_ignore_ascii_case(start)
                .then(|| reason.trim().to_owned())
        });
    // What the sheet was written with is no wish.
    let settled = settled(&stored.standing, of);
    let as_shown = [Language::En, Language::Id].map(|one| catalogue::resolution(&settled, one));
    let already = resolution.is_empty() || as_shown.iter().any(|one| one == resolution);
    match (already, write_off) {
        (true, _) if said_before => {}
        (true, _) => asked.push(Asked::Note { text }),
        (false, Some(reason)) => asked.push(Asked::WriteOff { reason, text }),
        (false, None) => asked.push(Asked::Resolve {
            reason: resolution.to_owned(),
            text,
        }),
    }
    if asked.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let facts = as_written(facts_of(&stored.item), stored.standing.reopened_by);
    if line.facts != facts {
        let id = line.id.clone();
        return Ok(Err(ActRefused::Changed { id }));
    }
    Ok(asked
        .iter()
        .map(|asked| breaks.act(&line.id, asked, by, now))
        .collect())
}

/// The resolution that a workbook shows for an item as it stands.
pub fn settled(standing: &Standing, acts: &[Recorded]) -> String {
    if standing.waiting.is_none() && standing.closed.is_none() {
        return String::new();
    }
    let last = acts.iter().rev().find_map(|one| match &one.act {
        Act::Resolve { reason, .. } => Some(reason.clone()),
        Act::WriteOff { reason, .. } => Some(format!("write-off: {reason}")),
        _ => None,
    });
    last.unwrap_or_default()
}
