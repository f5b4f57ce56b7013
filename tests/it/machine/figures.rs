//! What is carried forward, and one date's result.

use std::collections::BTreeMap;

use super::model::Status::Success;
use super::model::{
    Day, Entry, Finding, Item, Model, Outcome, RollForward, Rupiah, State, Tally, World, add,
    day_of,
};

impl Model {
    pub fn outcome(&self, world: &World, day: Day) -> Outcome {
        let seen = &self.seen[&day];
        let findings = self.findings(world);
        let mut buckets: BTreeMap<String, [Tally; 2]> = BTreeMap::new();
        let mut put = |bucket: &str, side: usize, entry: Entry| {
            add(
                &mut buckets.entry(bucket.to_owned()).or_default()[side],
                entry.amount,
            );
        };
        let complete = seen.state == State::Complete;
        for (key, entry) in &seen.rows {
            match (complete, seen.is_settled(*key)) {
                (false, _) => put("awaiting", 0, *entry),
                (true, true) if entry.status == Success => put("matched", 0, *entry),
                (true, true) => put("nothing_to_settle", 0, *entry),
                (true, false) => {}
            }
        }
        for (key, entry) in &seen.ledger {
            match (complete, seen.is_settled(*key)) {
                (false, _) => put("awaiting", 1, *entry),
                (true, true) if entry.status == Success => put("matched", 1, *entry),
                (true, true) => put("nothing_to_settle", 1, *entry),
                (true, false) => {}
            }
        }
        for finding in findings.iter().filter(|_| complete) {
            let ours = finding.ours.filter(|_| finding.ours_counts);
            let days = finding.theirs.iter().map(|row| row.day);
            let told_on = days.chain(ours.map(|ours| day_of(ours.at))).max();
            // A break across dates is told on its last one.
            let bucket = match is_break(finding.bucket) && told_on != Some(day) {
                true => "timing_differences",
                false => finding.bucket,
            };
            for row in finding.theirs.iter().filter(|row| row.day == day) {
                put(bucket, 0, row.entry);
            }
            if let Some(ours) = ours.filter(|ours| day_of(ours.at) == day) {
                put(bucket, 1, ours);
            }
        }
        let items = items(&findings);
        let roll_forward = roll_forward(&items, day, day);
        let sum = |entries: &mut dyn Iterator<Item = &Entry>| {
            let mut tally = Tally::default();
            entries.for_each(|entry| add(&mut tally, entry.amount));
            tally
        };
        let of_the_day = |item: &Item| {
            let ours = item.ours.iter().any(|ours| day_of(ours.at) == day);
            ours || item.theirs.iter().any(|row| row.day == day)
        };
        let name = |at: &usize| self.taken[*at].0.clone();
        Outcome {
            state: seen.state,
            files: seen.files.iter().map(name).collect(),
            missing_parts: self.missing_parts(&seen.files),
            settlement: sum(&mut seen.rows.iter().map(|row| &row.1)),
            ledger: sum(&mut seen.ledger.values()),
            buckets,
            items: items.into_iter().filter(of_the_day).collect(),
            roll_forward,
        }
    }
}

fn is_break(bucket: &str) -> bool {
    !matches!(
        bucket,
        "matched"
            | "matched_within_tolerance"
            | "timing_differences"
            | "pending_within_sla"
            | "awaiting"
            | "nothing_to_settle"
    )
}

/// What is carried forward: all that is open, and what cleared over dates or by a tolerance.
pub fn items(findings: &[Finding]) -> Vec<Item> {
    let mut items = Vec::new();
    for finding in findings {
        let days = finding.theirs.iter().map(|row| row.day);
        let days = days.chain(finding.ours.map(|ours| day_of(ours.at)));
        let (Some(opened), Some(last)) = (days.clone().min(), days.max()) else {
            continue;
        };
        let cleared = match finding.bucket {
            "matched" | "nothing_to_settle" => continue,
            "timing_differences" | "matched_within_tolerance" => Some(last),
            _ => None,
        };
        let ours = finding.ours.map_or(0, |ours| ours.amount);
        let theirs: Rupiah = finding.theirs.iter().map(|row| row.entry.amount).sum();
        let value = match finding.bucket {
            "amount_break" => (theirs - ours).abs(),
            _ => ours.max(theirs),
        };
        items.push(Item {
            key: finding.key,
            bucket: finding.bucket.to_owned(),
            opened,
            cleared,
            ours: finding.ours.into_iter().collect(),
            theirs: finding.theirs.clone(),
            value,
        });
    }
    items.sort();
    items
}

/// What was carried in, what came, what went, what is carried on. What opens and clears on one date
/// was never carried.
pub fn roll_forward(items: &[Item], from: Day, to: Day) -> RollForward {
    let [mut opening, mut new, mut cleared, mut closing] = RollForward::default();
    for item in items
        .iter()
        .filter(|item| item.cleared != Some(item.opened))
    {
        let open_after = |day: Day| item.opened <= day && item.cleared.is_none_or(|on| on > day);
        if open_after(from - 1) {
            add(&mut opening, item.value);
        }
        if (from..=to).contains(&item.opened) {
            add(&mut new, item.value);
        }
        if item.cleared.is_some_and(|on| (from..=to).contains(&on)) {
            add(&mut cleared, item.value);
        }
        if open_after(to) {
            add(&mut closing, item.value);
        }
    }
    [opening, new, cleared, closing]
}
