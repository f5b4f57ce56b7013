//! What the readers of a report have to hear: what is known now beside what they were last told.
//!
//! A report is not the result of the dates that a run judged. It is everything that is new, changed,
//! cleared or closed since its readers were last told, on whichever business date, and what is open
//! from before. Pure: who was told what comes in as values and goes out as values.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::outcome::{Closing, CountAmount, Ending, Item};

mod tellings;

pub use tellings::{Telling, Told, failures_told, passed_over, tellings};

/// Whether a date needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    Clean,
    /// An open break, a missing file, rows that could not be read, a side that cannot be believed.
    Wrong,
}

/// How a break stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakStanding {
    Open,
    /// By a later match or by newer knowledge.
    Cleared,
    /// By people.
    Closed(Closing),
}

/// A break as the readers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldBreak {
    /// A digest of its kind, money, times and statuses.
    pub facts: String,
    pub standing: BreakStanding,
}

/// A date as the readers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldDate {
    /// 0 where they were told that there is no result.
    pub revision: u32,
    pub concern: Concern,
    pub by: ToldBy,
}

/// How a date came to the readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldBy {
    Mail,
    /// They asked for no mail about a date like this: nothing of it is owed to them.
    PassedOver,
}

/// What the readers of one report were last told. Mails that failed for good or were dropped told
/// nobody and are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastTold {
    /// How many times they were told, failed mails included; names the next one.
    pub count: i64,
    pub channels: BTreeMap<String, ToldChannel>,
    /// Refused files and quarantined mails, by their ids.
    pub files: BTreeSet<i64>,
    pub mails: BTreeSet<i64>,
    /// Mails in order, with the dates they were about.
    pub threads: Vec<Thread>,
}

/// What they were last told of one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldChannel {
    /// By the ids of their items: those that are open or were when they last heard of them, and those that
    /// are asked about.
    pub breaks: BTreeMap<String, ToldBreak>,
    pub dates: BTreeMap<NaiveDate, ToldDate>,
    /// How it stood on its latest date in the latest mail about it.
    pub concern: Option<Concern>,
    /// Why it was said to fail; `None` where it was not, or works again.
    pub failure: Option<String>,
}

/// A mail and one of the dates it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub channel: String,
    pub date: NaiveDate,
    /// Without angle brackets.
    pub message_id: String,
}

/// What is known of one channel now.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub channel: &'a str,
    /// All items, people's acts included.
    pub items: &'a [Item],
    /// Dates that a report may be about: those just judged, and those with a result.
    pub dates: &'a BTreeMap<NaiveDate, KnownDate>,
    /// Refused files and quarantined mails that wait for somebody.
    pub files: &'a [i64],
    pub mails: &'a [i64],
    /// Why the channel could not be reconciled, in one line.
    pub failure: Option<&'a str>,
    /// A digest of an item's facts.
    pub facts_of: fn(&Item) -> String,
}

/// A date with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDate {
    pub revision: u32,
    pub concern: Concern,
    pub judged: JudgedNow,
}

/// Whether the run that reports has judged a date itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedNow {
    Yes,
    No,
}

/// What is new about a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    Opened,
    /// It was told as cleared or closed and is open again.
    Reopened,
    /// Open as before, with other facts.
    Changed,
    /// Open, and told before as it is.
    StillOpen,
    /// Closed by people since.
    Closed,
    /// Closed by people, and told so before.
    StillClosed,
}

impl News {
    pub fn is_open(self) -> bool {
        !matches!(self, News::Closed | News::StillClosed)
    }

    /// Whether the readers do not know it as it is.
    fn is_told(self) -> bool {
        self.is_fresh() || self == News::Closed
    }

    /// Whether it is open and the readers do not know it as it is.
    pub fn is_fresh(self) -> bool {
        matches!(self, News::Opened | News::Reopened | News::Changed)
    }
}

/// What is new about a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateNews {
    First,
    /// The readers know this earlier revision.
    Superseding {
        told: u32,
    },
    Unchanged,
}

/// One date of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedDate {
    pub date: NaiveDate,
    pub news: DateNews,
    pub known: KnownDate,
    /// How the readers know it from a mail.
    pub told: Option<Concern>,
}

/// What is new about a channel that could not be reconciled, or could not be the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureNews {
    /// It works, and they know of no failure.
    None,
    New,
    /// The same failure was told before.
    Still,
    /// It was told to fail and works again.
    Over,
}

/// What the readers have to hear of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelStatement {
    pub channel: String,
    /// Beside the channel's items, in their order; `None` for what is no break for these readers.
    pub breaks: Vec<Option<News>>,
    /// Ids of breaks that were told as open and are no more, by themselves.
    pub cleared: BTreeSet<String>,
    /// Dates judged now, and dates with a result that the readers do not know.
    pub dates: Vec<StatedDate>,
    /// Those of the refused files and quarantined mails that they have not heard of.
    pub files: Vec<i64>,
    pub mails: Vec<i64>,
    /// Whether any file or mail waits, told or not.
    pub awaits_a_person: bool,
    pub failure: FailureNews,
    /// How the channel stood when they last heard of it.
    pub told: Option<Concern>,
}

/// What the readers of one report have to hear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    pub channels: Vec<ChannelStatement>,
}

/// How a break stands now; `None` for an item that is none.
pub fn standing_of(item: &Item) -> Option<BreakStanding> {
    item.break_kind()?;
    Some(match item.ending() {
        None => BreakStanding::Open,
        Some((_, Ending::Cleared)) => BreakStanding::Cleared,
        Some((_, Ending::Closed(how))) => BreakStanding::Closed(how),
    })
}

/// Compares what is known of the readers' channels with what they were last told.
pub fn statement(last: &LastTold, known: &[Known<'_>]) -> Statement {
    Statement {
        channels: known
            .iter()
            .map(|one| channel_statement(last, one))
            .collect(),
    }
}

fn channel_statement(last: &LastTold, known: &Known<'_>) -> ChannelStatement {
    let nothing = ToldChannel::default();
    let of_channel = last.channels.get(known.channel).unwrap_or(&nothing);
    let mut standing: BTreeSet<&str> = BTreeSet::new();
    let breaks = known.items.iter().map(|item| {
        let told = of_channel.breaks.get(&item.id);
        match standing_of(item)? {
            BreakStanding::Open => {
                standing.insert(&item.id);
                Some(match told {
                    None => News::Opened,
                    Some(told) if told.standing != BreakStanding::Open => News::Reopened,
                    Some(told) if told.facts != (known.facts_of)(item) => News::Changed,
                    Some(_) => News::StillOpen,
                })
            }
            BreakStanding::Closed(how) => {
                standing.insert(&item.id);
                match told {
                    Some(told) if told.standing == BreakStanding::Closed(how) => {
                        Some(News::StillClosed)
                    }
                    // Readers who were never told anything begin with what is open.
                    None if last.count == 0 => Some(News::StillClosed),
                    _ => Some(News::Closed),
                }
            }
            BreakStanding::Cleared => None,
        }
    });
    let breaks: Vec<Option<News>> = breaks.collect();
    let cleared = of_channel
        .breaks
        .iter()
        .filter(|(id, told)| {
            told.standing == BreakStanding::Open && !standing.contains(id.as_str())
        })
        .map(|(id, _)| id.clone())
        .collect();
    let dates = known.dates.iter().filter_map(|(date, now)| {
        let told = of_channel.dates.get(date);
        let news = match told {
            Some(told) if told.revision == now.revision => DateNews::Unchanged,
            Some(told) if told.revision > 0 => DateNews::Superseding {
                told: told.revision,
            },
            _ => DateNews::First,
        };
        let stated = now.judged == JudgedNow::Yes || news != DateNews::Unchanged;
        stated.then(|| StatedDate {
            date: *date,
            news,
            known: *now,
            told: told
                .filter(|told| told.by == ToldBy::Mail)
                .map(|told| told.concern),
        })
    });
    let failure = match (known.failure, &of_channel.failure) {
        (None, None) => FailureNews::None,
        (None, Some(_)) => FailureNews::Over,
        (Some(now), Some(told)) if now == told => FailureNews::Still,
        (Some(_), _) => FailureNews::New,
    };
    let unheard = |all: &[i64], told: &BTreeSet<i64>| -> Vec<i64> {
        all.iter()
            .copied()
            .filter(|id| !told.contains(id))
            .collect()
    };
    ChannelStatement {
        breaks,
        cleared,
        dates: dates.collect(),
        files: unheard(known.files, &last.files),
        mails: unheard(known.mails, &last.mails),
        awaits_a_person: !known.files.is_empty() || !known.mails.is_empty(),
        failure,
        told: of_channel.concern,
        channel: known.channel.to_owned(),
    }
}

impl ChannelStatement {
    /// What is new of each break, in the order of the items.
    pub fn news(&self) -> impl Iterator<Item = News> + '_ {
        self.breaks.iter().flatten().copied()
    }

    /// Whether something is open, missing or waiting that the readers do not know.
    fn is_wrong_and_new(&self) -> bool {
        let date = |one: &StatedDate| {
            one.news != DateNews::Unchanged && one.known.concern == Concern::Wrong
        };
        self.news().any(News::is_fresh)
            || self.dates.iter().any(date)
            || !self.files.is_empty()
            || !self.mails.is_empty()
            || self.failure == FailureNews::New
    }

    /// Whether anything is open, missing or waiting, known or not.
    fn is_wrong(&self) -> bool {
        self.news().any(News::is_open)
            || self
                .dates
                .iter()
                .any(|one| one.known.concern == Concern::Wrong)
            || self.awaits_a_person
            || matches!(self.failure, FailureNews::New | FailureNews::Still)
    }

    /// Whether something that was told as wrong is right now.
    fn is_righted(&self) -> bool {
        let date =
            |one: &StatedDate| one.news != DateNews::Unchanged && one.told == Some(Concern::Wrong);
        !self.cleared.is_empty() || self.failure == FailureNews::Over || self.dates.iter().any(date)
    }

    fn has_news(&self) -> bool {
        self.dates.iter().any(|one| one.news != DateNews::Unchanged)
    }

    /// Whether anything differs from what these readers were told.
    fn differs(&self) -> bool {
        // A channel of which something is still open has not come right.
        let came_right = self.told == Some(Concern::Wrong) && !self.is_wrong();
        let told = |one: &StatedDate| {
            one.news != DateNews::Unchanged && (one.told.is_some() || came_right)
        };
        self.dates.iter().any(told) || self.news().any(|one| one == News::Closed)
    }
}

/// Which mails the readers of a report want.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Whenever something is new.
    Always,
    /// Where something needs somebody, and where that is over.
    Breaks,
    /// As that, and where something they were told is no longer so.
    Changes,
}

/// Whether somebody asked for the mail itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Yes,
    No,
}

/// Whether this statement is worth a mail to readers who want these.
pub fn wanted(when: When, asked: Asked, statement: &Statement) -> bool {
    let any = |test: fn(&ChannelStatement) -> bool| statement.channels.iter().any(test);
    let asked = asked == Asked::Yes;
    let wrong = any(ChannelStatement::is_wrong_and_new) || asked && any(ChannelStatement::is_wrong);
    let righted = any(ChannelStatement::is_righted);
    match when {
        When::Always => asked || wrong || righted || any(ChannelStatement::has_news),
        When::Breaks => wrong || righted,
        When::Changes => asked || wrong || righted || any(ChannelStatement::differs),
    }
}

/// A statement as programs read it: ids of breaks, and what is open from before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementSummary {
    pub opened: Vec<String>,
    pub reopened: Vec<String>,
    pub changed: Vec<String>,
    pub cleared: Vec<String>,
    /// By people.
    pub closed: Vec<String>,
    /// Count and rupiah at risk of what is open and was told before as it is.
    pub still_open: CountAmount,
}

impl StatementSummary {
    pub fn open_breaks(&self) -> u64 {
        let fresh = self.opened.len() + self.reopened.len() + self.changed.len();
        fresh as u64 + self.still_open.count
    }

    /// Takes in one break.
    pub fn add(&mut self, item: &Item, news: News) {
        let ids = match news {
            News::Opened => &mut self.opened,
            News::Reopened => &mut self.reopened,
            News::Changed => &mut self.changed,
            News::Closed => &mut self.closed,
            News::StillOpen => return self.still_open.add(item.at_risk),
            News::StillClosed => return,
        };
        ids.push(item.id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(news: DateNews, concern: Concern, told: Option<Concern>) -> ChannelStatement {
        ChannelStatement {
            channel: "ovo".to_owned(),
            breaks: Vec::new(),
            cleared: BTreeSet::new(),
            dates: vec![StatedDate {
                date: NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date"),
                news,
                known: KnownDate {
                    revision: 2,
                    concern,
                    judged: JudgedNow::Yes,
                },
                told,
            }],
            files: Vec::new(),
            mails: Vec::new(),
            awaits_a_person: false,
            failure: FailureNews::None,
            told,
        }
    }

    const WHENS: [When; 3] = [When::Always, When::Breaks, When::Changes];

    fn of(one: ChannelStatement) -> Statement {
        Statement {
            channels: vec![one],
        }
    }

    #[test]
    fn which_dates_are_worth_a_mail() {
        use Concern::{Clean, Wrong};
        use DateNews::{First, Unchanged};
        let newer = DateNews::Superseding { told: 1 };
        // news, concern, told by mail | always, breaks, changes | the same where it was asked for
        for (news, concern, told, expected, asked) in [
            (
                First,
                Clean,
                None,
                [true, false, false],
                [true, false, true],
            ),
            (First, Wrong, None, [true; 3], [true; 3]),
            // After a mail that said it could not be reconciled, or a channel that came right.
            (First, Clean, Some(Wrong), [true; 3], [true; 3]),
            (
                First,
                Clean,
                Some(Clean),
                [true, false, true],
                [true, false, true],
            ),
            (
                newer,
                Clean,
                None,
                [true, false, false],
                [true, false, true],
            ),
            (newer, Clean, Some(Wrong), [true; 3], [true; 3]),
            (
                newer,
                Clean,
                Some(Clean),
                [true, false, true],
                [true, false, true],
            ),
            (newer, Wrong, Some(Clean), [true; 3], [true; 3]),
            (
                Unchanged,
                Clean,
                Some(Clean),
                [false; 3],
                [true, false, true],
            ),
            (Unchanged, Wrong, Some(Wrong), [false; 3], [true; 3]),
        ] {
            let statement = of(stated(news, concern, told));
            for (on, all) in [(Asked::No, expected), (Asked::Yes, asked)] {
                let got = WHENS.map(|when| wanted(when, on, &statement));
                assert_eq!(got, all, "{news:?} {concern:?} {told:?} {on:?}");
            }
        }
    }

    #[test]
    fn what_else_is_worth_a_mail() {
        let quiet = || stated(DateNews::Unchanged, Concern::Clean, Some(Concern::Clean));
        let with = |change: fn(&mut ChannelStatement)| {
            let mut one = quiet();
            change(&mut one);
            WHENS.map(|when| wanted(when, Asked::No, &of(one.clone())))
        };
        for (what, expected, got) in [
            ("nothing", [false; 3], with(|_| {})),
            (
                "opened",
                [true; 3],
                with(|one| one.breaks.push(Some(News::Opened))),
            ),
            (
                "reopened",
                [true; 3],
                with(|one| one.breaks.push(Some(News::Reopened))),
            ),
            (
                "changed",
                [true; 3],
                with(|one| one.breaks.push(Some(News::Changed))),
            ),
            (
                "still open",
                [false; 3],
                with(|one| one.breaks.push(Some(News::StillOpen))),
            ),
            // Who closed it knows: it goes with the next mail.
            (
                "closed",
                [false, false, true],
                with(|one| one.breaks.push(Some(News::Closed))),
            ),
            (
                "cleared",
                [true; 3],
                with(|one| one.cleared.extend(["x".to_owned()])),
            ),
            ("a file", [true; 3], with(|one| one.files.push(1))),
            ("a mail", [true; 3], with(|one| one.mails.push(1))),
            (
                "fails",
                [true; 3],
                with(|one| one.failure = FailureNews::New),
            ),
            (
                "still fails",
                [false; 3],
                with(|one| one.failure = FailureNews::Still),
            ),
            (
                "works again",
                [true; 3],
                with(|one| one.failure = FailureNews::Over),
            ),
        ] {
            assert_eq!(got, expected, "{what}");
        }
    }
}
