//! What people did about an item, and where it stands for that. Pure.
//!
//! An act is never changed or deleted: a later one says otherwise. A resolution or write-off
//! counts as long as the facts are those it was made for; once they change the item is open again,
//! and says so.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::money::Money;
use super::outcome::{Closed, Closing};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    Note {
        text: String,
    },
    /// To nobody where the name is empty.
    Assign {
        owner: String,
    },
    Resolve {
        reason: String,
        text: String,
    },
    WriteOff {
        reason: String,
        text: String,
        /// The item's value at that time.
        amount: Money,
        approval: Approval,
    },
    /// Of the write-off that was recorded under this number.
    Approve {
        write_off: i64,
    },
    /// Undoes whatever closed it, and a write-off that waits.
    Reopen {
        reason: String,
    },
    /// Of a date, not an item: what was found about one of its sides is true.
    Believe {
        /// The kind of the finding, and how many payments it was about.
        finding: String,
        entries: u64,
        reason: String,
    },
}

impl Act {
    pub fn name(&self) -> &'static str {
        match self {
            Act::Note { .. } => "note",
            Act::Assign { .. } => "assign",
            Act::Resolve { .. } => "resolve",
            Act::WriteOff { .. } => "write-off",
            Act::Approve { .. } => "approve",
            Act::Reopen { .. } => "reopen",
            Act::Believe { .. } => "accept",
        }
    }
}

/// Whether a write-off counts by itself: decided by the limit of the day it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    NotNeeded,
    /// A second person has to approve it.
    Needed,
}

/// An act as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place in the audit chain: later acts have higher numbers.
    pub number: i64,
    pub at: DateTime<Utc>,
    /// The business date it counts on.
    pub on: NaiveDate,
    /// The login name as the system told it.
    pub by: String,
    /// A digest of the item's facts as they were.
    pub facts: String,
    #[serde(flatten)]
    pub act: Act,
}

/// Where an item stands for what people did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub owner: Option<String>,
    pub closed: Option<Closed>,
    /// The number of the act that closed it.
    pub closed_by: Option<i64>,
    /// The number of a write-off that waits for a second person, and who made it.
    pub waiting: Option<(i64, String)>,
    /// The number of the act that closed it before its facts changed.
    pub reopened_after: Option<i64>,
    /// The number of the act by which a person last opened it again.
    pub reopened_by: Option<i64>,
}

/// Folds the acts of one item, oldest first, over the facts it has today.
pub fn standing(acts: &[Recorded], facts: &str) -> Standing {
    let mut standing = Standing::default();
    for one in acts {
        let closed = |how| Some((Closed { on: one.on, how }, &one.facts));
        let closes = match &one.act {
            Act::Note { .. } | Act::Believe { .. } => None,
            Act::Assign { owner } => {
                standing.owner = Some(owner.clone()).filter(|owner| !owner.is_empty());
                None
            }
            Act::Resolve { .. } => closed(Closing::Resolved),
            Act::WriteOff {
                approval: Approval::NotNeeded,
                ..
            } => closed(Closing::WrittenOff),
            Act::WriteOff {
                approval: Approval::Needed,
                ..
            } => {
                // It replaces what waited before, and closes nothing yet.
                standing.waiting = (one.facts == facts).then(|| (one.number, one.by.clone()));
                None
            }
            Act::Approve { write_off } => approved(acts, one, *write_off)
                .and_then(|wanted| closed(Closing::WrittenOff).map(|(closed, _)| (closed, wanted))),
            Act::Reopen { .. } => {
                standing = Standing {
                    owner: standing.owner,
                    reopened_by: Some(one.number),
                    ..Standing::default()
                };
                None
            }
        };
        let Some((closed, made_for)) = closes else {
            continue;
        };
        if made_for == facts {
            standing.closed = Some(closed);
            standing.closed_by = Some(one.number);
            standing.waiting = None;
            standing.reopened_after = None;
        } else {
            standing.closed = None;
            standing.closed_by = None;
            standing.reopened_after = Some(one.number);
        }
    }
    standing
}

/// Who closed an item, when and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosingAct<'a> {
    pub by: &'a str,
    pub at: DateTime<Utc>,
    /// One of `[breaks] reasons`.
    pub reason: &'a str,
}

/// What closed an item that is closed. An approved write-off was closed by the person who approved
/// it, for the reason of the one who asked.
pub fn closing<'a>(standing: &Standing, acts: &'a [Recorded]) -> Option<ClosingAct<'a>> {
    let number = standing.closed_by?;
    let act = acts.iter().find(|one| one.number == number)?;
    let asked = match &act.act {
        Act::Approve { write_off } => acts.iter().find(|one| one.number == *write_off)?,
        _ => act,
    };
    let (Act::Resolve { reason, .. } | Act::WriteOff { reason, .. }) = &asked.act else {
        return None;
    };
    Some(ClosingAct {
        by: &act.by,
        at: act.at,
        reason,
    })
}

/// The digest of an item's facts as a workbook carries it. After somebody opened the item again it
/// is another one: a workbook that was filled in before must not close it a second time.
pub fn as_written(facts: String, reopened_by: Option<i64>) -> String {
    match reopened_by {
        None => facts,
        Some(number) => format!("{facts}-{number}"),
    }
}

/// The facts of the write-off that an approval is for, if it approves anything: another person's
/// write-off that waited for it, and that nobody has undone in between.
fn approved<'a>(acts: &'a [Recorded], approval: &Recorded, write_off: i64) -> Option<&'a String> {
    let undone = acts.iter().any(|one| {
        write_off < one.number
            && one.number < approval.number
            && matches!(one.act, Act::Reopen { .. })
    });
    if undone {
        return None;
    }
    acts.iter()
        .find(|one| {
            one.number == write_off
                && one.number < approval.number
                && one.by != approval.by
                && matches!(
                    one.act,
                    Act::WriteOff {
                        approval: Approval::Needed,
                        ..
                    }
                )
        })
        .map(|one| &one.facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `who act facts` a line, as acts 1, 2, 3 …
    fn acts(script: &str) -> Vec<Recorded> {
        let on = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
        script
            .split(';')
            .zip(1..)
            .map(|(line, number)| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let (by, what, facts) = (words[0], words[1], words[2]);
                let said = || ("reason".to_owned(), String::new());
                let write_off = |approval| Act::WriteOff {
                    reason: said().0,
                    text: said().1,
                    amount: Money::from_sen(100),
                    approval,
                };
                let act = match what.split_once('=') {
                    Some(("approve", of)) => Act::Approve {
                        write_off: of.parse().expect("a number"),
                    },
                    Some(("assign", owner)) => Act::Assign {
                        owner: owner.to_owned(),
                    },
                    _ if what == "resolve" => Act::Resolve {
                        reason: said().0,
                        text: said().1,
                    },
                    _ if what == "write-off" => write_off(Approval::NotNeeded),
                    _ if what == "big" => write_off(Approval::Needed),
                    _ if what == "reopen" => Act::Reopen { reason: said().0 },
                    _ => Act::Note {
                        text: what.to_owned(),
                    },
                };
                Recorded {
                    number,
                    at: DateTime::UNIX_EPOCH,
                    on: on(number as u32),
                    by: by.to_owned(),
                    facts: facts.to_owned(),
                    act,
                }
            })
            .collect()
    }

    #[test]
    fn acts_fold_into_where_an_item_stands() {
        // Facts of today are `f`; others are older.
        for (script, said) in [
            ("ani note f", "open"),
            ("ani resolve f", "resolved on 1"),
            ("ani resolve f; ani note f", "resolved on 1"),
            ("ani resolve e", "open, reopened after 1"),
            ("ani resolve e; ani resolve f", "resolved on 2"),
            ("ani resolve f; ani resolve e", "open, reopened after 2"),
            ("ani write-off f", "written off on 1"),
            ("ani big f", "open, 1 waits"),
            ("ani big e", "open"),
            ("ani big f; budi approve=1 f", "written off on 2"),
            ("ani big f; ani approve=1 f", "open, 1 waits"),
            ("ani big e; budi approve=1 f", "open, reopened after 2"),
            ("ani note f; budi approve=1 f", "open"),
            (
                "ani write-off e; budi approve=1 f",
                "open, reopened after 1",
            ),
            ("budi approve=2 f; ani big f", "open, 2 waits"),
            ("ani big f; ani big f; budi approve=1 f", "written off on 3"),
            ("ani big f; ani resolve f", "resolved on 2"),
            ("ani assign=budi f", "open, budi's"),
            ("ani assign=budi f; ani assign= f", "open"),
            ("ani assign=budi e; ani resolve f", "resolved on 2, budi's"),
            ("ani resolve f; budi reopen f", "open"),
            (
                "ani resolve f; budi reopen f; ani resolve f",
                "resolved on 3",
            ),
            ("ani resolve e; budi reopen e", "open"),
            ("ani resolve f; budi reopen e", "open"),
            ("ani write-off f; ani reopen f", "open"),
            ("ani big f; ani reopen f", "open"),
            ("ani big f; ani reopen f; budi approve=1 f", "open"),
            ("ani big f; budi approve=1 f; budi reopen f", "open"),
            (
                "ani big f; ani reopen f; ani big f; budi approve=3 f",
                "written off on 4",
            ),
            (
                "ani big f; ani reopen f; ani big f; budi approve=1 f",
                "open, 3 waits",
            ),
            (
                "ani reopen f; ani big f; budi approve=2 f",
                "written off on 3",
            ),
            (
                "ani assign=budi f; ani resolve f; sari reopen f",
                "open, budi's",
            ),
        ] {
            let acts = acts(script);
            let standing = standing(&acts, "f");
            assert_eq!(
                closing(&standing, &acts)
                    .map(|by| by.by.to_owned())
                    .is_some(),
                standing.closed.is_some(),
                "{script}"
            );
            let mut words = match standing.closed {
                None => "open".to_owned(),
                Some(closed) => format!(
                    "{} on {}",
                    match closed.how {
                        Closing::Resolved => "resolved",
                        Closing::WrittenOff => "written off",
                    },
                    closed.on.format("%-d")
                ),
            };
            if let Some((number, _)) = standing.waiting {
                words.push_str(&format!(", {number} waits"));
            }
            if let Some(number) = standing.reopened_after {
                words.push_str(&format!(", reopened after {number}"));
            }
            if let Some(owner) = standing.owner {
                words.push_str(&format!(", {owner}'s"));
            }
            assert_eq!(words, said, "{script}");
        }
    }
}
