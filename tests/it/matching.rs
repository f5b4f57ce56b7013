//! Matching cases as rows of small text tables: `tests/it/matching/*.txt`. A new case is a new row.
//!
//! The first line that is not a comment names the columns. Entries are separated by commas, their
//! words by spaces; what is not said is a successful payment under the key `K` on the 18th at 10:00
//! in Jakarta:
//!
//! ```text
//! 75000.50  fee=500  pending|unknown|failed|refunded|reversed  void|reversal|refund
//! #240101/000001 (key)  @19T00:00:02 | @19 | @23:59:58 (when)  in=18 (whose file)
//! reference=… tid=… mid=… product=…  x1001 (as many of it)
//! ```
//!
//! `with` changes the setting: November 2026, the 17th to the 19th are run and complete, nothing
//! before the 17th is ours, the clock stands at 08:00 on the 20th. `buckets` are sums of
//! `settlement/ledger` per date (the 18th where none is named), `2=150000` stands for two entries of
//! 150000 together. The columns `we receive` and `we pay` list the items with who is exposed and the
//! rupiah at risk, once for each direction of the money.

pub mod book;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use book::{Book, Judgement, Row, World, rules};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use rekon::domain::entry::Side;
use rekon::domain::key::{Spelling, encode_part, normalise};
use rekon::domain::money::Money;
use rekon::domain::outcome::{Cause, DateState, Exposure, Item, Outcome, Tally};
use rekon::domain::reconcile::{Ended, roll_forward};
use rekon::domain::status::{Kind, MoneyDirection, Status};
use rekon::domain::time::{Calendar, dates};

#[test]
fn every_cell_of_the_verdict_table() {
    check("verdicts.txt");
}

#[test]
fn entries_that_nothing_answers() {
    check("unpaired.txt");
}

#[test]
fn the_numbered_cases() {
    check("cases.txt");
}

#[test]
fn entries_of_one_key() {
    check("pairing.txt");
}

#[test]
fn amounts_fees_and_tolerances() {
    check("amounts.txt");
}

#[test]
fn the_cutoff_and_other_dates() {
    check("dates.txt");
}

#[test]
fn causes_that_breaks_share() {
    check("patterns.txt");
}

/// Judges every row of a table: all dates at once, forwards and backwards day by day, and compares
/// each column of the table with what came out, which must not depend on the order.
#[track_caller]
fn check(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/matching")
        .join(table);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{table}: {error}"));
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("//"));
    let split = |line: &str| -> Vec<String> {
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let columns = split(lines.next().expect("a line of columns").1);
    let mut failures = Vec::new();
    for (number, line) in lines {
        let cells = split(line);
        assert_eq!(cells.len(), columns.len(), "{table}:{}: {line}", number + 1);
        let row: BTreeMap<&str, &str> = columns
            .iter()
            .map(String::as_str)
            .zip(cells.iter().map(String::as_str))
            .collect();
        for (column, came) in judge(&row) {
            if came != row[column] {
                let expected = row[column];
                failures.push(format!(
                    "{table}:{}: {}\n  {column}\n    expected {expected}\n    came     {came}",
                    number + 1,
                    row["case"],
                ));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The columns of expectations with what came out.
fn judge<'a>(row: &BTreeMap<&'a str, &str>) -> Vec<(&'a str, String)> {
    let mut world = world(row);
    let mut came = Vec::new();
    for direction in ["we receive", "we pay"] {
        let Some((&column, _)) = row.get_key_value(direction) else {
            continue;
        };
        world.rules.direction = match direction {
            "we receive" => MoneyDirection::WeReceive,
            _ => MoneyDirection::WePay,
        };
        let judgement = in_every_order(&world);
        came.push((column, list(judgement.items.iter().map(item))));
        if direction == "we receive" {
            for &column in row.keys() {
                let text = match column {
                    "buckets" => buckets(judgement.outcomes.values()),
                    "roll forward" => rolls(&judgement),
                    "patterns" => patterns(&judgement),
                    _ => continue,
                };
                came.push((column, text));
            }
        }
    }
    assert!(came.len() >= 2, "a row expects its buckets and its items");
    came
}

fn in_every_order(world: &World) -> Judgement {
    let dates = world.dates();
    let whole = Book::default().run(world, &dates);
    for order in [dates.clone(), dates.iter().rev().copied().collect()] {
        let mut book = Book::default();
        for date in &order {
            book.run(world, &[*date]);
        }
        for date in &order {
            let again = book.run(world, &[*date]);
            assert_eq!(again.items, whole.items, "{date} by itself");
            assert_eq!(
                again.outcomes[date], whole.outcomes[date],
                "{date} by itself"
            );
        }
    }
    whole
}

fn day(number: &str) -> NaiveDate {
    let number = number
        .parse()
        .unwrap_or_else(|_| panic!("`{number}` is no day"));
    NaiveDate::from_ymd_opt(2026, 11, number).expect("a day of November")
}

fn local(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = NaiveDateTime::new(date, time);
    chrono_tz::Asia::Jakarta
        .from_local_datetime(&local)
        .unwrap()
        .to_utc()
}

/// `19T00:00:02`, `19` or `23:59:58`.
fn instant(text: &str) -> DateTime<Utc> {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, clock),
        None if text.contains(':') => ("18", text),
        None => (text, "10:00"),
    };
    let time = NaiveTime::parse_from_str(clock, "%H:%M:%S%.f")
        .or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M"))
        .unwrap_or_else(|_| panic!("`{clock}` is no time"));
    local(day(date), time)
}

fn money(text: &str) -> Money {
    let (rupiah, sen) = text.split_once('.').unwrap_or((text, "00"));
    let number = |text: &str| {
        text.parse::<i64>()
            .unwrap_or_else(|_| panic!("`{text}` is no money"))
    };
    let sign = if rupiah.starts_with('-') { -1 } else { 1 };
    Money::from_sen(number(rupiah) * 100 + sign * number(sen))
}

fn minutes(text: &str) -> Duration {
    let number = text
        .strip_suffix('m')
        .and_then(|number| number.parse().ok());
    Duration::minutes(number.unwrap_or_else(|| panic!("`{text}` is no number of minutes")))
}

fn world(row: &BTreeMap<&str, &str>) -> World {
    let with: Vec<&str> = row["with"].split_whitespace().collect();
    let spelling = if with.contains(&"numeric") {
        Spelling::Numeric
    } else {
        Spelling::Text
    };
    let mut world = World {
        rules: rules(1, spelling),
        start: Some(day("17")),
        states: dates(day("17"), day("19"))
            .map(|date| (date, DateState::Complete))
            .collect(),
        rows: Vec::new(),
        rejected: BTreeSet::new(),
        rejected_ledger: BTreeSet::new(),
        calendar: Calendar::EveryDay,
        as_of: instant("20T08:00"),
    };
    for word in with.into_iter().filter(|word| *word != "numeric") {
        setting(word, &mut world);
    }
    for (side, column) in [(Side::Settlement, "settlement"), (Side::Ledger, "ledger")] {
        let written = row[column]
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let rows: Vec<Row> = written
            .flat_map(|entry| entry_rows(side, entry, &world))
            .collect();
        world.rows.extend(rows);
    }
    let parts = world.rows.first().map_or(1, |row| row.key.len());
    world.rules.key = rules(parts, spelling).key;
    world
}

fn setting(word: &str, world: &mut World) {
    if let Some((date, state)) = word.split_once(':').filter(|_| !word.contains('=')) {
        let state = match state {
            "complete" => Some(DateState::Complete),
            "incomplete" => Some(DateState::Incomplete),
            "not_due" => Some(DateState::NotDue),
            "not_expected" => Some(DateState::NotExpected),
            "never" => None,
            other => panic!("`{other}` is no state of a date"),
        };
        world.states.remove(&day(date));
        world.states.extend(state.map(|state| (day(date), state)));
        return;
    }
    let (name, value) = word
        .split_once('=')
        .unwrap_or_else(|| panic!("`{word}` sets nothing"));
    match name {
        "as-of" => world.as_of = instant(value),
        "calendar" => {
            world.calendar = match value {
                "weekdays" => Calendar::Weekdays,
                other => panic!("`{other}` is no calendar"),
            }
        }
        "start" => world.start = Some(day(value)),
        "sla" => world.rules.pending_sla = minutes(value),
        "grace" => world.rules.timing_grace = minutes(value),
        "cutoff" => world.rules.days.cutoff = minutes(value),
        "lifetime" => world.rules.key_lifetime = value.parse().expect("days"),
        "tolerance" => world.rules.amount_tolerance = money(value),
        "fee-tolerance" => world.rules.fee_tolerance = money(value),
        "rejected" | "rejected-ledger" => {
            let (key, date) = value.split_once('@').expect("a key and a date");
            let mut encoded = Vec::new();
            encode_part(
                &normalise(key, Spelling::Text).expect("a key"),
                &mut encoded,
            );
            let rows = match name {
                "rejected" => &mut world.rejected,
                _ => &mut world.rejected_ledger,
            };
            rows.insert((encoded, day(date)));
        }
        other => panic!("`{other}` is no setting"),
    }
}

fn entry_rows(side: Side, text: &str, world: &World) -> Vec<Row> {
    let mut row = Row {
        side,
        date: NaiveDate::MIN,
        at: instant("10:00"),
        key: vec!["K".to_owned()],
        amount: Money::ZERO,
        fee: None,
        status: Status::Success,
        kind: Kind::Payment,
        details: Default::default(),
        file: 0,
    };
    let (mut file, mut times) = (None, 1);
    for word in text.split_whitespace() {
        if let Some(key) = word.strip_prefix('#') {
            row.key = key.split('/').map(str::to_owned).collect();
        } else if let Some(at) = word.strip_prefix('@') {
            row.at = instant(at);
        } else if let Some(count) = word.strip_prefix('x') {
            times = count.parse().expect("a count");
        } else if let Some((name, value)) = word.split_once('=') {
            match name {
                "in" => file = Some(day(value)),
                "fee" => row.fee = Some(money(value)),
                _ if book::DETAILS.contains(&name) => {
                    row.details.insert(name.to_owned(), value.to_owned());
                }
                _ => panic!("`{name}` is no field of an entry"),
            }
        } else if word == "refunded" {
            row.status = Status::FailedRefunded;
        } else if let Some(status) = Status::from_name(word) {
            row.status = status;
        } else if let Some(kind) = Kind::from_name(word) {
            row.kind = kind;
        } else {
            row.amount = money(word);
        }
    }
    row.date = file.unwrap_or_else(|| world.rules.days.date_of(row.at));
    vec![row; times]
}

fn list(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    if texts.is_empty() {
        "-".to_owned()
    } else {
        texts.join(", ")
    }
}

/// `75000.00` without its empty sen.
fn rupiah(money: Money) -> String {
    let text = money.to_string();
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

fn buckets<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let side = |tally: &Tally| match tally.entries {
        0 => "-".to_owned(),
        1 => rupiah(tally.amount),
        many => format!("{many}={}", rupiah(tally.amount)),
    };
    let mut texts = Vec::new();
    for outcome in outcomes {
        let date = match outcome.business_date {
            date if date == day("18") => String::new(),
            date => date.format("%d ").to_string(),
        };
        for (bucket, sides) in &outcome.buckets {
            let (settlement, ledger) = (side(&sides.settlement), side(&sides.ledger));
            texts.push(format!("{date}{} {settlement}/{ledger}", bucket.name()));
        }
    }
    if texts.is_empty() {
        "-".to_owned()
    } else {
        texts.join(", ")
    }
}

fn item(item: &Item) -> String {
    let mut text = item.bucket.name().to_owned();
    if item.cause != Cause::Plain {
        text += &format!(" ({})", name(&item.cause));
    }
    if let Some(cleared) = item.cleared {
        return text + &format!(" {}-{}", item.opened.format("%d"), cleared.format("%d"));
    }
    match item.exposure {
        Exposure::Nothing => assert_eq!(item.at_risk, Money::ZERO, "nothing is at risk"),
        exposure => text += &format!(" {} {}", name(&exposure), rupiah(item.at_risk)),
    }
    text
}

/// A unit variant as the outputs spell it.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .expect("JSON")
        .as_str()
        .expect("a name")
        .to_owned()
}

/// Of each date that has any: opening + new - cleared = closing, counts, and the rupiah of closing.
fn rolls(judgement: &Judgement) -> String {
    let mut texts = Vec::new();
    for (date, outcome) in &judgement.outcomes {
        let roll = outcome.roll_forward;
        assert_eq!(
            roll,
            roll_forward(&judgement.items, &Ended::default(), *date, *date)
        );
        let counts = [roll.opening, roll.new, roll.cleared, roll.closing].map(|part| part.count);
        if counts.iter().any(|count| *count > 0) {
            let [opening, new, cleared, closing] = counts;
            let rest = rupiah(roll.closing.amount);
            texts.push(format!(
                "{} {opening}+{new}-{cleared}={closing} {rest}",
                date.format("%d")
            ));
        }
    }
    if texts.is_empty() {
        "-".to_owned()
    } else {
        texts.join(", ")
    }
}

fn patterns(judgement: &Judgement) -> String {
    let found = judgement
        .outcomes
        .values()
        .flat_map(|outcome| &outcome.patterns);
    list(found.map(|pattern| {
        let fields = serde_json::to_value(pattern).expect("JSON");
        let fields = fields.as_object().expect("an object");
        let words = fields.values().map(|field| match field {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        words.collect::<Vec<_>>().join(" ")
    }))
}
