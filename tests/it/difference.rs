//! What two results differ in, as rows of a table.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rekon::domain::difference::{
    Cause, Fact, FileChange, FileRows, LISTED, Moved, RevisionChange, RowEvent, difference,
    row_changes,
};
use rekon::domain::entry::{Draft, EntryFacts, EntrySet, EntryValues, KeyState, Place};
use rekon::domain::key::{KeyField, Spelling, encode_part};
use rekon::domain::money::Money;
use rekon::domain::outcome::{
    AtRisk, BreakKind, Bucket, DateState, Exposure, FileUse, Item, ItemValues, Outcome,
    RollForward, Sides, Tally,
};
use rekon::domain::rules::Rules;
use rekon::domain::status::{Kind, MoneyDirection, Status};
use rekon::domain::time::BusinessDay;

fn date() -> NaiveDate {
    "2026-11-18".parse().expect("a date")
}

fn at() -> DateTime<Utc> {
    "2026-11-18T03:00:00Z".parse().expect("an instant")
}

fn entry(text: &str) -> Vec<EntryFacts> {
    if text == "-" {
        return Vec::new();
    }
    let (amount, status) = text.split_once('?').unwrap_or((text, "success"));
    vec![EntryFacts::from(EntryValues {
        business_date: date(),
        at: at(),
        amount: Money::from_rupiah(amount.parse().expect("rupiah")),
        fee: None,
        status: Status::from_name(status).expect("a status"),
        kind: Kind::Payment,
        key_state: KeyState::Whole,
        written: Vec::new(),
        details: Default::default(),
        place: None,
    })]
}

fn bucket(name: &str) -> Bucket {
    let breaks = BreakKind::ALL.into_iter().map(Bucket::Break);
    let mut all = Bucket::CLEAN.into_iter().chain(breaks);
    all.find(|bucket| bucket.name() == name)
        .unwrap_or_else(|| panic!("no bucket {name}"))
}

/// `A amount_break 9000/10000?pending`: identity, bucket, settlement / ledger.
fn item(text: &str) -> Item {
    let [identity, name, sides]: [&str; 3] = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or_else(|_| panic!("three words: {text}"));
    let (theirs, ours) = sides.split_once('/').expect("two sides");
    let bucket = bucket(name);
    let crossed = matches!(bucket, Bucket::TimingDifferences);
    Item::from(ItemValues {
        id: format!("OVO-{identity}"),
        identity: identity.to_owned(),
        by_facts: None,
        key: vec![("ref_id".to_owned(), identity.to_owned())],
        opened: date(),
        cleared: crossed.then(date),
        closed: None,
        told_on: None,
        bucket,
        cause: rekon::domain::outcome::Cause::Plain,
        ledger: entry(ours),
        settlement: entry(theirs),
        value: Money::ZERO,
        difference: Money::ZERO,
        exposure: Exposure::Undecided,
        at_risk: Money::ZERO,
        counted: Sides::default(),
    })
}

fn outcome(items: &str) -> Outcome {
    let items: Vec<Item> = items
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(item)
        .collect();
    let mut buckets: BTreeMap<Bucket, Sides> = BTreeMap::new();
    let mut ledger = Tally::default();
    for item in &items {
        for entry in &item.ledger {
            ledger.add(entry.amount, entry.fee);
            let sides = buckets.entry(item.bucket).or_default();
            sides.ledger.add(entry.amount, entry.fee);
        }
    }
    Outcome {
        channel: "ovo".to_owned(),
        business_date: date(),
        state: DateState::Complete,
        due: at(),
        files: Vec::new(),
        missing_parts: Vec::new(),
        settlement: Tally::default(),
        net: Money::ZERO,
        ledger,
        buckets,
        items,
        at_risk: AtRisk::default(),
        rejected_rows: 0,
        rejected_ledger_rows: 0,
        rejected_ledger: Vec::new(),
        patterns: Vec::new(),
        findings: Vec::new(),
        roll_forward: RollForward::default(),
        products: Vec::new(),
    }
}

fn fact(fact: &Fact) -> String {
    let side = |side| format!("{side:?}").to_lowercase();
    match fact {
        Fact::Kind(_) => "kind".to_owned(),
        Fact::Entries(of, _) => format!("{} entries", side(of)),
        Fact::Amount(of, _) => format!("{} amount", side(of)),
        Fact::Fee(of, _) => format!("{} fee", side(of)),
        Fact::Status(of, _) => format!("{} status", side(of)),
        Fact::Operation(of, _) => format!("{} operation", side(of)),
        Fact::Time(of, _) => format!("{} time", side(of)),
        Fact::Detail(of, name) => format!("{} {name}", side(of)),
        Fact::Reason(_) => "reason".to_owned(),
    }
}

fn facts(facts: &[Fact]) -> String {
    facts.iter().map(fact).collect::<Vec<_>>().join(", ")
}

/// Breaks before | breaks after | what is said of it.
const BREAKS: [(&str, &str, &str); 10] = [
    ("", "", ""),
    ("A amount_break 9/10", "A amount_break 9/10", ""),
    ("", "A missing_in_ledger 9/-", "+A"),
    ("A missing_in_ledger 9/-", "", "-A"),
    (
        "A missing_in_ledger 9/-",
        "A timing_differences 9/9",
        "-A now timing_differences",
    ),
    // Waiting was no break; now it is one.
    ("A awaiting 9/-", "A missing_in_ledger 9/-", "+A"),
    (
        "A missing_at_partner -/10",
        "A amount_break 9/10",
        "~A kind, settlement entries, settlement amount",
    ),
    (
        "A amount_break 9/10",
        "A amount_break 8/10",
        "~A settlement amount",
    ),
    (
        "A stuck_pending -/10?pending",
        "A stuck_pending -/10?unknown",
        "~A ledger status",
    ),
    (
        "A amount_break 9/10, B fee_break 5/5, C missing_in_ledger 1/-",
        "C missing_in_ledger 1/-, D duplicate 5/-, A status_break 9/10?failed",
        "+D -B ~A kind, ledger status",
    ),
];

#[test]
fn breaks_open_clear_and_change_by_identity() {
    for (before, after, expected) in BREAKS {
        let found = difference(&outcome(before), &outcome(after));
        let opened = found
            .opened
            .iter()
            .map(|item| format!("+{}", item.identity));
        let cleared = found.cleared.iter().map(|one| match one.became {
            Some(bucket) => format!("-{} now {}", one.item.identity, bucket.name()),
            None => format!("-{}", one.item.identity),
        });
        let changed = found
            .changed
            .iter()
            .map(|one| format!("~{} {}", one.after.identity, facts(&one.facts)));
        let said: Vec<String> = opened.chain(cleared).chain(changed).collect();
        assert_eq!(said.join(" "), expected, "{before} → {after}");
        let balance = found.breaks.before + found.opened.len() as u64;
        assert_eq!(
            balance,
            found.breaks.after + found.cleared.len() as u64,
            "{before} → {after}"
        );
    }
}

#[test]
fn only_buckets_that_differ_are_named() {
    let before = outcome("A amount_break 9/10, B stuck_pending -/5");
    let after = outcome("A amount_break 9/10, B missing_at_partner -/5");
    let found = difference(&before, &after);
    let names: Vec<&str> = found
        .buckets
        .iter()
        .map(|(bucket, _)| bucket.name())
        .collect();
    assert_eq!(names, ["missing_at_partner", "stuck_pending"]);
    assert!(!found.ledger.differs() && !found.at_risk.differs());
}

fn rules() -> Rules {
    Rules {
        direction: MoneyDirection::WeReceive,
        days: BusinessDay {
            zone: chrono_tz::Asia::Jakarta,
            cutoff: chrono::Duration::zero(),
        },
        amount_tolerance: Money::ZERO,
        fee_tolerance: Money::ZERO,
        pending_sla: chrono::Duration::hours(2),
        timing_grace: chrono::Duration::minutes(30),
        key_lifetime: 90,
        key: vec![KeyField {
            name: "ref_id".to_owned(),
            spelling: Spelling::Text,
        }],
        details: Vec::new(),
        match_if_present: Vec::new(),
    }
}

/// `A10 B20`: a key and rupiah a row.
fn file(text: &str) -> EntrySet {
    let mut set = EntrySet::default();
    for (row, word) in text.split_whitespace().enumerate() {
        let mut key = Vec::new();
        encode_part(&word[..1], &mut key);
        let draft = Draft {
            key: &key,
            key_state: KeyState::Whole,
            written: &[],
            details: &[],
            at: at(),
            amount: Money::from_rupiah(word[1..].parse().expect("rupiah")),
            fee: None,
            status: Status::Success,
            kind: Kind::Payment,
            place: Place {
                file: 0,
                sheet: 0,
                row: row as u32 + 2,
            },
        };
        set.push(&draft).expect("a row");
    }
    set
}

fn rows_of(set: &EntrySet) -> FileRows<'_> {
    FileRows {
        set,
        rows: set.entries.iter().collect(),
        file: "a.csv",
        sheets: &[],
    }
}

/// Rows before | rows after | what is said of them; a row that only moved says nothing.
const ROWS: [(&str, &str, &str); 8] = [
    ("A10 B20", "B20 A10", ""),
    ("A10", "A10 B20", "+B20@3"),
    ("A10 B20", "B20", "-A10@2"),
    ("A10 B20", "A11 B20", "~A settlement amount"),
    ("", "A10", "+A10@2"),
    ("A10 A10", "A10", "-A10@3"),
    ("A10 A20", "A20 A10 A30", "+A30@4"),
    ("A10 B1 C1", "C2 D1 A10", "-B1@3 ~C settlement amount +D1@3"),
];

#[test]
fn rows_are_compared_by_key_whatever_their_order() {
    for (before, after, expected) in ROWS {
        let (old, new) = (file(before), file(after));
        let found = row_changes(rows_of(&old), rows_of(&new), &rules(), date());
        let row = |entry: &EntryFacts| {
            let place = entry.place.as_ref().expect("its place");
            let rupiah = entry.amount.to_string().replace(".00", "");
            format!("{rupiah}@{}", place.row)
        };
        let said: Vec<String> = found
            .listed
            .iter()
            .map(|one| {
                let key = &one.key[0].1;
                match &one.what {
                    RowEvent::Added(entry) => format!("+{key}{}", row(entry)),
                    RowEvent::Removed(entry) => format!("-{key}{}", row(entry)),
                    RowEvent::Changed { facts: told, .. } => format!("~{key} {}", facts(told)),
                }
            })
            .collect();
        assert_eq!(said.join(" "), expected, "{before} → {after}");
        assert_eq!(
            found.added + found.removed + found.changed,
            said.len() as u64
        );
    }
}

/// One key thousands of times, and thousands of keys: counted all, listed a few, in no time.
#[test]
fn many_rows_are_counted_and_few_are_listed() {
    let same: String = (0..4_000).map(|_| "A7 ").collect();
    let other: String = (0..4_000).map(|_| "A8 ").collect();
    let (old, new) = (file(&same), file(&format!("{other} B1")));
    let found = row_changes(rows_of(&old), rows_of(&new), &rules(), date());
    assert_eq!((found.added, found.removed, found.changed), (1, 0, 4_000));
    assert_eq!(found.listed.len() as u64, LISTED + 1);
}

#[test]
fn a_revision_always_has_a_cause() {
    let nothing = difference(&outcome(""), &outcome(""));
    let causes = |files: Vec<FileChange>, known: &[Cause]| -> Vec<Cause> {
        let change = RevisionChange::new(nothing.clone(), files, known.iter().copied());
        change.causes.into_iter().collect()
    };
    let file = FileUse {
        id: 1,
        name: "a.csv".to_owned(),
        sha256: String::new(),
        revision: 1,
        rows: 1,
        rejected: 0,
    };
    assert_eq!(causes(Vec::new(), &[]), [Cause::OtherDates]);
    assert_eq!(
        causes(Vec::new(), &[Cause::LedgerChanged]),
        [Cause::LedgerChanged]
    );
    assert_eq!(
        causes(vec![FileChange::Added(file)], &[Cause::ProfileChanged]),
        [Cause::FileAdded, Cause::ProfileChanged]
    );
    let due = rekon::domain::difference::Difference {
        state: Moved::of(DateState::NotDue, DateState::Incomplete),
        ..nothing.clone()
    };
    let change = RevisionChange::new(due, Vec::new(), []);
    assert!(change.causes.contains(&Cause::TimePassed));
    assert_eq!(change.causes.len(), 1);
    // A pending that grew old, with nothing else new.
    let before = outcome("A pending_within_sla -/10?pending");
    let after = outcome("A stuck_pending -/10?pending");
    let change = RevisionChange::new(difference(&before, &after), Vec::new(), []);
    assert_eq!(
        change.causes.into_iter().collect::<Vec<_>>(),
        [Cause::TimePassed]
    );
}
