//! What rekon has to conclude, told a second time and as plainly as possible: a desk with the files
//! that were taken in, a list of payments, a clock, and for each business date what was on the desk
//! when it was last looked at. No line of rekon is used here.
//!
//! Days are numbered from 0, the last one before anything is reconciled; instants are seconds since
//! that day began in Jakarta. No two amounts of the world add up to a third.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub type Day = i64;
pub type Second = i64;
pub type Rupiah = i64;
pub type Key = char;

pub const A_DAY: Second = 86_400;
/// The first date that is reconciled.
pub const START: Day = 1;
pub const PENDING_SLA: Second = 2 * 3600;
pub const TIMING_GRACE: Second = 30 * 60;
pub const TOLERANCE: Rupiah = 300;
/// A report is due at ten o'clock on the next day on which reports come.
pub const DUE: Second = 10 * 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Success,
    Pending,
    Failed,
}

/// A payment as one side tells it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub at: Second,
    pub status: Status,
    pub amount: Rupiah,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, clock) = (day_of(self.at), self.at.rem_euclid(A_DAY));
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        let Entry { status, amount, .. } = self;
        write!(
            f,
            "{day}+{hour:02}:{minute:02}:{second:02} {status:?} {amount}"
        )
    }
}

/// A row of a report: it counts for the date of the report, whenever it says it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub entry: Entry,
    pub day: Day,
}

/// Which dates a report covers, and which part of them it is (0 where it is the whole).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub from: Day,
    pub to: Day,
    pub part: u32,
    pub parts: u32,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Slot {
            from,
            to,
            part,
            parts,
        } = self;
        write!(f, "{from}..={to} part {part}/{parts}")
    }
}

/// Two files of equal lines are equal bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub slot: Slot,
    pub lines: Vec<(Key, Entry)>,
    /// When the partner wrote it: of one slot, the youngest counts.
    pub written: Second,
}

/// What is out there, whether or not anybody looked.
#[derive(Clone, Debug)]
pub struct World {
    pub slots: Vec<Slot>,
    /// Days on which no report is expected.
    pub rests: BTreeSet<Day>,
    /// So many days back a plain run looks by itself.
    pub catch_up: i64,
    /// By name.
    pub inbox: BTreeMap<String, File>,
    /// When files were written, those that are gone included.
    pub written: BTreeSet<Second>,
    /// What reports said, those that are gone included.
    pub told: Vec<(Slot, Vec<(Key, Entry)>)>,
    pub ledger: BTreeMap<Key, Entry>,
    pub clock: Second,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Complete,
    NotDue,
    Incomplete,
    NotExpected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Counts,
    Withdrawn,
}

/// What was on the desk when a date was last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub state: State,
    /// Positions in [`Model::taken`].
    pub files: BTreeSet<usize>,
    pub rows: Vec<(Key, Entry)>,
    pub ledger: BTreeMap<Key, Entry>,
}

/// Entries and rupiah.
pub type Tally = (u64, Rupiah);

/// What some entries of one key amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub key: Key,
    pub bucket: &'static str,
    pub ours: Option<Entry>,
    /// Whether our entry is counted here; else it stands on a date that is not open for this key.
    pub ours_counts: bool,
    pub theirs: Vec<Row>,
}

/// A finding that is carried forward until something clears it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub key: Key,
    pub bucket: String,
    pub opened: Day,
    pub cleared: Option<Day>,
    pub ours: Vec<Entry>,
    pub theirs: Vec<Row>,
    pub value: Rupiah,
}

/// Of items: opening, new, cleared, closing.
pub type RollForward = [Tally; 4];

/// One date's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub state: State,
    pub files: Vec<String>,
    pub missing_parts: Vec<u32>,
    pub settlement: Tally,
    pub ledger: Tally,
    /// Settlement and ledger.
    pub buckets: BTreeMap<String, [Tally; 2]>,
    pub items: Vec<Item>,
    pub roll_forward: RollForward,
}

/// What was taken in, by the name it first had, and what every date saw.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub taken: Vec<(String, File, Standing)>,
    pub seen: BTreeMap<Day, Seen>,
    /// What the ledger said of each key when it was last asked; `None` where it is asked of every key
    /// whenever a date is judged.
    pub said: Option<BTreeMap<Key, Option<Entry>>>,
}

pub fn day_of(at: Second) -> Day {
    at.div_euclid(A_DAY)
}

pub fn add(tally: &mut Tally, amount: Rupiah) {
    *tally = (tally.0 + 1, tally.1 + amount);
}

impl World {
    fn due(&self, day: Day) -> Second {
        let mut next = day + 1;
        while self.rests.contains(&next) {
            next += 1;
        }
        next * A_DAY + DUE
    }

    fn booked_on(&self, day: Day) -> BTreeMap<Key, Entry> {
        let of_the_day = |(_, entry): &(&Key, &Entry)| day_of(entry.at) == day;
        let booked = self.ledger.iter().filter(of_the_day);
        booked.map(|(key, entry)| (*key, *entry)).collect()
    }
}

impl Model {
    /// Takes in what lies there, by name. Bytes that are known are nothing new, whatever they are
    /// called and whether or not they still count. A header alone is as many files as it covers days.
    pub fn collect(&mut self, world: &World) {
        for (name, file) in &world.inbox {
            let known = self.taken.iter().any(|taken| {
                let same_day = !file.lines.is_empty() || taken.1.slot == file.slot;
                taken.1.lines == file.lines && same_day
            });
            if !known {
                let taken = (name.clone(), file.clone(), Standing::Counts);
                self.taken.push(taken);
            }
        }
    }

    /// The files that count for a date: of each slot that covers it, the one written last.
    fn files_for(&self, day: Day) -> BTreeSet<usize> {
        let mut newest: BTreeMap<Slot, usize> = BTreeMap::new();
        for (at, (_, file, standing)) in self.taken.iter().enumerate() {
            let covers = (file.slot.from..=file.slot.to).contains(&day);
            if !covers || *standing == Standing::Withdrawn {
                continue;
            }
            let younger = |other: &usize| self.taken[*other].1.written > file.written;
            if !newest.get(&file.slot).is_some_and(younger) {
                newest.insert(file.slot, at);
            }
        }
        newest.into_values().collect()
    }

    pub fn missing_parts(&self, files: &BTreeSet<usize>) -> Vec<u32> {
        let slots = || files.iter().map(|at| self.taken[*at].1.slot);
        let parts = slots().map(|slot| slot.parts).max().unwrap_or(0);
        let there: BTreeSet<u32> = slots().map(|slot| slot.part).collect();
        (1..=parts).filter(|part| !there.contains(part)).collect()
    }

    /// What there is to see of a date now. A row of a report over several dates belongs to the one
    /// nearest to it.
    fn look(&self, world: &World, day: Day) -> Seen {
        let files = self.files_for(day);
        let ledger = world.booked_on(day);
        let state = if !files.is_empty() && self.missing_parts(&files).is_empty() {
            State::Complete
        } else if world.clock < world.due(day) {
            State::NotDue
        } else if files.is_empty() && ledger.is_empty() && world.rests.contains(&day) {
            State::NotExpected
        } else {
            State::Incomplete
        };
        let mut rows = Vec::new();
        for at in &files {
            let File { slot, lines, .. } = &self.taken[*at].1;
            let here = |line: &&(Key, Entry)| day_of(line.1.at).clamp(slot.from, slot.to) == day;
            rows.extend(lines.iter().filter(here));
        }
        rows.sort();
        Seen {
            state,
            files,
            rows,
            ledger,
        }
    }

    /// The dates that a plain run takes up: yesterday, and every earlier one that was never looked
    /// at, was not complete, or looks otherwise now; beyond the catch-up only what files say.
    pub fn plan(&self, world: &World) -> Vec<Day> {
        let yesterday = day_of(world.clock) - 1;
        let window = (yesterday - world.catch_up + 1).max(START);
        let mut days: BTreeSet<Day> = (window..=yesterday).collect();
        days.extend(self.seen.keys());
        for (_, file, standing) in &self.taken {
            if *standing == Standing::Counts {
                days.extend(file.slot.from..=file.slot.to);
            }
        }
        let needed = |day: &Day| {
            let now = self.look(world, *day);
            let inside = (window..=yesterday).contains(day);
            match self.seen.get(day) {
                _ if *day < START => false,
                // A superseded file alone makes no date.
                None => inside || !now.files.is_empty(),
                Some(seen) if inside => {
                    *day == yesterday
                        || matches!(seen.state, State::NotDue | State::Incomplete)
                        || (&seen.files, &seen.ledger) != (&now.files, &now.ledger)
                }
                Some(seen) => seen.files != now.files,
            }
        };
        days.into_iter().filter(needed).collect()
    }

    /// Whether every date that was looked at would look the same again.
    pub fn is_current(&self, world: &World) -> bool {
        let same = |(day, seen): (&Day, &Seen)| *seen == self.look(world, *day);
        let mut said = self.said.iter().flatten();
        let says_it = |(key, said): (&Key, &Option<Entry>)| world.ledger.get(key) == said.as_ref();
        self.seen.iter().all(same) && said.all(says_it)
    }

    /// What the ledger says of a key.
    pub fn says(&self, world: &World, key: Key) -> Option<Entry> {
        match &self.said {
            None => world.ledger.get(&key).copied(),
            Some(said) => said.get(&key).copied().flatten(),
        }
    }

    /// The ledger is asked about what these dates say, what is open, and what stands within the catch-up
    /// around them. What a match settled before that stays as it is.
    fn ask(&mut self, world: &World, days: &[Day]) {
        let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
            return;
        };
        let from = (first - 1).min(last - world.catch_up);
        let to = last + world.catch_up.max(1);
        let here = days.iter().map(|day| self.look(world, *day));
        let mut keys: BTreeSet<Key> = here
            .flat_map(|seen| seen.rows.into_iter().chain(seen.ledger))
            .map(|line| line.0)
            .collect();
        let items = super::figures::items(&self.findings(world)).into_iter();
        keys.extend(
            items
                .filter(|item| match item.cleared {
                    None => true,
                    Some(cleared) => item.opened <= to && cleared >= from,
                })
                .map(|item| item.key),
        );
        // A failed row that nobody claims is no item, and is looked for as well.
        let near = self.seen.range(from..=to).map(|(_, seen)| seen);
        for seen in near.filter(|seen| seen.state == State::Complete) {
            let of_it = seen.rows.iter().map(|row| row.0);
            let of_it = of_it.chain(seen.ledger.keys().copied());
            keys.extend(of_it.filter(|key| !seen.is_settled(*key)));
        }
        if let Some(said) = &mut self.said {
            said.extend(
                keys.iter()
                    .map(|key| (*key, world.ledger.get(key).copied())),
            );
        }
    }

    /// Retract, then apply: what these dates were is forgotten, and they are looked at again.
    pub fn run(&mut self, world: &World, days: &[Day]) {
        if self.said.is_some() {
            self.ask(world, days);
        }
        for day in days {
            let seen = self.look(world, *day);
            self.seen.insert(*day, seen);
        }
    }
}
