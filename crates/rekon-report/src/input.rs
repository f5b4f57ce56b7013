//! What a report is made from: outcomes and facts about files, as plain values.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::labels::Language;
use crate::domain::advice::Windows;
use crate::domain::difference::RevisionChange;
use crate::domain::money::Money;
use crate::domain::outcome::{AtRisk, Closing, DateState, Item, Outcome};
use crate::domain::payout::Paid;
use crate::domain::reconcile::Ended;
use crate::domain::statement::News;
use crate::domain::status::MoneyDirection;

#[derive(Clone, Debug)]
pub struct ReportInput {
    pub run_id: String,
    /// The clock of ageing, deadlines and lateness.
    pub as_of: DateTime<Utc>,
    pub zone: Tz,
    pub language: Language,
    /// Whose report it is.
    pub merchant: Option<String>,
    /// Personal fields this report's readers may see in full.
    pub unmask: Vec<String>,
    pub channels: Vec<ChannelInput>,
    /// Channels that could not be reconciled: nothing is known of them.
    pub failed: Vec<FailedChannel>,
    /// Sentences for the reader, shown as they are.
    pub notices: Vec<String>,
    /// The last entry of the audit chain before this report: its number and its hash.
    pub chain_head: Option<(i64, String)>,
    /// Mailboxes whose senders nobody checks.
    pub unproven_mailboxes: Vec<String>,
    /// Why a break may be resolved, as finance names it.
    pub reasons: Vec<String>,
    /// The last dates of its channels, those of this report among them.
    pub trend: Vec<TrendDay>,
    /// A digest of an item's facts: an import refuses lines that were written about others.
    pub facts_of: fn(&Item) -> String,
}

/// A channel without a result, and why, in one line.
#[derive(Clone, Debug)]
pub struct FailedChannel {
    pub channel: String,
    pub reason: String,
}

/// What a channel's date came to.
#[derive(Clone, Debug)]
pub struct TrendDay {
    pub channel: String,
    pub business_date: NaiveDate,
    /// `None` where the channel was not run.
    pub state: Option<DateState>,
    pub breaks: u64,
    pub at_risk: AtRisk,
}

#[derive(Clone, Debug)]
pub struct ChannelInput {
    pub facts: ChannelFacts,
    /// Results in order of their dates.
    pub days: Vec<DayInput>,
    /// Every item of the channel that is open, of whatever date, and those that its readers may have to
    /// hear of.
    pub items: Arc<Vec<Item>>,
    /// Others that ended on the first of the dates or later.
    pub ended: Ended,
    /// Beside the items: what is new of each break for these readers.
    pub news: Vec<Option<News>>,
    /// Breaks that they were told of as open and that are no more, by themselves.
    pub cleared: Vec<Item>,
    pub rejected_rows: Vec<RejectedLine>,
    pub refused_files: Vec<RefusedFile>,
    /// Mails that were not believed, or could not be read, and nobody has decided about.
    pub quarantined: Vec<QuarantinedMail>,
    pub received: Vec<ReceivedFile>,
    /// Of the files that say what is paid out, each once.
    pub payouts: Vec<Payout>,
    /// What people said about items, by their ids.
    pub people: Arc<BTreeMap<String, People>>,
}

/// What people said about one item.
#[derive(Clone, Debug, Default)]
pub struct People {
    pub owner: String,
    /// The last note.
    pub note: String,
    /// How it was resolved, or what waits for approval.
    pub resolution: String,
    /// Who closed it, when and why; `None` while it is open.
    pub closed: Option<ClosedByPeople>,
    /// The number of the act that last opened it again.
    pub reopened_by: Option<i64>,
}

/// Of whom nobody said anything.
pub static NOBODY: People = People {
    owner: String::new(),
    note: String::new(),
    resolution: String::new(),
    closed: None,
    reopened_by: None,
};

impl People {
    /// The login of who closed it; empty while it is open.
    pub fn closed_by(&self) -> &str {
        self.closed.as_ref().map_or("", |closed| closed.by.as_str())
    }
}

/// How people closed an item, for the facts it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedByPeople {
    pub how: Closing,
    /// The business date it counts on.
    pub on: NaiveDate,
    /// The login of who resolved it, wrote it off or approved the write-off.
    pub by: String,
    pub at: DateTime<Utc>,
    /// One of `[breaks] reasons`.
    pub reason: String,
}

/// What a channel's profile says about money and privacy.
#[derive(Clone, Debug)]
pub struct ChannelFacts {
    pub name: String,
    /// How the readers know it.
    pub title: String,
    /// How they read its fields, by their names; a field without a label is read by its name.
    pub labels: BTreeMap<String, String>,
    pub profile: String,
    pub money: MoneyDirection,
    pub personal: Vec<String>,
    pub bearer: Vec<String>,
    pub windows: Windows,
}

#[derive(Clone, Debug)]
pub struct DayInput {
    pub outcome: Arc<Outcome>,
    pub revision: u32,
    pub change: Change,
}

/// How a result stands to the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    First,
    Unchanged,
    /// The revision before it, and what is different now.
    Supersedes {
        revision: u32,
        change: Box<RevisionChange>,
    },
}

#[derive(Clone, Debug)]
pub struct RejectedLine {
    pub file: String,
    pub sheet: Option<String>,
    pub row: u32,
    /// The header as the file spells it.
    pub column: Option<String>,
    /// The profile's name of that column. Without it, a channel with personal fields shows no value:
    /// a whole line may hold any of them.
    pub field: Option<String>,
    pub value: String,
    pub reason: String,
    pub business_date: Option<NaiveDate>,
}

/// A file that did not count at all.
#[derive(Clone, Debug)]
pub struct RefusedFile {
    pub name: String,
    pub reason: String,
}

impl RefusedFile {
    /// Whether it reads and waits for a person; every reason of admission begins like this.
    pub fn is_held(&self) -> bool {
        self.reason.starts_with("it is held, for ")
    }
}

/// What a file says of the money it pays out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub sha256: String,
    pub file: String,
    pub covered: Vec<NaiveDate>,
    /// What the provider calls it; the first ones where it names several.
    pub batches: Vec<String>,
    pub rows: u64,
    pub rejected: u64,
    /// Over the rows whose money moved.
    pub paid: Paid,
    /// Over all rows, as the file writes it.
    pub net: Money,
}

/// When a file came in; joined to the files of a result by its hash.
#[derive(Clone, Debug)]
pub struct ReceivedFile {
    pub sha256: String,
    pub at: DateTime<Utc>,
    pub mail: Option<SourceMail>,
}

/// The mail a file came by.
#[derive(Clone, Debug)]
pub struct SourceMail {
    pub sender: String,
    pub message_id: String,
    pub sent_at: Option<DateTime<Utc>>,
    /// Who vouches for the sender, in words.
    pub verdict: String,
}

#[derive(Clone, Debug)]
pub struct QuarantinedMail {
    /// As `rekon quarantine` takes it.
    pub id: i64,
    pub sender: String,
    pub subject: String,
    pub received_at: Option<DateTime<Utc>>,
    pub reason: String,
}
