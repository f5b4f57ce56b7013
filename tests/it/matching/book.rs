//! A small world of two sides and a book kept of it: what a run keeps in the state database, held
//! in memory, around the same pure functions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rekon::domain::details::Details;
use rekon::domain::entry::{
    Draft, EntryFacts, EntrySet, EntryValues, KeyState, Place, RowPlace, Side, encode_details,
};
use rekon::domain::items::items;
use rekon::domain::key::{KeyFault, KeyField, Spelling, encode_part, normalise};
use rekon::domain::matching::{KeyGroup, match_date};
use rekon::domain::money::Money;
use rekon::domain::outcome::{DateState, Item, Outcome, Tally};
use rekon::domain::reconcile::{DateFacts, DateTotals, Ended, outcome};
use rekon::domain::resolve::{Finding, Knowledge, Lookup, refresh, resolve};
use rekon::domain::rules::{Dates, Rules};
use rekon::domain::status::{Kind, MoneyDirection, Status};
use rekon::domain::time::{BusinessDay, Calendar};

/// Details in the order in which entries carry them; `tid` and `mid` must agree where both have one.
pub const DETAILS: [&str; 4] = ["reference", "tid", "mid", "product"];

/// One row of a file or of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub side: Side,
    /// The date it counts for: of a settlement row that of its file, of a ledger row its own.
    pub date: NaiveDate,
    pub at: DateTime<Utc>,
    /// Key parts as written.
    pub key: Vec<String>,
    pub amount: Money,
    pub fee: Option<Money>,
    pub status: Status,
    pub kind: Kind,
    pub details: BTreeMap<String, String>,
    pub file: u16,
}

/// What there is to know: all rows, the state of each date that is run, unreadable rows.
#[derive(Clone, Debug)]
pub struct World {
    pub rules: Rules,
    pub start: Option<NaiveDate>,
    pub states: BTreeMap<NaiveDate, DateState>,
    pub rows: Vec<Row>,
    pub rejected: BTreeSet<(Vec<u8>, NaiveDate)>,
    /// So in the ledger.
    pub rejected_ledger: BTreeSet<(Vec<u8>, NaiveDate)>,
    pub calendar: Calendar,
    pub as_of: DateTime<Utc>,
}

/// What a run leaves for the next one.
#[derive(Clone, Debug, Default)]
pub struct Book {
    groups: BTreeMap<NaiveDate, Vec<KeyGroup>>,
    states: BTreeMap<NaiveDate, DateState>,
}

/// What a run concluded.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub findings: Vec<Finding>,
    pub items: Vec<Item>,
    pub outcomes: BTreeMap<NaiveDate, Outcome>,
}

pub fn rules(parts: usize, spelling: Spelling) -> Rules {
    Rules {
        direction: MoneyDirection::WeReceive,
        days: BusinessDay {
            zone: chrono_tz::Asia::Jakarta,
            cutoff: Duration::zero(),
        },
        amount_tolerance: Money::ZERO,
        fee_tolerance: Money::ZERO,
        pending_sla: Duration::minutes(15),
        timing_grace: Duration::minutes(30),
        key_lifetime: 90,
        key: (0..parts)
            .map(|part| KeyField {
                name: format!("part{part}"),
                spelling,
            })
            .collect(),
        details: DETAILS.map(str::to_owned).to_vec(),
        match_if_present: vec![1, 2],
    }
}

impl Row {
    /// The encoded key and whether a spreadsheet rounded it.
    pub fn key(&self, rules: &Rules) -> (Vec<u8>, KeyState) {
        let mut key = Vec::new();
        let mut state = KeyState::Whole;
        for (part, field) in self.key.iter().zip(&rules.key) {
            match normalise(part, field.spelling) {
                Ok(part) => encode_part(&part, &mut key),
                Err(KeyFault::Damaged) => {
                    state = KeyState::Damaged;
                    encode_part(part, &mut key);
                }
                Err(fault) => panic!("{part}: {fault}"),
            }
        }
        (key, state)
    }

    fn details(&self) -> impl Iterator<Item = &str> {
        DETAILS
            .iter()
            .map(|name| self.details.get(*name).map_or("", String::as_str))
    }

    pub fn facts(&self, rules: &Rules) -> EntryFacts {
        EntryFacts::from(EntryValues {
            business_date: self.date,
            at: self.at,
            amount: self.amount,
            fee: self.fee,
            status: self.status,
            kind: self.kind,
            key_state: self.key(rules).1,
            written: Vec::new(),
            details: Details::of(rules.details.iter().map(String::as_str).zip(self.details())),
            place: None,
        })
    }
}

impl World {
    /// The rows of one side of one date, as its file or the ledger has them.
    pub fn side(&self, side: Side, date: NaiveDate) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.side == side && row.date == date)
    }

    /// The dates that can be run.
    pub fn dates(&self) -> Vec<NaiveDate> {
        self.states.keys().copied().collect()
    }

    fn entries(&self, side: Side, date: NaiveDate) -> EntrySet {
        let mut set = EntrySet::default();
        for (at, row) in self.side(side, date).enumerate() {
            let (key, key_state) = row.key(&self.rules);
            let mut details = Vec::new();
            encode_details(row.details(), &mut details);
            let draft = Draft {
                key: &key,
                key_state,
                written: &[],
                details: &details,
                at: row.at,
                amount: row.amount,
                fee: row.fee,
                status: row.status,
                kind: row.kind,
                place: Place {
                    file: row.file,
                    sheet: 0,
                    row: at as u32 + 1,
                },
            };
            set.push(&draft).expect("a small side");
        }
        set
    }

    fn look_up(&self, groups: &[KeyGroup]) -> Lookup {
        let whole = |group: &&KeyGroup| {
            let mut entries = group.settlement.iter().chain(&group.ledger);
            group.crowd.is_none() && entries.all(|entry| entry.key_state == KeyState::Whole)
        };
        let keys: BTreeSet<&[u8]> = groups
            .iter()
            .filter(whole)
            .map(|group| group.key.as_slice())
            .collect();
        let mut lookup = Lookup::new();
        for row in self.rows.iter().filter(|row| row.side == Side::Ledger) {
            let (key, state) = row.key(&self.rules);
            if state == KeyState::Whole && keys.contains(key.as_slice()) {
                lookup.entry(key).or_default().push(row.facts(&self.rules));
            }
        }
        lookup
    }
}

fn tally<'a>(rows: impl Iterator<Item = &'a Row>) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        tally.add(row.amount, row.fee);
    }
    tally
}

fn place(place: Place) -> RowPlace {
    RowPlace {
        file: format!("file{}", place.file).into(),
        sheet: None,
        row: place.row,
    }
}

impl Book {
    /// Retracts these dates, then applies them; every open item of the channel is judged again.
    pub fn run(&mut self, world: &World, dates: &[NaiveDate]) -> Judgement {
        let rules = &world.rules;
        let mut totals = BTreeMap::new();
        for &date in dates {
            let state = world.states[&date];
            let (total, groups) = if state == DateState::Complete {
                let settlement = world.entries(Side::Settlement, date);
                let ledger = world.entries(Side::Ledger, date);
                let matched = match_date(date, &settlement, &ledger, &place, world.as_of, rules);
                (DateTotals::from(&matched), matched.groups)
            } else {
                let total = DateTotals {
                    settlement: tally(world.side(Side::Settlement, date)),
                    ledger: tally(world.side(Side::Ledger, date)),
                    ..DateTotals::default()
                };
                (total, Vec::new())
            };
            totals.insert(date, total);
            self.groups.insert(date, groups);
            self.states.insert(date, state);
        }
        let mut groups: Vec<KeyGroup> = self.groups.values().flatten().cloned().collect();
        let lookup = world.look_up(&groups);
        let just_read = dates.iter().copied().collect();
        refresh(&mut groups, &lookup, |_| true, &just_read);
        let known = Dates {
            start: world.start,
            states: self.states.clone(),
            calendar: world.calendar.clone(),
        };
        let findings = resolve(&Knowledge {
            groups: &groups,
            lookup: &lookup,
            rejected: &world.rejected,
            rejected_ledger: &world.rejected_ledger,
            dates: &known,
            as_of: world.as_of,
            rules,
        });
        let mut items = items("channel", &findings, rules);
        // The store gives them short ones.
        for item in &mut items {
            item.id = item.identity.clone();
        }
        let outcomes = totals
            .into_iter()
            .map(|(date, total)| {
                let facts = DateFacts {
                    channel: "channel".to_owned(),
                    business_date: date,
                    state: self.states[&date],
                    due: world.as_of,
                    files: Vec::new(),
                    missing_parts: Vec::new(),
                    rejected_rows: 0,
                    rejected_ledger_rows: 0,
                    rejected_ledger: Vec::new(),
                    findings: Vec::new(),
                    beside: Vec::new(),
                };
                let outcome = outcome(facts, &total, &findings, (&items, &Ended::default()), rules)
                    .unwrap_or_else(|error| panic!("{error}"));
                (date, outcome)
            })
            .collect();
        Judgement {
            findings,
            items,
            outcomes,
        }
    }
}
