//! What a channel declares about judging its entries.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::BTreeMap;

use super::key::KeyField;
use super::money::Money;
use super::outcome::DateState;
use super::status::MoneyDirection;
use super::time::{BusinessDay, next, previous};

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
}

/// How much weight an entry of another date has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStanding {
    /// Reconciled: what is left there is known.
    Closed,
    /// Not reconciled by us at all: before `start`, or no report is expected.
    Outside,
    /// Its report is not here yet, or it was never run.
    Waiting,
}

impl Dates {
    pub fn standing(&self, date: NaiveDate) -> DateStanding {
        if self.start.is_none_or(|start| date < start) && !self.states.contains_key(&date) {
            return DateStanding::Outside;
        }
        match self.states.get(&date) {
            Some(DateState::Complete) => DateStanding::Closed,
            Some(DateState::NotExpected) => DateStanding::Outside,
            Some(DateState::NotDue | DateState::Incomplete) | None => DateStanding::Waiting,
        }
    }

    /// Whether an unpaired entry this near the cut-off still waits for its neighbouring date.
    pub fn awaits_neighbour(&self, rules: &Rules, date: NaiveDate, instant: DateTime<Utc>) -> bool {
        let (from, to) = rules.days.span(date);
        let near_start = instant < from + rules.timing_grace;
        let near_end = instant >= to - rules.timing_grace;
        (near_start && self.standing(previous(date)) == DateStanding::Waiting)
            || (near_end && self.standing(next(date)) == DateStanding::Waiting)
    }
}
