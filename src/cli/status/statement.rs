//! What was open, what came and what went over a range; and what is open now, by its age.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::domain::advice::{self, AgeClass};
use crate::domain::outcome::{AtRisk, CountAmount, DateState, Item, RollForward};
use crate::domain::reconcile::{Ended, roll_forward_of_sums};
use crate::report::labels::Language;
use crate::report::summary::table;
use crate::report::words;
use crate::store::OpenSums;

/// The roll-forward over a range of business dates.
#[derive(Clone, Debug)]
pub struct Statement {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub roll: RollForward,
    /// Dates, up to the last of the range, whose items nobody knows yet; in order, by channel.
    pub not_known: Vec<NotKnown>,
}

/// A date of which nothing is known.
#[derive(Clone, Debug)]
pub struct NotKnown {
    pub channel: String,
    pub date: NaiveDate,
    pub why: Unknown,
}

/// What a line about dates that are not known says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The channel stands above.
    Dates,
    /// Which channel it is of, too.
    Channels,
}

/// Why nothing is known of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    NeverRun,
    State(DateState),
}

impl Unknown {
    fn name(self) -> &'static str {
        match self {
            Unknown::NeverRun => "never run",
            Unknown::State(DateState::NotDue) => "not due",
            Unknown::State(state) => state.name(),
        }
    }
}

/// The items that count: those open, and those that a later match cleared. One that newer knowledge
impl Statement {
    pub fn of(
        open: &OpenSums,
        ended: &Ended,
        (from, to): (NaiveDate, NaiveDate),
        not_known: Vec<NotKnown>,
    ) -> Statement {
        Statement {
            from,
            to,
            roll: roll_forward_of_sums(
                open.sums().map(|(opened, sum)| (opened, sum.open)),
                ended,
                from,
                to,
            ),
            not_known,
        }
    }

    fn lines(&self) -> [(&'static str, CountAmount); 6] {
        [
            ("opening", self.roll.opening),
            ("new", self.roll.new),
            ("cleared", self.roll.cleared),
            ("resolved", self.roll.resolved),
            ("written_off", self.roll.written_off),
            ("closing", self.roll.closing),
        ]
    }

    pub fn text(&self, naming: Naming) -> String {
        let mut rows = vec![vec![
            format!("open items {} to {}", self.from, self.to),
            "count".to_owned(),
            "amount".to_owned(),
        ]];
        for (name, part) in self.lines() {
            let sign = match name {
                "new" => "+ ",
                "cleared" | "resolved" | "written_off" => "- ",
                _ => "",
            };
            rows.push(vec![
                format!("  {sign}{}", name.replace('_', " ")),
                part.count.to_string(),
                words::rupiah(part.amount, Language::En),
            ]);
        }
        let mut out = table(&rows, 1).join("\n");
        out.push('\n');
        for (channel, first, last, why) in spans(&self.not_known) {
            let dates = if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            };
            let place = if last < self.from {
                ", before the range"
            } else {
                ""
            };
            let channel = match naming {
                Naming::Dates => String::new(),
                Naming::Channels => format!("{channel} "),
            };
            out.push_str(&format!(
                "    not known: {channel}{dates} ({}{place})\n",
                why.name()
            ));
        }
        out
    }

    pub fn value(&self) -> Value {
        let roll: serde_json::Map<String, Value> = self
            .lines()
            .into_iter()
            .map(|(name, part)| {
                let part = json!({ "count": part.count, "amount": part.amount });
                (name.to_owned(), part)
            })
            .collect();
        let not_known = self.not_known.iter().map(|one| {
            json!({
                "channel": one.channel,
                "business_date": one.date.to_string(),
                "state": one.why.name().replace(' ', "_"),
            })
        });
        json!({
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "roll_forward": roll,
            "not_known": not_known.collect::<Vec<_>>(),
        })
    }
}

/// Neighbouring dates of one channel and reason, as first and last.
fn spans(dates: &[NotKnown]) -> Vec<(&str, NaiveDate, NaiveDate, Unknown)> {
    let mut spans: Vec<(&str, NaiveDate, NaiveDate, Unknown)> = Vec::new();
    for NotKnown { channel, date, why } in dates {
        match spans.last_mut() {
            Some((of, _, last, same))
                if of == channel && same == why && last.succ_opt() == Some(*date) =>
            {
                *last = *date;
            }
            _ => spans.push((channel, *date, *date, *why)),
        }
    }
    spans
}

/// How old the open items are, and what is at risk in them.
pub struct Ageing {
    pub classes: [AgeClass; advice::AGEING.len()],
    pub total: AgeClass,
    oldest: Vec<Item>,
    today: NaiveDate,
}

/// The classes of the report's ageing, in days.
const CLASSES: [&str; advice::AGEING.len()] = ["0-1", "2-3", "4-7", "8-30", "over 30"];

pub(super) const OLDEST_SHOWN: usize = 5;

impl Ageing {
    pub fn of(open: &OpenSums, today: NaiveDate) -> Ageing {
        let mut classes = [AgeClass::default(); advice::AGEING.len()];
        let mut total = AgeClass::default();
        for (opened, sum) in open.sums() {
            classes[advice::ageing_class(advice::days_since(opened, today))].merge(&sum);
            total.merge(&sum);
        }
        let mut oldest = open.oldest.clone();
        oldest.sort_by(advice::oldest_first);
        oldest.truncate(OLDEST_SHOWN);
        Ageing {
            classes,
            total,
            oldest,
            today,
        }
    }

    pub fn text(&self) -> String {
        if self.total == AgeClass::default() {
            return "  no open item\n".to_owned();
        }
        let heads = ["count", "amount", "owed to us", "owed by us", "undecided"];
        let mut rows = vec![vec![format!("open by age on {}", self.today)]];
        rows[0].extend(heads.map(str::to_owned));
        let row = |name: String, class: &AgeClass| {
            let mut row = vec![name, class.open.count.to_string()];
            let AtRisk {
                owed_to_us,
                owed_by_us,
                undecided,
            } = class.at_risk;
            let figures = [class.open.amount, owed_to_us, owed_by_us, undecided];
            row.extend(figures.map(|figure| words::rupiah(figure, Language::En)));
            row
        };
        for (class, name) in self.classes.iter().zip(CLASSES) {
            rows.push(row(format!("  {name} days"), class));
        }
        rows.push(row("  total".to_owned(), &self.total));
        let mut out = table(&rows, 1).join("\n");
        let rows: Vec<Vec<String>> = self
            .oldest
            .iter()
            .map(|item| {
                vec![
                    format!("  {}", item.id),
                    item.opened.to_string(),
                    format!("{} days", advice::age_days(item, self.today)),
                    words::rupiah(item.value, Language::En),
                    item.bucket.name().to_owned(),
                ]
            })
            .collect();
        out.push_str(&format!(
            "\n  oldest first\n{}\n",
            table(&rows, 5).join("\n")
        ));
        let more = self
            .total
            .open
            .count
            .saturating_sub(self.oldest.len() as u64);
        if more > 0 {
            out.push_str(&format!("    and {more} more\n"));
        }
        out
    }

    pub fn value(&self) -> Value {
        let class = |class: &AgeClass| {
            json!({
                "count": class.open.count,
                "amount": class.open.amount,
                "at_risk": {
                    "owed_to_us": class.at_risk.owed_to_us,
                    "owed_by_us": class.at_risk.owed_by_us,
                    "undecided": class.at_risk.undecided,
                },
            })
        };
        let mut value = class(&self.total);
        let classes: Vec<Value> = self
            .classes
            .iter()
            .zip(CLASSES)
            .map(|(one, days)| {
                let mut value = class(one);
                value["days"] = days.into();
                value
            })
            .collect();
        let oldest = self.oldest.iter().map(|item| {
            json!({
                "id": item.id,
                "opened": item.opened.to_string(),
                "age_days": advice::age_days(item, self.today),
                "amount": item.value,
                "kind": item.bucket.name(),
            })
        });
        value["oldest"] = oldest.collect::<Vec<_>>().into();
        value["ageing"] = classes.into();
        value
    }
}
