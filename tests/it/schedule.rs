//! The planner over years of nights: six zones, downtime, sleep, crashes, clocks that jump. Seeded,
//! so that a failure comes again.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use rekon::schedule::Timetable;
use rekon::store::{PlannedRow, PlannedState};

/// Zones with a yearly change at 2 a.m., at 1 a.m., of half an hour, on the other side of the year,
/// for Ramadan alone, with a day that was left out, and with none of all that.
const ZONES: [(&str, i32); 7] = [
    ("Asia/Jakarta", 2026),
    ("Europe/Berlin", 2026),
    ("America/New_York", 2026),
    ("Australia/Lord_Howe", 2026),
    ("Africa/Casablanca", 2026),
    ("Africa/Cairo", 2024),
    ("Pacific/Apia", 2009),
];
const TIMES: [&str; 4] = ["00:00", "02:15", "02:30", "23:45"];
const YEARS: i64 = 5;
const CATCH_UP: i64 = 14;

fn zone(name: &str) -> Tz {
    name.parse().expect("a zone")
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").expect("a time")
}

fn timetable(zone: Tz, at: &str) -> Timetable {
    Timetable::new(zone, time(at), Duration::days(CATCH_UP)).expect("a timetable")
}

fn new_year(year: i32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, 1, 1, 12, 0, 0)
        .single()
        .expect("noon")
}

/// xorshift64*: the same numbers for the same seed, on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        i64::try_from(drawn).expect("31 bits") % bound
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.below(many) == 0
    }
}

/// Dates that people of the zone lived through.
fn lived(zone: Tz, date: NaiveDate) -> bool {
    let noon = date.and_hms_opt(12, 0, 0).expect("noon");
    !matches!(zone.from_local_datetime(&noon), LocalResult::None)
}

#[test]
fn a_nightly_run_is_planned_at_its_time_on_the_day_after_and_once() {
    for (name, year) in ZONES {
        let zone = zone(name);
        for at in TIMES {
            let table = timetable(zone, at);
            let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
            let mut before = None;
            for date in first.iter_days().take(365 * YEARS as usize) {
                let planned = table.planned_for(date);
                assert_eq!(planned.is_some(), lived(zone, date), "{name} {date}");
                let Some(planned) = planned else { continue };
                let day = date
                    .iter_days()
                    .skip(1)
                    .find(|day| lived(zone, *day))
                    .expect("a day");
                let wanted = day.and_time(time(at));
                match zone.from_local_datetime(&wanted) {
                    LocalResult::Single(only) => assert_eq!(planned, only, "{name} {date} {at}"),
                    LocalResult::Ambiguous(first, _) => {
                        assert_eq!(planned, first, "{name} {date} {at}: twice that night");
                    }
                    LocalResult::None => {
                        // The first instant after the gap.
                        let minute_before = planned - Duration::minutes(1);
                        let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
                        assert!(local(minute_before) < wanted, "{name} {date} {at}");
                        assert!(local(planned) > wanted, "{name} {date} {at}");
                    }
                }
                assert!(before < Some(planned), "{name} {date} {at}: out of order");
                before = Some(planned);
                assert_eq!(table.latest(planned), Some(date), "{name} {date} {at}");
                let just_before = table.latest(planned - Duration::seconds(1));
                assert!(just_before < Some(date), "{name} {date} {at}: early");
            }
        }
    }
}

/// What the loop and the state do with a decision, and what the world does to them.
struct World {
    table: Timetable,
    dice: Dice,
    now: DateTime<Utc>,
    rows: BTreeMap<NaiveDate, PlannedRow>,
    /// How often the run of a date came to its end.
    ended: BTreeMap<NaiveDate, u32>,
    /// How often what was recorded of a date was taken back.
    forgotten: BTreeMap<NaiveDate, u32>,
    alerted: BTreeMap<NaiveDate, u32>,
    crashes: u32,
}

impl World {
    fn new(zone: Tz, at: &str, year: i32, seed: u64) -> World {
        World {
            table: timetable(zone, at),
            dice: Dice(seed | 1),
            now: new_year(year),
            rows: BTreeMap::new(),
            ended: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            alerted: BTreeMap::new(),
            crashes: 0,
        }
    }

    /// One look of the loop at a clock that shows `wall`.
    fn look(&mut self, wall: DateTime<Utc>) {
        let recorded: Vec<PlannedRow> = self.rows.values().cloned().collect();
        let decision = self.table.decide(&recorded, wall);
        for date in &decision.forget {
            self.rows.remove(date);
            *self.forgotten.entry(*date).or_default() += 1;
        }
        for row in &decision.missed {
            *self.alerted.entry(row.business_date).or_default() += 1;
        }
        for row in decision.missed.iter().chain(&decision.covered) {
            assert!(row.planned_for <= wall, "{row:?} at {wall}");
            self.rows.insert(row.business_date, row.clone());
        }
        let Some(row) = decision.start else { return };
        assert!(row.planned_for <= wall, "{row:?} at {wall}: early");
        for covered in &decision.covered {
            assert!(covered.business_date < row.business_date, "in order");
            assert!(
                (row.business_date - covered.business_date).num_days() < CATCH_UP + 1,
                "{covered:?} is beyond what {row:?} does"
            );
        }
        let date = row.business_date;
        self.rows.insert(date, row);
        self.now += Duration::minutes(self.dice.below(90));
        if self.dice.one_in(12) {
            // kill -9: the row stays as it is.
            self.crashes += 1;
            return;
        }
        self.rows.get_mut(&date).expect("its row").state = PlannedState::Ended;
        *self.ended.entry(date).or_default() += 1;
    }

    /// Minutes until somebody looks again: mostly soon, at times after days of sleep.
    fn wait(&mut self) {
        let minutes = match self.dice.below(60) {
            0 => self.dice.below(60 * 24 * 40),
            1..=3 => self.dice.below(60 * 24 * 4),
            4..=20 => self.dice.below(60 * 9),
            _ => 1 + self.dice.below(200),
        };
        self.now += Duration::minutes(minutes);
    }

    /// Every night from the first to the last has one end: run, done by a later run that came to
    /// its end, or told to ops.
    fn settle(&mut self, name: &str) {
        let mut looks = 0;
        loop {
            let recorded: Vec<PlannedRow> = self.rows.values().cloned().collect();
            if self.table.decide(&recorded, self.now) == Default::default() {
                break;
            }
            self.look(self.now);
            looks += 1;
            assert!(looks < 200, "{name}: the loop never comes to rest");
        }
        let first = *self.rows.keys().next().expect("a row");
        let last = self.table.latest(self.now).expect("a night");
        assert!((last - first).num_days() > 365 * (YEARS - 1), "{name}");
        for date in first.iter_days().take_while(|date| *date <= last) {
            if self.table.planned_for(date).is_none() {
                continue;
            }
            let mut row = self
                .rows
                .get(&date)
                .unwrap_or_else(|| panic!("{name} {date}: skipped"));
            while let PlannedState::Covered { by } = row.state {
                row = &self.rows[&by];
            }
            match row.state {
                PlannedState::Ended => assert!(
                    self.ended.contains_key(&row.business_date),
                    "{name} {date}: no run of {}",
                    row.business_date
                ),
                PlannedState::Missed => assert!(
                    self.alerted.contains_key(&row.business_date),
                    "{name} {date}: a silent skip"
                ),
                state => panic!("{name} {date}: {state:?}"),
            }
        }
        for (date, times) in &self.ended {
            let again = self.forgotten.get(date).copied().unwrap_or_default();
            assert!(
                *times <= 1 + again,
                "{name} {date}: run {times} times, {again} taken back"
            );
        }
    }
}

#[test]
fn five_years_of_downtime_and_crashes_in_seven_zones_plan_one_run_per_business_date() {
    for (position, (name, year)) in ZONES.into_iter().enumerate() {
        for at in TIMES {
            let seed = 0x9E37_79B9 * (position as u64 + 1) + u64::from(at.as_bytes()[1]);
            let mut world = World::new(zone(name), at, year, seed);
            let end = world.now + Duration::days(365 * YEARS);
            while world.now < end {
                world.look(world.now);
                world.wait();
            }
            world.settle(name);
            assert!(
                world.forgotten.is_empty(),
                "{name}: a clock that runs well takes nothing back"
            );
            assert!(world.ended.values().all(|times| *times == 1), "{name}");
            assert!(
                world.alerted.values().all(|times| *times == 1),
                "{name}: told twice"
            );
            assert!(
                world.crashes > 20 && world.alerted.len() > 20,
                "{name}: too tame"
            );
        }
    }
}

#[test]
fn a_clock_that_jumps_an_hour_or_less_neither_repeats_nor_skips() {
    for (position, (name, year)) in ZONES.into_iter().enumerate() {
        for at in TIMES {
            let seed = 0xC2B2_AE35 * (position as u64 + 1) + u64::from(at.as_bytes()[1]);
            let mut world = World::new(zone(name), at, year, seed);
            let end = world.now + Duration::days(365 * YEARS);
            while world.now < end {
                // As a host does that takes local time for UTC, or whose clock drifts.
                let off = Duration::minutes(world.dice.below(121) - 60);
                world.look(world.now + off);
                world.wait();
            }
            world.now += Duration::hours(3);
            world.settle(name);
            assert!(world.forgotten.is_empty(), "{name}");
            assert!(world.ended.values().all(|times| *times == 1), "{name}");
        }
    }
}

#[test]
fn a_clock_that_is_off_by_weeks_and_set_right_again_skips_nothing() {
    for (position, (name, year)) in ZONES.into_iter().enumerate() {
        let seed = 0x1656_67B1 * (position as u64 + 1);
        let mut world = World::new(zone(name), "02:00", year, seed);
        let end = world.now + Duration::days(365 * YEARS);
        while world.now < end {
            let off = match world.dice.below(40) {
                0 => Duration::minutes(world.dice.below(60 * 24 * 60)),
                1 => Duration::minutes(-world.dice.below(60 * 24 * 20)),
                _ => Duration::zero(),
            };
            world.look(world.now + off);
            world.wait();
        }
        world.settle(name);
        assert!(!world.forgotten.is_empty(), "{name}: too tame");
    }
}

#[test]
fn the_first_start_owes_nothing_of_the_days_before() {
    let table = timetable(zone("Asia/Jakarta"), "02:00");
    let now: DateTime<Utc> = "2026-11-19T03:00:00Z".parse().expect("an instant");
    let decision = table.decide(&[], now);
    let start = decision.start.expect("a run");
    assert_eq!(start.business_date.to_string(), "2026-11-18");
    assert_eq!(start.planned_for.to_rfc3339(), "2026-11-18T19:00:00+00:00");
    assert!(decision.covered.is_empty() && decision.missed.is_empty());
    let upcoming = table.upcoming(now).expect("a next one");
    assert_eq!(upcoming.to_rfc3339(), "2026-11-19T19:00:00+00:00");
}
