//! The dates of a channel as a small calendar: a week a row, a mark a date.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::time::dates;

/// How the files of a date came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lateness {
    OnTime,
    Late,
    Missing,
    NotYet,
    NotExpected,
}

impl Lateness {
    pub fn name(self) -> &'static str {
        match self {
            Lateness::OnTime => "on time",
            Lateness::Late => "late",
            Lateness::Missing => "missing",
            Lateness::NotYet => "not due",
            Lateness::NotExpected => "not expected",
        }
    }

    /// Told apart without colour.
    fn mark(self) -> char {
        match self {
            Lateness::OnTime => '+',
            Lateness::Late => 'L',
            Lateness::Missing => '!',
            Lateness::NotYet => '?',
            Lateness::NotExpected => '-',
        }
    }
}

/// Weeks from Monday, each line with the date of its Monday; a date without a mark is blank. Below
/// them what the marks say that occur. Empty for no dates.
pub fn grid(marks: &BTreeMap<NaiveDate, Lateness>) -> String {
    let (Some(first), Some(last)) = (marks.keys().next(), marks.keys().next_back()) else {
        return String::new();
    };
    let monday = *first - Days::new(u64::from(first.weekday().num_days_from_monday()));
    let mut out = "  week of     Mo Tu We Th Fr Sa Su\n".to_owned();
    let days: Vec<NaiveDate> = dates(monday, *last).collect();
    for week in days.chunks(7) {
        let marked: String = week
            .iter()
            .map(|date| format!("  {}", marks.get(date).map_or(' ', |late| late.mark())))
            .collect();
        let line = format!("  {} {marked}", week[0]);
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let said: BTreeSet<Lateness> = marks.values().copied().collect();
    let legend: Vec<String> = said
        .into_iter()
        .map(|late| format!("{} {}", late.mark(), late.name()))
        .collect();
    out.push_str(&format!("  {}\n", legend.join("   ")));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_a_line_from_monday() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let marks = [
            ("2026-11-12", Lateness::OnTime),
            ("2026-11-13", Lateness::Late),
            ("2026-11-14", Lateness::NotExpected),
            ("2026-11-15", Lateness::NotExpected),
            ("2026-11-16", Lateness::Missing),
            ("2026-11-18", Lateness::NotYet),
        ];
        let marks = marks.map(|(date, late)| (day(date), late)).into();
        assert_eq!(
            grid(&marks),
            "  week of     Mo Tu We Th Fr Sa Su\n  \
             2026-11-09            +  L  -  -\n  \
             2026-11-16   !     ?\n  \
             + on time   L late   ! missing   ? not due   - not expected\n"
        );
        assert_eq!(grid(&BTreeMap::new()), "");
    }
}
