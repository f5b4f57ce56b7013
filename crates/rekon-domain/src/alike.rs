//! Pairs that nearly all differ in one and the same way: a setting is wrong, not a million payments.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::entry::{Entry, Side};
use super::key;
use super::money::Money;
use super::rules::Rules;
use super::side_finding::{Doubt, KeyDifference, SideFinding};
use super::sides::{Pair, Sides};

/// So many differ alike by accident on no day.
const FEW: u64 = 5;
/// Where what is alike could be a tariff that changed.
const MANY: u64 = 20;

/// Nearly all.
fn most(part: u64, of: u64) -> bool {
    part * 10 >= of * 9
}

/// What nearly all pairs of a date have in common.
pub fn in_pairs(sides: &Sides<'_>, rules: &Rules) -> Option<SideFinding> {
    let of = sides.pairs.len() as u64;
    let count = |alike: &dyn Fn(&Pair<'_>) -> bool| {
        sides.pairs.iter().filter(|pair| alike(pair)).count() as u64
    };
    let scaled = |pairs: u64| pairs * sides.one_of;
    for larger in [Side::Ledger, Side::Settlement] {
        let pairs = count(&|pair| is_hundredfold(pair, larger));
        if pairs >= FEW && most(pairs, of) {
            let (pairs, of) = (scaled(pairs), scaled(of));
            let doubt = Doubt::Hundredfold { pairs, of, larger };
            return Some(SideFinding::of(Side::Ledger, doubt));
        }
    }
    for larger in [Side::Ledger, Side::Settlement] {
        let pairs = count(&|pair| includes_fee(pair, larger, rules));
        if pairs >= MANY && most(pairs, of) {
            let (pairs, of) = (scaled(pairs), scaled(of));
            let doubt = Doubt::FeeBasis { pairs, of, larger };
            return Some(SideFinding::of(Side::Settlement, doubt));
        }
    }
    for side in [Side::Ledger, Side::Settlement] {
        let pairs = count(&|pair| lacks_fee(pair, side, rules));
        if pairs >= MANY && most(pairs, of) {
            let (pairs, of) = (scaled(pairs), scaled(of));
            return Some(SideFinding::of(side, Doubt::NoFee { pairs, of }));
        }
    }
    hours(sides)
}

fn amount(pair: &Pair<'_>, side: Side) -> Money {
    match side {
        Side::Settlement => pair.settlement.amount(),
        Side::Ledger => pair.ledger.amount(),
    }
}

fn is_hundredfold(pair: &Pair<'_>, larger: Side) -> bool {
    let large = amount(pair, larger).sen();
    let small = amount(pair, larger.other()).sen();
    match (large, small) {
        (Some(large), Some(small)) => small != 0 && small.checked_mul(100) == Some(large),
        _ => false,
    }
}

fn includes_fee(pair: &Pair<'_>, larger: Side, rules: &Rules) -> bool {
    let more = amount(pair, larger) - amount(pair, larger.other());
    let fees = [pair.settlement.fee(), pair.ledger.fee()];
    more > rules.amount_tolerance && fees.into_iter().flatten().any(|fee| fee.abs() == more)
}

fn lacks_fee(pair: &Pair<'_>, side: Side, rules: &Rules) -> bool {
    let (Some(theirs), Some(ours)) = (pair.settlement.fee(), pair.ledger.fee()) else {
        return false;
    };
    let (own, other) = match side {
        Side::Settlement => (theirs, ours),
        Side::Ledger => (ours, theirs),
    };
    own.is_zero() && other.abs() > rules.fee_tolerance
}

/// Two clocks that differ by a zone differ by whole hours, but for the seconds until a partner books.
fn hours(sides: &Sides<'_>) -> Option<SideFinding> {
    let instants = sides
        .pairs
        .iter()
        .map(|pair| pair.ledger.at() - pair.settlement.at());
    let (hours, pairs, of) = common_hours(instants)?;
    let lone = (sides.lone.settlement.len() + sides.lone.ledger.len()) as u64;
    let firm = (sides.firm.settlement.len() + sides.firm.ledger.len()) as u64;
    // Where every payment stays on its date, the shift harms nobody.
    if pairs < MANY || lone < FEW || lone * 20 < firm {
        return None;
    }
    let (pairs, of) = (pairs * sides.one_of, of * sides.one_of);
    let doubt = Doubt::ShiftedHours { hours, pairs, of };
    Some(SideFinding::of(Side::Ledger, doubt))
}

const ZONES_APART: i64 = 14;
const BOOKED_WITHIN: i64 = 10;

/// The hours by which nearly all of these differ, how many do, and of how many.
pub fn common_hours(apart: impl Iterator<Item = Duration>) -> Option<(i64, u64, u64)> {
    let mut by_hours: BTreeMap<i64, u64> = BTreeMap::new();
    let mut of = 0;
    for apart in apart {
        of += 1;
        let minutes = apart.num_minutes();
        let hours = (minutes + 30 * minutes.signum()) / 60;
        let near = (minutes - hours * 60).abs() <= BOOKED_WITHIN;
        if hours != 0 && hours.abs() <= ZONES_APART && near {
            *by_hours.entry(hours).or_default() += 1;
        }
    }
    let (hours, alike) = by_hours.into_iter().max_by_key(|(_, count)| *count)?;
    most(alike, of).then_some((hours, alike, of))
}

/// How the references of both sides differ, where hardly any stands on both.
pub fn in_keys(sides: &Sides<'_>, rules: &Rules) -> Option<SideFinding> {
    let firm = sides.firm.settlement.len().min(sides.firm.ledger.len()) as u64;
    if firm < FEW || sides.shared * 20 > firm {
        return None;
    }
    let (theirs, ours) = (
        references(sides, Side::Settlement),
        references(sides, Side::Ledger),
    );
    let finding = |part: String, how| {
        let of = firm * sides.one_of;
        Some(SideFinding::of(Side::Ledger, Doubt::Keys { of, part, how }))
    };
    for (at, field) in rules.key.iter().enumerate() {
        if let Some(how) = difference(&theirs, &ours, at) {
            return finding(field.name.clone(), how);
        }
    }
    if firm < MANY || sides.shared > 0 {
        return None;
    }
    let names: Vec<&str> = rules.key.iter().map(|field| field.name.as_str()).collect();
    finding(names.join(", "), KeyDifference::NothingAlike)
}

/// References of a large date that are compared, of the file.
const COMPARED: usize = 2_000;

/// The references of a side in full. A reference that is written otherwise has another hash, so of a
/// large date those of a stretch of time are taken, a little longer on the ledger's side.
fn references(sides: &Sides<'_>, side: Side) -> Vec<Vec<String>> {
    let full = |entry: &Entry| key::parts(sides.key_of(side, entry));
    if sides.one_of == 1 {
        return sides.lone.of(side).iter().copied().map(full).collect();
    }
    let mut instants: Vec<i64> = sides
        .firm
        .settlement
        .iter()
        .map(|one| one.at_millis())
        .collect();
    instants.sort_unstable();
    let middle = instants.len() / 2;
    let enough = COMPARED / sides.one_of.max(1) as usize + 1;
    let end = (middle + enough).min(instants.len() - 1);
    let margin = match side {
        Side::Settlement => 0,
        Side::Ledger => Duration::minutes(1).num_milliseconds(),
    };
    let (from, to) = (instants[middle] - margin, instants[end] + margin);
    let within = sides.sets.of(side).entries.iter();
    let within = within.filter(|entry| (from..=to).contains(&entry.at_millis()));
    within.take(COMPARED * 10).map(full).collect()
}

/// The longest text before or after a reference that is tried.
const LONGEST: usize = 24;

/// What has to be done to one part of the keys so that nearly all of the shorter list stand in both.
fn difference(theirs: &[Vec<String>], ours: &[Vec<String>], part: usize) -> Option<KeyDifference> {
    type Change<'c> = &'c dyn Fn(&str) -> Option<String>;
    let changed = |key: &[String], change: Change<'_>| -> Option<Vec<String>> {
        let mut key = key.to_vec();
        let text = key.get_mut(part)?;
        *text = change(text)?;
        Some(key)
    };
    let all = |keys: &[Vec<String>], change: Change<'_>| -> BTreeSet<Vec<String>> {
        keys.iter().filter_map(|key| changed(key, change)).collect()
    };
    let meet = |of_theirs: Change<'_>, of_ours: Change<'_>| {
        let both = all(theirs, of_theirs)
            .intersection(&all(ours, of_ours))
            .count() as u64;
        both >= FEW && most(both, theirs.len().min(ours.len()) as u64)
    };
    let as_is = |text: &str| Some(text.to_owned());
    let bare = |text: &str| Some(text.trim_start_matches('0').to_owned());
    let lower = |text: &str| Some(text.to_lowercase());
    let plain = |text: &str| {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        Some(letters.collect::<String>())
    };
    let changes: [(Change<'_>, KeyDifference); 3] = [
        (&bare, KeyDifference::LeadingZeros),
        (&lower, KeyDifference::LetterCase),
        (&plain, KeyDifference::Separators),
    ];
    if let Some((_, how)) = changes
        .into_iter()
        .find(|(change, _)| meet(*change, *change))
    {
        return Some(how);
    }
    for (side, keys, others) in [
        (Side::Settlement, theirs, ours),
        (Side::Ledger, ours, theirs),
    ] {
        let others: BTreeSet<&Vec<String>> = others.iter().collect();
        // One odd reference must not hide what the others begin with.
        for sample in [keys.len() / 3, keys.len() * 2 / 3] {
            let Some(example) = keys.get(sample) else {
                continue;
            };
            let Some(text) = example.get(part) else {
                continue;
            };
            for (at, _) in text.char_indices().skip(1) {
                let (front, back) = text.split_at(at);
                let no_front = |text: &str| text.strip_prefix(front).map(str::to_owned);
                let no_back = |text: &str| text.strip_suffix(back).map(str::to_owned);
                let found = |without: Change<'_>| {
                    let is_there = |key: Vec<String>| others.contains(&key);
                    changed(example, without).is_some_and(is_there)
                        && match side {
                            Side::Settlement => meet(without, &as_is),
                            Side::Ledger => meet(&as_is, without),
                        }
                };
                if front.chars().count() <= LONGEST && found(&no_front) {
                    let text = front.to_owned();
                    return Some(KeyDifference::Prefix { text, on: side });
                }
                if back.chars().count() <= LONGEST && found(&no_back) {
                    let text = back.to_owned();
                    return Some(KeyDifference::Suffix { text, on: side });
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_common_to_nearly_all_or_to_none() {
        let zones = |minutes: &[i64]| {
            common_hours(minutes.iter().map(|minutes| Duration::minutes(*minutes)))
        };
        for (minutes, expected) in [
            (&[420, 421, 425, 419, 420][..], Some((7, 5, 5))),
            (&[-420; 10], Some((-7, 10, 10))),
            // Booked at once, or whenever it suits.
            (&[0, 1, 0, 2, 0], None),
            (&[30, 95, 260, 15, 700], None),
            (&[450; 10], None),
            // One of ten may be another matter.
            (
                &[60, 60, 60, 60, 60, 60, 60, 60, 60, 9_000],
                Some((1, 9, 10)),
            ),
            (&[60, 60, 60, 60, 60, 60, 60, 60, 5, 9_000], None),
            (&[24 * 60; 10], None),
            (&[], None),
        ] {
            assert_eq!(zones(minutes), expected, "{minutes:?}");
        }
    }

    #[test]
    fn references_that_are_written_otherwise_are_known_again() {
        use KeyDifference::{LeadingZeros, LetterCase, Separators};
        let prefix = |text: &str, on| KeyDifference::Prefix {
            text: text.to_owned(),
            on,
        };
        let suffix = |text: &str, on| KeyDifference::Suffix {
            text: text.to_owned(),
            on,
        };
        // Theirs and ours, of the numbers 101 to 112.
        type Write = fn(u32) -> String;
        let cases: [(Write, Write, Option<KeyDifference>); 9] = [
            (|n| format!("00{n}"), |n| n.to_string(), Some(LeadingZeros)),
            (|n| format!("ab{n}"), |n| format!("AB{n}"), Some(LetterCase)),
            (|n| format!("A-{n}"), |n| format!("A {n}"), Some(Separators)),
            (
                |n| n.to_string(),
                |n| format!("INV{n}"),
                Some(prefix("INV", Side::Ledger)),
            ),
            (
                |n| format!("T1{n}"),
                |n| n.to_string(),
                Some(prefix("T1", Side::Settlement)),
            ),
            (
                |n| format!("{n}X"),
                |n| n.to_string(),
                Some(suffix("X", Side::Settlement)),
            ),
            (|n| n.to_string(), |n| (n * 7 + 5_000).to_string(), None),
            // Some that are alike by accident.
            (
                |n| n.to_string(),
                |n| {
                    if n < 104 {
                        format!("A{n}")
                    } else {
                        format!("B{}", n * 3)
                    }
                },
                None,
            ),
            // Nearly all.
            (
                |n| n.to_string(),
                |n| {
                    if n > 101 {
                        format!("A{n}")
                    } else {
                        "?".to_owned()
                    }
                },
                Some(prefix("A", Side::Ledger)),
            ),
        ];
        for (number, (theirs, ours, expected)) in cases.into_iter().enumerate() {
            let keys = |write: Write| -> Vec<Vec<String>> {
                (101..=112)
                    .map(|n| vec!["M1".to_owned(), write(n)])
                    .collect()
            };
            let found = difference(&keys(theirs), &keys(ours), 1);
            assert_eq!(found, expected, "case {number}");
        }
    }
}
