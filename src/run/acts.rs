//! What people do about breaks: checked against the break as it stands, recorded in the audit chain.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{run_id, under_lock};
use crate::config::{Channel, Config};
use crate::domain::acts::{Act, Approval};
use crate::domain::record::facts_of;
use crate::report::catalogue;
use crate::spelling::nearest;
use crate::store::{ItemState, NewAct, Store, StoredItem};

/// What is asked for one break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Note { text: String },
    Assign { owner: String },
    Resolve { reason: String, text: String },
    WriteOff { reason: String, text: String },
    Approve,
    Reopen { reason: String },
}

/// An act that is not possible; nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum ActRefused {
    #[error("there is no break {id}; `rekon breaks list --state all` shows them")]
    NoSuchBreak { id: String },
    #[error("`{reason}` is no reason of [breaks] reasons\n  hint: {hint}")]
    Reason { reason: String, hint: String },
    #[error("{id} is {state} already; `rekon breaks show {id}` says by what")]
    NotOpen { id: String, state: &'static str },
    #[error("{id} has no write-off that waits for approval")]
    NothingToApprove { id: String },
    #[error("{id} is {state}: nobody has closed it, and no write-off of it waits for approval")]
    NothingToReopen { id: String, state: &'static str },
    #[error(
        "{by} made the write-off of {id}; a second person has to approve it\n  hint: somebody else runs `rekon breaks approve {id}` under their own login"
    )]
    SamePerson { id: String, by: String },
    #[error("{what} is empty\n  hint: {hint}")]
    Empty {
        what: &'static str,
        hint: &'static str,
    },
    #[error(
        "{id}: the cell of column {column} is {value}, an error where a text was typed\n  hint: write it as text: a leading ' keeps = and + from being calculated"
    )]
    NotText {
        id: String,
        column: String,
        value: String,
    },
    #[error(
        "{id} has changed since that workbook was written\n  hint: look at it again: `rekon breaks show {id}`"
    )]
    Changed { id: String },
}

/// An act that was recorded, or would be.
#[derive(Clone, Debug)]
pub struct Done {
    pub id: String,
    pub act: Act,
}

/// Breaks by id, as they stand.
pub struct Breaks<'c> {
    by_id: BTreeMap<String, (&'c Channel, StoredItem)>,
    config: &'c Config,
}

impl<'c> Breaks<'c> {
    /// Those of these ids, in whatever letters they are typed.
    pub async fn load(
        config: &'c Config,
        store: &Store,
        ids: impl Iterator<Item = &str>,
    ) -> Result<Breaks<'c>> {
        let ids: BTreeSet<String> = ids.map(|id| id.trim().to_uppercase()).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let mut by_id = BTreeMap::new();
        for stored in store.items_of_ids(&ids).await? {
            let channel = config
                .channels
                .iter()
                .find(|one| one.name == stored.channel);
            if let Some(channel) = channel {
                by_id.insert(stored.item.id.to_uppercase(), (channel, stored));
            }
        }
        Ok(Breaks { by_id, config })
    }

    pub fn find(&self, id: &str) -> Result<&StoredItem, ActRefused> {
        let found = self.by_id.get(&id.trim().to_uppercase());
        found
            .map(|(_, stored)| stored)
            .ok_or_else(|| ActRefused::NoSuchBreak { id: id.to_owned() })
    }

    /// The act that is asked for, if it is possible.
    pub fn act(
        &self,
        id: &str,
        asked: &Asked,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<NewAct, ActRefused> {
        let stored = self.find(id)?;
        let (channel, _) = &self.by_id[&id.trim().to_uppercase()];
        let id = stored.item.id.clone();
        let open = || match stored.state {
            ItemState::Open => Ok(()),
            state => Err(ActRefused::NotOpen {
                id: id.clone(),
                state: state.name(),
            }),
        };
        let act = match asked {
            Asked::Note { text } if text.trim().is_empty() => {
                return Err(ActRefused::Empty {
                    what: "the note",
                    hint: "--text \"what you found out\"",
                });
            }
            Asked::Note { text } => Act::Note { text: text.clone() },
            Asked::Assign { owner } => Act::Assign {
                owner: owner.trim().to_owned(),
            },
            Asked::Resolve { reason, text } => {
                open()?;
                Act::Resolve {
                    reason: self.reason(reason)?,
                    text: text.clone(),
                }
            }
            Asked::WriteOff { reason, text } => {
                open()?;
                let amount = stored.item.value;
                Act::WriteOff {
                    reason: self.reason(reason)?,
                    text: text.clone(),
                    amount,
                    approval: match amount > self.config.breaks.write_off_limit {
                        true => Approval::Needed,
                        false => Approval::NotNeeded,
                    },
                }
            }
            Asked::Approve => {
                open()?;
                match &stored.standing.waiting {
                    None => return Err(ActRefused::NothingToApprove { id }),
                    Some((_, maker)) if maker == by => {
                        let by = by.to_owned();
                        return Err(ActRefused::SamePerson { id, by });
                    }
                    Some((number, _)) => Act::Approve { write_off: *number },
                }
            }
            Asked::Reopen { reason } if reason.trim().is_empty() => {
                return Err(ActRefused::Empty {
                    what: "the reason",
                    hint: "--reason \"why it is open after all\"",
                });
            }
            Asked::Reopen { reason } => {
                let standing = &stored.standing;
                if standing.closed.is_none() && standing.waiting.is_none() {
                    let state = stored.state.name();
                    return Err(ActRefused::NothingToReopen { id, state });
                }
                Act::Reopen {
                    reason: reason.trim().to_owned(),
                }
            }
        };
        Ok(NewAct {
            channel: channel.name.clone(),
            identity: stored.item.identity.clone(),
            item_id: id,
            facts: facts_of(&stored.item),
            on: channel.rules.days.date_of(now),
            by: by.to_owned(),
            act,
        })
    }

    /// A reason as the configuration spells it.
    fn reason(&self, asked: &str) -> Result<String, ActRefused> {
        let reasons = &self.config.breaks.reasons;
        let same = |known: &&String| known.eq_ignore_ascii_case(asked.trim());
        // As an Indonesian workbook shows it.
        let shown = || catalogue::configured_reason(asked.trim(), reasons).map(str::to_owned);
        let found = reasons.iter().find(same).cloned().or_else(shown);
        found.ok_or_else(|| {
            let known = reasons.iter().map(String::as_str);
            ActRefused::Reason {
                reason: asked.to_owned(),
                hint: match nearest(asked, known.clone()) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("one of: {}", known.collect::<Vec<_>>().join(", ")),
                },
            }
        })
    }
}

/// Records what is asked for each of these breaks, or nothing at all.
pub async fn act(
    config: &Config,
    wanted: &[(String, Asked)],
    by: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Done>> {
    let recorded = under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        let ids = wanted.iter().map(|(id, _)| id.as_str());
        let breaks = Breaks::load(config, store, ids).await?;
        let acts = wanted
            .iter()
            .map(|(id, asked)| breaks.act(id, asked, by, now))
            .collect::<Result<Vec<NewAct>, ActRefused>>()?;
        store.record_acts(&acts, now, lock).await?;
        Ok(acts)
    })
    .await?;
    Ok(recorded
        .into_iter()
        .map(|new| Done {
            id: new.item_id,
            act: new.act,
        })
        .collect())
}
