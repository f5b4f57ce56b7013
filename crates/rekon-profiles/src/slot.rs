//! Which dates, part and merchant a file declares, by its name or the lines above its header.

use chrono::{Duration, NaiveDate};
use regex::{Captures, Regex};
use serde::Serialize;

use super::profile::SlotRule;

/// The place a file fills: the same slot with other bytes is a new revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Declared dates; empty where neither name nor preamble says any.
    pub dates: Vec<NaiveDate>,
    pub part: Option<Part>,
    pub merchant: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    pub number: u32,
    pub of: Option<u32>,
}

/// The longest range of dates one file may declare.
const MAX_DAYS: i64 = 366;

impl Slot {
    pub(super) fn of_name(rule: &SlotRule, file_name: &str) -> Slot {
        let mut slot = Slot::default();
        for pattern in &rule.file_name {
            slot.learn(rule, pattern, file_name);
        }
        slot
    }

    /// Takes from one text what is not known yet.
    pub(super) fn learn(&mut self, rule: &SlotRule, pattern: &Regex, text: &str) {
        let Some(found) = pattern.captures(text) else {
            return;
        };
        if self.dates.is_empty() {
            self.dates = dates(rule, &found).unwrap_or_default();
        }
        if self.part.is_none() {
            self.part = number(&found, "part").map(|number| Part {
                number,
                of: self::number(&found, "parts"),
            });
        }
        if self.merchant.is_none() {
            self.merchant = found
                .name("merchant")
                .map(|merchant| merchant.as_str().trim().to_owned())
                .filter(|merchant| !merchant.is_empty());
        }
    }
}

fn number(found: &Captures<'_>, group: &str) -> Option<u32> {
    found.name(group)?.as_str().parse().ok()
}

fn dates(rule: &SlotRule, found: &Captures<'_>) -> Option<Vec<NaiveDate>> {
    let date = |group: &str| {
        let text = found.name(group)?.as_str().trim();
        let date = rule
            .date_formats
            .iter()
            .find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        date.checked_sub_signed(Duration::days(rule.days_later))
    };
    if let Some(date) = date("date") {
        return Some(vec![date]);
    }
    let (from, to) = (date("from")?, date("to")?);
    let days = (to - from).num_days();
    (0..MAX_DAYS)
        .contains(&days)
        .then(|| crate::domain::time::dates(from, to).collect())
}
