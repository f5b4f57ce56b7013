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
use Status::{Failed, Pending, Success};

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
    /// called and whether or not they still count.
    pub fn collect(&mut self, world: &World) {
        for (name, file) in &world.inbox {
            let known = self.taken.iter().any(|taken| taken.1.lines == file.lines);
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

    fn missing_parts(&self, files: &BTreeSet<usize>) -> Vec<u32> {
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
        self.seen.iter().all(same)
    }

    /// Retract, then apply: what these dates were is forgotten, and they are looked at again.
    pub fn run(&mut self, world: &World, days: &[Day]) {
        for day in days {
            let seen = self.look(world, *day);
            self.seen.insert(*day, seen);
        }
    }

    fn standing(&self, day: Day) -> DayStanding {
        match self.seen.get(&day).map(|seen| seen.state) {
            Some(State::Complete) => DayStanding::Known,
            Some(State::NotExpected) => DayStanding::Elsewhere,
            None if day < START => DayStanding::Elsewhere,
            Some(State::NotDue | State::Incomplete) | None => DayStanding::Waiting,
        }
    }

    /// Near the cut-off an entry may stand in the report of the neighbour, if that is still to come.
    fn awaits_neighbour(&self, day: Day, at: Second) -> bool {
        let waiting = |day| self.standing(day) == DayStanding::Waiting;
        at < day * A_DAY + TIMING_GRACE && waiting(day - 1)
            || at >= (day + 1) * A_DAY - TIMING_GRACE && waiting(day + 1)
    }

    /// What everything comes to now.
    pub fn findings(&self, world: &World) -> Vec<Finding> {
        let complete = || {
            let seen = self.seen.iter();
            seen.filter(|(_, seen)| seen.state == State::Complete)
        };
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        for (_, seen) in complete() {
            keys.extend(seen.rows.iter().map(|row| row.0));
            keys.extend(seen.ledger.keys());
        }
        let mut findings = Vec::new();
        for key in keys {
            let open = complete().filter(|(_, seen)| !seen.is_settled(key));
            let open: BTreeSet<Day> = open.map(|(day, _)| *day).collect();
            if !open.is_empty() {
                self.judge(key, &open, world, &mut findings);
            }
        }
        findings
    }

    /// Judges a key over all dates on which it is open. The reports stand as they were seen there;
    /// the ledger is asked again.
    fn judge(&self, key: Key, open: &BTreeSet<Day>, world: &World, findings: &mut Vec<Finding>) {
        let finding = |bucket, ours, ours_counts, theirs| Finding {
            key,
            bucket,
            ours,
            ours_counts,
            theirs,
        };
        let mut rows: Vec<Row> = open
            .iter()
            .flat_map(|day| self.seen[day].of(key, *day))
            .collect();
        rows.sort();
        let booked = world.ledger.get(&key).copied();
        let home = booked.map_or(0, |ours| day_of(ours.at));
        let (mut ours, mut waits, mut matched_elsewhere) = (booked, false, None);
        let ours_counts = open.contains(&home);
        if let Some(entry) = booked.filter(|_| !ours_counts) {
            match self.standing(home) {
                DayStanding::Elsewhere => {}
                DayStanding::Waiting => (ours, waits) = (None, true),
                // Nothing of it is open there: it is matched.
                DayStanding::Known if entry.status == Success => {
                    (ours, matched_elsewhere) = (None, booked);
                }
                DayStanding::Known => {}
            }
        }

        let answer = match ours {
            None => Answer::Nobody,
            Some(entry) if !ours_counts => answer(entry, &rows),
            Some(entry) => {
                let at_home: Vec<Row> =
                    rows.iter().copied().filter(|row| row.day == home).collect();
                let first = answer(entry, &at_home);
                match &first {
                    Answer::Several(_) => first,
                    Answer::One(row) if [entry.status, row.entry.status] == [Success; 2] => first,
                    _ => {
                        // Failed attempts beside it settle nothing.
                        let mut spared = matches!(first, Answer::Nobody);
                        rows.retain(|row| {
                            let chosen = !spared && first == Answer::One(*row);
                            spared |= chosen;
                            let stays = row.day != home || row.entry.status != Failed || chosen;
                            if !stays {
                                findings.push(finding(
                                    "nothing_to_settle",
                                    None,
                                    false,
                                    vec![*row],
                                ));
                            }
                            stays
                        });
                        answer(entry, &rows)
                    }
                }
            }
        };
        let all = rows.clone();
        let mut taken: Vec<Row> = Vec::new();
        match (&answer, ours) {
            (Answer::One(row), Some(entry)) => {
                let bucket = pair(entry, home, *row, world.clock);
                findings.push(finding(bucket, ours, ours_counts, vec![*row]));
                taken.push(*row);
            }
            (Answer::Several(several), _) => {
                findings.push(finding("ambiguous_key", ours, ours_counts, several.clone()));
                taken.extend(several);
            }
            (_, Some(entry)) if ours_counts => {
                let bucket = match entry.status {
                    Failed => "nothing_to_settle",
                    _ if self.awaits_neighbour(home, entry.at) => "awaiting",
                    Success => "missing_at_partner",
                    Pending => pending(entry.at, world.clock),
                };
                findings.push(finding(bucket, ours, true, Vec::new()));
            }
            _ => {}
        }
        for row in &taken {
            let at = rows.iter().position(|other| other == row);
            rows.remove(at.expect("a row that is there"));
        }

        let delivered = taken.iter().any(|row| row.entry.status == Success);
        for (at, row) in rows.iter().enumerate() {
            let Row { entry, day } = *row;
            let later = all.iter().map(|other| (other.entry, other.day));
            let later = later.chain(matched_elsewhere.map(|entry| (entry, day_of(entry.at))));
            let superseded = entry.status == Pending
                && later.into_iter().any(|(other, on)| {
                    other.status == Success && other.amount == entry.amount && on > day
                });
            let repeats = rows[..at].iter().any(|other| other.entry == entry);
            let bucket = match entry.status {
                Failed => "nothing_to_settle",
                Pending if superseded => "nothing_to_settle",
                _ if waits => "awaiting",
                Success if matched_elsewhere.is_some() || delivered || repeats => "duplicate",
                _ if self.awaits_neighbour(day, entry.at) => "awaiting",
                Success => "missing_in_ledger",
                Pending => pending(entry.at, world.clock),
            };
            findings.push(finding(bucket, None, false, vec![*row]));
        }
    }

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
            for row in finding.theirs.iter().filter(|row| row.day == day) {
                put(finding.bucket, 0, row.entry);
            }
            let ours = finding.ours.filter(|_| finding.ours_counts);
            if let Some(ours) = ours.filter(|ours| day_of(ours.at) == day) {
                put(finding.bucket, 1, ours);
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum DayStanding {
    Known,
    /// Not reconciled by us: before the start, or a day of rest.
    Elsewhere,
    /// Its report is still to come.
    Waiting,
}

impl Seen {
    fn of(&self, key: Key, day: Day) -> Vec<Row> {
        let own = self.rows.iter().filter(|row| row.0 == key);
        own.map(|row| Row { entry: row.1, day }).collect()
    }

    /// Whether a key is done within the date: both succeeded at the same amount, or our payment
    /// failed and nobody claims it; failed attempts beside it change nothing.
    fn is_settled(&self, key: Key) -> bool {
        let rows = self.of(key, 0);
        let mut standing = rows.iter().filter(|row| row.entry.status != Failed);
        match self.ledger.get(&key) {
            None => rows.is_empty(),
            Some(ours) => match (ours.status, standing.next(), standing.next()) {
                (Success, Some(row), None) => {
                    row.entry.status == Success && row.entry.amount == ours.amount
                }
                (Failed, None, _) => true,
                _ => false,
            },
        }
    }
}

/// Who answers our entry.
#[derive(PartialEq, Eq)]
enum Answer {
    Nobody,
    One(Row),
    /// Rows that differ and are equally near: nobody chooses.
    Several(Vec<Row>),
}

/// A success before a pending before a failed one; then the same amount, then the nearest in time.
fn answer(ours: Entry, rows: &[Row]) -> Answer {
    for wanted in [Success, Pending, Failed] {
        if [ours.status, wanted] == [Failed, Failed] {
            continue;
        }
        let distance = |row: &Row| {
            let apart = (row.entry.at - ours.at).abs();
            (row.entry.amount != ours.amount, apart)
        };
        let of_it = || rows.iter().filter(|row| row.entry.status == wanted);
        let Some(best) = of_it().map(distance).min() else {
            continue;
        };
        let mut nearest = of_it().filter(|row| distance(row) == best);
        let first = nearest.next().expect("the nearest");
        let others = nearest.filter(|row| row.entry != first.entry);
        let mut several = vec![*first];
        several.extend(others);
        let counts = ours.status == Success || wanted == Success;
        return match several.len() {
            2.. if counts => Answer::Several(several),
            _ => Answer::One(*first),
        };
    }
    Answer::Nobody
}

fn pair(ours: Entry, home: Day, row: Row, clock: Second) -> &'static str {
    let theirs = row.entry;
    match (ours.status, theirs.status) {
        (Success, Success) => match (theirs.amount - ours.amount).abs() {
            TOO_MUCH.. => "amount_break",
            _ if row.day != home => "timing_differences",
            0 => "matched",
            _ => "matched_within_tolerance",
        },
        (Pending, Success) => "settled_while_pending",
        (Pending, Pending) => pending(ours.at, clock),
        (Success | Failed, Pending) => pending(theirs.at, clock),
        (Failed, Success) | (Success | Pending, Failed) => "status_break",
        (Failed, Failed) => "nothing_to_settle",
    }
}

const TOO_MUCH: Rupiah = TOLERANCE + 1;

fn pending(since: Second, clock: Second) -> &'static str {
    if clock - since <= PENDING_SLA {
        "pending_within_sla"
    } else {
        "stuck_pending"
    }
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
