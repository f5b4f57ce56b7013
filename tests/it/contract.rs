//! What people script against: names and shapes of the machine output, exit codes, what each flag
//! promises.

mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Output, Workspace, files_below};
use shapes::{BREAKS, is_a_break, is_a_run, text};

const DAY: [&str; 3] = ["run", "--date", "2026-11-18"];

const CONFIG: &str = r#"
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
start        = "2026-11-18"
due          = "08:00"
ledger_query = """
SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*.csv"
"#;

const LEDGER: &str = "
CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, status TEXT, created_at TEXT);
INSERT INTO payments VALUES
  ('70010000001', 102500, 2500, 'success', '2026-11-18 01:00:00'),
  ('70010000002',  52500, 2500, 'success', '2026-11-18 02:00:00'),
  ('70010000003',  22500, 2500, 'success', '2026-11-18 03:00:00');
";

const HEADER: &str =
    "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n";
const FIRST: &str = "2026-11-18 08:00:00;530000000001;70010000001;0001;pln-postpaid;2500;102500\n";
const SECOND: &str = "2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;52500\n";
const THIRD: &str = "2026-11-18 10:00:00;530000000003;70010000003;0003;pln-postpaid;2500;22500\n";

const NAME: &str = "inbox/tokopedia_biller_20261118.csv";

fn good() -> String {
    [HEADER, FIRST, SECOND, THIRD].concat()
}

/// The file of the 18th charges less for the second payment.
fn with_a_break() -> String {
    good().replace(";52500\n", ";50500\n")
}

fn workspace() -> Workspace {
    let workspace = Workspace::new().config(CONFIG).ledger_sql(LEDGER);
    std::fs::create_dir(workspace.path().join("inbox")).expect("the inbox");
    workspace
}

fn run(workspace: &Workspace, more: &[&str]) -> Output {
    workspace.run_args(&[&DAY[..], more].concat())
}

fn quick_start(more: &[&str]) -> (Workspace, Output) {
    let workspace = Workspace::copy_of("sample_reports");
    let range = ["run", "--from", "2026-11-11", "--to", "2026-11-18"];
    let output = workspace.run_args(&[&range[..], more].concat());
    (workspace, output)
}

#[test]
fn run_json_keeps_its_names() {
    let (_quick_start, output) = quick_start(&["--json"]);
    is_a_run(&output.exits(66).json());
    let small = workspace().file(NAME, with_a_break());
    let small = run(&small, &["--json"]).exits(0).json();
    is_a_run(&small);
    let result = &small["results"][0];
    let broken = &result["breaks"]["amount_break"];
    assert_eq!(broken["settlement"]["amount"], "50500.00");
    assert_eq!(broken["ledger"]["amount"], "52500.00");
    assert_eq!(result["at_risk"]["owed_to_us"], "2000.00");
    assert_eq!(result["matched"]["ledger"]["amount"], "125000.00");
}

#[test]
fn breaks_list_json_keeps_its_names() {
    let (workspace, output) = quick_start(&["--no-send"]);
    output.exits(66);
    let list = |more: &[&str]| {
        let listed = workspace
            .run_args(&[&["breaks", "list", "--json"], more].concat())
            .exits(0)
            .json();
        let listed = listed.as_array().expect("an array").clone();
        listed.iter().for_each(is_a_break);
        listed
    };
    let open = list(&["--state", "open"]);
    assert_eq!(list(&[]).len(), open.len(), "open is the default");
    assert!(open.iter().all(|one| one["state"] == "open"));
    let all = list(&["--state", "all"]);
    assert!(all.len() >= open.len());
    let kinds: BTreeSet<&str> = all.iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(kinds, BREAKS.into_iter().collect());
    let dated = list(&["--date", "2026-11-12"]);
    assert!(!dated.is_empty() && dated.len() < open.len());
    let id = text(&open[0]["id"]);
    let shown = workspace.run(["breaks", "show", id, "--json"]).exits(0);
    assert_eq!(shown.json(), open[0]);
    assert!(
        workspace
            .run(["breaks", "show", id])
            .exits(0)
            .stdout
            .contains(id)
    );
    workspace.run(["breaks", "show", "NO-SUCH"]).exits(2);
}

#[test]
fn status_json_tells_files_results_open_items_and_outbox() {
    let workspace = workspace().file(NAME, with_a_break());
    run(&workspace, &[]).exits(0);
    let at = ["--as-of", crate::harness::AS_OF];
    let status = workspace
        .run(["status", "--json", at[0], at[1]])
        .exits(0)
        .json();
    let channel = &status["channels"][0];
    assert_eq!(channel["channel"], "biller");
    assert_eq!(channel["open_items"]["count"], 1);
    assert_eq!(channel["open_items"]["amount"], "2000.00");
    let day = &channel["dates"][0];
    assert_eq!(day["business_date"], "2026-11-18");
    assert_eq!(day["state"], "complete");
    assert_eq!(day["revision"], 1);
    assert!(status["outbox"].is_array());
    let text = workspace.run(["status", at[0], at[1]]).exits(0).stdout;
    assert!(
        text.contains("biller") && text.contains("2026-11-18"),
        "{text}"
    );
}

/// Every code the shell can see, and the first of several.
#[test]
fn exit_codes() {
    let reconciled = workspace().file(NAME, good());
    run(&reconciled, &["--fail-on-breaks"]).exits(0);
    let broken = workspace().file(NAME, with_a_break());
    run(&broken, &[]).exits(0);
    run(&broken, &["--fail-on-breaks"]).exits(1);
    run(&broken, &["--from", "2026-11-18"]).exits(2);
    run(&broken, &["--send", "--no-send"]).exits(2);
    broken.run(["run", "--from", "2026-11-18"]).exits(2);

    let missing = workspace();
    run(&missing, &[]).exits(66);
    // Before it is due nothing is wrong.
    run(&missing, &["--as-of", "2026-11-19T07:00:00+07:00"]).exits(0);

    // The other date has a break, this file is no report: bad data is told first.
    let refused = workspace().file(NAME, with_a_break());
    refused.put("inbox/tokopedia_biller_20261119.csv", "<html>");
    let both = ["run", "--from", "2026-11-18", "--to", "2026-11-19"];
    let late = ["--as-of", "2026-11-20T09:00:00+07:00", "--fail-on-breaks"];
    refused.run_args(&[&both[..], &late[..]].concat()).exits(65);
    refused.remove("inbox/tokopedia_biller_20261119.csv");
    let incomplete = workspace().file(NAME, with_a_break());
    incomplete
        .run_args(&[&both[..], &late[..]].concat())
        .exits(66);

    let no_ledger = Workspace::new()
        .config(&CONFIG.replace("load = \"ledger.sql\"\n", ""))
        .file(NAME, good());
    run(&no_ledger, &[]).exits(69);
    let no_config = workspace().config(&CONFIG.replace("archive", "archiv"));
    run(&no_config, &[]).exits(78);
}

/// Another process that lives holds the lock: this one.
fn hold_the_lock(workspace: &Workspace) {
    let host = crate::harness::host_identity();
    let now = chrono::Utc::now().to_rfc3339();
    workspace.change_ledger(
        "state.db",
        &format!(
            "INSERT INTO locks (name, owner, host, pid, taken_at, heartbeat)
             VALUES ('run', 'run of the night', '{}', {}, '{now}', '{now}')",
            host.trim(),
            std::process::id()
        ),
    );
}

#[test]
fn a_held_lock_is_named_and_waited_for() {
    let workspace = workspace().file(NAME, good());
    run(&workspace, &[]).exits(0);
    hold_the_lock(&workspace);
    let refused = run(&workspace, &[]).exits(75);
    assert!(refused.stderr.contains("run of the night"), "{refused:?}");
    let started = Instant::now();
    run(&workspace, &["--wait", "2s"]).exits(75);
    assert!(started.elapsed() >= Duration::from_secs(2));
    run(&workspace, &["--wait", "soon"]).exits(2);
    for command in [
        &["collect"][..],
        &["deliver"],
        &["add", NAME, "--channel", "biller"],
        &["files", "withdraw", "1", "--reason", "wrong"],
    ] {
        workspace.run_args(command).exits(75);
    }
    // Looking needs no lock.
    workspace.run(["status"]).exits(0);
    run(&workspace, &["--dry-run"]).exits(0);
    workspace.change_ledger("state.db", "DELETE FROM locks");
    run(&workspace, &["--wait", "2s"]).exits(0);
}

/// Every file and folder with its bytes, mode and time of change.
fn everything(workspace: &Workspace) -> BTreeMap<String, (u32, i64, i64, Vec<u8>)> {
    files_below(workspace.path())
        .into_iter()
        .map(|path| {
            let about = path.metadata().expect("a file");
            let bytes = std::fs::read(&path).expect("its bytes");
            let facts = (about.mode(), about.mtime(), about.mtime_nsec(), bytes);
            (path.display().to_string(), facts)
        })
        .collect()
}

#[track_caller]
fn changes_nothing(workspace: &Workspace, args: &[&str], code: i32) -> Output {
    let before = everything(workspace);
    let output = workspace.run_args(args).exits(code);
    let after = everything(workspace);
    let paths = |all: &BTreeMap<String, _>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&before), paths(&after));
    for (path, facts) in &before {
        assert!(after[path] == *facts, "{path} changed");
    }
    output
}

#[test]
fn a_dry_run_changes_no_byte() {
    let dry = ["run", "--date", "2026-11-18", "--dry-run"];
    let workspace = workspace().file(NAME, with_a_break());
    changes_nothing(&workspace, &dry, 0);
    run(&workspace, &[]).exits(0);
    let same = changes_nothing(&workspace, &dry, 0);
    assert!(same.stdout.contains("no change"), "{}", same.stdout);

    workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET amount = 50500 WHERE ref_id = '70010000002'",
    );
    let booked = changes_nothing(&workspace, &dry, 0);
    assert!(booked.stdout.contains("breaks 1 → 0"), "{}", booked.stdout);
    changes_nothing(&workspace, &[&dry[..], &["--fail-on-breaks"]].concat(), 0);
    is_a_run(&changes_nothing(&workspace, &[&dry[..], &["--json"]].concat(), 0).json());
    changes_nothing(&workspace, &["run", "--dry-run"], 0);
    let run = run(&workspace, &["--json"]).exits(0).json();
    assert_eq!(run["results"][0]["revision"], 2);
}

#[test]
fn no_send_writes_reports_and_queues_no_mail() {
    let workspace = workspace().file(NAME, with_a_break());
    run(&workspace, &["--no-send"]).exits(0);
    let written = workspace.files("mail");
    for ending in [".html", ".xlsx", ".csv", ".json"] {
        assert!(
            written.iter().any(|name| name.ends_with(ending)),
            "{written:?}"
        );
    }
    assert!(!written.iter().any(|name| name.ends_with(".eml")));
    workspace.run(["deliver"]).exits(0);
    let status = workspace.run(["status", "--json"]).json();
    assert_eq!(status["outbox"], serde_json::json!([]));
    assert_eq!(mails(&workspace), 0);
    run(&workspace, &["--send"]).exits(0);
    assert_eq!(mails(&workspace), 1);
}

fn mails(workspace: &Workspace) -> usize {
    let files = workspace.files("mail");
    files.iter().filter(|name| name.ends_with(".eml")).count()
}

#[test]
fn a_mail_goes_out_once_unless_it_is_asked_for_again() {
    let workspace = workspace().file(NAME, with_a_break());
    run(&workspace, &[]).exits(0);
    assert_eq!(mails(&workspace), 1);
    let again = run(&workspace, &[]).exits(0);
    assert!(again.stdout.contains("Nothing changed"), "{}", again.stdout);
    assert_eq!(mails(&workspace), 1);
    run(&workspace, &["--send"]).exits(0);
    assert_eq!(mails(&workspace), 2);
}

#[test]
fn no_collect_judges_what_is_archived() {
    let workspace = workspace();
    workspace.put(NAME, with_a_break());
    run(&workspace, &["--no-collect"]).exits(66);
    assert_eq!(workspace.files("archive"), mail_only(&workspace));
    run(&workspace, &[]).exits(0);
    workspace.put("inbox/tokopedia_biller_20261118_rev2.csv", good());
    let still = run(&workspace, &["--no-collect", "--json"]).exits(0).json();
    assert_eq!(still["results"][0]["revision"], 2);
    let now = run(&workspace, &["--json"]).exits(0).json();
    assert_eq!(now["results"][0]["revision"], 3);
    assert_eq!(now["results"][0]["breaks"], serde_json::json!({}));
}

/// The archive holds mails too; none of its files may be a report.
fn mail_only(workspace: &Workspace) -> Vec<String> {
    let kept = workspace.files("archive");
    for name in &kept {
        let bytes = workspace.read(&format!("archive/{name}"));
        assert!(!bytes.starts_with("timestamp;"), "{name}");
    }
    kept
}

/// The clock of SLA, ageing and due; knowledge is never hidden.
#[test]
fn as_of_sets_the_clock() {
    let ledger = LEDGER.replacen("'success'", "'pending'", 1);
    let file = [HEADER, SECOND, THIRD].concat();
    let workspace = Workspace::new()
        .config(CONFIG)
        .ledger_sql(&ledger)
        .file(NAME, file);
    let at = |instant: &str| {
        let run = run(&workspace, &["--as-of", instant, "--json"]).exits(0);
        run.json()["results"][0].clone()
    };
    let soon = at("2026-11-18 09:30");
    assert_eq!(soon["pending_within_sla"]["ledger"]["entries"], 1);
    let late = at("2026-11-19T09:30:00+07:00");
    assert_eq!(late["breaks"]["stuck_pending"]["ledger"]["entries"], 1);
    run(&workspace, &["--as-of", "tomorrow"]).exits(2);
}

#[test]
fn a_plain_run_catches_up() {
    let workspace = workspace().file(NAME, good());
    let results = |as_of: &str| {
        let run = workspace.run(["run", "--json", "--as-of", as_of]).json();
        let results = run["results"].as_array().expect("results").clone();
        let date = |result: &Value| text(&result["business_date"]).to_owned();
        results.iter().map(date).collect::<Vec<_>>()
    };
    assert_eq!(
        results("2026-11-20T09:00:00+07:00"),
        ["2026-11-18", "2026-11-19"]
    );
    // The 19th is still missing, yesterday is always judged; the 18th is done.
    assert_eq!(
        results("2026-11-21T09:00:00+07:00"),
        ["2026-11-19", "2026-11-20"]
    );
    workspace.put("inbox/tokopedia_biller_20261118_rev2.csv", with_a_break());
    let again = results("2026-11-21T10:00:00+07:00");
    assert!(again.contains(&"2026-11-18".to_owned()), "{again:?}");
    let yesterday = workspace.run([
        "run",
        "--date",
        "yesterday",
        "--json",
        "--as-of",
        "2026-11-19T09:00:00+07:00",
    ]);
    assert_eq!(
        yesterday.json()["results"][0]["business_date"],
        "2026-11-18"
    );
}

#[test]
fn the_halves_that_touch_the_outside_work_alone() {
    let workspace = workspace().file(NAME, good());
    let collected = workspace.run(["collect"]).exits(0).stdout;
    assert!(
        collected.contains("tokopedia_biller_20261118.csv"),
        "{collected}"
    );
    assert!(!workspace.path().join("mail").exists());
    let again = workspace.run(["collect"]).exits(0).stdout;
    assert!(again.contains("Nothing new"), "{again}");
    run(&workspace, &["--no-collect"]).exits(0);
    let idle = workspace.run(["deliver"]).exits(0).stdout;
    assert!(idle.contains("Nothing is queued"), "{idle}");
}

#[test]
fn a_file_is_added_listed_and_taken_back() {
    let workspace = workspace().file("Downloads/report of 18.csv", good());
    let by_hand = "Downloads/report of 18.csv";
    workspace
        .run(["add", by_hand, "--channel", "nobody"])
        .exits(2);
    workspace
        .run(["add", "absent.csv", "--channel", "biller"])
        .exits(2);
    workspace
        .run([
            "add",
            by_hand,
            "--channel",
            "biller",
            "--date",
            "2026-11-18",
        ])
        .exits(0);
    let listed = workspace.run(["files", "list", "--json"]).exits(0).json();
    assert_eq!(listed[0]["name"], "report of 18.csv");
    assert_eq!(listed[0]["dates"], serde_json::json!(["2026-11-18"]));
    run(&workspace, &[]).exits(0);
    let id = listed[0]["id"].to_string();
    workspace.run(["files", "withdraw", &id]).exits(2);
    workspace
        .run(["files", "withdraw", "99", "--reason", "x"])
        .exits(2);
    workspace
        .run(["files", "withdraw", &id, "--reason", "of another merchant"])
        .exits(0);
    let text = workspace.run(["files", "list"]).exits(0).stdout;
    assert!(text.contains("withdrawn"), "{text}");
    run(&workspace, &[]).exits(66);
}

#[test]
fn inspect_and_profiles_need_no_configuration() {
    let workspace = Workspace::new().file("a report.csv", with_a_break());
    let inspect = ["inspect", "a report.csv", "--profile", "tokopedia-biller"];
    let text = workspace.run(inspect).exits(0).stdout;
    assert!(text.contains("3 read"), "{text}");
    let json = workspace.run_args(&[&inspect[..], &["--json"]].concat());
    let json = json.exits(0);
    assert!(json.json().is_object());
    for line in with_a_break().lines().skip(1) {
        let customer = line.split(';').nth(1).expect("a client number");
        assert!(!json.stdout.contains(customer), "{customer}");
    }
    let list = workspace.run(["profiles", "list"]).exits(0).stdout;
    for name in [
        "ovo-push-to-pay",
        "tokopedia-biller",
        "tokopedia-b2b",
        "dana-payment",
    ] {
        assert!(list.contains(name), "{list}");
        let shown = workspace.run(["profiles", "show", name]).exits(0).stdout;
        assert!(shown.contains("[[field]]"), "{shown}");
    }
    let samples = crate::harness::repository().join("sample_reports/dana-payment");
    let samples = samples.to_str().expect("UTF-8");
    workspace
        .run_args(&["profiles", "test", samples, "--profile", "dana-payment"])
        .exits(0);
}

#[test]
fn init_writes_what_check_and_run_accept() {
    let workspace = Workspace::new();
    workspace.run(["init"]).exits(0);
    let written = workspace.read("rekon.toml");
    // A file that is there is never replaced.
    workspace.run_args(&["init", "rekon.toml"]).exits(2);
    assert_eq!(workspace.read("rekon.toml"), written);
    workspace.run(["check"]).exits(69);
    std::fs::create_dir_all(workspace.path().join("inbox/ovo")).expect("the inbox");
    workspace.change_ledger(
        "ledger.db",
        "CREATE TABLE payments (merchant_id, batch_number, reference_number, invoice, amount, fee,
         status, provider, created_at);
         CREATE INDEX by_key ON payments (merchant_id, batch_number, reference_number)",
    );
    let check = workspace.run(["check"]).exits(0).stdout;
    assert!(check.lines().all(|line| line.starts_with("ok")), "{check}");
    run(&workspace, &[]).exits(66);
}

/// Paths in the configuration are relative to it, wherever one stands and whatever they hold.
#[test]
fn paths_are_relative_to_the_configuration() {
    let spaced = CONFIG
        .replace("\"inbox\"", "\"kotak masuk/#1 & 100%\"")
        .replace("state.db", "data rekon/state?.db")
        .replace("ledger.db", "buku besar/ledger #1.db")
        .replace("\"archive\"", "\"arsip rekon\"")
        .replace("directory:mail", "directory:surat keluar");
    let workspace = Workspace::new()
        .file("toko sagara/rekon.toml", &spaced)
        .file("toko sagara/ledger.sql", LEDGER)
        .file(
            "toko sagara/kotak masuk/#1 & 100%/tokopedia_biller_20261118.csv",
            good(),
        );
    std::fs::create_dir(workspace.path().join("toko sagara/buku besar")).expect("a folder");
    let absolute = workspace.path().join("toko sagara/rekon.toml");
    for config in ["toko sagara/rekon.toml", absolute.to_str().expect("UTF-8")] {
        let run = workspace.run_args(&["-c", config, "run", "--date", "2026-11-18", "--json"]);
        assert_eq!(
            run.exits(0).json()["results"][0]["matched"]["ledger"]["entries"],
            3
        );
    }
    workspace
        .run_args(&["check", "-c", "toko sagara/rekon.toml"])
        .exits(0);
    let top = std::fs::read_dir(workspace.path())
        .expect("the workspace")
        .count();
    assert_eq!(
        top, 1,
        "nothing is written beside the configuration's folder"
    );
    for folder in ["arsip rekon", "data rekon", "surat keluar"] {
        assert!(
            !workspace.files(&format!("toko sagara/{folder}")).is_empty(),
            "{folder}"
        );
    }
}

/// Results on stdout, everything else on stderr, and nothing that only a terminal understands.
#[test]
fn pipes_get_plain_text() {
    let workspace = workspace().file(NAME, with_a_break());
    let output = run(&workspace, &[]).exits(0);
    assert!(output.stdout.contains("biller"), "{}", output.stdout);
    assert_eq!(output.stderr, "");
    let verbose = run(
        &workspace,
        &["--json", "-vv", "--log-format", "json", "--send"],
    )
    .exits(0);
    is_a_run(&verbose.json());
    for line in verbose.stderr.lines().filter(|line| !line.is_empty()) {
        let event: Result<Value, _> = serde_json::from_str(line);
        assert!(event.is_ok(), "{line}");
    }
    for stream in [&output.stdout, &verbose.stderr] {
        assert!(!stream.contains('\u{1b}'), "{stream}");
    }
}
