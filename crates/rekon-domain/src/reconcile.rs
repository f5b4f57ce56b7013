//! From findings to the outcome of a date: every entry in one bucket, both sides adding up.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::entry::Side;
use super::matching::DateMatch;
use super::money::Money;
use super::outcome::{
    AtRisk, Bucket, Closing, CountAmount, DateState, Ending, FileUse, Item, Outcome, Pattern,
    RollForward, Sides, Tally,
};
use super::patterns;
use super::products::{self, Totals};
use super::rejected::RejectedEntry;
use super::resolve::Finding;
use super::rules::Rules;
use super::side_finding::SideFinding;
use super::status::MoneyDirection;

/// What is known of a date apart from its entries.
#[derive(Clone, Debug)]
pub struct DateFacts {
    pub channel: String,
    pub business_date: NaiveDate,
    pub state: DateState,
    pub due: DateTime<Utc>,
    pub files: Vec<FileUse>,
    pub missing_parts: Vec<u32>,
    pub rejected_rows: u64,
    pub rejected_ledger_rows: u64,
    /// The first of them.
    pub rejected_ledger: Vec<RejectedEntry>,
    pub findings: Vec<SideFinding>,
    /// What its files say beside their entries.
    pub beside: Vec<Pattern>,
}

/// Totals of a date, and what its keys concluded by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateTotals {
    pub settlement: Tally,
    pub ledger: Tally,
    pub clean: BTreeMap<Bucket, Sides>,
    /// The clean ones by product and status pair.
    pub products: Totals,
}

impl From<&DateMatch> for DateTotals {
    fn from(matched: &DateMatch) -> DateTotals {
        let of_match = DateTotals {
            settlement: matched.settlement,
            ledger: matched.ledger,
            clean: matched.clean.clone(),
            products: matched.products.clone(),
        };
        debug_assert_eq!(of_match, of_match.clone().of_products(), "by product");
        of_match
    }
}

impl DateTotals {
    /// The same, its buckets from the totals by product.
    pub fn of_products(mut self) -> DateTotals {
        self.clean.clear();
        for (group, sides) in &self.products {
            self.clean.entry(group.bucket).or_default().merge(sides);
        }
        self
    }
}

/// A result that does not add up is never stored nor mailed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{channel} {date}: the {side:?} side does not add up: {entries} entries of {amount} came in, \
     {bucketed_entries} of {bucketed} were judged. Nothing was stored; this is a defect of rekon"
)]
pub struct Unbalanced {
    pub channel: String,
    pub date: NaiveDate,
    pub side: Side,
    pub entries: u64,
    pub amount: Money,
    pub bucketed_entries: u64,
    pub bucketed: Money,
}

/// Puts every entry of the date into its bucket and asserts that nothing is lost or counted twice.
/// `items` are those of the channel, and `ended` others that ended on the date or later.
pub fn outcome(
    facts: DateFacts,
    totals: &DateTotals,
    findings: &[Finding],
    (items, ended): (&[Item], &Ended),
    rules: &Rules,
) -> Result<Outcome, Unbalanced> {
    let date = facts.business_date;
    let mut buckets = totals.clean.clone();
    let mut by_product = totals.products.clone();
    if facts.state == DateState::Complete {
        for finding in findings {
            let sides = tally(finding, date);
            let bucket = finding.bucket_on(date);
            buckets.entry(bucket).or_default().merge(&sides);
            let of = products::group(bucket, &finding.ledger, &finding.settlement);
            by_product.entry(of).or_default().merge(&sides);
        }
    } else {
        let both = Sides {
            settlement: totals.settlement,
            ledger: totals.ledger,
        };
        buckets = [(Bucket::Awaiting, both)].into();
        by_product.clear();
    }
    buckets.retain(|_, sides| !sides.is_empty());
    by_product.retain(|_, sides| !sides.is_empty());
    let own: Vec<Item> = items
        .iter()
        .filter(|item| stands_on(item, date))
        .cloned()
        .collect();
    let mut at_risk = AtRisk::default();
    let told = |item: &&Item| item.is_open() && told_on(item) == date;
    for item in own.iter().filter(told) {
        at_risk.add(item.exposure, item.at_risk);
    }
    let fee = totals.settlement.fee;
    let outcome = Outcome {
        channel: facts.channel,
        business_date: date,
        state: facts.state,
        due: facts.due,
        files: facts.files,
        missing_parts: facts.missing_parts,
        settlement: totals.settlement,
        net: match rules.direction {
            MoneyDirection::WeReceive => totals.settlement.amount - fee,
            MoneyDirection::WePay => totals.settlement.amount + fee,
        },
        ledger: totals.ledger,
        buckets,
        patterns: [patterns::find(&own, date, rules), facts.beside].concat(),
        findings: facts.findings,
        items: own,
        at_risk,
        rejected_rows: facts.rejected_rows,
        rejected_ledger_rows: facts.rejected_ledger_rows,
        rejected_ledger: facts.rejected_ledger,
        roll_forward: roll_forward(items, ended, date, date),
        products: products::bounded(by_product),
    };
    balanced(&outcome)?;
    Ok(outcome)
}

/// Whether what matched cleanly on a date and what these findings say of it are all of its entries.
pub fn adds_up(totals: &DateTotals, findings: &[Finding], date: NaiveDate) -> bool {
    let mut sum = Sides::default();
    for sides in totals.clean.values() {
        sum.merge(sides);
    }
    for finding in findings {
        sum.merge(&tally(finding, date));
    }
    [sum.settlement, sum.ledger] == [totals.settlement, totals.ledger]
}

fn tally(finding: &Finding, date: NaiveDate) -> Sides {
    let own = |entries: &[super::entry::EntryFacts]| {
        let mut tally = Tally::default();
        for entry in entries.iter().filter(|entry| entry.business_date == date) {
            tally.add(entry.amount, entry.fee);
        }
        tally
    };
    let mut sides = Sides {
        settlement: own(&finding.settlement),
        ledger: own(&finding.ledger),
    };
    if let Some((on, counted)) = &finding.crowd
        && *on == date
    {
        sides.merge(counted);
    }
    sides
}

/// Asserts law 2 of the design on a finished outcome: counts and rupiah of each side add up.
pub fn balanced(outcome: &Outcome) -> Result<(), Unbalanced> {
    let mut sum = Sides::default();
    for sides in outcome.buckets.values() {
        sum.merge(sides);
    }
    for (side, total, bucketed) in [
        (Side::Settlement, &outcome.settlement, &sum.settlement),
        (Side::Ledger, &outcome.ledger, &sum.ledger),
    ] {
        if total != bucketed {
            return Err(Unbalanced {
                channel: outcome.channel.clone(),
                date: outcome.business_date,
                side,
                entries: total.entries,
                amount: total.amount,
                bucketed_entries: bucketed.entries,
                bucketed: bucketed.amount,
            });
        }
    }
    Ok(())
}

/// Whether it has an entry on this date.
pub fn stands_on(item: &Item, date: NaiveDate) -> bool {
    let mut entries = item.ledger.iter().chain(&item.settlement);
    entries.any(|entry| entry.business_date == date)
        || item.ledger.is_empty() && item.settlement.is_empty() && item.opened == date
}

/// The date of an item's latest entry.
pub fn last_date(item: &Item) -> NaiveDate {
    let entries = item.ledger.iter().chain(&item.settlement);
    entries
        .map(|entry| entry.business_date)
        .max()
        .unwrap_or(item.opened)
}

/// The business date on which an item is told and counted, once, with what it puts at risk: the
/// latest one that was judged with an entry of it, where it was discovered.
pub fn told_on(item: &Item) -> NaiveDate {
    item.told_on.unwrap_or_else(|| last_date(item))
}

/// Whether a date only has a half of an item that is told on another one.
pub fn is_only_found_on(item: &Item, date: NaiveDate) -> bool {
    let mut entries = item.ledger.iter().chain(&item.settlement);
    told_on(item) != date && entries.any(|entry| entry.business_date == date)
}

/// Items that ended and are not at hand one by one, in sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended(pub BTreeMap<(NaiveDate, NaiveDate, Ending), CountAmount>);

impl Ended {
    /// Puts items that opened on one date and ended on another to the others, or takes them out again.
    pub fn add(&mut self, (opened, ended, how): (NaiveDate, NaiveDate, Ending), sum: CountAmount) {
        self.0.entry((opened, ended, how)).or_default().merge(sum);
    }

    pub fn take(&mut self, (opened, ended, how): (NaiveDate, NaiveDate, Ending), value: Money) {
        if let Some(sum) = self.0.get_mut(&(opened, ended, how)) {
            sum.count = sum.count.saturating_sub(1);
            sum.amount = sum.amount - value;
        }
    }
}

/// Opening, new, cleared, resolved, written off and closing over a range of business dates, from
/// items alone: an item opens on its earlier entry's date and clears on its later one's; people's
/// acts count on their own date. `ended` are those that are not among the items.
pub fn roll_forward(items: &[Item], ended: &Ended, from: NaiveDate, to: NaiveDate) -> RollForward {
    let mut statement = RollForward::default();
    for item in items {
        let one = CountAmount {
            count: 1,
            amount: item.value,
        };
        roll(&mut statement, item.opened, item.ending(), one, from, to);
    }
    for ((opened, on, how), sum) in &ended.0 {
        roll(&mut statement, *opened, Some((*on, *how)), *sum, from, to);
    }
    statement
}

/// The same of what is open in sums, each with the date on which it opened.
pub fn roll_forward_of_sums(
    open: impl IntoIterator<Item = (NaiveDate, CountAmount)>,
    ended: &Ended,
    from: NaiveDate,
    to: NaiveDate,
) -> RollForward {
    let mut statement = roll_forward(&[], ended, from, to);
    for (opened, sum) in open {
        roll(&mut statement, opened, None, sum, from, to);
    }
    statement
}

fn roll(
    statement: &mut RollForward,
    opened: NaiveDate,
    ending: Option<(NaiveDate, Ending)>,
    sum: CountAmount,
    from: NaiveDate,
    to: NaiveDate,
) {
    // What opens and clears on one date was never carried forward.
    if ending == Some((opened, Ending::Cleared)) {
        return;
    }
    let ended_before = |date: NaiveDate| ending.is_some_and(|(on, _)| on < date);
    if opened < from && !ended_before(from) {
        statement.opening.merge(sum);
    }
    if (from..=to).contains(&opened) {
        statement.new.merge(sum);
    }
    if let Some((on, how)) = ending
        && (from..=to).contains(&on)
    {
        let place = match how {
            Ending::Cleared => &mut statement.cleared,
            Ending::Closed(Closing::Resolved) => &mut statement.resolved,
            Ending::Closed(Closing::WrittenOff) => &mut statement.written_off,
        };
        place.merge(sum);
    }
    if opened <= to && ending.is_none_or(|(on, _)| on > to) {
        statement.closing.merge(sum);
    }
}
