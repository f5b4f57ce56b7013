//! Which nightly run is to begin, by the wall clock and the records alone. Pure.
//!
//! The nightly run of a business date is planned once: at `run` on the next day there is, in the
//! configured zone. Nothing is counted in ticks or hours, so that sleep, a clock that jumps and the
//! zone of the host change nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds};

use crate::domain::time::{dates, local_instant, next, previous};
use crate::store::{PlannedRow, PlannedState};

/// A row that was written so much later than it is now was written while the clock was wrong. More
/// than the hour by which a host may take local time for UTC: that has not undone the run.
const SET_BACK: Duration = Duration::hours(2);
/// Further back nobody looks: some ten years.
const LONGEST_LOOK: i64 = 3_660;

/// When the nightly runs are planned.
#[derive(Clone, Debug)]
pub struct Timetable {
    zone: Tz,
    at: NaiveTime,
    daily: Cron,
    /// In days.
    catch_up: i64,
}

/// What is to be done about nightly runs now. Everything here is recorded before a run begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Recorded while the clock was wrong: to be taken back.
    pub forget: Vec<NaiveDate>,
    /// Beyond the catch-up window: ops are told, in order of date.
    pub missed: Vec<PlannedRow>,
    /// The run to begin, and the earlier dates that it does in order before its own.
    pub start: Option<PlannedRow>,
    pub covered: Vec<PlannedRow>,
}

impl Timetable {
    /// An error only where `at` is no time that cron knows.
    pub fn new(zone: Tz, at: NaiveTime, catch_up: Duration) -> Result<Timetable, CronError> {
        let daily = format!("{} {} {} * * *", at.second(), at.minute(), at.hour());
        let parser = CronParser::builder().seconds(Seconds::Required).build();
        Ok(Timetable {
            zone,
            at,
            daily: parser.parse(&daily)?,
            catch_up: catch_up.num_days().max(1),
        })
    }

    /// When the nightly run of a business date begins: at the time of day on the next day there is,
    /// at the end of the gap where a change to summer time skips it, once where it comes twice.
    /// `None` for a day that a zone left out whole, as Samoa did with 30 December 2011.
    pub fn planned_for(&self, business_date: NaiveDate) -> Option<DateTime<Utc>> {
        if !self.exists(business_date) {
            return None;
        }
        let day = dates(next(business_date), NaiveDate::MAX)
            .take(3)
            .find(|day| self.exists(*day))?;
        // From the night before on: a gap at midnight would hide the run from a search that begins
        // at the first instant of the day.
        let before = local_instant(self.zone, business_date, self.at).with_timezone(&self.zone);
        // What cron puts off to the end of a day that was left out belongs to no day.
        let of_day = |at: &DateTime<Tz>| at.date_naive() == day && at.time() >= self.at;
        let mut found = self.daily.iter_after(before).take(2);
        let within = found.find(of_day).map(|at| at.with_timezone(&Utc));
        Some(within.unwrap_or_else(|| local_instant(self.zone, day, self.at)))
    }

    /// The newest business date whose nightly run is to have begun by now.
    pub fn latest(&self, now: DateTime<Utc>) -> Option<NaiveDate> {
        let mut date = now.with_timezone(&self.zone).date_naive();
        for _ in 0..5 {
            if self.planned_for(date).is_some_and(|at| at <= now) {
                return Some(date);
            }
            date = previous(date);
        }
        None
    }

    /// The next nightly run after now.
    pub fn upcoming(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let latest = self.latest(now)?;
        dates(next(latest), NaiveDate::MAX)
            .take(4)
            .find_map(|date| self.planned_for(date))
    }

    pub fn decide(&self, recorded: &[PlannedRow], now: DateTime<Utc>) -> Decision {
        let Some(latest) = self.latest(now) else {
            return Decision::default();
        };
        let (wrong, rows): (Vec<&PlannedRow>, Vec<&PlannedRow>) = recorded
            .iter()
            .partition(|row| row.recorded_at > now + SET_BACK);
        let rows: BTreeMap<NaiveDate, PlannedState> = rows
            .iter()
            .map(|row| (row.business_date, row.state))
            .collect();
        // Whoever begins today owes nothing of the days before.
        let first = rows.keys().next().copied().unwrap_or(latest);
        let first = first.max(latest - Duration::days(LONGEST_LOOK));
        let pending: Vec<(NaiveDate, DateTime<Utc>)> = dates(first, latest)
            .filter(|date| !settled(&rows, *date))
            .filter_map(|date| Some((date, self.planned_for(date)?)))
            .collect();
        let yesterday = previous(now.with_timezone(&self.zone).date_naive());
        let window = yesterday - Duration::days(self.catch_up - 1);
        let row = |(business_date, planned_for), state| PlannedRow {
            business_date,
            planned_for,
            recorded_at: now,
            state,
        };
        let (reached, beyond): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|(date, _)| *date >= window);
        let by = reached.last().copied();
        Decision {
            forget: wrong.iter().map(|row| row.business_date).collect(),
            missed: beyond
                .into_iter()
                .map(|one| row(one, PlannedState::Missed))
                .collect(),
            covered: reached
                .iter()
                .filter_map(|one| {
                    let (by, _) = by.filter(|by| by.0 != one.0)?;
                    Some(row(*one, PlannedState::Covered { by }))
                })
                .collect(),
            start: by.map(|one| row(one, PlannedState::Started)),
        }
    }

    fn exists(&self, day: NaiveDate) -> bool {
        self.midnight(day) < self.midnight(next(day))
    }

    /// The first instant of a day.
    fn midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        local_instant(self.zone, day, NaiveTime::MIN)
    }
}

/// Whether the night of a date needs no run any more. One that began and of whose end nothing is
/// known died on the way, and with it what it was to cover.
fn settled(rows: &BTreeMap<NaiveDate, PlannedState>, date: NaiveDate) -> bool {
    let mut date = date;
    loop {
        match rows.get(&date) {
            Some(PlannedState::Ended | PlannedState::Missed) => return true,
            Some(PlannedState::Covered { by }) if *by > date => date = *by,
            _ => return false,
        }
    }
}
