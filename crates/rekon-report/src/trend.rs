//! The last dates of a report's channels as bars: how many breaks each had, and the rupiah at risk.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::days::is_known;
use super::input::TrendDay;
use super::labels::Label;
use super::view::Voice;
use super::words::{self, clean};
use crate::domain::money::Money;
use crate::domain::outcome::DateState;

/// So many dates, up to the last one of the report.
pub const DATES: usize = 14;

#[derive(Clone, Debug, Serialize)]
pub struct TrendView {
    pub title: String,
    /// Oldest first, one per business date; a date without a result is there and says so.
    pub lines: Vec<TrendLine>,
    /// What `≥` means, where a line has it.
    pub note: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TrendLine {
    pub date: String,
    /// As in a file name, so that a program can sort by it.
    pub iso: String,
    pub state_code: &'static str,
    pub state_label: String,
    /// Whether any of its channels is known; what is not known is not zero.
    pub known: bool,
    pub breaks: u64,
    pub breaks_shown: String,
    /// An amount, `≥` an amount where a channel is not complete, or that it is not known.
    pub at_risk: String,
    /// Length of its bar in percent of the longest; 0 for none.
    pub bar: u8,
}

/// The code of a date that has no result.
const NOT_RUN: &str = "not_run";
/// Channels named beside a state: the line has room for one.
const NAMED: usize = 1;

/// Worst first.
const STATES: [Option<DateState>; 5] = [
    Some(DateState::Incomplete),
    None,
    Some(DateState::NotDue),
    Some(DateState::Complete),
    Some(DateState::NotExpected),
];

/// `None` for fewer than two dates: one bar is no trend.
pub fn trend_view(days: &[TrendDay], voice: &Voice) -> Option<TrendView> {
    let mut by_date: BTreeMap<NaiveDate, Vec<&TrendDay>> = BTreeMap::new();
    for day in days {
        by_date.entry(day.business_date).or_default().push(day);
    }
    let last = *by_date.keys().next_back()?;
    let window = last - Days::new(DATES as u64 - 1);
    // Dates before the first result of all tell nothing.
    let run = |days: &[&TrendDay]| days.iter().any(|day| day.state.is_some());
    let first = *by_date.range(window..).find(|(_, days)| run(days))?.0;
    let dates: Vec<NaiveDate> = first.iter_days().take_while(|date| *date <= last).collect();
    if dates.len() < 2 {
        return None;
    }
    let of = |date: &NaiveDate| by_date.get(date).map_or(&[][..], Vec::as_slice);
    let largest = dates.iter().map(|date| at_risk(of(date))).max()?;
    let lines: Vec<TrendLine> = dates
        .iter()
        .map(|date| line(*date, of(date), largest, voice))
        .collect();
    let partly = dates.iter().any(|date| is_partly(of(date)));
    Some(TrendView {
        title: voice.fill(Label::Trend, &[("count", &voice.count(dates.len() as u64))]),
        lines,
        note: partly.then(|| voice.say(Label::TrendPartly)),
    })
}

fn known(day: &TrendDay) -> bool {
    day.state.is_some_and(is_known)
}

fn at_risk(days: &[&TrendDay]) -> Money {
    let known = days.iter().filter(|day| known(day));
    known.map(|day| day.at_risk.total()).sum()
}

/// Whether anything is known of a date: that a channel expects nothing says nothing of the others.
fn says_something(days: &[&TrendDay]) -> bool {
    let of = |state| days.iter().filter(|day| day.state == Some(state)).count();
    of(DateState::Complete) > 0 || !days.is_empty() && of(DateState::NotExpected) == days.len()
}

/// Whether something is known of it and something is not.
fn is_partly(days: &[&TrendDay]) -> bool {
    says_something(days) && !days.iter().all(|day| known(day))
}

fn line(date: NaiveDate, days: &[&TrendDay], largest: Money, voice: &Voice) -> TrendLine {
    let total = at_risk(days);
    let breaks: u64 = days
        .iter()
        .filter(|day| known(day))
        .map(|day| day.breaks)
        .sum();
    let (state_code, state_label) = state(days, voice);
    let is_known = says_something(days);
    let at_least = |shown: String| match is_partly(days) {
        true => voice.fill(Label::TrendAtLeast, &[("amount", &shown)]),
        false => shown,
    };
    let not_known = || voice.say(Label::NotKnown).to_owned();
    TrendLine {
        date: voice.date(date),
        iso: date.to_string(),
        state_code,
        state_label,
        known: is_known,
        breaks,
        breaks_shown: match is_known {
            true => at_least(voice.count(breaks)),
            false => "–".to_owned(),
        },
        at_risk: match is_known {
            true => at_least(voice.rupiah(total)),
            false => not_known(),
        },
        bar: percent(total, largest),
    }
}

/// At least 1 where there is something: a bar that cannot be seen would say zero.
fn percent(part: Money, whole: Money) -> u8 {
    let (Some(part), Some(whole)) = (part.sen(), whole.sen()) else {
        return 100;
    };
    if part <= 0 || whole <= 0 {
        return 0;
    }
    let percent = i128::from(part) * 100 / i128::from(whole);
    u8::try_from(percent.clamp(1, 100)).unwrap_or(100)
}

fn state(days: &[&TrendDay], voice: &Voice) -> (&'static str, String) {
    let of = |state: Option<DateState>| -> BTreeSet<&str> {
        let own = days.iter().filter(|day| day.state == state);
        own.map(|day| day.channel.as_str()).collect()
    };
    let Some(state) = STATES.into_iter().find(|state| !of(*state).is_empty()) else {
        return (NOT_RUN, voice.say(Label::TrendNotRun).to_owned());
    };
    let (code, label) = match state {
        Some(state) => (state.name(), voice.say(words::state(state))),
        None => (NOT_RUN, voice.say(Label::TrendNotRun)),
    };
    let channels = of(state);
    if channels.len() == days.len() || state == Some(DateState::Complete) {
        return (code, label.to_owned());
    }
    let named: Vec<String> = channels
        .iter()
        .take(NAMED)
        .map(|name| clean(name))
        .collect();
    let more = channels.len().saturating_sub(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!(", +{more}"),
    };
    (code, format!("{label}: {}{more}", named.join(", ")))
}
