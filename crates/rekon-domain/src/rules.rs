//! What a channel declares about judging its entries.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::BTreeMap;

use super::key::KeyField;
use super::money::Money;
use super::outcome::DateState;
use super::status::MoneyDirection;
use super::time::{BusinessDay, Calendar, next, previous};

/// The declared rules of one channel; constant during a run.
#[derive(Clone, Debug)]
pub struct Rules {
    pub direction: MoneyDirection,
    pub days: BusinessDay,
    pub amount_tolerance: Money,
    pub fee_tolerance: Money,
    pub pending_sla: Duration,
    pub timing_grace: Duration,
    /// Two entries further apart than this many business dates never belong together:
    /// batch numbers are recycled.
    pub key_lifetime: i64,
    pub key: Vec<KeyField>,
    /// Names of the detail fields in the order in which entries carry them.
    pub details: Vec<String>,
    /// Positions in `details` that must agree where both sides have a value (OVO's tid and mid).
    pub match_if_present: Vec<usize>,
}

/// More entries under one key on a side than this are one finding: a constant reference
/// (one STAN was seen 3,968 times) pairs with nothing honestly.
pub const CROWD: usize = 1000;

/// What is known of the business dates of a channel.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    /// Nothing before it is reconciled.
    pub start: Option<NaiveDate>,
    /// State by date, for every date that has been run.
    pub states: BTreeMap<NaiveDate, DateState>,
    /// When reports arrive.
    pub calendar: Calendar,
}

/// How much weight an entry of another date has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStanding {
    /// Reconciled: what is left there is known.
    Closed,
    /// Not reconciled by us at all: before `start`, or no report is expected.
    Outside,
    /// Its report is not here yet, or it was never run; or it is quiet, and the report that may cover
    /// it with other dates is not here.
    Waiting,
}

impl Dates {
    pub fn standing(&self, date: NaiveDate) -> DateStanding {
        if self.is_before_start(date) {
            return DateStanding::Outside;
        }
        match self.states.get(&date) {
            Some(DateState::Complete) => DateStanding::Closed,
            Some(DateState::NotExpected) if !self.shares_missing_report(date) => {
                DateStanding::Outside
            }
            Some(DateState::NotExpected | DateState::NotDue | DateState::Incomplete) | None => {
                DateStanding::Waiting
            }
        }
    }

    fn is_before_start(&self, date: NaiveDate) -> bool {
        self.start.is_none_or(|start| date < start) && !self.states.contains_key(&date)
    }

    /// Whether a date whose report arrives on the same day as this one's is not done: one report
    /// covers Friday to Sunday, and a Sunday without a payment of ours may have one of theirs.
    fn shares_missing_report(&self, date: NaiveDate) -> bool {
        let arrives = self.calendar.next_expected(date);
        let with_it = |other: &NaiveDate| self.calendar.next_expected(*other) == arrives;
        let earlier = std::iter::successors(Some(previous(date)), |date| Some(previous(*date)));
        let later = std::iter::successors(Some(next(date)), |date| Some(next(*date)));
        let waits = |other: NaiveDate| match self.states.get(&other) {
            Some(DateState::NotDue | DateState::Incomplete) => true,
            Some(DateState::Complete | DateState::NotExpected) => false,
            None => !self.is_before_start(other),
        };
        earlier.take_while(with_it).any(waits) || later.take_while(with_it).any(waits)
    }

    /// Whether an unpaired entry this near the cut-off still waits for its neighbouring date. One
    /// that says no time of day is near nothing.
    pub fn awaits_neighbour(&self, rules: &Rules, date: NaiveDate, instant: DateTime<Utc>) -> bool {
        if !rules.days.says_time(instant) {
            return false;
        }
        let (from, to) = rules.days.span(date);
        let near_start = instant < from + rules.timing_grace;
        let near_end = instant >= to - rules.timing_grace;
        (near_start && self.standing(previous(date)) == DateStanding::Waiting)
            || (near_end && self.standing(next(date)) == DateStanding::Waiting)
    }
}
