//! Small channels must not cry wolf, and no outage passes: both counted over simulated years.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc, Weekday};
use rekon::domain::believe::{Applied, Belief, Date, Seen, believe};
use rekon::domain::entry::{Draft, EntrySet, KeyState, Place};
use rekon::domain::key::{Spelling, encode};
use rekon::domain::money::Money;
use rekon::domain::resolve::Lookup;
use rekon::domain::rules::Rules;
use rekon::domain::status::{Kind, Status};

use crate::dice::Dice;
use crate::matching::book::rules;

#[derive(Clone, Debug)]
struct Row {
    key: String,
    at: DateTime<Utc>,
    amount: i64,
    status: Status,
}

/// How a channel is used.
struct Habit {
    /// Payments of an ordinary day.
    volume: u64,
    /// Of a thousand: attempts that fail, and those that stay pending.
    failed: u64,
    pending: u64,
    /// Percent of an ordinary day on Saturday and Sunday.
    weekend: u64,
    /// Whether the partner's file tells failed attempts as well.
    tells_failed: bool,
    /// Seconds until the partner has booked a payment.
    delay: i64,
    nights: bool,
    /// Most payments of a day.
    most: u64,
}

impl Habit {
    fn small(dice: &mut Dice) -> Habit {
        Habit {
            volume: dice.between(1, 50),
            failed: dice.between(0, 250),
            pending: dice.between(0, 60),
            weekend: [0, 20, 50, 100, 160][dice.below(5) as usize],
            tells_failed: dice.per_mille(300),
            delay: dice.between(0, 120) as i64,
            nights: dice.per_mille(200),
            most: 50,
        }
    }

    fn busy(dice: &mut Dice) -> Habit {
        Habit {
            volume: dice.between(90, 400),
            failed: dice.between(250, 350),
            pending: dice.between(250, 350),
            most: 2_000,
            weekend: 90,
            ..Habit::small(dice)
        }
    }

    /// Both sides of an honest date, the ledger first: what is booked, what is settled, and the few
    /// differences that every month has.
    fn date(&self, date: NaiveDate, dice: &mut Dice, rules: &Rules) -> (Vec<Row>, Vec<Row>) {
        let percent = match date.weekday() {
            Weekday::Sat | Weekday::Sun => self.weekend,
            _ => 100,
        };
        // A promotion, or a holiday.
        let percent = match dice.below(40) {
            0 => percent * 4,
            1 => percent / 5,
            _ => percent * dice.between(60, 140) / 100,
        };
        let count = (self.volume * percent).div_ceil(100).min(self.most);
        let (start, _) = rules.days.span(date);
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        // Something breaks for a while, with us or with them.
        let incident = dice
            .per_mille(15)
            .then(|| (dice.below(86_400) as i64, dice.per_mille(500)));
        let mut missed = 0;
        for number in 0..count {
            let second = match self.nights {
                true => dice.below(86_400) as i64,
                // Twice the chance around noon and in the evening.
                false => {
                    let hours = [
                        7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 22, 23,
                    ];
                    hours[dice.below(20) as usize] * 3600 + dice.below(3600) as i64
                }
            };
            let at = start + Duration::seconds(second);
            let luck = dice.below(1000);
            let status = match luck {
                luck if luck < self.failed => Status::Failed,
                luck if luck < self.failed + self.pending => Status::Pending,
                _ => Status::Success,
            };
            let row = Row {
                key: format!("{date}-{number}"),
                at,
                amount: dice.between(10, 900) as i64 * 100_000,
                status,
            };
            let settled = Row {
                at: at + Duration::seconds(self.delay),
                ..row.clone()
            };
            let missing = incident
                .is_some_and(|(from, _)| missed < 6 && (from..from + 3600).contains(&second));
            missed += u32::from(missing);
            let lost = |of_ours: bool, dice: &mut Dice| {
                missing && incident.is_some_and(|(_, ours)| ours == of_ours) || dice.per_mille(8)
            };
            if !lost(true, dice) {
                ours.push(row);
            }
            let told = status == Status::Success || self.tells_failed && status == Status::Failed;
            if told && !lost(false, dice) {
                theirs.push(settled);
            }
        }
        if let Some(one) = theirs.first_mut().filter(|_| dice.per_mille(50)) {
            one.amount += 250_000;
        }
        if let Some(one) = ours.first().cloned().filter(|_| dice.per_mille(20)) {
            ours.push(one);
        }
        (ours, theirs)
    }
}

fn set(rows: &[Row]) -> EntrySet {
    let mut set = EntrySet::default();
    for row in rows {
        set.push(&Draft {
            written: &[],
            key: &encode(&[&row.key]),
            key_state: KeyState::Whole,
            details: &[],
            at: row.at,
            amount: Money::from_sen(row.amount),
            fee: Some(Money::from_sen(250_000)),
            status: row.status,
            kind: Kind::Payment,
            place: Place::default(),
        })
        .expect("a small set");
    }
    set
}

/// The kind of what was found about a date; nothing where it is judged.
fn found(
    date: NaiveDate,
    (ours, theirs): &(Vec<Row>, Vec<Row>),
    applied: Applied,
    seen: &mut Seen,
    rules: &Rules,
) -> Option<&'static str> {
    let (settlement, ledger) = (set(theirs), set(ours));
    let both = Date {
        date,
        settlement: &settlement,
        ledger: &ledger,
        as_of: rules.days.span(date).1 + Duration::hours(11),
        rejected_rows: 0,
        applied,
    };
    let (belief, hourly) = believe(&both, seen, rules);
    let belief = match belief {
        // What is not on this date is nowhere.
        Belief::Ask(suspicion) => suspicion.answered(&Lookup::new()),
        belief => belief,
    };
    match belief {
        Belief::Doubt(finding) => Some(finding.kind()),
        _ => {
            seen.insert(date, hourly);
            None
        }
    }
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).expect("a date")
}

#[test]
fn honest_dates_are_judged_and_outages_are_caught() {
    let rules = rules(1, Spelling::Text);
    let mut dice = Dice(20_261_130);
    let (mut dates, mut held) = (0, Vec::new());
    for channel in 0..100 {
        let habit = Habit::small(&mut dice);
        let mut seen = Seen::new();
        for date in first().iter_days().take(100) {
            let both = habit.date(date, &mut dice, &rules);
            dates += 1;
            if let Some(kind) = found(date, &both, Applied::All, &mut seen, &rules) {
                held.push(format!("channel {channel} {date}: {kind}"));
            }
        }
    }
    let mut caught: BTreeMap<&str, u64> = BTreeMap::new();
    let mut missed = Vec::new();
    let mut outages = 0;
    while outages < 500 {
        let habit = match outages % 2 {
            0 => Habit::busy(&mut dice),
            _ => Habit {
                volume: dice.between(80, 120),
                most: 200,
                failed: 300,
                pending: 300,
                weekend: 100,
                ..Habit::small(&mut dice)
            },
        };
        let mut seen = Seen::new();
        let mut all = first().iter_days();
        for date in all.by_ref().take(30) {
            let both = habit.date(date, &mut dice, &rules);
            let kind = found(date, &both, Applied::All, &mut seen, &rules);
            assert_eq!(kind, None, "an honest date of a busy channel");
        }
        let date = all.next().expect("a date");
        let (mut ours, mut theirs) = habit.date(date, &mut dice, &rules);
        let (_, end) = rules.days.span(date);
        let before = (ours.len(), theirs.len());
        let mut applied = Applied::All;
        let kind = ["emptied", "ends early", "status gone", "doubled", "behind"][outages % 5];
        let of_ours = outages % 3 > 0;
        let side = if of_ours { &mut ours } else { &mut theirs };
        // How many payments it hits.
        let hit = match kind {
            "emptied" => {
                side.clear();
                before.0.min(before.1)
            }
            "ends early" => {
                side.sort_by_key(|row| row.at);
                let successes = side
                    .iter()
                    .filter(|row| row.status == Status::Success)
                    .count();
                let lost = dice.between(20, successes.max(20) as u64) as usize;
                let mut left = lost;
                while left > 0 && !side.is_empty() {
                    left -=
                        usize::from(side.pop().is_some_and(|row| row.status == Status::Success));
                }
                lost
            }
            "status gone" => {
                let status =
                    [Status::Success, Status::Failed, Status::Pending][dice.below(3) as usize];
                let had = ours.iter().filter(|row| row.status == status).count();
                ours.retain(|row| row.status != status);
                had
            }
            "doubled" => {
                side.extend(side.clone());
                before.0.min(before.1)
            }
            _ => {
                let at = end - Duration::minutes(dice.between(0, 600) as i64);
                applied = Applied::UpTo {
                    at,
                    asked: end + Duration::hours(10),
                };
                ours.retain(|row| row.at < at);
                before.0
            }
        };
        if hit < 20 || before.0 < 20 || before.1 < 20 {
            continue;
        }
        outages += 1;
        let both = (ours, theirs);
        match found(date, &both, applied, &mut seen, &rules) {
            Some(_) => *caught.entry(kind).or_default() += 1,
            None => missed.push(format!("{kind} of {hit} on {date}: {both:?}")),
        }
    }
    println!(
        "{} of {dates} honest dates held; {} of {outages} outages caught: {caught:?}",
        held.len(),
        caught.values().sum::<u64>()
    );
    assert_eq!(dates, 10_000);
    assert!(held.len() <= 10, "{}", held.join("\n"));
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
