//! What rekon says, in the words of the model, and the laws that its figures keep by themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rekon::domain::entry::EntryFacts;
use rekon::domain::money::Money;
use rekon::domain::outcome::{self, CountAmount, DateState, Tally};
use rekon::domain::reconcile::{Ended, roll_forward};
use rekon::domain::status;

use super::figures;
use super::model::{self, Day, Entry, Item, Outcome, Row, Rupiah, Second, State, Status, day_of};
use super::world::{LAST, date};

/// The instant of so many seconds after the midnight in Jakarta that begins day 0.
pub fn instant(at: Second) -> DateTime<Utc> {
    let midnight = date(0).and_hms_opt(0, 0, 0).expect("midnight").and_utc();
    midnight + Duration::seconds(at) - Duration::hours(7)
}

fn second(at: DateTime<Utc>) -> Second {
    (at - instant(0)).num_seconds()
}

pub fn day(of: NaiveDate) -> Day {
    (of - date(0)).num_days()
}

pub fn rupiah(money: Money) -> Rupiah {
    let sen = money.sen().expect("an amount in sen");
    assert_eq!(sen % 100, 0, "rupiah have no sen here: {sen}");
    sen / 100
}

fn status(of: status::Status) -> Status {
    match of {
        status::Status::Success => Status::Success,
        status::Status::Pending => Status::Pending,
        status::Status::Failed => Status::Failed,
        other => panic!("nobody said {other:?}"),
    }
}

fn entry(facts: &EntryFacts) -> Entry {
    Entry {
        at: second(facts.at),
        status: status(facts.status),
        amount: rupiah(facts.amount),
    }
}

pub fn item(item: &outcome::Item) -> Item {
    let mut theirs: Vec<Row> = item
        .settlement
        .iter()
        .map(|facts| Row {
            entry: entry(facts),
            day: day(facts.business_date),
        })
        .collect();
    theirs.sort();
    let ours = item.ledger.iter().map(|facts| {
        let ours = entry(facts);
        assert_eq!(day_of(ours.at), day(facts.business_date), "{item:?}");
        ours
    });
    Item {
        key: item.key[0].1.chars().next().expect("a key"),
        bucket: item.bucket.name().to_owned(),
        opened: day(item.opened),
        cleared: item.cleared.map(day),
        ours: ours.collect(),
        theirs,
        value: rupiah(item.value),
    }
}

pub fn items(of: &[outcome::Item]) -> Vec<Item> {
    let mut items: Vec<Item> = of.iter().map(item).collect();
    items.sort();
    items
}

fn tally(of: &Tally) -> model::Tally {
    (of.entries, rupiah(of.amount))
}

fn counted(of: CountAmount) -> model::Tally {
    (of.count, rupiah(of.amount))
}

fn rolled(of: &outcome::RollForward) -> model::RollForward {
    assert_eq!((of.resolved.count, of.written_off.count), (0, 0));
    [of.opening, of.new, of.cleared, of.closing].map(counted)
}

pub fn outcome(of: &outcome::Outcome) -> Outcome {
    let mut sum = [model::Tally::default(); 2];
    let buckets = of.buckets.iter().map(|(bucket, sides)| {
        let both = [tally(&sides.settlement), tally(&sides.ledger)];
        for (sum, side) in sum.iter_mut().zip(both) {
            *sum = (sum.0 + side.0, sum.1 + side.1);
        }
        (bucket.name().to_owned(), both)
    });
    let buckets: BTreeMap<String, _> = buckets.collect();
    if of.state != DateState::Complete {
        // The file is the finding.
        assert!(
            buckets.keys().all(|bucket| bucket == "awaiting"),
            "{buckets:?}"
        );
        assert_eq!(of.at_risk.total(), Money::ZERO, "{of:?}");
    }
    let (settlement, ledger) = (tally(&of.settlement), tally(&of.ledger));
    assert_eq!(
        sum,
        [settlement, ledger],
        "law 2: every entry in one bucket"
    );
    Outcome {
        state: match of.state {
            DateState::Complete => State::Complete,
            DateState::NotDue => State::NotDue,
            DateState::Incomplete => State::Incomplete,
            DateState::NotExpected => State::NotExpected,
        },
        files: of.files.iter().map(|file| file.name.clone()).collect(),
        missing_parts: of.missing_parts.clone(),
        settlement,
        ledger,
        buckets,
        items: items(&of.items),
        roll_forward: rolled(&of.roll_forward),
    }
}

/// Law 3, per date and over every range; `modelled` are the same items as the model has them.
pub fn rolls_forward(of: &[outcome::Item], modelled: &[Item]) {
    for from in 0..=LAST + 2 {
        for to in from..=LAST + 2 {
            let roll = rolled(&roll_forward(of, &Ended::default(), date(from), date(to)));
            let [opening, new, cleared, closing] = roll;
            assert_eq!(
                (opening.0 + new.0 - cleared.0, opening.1 + new.1 - cleared.1),
                closing,
                "law 3: {from} to {to}"
            );
            let next = rolled(&roll_forward(
                of,
                &Ended::default(),
                date(to + 1),
                date(to + 1),
            ));
            assert_eq!(
                closing,
                next[0],
                "law 3: the closing of {to} opens {}",
                to + 1
            );
            assert_eq!(
                roll,
                figures::roll_forward(modelled, from, to),
                "{from} to {to}"
            );
        }
    }
}
