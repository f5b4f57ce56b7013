//! A file that is unlike those its channel had so far is held whole with the difference named, until
//! the profile or a person says what it is; nothing of it is half read meanwhile.

use serde_json::Value;

use rekon::profiles::{AmountBasis, Limits, Profile, ReadOptions, read};

use crate::bills::{brief, file_id, files, judged, open_breaks, put, said, workspace};
use crate::harness::Workspace;

const TUE: &str = "2026-11-17";
const WED: &str = "2026-11-18";
const THU: &str = "2026-11-19";
const START: &str = "start = \"2026-11-17\"";
const HEADER: &str = "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount";

/// Three bills of a day, as our ledger has them.
fn world(settings: &str) -> Workspace {
    let mut booked = Vec::new();
    for date in [TUE, WED, THU] {
        for number in 1..=3 {
            booked.push((
                format!("{date} 0{number}:00:00"),
                format!("{}{number}", &date[8..]),
            ));
        }
    }
    let booked: Vec<(&str, &str, u32, &str)> = booked
        .iter()
        .map(|(at, reference)| (at.as_str(), reference.as_str(), 50_000, "success"))
        .collect();
    workspace(settings, &booked)
}

/// The report of a day: each row through `line`, which is given stamp and reference.
fn report(date: &str, header: &str, line: impl Fn(&str, &str) -> String) -> String {
    let mut text = format!("{header}\n");
    for number in 1..=3 {
        let stamp = format!("{date} 0{number}:00:00");
        text += &line(&stamp, &format!("{}{number}", &date[8..]));
        text.push('\n');
    }
    text
}

fn usual(date: &str) -> String {
    report(date, HEADER, |at, reference| {
        format!("{at};530000000001;{reference};0001;pln-postpaid;2500;50000")
    })
}

fn inbox(date: &str) -> String {
    format!("inbox/biller_{}.csv", date.replace('-', ""))
}

/// A channel that had the usual file on Tuesday.
fn after_tuesday(settings: &str) -> Workspace {
    let workspace = world(settings).file("own.toml", "extends = \"tokopedia-biller\"\n");
    put(&workspace, &inbox(TUE), usual(TUE), 60);
    assert_eq!(brief(&judged(&workspace, TUE, 0)), "complete: matched=3/3");
    workspace
}

/// Wednesday's file in other clothes, and a part of why it is held; empty where it is taken.
fn cases() -> Vec<(&'static str, String, &'static str)> {
    let row = "530000000001";
    vec![
        ("the same", usual(WED), ""),
        (
            "columns in another order",
            report(
                WED,
                "amount;admin_fee;timestamp;ref_id;partner_ref_id;product_code;client_number",
                |at, reference| format!("50000;2500;{at};{reference};0001;pln-postpaid;{row}"),
            ),
            "",
        ),
        (
            "another header that the profile knows",
            usual(WED).replace("admin_fee", "Biaya Admin"),
            "",
        ),
        (
            "a surcharge",
            report(WED, &format!("{HEADER};surcharge"), |at, reference| {
                format!("{at};{row};{reference};0001;pln-postpaid;2500;50000;750")
            }),
            "a new column `surcharge`\n",
        ),
        (
            "a status in a feed that had none",
            report(WED, &format!("{HEADER};status"), |at, reference| {
                format!("{at};{row};{reference};0001;pln-postpaid;2500;50000;REFUNDED")
            }),
            "a new column `status`\n",
        ),
        (
            "a renamed fee",
            usual(WED).replace("admin_fee", "service_charge"),
            "no column for fee any more (it was `admin_fee`); a new column `service_charge`\n",
        ),
        (
            "a fee that is gone",
            report(
                WED,
                "timestamp;client_number;ref_id;partner_ref_id;product_code;amount",
                |at, reference| format!("{at};{row};{reference};0001;pln-postpaid;50000"),
            ),
            "no column for fee any more (it was `admin_fee`)\n",
        ),
        (
            "stamps that name a zone",
            report(WED, HEADER, |at, reference| {
                let at = at.replace(' ', "T");
                format!("{at}Z;{row};{reference};0001;pln-postpaid;2500;50000")
            }),
            "dates are written like `2026-11-18T01:00:00Z` (before like `2026-11-17 01:00:00`)\n",
        ),
        (
            "another date that the profile reads",
            report(WED, HEADER, |at, reference| {
                let clock = &at[11..];
                format!("18-Nov-26 {clock};{row};{reference};0001;pln-postpaid;2500;50000")
            }),
            "dates are written like `18-Nov-26 01:00:00` (before like `2026-11-17 01:00:00`)\n",
        ),
        (
            "most dates cannot be read",
            report(WED, HEADER, |at, reference| {
                let at = match reference {
                    "181" => at.to_owned(),
                    _ => "2/6/2026 01:00".to_owned(),
                };
                format!("{at};{row};{reference};0001;pln-postpaid;2500;50000")
            }),
            "the time of 2 of its 3 rows cannot be read",
        ),
        (
            "one date cannot be read",
            report(WED, HEADER, |at, reference| {
                let at = match reference {
                    "181" => "2/6/2026 01:00",
                    _ => at,
                };
                format!("{at};{row};{reference};0001;pln-postpaid;2500;50000")
            }),
            "",
        ),
        (
            "most amounts cannot be read",
            report(WED, HEADER, |at, reference| {
                let amount = match reference {
                    "181" => "50000",
                    _ => "50.000",
                };
                format!("{at};{row};{reference};0001;pln-postpaid;2500;{amount}")
            }),
            "the amount of 2 of its 3 rows cannot be read",
        ),
    ]
}

#[test]
fn a_file_unlike_those_before_it_is_held_with_the_difference_named() {
    let mut wrong = Vec::new();
    for (name, text, held) in cases() {
        let workspace = after_tuesday(START);
        put(&workspace, &inbox(WED), text, 30);
        let run = workspace.run(["run", "--date", WED, "--json"]);
        let result = run.json()["results"][0].clone();
        let standing = files(&workspace)["biller_20261118.csv"].clone();
        let is_held = standing == "held";
        let told = run.stderr.contains(held)
            && workspace.run(["status"]).stdout.contains(held.trim_end())
            && run.status == Some(65)
            && result["state"] == "incomplete"
            && open_breaks(&workspace).is_empty();
        if is_held == held.is_empty() || (is_held && !told) {
            wrong.push(format!(
                "{name}: {standing}\n{}\n{result}",
                run.transcript()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_person_takes_the_new_layout_and_files_of_it_pass_from_then_on() {
    let workspace = after_tuesday(START);
    let with_remark = |date: &str| {
        report(date, &format!("{HEADER};Remark"), |at, reference| {
            format!("{at};530000000001;{reference};0001;pln-postpaid;2500;50000;ok")
        })
    };
    put(&workspace, &inbox(WED), with_remark(WED), 40);
    judged(&workspace, WED, 65);
    put(&workspace, &inbox(THU), with_remark(THU), 30);
    judged(&workspace, THU, 65);
    let id = file_id(&workspace, "biller_20261118.csv");
    workspace
        .run(["files", "accept", &id, "--reason", " "])
        .exits(2);
    let first = file_id(&workspace, "biller_20261117.csv");
    let taken = workspace.run(["files", "accept", &first, "--reason", "why"]);
    assert!(said(&taken.exits(2)).contains("not held"));
    let accepted = workspace
        .run([
            "files",
            "accept",
            &id,
            "--reason",
            "remarks are empty, said Tokopedia",
        ])
        .exits(0);
    assert!(accepted.stdout.contains("biller_20261118.csv: taken in"));
    assert!(accepted.stdout.contains("biller_20261119.csv: taken in"));
    for date in [WED, THU] {
        assert_eq!(brief(&judged(&workspace, date, 0)), "complete: matched=3/3");
    }
    let listed = workspace.run(["files", "list"]).exits(0).stdout;
    assert!(
        listed.contains("accepted: remarks are empty, said Tokopedia"),
        "{listed}"
    );
    workspace.run(["verify"]).exits(0);
    let state = rusqlite::Connection::open(workspace.path().join("state/state.db"));
    let chained: i64 = state
        .expect("a state")
        .query_row(
            "SELECT COUNT(*) FROM chain WHERE kind = 'file-state' AND subject LIKE '% accepted'",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(chained, 1);
}

#[test]
fn a_profile_that_names_the_column_lets_the_held_file_in() {
    let workspace = after_tuesday(&format!("{START}\nprofile = \"own.toml\""));
    let renamed = usual(WED).replace("admin_fee", "Service Charge");
    put(&workspace, &inbox(WED), renamed, 30);
    judged(&workspace, WED, 65);
    workspace.put(
        "own.toml",
        "extends = \"tokopedia-biller\"\n[fee]\ncolumns = [\"...\", \"service_charge\"]\n",
    );
    let result = judged(&workspace, WED, 0);
    assert_eq!(brief(&result), "complete: matched=3/3");
    assert_eq!(result["settlement"]["fee"], "7500.00");
}

#[test]
fn a_column_that_the_profile_ignores_holds_no_file() {
    let workspace = after_tuesday(&format!("{START}\nprofile = \"own.toml\""));
    let with_remark = report(WED, &format!("{HEADER};Remark"), |at, reference| {
        format!("{at};530000000001;{reference};0001;pln-postpaid;2500;50000;ok")
    });
    put(&workspace, &inbox(WED), with_remark, 30);
    judged(&workspace, WED, 65);
    let mails = workspace.files("mail");
    let told = mails.iter().filter(|name| name.ends_with(".html"));
    let told = told.filter(|name| {
        workspace
            .read(&format!("mail/{name}"))
            .contains("a new column")
    });
    assert_eq!(told.count(), 1, "{mails:?}");
    workspace.put(
        "own.toml",
        "extends = \"tokopedia-biller\"\n[header]\nignore = [\"remark\"]\n",
    );
    let dry = workspace.run(["run", "--date", WED, "--dry-run"]).exits(0);
    assert!(
        said(&dry).contains("incomplete → complete"),
        "{}",
        said(&dry)
    );
    assert_eq!(files(&workspace)["biller_20261118.csv"], "held");
    assert_eq!(brief(&judged(&workspace, WED, 0)), "complete: matched=3/3");
    assert_eq!(files(&workspace)["biller_20261118.csv"], "counts");
}

/// The word by which a filter knows the channel's rows is another one; a quiet day of a merchant in a
/// shared file looks the same, and once somebody has said so, the next one passes.
#[test]
fn a_file_of_which_a_filter_leaves_nothing_is_held_after_files_that_had_rows() {
    let workspace = world(&format!("{START}\nprofile = \"own.toml\"")).file(
        "own.toml",
        "extends = \"tokopedia-biller\"\n[[filter]]\ncolumns = [\"product_code\"]\ninclude = '^pln'\n",
    );
    put(&workspace, &inbox(TUE), usual(TUE), 60);
    assert_eq!(brief(&judged(&workspace, TUE, 0)), "complete: matched=3/3");
    for date in [WED, THU] {
        put(
            &workspace,
            &inbox(date),
            usual(date).replace("pln-postpaid", "PLN"),
            30,
        );
    }
    let run = workspace.run(["run", "--date", WED]).exits(65);
    let held = "unlike the files that this channel had so far: no row of it is for this channel: every one is left out by a `[[filter]]`\n";
    assert!(run.stderr.contains(held), "{}", run.stderr);
    assert!(
        run.stderr.contains("fix: say in the filter"),
        "{}",
        run.stderr
    );
    assert!(open_breaks(&workspace).is_empty());
    let id = file_id(&workspace, "biller_20261118.csv");
    let accepted = workspace.run(["files", "accept", &id, "--reason", "a quiet day"]);
    let told = accepted.exits(0).stdout;
    assert!(told.contains("biller_20261119.csv: taken in"), "{told}");
    assert_eq!(
        brief(&judged(&workspace, WED, 0)),
        "complete: missing_at_partner=0/3"
    );
    // The first of all has nothing to be compared with.
    let first = world(&format!("{START}\nprofile = \"own.toml\"")).file(
        "own.toml",
        "extends = \"tokopedia-biller\"\n[[filter]]\ncolumns = [\"product_code\"]\ninclude = '^PLN'\n",
    );
    put(&first, &inbox(TUE), usual(TUE), 60);
    judged(&first, TUE, 0);
    assert_eq!(files(&first)["biller_20261117.csv"], "counts");
}

#[test]
fn files_taken_in_before_their_look_was_kept_are_learned_from() {
    let workspace = after_tuesday(START);
    workspace.change_ledger("state/state.db", "UPDATE files SET shape = ''");
    put(
        &workspace,
        &inbox(WED),
        usual(WED).replace("admin_fee", "surcharge"),
        30,
    );
    judged(&workspace, WED, 65);
    assert_eq!(files(&workspace)["biller_20261118.csv"], "held");
}

#[test]
fn a_changed_profile_is_named_as_the_cause_before_anything_is_changed() {
    let settings = format!("{START}\nprofile = \"own.toml\"");
    let workspace = after_tuesday(&settings);
    workspace.put(
        "own.toml",
        "extends = \"tokopedia-biller\"\n[status]\nconstant = \"pending\"\n",
    );
    let before = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let dry = workspace.run(["run", "--date", TUE, "--dry-run"]).exits(0);
    let text = said(&dry);
    assert!(text.contains("profile"), "{text}");
    insta::assert_snapshot!("dry_run_after_a_change_of_the_profile", dry.transcript());
    let after = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    assert_eq!(before, after, "a dry run changes nothing");
    assert_eq!(after, Value::Array(Vec::new()));
}

/// A summary among sheets is left out; the report's own sheet with a renamed column is not.
#[test]
fn a_sheet_with_a_renamed_column_is_no_cover() {
    let dir = tempfile::tempdir().expect("a directory");
    let own = "extends = \"tokopedia-biller\"\n[sheets]\nread = \"all\"\n";
    std::fs::write(dir.path().join("own.toml"), own).expect("written");
    let profile = Profile::load("own.toml", dir.path()).expect("a profile");
    let options = ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    };
    let read_with = |amount: &str| {
        let header = [
            "timestamp",
            "client_number",
            "ref_id",
            "product_code",
            "admin_fee",
        ];
        let mut book = rust_xlsxwriter::Workbook::new();
        let mut sheet = |name: &str, lines: [&[&str]; 2]| {
            let sheet = book.add_worksheet();
            sheet.set_name(name).expect("a name");
            for (row, line) in (0..).zip(lines) {
                sheet
                    .write_row(row, 0, line.iter().copied())
                    .expect("cells");
            }
        };
        sheet(
            "Ringkasan",
            [&["timestamp", "amount"], &["2026-11-18", "150000"]],
        );
        for (name, amount, id) in [("Pagi", "amount", "K1"), ("Siang", amount, "K2")] {
            let header = [&header[..], &[amount]].concat();
            let row = ["2026-11-18 09:00:00", "530001", id, "pln", "2500", "75000"];
            sheet(name, [&header, &row]);
        }
        let bytes = book.save_to_buffer().expect("a workbook");
        read(&bytes, "biller_20261118.xlsx", &profile, &options)
    };
    let whole = read_with("amount").expect("a report");
    assert_eq!(whole.entries.len(), 2);
    assert_eq!(whole.format.skipped_sheets, ["Ringkasan"]);
    let refused = read_with("grand_amt")
        .expect_err("a renamed column")
        .to_string();
    assert!(refused.contains("sheet \"Siang\""), "{refused}");
    assert!(refused.contains("grand_amt"), "{refused}");
}
