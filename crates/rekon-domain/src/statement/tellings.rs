//! What goes on record of a statement once its readers were told.

use chrono::{DateTime, NaiveDate, Utc};

use super::*;

/// One thing that readers are told, as it goes on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Every break of a channel, as it stands with what is told.
    Breaks {
        channel: String,
    },
    Date {
        channel: String,
        date: NaiveDate,
        told: ToldDate,
    },
    File {
        channel: String,
        id: i64,
    },
    Mail {
        id: i64,
    },
    /// `None` once it works again.
    Failure {
        channel: String,
        reason: Option<String>,
    },
}

/// What the readers of one report are told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub report: String,
    /// Follows that of the one before.
    pub count: i64,
    /// Empty where it is no mail.
    pub message_id: String,
    pub at: DateTime<Utc>,
    pub tellings: Vec<Telling>,
}

/// What goes on record of a statement that was told.
pub fn tellings(statement: &Statement, known: &[Known<'_>]) -> Vec<Telling> {
    let mut tellings = Vec::new();
    for (stated, known) in statement.channels.iter().zip(known) {
        let channel = &stated.channel;
        if !stated.dates.is_empty()
            || !stated.cleared.is_empty()
            || stated.news().any(News::is_told)
        {
            tellings.push(Telling::Breaks {
                channel: channel.clone(),
            });
        }
        // Also those they know: a mail that repeats a date belongs to its thread.
        tellings.extend(stated.dates.iter().map(|one| Telling::Date {
            channel: channel.clone(),
            date: one.date,
            told: ToldDate {
                revision: one.known.revision,
                concern: one.known.concern,
                by: ToldBy::Mail,
            },
        }));
        tellings.extend(stated.files.iter().map(|id| Telling::File {
            channel: channel.clone(),
            id: *id,
        }));
        tellings.extend(failure_telling(stated, known));
    }
    let mails: BTreeSet<i64> = statement
        .channels
        .iter()
        .flat_map(|one| &one.mails)
        .copied()
        .collect();
    tellings.extend(mails.into_iter().map(|id| Telling::Mail { id }));
    tellings
}

fn failure_telling(stated: &ChannelStatement, known: &Known<'_>) -> Option<Telling> {
    let reason = match stated.failure {
        FailureNews::New => known.failure.map(str::to_owned),
        FailureNews::Over => None,
        FailureNews::None | FailureNews::Still => return None,
    };
    Some(Telling::Failure {
        channel: stated.channel.clone(),
        reason,
    })
}

/// What goes on record where readers are told of failures alone.
pub fn failures_told(statement: &Statement, known: &[Known<'_>]) -> Vec<Telling> {
    let channels = statement.channels.iter().zip(known);
    channels
        .filter_map(|(stated, known)| failure_telling(stated, known))
        .collect()
}

/// What goes on record of dates that these readers want no mail about.
pub fn passed_over(statement: &Statement) -> Vec<Telling> {
    let mut passed = Vec::new();
    for stated in &statement.channels {
        let news = stated.dates.iter();
        let news = news.filter(|one| one.news != DateNews::Unchanged);
        passed.extend(news.map(|one| Telling::Date {
            channel: stated.channel.clone(),
            date: one.date,
            told: ToldDate {
                revision: one.known.revision,
                concern: one.known.concern,
                by: ToldBy::PassedOver,
            },
        }));
    }
    passed
}
