//! What the entries of each key amount to, over all dates on which it is still open.

use std::collections::BTreeSet;

use super::model::Status::{Failed, Pending, Success};
use super::model::{
    A_DAY, Day, Entry, Finding, Key, Model, PENDING_SLA, Row, Rupiah, START, Second, Seen, State,
    TIMING_GRACE, TOLERANCE, World, day_of,
};

impl Model {
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

    /// Judges a key. The reports stand as they were seen on each date; the ledger as it was last
    /// asked.
    fn judge(&self, key: Key, open: &BTreeSet<Day>, world: &World, findings: &mut Vec<Finding>) {
        let mut rows: Vec<Row> = open
            .iter()
            .flat_map(|day| self.seen[day].of(key, *day))
            .collect();
        rows.sort();
        let ours = self.says(world, key).map(|entry| Ours {
            entry,
            home: day_of(entry.at),
            whereabouts: self.whereabouts(entry, open, world),
        });
        let pairs = ours.filter(|ours| {
            let whereabouts = ours.whereabouts;
            whereabouts == Whereabouts::Open || whereabouts == Whereabouts::Lent
        });
        let all = rows.clone();
        let answer = match pairs {
            None => Answer::Nobody,
            Some(ours) => {
                let attempts = ours.attempts(&mut rows);
                findings.extend(
                    attempts
                        .into_iter()
                        .map(|row| lone(key, row, "nothing_to_settle")),
                );
                ours.answer(&rows)
            }
        };
        let (bucket, answered) = match (&answer, pairs) {
            (Answer::One(row), Some(ours)) => (pair(ours, *row, world.clock), vec![*row]),
            (Answer::Several(several), _) => ("ambiguous_key", several.clone()),
            (Answer::Nobody, Some(ours)) => (self.unanswered(ours, world), Vec::new()),
            (_, None) => ("", Vec::new()),
        };
        for row in &answered {
            let at = rows.iter().position(|other| other == row);
            rows.remove(at.expect("a row that is there"));
        }
        let delivered = answered.iter().any(|row| row.entry.status == Success);
        // An entry of another date that nothing here answers is that date's affair.
        if let Some(ours) = pairs.filter(|ours| ours.counts() || !answered.is_empty()) {
            findings.push(Finding {
                key,
                bucket,
                ours: Some(ours.entry),
                ours_counts: ours.counts(),
                theirs: answered,
            });
        }
        for (at, row) in rows.iter().enumerate() {
            let repeats = delivered || rows[..at].iter().any(|other| other.entry == row.entry);
            let bucket = self.surplus(*row, ours, &all, repeats, world);
            findings.push(lone(key, *row, bucket));
        }
    }

    /// Where our entry of a key stands that is open on these dates.
    fn whereabouts(&self, entry: Entry, open: &BTreeSet<Day>, world: &World) -> Whereabouts {
        let home = day_of(entry.at);
        if open.contains(&home) {
            return Whereabouts::Open;
        }
        match self.standing(home, world) {
            DayIs::Elsewhere => Whereabouts::Lent,
            DayIs::Waiting => Whereabouts::Unknown,
            // Nothing of the key is open there: a success is matched.
            DayIs::Known if entry.status == Success => Whereabouts::Matched,
            DayIs::Known => Whereabouts::Lent,
        }
    }

    /// What our entry is that no row answers.
    fn unanswered(&self, ours: Ours, world: &World) -> &'static str {
        match ours.entry.status {
            Failed => "nothing_to_settle",
            _ if self.awaits_neighbour(ours.home, ours.entry.at, world) => "awaiting",
            Success => "missing_at_partner",
            Pending => pending(ours.entry.at, world.clock),
        }
    }

    /// What a row is that our entry did not take.
    fn surplus(
        &self,
        row: Row,
        ours: Option<Ours>,
        all: &[Row],
        repeats: bool,
        world: &World,
    ) -> &'static str {
        let Row { entry, day } = row;
        let is = |whereabouts| ours.filter(|ours| ours.whereabouts == whereabouts);
        let matched = is(Whereabouts::Matched);
        let matched_row = matched.map(|ours| Row {
            entry: ours.entry,
            day: ours.home,
        });
        let later = |other: &Row| {
            let same = other.entry.amount == entry.amount;
            other.entry.status == Success && same && other.day > day
        };
        match entry.status {
            Failed => "nothing_to_settle",
            // A later report settled it.
            Pending if all.iter().chain(&matched_row).any(later) => "nothing_to_settle",
            _ if is(Whereabouts::Unknown).is_some() => "awaiting",
            Success if matched.is_some() || repeats => "duplicate",
            _ if self.awaits_neighbour(day, entry.at, world) => "awaiting",
            Success => "missing_in_ledger",
            Pending => pending(entry.at, world.clock),
        }
    }

    fn standing(&self, day: Day, world: &World) -> DayIs {
        match self.seen.get(&day).map(|seen| seen.state) {
            Some(State::Complete) => DayIs::Known,
            Some(State::NotExpected) if self.shares_missing_report(day, world) => DayIs::Waiting,
            Some(State::NotExpected) => DayIs::Elsewhere,
            None if day < START => DayIs::Elsewhere,
            Some(State::NotDue | State::Incomplete) | None => DayIs::Waiting,
        }
    }

    /// Whether another day whose report comes on the same morning still waits for it: one report may
    /// cover them all.
    fn shares_missing_report(&self, day: Day, world: &World) -> bool {
        let comes = |day: Day| (day + 1..).find(|morning| !world.rests.contains(morning));
        (day - 7..=day + 7)
            .filter(|other| *other != day && comes(*other) == comes(day))
            .any(|other| match self.seen.get(&other).map(|seen| seen.state) {
                Some(State::Complete | State::NotExpected) => false,
                Some(State::NotDue | State::Incomplete) => true,
                None => other >= START,
            })
    }

    /// Near the cut-off an entry may stand in the report of the neighbour, if that is still to come.
    fn awaits_neighbour(&self, day: Day, at: Second, world: &World) -> bool {
        // Midnight to the second is a day, and no time of day.
        if at.rem_euclid(A_DAY) == 0 {
            return false;
        }
        let waiting = |day| self.standing(day, world) == DayIs::Waiting;
        at < day * A_DAY + TIMING_GRACE && waiting(day - 1)
            || at >= (day + 1) * A_DAY - TIMING_GRACE && waiting(day + 1)
    }
}

/// What is known of a date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DayIs {
    Known,
    /// Not reconciled by us: before the start, or a day of rest.
    Elsewhere,
    /// Its report is still to come.
    Waiting,
}

/// Our entry of a key.
#[derive(Clone, Copy)]
struct Ours {
    entry: Entry,
    home: Day,
    whereabouts: Whereabouts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    /// On a date on which the key is open.
    Open,
    /// On a date that has no use for it.
    Lent,
    /// On a date whose report is still to come.
    Unknown,
    /// On a date where it was matched.
    Matched,
}

impl Ours {
    /// Whether it is counted with what answers it; what is lent is counted at home.
    fn counts(&self) -> bool {
        self.whereabouts == Whereabouts::Open
    }

    fn at_home(&self, rows: &[Row]) -> Answer {
        let home = rows
            .iter()
            .filter(|row| self.counts() && row.day == self.home);
        answer(self.entry, &home.copied().collect::<Vec<_>>())
    }

    /// A date concludes by itself where both succeeded at the same amount; for the rest all dates
    /// are looked at.
    fn answer(&self, rows: &[Row]) -> Answer {
        match self.at_home(rows) {
            Answer::One(row)
                if [self.entry.status, row.entry.status] == [Success; 2]
                    && self.entry.amount == row.entry.amount =>
            {
                Answer::One(row)
            }
            _ => answer(self.entry, rows),
        }
    }

    /// Takes out the failed rows of our own date that are not its answer: attempts.
    fn attempts(&self, rows: &mut Vec<Row>) -> Vec<Row> {
        let mut spared = match self.at_home(rows) {
            Answer::Nobody => Vec::new(),
            Answer::One(row) => vec![row],
            Answer::Several(rows) => rows,
        };
        let mut attempts = Vec::new();
        rows.retain(|row| {
            let answers = spared.iter().position(|one| one == row);
            let stays = !self.counts() || row.day != self.home || row.entry.status != Failed;
            match answers {
                _ if stays => true,
                Some(at) => {
                    spared.remove(at);
                    true
                }
                None => {
                    attempts.push(*row);
                    false
                }
            }
        });
        attempts
    }
}

fn lone(key: Key, row: Row, bucket: &'static str) -> Finding {
    Finding {
        key,
        bucket,
        ours: None,
        ours_counts: false,
        theirs: vec![row],
    }
}

impl Seen {
    fn of(&self, key: Key, day: Day) -> Vec<Row> {
        let own = self.rows.iter().filter(|row| row.0 == key);
        own.map(|row| Row { entry: row.1, day }).collect()
    }

    /// Whether a key is done within the date: both succeeded at the same amount, or our payment
    /// failed and nobody claims it; failed attempts beside it change nothing.
    pub fn is_settled(&self, key: Key) -> bool {
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
            // Midnight to the second says a day alone.
            let says_time = |at: Second| at.rem_euclid(A_DAY) != 0;
            let apart = match says_time(row.entry.at) && says_time(ours.at) {
                true => (row.entry.at - ours.at).abs(),
                false => (day_of(row.entry.at) - day_of(ours.at)).abs() * A_DAY,
            };
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

fn pair(ours: Ours, row: Row, clock: Second) -> &'static str {
    let (Ours { entry, home, .. }, theirs) = (ours, row.entry);
    match (entry.status, theirs.status) {
        (Success, Success) => match (theirs.amount - entry.amount).abs() {
            TOO_MUCH.. => "amount_break",
            0 if row.day != home => "timing_differences",
            0 => "matched",
            _ => "matched_within_tolerance",
        },
        (Pending, Success) => "settled_while_pending",
        (Pending, Pending) => pending(entry.at, clock),
        (Success | Failed, Pending) => pending(theirs.at, clock),
        (Failed, Success) | (Success | Pending, Failed) => "status_break",
        (Failed, Failed) => "nothing_to_settle",
    }
}

const TOO_MUCH: Rupiah = TOLERANCE + 1;

fn pending(since: Second, clock: Second) -> &'static str {
    let since = match since.rem_euclid(A_DAY) {
        0 => since + A_DAY,
        _ => since,
    };
    if clock - since <= PENDING_SLA {
        "pending_within_sla"
    } else {
        "stuck_pending"
    }
}
