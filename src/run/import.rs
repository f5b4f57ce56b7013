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
use crate::domain::record::facts_of;
use crate::report::annotations::Annotation;
use crate::report::catalogue;
use crate::report::labels::{Label, Language, fill};
use crate::store::{NewAct, Store};

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
        let ids = annotations.iter().map(|one| one.id.as_str());
        let breaks = Breaks::load(config, store, ids).await?;
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
    // An empty cell is no wish: the owner may be newer than the workbook.
    if !line.owner.is_empty() && line.owner != owner {
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
    let wish = Resolution::read(resolution);
    // What the sheet was written with is no wish, in whichever language it says it.
    let already = match (&wish, settled(&stored.standing, of)) {
        (None, _) => true,
        (Some(wish), Some(settled)) => wish.is(&settled),
        (Some(_), None) => false,
    };
    match wish.filter(|_| !already) {
        None if said_before => {}
        None => asked.push(Asked::Note { text }),
        Some(Resolution::WriteOff(reason)) => asked.push(Asked::WriteOff { reason, text }),
        Some(Resolution::Resolve(reason)) => asked.push(Asked::Resolve { reason, text }),
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

/// What the column Resolution says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    Resolve(String),
    WriteOff(String),
}

impl Resolution {
    /// `None` for an empty cell.
    fn read(text: &str) -> Option<Resolution> {
        let starts = ["write-off:", "write off:", "hapus buku:"];
        let write_off = starts.iter().find_map(|start| {
            let (head, reason) = text.split_at_checked(start.len())?;
            head.eq_ignore_ascii_case(start).then(|| reason.trim())
        });
        match write_off {
            Some(reason) => Some(Resolution::WriteOff(reason.to_owned())),
            None if text.is_empty() => None,
            None => Some(Resolution::Resolve(text.to_owned())),
        }
    }

    /// Reasons are taken in any letter case, and as either language shows them.
    fn is(&self, settled: &Resolution) -> bool {
        match (self, settled) {
            (Resolution::Resolve(a), Resolution::Resolve(b))
            | (Resolution::WriteOff(a), Resolution::WriteOff(b)) => {
                let shown = catalogue::resolution(b, Language::Id);
                a.eq_ignore_ascii_case(b) || a.eq_ignore_ascii_case(&shown)
            }
            _ => false,
        }
    }

    /// As a workbook of this language shows it.
    pub fn shown(&self, language: Language) -> String {
        match self {
            Resolution::Resolve(reason) => catalogue::resolution(reason, language),
            Resolution::WriteOff(reason) => {
                let reason = catalogue::resolution(reason, language);
                fill(Label::WriteOffReason, language, &[("reason", &reason)])
            }
        }
    }
}

/// How an item was closed, or what waits for approval; `None` while neither is so.
pub fn settled(standing: &Standing, acts: &[Recorded]) -> Option<Resolution> {
    if standing.waiting.is_none() && standing.closed.is_none() {
        return None;
    }
    acts.iter().rev().find_map(|one| match &one.act {
        Act::Resolve { reason, .. } => Some(Resolution::Resolve(reason.clone())),
        Act::WriteOff { reason, .. } => Some(Resolution::WriteOff(reason.clone())),
        _ => None,
    })
}
