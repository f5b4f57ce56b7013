//! A report is the statement of its readers' channels since they were last told: what opened, changed,
//! cleared or was closed, on whichever date, is in the next mail, once, and what is open is counted.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bills;
use crate::harness::{Output, Workspace};

type Row<'a> = (&'a str, &'a str, u32);

struct Case {
    workspace: Workspace,
}

impl Case {
    /// What is booked, by (stamp in Jakarta, reference, rupiah, status); dates begin with the 2nd.
    fn new(more: &str, booked: &[bills::Booked<'_>]) -> Case {
        let settings = format!("start = \"2026-11-02\"\n{more}");
        Case {
            workspace: bills::workspace(&settings, booked),
        }
    }

    /// The report of a day, and a run of the morning after it.
    fn night(&self, day: u32, rows: &[Row<'_>], more: &[&str]) -> Output {
        self.file(day, rows);
        self.run(day + 1, "11:00", more)
    }

    fn file(&self, day: u32, rows: &[Row<'_>]) {
        let name = format!("inbox/tokopedia_biller_202611{day:02}.csv");
        self.workspace.put(&name, bills::report(rows));
    }

    fn run(&self, day: u32, time: &str, more: &[&str]) -> Output {
        let as_of = format!("2026-11-{day:02}T{time}:00+07:00");
        let args = [&["run", "--as-of", &as_of], more].concat();
        self.workspace.run_args(&args)
    }

    /// Subject and text of every mail, in the order in which they were written.
    fn mails(&self) -> Vec<(String, String)> {
        let folder = self.workspace.path().join("mail");
        let names = self.workspace.files("mail");
        let mut mails: Vec<_> = names
            .iter()
            .filter(|name| name.ends_with(".eml"))
            .map(|name| {
                let path = folder.join(name);
                let written = std::fs::metadata(&path).and_then(|file| file.modified());
                (written.expect("a time"), path)
            })
            .collect();
        mails.sort();
        mails.iter().map(|(_, path)| said(path)).collect()
    }

    fn last_mail(&self) -> (String, String) {
        self.mails().pop().expect("a mail")
    }
}

/// Subject and text of a mail, as Python's parser reads them.
fn said(mail: &Path) -> (String, String) {
    let script = r#"
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(m["Subject"])
print(m.get_body(("plain",)).get_content())
"#;
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(mail)
        .output()
        .expect("python3 starts; tests/run installs it");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let (subject, text) = text.split_once('\n').expect("a subject, then the text");
    (subject.to_owned(), text.to_owned())
}

fn ids(run: &Output, news: &str) -> Vec<String> {
    let said = run.json()["statement"][news].clone();
    let all = said.as_array().cloned().expect("ids");
    all.iter()
        .map(|id| id.as_str().expect("an id").to_owned())
        .collect()
}

fn result(run: &Output, date: &str) -> Value {
    let results = run.json()["results"].clone();
    let all = results.as_array().cloned().expect("results");
    all.into_iter()
        .find(|one| one["business_date"] == date)
        .unwrap_or_else(|| panic!("no result of {date}: {results}"))
}

/// The movement of open items that a mail tells, as it stands there: opening to closing.
fn movement(text: &str) -> Vec<(String, u64)> {
    let part = text.split("ROLL-FORWARD").nth(1).expect("a roll-forward");
    let names = [
        "Opening",
        "New",
        "Cleared",
        "Resolved",
        "Written off",
        "Closing",
    ];
    let mut found = Vec::new();
    for line in part.lines() {
        let line = line.trim();
        let Some(name) = names.iter().find(|name| line.starts_with(**name)) else {
            continue;
        };
        let count = line[name.len()..].split_whitespace().next();
        let count = count.and_then(|count| count.parse().ok()).expect("a count");
        found.push(((*name).to_owned(), count));
        if *name == "Closing" {
            break;
        }
    }
    found
}

#[track_caller]
fn adds_up(text: &str) {
    let lines = movement(text);
    let of = |name: &str| {
        let line = lines.iter().find(|(one, _)| one == name);
        line.map_or(0, |(_, count)| *count)
    };
    let closing = of("Opening") + of("New") - of("Cleared") - of("Resolved") - of("Written off");
    assert_eq!(closing, of("Closing"), "{lines:?}");
}

const NEAR_MIDNIGHT: [bills::Booked<'_>; 3] = [
    ("2026-11-02 09:00:00", "A1", 20_000, "success"),
    ("2026-11-02 23:59:58", "A2", 50_000, "success"),
    ("2026-11-03 09:00:00", "B1", 30_000, "success"),
];

#[test]
fn what_opens_on_an_earlier_date_is_told_with_the_next_report() {
    let case = Case::new("", &NEAR_MIDNIGHT);
    let first = case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &[]);
    first.exits(0);
    assert!(
        case.last_mail().0.contains("no breaks"),
        "{:?}",
        case.last_mail()
    );

    let second = case.night(3, &[("2026-11-03 09:00:03", "B1", 30_000)], &["--json"]);
    let second = second.exits(0);
    assert!(
        second
            .stderr
            .contains("biller 2026-11-02: an awaiting payment can be judged now"),
        "{}",
        second.stderr
    );
    let earlier = result(&second, "2026-11-02");
    assert_eq!(earlier["revision"], 2);
    assert_eq!(earlier["at_risk"]["owed_to_us"], "50000.00");
    assert_eq!(ids(&second, "opened").len(), 1);
    let (subject, text) = case.last_mail();
    assert!(subject.contains("1 break, Rp50,000 at risk"), "{subject}");
    assert!(text.contains("Claim the settlement"), "{text}");
    adds_up(&text);

    // The morning after it is known, and still to do.
    case.workspace.change_ledger(
        "ledger.db",
        &bills::insert(("2026-11-04 09:00:00", "C1", 10_000, "success")),
    );
    let third = case.night(4, &[("2026-11-04 09:00:03", "C1", 10_000)], &["--json"]);
    let third = third.exits(0);
    assert!(ids(&third, "opened").is_empty());
    assert_eq!(third.json()["statement"]["still_open"]["count"], 1);
    assert_eq!(
        third.json()["statement"]["still_open"]["amount"],
        "50000.00"
    );
    let (subject, text) = case.last_mail();
    assert!(
        subject.contains("1 break: 1 still open Rp50,000"),
        "{subject}"
    );
    assert!(text.contains("STILL OPEN FROM EARLIER REPORTS"), "{text}");
    adds_up(&text);
    assert_eq!(case.mails().len(), 3);
}

#[test]
fn readers_who_want_breaks_alone_hear_of_it_too() {
    let case = Case::new("", &NEAR_MIDNIGHT);
    let config = case.workspace.read("rekon.toml");
    let config = config.replace("language = \"en\"", "language = \"en\"\nwhen = \"breaks\"");
    case.workspace.put("rekon.toml", config);
    case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &[])
        .exits(0);
    assert!(case.mails().is_empty());
    case.night(3, &[("2026-11-03 09:00:03", "B1", 30_000)], &[])
        .exits(0);
    let mails = case.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].0.contains("1 break, Rp50,000"), "{mails:?}");
    // It is told once.
    case.run(4, "12:00", &[]).exits(0);
    assert_eq!(case.mails().len(), 1);
}

#[test]
fn a_pending_that_passes_its_sla_is_told_the_morning_after() {
    let booked = [
        ("2026-11-02 09:00:00", "A1", 20_000, "success"),
        ("2026-11-02 12:00:00", "A2", 50_000, "pending"),
        ("2026-11-03 09:00:00", "B1", 30_000, "success"),
    ];
    let case = Case::new("pending_sla = \"24h\"", &booked);
    let strict = ["--fail-on-breaks"];
    case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &strict)
        .exits(0);
    let second = case.night(3, &[("2026-11-03 09:00:03", "B1", 30_000)], &strict);
    let second = second.exits(1);
    assert!(
        second
            .stdout
            .contains("biller 2026-11-02: a pending payment is past its SLA now"),
        "{}",
        second.stdout
    );
    let (subject, text) = case.last_mail();
    assert!(subject.contains("1 break, Rp50,000"), "{subject}");
    adds_up(&text);
}

#[test]
fn a_status_that_moves_in_the_ledger_is_told_on_its_own_date() {
    let booked = [
        ("2026-11-02 09:00:00", "A1", 20_000, "success"),
        ("2026-11-02 12:00:00", "A2", 50_000, "pending"),
        ("2026-11-03 09:00:00", "B1", 30_000, "success"),
    ];
    let case = Case::new("pending_sla = \"1h\"", &booked);
    let config = case.workspace.read("rekon.toml");
    case.workspace
        .put("rekon.toml", format!("catch_up = \"1d\"\n{config}"));
    case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &[])
        .exits(0);
    assert!(
        case.last_mail().0.contains("1 break"),
        "{:?}",
        case.last_mail()
    );
    case.workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET status = 'failed' WHERE ref_id = 'A2'",
    );
    let second = case.night(3, &[("2026-11-03 09:00:03", "B1", 30_000)], &["--json"]);
    let second = second.exits(0);
    assert_eq!(ids(&second, "cleared").len(), 1);
    assert_eq!(result(&second, "2026-11-02")["revision"], 2);
    let (subject, text) = case.last_mail();
    assert!(subject.contains("no breaks"), "{subject}");
    assert!(text.contains("CLEARED BY THEMSELVES"), "{text}");
}

#[test]
fn what_people_closed_is_no_work_and_stands_apart() {
    let booked = [
        ("2026-11-02 09:00:00", "A1", 20_000, "success"),
        ("2026-11-02 10:00:00", "A2", 50_000, "success"),
        ("2026-11-02 11:00:00", "A3", 70_000, "success"),
    ];
    let case = Case::new("", &booked);
    let first = case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &["--json"]);
    let first = first.exits(0);
    let opened = ids(&first, "opened");
    assert_eq!(opened.len(), 2);
    let resolve = [
        "breaks",
        "resolve",
        &opened[0],
        "--reason",
        "paid by the partner",
    ];
    case.workspace.run_args(&resolve).exits(0);

    case.file(
        2,
        &[
            ("2026-11-02 09:00:03", "A1", 20_000),
            ("2026-11-02 15:00:00", "X9", 5_000),
        ],
    );
    let second = case.run(3, "12:00", &["--json", "--fail-on-breaks"]);
    let second = second.exits(1);
    assert_eq!(ids(&second, "closed"), [opened[0].clone()]);
    assert_eq!(ids(&second, "opened").len(), 1);
    assert_eq!(second.json()["statement"]["still_open"]["count"], 1);
    let (subject, text) = case.last_mail();
    assert!(
        subject.contains("2 breaks: 1 new Rp5,000, 1 still open"),
        "{subject}"
    );
    let closed = text
        .split("CLOSED BY PEOPLE")
        .nth(1)
        .expect("what was closed");
    assert!(
        closed.contains(&opened[0]) && closed.contains("paid by the partner"),
        "{closed}"
    );
    let work = |from: &str, to: &str| {
        let rest = text.split(from).nth(1).expect("a part of the mail");
        rest.split(to).next().expect("its end").to_owned()
    };
    for part in [
        work("WHAT TO DO FIRST", "WHAT CHANGED"),
        work("NEW BREAKS", "CLOSED BY PEOPLE"),
    ] {
        assert!(!part.contains(&opened[0]), "{part}");
    }
    adds_up(&text);

    let listed = case
        .workspace
        .run_args(&["breaks", "list", "--json"])
        .exits(0)
        .json();
    for one in listed.as_array().expect("breaks") {
        let id = one["id"].as_str().expect("an id");
        case.workspace
            .run_args(&["breaks", "resolve", id, "--reason", "paid by the partner"])
            .exits(0);
    }
    case.run(3, "13:00", &["--send", "--fail-on-breaks"])
        .exits(0);
    let (subject, text) = case.last_mail();
    assert!(subject.contains("no breaks"), "{subject}");
    assert!(
        !text.to_lowercase().contains("claim the settlement"),
        "{text}"
    );
}

#[test]
fn a_roll_forward_over_dates_with_a_gap_adds_up() {
    let booked = [
        ("2026-11-02 09:00:00", "A1", 20_000, "success"),
        ("2026-11-03 09:00:00", "B1", 30_000, "success"),
        ("2026-11-04 09:00:00", "C1", 10_000, "success"),
        ("2026-11-04 10:00:00", "C2", 15_000, "success"),
    ];
    let case = Case::new("", &booked);
    case.file(3, &[("2026-11-03 15:00:03", "Y1", 5_000)]);
    case.run(4, "11:00", &["--date", "2026-11-03"]).exits(0);
    adds_up(&case.last_mail().1);
    case.file(2, &[("2026-11-02 15:00:03", "Z1", 5_000)]);
    case.file(4, &[("2026-11-04 09:00:03", "C1", 10_000)]);
    case.run(5, "11:00", &[]).exits(0);
    let (_, text) = case.last_mail();
    adds_up(&text);
    assert_eq!(
        movement(&text).last().map(|(_, count)| *count),
        Some(5),
        "{text}"
    );
}

#[test]
fn what_was_not_mailed_is_told_by_the_next_run() {
    let case = Case::new("", &NEAR_MIDNIGHT[..1]);
    let first = case.night(
        2,
        &[("2026-11-02 09:00:03", "A1", 19_000)],
        &["--no-send", "--json"],
    );
    assert_eq!(ids(&first.exits(0), "opened").len(), 1);
    assert!(case.mails().is_empty());
    let second = case.run(3, "12:00", &["--json"]).exits(0);
    assert_eq!(ids(&second, "opened").len(), 1, "nobody was told of it");
    assert!(
        case.last_mail().0.contains("1 break, Rp1,000"),
        "{:?}",
        case.last_mail()
    );
    let third = case.run(3, "13:00", &["--json"]).exits(0);
    assert!(ids(&third, "opened").is_empty());
    assert_eq!(case.mails().len(), 1);
}

#[test]
fn a_run_of_one_date_leaves_what_it_moves_to_the_next_plain_run() {
    let case = Case::new("", &NEAR_MIDNIGHT);
    case.night(2, &[("2026-11-02 09:00:03", "A1", 20_000)], &[])
        .exits(0);
    case.file(3, &[("2026-11-03 09:00:03", "B1", 30_000)]);
    let one = case
        .run(4, "11:00", &["--date", "2026-11-03", "--json"])
        .exits(0);
    assert_eq!(one.json()["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(ids(&one, "opened").len(), 1, "it is told all the same");
    assert!(
        case.last_mail().1.contains("50,000"),
        "{:?}",
        case.last_mail()
    );
    let plain = case.run(4, "12:00", &["--json"]).exits(0);
    let earlier = result(&plain, "2026-11-02");
    assert_eq!(earlier["revision"], 2);
    assert_eq!(earlier["at_risk"]["owed_to_us"], "50000.00");
    let again = case.run(4, "13:00", &["--json"]).exits(0);
    assert_eq!(again.json()["results"].as_array().map(Vec::len), Some(1));
}
