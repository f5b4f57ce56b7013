//! What people do about breaks: recorded in the audit chain, kept through reruns, open again when the
//! facts change, and proven by `rekon verify`.

use std::path::Path;

use crate::bills;
use crate::harness::Workspace;

const DATE: &str = "2026-11-18";

/// Two breaks of known amounts: one we booked and they did not settle, one they settled for less.
fn workspace(settings: &str) -> Workspace {
    let workspace = bills::workspace(
        "",
        &[
            ("2026-11-18 09:00:00", "A1", 75_000, "success"),
            ("2026-11-18 10:00:00", "B2", 40_000, "success"),
            ("2026-11-18 11:00:00", "C3", 20_000, "success"),
        ],
    );
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", format!("{config}\n{settings}\n"));
    bills::put(
        &workspace,
        "inbox/tokopedia_biller_20261118.csv",
        bills::report(&[
            ("2026-11-18 10:00:00", "B2", 39_000),
            ("2026-11-18 11:00:00", "C3", 20_000),
        ]),
        60,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    workspace
}

fn ids(workspace: &Workspace) -> (String, String) {
    let all = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let id = |kind: &str| {
        let mut all = all.as_array().expect("breaks").iter();
        let found = all.find(|one| one["kind"] == kind);
        let id = found.and_then(|one| one["id"].as_str());
        id.unwrap_or_else(|| panic!("no {kind} in {all:?}"))
            .to_owned()
    };
    (id("missing_at_partner"), id("amount_break"))
}

fn state(workspace: &Workspace, id: &str) -> String {
    let shown = workspace
        .run(["breaks", "show", id, "--json"])
        .exits(0)
        .json();
    shown["state"].as_str().expect("a state").to_owned()
}

#[test]
fn a_break_is_noted_assigned_and_resolved_and_its_history_stays() {
    let workspace = workspace("");
    let (missing, amount) = ids(&workspace);
    workspace
        .run([
            "breaks",
            "note",
            &missing,
            "--text",
            "asked Rina on Thursday",
        ])
        .exits(0);
    workspace
        .run(["breaks", "assign", &missing, &amount, "--owner", "Budi"])
        .exits(0);
    let refused = workspace
        .run(["breaks", "resolve", &missing, "--reason", "refunded"])
        .exits(2);
    insta::assert_snapshot!("reason_unknown", refused.transcript());
    let reason = "paid by the partner";
    workspace
        .run([
            "breaks",
            "resolve",
            &missing,
            "--reason",
            reason,
            "--note",
            "transfer of 19 Nov",
        ])
        .exits(0);
    assert_eq!(state(&workspace, &missing), "resolved");
    assert_eq!(state(&workspace, &amount), "open");
    let open = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    assert_eq!(open.as_array().map(Vec::len), Some(1));
    let all = workspace
        .run(["breaks", "list", "--json", "--state", "all"])
        .exits(0)
        .json();
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    // Twice is said, not done.
    let again = workspace
        .run(["breaks", "resolve", &missing, "--reason", reason])
        .exits(2);
    assert!(
        again.stderr.contains("resolved already"),
        "{}",
        again.stderr
    );

    // A rerun keeps it, and the roll-forward counts it on the day it was done.
    workspace.run(["run", "--date", DATE]).exits(0);
    assert_eq!(state(&workspace, &missing), "resolved");
    let shown = workspace.run(["breaks", "show", &missing]).exits(0);
    for said in [
        "noted: asked Rina on Thursday",
        "assigned to Budi",
        "resolved: paid by the partner; transfer of 19 Nov",
        "chain entry",
    ] {
        assert!(shown.stdout.contains(said), "{said}: {}", shown.stdout);
    }
    workspace.run(["verify"]).exits(0);
}

#[test]
fn a_resolution_ends_when_the_facts_change() {
    let workspace = workspace("");
    let (_, amount) = ids(&workspace);
    workspace
        .run(["breaks", "resolve", &amount, "--reason", "other"])
        .exits(0);
    assert_eq!(state(&workspace, &amount), "resolved");
    // The partner corrects its report, and the difference is another one.
    bills::put(
        &workspace,
        "inbox/tokopedia_biller_20261118_rev2.csv",
        bills::report(&[
            ("2026-11-18 10:00:00", "B2", 38_000),
            ("2026-11-18 11:00:00", "C3", 20_000),
        ]),
        5,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    assert_eq!(state(&workspace, &amount), "open");
    let shown = workspace.run(["breaks", "show", &amount]).exits(0);
    assert!(
        shown.stdout.contains("open again: its facts have changed"),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.contains("resolved: other"), "{}", shown.stdout);
}

#[test]
fn a_large_write_off_needs_a_second_person() {
    let workspace = workspace(
        "[breaks]\nwrite_off_limit = \"1000\"\nreasons = [\"small difference\", \"lost\"]",
    );
    let (missing, amount) = ids(&workspace);
    // Rp1,000 is within the limit, Rp75,000 is not.
    workspace
        .run_as(
            "ani",
            &[
                "breaks",
                "write-off",
                &amount,
                "--reason",
                "small difference",
            ],
        )
        .exits(0);
    assert_eq!(state(&workspace, &amount), "written_off");
    let waits = workspace
        .run_as(
            "ani",
            &["breaks", "write-off", &missing, "--reason", "lost"],
        )
        .exits(0);
    assert!(waits.stdout.contains("second person"), "{}", waits.stdout);
    assert_eq!(state(&workspace, &missing), "open");
    let same = workspace
        .run_as("ani", &["breaks", "approve", &missing])
        .exits(2);
    assert!(
        same.stderr.contains("a second person has to approve it"),
        "{}",
        same.stderr
    );
    let nothing = workspace
        .run_as("budi", &["breaks", "approve", &amount])
        .exits(2);
    assert!(
        nothing.stderr.contains("written_off already"),
        "{}",
        nothing.stderr
    );
    workspace
        .run_as("budi", &["breaks", "approve", &missing])
        .exits(0);
    assert_eq!(state(&workspace, &missing), "written_off");
    let shown = workspace.run(["breaks", "show", &missing]).exits(0);
    assert!(
        shown.stdout.contains("asked to write off Rp75,000: lost"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("budi  approved the write-off"),
        "{}",
        shown.stdout
    );
}

#[test]
fn a_break_is_opened_again_whatever_closed_it() {
    let workspace =
        workspace("[breaks]\nwrite_off_limit = \"1000\"\nreasons = [\"lost\", \"other\"]");
    let (missing, amount) = ids(&workspace);
    let reopen = |id: &str, reason: &str| {
        workspace.run_as("sari", &["breaks", "reopen", id, "--reason", reason])
    };
    let nothing = reopen(&missing, "a mistake").exits(2);
    assert!(
        nothing.stderr.contains("is open: nobody has closed it"),
        "{}",
        nothing.stderr
    );
    for act in ["resolve", "write-off"] {
        workspace
            .run_as("ani", &["breaks", act, &amount, "--reason", "other"])
            .exits(0);
        assert_ne!(state(&workspace, &amount), "open", "{act}");
        reopen(&amount, " ").exits(2);
        let said = reopen(&amount, "it was another one").exits(0);
        assert!(
            said.stdout.contains("opened again by sari"),
            "{}",
            said.stdout
        );
        assert_eq!(state(&workspace, &amount), "open", "{act}");
    }
    // A write-off that waits, and one that was approved.
    let ask = ["breaks", "write-off", &missing, "--reason", "lost"];
    workspace.run_as("ani", &ask).exits(0);
    reopen(&missing, "they found it").exits(0);
    let approve = ["breaks", "approve", &missing];
    let refused = workspace.run_as("budi", &approve).exits(2);
    assert!(
        refused
            .stderr
            .contains("no write-off that waits for approval"),
        "{}",
        refused.stderr
    );
    workspace.run_as("ani", &ask).exits(0);
    workspace.run_as("budi", &approve).exits(0);
    assert_eq!(state(&workspace, &missing), "written_off");
    reopen(&missing, "paid after all").exits(0);
    assert_eq!(state(&workspace, &missing), "open");

    // A rerun keeps it open, and the chain holds every step.
    let result = bills::judged(&workspace, DATE, 0);
    assert_eq!(result["roll_forward"]["closing"]["count"], 2);
    assert_eq!(result["roll_forward"]["resolved"]["count"], 0);
    assert_eq!(result["roll_forward"]["written_off"]["count"], 0);
    assert_eq!(state(&workspace, &missing), "open");
    let shown = workspace.run(["breaks", "show", &missing]).exits(0);
    assert!(
        shown
            .stdout
            .contains("sari  opened it again: paid after all"),
        "{}",
        shown.stdout
    );
    workspace.run(["verify"]).exits(0);
}

#[test]
fn breaks_are_listed_by_owner_state_kind_and_key() {
    let workspace = workspace("");
    let (missing, amount) = ids(&workspace);
    workspace
        .run(["breaks", "assign", &missing, "--owner", "Sari Dewi"])
        .exits(0);
    workspace
        .run(["breaks", "resolve", &amount, "--reason", "other"])
        .exits(0);
    for (filter, expected) in [
        (&[][..], &[&missing][..]),
        (&["--state", "all"], &[&missing, &amount]),
        (&["--state", "resolved"], &[&amount]),
        (&["--state", "written_off"], &[]),
        (&["--state", "written-off"], &[]),
        (&["--state", "cleared"], &[]),
        (&["--owner", "sari dewi"], &[&missing]),
        (&["--owner", "Sari"], &[]),
        (&["--owner", "", "--state", "all"], &[&amount]),
        (&["--kind", "missing_at_partner"], &[&missing]),
        (&["--kind", "amount-break"], &[]),
        (&["--kind", "amount-break", "--state", "all"], &[&amount]),
        (&["--key", "A1"], &[&missing]),
        (&["--key", "a"], &[&missing]),
        (&["--key", "2", "--state", "all"], &[&amount]),
        (&["--key", "X"], &[]),
    ] {
        let args = ["breaks", "list", "--json"].iter().chain(filter);
        let listed = workspace
            .run_args(&args.copied().collect::<Vec<_>>())
            .exits(0)
            .json();
        let ids: std::collections::BTreeSet<&str> = listed
            .as_array()
            .expect("an array")
            .iter()
            .filter_map(|one| one["id"].as_str())
            .collect();
        let expected = expected.iter().map(|id| id.as_str()).collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
    let text = workspace
        .run(["breaks", "list", "--state", "all"])
        .exits(0)
        .stdout;
    let line = |id: &str| text.lines().find(|line| line.contains(id)).expect("a line");
    assert!(line(&missing).contains("Open"), "{text}");
    assert!(line(&missing).contains("Sari Dewi"), "{text}");
    assert!(line(&amount).contains("Resolved"), "{text}");
    let unknown = workspace
        .run(["breaks", "list", "--kind", "amount_brake"])
        .exits(2);
    assert!(
        unknown.stderr.contains("did you mean amount_break?"),
        "{}",
        unknown.stderr
    );
}

/// Fills cells of the Breaks sheet as Excel would: by the header's name, in the row of an id.
fn fill(path: &Path, cells: &[(&str, &str, &str)]) {
    let script = r#"
import json, sys, openpyxl
path, cells = sys.argv[1], json.loads(sys.argv[2])
book = openpyxl.load_workbook(path)
sheet = book["Breaks"]
heads = {cell.value: cell.column for cell in sheet[1]}
rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
for id, head, value in cells:
    sheet.cell(rows[id], heads[head]).value = value
book.save(path)
"#;
    let cells = serde_json::to_string(cells).expect("JSON");
    let output = std::process::Command::new("/usr/bin/python3")
        .args(["-c", script])
        .arg(path)
        .arg(cells)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "python3-openpyxl: apt-get install -y python3-openpyxl\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn workbook(workspace: &Workspace) -> String {
    let name = workspace
        .files("mail")
        .into_iter()
        .rfind(|name| name.ends_with(".xlsx"))
        .expect("a workbook");
    format!("mail/{name}")
}

#[test]
fn a_filled_in_workbook_comes_back_as_acts() {
    let workspace = workspace("[breaks]\nwrite_off_limit = \"1000\"\n");
    let (missing, amount) = ids(&workspace);
    let book = workbook(&workspace);
    // As it was sent, it holds nothing new.
    let output = workspace.run(["breaks", "import", &book]).exits(0);
    assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);
    fill(
        &workspace.path().join(&book),
        &[
            (&missing, "Resolution", "write-off: other"),
            (&missing, "Note", "=1+1, asked twice"),
            (&amount, "Resolution", "paid by the partner"),
            (&amount, "Owner", "Budi"),
        ],
    );
    let before = workspace.run(["verify"]).exits(0).stdout;
    let dry = workspace.run(["breaks", "import", &book]).exits(0);
    assert!(
        dry.stdout.contains("2 line(s) would be recorded"),
        "{}",
        dry.stdout
    );
    assert_eq!(workspace.run(["verify"]).exits(0).stdout, before);
    workspace
        .run(["breaks", "import", &book, "--apply"])
        .exits(0);
    assert_eq!(state(&workspace, &amount), "resolved");
    // The limit holds here as well.
    assert_eq!(state(&workspace, &missing), "open");
    let again = workspace
        .run(["breaks", "import", &book, "--apply"])
        .exits(0);
    assert!(again.stdout.contains("Nothing new"), "{}", again.stdout);
    let shown = workspace.run(["breaks", "show", &missing]).exits(0);
    assert!(
        shown.stdout.contains("waits for a second person"),
        "{}",
        shown.stdout
    );

    // Lines about facts that have changed, of unknown breaks and reasons, are refused one by one.
    fill(
        &workspace.path().join(&book),
        &[
            (&missing, "Owner", "Sari"),
            (&missing, "Facts", "0123456789ab"),
            (&amount, "Resolution", "no such reason"),
        ],
    );
    let output = workspace
        .run(["breaks", "import", &book, "--apply"])
        .exits(65);
    let text = output
        .stdout
        .replace(&missing, "[MISSING]")
        .replace(&amount, "[AMOUNT]");
    insta::assert_snapshot!("import_refused", text);
    workspace.put("notes.xlsx", "not a workbook");
    let refused = workspace.run(["breaks", "import", "notes.xlsx"]).exits(2);
    assert!(
        refused.stderr.contains("no XLSX workbook"),
        "{}",
        refused.stderr
    );
}

#[test]
fn whatever_is_changed_behind_its_back_is_found() {
    let workspace = workspace("");
    let (missing, _) = ids(&workspace);
    workspace
        .run(["breaks", "note", &missing, "--text", "first"])
        .exits(0);
    workspace
        .run(["breaks", "resolve", &missing, "--reason", "other"])
        .exits(0);
    let sound = workspace.run(["verify"]).exits(0);
    let head = sound
        .stdout
        .split_whitespace()
        .find(|word| word.len() == 64)
        .expect("a head")
        .to_owned();
    workspace.run(["verify", "--head", &head[..12]]).exits(0);
    workspace.run(["verify", "--head", "00000000"]).exits(65);
    workspace.run(["verify", "--head", "zz"]).exits(2);
    let copy = std::fs::read(workspace.path().join("state/state.db")).expect("the state");
    for (what, sql, said) in [
        (
            "an act",
            "UPDATE acts SET body = replace(body, 'first', 'other') WHERE body LIKE '%first%'",
            "act was changed",
        ),
        (
            "an act's item",
            "UPDATE acts SET identity = 'x' WHERE seq = (SELECT max(seq) FROM acts)",
            "act was changed",
        ),
        (
            "an act taken out",
            "DELETE FROM acts WHERE seq = (SELECT max(seq) FROM acts)",
            "act is gone",
        ),
        (
            "an act put in",
            "INSERT INTO acts SELECT seq + 900, channel, identity, item_id, body FROM acts LIMIT 1",
            "stands in no chain entry",
        ),
        (
            "a result",
            "UPDATE results SET outcome = replace(outcome, '75000', '65000'), digest = digest",
            "result was changed",
        ),
        (
            "a result taken out",
            "DELETE FROM results",
            "result is gone",
        ),
        (
            "an entry",
            "UPDATE chain SET subject = 'x' WHERE seq = 2",
            "its own fields were changed",
        ),
        (
            "an entry taken out",
            "DELETE FROM chain WHERE seq = 2",
            "entry 2 is missing",
        ),
        (
            "an entry made anew",
            "UPDATE chain SET digest = 'x', hash = 'y' WHERE seq = 2",
            "does not follow",
        ),
    ] {
        workspace.change_ledger("state/state.db", sql);
        let output = workspace.run(["verify"]).exits(65);
        assert!(output.stdout.contains(said), "{what}: {}", output.stdout);
        std::fs::write(workspace.path().join("state/state.db"), &copy)
            .expect("the state as it was");
    }
    // The end of the chain taken out together with what it speaks of.
    workspace.change_ledger(
        "state/state.db",
        "DELETE FROM acts; DELETE FROM chain WHERE kind = 'act'",
    );
    workspace.run(["verify"]).exits(65);
    workspace.run(["verify", "--head", &head]).exits(65);
    std::fs::write(workspace.path().join("state/state.db"), &copy).expect("the state as it was");
    let archived = workspace.files("archive");
    let victim = format!("archive/{}", archived[0]);
    let bytes = std::fs::read(workspace.path().join(&victim)).expect("an archived file");
    workspace.put(&victim, "other bytes");
    workspace.run(["verify"]).exits(65);
    workspace.put(&victim, bytes);
    workspace.run(["verify"]).exits(0);
}

#[test]
fn the_report_shows_the_head_of_the_chain() {
    let workspace = workspace("");
    let page = workspace
        .files("mail")
        .into_iter()
        .find(|name| name.ends_with(".html"))
        .expect("a page");
    let page = workspace.read(&format!("mail/{page}"));
    let shown = regex::Regex::new(r"Audit chain before this report: entry (\d+), ([0-9a-f]{64})")
        .expect("a pattern")
        .captures(&page)
        .expect("the head")[2]
        .to_owned();
    workspace.run(["verify", "--head", &shown]).exits(0);
}

#[test]
fn old_files_and_personal_data_go_and_their_hashes_stay() {
    let old = "2024-11-18";
    let workspace = bills::workspace(
        "start = \"2024-11-18\"",
        &[("2024-11-18 09:00:00", "A1", 75_000, "success")],
    );
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", format!("retention = \"30d\"\n{config}"));
    bills::put(
        &workspace,
        "inbox/tokopedia_biller_20241118.csv",
        bills::report(&[("2024-11-18 10:00:00", "B2", 39_000)]),
        60,
    );
    workspace.run(["run", "--date", old]).exits(0);
    let reason = ["--reason", "personal data is kept for two years"];
    let purge = |before: &str, more: &[&str]| {
        let mut args = vec!["purge", "--before", before];
        args.extend(reason);
        args.extend(more);
        workspace.run_args(&args)
    };
    let early = purge("2026-11-18", &[]).exits(2);
    assert!(
        early.stderr.contains("are within `retention`"),
        "{}",
        early.stderr
    );
    let open = purge("2025-01-01", &[]).exits(2);
    assert!(open.stderr.contains("is still open"), "{}", open.stderr);
    let all = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let ids: Vec<&str> = all
        .as_array()
        .expect("breaks")
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    workspace
        .run(["breaks", "note", ids[0], "--text", "customer Sinta called"])
        .exits(0);
    for id in &ids {
        workspace
            .run(["breaks", "resolve", id, "--reason", "other"])
            .exits(0);
    }
    let before = workspace.files("archive");
    let dry = purge("2025-01-01", &["--dry-run"]).exits(0);
    assert!(dry.stdout.contains("would be removed"), "{}", dry.stdout);
    assert_eq!(workspace.files("archive"), before);
    workspace.run(["verify"]).exits(0);

    purge("2025-01-01", &[]).exits(0);
    // The mail of today's run is not old; the report of two years ago is.
    assert_eq!(workspace.files("archive").len(), before.len() - 1);
    let verified = workspace.run(["verify"]).exits(0);
    assert!(
        verified.stdout.contains("removed on purpose"),
        "{}",
        verified.stdout
    );
    let shown = workspace.run(["breaks", "show", ids[0]]).exits(0);
    assert!(!shown.stdout.contains("Sinta"), "{}", shown.stdout);
    assert!(shown.stdout.contains("resolved: other"), "{}", shown.stdout);
    let refused = workspace.run(["run", "--date", old]).exits(2);
    assert!(refused.stderr.contains("was purged"), "{}", refused.stderr);
    // What comes is judged as ever.
    workspace.run(["run"]);
    workspace.run(["verify"]).exits(0);
    let none = purge("2025-01-01", &[]).exits(0);
    assert!(none.stdout.contains("0 files and mails"), "{}", none.stdout);
}
