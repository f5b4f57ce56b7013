//! The laws of reconciling, over random histories of a small world: few keys, so that they collide;
//! entries near the cut-off; reports that come late, in parts, corrected, twice, empty or not at
//! all; a ledger that changes its mind; dates run in any order and again.
//!
//! 1. Once every date was run on the same knowledge and clock, items are those of a single pass in
//!    date order, whatever came before, and another pass changes nothing.
//! 2. Every entry of a date is in exactly one bucket of each of its results.
//! 3. opening + new − cleared − resolved − written off = closing, per date and over any range.
//!    A break and what it puts at risk stand on one business date.
//! 4. The order of rows and how they are spread over files decide nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::FileFailurePersistence;
use rekon::domain::entry::{EntryFacts, Side};
use rekon::domain::key::Spelling;
use rekon::domain::money::Money;
use rekon::domain::outcome::{
    Cause, Closed, Closing, CountAmount, DateState, Item, Outcome, RollForward,
};
use rekon::domain::reconcile::{Ended, roll_forward, told_on};
use rekon::domain::status::{Kind, Status};
use rekon::domain::time::Calendar;

use crate::harness::Workspace;
use crate::matching::book::{Book, Judgement, Row, World, rules};

/// The first date that is ever run; the ledger is older and younger than what is run.
const FIRST: i64 = 1;
const LAST: i64 = 5;

fn day(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 10).expect("a date") + Duration::days(number)
}

/// What happens between two runs, or a run.
#[derive(Clone, Debug)]
enum Step {
    Run(Vec<NaiveDate>),
    /// The report of a date comes, or comes again with other rows.
    Report {
        date: NaiveDate,
        rows: Vec<Row>,
    },
    /// It is withdrawn, or a part of it turns out to be missing.
    NoReport {
        date: NaiveDate,
        state: DateState,
    },
    /// The rows of one report stand in another one as well.
    Twice {
        from: NaiveDate,
        into: NaiveDate,
    },
    Booked(Row),
    /// The ledger changes the status of one of its entries.
    Status {
        entry: Index,
        status: Status,
    },
    /// A ledger entry disappears.
    Unbooked {
        entry: Index,
    },
    Clock(i64),
}

#[derive(Clone, Debug)]
struct History {
    booked: Vec<Row>,
    steps: Vec<Step>,
    /// The order of the last pass.
    order: Vec<NaiveDate>,
    tolerance: Money,
    lifetime: i64,
    rejected: Vec<(Side, usize, NaiveDate)>,
    calendar: Calendar,
    /// How rows change places and files in the end.
    shuffle: u64,
}

const KEYS: [&str; 5] = ["A", "B", "C", "11242912345", DAMAGED];
const DAMAGED: &str = "1.12429E+10";

fn row(side: Side) -> impl Strategy<Value = Row> {
    let clock = select(vec![
        0i64, 1, 1_500, 36_000, 36_000, 36_005, 36_010, 86_000, 86_398,
    ]);
    let status = prop_oneof![
        10 => Just(Status::Success),
        2 => Just(Status::Pending),
        1 => Just(Status::Unknown),
        3 => Just(Status::Failed),
        1 => Just(Status::FailedRefunded),
        2 => Just(Status::Reversed),
    ];
    let kind = prop_oneof![
        8 => Just(Kind::Payment),
        1 => Just(Kind::Void),
        1 => Just(Kind::Refund),
    ];
    let amount =
        prop_oneof![8 => select(vec![100i64, 100, 200, 300]), 1 => Just(-100), 1 => Just(101)];
    let fee = select(vec![None, None, None, Some(0), Some(2)]);
    let tid = select(vec![None, None, None, None, Some("T1"), Some("T2")]);
    let key = prop_oneof![12 => 0..3usize, 1 => 3..5usize];
    // A row near the cut-off may stand in the report of a neighbour.
    let report = prop_oneof![8 => Just(0i64), 1 => Just(-1), 1 => Just(1)];
    let date = FIRST - 1..=LAST + 1;
    (date, clock, status, kind, amount, fee, tid, key, report).prop_map(
        move |(date, clock, status, kind, amount, fee, tid, key, report)| {
            let at = start(date) + Duration::seconds(clock);
            let shown = match side {
                Side::Ledger => date,
                Side::Settlement => (date + report).clamp(FIRST, LAST),
            };
            // The ledger's own keys are never rounded by a spreadsheet.
            let key = match (side, KEYS[key]) {
                (Side::Ledger, DAMAGED) => "11242912345",
                (_, key) => key,
            };
            Row {
                side,
                date: day(shown),
                at,
                key: vec![key.to_owned()],
                amount: Money::from_sen(amount * 100),
                fee: fee.map(|fee| Money::from_sen(fee * 100)),
                status,
                kind,
                details: tid
                    .map(|tid| ("tid".to_owned(), tid.to_owned()))
                    .into_iter()
                    .collect(),
                file: 0,
            }
        },
    )
}

/// Midnight in Jakarta.
fn start(date: i64) -> DateTime<Utc> {
    rules(1, Spelling::Text).days.span(day(date)).0
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (FIRST..=LAST).prop_map(day)
}

fn report() -> impl Strategy<Value = Step> {
    (date(), prop::collection::vec(row(Side::Settlement), 0..6)).prop_map(|(date, mut rows)| {
        for row in &mut rows {
            row.date = date;
        }
        Step::Report { date, rows }
    })
}

/// Rows of both sides that mostly agree, as they do in life, in the report of one date.
fn agreeing() -> impl Strategy<Value = (NaiveDate, Vec<Row>)> {
    let of_the_day = prop_oneof![4 => Just(true), 1 => Just(false)];
    let rows = prop::collection::vec((row(Side::Settlement), of_the_day), 0..5);
    (date(), rows).prop_map(|(date, rows)| {
        let days = rules(1, Spelling::Text).days;
        let rows = rows.into_iter().map(|(row, of_the_day)| {
            let clock = row.at - days.span(days.date_of(row.at)).0;
            let at = if of_the_day {
                days.span(date).0 + clock
            } else {
                row.at
            };
            Row { date, at, ..row }
        });
        (date, rows.collect())
    })
}

fn step() -> impl Strategy<Value = Step> {
    let absent = select(vec![
        DateState::Incomplete,
        DateState::NotDue,
        DateState::NotExpected,
    ]);
    let runs = prop::collection::vec(date(), 1..4).prop_map(|mut dates| {
        dates.sort_unstable();
        dates.dedup();
        dates
    });
    let status = select(vec![
        Status::Success,
        Status::Failed,
        Status::Reversed,
        Status::Pending,
    ]);
    prop_oneof![
        6 => runs.prop_map(Step::Run),
        4 => report(),
        1 => (date(), absent).prop_map(|(date, state)| Step::NoReport { date, state }),
        1 => (date(), date()).prop_map(|(from, into)| Step::Twice { from, into }),
        2 => row(Side::Ledger).prop_map(Step::Booked),
        2 => (any::<Index>(), status).prop_map(|(entry, status)| Step::Status { entry, status }),
        1 => any::<Index>().prop_map(|entry| Step::Unbooked { entry }),
        1 => (1i64..2000).prop_map(Step::Clock),
    ]
}

prop_compose! {
    fn history()(
        mut booked in prop::collection::vec(row(Side::Ledger), 0..10),
        alike in prop::collection::vec(agreeing(), 0..8),
        later in prop::collection::vec(step(), 0..14),
        order in Just((FIRST..=LAST).map(day).collect::<Vec<_>>()).prop_shuffle(),
        tolerance in select(vec![0i64, 100]),
        lifetime in select(vec![90i64, 90, 1]),
        rejected in prop::collection::vec(
            (select(vec![Side::Settlement, Side::Ledger]), 0..3usize, date()),
            0..2,
        ),
        // The dates are a Wednesday to a Sunday.
        calendar in select(vec![Calendar::EveryDay, Calendar::EveryDay, Calendar::Weekdays]),
        shuffle in any::<u64>(),
    ) -> History {
        let mut steps = Vec::new();
        for (date, rows) in alike {
            let whole = rows.iter().filter(|row| row.key[0] != DAMAGED);
            booked.extend(whole.map(|row| Row {
                side: Side::Ledger,
                date: rules(1, Spelling::Text).days.date_of(row.at),
                ..row.clone()
            }));
            steps.push(Step::Report { date, rows });
        }
        steps.extend(later);
        History { booked, steps, order, tolerance: Money::from_sen(tolerance), lifetime, rejected, calendar, shuffle }
    }
}

fn world(history: &History) -> World {
    let mut rules = rules(1, Spelling::Text);
    rules.amount_tolerance = history.tolerance;
    rules.key_lifetime = history.lifetime;
    let mut world = World {
        rules,
        start: Some(day(FIRST)),
        states: (FIRST..=LAST)
            .map(|date| (day(date), DateState::Incomplete))
            .collect(),
        rows: history.booked.clone(),
        rejected: Default::default(),
        rejected_ledger: Default::default(),
        calendar: history.calendar.clone(),
        as_of: start(LAST + 1) + Duration::hours(8),
    };
    for (side, key, date) in &history.rejected {
        let mut encoded = Vec::new();
        rekon::domain::key::encode_part(KEYS[*key], &mut encoded);
        let rows = match side {
            Side::Settlement => &mut world.rejected,
            Side::Ledger => &mut world.rejected_ledger,
        };
        rows.insert((encoded, *date));
    }
    world
}

/// Changes what there is to know; a run changes nothing of it.
fn happen(world: &mut World, step: &Step) {
    let is_of = |row: &Row, date| row.side == Side::Settlement && row.date == date;
    let booked = |world: &World| -> Vec<usize> {
        let ledger = |at: &usize| world.rows[*at].side == Side::Ledger;
        (0..world.rows.len()).filter(ledger).collect()
    };
    match step {
        Step::Run(_) => {}
        Step::Report { date, rows } => {
            world.rows.retain(|row| !is_of(row, *date));
            world.rows.extend(rows.iter().cloned());
            world.states.insert(*date, DateState::Complete);
        }
        Step::NoReport { date, state } => {
            world.rows.retain(|row| !is_of(row, *date));
            world.states.insert(*date, *state);
        }
        Step::Twice { from, into } => {
            let again: Vec<Row> = world
                .rows
                .iter()
                .filter(|row| is_of(row, *from))
                .cloned()
                .collect();
            world
                .rows
                .extend(again.into_iter().map(|row| Row { date: *into, ..row }));
            world.states.insert(*into, DateState::Complete);
        }
        Step::Booked(row) => world.rows.push(row.clone()),
        Step::Status { entry, status } => {
            let ledger = booked(world);
            if !ledger.is_empty() {
                world.rows[*entry.get(&ledger)].status = *status;
            }
        }
        Step::Unbooked { entry } => {
            let ledger = booked(world);
            if !ledger.is_empty() {
                world.rows.remove(*entry.get(&ledger));
            }
        }
        Step::Clock(minutes) => world.as_of += Duration::minutes(*minutes),
    }
}

/// A place says where a row was read, and nothing about it.
fn without_place(entry: &EntryFacts) -> EntryFacts {
    let mut entry = entry.clone();
    entry.place = None;
    entry
}

fn items_without_places(items: &[Item]) -> Vec<Item> {
    let strip = |entries: &[EntryFacts]| entries.iter().map(without_place).collect();
    items
        .iter()
        .map(|item| {
            let mut item = item.clone();
            item.ledger = strip(&item.ledger);
            item.settlement = strip(&item.settlement);
            item
        })
        .collect()
}

fn outcome_without_places(outcome: &Outcome) -> Outcome {
    Outcome {
        items: items_without_places(&outcome.items),
        ..outcome.clone()
    }
}

/// Law 2, counted from the rows themselves.
fn every_entry_once(world: &World, judgement: &Judgement) {
    for (date, outcome) in &judgement.outcomes {
        for side in [Side::Settlement, Side::Ledger] {
            let count = world.side(side, *date).count() as u64;
            let amount: Money = world.side(side, *date).map(|row| row.amount).sum();
            let of = |sides: &rekon::domain::outcome::Sides| match side {
                Side::Settlement => sides.settlement,
                Side::Ledger => sides.ledger,
            };
            let judged: u64 = outcome
                .buckets
                .values()
                .map(|sides| of(sides).entries)
                .sum();
            let value: Money = outcome.buckets.values().map(|sides| of(sides).amount).sum();
            assert_eq!((judged, value), (count, amount), "{date} {side:?}");
            // Once more by product and status pair, while anything of the date is known.
            let products = || outcome.products.iter().map(|one| of(&one.sides));
            let entries: u64 = products().map(|tally| tally.entries).sum();
            let value: Money = products().map(|tally| tally.amount).sum();
            if outcome.state == DateState::Complete {
                assert_eq!(
                    (entries, value),
                    (count, amount),
                    "{date} {side:?} by product"
                );
            }
        }
    }
    // No entry stands in two findings, nor beside one that is borrowed from it.
    let mut there: BTreeMap<String, i64> = BTreeMap::new();
    let name = |side: Side, key: &[u8], entry: &EntryFacts| format!("{side:?} {key:?} {entry:?}");
    for row in &world.rows {
        let (key, _) = row.key(&world.rules);
        *there
            .entry(name(row.side, &key, &row.facts(&world.rules)))
            .or_default() += 1;
    }
    for finding in &judgement.findings {
        let ledger = finding.ledger.iter().chain(&finding.borrowed);
        let ledger = ledger.map(|entry| (Side::Ledger, entry));
        let both = ledger.chain(
            finding
                .settlement
                .iter()
                .map(|entry| (Side::Settlement, entry)),
        );
        // The candidate of a damaged key stands under that key, not under its own.
        let is_candidate = finding.cause == Cause::Candidate;
        for (side, entry) in both.filter(|(side, _)| !is_candidate || *side == Side::Settlement) {
            // A report that changed since its date was run is judged as it was then.
            if side == Side::Settlement && !judgement.outcomes.contains_key(&entry.business_date) {
                continue;
            }
            let left = there
                .entry(name(side, &finding.key, &without_place(entry)))
                .or_default();
            *left -= 1;
            assert!(*left >= 0, "judged twice: {side:?} {entry:?}");
        }
    }
}

/// A date has breaks exactly where some are told, and at risk what those put there, each once.
fn risk_stands_with_its_break(judgement: &Judgement) {
    for (date, outcome) in &judgement.outcomes {
        let told = || {
            let items = judgement.items.iter();
            items.filter(|item| item.break_kind().is_some() && told_on(item) == *date)
        };
        assert_eq!(outcome.has_breaks(), told().next().is_some(), "{date}");
        let at_risk: Money = told().map(|item| item.at_risk).sum();
        assert_eq!(outcome.at_risk.total(), at_risk, "{date}");
    }
}

fn sum(parts: [CountAmount; 2]) -> (u64, Money) {
    (
        parts[0].count + parts[1].count,
        parts[0].amount + parts[1].amount,
    )
}

/// Law 3, per date and over every range.
fn rolls_forward(items: &[Item]) {
    let add_up = |roll: &RollForward| {
        let out = roll.cleared.count + roll.resolved.count + roll.written_off.count;
        let gone = roll.cleared.amount + roll.resolved.amount + roll.written_off.amount;
        let (count, amount) = sum([roll.opening, roll.new]);
        assert_eq!(
            (count - out, amount - gone),
            (roll.closing.count, roll.closing.amount)
        );
    };
    for from in FIRST - 1..=LAST + 1 {
        let single = roll_forward(items, &Ended::default(), day(from), day(from));
        add_up(&single);
        assert_eq!(
            single.closing,
            roll_forward(items, &Ended::default(), day(from + 1), day(from + 1)).opening
        );
        let mut closing = CountAmount::default();
        for item in items {
            let over = |end: Option<NaiveDate>| end.is_some_and(|end| end <= day(from));
            let closed = item.closed.map(|closed| closed.on);
            if item.opened <= day(from) && !over(item.cleared) && !over(closed) {
                closing.add(item.value);
            }
        }
        assert_eq!(
            single.closing,
            closing,
            "what is open at the end of {}",
            day(from)
        );
        for to in from..=LAST + 1 {
            let range = roll_forward(items, &Ended::default(), day(from), day(to));
            add_up(&range);
            assert_eq!(range.opening, single.opening);
            assert_eq!(
                range.closing,
                roll_forward(items, &Ended::default(), day(to), day(to)).closing
            );
            let days: Vec<RollForward> = (from..=to)
                .map(|date| roll_forward(items, &Ended::default(), day(date), day(date)))
                .collect();
            let total = |part: fn(&RollForward) -> CountAmount| {
                let zero = CountAmount::default();
                let (count, amount) = days.iter().map(part).fold(sum([zero, zero]), |all, part| {
                    (all.0 + part.count, all.1 + part.amount)
                });
                CountAmount { count, amount }
            };
            assert_eq!(range.new, total(|roll| roll.new));
            assert_eq!(range.cleared, total(|roll| roll.cleared));
            assert_eq!(range.resolved, total(|roll| roll.resolved));
            assert_eq!(range.written_off, total(|roll| roll.written_off));
        }
    }
}

/// As if people had closed some of them: before, on and after the dates they opened and cleared.
fn acted_on(items: &[Item]) -> Vec<Item> {
    let mut items = items.to_vec();
    for (item, number) in items.iter_mut().zip(0i64..) {
        let how = match number % 3 {
            0 => Closing::Resolved,
            1 => Closing::WrittenOff,
            _ => continue,
        };
        let on = item.opened + Duration::days(number % 5 - 1);
        item.closed = Some(Closed { on, how });
    }
    items
}

/// One date after the other; the judgement of the last one.
fn pass(book: &mut Book, world: &World, order: &[NaiveDate]) -> Judgement {
    let mut last = None;
    for date in order {
        let judgement = book.run(world, &[*date]);
        every_entry_once(world, &judgement);
        risk_stands_with_its_break(&judgement);
        rolls_forward(&judgement.items);
        rolls_forward(&acted_on(&judgement.items));
        last = Some(judgement);
    }
    last.expect("a date")
}

fn laws_hold(history: &History) {
    let mut world = world(history);
    let mut book = Book::default();
    for step in &history.steps {
        happen(&mut world, step);
        if let Step::Run(dates) = step {
            let judgement = book.run(&world, dates);
            every_entry_once(&world, &judgement);
            risk_stands_with_its_break(&judgement);
            rolls_forward(&judgement.items);
        }
    }
    // Law 1.
    let came = pass(&mut book, &world, &history.order);
    let mut clean = Book::default();
    let dates = world.dates();
    let single = pass(&mut clean, &world, &dates);
    assert_eq!(
        came.items, single.items,
        "law 1: what came before decides nothing"
    );
    let whole = Book::default().run(&world, &dates);
    for date in &history.order {
        let again = book.run(&world, &[*date]);
        assert_eq!(
            again.items, came.items,
            "law 1: {date} again changes nothing"
        );
        assert_eq!(
            again.outcomes[date], whole.outcomes[date],
            "law 1: {date} alone or with others"
        );
    }
    // Law 4.
    let mut shuffled = world.clone();
    let mut order: Vec<usize> = (0..shuffled.rows.len()).collect();
    let fate = |at: usize| {
        let mixed = (at as u64 + 1)
            .wrapping_mul(history.shuffle | 1)
            .rotate_left(23);
        (mixed, (mixed % 3) as u16)
    };
    order.sort_by_key(|at| fate(*at));
    shuffled.rows = order
        .into_iter()
        .map(|at| Row {
            file: fate(at).1,
            ..world.rows[at].clone()
        })
        .collect();
    let other = Book::default().run(&shuffled, &dates);
    assert_eq!(
        items_without_places(&other.items),
        items_without_places(&whole.items),
        "law 4: the order of rows decides nothing"
    );
    for date in &dates {
        assert_eq!(
            outcome_without_places(&other.outcomes[date]),
            outcome_without_places(&whole.outcomes[date]),
            "law 4: {date}"
        );
    }
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        // More than ten thousand histories; they take seconds.
        cases: default.cases * 40,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/it/laws.seeds",
        ))),
        max_shrink_iters: 20_000,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn of_random_histories(history in history()) {
        laws_hold(&history);
    }
}

/// A timing difference of midnight, whose earlier half falls out of the key's lifetime a day before
/// the later one does, is no duplicate on that day; nor is anything else judged by half.
#[test]
fn what_was_cleared_stays_cleared_when_it_ages() {
    let header = "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n";
    let day = |date: u32| format!("{header}2026-11-{date} 10:00:00;1;R{date};1;pln;0;5000\n");
    let after = "2026-11-11 00:00:02;1;R-MIDNIGHT;1;pln;0;9000\n";
    let mut ledger = "CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, \
                      status TEXT, created_at TEXT);\nINSERT INTO payments VALUES\n\
                      ('R-MIDNIGHT', 9000, 0, 'success', '2026-11-10 16:59:58')"
        .to_owned();
    let mut workspace = Workspace::new().config(AGEING);
    for date in 10..=17 {
        ledger += &format!(",\n('R{date}', 5000, 0, 'success', '2026-11-{date} 03:00:00')");
        let rows = if date == 11 {
            day(date) + after
        } else {
            day(date)
        };
        workspace = workspace.file(&format!("inbox/settlement_202611{date}.csv"), rows);
    }
    let workspace = workspace.ledger_sql(&(ledger + ";\n"));
    let mut standing = Vec::new();
    for date in 10..=17 {
        let business_date = format!("2026-11-{date}");
        let as_of = format!("2026-11-{}T09:00:00+07:00", date + 1);
        workspace
            .run(["run", "--date", &business_date, "--as-of", &as_of])
            .exits(0);
        let all = workspace
            .run(["breaks", "list", "--json", "--state", "all"])
            .exits(0)
            .json();
        let kinds = all
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["kind"].to_string());
        standing.push(format!("{date}: {}", kinds.collect::<Vec<_>>().join(" ")));
    }
    let none: Vec<String> = (10..=17).map(|date| format!("{date}: ")).collect();
    assert_eq!(standing, none);
}

const AGEING: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name = "finance-daily"
to   = ["finance@merchant.example"]

[[channel]]
name         = "biller"
profile      = "tokopedia-biller"
start        = "2026-11-10"
calendar     = "every-day"
due          = "08:00"
key_lifetime = "3d"
ledger_query = """
SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#;
