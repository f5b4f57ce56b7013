//! The dates of a range: a line of the grid for each, and a section for each that has something to
//! say.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::changes::ChangeView;
use super::days::DayView;
use super::labels::{Label, Language};
use super::lines::Lines;
use super::view::{Amount, Voice};
use super::words;
use crate::domain::money::Money;
use crate::domain::outcome::{DateState, Severity};

/// One business date of all channels.
#[derive(Clone, Debug, Serialize)]
pub struct DateView {
    pub date: String,
    /// What a line of the grid leads to.
    pub anchor: String,
    pub state_code: &'static str,
    /// The worst state of its results, with the channels it is of where others differ.
    pub state_label: String,
    /// Whether anything is known of it.
    pub known: bool,
    pub matched_shown: String,
    pub matched_amount: Amount,
    pub breaks: u64,
    pub breaks_shown: String,
    pub at_risk: Amount,
    /// Whether there is more to it than its line: breaks, rows that could not be read, a missing
    /// file, or a result that supersedes another.
    pub tells: bool,
    pub results: Vec<DayView>,
    /// Gravest first.
    #[serde(skip)]
    pub listed: Lines,
    #[serde(skip)]
    pub changes: Vec<ChangeView>,
}

/// Of the dates that have something to say, the gravest, in their order.
pub fn gravest(dates: &[DateView], at_most: usize) -> Vec<&DateView> {
    let mut telling: Vec<(usize, &DateView)> = dates
        .iter()
        .enumerate()
        .filter(|(_, day)| day.tells)
        .collect();
    if telling.len() > at_most {
        telling.sort_by_key(|(_, day)| {
            let severity = day.listed.items().next().map(|line| line.severity);
            let missing = day.state_code == DateState::Incomplete.name();
            let severity = severity.or(missing.then_some(Severity::High));
            (severity.is_none(), severity, Reverse(day.breaks))
        });
        telling.truncate(at_most);
        telling.sort_by_key(|(at, _)| *at);
    }
    telling.into_iter().map(|(_, day)| day).collect()
}

/// Worst first.
const STATES: [DateState; 4] = [
    DateState::Incomplete,
    DateState::NotDue,
    DateState::Complete,
    DateState::NotExpected,
];

pub fn date_views(
    days: &[DayView],
    breaks: &Lines,
    changes: &[ChangeView],
    voice: &Voice,
) -> Vec<DateView> {
    let mut by_date: BTreeMap<NaiveDate, Vec<&DayView>> = BTreeMap::new();
    for day in days {
        by_date.entry(day.business_date).or_default().push(day);
    }
    by_date
        .into_iter()
        .map(|(date, results)| {
            let (state_code, state_label) = state(&results, voice);
            let known = || results.iter().filter(|day| day.known);
            let matched: u64 = known().map(|day| day.matched.entries).sum();
            let matched_amount: Money = known().map(|day| day.matched.amount.money).sum();
            let breaks_of: u64 = results.iter().map(|day| day.breaks).sum();
            let at_risk: Money = known().filter_map(|day| day.risk.total.money).sum();
            let changes: Vec<ChangeView> = changes
                .iter()
                .filter(|change| change.business_date == date)
                .cloned()
                .collect();
            let says =
                |day: &&DayView| day.rejected > 0 || day.state_code == DateState::Incomplete.name();
            DateView {
                date: voice.date(date),
                anchor: format!("d{date}"),
                state_code,
                state_label,
                known: known().next().is_some(),
                matched_shown: voice.count(matched),
                matched_amount: voice.amount(matched_amount),
                breaks: breaks_of,
                breaks_shown: voice.count(breaks_of),
                at_risk: voice.amount(at_risk),
                tells: breaks_of > 0 || !changes.is_empty() || results.iter().any(says),
                listed: breaks.only(|line| line.told_on == date),
                changes,
                results: results.into_iter().cloned().collect(),
            }
        })
        .collect()
}

fn state(results: &[&DayView], voice: &Voice) -> (&'static str, String) {
    let of = |state: DateState| -> BTreeSet<&str> {
        let own = results.iter().filter(|day| day.state_code == state.name());
        own.map(|day| day.channel.as_str()).collect()
    };
    let found = STATES.into_iter().find(|state| !of(*state).is_empty());
    let state = found.unwrap_or(DateState::NotExpected);
    let label = voice.say(words::state(state));
    let channels = of(state);
    // That one channel expects nothing is no news beside one that is complete.
    let others = channels.len() < results.len() && state != DateState::Complete;
    let label = match others {
        true => {
            let names: Vec<&str> = channels.into_iter().collect();
            format!("{label}: {}", names.join(", "))
        }
        false => label.to_owned(),
    };
    (state.name(), label)
}

/// The same with at most so many breaks, and how many more there are.
pub fn shortened(
    date: &DateView,
    at_most: usize,
    language: Language,
) -> (DateView, Option<String>) {
    let mut short = date.clone();
    short.listed = date.listed.first(at_most);
    let rest = date.listed.len() - short.listed.len();
    let more = (rest > 0).then(|| {
        let count = words::count(rest as u64, language);
        super::labels::fill(Label::MoreOfDate, language, &[("count", &count)])
    });
    (short, more)
}
