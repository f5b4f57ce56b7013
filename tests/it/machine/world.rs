//! What happens out there: the random steps of a history. Reports mostly say what the ledger says.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;
use proptest_state_machine::ReferenceStateMachine;

use super::model::{A_DAY, Day, Entry, File, Key, Rupiah, Second, Slot, Status, World, day_of};

/// The last date that a report covers; a run may ask for the one after it.
pub const LAST: Day = 6;

const KEYS: [Key; 5] = ['A', 'B', 'C', 'D', 'E'];
const AMOUNTS: [Rupiah; 5] = [50_000, 50_000, 50_200, 50_300, 70_000];
/// Mid-day, where most are, and around the cut-off.
const CLOCKS: [Second; 8] = [36_000, 36_000, 36_000, 36_005, 1, 1_700, 84_700, 86_398];

/// What happens next. An index of a file is one among those that lie or count at the time.
#[derive(Clone, Debug)]
pub enum Step {
    /// A report comes: the first of its slot, late, or corrected, under the same name or another.
    Arrives {
        slot: Slot,
        lines: Vec<(Key, Entry)>,
        name: usize,
        age: Second,
    },
    /// The same bytes come under another name.
    Again {
        file: Index,
        name: usize,
    },
    Withdrawn(Index),
    Booked(Key, Entry),
    Status(Key, Status),
    Amount(Key, Rupiah),
    Unbooked(Key),
    Clock(Second),
    Collect {
        cut: Option<CutAt>,
    },
    Run {
        asked: Option<(Day, Day)>,
        cut: Option<CutAt>,
    },
}

/// Where a run is cut off.
#[derive(Clone, Copy, Debug)]
pub enum CutAt {
    /// When it was resumed so many times.
    Resumed(u32),
    /// As soon as what it concluded is stored, before it knows.
    Stored,
}

pub struct History;

impl ReferenceStateMachine for History {
    type State = World;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<World> {
        let together = select(vec![None, None, Some((3, 5)), Some((2, 3)), Some((5, 6))]);
        let parted = select(vec![None, Some(1), Some(2), Some(3), Some(5)]);
        let weekends = any::<bool>();
        let catch_up = select(vec![14i64, 14, 2]);
        let clock = (2i64..=5, select(vec![9i64, 11, 16]));
        let clock = clock.prop_map(|(day, hour)| day * A_DAY + hour * 3600);
        (together, parted, weekends, catch_up, clock)
            .prop_flat_map(|(together, parted, weekends, catch_up, clock)| {
                let of_key = |key: Key| {
                    prop_oneof![
                        3 => entry(clock).prop_map(move |entry| Some((key, entry))),
                        1 => Just(None),
                    ]
                };
                KEYS.map(of_key).prop_map(move |entries| World {
                    slots: slots(together, parted),
                    rests: match weekends {
                        // The first date is a Wednesday.
                        true => [4, 5, 11, 12, 18, 19].into(),
                        false => BTreeSet::new(),
                    },
                    catch_up,
                    inbox: BTreeMap::new(),
                    written: BTreeSet::new(),
                    told: Vec::new(),
                    ledger: entries.into_iter().flatten().collect(),
                    clock,
                })
            })
            .boxed()
    }

    fn transitions(world: &World) -> BoxedStrategy<Step> {
        let run = || {
            let dates = (1..=LAST + 1, 0i64..3);
            let asked = prop_oneof![
                3 => Just(None),
                2 => dates.prop_map(|(from, more)| Some((from, (from + more).min(LAST + 1)))),
            ];
            (asked, cut()).prop_map(|(asked, cut)| Step::Run { asked, cut })
        };
        let index = any::<Index>;
        let file = (index(), 0usize..3).prop_map(|(file, name)| Step::Again { file, name });
        let booked = (select(&KEYS[..]), entry(world.clock));
        let clock = select(vec![1_800i64, 2 * 3600, 7 * 3600, A_DAY, A_DAY]);
        prop_oneof![
            9 => run(),
            9 => arrival(world),
            1 => file,
            1 => index().prop_map(Step::Withdrawn),
            1 => booked.prop_map(|(key, entry)| Step::Booked(key, entry)),
            2 => (select(&KEYS[..]), status()).prop_map(|(key, status)| Step::Status(key, status)),
            1 => (select(&KEYS[..]), amount()).prop_map(|(key, amount)| Step::Amount(key, amount)),
            1 => select(&KEYS[..]).prop_map(Step::Unbooked),
            3 => clock.prop_map(Step::Clock),
            1 => cut().prop_map(|cut| Step::Collect { cut }),
        ]
        .boxed()
    }

    fn preconditions(world: &World, step: &Step) -> bool {
        // Nothing is booked that has not happened yet, also where shrinking moved the clock.
        !matches!(step, Step::Booked(_, entry) if entry.at > world.clock)
    }

    fn apply(mut world: World, step: &Step) -> World {
        world.clock += 1;
        match step {
            Step::Arrives {
                slot,
                lines,
                name,
                age,
            } => {
                let lines = admissible(&world, *slot, lines.clone());
                put(&mut world, *slot, lines, *name, *age);
            }
            Step::Again { file, name } => {
                if !world.inbox.is_empty() {
                    let files: Vec<File> = world.inbox.values().cloned().collect();
                    let file = file.get(&files);
                    put(&mut world, file.slot, file.lines.clone(), *name, 0);
                }
            }
            Step::Booked(key, entry) => {
                world.ledger.insert(*key, *entry);
            }
            Step::Status(key, status) => {
                let entry = world.ledger.get_mut(key);
                entry.into_iter().for_each(|entry| entry.status = *status);
            }
            Step::Amount(key, amount) => {
                let entry = world.ledger.get_mut(key);
                entry.into_iter().for_each(|entry| entry.amount = *amount);
            }
            Step::Unbooked(key) => {
                world.ledger.remove(key);
            }
            Step::Clock(seconds) => world.clock += seconds,
            // What a run does, and what is taken back, is rekon's to know.
            Step::Withdrawn(_) | Step::Collect { .. } | Step::Run { .. } => {}
        }
        world
    }
}

/// A report as it would be admitted: what is held is the affair of `admission`. Its rows are of its
/// dates or of those beside them, most of them of its own; a correction says of most payments what the
/// report before said; and no row stands in two parts.
fn admissible(world: &World, slot: Slot, mut lines: Vec<(Key, Entry)>) -> Vec<(Key, Entry)> {
    let day = |line: &(Key, Entry)| day_of(line.1.at);
    let is_own = |line: &(Key, Entry)| (slot.from..=slot.to).contains(&day(line));
    let same = |one: &(Key, Entry), other: &(Key, Entry)| {
        (one.0, one.1.at, one.1.amount) == (other.0, other.1.at, other.1.amount)
    };
    lines.retain(|line| (slot.from - 1..=slot.to + 1).contains(&day(line)));
    for (other, told) in &world.told {
        if *other != slot && other.from <= slot.to && slot.from <= other.to {
            lines.retain(|line| !told.iter().any(|known| same(line, known)));
        }
    }
    let mostly_elsewhere = |lines: &[(Key, Entry)]| {
        let elsewhere = lines.iter().filter(|line| !is_own(line)).count();
        elsewhere * 2 > lines.len()
    };
    while mostly_elsewhere(&lines) {
        let at = lines
            .iter()
            .position(|line| !is_own(line))
            .expect("one elsewhere");
        lines.remove(at);
    }
    let before = world
        .told
        .iter()
        .filter(|(other, told)| *other == slot && !told.is_empty());
    let before: Vec<&Vec<(Key, Entry)>> = before.map(|(_, told)| told).collect();
    if lines.is_empty() {
        return lines;
    }
    for told in &before {
        loop {
            let mut left: Vec<Key> = told.iter().map(|line| line.0).collect();
            let mut shared = 0;
            for (key, _) in &lines {
                if let Some(at) = left.iter().position(|other| other == key) {
                    left.remove(at);
                    shared += 1;
                }
            }
            if shared * 2 >= told.len().min(lines.len()) {
                break;
            }
            let lacks = |line: &&(Key, Entry)| left.contains(&line.0);
            let own = told.iter().filter(lacks).find(|line| is_own(line));
            let Some(more) = own.or(told.iter().find(lacks)) else {
                break;
            };
            lines.push(*more);
        }
    }
    match before.last() {
        Some(last) if mostly_elsewhere(&lines) => last.to_vec(),
        _ => lines,
    }
}

/// No two files claim the same second.
fn put(world: &mut World, slot: Slot, lines: Vec<(Key, Entry)>, name: usize, age: Second) {
    world.told.push((slot, lines.clone()));
    let mut written = world.clock - age;
    while !world.written.insert(written) {
        written -= 1;
    }
    let file = File {
        slot,
        lines,
        written,
    };
    world.inbox.insert(file_name(slot, name), file);
}

fn file_name(slot: Slot, name: usize) -> String {
    let Slot {
        from,
        to,
        part,
        parts,
    } = slot;
    let dates = match from == to {
        true => date(from).format("%Y%m%d").to_string(),
        false => format!(
            "{}-{}",
            date(from).format("%Y%m%d"),
            date(to).format("%Y%m%d")
        ),
    };
    let part = match part {
        0 => String::new(),
        _ => format!("_part{part}of{parts}"),
    };
    format!("paid_{dates}{part}{}.csv", ["", "-rev", " (1)"][name])
}

/// The first date is Wednesday, 4 March 2026.
pub fn date(day: Day) -> chrono::NaiveDate {
    let zero = chrono::NaiveDate::from_ymd_opt(2026, 3, 3).expect("a date");
    zero + chrono::Duration::days(day)
}

/// Every date has a report of its own, but for those that come together and those in two parts.
fn slots(together: Option<(Day, Day)>, parted: Option<Day>) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut from = 1;
    while from <= LAST {
        let to = together
            .filter(|one| one.0 == from)
            .map_or(from, |one| one.1);
        let parts = parted
            .filter(|day| (from..=to).contains(day))
            .map_or(0, |_| 2);
        let part = |part| Slot {
            from,
            to,
            part,
            parts,
        };
        match parts {
            0 => slots.push(part(0)),
            _ => slots.extend([part(1), part(2)]),
        }
        from = to + 1;
    }
    slots
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        6 => Just(Status::Success),
        2 => Just(Status::Pending),
        2 => Just(Status::Failed),
    ]
}

fn amount() -> impl Strategy<Value = Rupiah> {
    select(&AMOUNTS[..])
}

/// A payment of the last days.
fn entry(clock: Second) -> impl Strategy<Value = Entry> {
    let today = day_of(clock);
    (
        (today - 5).max(0)..=today,
        select(&CLOCKS[..]),
        status(),
        amount(),
    )
        .prop_map(move |(day, at, status, amount)| Entry {
            at: (day * A_DAY + at).min(clock),
            status,
            amount,
        })
}

/// Most runs end by themselves.
fn cut() -> impl Strategy<Value = Option<CutAt>> {
    prop_oneof![
        15 => Just(None),
        4 => (0..CUTS).prop_map(|times| Some(CutAt::Resumed(times))),
        1 => Just(Some(CutAt::Stored)),
    ]
}

/// A run is resumed about so many times.
const CUTS: u32 = 150;

/// A report of a slot whose first date has begun, with what the ledger has of its dates, more or
/// less.
fn arrival(world: &World) -> BoxedStrategy<Step> {
    let today = day_of(world.clock);
    let begun: Vec<Slot> = world
        .slots
        .iter()
        .copied()
        .filter(|slot| slot.from <= today)
        .collect();
    let ledger = world.ledger.clone();
    let name = prop_oneof![5 => Just(0usize), 1 => 1usize..3];
    let age = select(vec![0i64, 0, 0, 3600, A_DAY]);
    (select(begun), name, age)
        .prop_flat_map(move |(slot, name, age)| {
            lines(slot, &ledger).prop_map(move |lines| Step::Arrives {
                slot,
                lines,
                name,
                age,
            })
        })
        .boxed()
}

fn lines(
    slot: Slot,
    ledger: &BTreeMap<Key, Entry>,
) -> impl Strategy<Value = Vec<(Key, Entry)>> + use<> {
    let of_key = |(at, key): (usize, &Key)| {
        let key = *key;
        let usual = slot.parts == 0 || at as u32 % slot.parts + 1 == slot.part;
        let own = (slot.from..=slot.to, select(&CLOCKS[..]), status(), amount());
        let own = own.prop_map(|(day, at, status, amount)| Entry {
            at: day * A_DAY + at,
            status,
            amount,
        });
        let mut fates = vec![
            (if usual { 5 } else { 20 }, Just(None).boxed()),
            (1, own.prop_map(Some).boxed()),
        ];
        if let Some(booked) = ledger.get(&key) {
            let apart = (day_of(booked.at).clamp(slot.from, slot.to) - day_of(booked.at)).abs();
            let weight = [15, 3, 1][apart.min(2) as usize];
            fates.push((weight, told_again(*booked).prop_map(Some).boxed()));
        }
        Union::new_weighted(fates).prop_map(move |entry| entry.map(|entry| (key, entry)))
    };
    let each: Vec<_> = KEYS.iter().enumerate().map(of_key).collect();
    let twice = prop_oneof![9 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (each, twice)
        .prop_map(|(each, twice)| {
            let mut lines: Vec<(Key, Entry)> = each.into_iter().flatten().collect();
            if let Some(twice) = twice.filter(|_| !lines.is_empty()) {
                lines.push(*twice.get(&lines));
            }
            lines
        })
        .prop_shuffle()
}

/// What the partner makes of a payment of ours.
fn told_again(booked: Entry) -> impl Strategy<Value = Entry> {
    let shift = prop_oneof![3 => Just(0i64), 1 => select(vec![4i64, -4])];
    let status = prop_oneof![4 => Just(None), 4 => Just(Some(Status::Success)), 1 => status().prop_map(Some)];
    let amount = prop_oneof![6 => Just(None), 1 => amount().prop_map(Some)];
    (shift, status, amount).prop_map(move |(shift, status, amount)| Entry {
        at: (booked.at + shift).max(0),
        status: status.unwrap_or(booked.status),
        amount: amount.unwrap_or(booked.amount),
    })
}
