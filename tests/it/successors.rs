//! What people said about a break stays with it when its facts are corrected, and lands on no other
//! payment.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rekon::domain::entry::{EntryFacts, EntryValues, KeyState, Side};
use rekon::domain::key::{self, Spelling};
use rekon::domain::matching::KeyGroup;
use rekon::domain::money::Money;
use rekon::domain::outcome::{
    BreakKind, Bucket, Cause, DateState, Exposure, Item, ItemValues, Sides,
};
use rekon::domain::resolve::Lookup;
use rekon::domain::status::{Kind, Status};
use rekon::domain::succession::{Entries, Known, Past, succeed};
use serde_json::Value;

use crate::bills::{self, insert, put, report};
use crate::harness::Workspace;
use crate::matching::book::{Book, Row, World, rules};

const KEY: &str = "REF-1";

/// `s18/1000/75`: side, day, time and rupiah of an entry; `~` in front says that its reference was
/// rounded.
fn entry(text: &str) -> (Side, EntryFacts) {
    let (text, key_state) = match text.strip_prefix('~') {
        Some(text) => (text, KeyState::Damaged),
        None => (text, KeyState::Whole),
    };
    let parts: Vec<&str> = text.split('/').collect();
    let [place, time, amount] = parts[..] else {
        panic!("{text}: side and day, time, rupiah")
    };
    let day: u32 = place[1..].parse().expect("a day");
    let time: u32 = time.parse().expect("a time");
    let amount: i64 = amount.parse().expect("rupiah");
    let at = Utc.with_ymd_and_hms(2026, 11, day, time / 100, time % 100, 0);
    let facts = EntryFacts::from(EntryValues {
        business_date: NaiveDate::from_ymd_opt(2026, 11, day).expect("a date"),
        at: at.single().expect("an instant"),
        amount: Money::from_sen(amount * 100),
        fee: None,
        status: Status::Success,
        kind: Kind::Payment,
        key_state,
        written: Vec::new(),
        details: Default::default(),
        place: None,
    });
    let side = match &place[..1] {
        "s" => Side::Settlement,
        "l" => Side::Ledger,
        other => panic!("{other}: s or l"),
    };
    (side, facts)
}

/// Entries joined by `&`; the first of them names the item. `OTHER:` in front is another key.
fn item(text: &str) -> Item {
    let (key, entries) = text.split_once(':').unwrap_or((KEY, text));
    let entries: Vec<(Side, EntryFacts)> = entries.split('&').map(str::trim).map(entry).collect();
    let of = |wanted: Side| -> Vec<EntryFacts> {
        let own = entries.iter().filter(|(side, _)| *side == wanted);
        own.map(|(_, facts)| facts.clone()).collect()
    };
    Item::from(ItemValues {
        id: String::new(),
        identity: text.split('&').next().unwrap_or(text).trim().to_owned(),
        by_facts: None,
        key: vec![("ref_id".to_owned(), key.to_owned())],
        opened: entries[0].1.business_date,
        cleared: None,
        closed: None,
        told_on: None,
        bucket: Bucket::Break(BreakKind::AmountBreak),
        cause: Cause::Plain,
        ledger: of(Side::Ledger),
        settlement: of(Side::Settlement),
        value: Money::ZERO,
        difference: Money::ZERO,
        exposure: Exposure::Undecided,
        at_risk: Money::ZERO,
        counted: Sides::default(),
    })
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// An item as the last run left it: `NOW < NAMED` has the facts of the one and the name of the
/// other; `gone` and `matched` stand in front.
fn known(text: &str) -> (Item, Past) {
    let (text, past) = match text.split_once(' ') {
        Some(("gone", rest)) => (rest, Past::Gone),
        Some(("matched", rest)) => (rest, Past::Matched),
        _ => (text, Past::Standing),
    };
    let (now, named) = text.split_once(" < ").unwrap_or((text, text));
    let mut known = item(now);
    let named = item(named).identity.clone();
    if named != known.identity {
        known.by_facts = Some(std::mem::replace(&mut known.identity, named));
    }
    known.id = format!("id of {}", known.identity);
    (known, past)
}

/// All entries of the key: those of the items, and these besides.
fn groups(items: &[Item], besides: &str) -> Vec<KeyGroup> {
    let mut groups = Vec::new();
    let mut add = |key: &str, side: Side, facts: &EntryFacts| {
        let mut group = KeyGroup {
            date: facts.business_date,
            key: key::encode(&[key]),
            ledger: Vec::new(),
            settlement: Vec::new(),
            crowd: None,
        };
        match side {
            Side::Ledger => group.ledger.push(facts.clone()),
            Side::Settlement => group.settlement.push(facts.clone()),
        }
        groups.push(group);
    };
    for item in items {
        for facts in &item.ledger {
            add(&item.key[0].1, Side::Ledger, facts);
        }
        for facts in &item.settlement {
            add(&item.key[0].1, Side::Settlement, facts);
        }
    }
    for (side, facts) in list(besides).map(entry) {
        add(KEY, side, &facts);
    }
    groups
}

/// What an item was known as, what matched beside it then, what there is today, what matches beside
/// it today, and the name of each of today's items in the end.
#[rustfmt::skip]
const CASES: &[[&str; 6]] = &[
    ["nothing changes", "s18/1000/75", "", "s18/1000/75", "", "s18/1000/75"],
    ["another amount", "s18/1000/75", "", "s18/1000/70", "", "s18/1000/75"],
    ["another instant", "s18/1000/75", "", "s18/1130/75", "", "s18/1000/75"],
    ["again another amount", "s18/1000/70 < s18/1000/75", "", "s18/1000/60", "", "s18/1000/75"],
    ["the old facts come back", "s18/1000/70 < s18/1000/75", "", "s18/1000/75", "", "s18/1000/75"],
    [
        "old and new facts: what people saw last keeps the name",
        "s18/1000/70 < s18/1000/75", "", "s18/1000/70, s18/1000/75", "", "s18/1000/75, s18/1000/75~1",
    ],
    ["gone, and its own facts come back", "gone s18/1000/75", "", "s18/1000/75", "", "s18/1000/75"],
    ["closed by nobody and gone", "gone s18/1000/75", "", "s18/1000/70", "", "s18/1000/75"],
    ["gone: who knows what matched meanwhile", "gone s18/1000/75", "", "s18/1100/75", "", "s18/1100/75"],
    ["cleared by a match", "matched s18/1000/75", "", "s18/1000/70", "", "s18/1000/70"],
    ["cleared by a match, and still so", "matched s18/1000/70 < s18/1000/75", "", "s18/1000/70", "", "s18/1000/75"],
    ["the other half comes first", "l18/1000/75", "", "s18/0900/80 & l18/1000/75", "", "l18/1000/75"],
    ["the other half goes", "s18/0900/80 & l18/1000/75", "", "l18/1000/75", "", "s18/0900/80"],
    ["a half and another amount", "s18/0900/80 & l18/1000/75", "", "s18/0900/90 & l18/1000/75", "", "s18/0900/80"],
    // Not the same payment, or not surely so.
    ["another amount and instant", "s18/1000/75", "", "s18/1130/70", "", "s18/1130/70"],
    ["another date", "s18/1000/75", "", "s19/1000/75", "", "s19/1000/75"],
    ["another side", "s18/1000/75", "", "l18/1000/75", "", "l18/1000/75"],
    ["another key", "s18/1000/75", "", "OTHER:s18/1000/70", "", "OTHER:s18/1000/70"],
    ["a rounded key", "~s18/1000/75", "", "~s18/1000/70", "", "~s18/1000/70"],
    ["it matched, another row did not", "s18/1000/75", "", "s18/1000/70", "s18/1000/75", "s18/1000/70"],
    ["it matched before, another row went", "s18/1000/75", "s18/1000/70", "s18/1000/70", "", "s18/1000/70"],
    ["equal amounts swap", "s18/1000/75", "s18/1100/75", "s18/1100/75", "s18/1000/75", "s18/1100/75"],
    ["two at one instant become one", "s18/1000/75, s18/1000/80", "", "s18/1000/70", "", "s18/1000/70"],
    ["one at an instant becomes two", "s18/1000/75", "", "s18/1000/70, s18/1000/80", "", "s18/1000/70, s18/1000/80"],
    ["two at one instant, both corrected", "s18/1000/75, s18/1000/80", "", "s18/1000/70, s18/1000/60", "", "s18/1000/70, s18/1000/60"],
    // Several of one key that can be told apart.
    ["one of two stays", "s18/1000/75, s18/1000/80", "", "s18/1000/80, s18/1000/60", "", "s18/1000/80, s18/1000/75"],
    ["each by its instant", "s18/1000/75, s18/1100/80", "", "s18/1000/70, s18/1100/60", "", "s18/1000/75, s18/1100/80"],
    ["each by its amount", "s18/1000/75, s18/1000/80", "", "s18/1200/75, s18/1300/80", "", "s18/1000/75, s18/1000/80"],
    ["the instant goes before the amount", "s18/1000/75", "", "s18/1000/70, s18/1200/75", "", "s18/1000/75, s18/1200/75"],
    ["what stood goes before what was gone", "gone s18/1000/60, s18/1000/75", "", "s18/1000/70", "", "s18/1000/75"],
    ["each on its date", "s18/1000/75, s19/1000/75", "", "s18/1000/70, s19/1000/60", "", "s18/1000/75, s19/1000/75"],
];

#[test]
fn an_item_is_followed_where_there_is_no_doubt() {
    for [title, was, matched_then, is, matches, expected] in CASES {
        let past: Vec<(Item, Past)> = list(was).map(known).collect();
        let before: Vec<Item> = past.iter().map(|(item, _)| item.clone()).collect();
        let today: Vec<Item> = list(is).map(item).collect();
        let then = groups(&before, matched_then);
        let now = groups(&today, matches);
        let follow = |past: &[(Item, Past)], then: &[KeyGroup]| {
            let known: Vec<Known<'_>> = past
                .iter()
                .map(|(item, past)| Known { item, past: *past })
                .collect();
            let of = |groups| Entries::of(&known, groups, &Lookup::new());
            let mut named = today.clone();
            succeed(&mut named, &known, &of(then), &of(&now));
            named
        };
        let first = follow(&past, &then);
        let names: Vec<&str> = first.iter().map(|item| item.identity.as_str()).collect();
        assert_eq!(names, list(expected).collect::<Vec<_>>(), "{title}");
        for item in &first {
            let was = before.iter().find(|was| was.identity == item.identity);
            let id = was.map(|was| was.id.clone()).unwrap_or_default();
            assert_eq!(item.id, id, "{title}: an id goes with its identity");
        }
        // The next run knows them by these names, and finds the same again.
        let gone = past
            .iter()
            .filter(|(was, _)| !names.contains(&was.identity.as_str()));
        let mut next: Vec<(Item, Past)> = gone
            .map(|(item, past)| (item.clone(), *past.max(&Past::Gone)))
            .collect();
        next.extend(first.iter().cloned().map(|item| (item, Past::Standing)));
        assert_eq!(follow(&next, &now), first, "{title}, once more");
    }
}

fn at(hour: u32) -> DateTime<Utc> {
    let at = Utc.with_ymd_and_hms(2026, 11, 18, hour, 0, 0);
    at.single().expect("an instant")
}

/// Settlement rows of one key, instant and amount, told apart by their invoices.
fn invoices(names: &[&str]) -> Vec<Item> {
    let date = NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date");
    let rows = names.iter().map(|invoice| Row {
        side: Side::Settlement,
        date,
        at: at(3),
        key: vec![KEY.to_owned()],
        amount: Money::from_sen(5_000_000),
        fee: None,
        status: Status::Success,
        kind: Kind::Payment,
        details: [("reference".to_owned(), (*invoice).to_owned())].into(),
        file: 0,
    });
    let world = World {
        rules: rules(1, Spelling::Text),
        start: None,
        states: BTreeMap::from([(date, DateState::Complete)]),
        rows: rows.collect(),
        rejected: Default::default(),
        rejected_ledger: Default::default(),
        calendar: Default::default(),
        as_of: at(12),
    };
    Book::default().run(&world, &[date]).items
}

#[test]
fn collisions_at_one_instant_keep_what_was_said_of_each() {
    let invoice = |item: &Item| {
        item.settlement[0]
            .details
            .get("reference")
            .expect("an invoice")
            .to_owned()
    };
    // Each line comes after the one before it; what was said of an invoice is its own name.
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let mut past: Vec<Item> = Vec::new();
    for names in [
        &["B"][..],
        &["A", "B"],
        &["A", "B", "C"],
        &["B", "C"],
        &["C"],
        &["A", "C"],
        &["A"],
        &["A", "B", "C"],
    ] {
        let known: Vec<Known<'_>> = past
            .iter()
            .map(|item| Known {
                item,
                past: Past::Standing,
            })
            .collect();
        let mut items = invoices(names);
        succeed(&mut items, &known, &Entries::default(), &Entries::default());
        assert_eq!(items.len(), names.len());
        for item in &items {
            let own = said
                .entry(item.identity.clone())
                .or_insert_with(|| invoice(item));
            assert_eq!(*own, invoice(item), "of {names:?}");
        }
        past.retain(|old| items.iter().all(|item| item.identity != old.identity));
        past.extend(items);
    }
    assert_eq!(said.len(), 3, "each invoice kept one name: {said:?}");
    // Equal rows cannot be told apart; there are as many items as rows.
    let twice = invoices(&["A", "A", "B"]);
    let names: std::collections::BTreeSet<&str> =
        twice.iter().map(|item| item.identity.as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

const DATE: &str = "2026-11-18";

/// A row of theirs that we have not booked, and one that matches.
fn workspace(rows: &[(&str, &str, u32)]) -> Workspace {
    let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "A1", 75_000, "success")]);
    file(&workspace, "", rows, 60);
    workspace.run(["run", "--date", DATE]).exits(0);
    workspace
}

fn file(workspace: &Workspace, revision: &str, rows: &[(&str, &str, u32)], minutes_ago: u64) {
    let mut all = vec![("2026-11-18 09:00:00", "A1", 75_000)];
    all.extend(rows);
    let path = format!("inbox/tokopedia_biller_20261118{revision}.csv");
    put(workspace, &path, report(&all), minutes_ago);
}

fn all_breaks(workspace: &Workspace) -> Vec<Value> {
    let list = ["breaks", "list", "--state", "all", "--json"];
    let all = workspace.run(list).exits(0).json();
    all.as_array().expect("breaks").clone()
}

fn only_id(workspace: &Workspace) -> String {
    let all = all_breaks(workspace);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]["id"].as_str().expect("an id").to_owned()
}

fn show(workspace: &Workspace, id: &str) -> String {
    workspace.run(["breaks", "show", id]).exits(0).stdout
}

#[track_caller]
fn says(text: &str, wanted: &[&str]) {
    for one in wanted {
        assert!(text.contains(one), "`{one}` is not in:\n{text}");
    }
}

#[test]
fn work_follows_a_corrected_break() {
    let workspace = workspace(&[("2026-11-18 10:00:00", "B2", 39_000)]);
    let id = only_id(&workspace);
    let id = id.as_str();
    for act in [
        &["note", id, "--text", "asked Rina"][..],
        &["assign", id, "--owner", "Budi"],
        &["resolve", id, "--reason", "paid by the partner"],
    ] {
        workspace.run_args(&[&["breaks"], act].concat()).exits(0);
    }
    file(
        &workspace,
        "_v2",
        &[("2026-11-18 10:00:00", "B2", 38_000)],
        30,
    );
    let rerun = workspace.run(["run", "--date", DATE]).exits(0).stdout;
    says(&rerun, &["Breaks: 0 opened, 0 cleared, 1 changed."]);
    assert_eq!(only_id(&workspace), id);
    says(
        &show(&workspace, id),
        &[
            "Rp38,000",
            "open, with Budi",
            "noted: asked Rina",
            "resolved: paid by the partner",
            "open again: its facts have changed since",
        ],
    );
    let diff = workspace.run(["diff", "--date", DATE]).exits(0).stdout;
    says(
        &diff,
        &[
            "Breaks: 0 opened, 0 cleared, 1 changed.",
            "Rp39,000 → Rp38,000",
        ],
    );

    // Once more, and once more corrected.
    let again = workspace.run(["run", "--date", DATE]).exits(0).stdout;
    says(&again, &["Nothing changed"]);
    file(
        &workspace,
        "_v3",
        &[("2026-11-18 10:00:05", "B2", 38_000)],
        20,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    assert_eq!(only_id(&workspace), id);
    says(
        &show(&workspace, id),
        &["open, with Budi", "noted: asked Rina"],
    );

    // The facts it was resolved for come back.
    for name in ["_v3", "_v2"] {
        let file = bills::file_id(&workspace, &format!("tokopedia_biller_20261118{name}.csv"));
        let withdraw = ["files", "withdraw", &file, "--reason", "wrong after all"];
        workspace.run_args(&withdraw).exits(0);
    }
    workspace
        .run(["run", "--date", DATE, "--no-collect"])
        .exits(0);
    assert_eq!(only_id(&workspace), id);
    says(&show(&workspace, id), &["resolved, with Budi", "Rp39,000"]);
    workspace.run(["verify"]).exits(0);
}

/// A wrong file is taken back and the right one comes days later.
#[test]
fn work_waits_for_the_right_file() {
    let workspace = workspace(&[("2026-11-18 10:00:00", "B2", 39_000)]);
    let id = only_id(&workspace);
    workspace
        .run(["breaks", "note", &id, "--text", "asked Rina"])
        .exits(0);
    let wrong = bills::file_id(&workspace, "tokopedia_biller_20261118.csv");
    let withdraw = [
        "files",
        "withdraw",
        &wrong,
        "--reason",
        "of another merchant",
    ];
    workspace.run_args(&withdraw).exits(0);
    workspace
        .run(["run", "--date", DATE, "--no-collect"])
        .exits(66);
    file(
        &workspace,
        "_v2",
        &[("2026-11-18 10:00:00", "B2", 38_000)],
        5,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    assert_eq!(only_id(&workspace), id);
    says(&show(&workspace, &id), &["noted: asked Rina", "Rp38,000"]);
}

/// The ledger's side is followed as well, also where it is another date that is run.
#[test]
fn work_follows_a_corrected_ledger_entry() {
    let other = ("2026-11-19 09:00:00", "C3", 20_000);
    let booked = [
        ("2026-11-18 09:00:00", "A1", 75_000, "success"),
        (other.0, other.1, other.2, "success"),
    ];
    let workspace = bills::workspace("", &booked);
    put(
        &workspace,
        "inbox/tokopedia_biller_20261118.csv",
        report(&[]),
        60,
    );
    put(
        &workspace,
        "inbox/tokopedia_biller_20261119.csv",
        report(&[other]),
        60,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    let id = only_id(&workspace);
    workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET amount = 74000 WHERE ref_id = 'A1'",
    );
    for date in ["2026-11-19", DATE] {
        let as_of = "2026-11-20T11:00:00+07:00";
        workspace
            .run(["run", "--date", date, "--as-of", as_of])
            .exits(0);
        assert_eq!(only_id(&workspace), id, "run of {date}");
    }
    says(&show(&workspace, &id), &["Rp74,000"]);
}

/// One reference on two dates, and on one date another row of it: a note lands on neither.
#[test]
fn a_note_lands_on_no_other_payment() {
    let workspace = workspace(&[("2026-11-18 10:00:00", "B2", 39_000)]);
    let id = only_id(&workspace);
    workspace
        .run(["breaks", "note", &id, "--text", "asked Rina"])
        .exits(0);
    file(
        &workspace,
        "_v2",
        &[("2026-11-18 15:00:00", "B2", 12_000)],
        30,
    );
    put(
        &workspace,
        "inbox/tokopedia_biller_20261119.csv",
        report(&[("2026-11-19 10:00:00", "B2", 39_000)]),
        30,
    );
    let range = ["run", "--from", DATE, "--to", "2026-11-19"];
    let as_of = ["--as-of", "2026-11-20T11:00:00+07:00"];
    workspace.run_args(&[&range[..], &as_of].concat()).exits(0);
    let all = all_breaks(&workspace);
    assert_eq!(all.len(), 3, "{all:?}");
    for one in all {
        let notes = one["notes"].as_array().expect("notes").len();
        assert_eq!((one["id"] == id, notes), (notes == 1, notes), "{one}");
        assert_eq!(one["state"] == "cleared", notes == 1, "{one}");
    }
}

/// An item that a match cleared and newer knowledge then took away never was: the statement is that
/// of a state which never knew it.
#[test]
fn a_cleared_item_that_is_gone_counts_nowhere() {
    let midnight = ("2026-11-17 23:59:58", "M", 40_000, "success");
    let statement = |moved_first: bool| {
        let workspace = bills::workspace("start = \"2026-11-17\"", &[midnight]);
        put(
            &workspace,
            "inbox/tokopedia_biller_20261117.csv",
            report(&[]),
            60,
        );
        let rows = [("2026-11-18 00:00:02", "M", 40_000)];
        put(
            &workspace,
            "inbox/tokopedia_biller_20261118.csv",
            report(&rows),
            60,
        );
        let run = || {
            workspace
                .run(["run", "--from", "2026-11-17", "--to", DATE])
                .exits(0)
        };
        let range = ["status", "--from", "2026-11-17", "--to", DATE, "--json"];
        let rolled = || {
            let status = workspace.run(range).exits(0).json();
            status["channels"][0]["statement"]["roll_forward"].clone()
        };
        if !moved_first {
            run();
            let rolled = rolled();
            assert_eq!(rolled["new"]["count"], 1, "{rolled}");
            assert_eq!(rolled["cleared"]["count"], 1, "{rolled}");
        } else {
            workspace.run(["breaks", "list"]).exits(0);
        }
        let booked = insert(("2026-11-18 00:00:01", "M", 40_000, "success"));
        let now = format!("DELETE FROM payments; {booked}");
        if moved_first {
            workspace.put("ledger.sql", format!("{}{now}", bills::ledger(&[])));
        } else {
            workspace.change_ledger("ledger.db", &now);
        }
        run();
        let again = rolled();
        run();
        assert_eq!(rolled(), again, "and stays so");
        again
    };
    let clean = statement(true);
    assert_eq!(statement(false), clean);
    assert_eq!(clean["new"]["count"], 0, "{clean}");
}
