//! What changed and why, as `rekon diff`, the report of a rerun and a plain run say it.

use serde_json::Value;

use crate::bills::{Booked, channel, config, file_id, insert, ledger, put, report, workspace};
use crate::harness::{Output, Workspace};

const MON: &str = "2026-11-16";
const TUE: &str = "2026-11-17";
const START: &str = "start = \"2026-11-16\"";

fn inbox(date: &str) -> String {
    format!("inbox/biller_{}.csv", date.replace('-', ""))
}

const BOOKED: [Booked<'static>; 4] = [
    ("2026-11-16 08:00:00", "A", 10_000, "success"),
    ("2026-11-16 09:00:00", "B", 20_000, "success"),
    ("2026-11-16 10:00:00", "C", 30_000, "success"),
    ("2026-11-17 08:00:00", "T", 40_000, "success"),
];

/// Monday's file with an amount that is wrong, a row too many and one that is missing.
fn faulty() -> String {
    report(&[
        ("2026-11-16 08:00:00", "A", 10_000),
        ("2026-11-16 09:00:00", "B", 21_000),
        ("2026-11-16 12:00:00", "X", 5_000),
    ])
}

fn corrected() -> String {
    report(&[
        ("2026-11-16 08:00:00", "A", 10_000),
        ("2026-11-16 09:00:00", "B", 20_000),
        ("2026-11-16 10:00:00", "C", 30_000),
    ])
}

fn monday() -> Workspace {
    let workspace = workspace(START, &BOOKED);
    put(&workspace, &inbox(MON), faulty(), 60);
    run(&workspace, &["--date", MON]).exits(0);
    workspace
}

fn run(workspace: &Workspace, more: &[&str]) -> Output {
    workspace.run_args(&[&["run"], more].concat())
}

/// A plain run on Wednesday at this hour of Jakarta.
fn plain(workspace: &Workspace, hour: u32) -> Output {
    let as_of = format!("2026-11-18T{hour:02}:00:00+07:00");
    run(workspace, &["--as-of", &as_of])
}

fn diff(workspace: &Workspace, more: &[&str]) -> Output {
    workspace.run_args(&[&["diff", "--date", MON], more].concat())
}

fn change(workspace: &Workspace) -> Value {
    let json = diff(workspace, &["--json"]).exits(0).json();
    assert_eq!(json.as_array().map(Vec::len), Some(1), "{json}");
    json[0].clone()
}

fn causes(workspace: &Workspace) -> Vec<String> {
    let change = change(workspace);
    let causes = change["causes"].as_array().expect("causes");
    let text = |cause: &Value| cause.as_str().expect("a cause").to_owned();
    causes.iter().map(text).collect()
}

/// Pages of the reports, in the order of their names.
fn mails(workspace: &Workspace) -> Vec<String> {
    let mut names = workspace.files("mail");
    names.retain(|name| name.ends_with(".eml"));
    names
}

/// The newest page that names a changed result.
fn changed_page(workspace: &Workspace) -> String {
    let pages = workspace.files("mail").into_iter();
    let pages = pages.filter(|name| name.ends_with(".html"));
    let mut pages = pages.map(|name| workspace.read(&format!("mail/{name}")));
    pages
        .find(|page| page.contains("supersedes revision"))
        .expect("a page of a changed result")
}

#[track_caller]
fn says(text: &str, wanted: &[&str]) {
    for one in wanted {
        assert!(text.contains(one), "`{one}` is not in:\n{text}");
    }
}

#[test]
fn a_corrected_file_is_told_row_by_row() {
    let workspace = monday();
    put(&workspace, "inbox/biller_20261116_v2.csv", corrected(), 5);
    let rerun = run(&workspace, &["--date", MON]).exits(0).stdout;
    let told = [
        "biller_20261116_v2.csv (revision 2) replaces biller_20261116.csv (revision 1); \
         rows: 1 added, 1 removed, 1 changed",
        "~ ref_id B: Partner amount Rp21,000 → Rp20,000",
        "+ ref_id C · Rp30,000, success, row 4",
        "− ref_id X · Rp5,000, success, row 4",
        "Cause: the file was corrected.",
        "Breaks: 0 opened, 3 cleared, 0 changed.",
    ];
    says(&rerun, &told);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(&said, &told);
    says(
        &said,
        &[
            "biller, 16 Nov 2026: revision 2, supersedes revision 1",
            "  Breaks: 3 → 0",
            "  Matched: 1 · Rp10,000 → 3 · Rp60,000",
        ],
    );
    let page = changed_page(&workspace);
    says(
        &page,
        &[
            "rows: 1 added, 1 removed, 1 changed",
            "~ Reference ID\u{a0}B: Partner amount Rp21,000 → Rp20,000",
            "Cause: the file was corrected.",
            "Breaks: 0 opened, 3 cleared, 0 changed.",
        ],
    );

    let change = change(&workspace);
    assert_eq!(change["revisions"], serde_json::json!([1, 2]));
    assert_eq!(change["causes"], serde_json::json!(["file_corrected"]));
    let file = &change["files"][0];
    assert_eq!(file["change"], "replaced");
    assert_eq!(file["before"]["name"], "biller_20261116.csv");
    assert_eq!(file["after"]["revision"], 2);
    for kind in ["added", "removed", "changed"] {
        assert_eq!(file["rows"][kind], 1, "{file}");
    }
    assert_eq!(file["rows"]["listed"][0]["key"]["ref_id"], "B");
    assert_eq!(
        file["rows"]["listed"][0]["changed"][0]["before"],
        "21000.00"
    );
    let cleared = change["breaks"]["cleared"].as_array().expect("cleared");
    assert_eq!(cleared.len(), 3);
    assert!(cleared.iter().all(|one| one["became"].is_null()));
    let settlement = &change["totals"]["settlement"];
    assert_eq!(settlement["before"]["amount"], "36000.00");
    assert_eq!(settlement["after"]["amount"], "60000.00");
}

/// Which file counts, and therefore what changed, is the same when the correction is taken back.
#[test]
fn a_withdrawn_correction_brings_back_the_file_before_it() {
    let workspace = monday();
    put(&workspace, "inbox/biller_20261116_v2.csv", corrected(), 5);
    run(&workspace, &["--date", MON]).exits(0);
    let id = file_id(&workspace, "biller_20261116_v2.csv");
    let withdraw = ["files", "withdraw", &id, "--reason", "of another merchant"];
    workspace.run_args(&withdraw).exits(0);
    run(&workspace, &["--date", MON, "--no-collect"]).exits(0);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(
        &said,
        &[
            "revision 3, supersedes revision 2",
            "biller_20261116.csv counts again in place of biller_20261116_v2.csv",
            "Cause: the file was withdrawn.",
            "Breaks: 3 opened, 0 cleared, 0 changed.",
        ],
    );
    // What was first and what is last are the same but for nothing.
    let ends = diff(&workspace, &["--revisions", "1..3"]).exits(0).stdout;
    says(&ends, &["revision 3, supersedes revision 1"]);
    assert!(!ends.contains("→") && !ends.contains("Breaks:"), "{ends}");
}

#[test]
fn a_withdrawn_file_leaves_its_date_incomplete() {
    let workspace = monday();
    let id = file_id(&workspace, "biller_20261116.csv");
    let withdraw = ["files", "withdraw", &id, "--reason", "of another merchant"];
    workspace.run_args(&withdraw).exits(0);
    let taken = plain(&workspace, 11).exits(66).stdout;
    says(&taken, &["biller 2026-11-16: the file was withdrawn"]);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(
        &said,
        &[
            "biller_20261116.csv was withdrawn: of another merchant",
            "  State: Complete → Incomplete",
        ],
    );
    // That nothing of the date is known any more is that one line, not one for each figure.
    assert!(!said.contains("→ not known"), "{said}");
    assert_eq!(causes(&workspace), ["file_withdrawn"]);
}

#[test]
fn a_late_file_is_told_where_it_was_awaited() {
    let workspace = workspace(START, &BOOKED);
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 40_000)]),
        60,
    );
    let first = plain(&workspace, 11).exits(66).stdout;
    says(&first, &["biller 2026-11-16 to 2026-11-17: never run"]);
    put(&workspace, &inbox(MON), corrected(), 5);
    let second = plain(&workspace, 12).exits(0).stdout;
    says(
        &second,
        &[
            "biller 2026-11-16: was not complete, the file came",
            "biller 2026-11-17: yesterday, which every run looks at",
            "  State: Incomplete → Complete",
            "biller_20261116.csv came with 3 rows",
        ],
    );
    assert_eq!(causes(&workspace), ["file_added"]);
    let third = plain(&workspace, 13).exits(0).stdout;
    assert!(!third.contains("2026-11-16"), "{third}");
    says(&third, &["Nothing changed"]);
    assert_eq!(mails(&workspace).len(), 2);
}

#[test]
fn a_changed_ledger_is_named_as_the_cause() {
    let workspace = monday();
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 40_000)]),
        60,
    );
    plain(&workspace, 11).exits(0);
    workspace.change_ledger(
        "ledger.db",
        &format!(
            "{} UPDATE payments SET amount = 22000 WHERE ref_id = 'B';",
            insert(("2026-11-16 12:00:00", "X", 5_000, "success"))
        ),
    );
    let healed = run(
        &workspace,
        &["--as-of", "2026-11-18T12:00:00+07:00", "--json"],
    )
    .exits(0);
    says(
        &healed.stderr,
        &["note: biller 2026-11-16: the ledger changed"],
    );
    assert_eq!(causes(&workspace), ["ledger_changed"]);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(&said, &["Cause: the ledger changed."]);
    let change = change(&workspace);
    assert_eq!(change["files"], serde_json::json!([]));
    let keys = |what: &str| -> Vec<&str> {
        let breaks = change["breaks"][what].as_array().expect("breaks");
        breaks
            .iter()
            .map(|one| one["key"]["ref_id"].as_str().expect("a key"))
            .collect()
    };
    // What is booked anew with another amount is still the same break.
    assert_eq!(keys("opened"), [""; 0]);
    assert_eq!(keys("changed"), ["B"]);
    assert_eq!(keys("cleared"), ["X"]);
}

#[test]
fn a_profile_is_told_from_a_setting() {
    let profile = |pending: &str| {
        format!(
            "name = \"kilat\"\nmoney = \"we-receive\"\n[defaults]\npending_sla = \"{pending}\"\n\
             calendar = \"every-day\"\ndue = \"08:00\"\nfiles_per_date = \"one\"\n[file]\n\
             delimiter = \";\"\n[[field]]\nname = \"ref_id\"\ncolumns = [\"ref_id\"]\nkey = \"text\"\n\
             [amount]\ncolumns = [\"amount\"]\n[time]\ncolumns = [\"timestamp\"]\n\
             zone = \"Asia/Jakarta\"\n[status]\nconstant = \"success\"\n\
             [slot]\nfile_name = ['(?P<date>20\\d{{6}})']\n"
        )
    };
    let settings = |tolerance: u32| {
        let settings = format!(
            "{START}\nprofile = \"kilat.toml\"\npending_sla = \"2h\"\namount_tolerance = \"{tolerance}\""
        );
        config(&[channel("biller", &settings)])
    };
    let workspace = Workspace::new()
        .config(&settings(0))
        .file("kilat.toml", profile("2h"))
        .ledger_sql(&ledger(&BOOKED));
    put(&workspace, &inbox(MON), faulty(), 60);
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 40_000)]),
        60,
    );
    plain(&workspace, 11).exits(0);

    // A setting that changes what is found.
    workspace.put("rekon.toml", settings(1_000));
    let rerun = plain(&workspace, 12).exits(0).stdout;
    says(
        &rerun,
        &["biller 2026-11-16 to 2026-11-17: the channel's settings changed"],
    );
    assert_eq!(causes(&workspace), ["settings_changed"]);
    // A profile that reads the same is looked at once and makes no revision.
    workspace.put("kilat.toml", profile("3h"));
    let rerun = plain(&workspace, 13).exits(0).stdout;
    says(
        &rerun,
        &[
            "biller 2026-11-16 to 2026-11-17: the profile changed",
            "Nothing changed",
        ],
    );
    let same = plain(&workspace, 14).exits(0).stdout;
    says(&same, &["biller 2026-11-17: yesterday"]);
    // One that reads otherwise makes one.
    let other = profile("3h").replace("columns = [\"amount\"]", "columns = [\"admin_fee\"]");
    workspace.put("kilat.toml", other);
    plain(&workspace, 15).exits(0);
    assert_eq!(causes(&workspace), ["profile_changed"]);
}

#[test]
fn a_date_that_changed_with_its_neighbour_says_so() {
    let workspace = workspace(START, &[("2026-11-16 23:59:58", "N", 20_000, "success")]);
    put(&workspace, &inbox(MON), report(&[]), 60);
    run(
        &workspace,
        &["--date", MON, "--as-of", "2026-11-17T11:00:00+07:00"],
    )
    .exits(0);
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 00:00:02", "N", 20_000)]),
        60,
    );
    run(&workspace, &["--from", MON, "--to", TUE]).exits(0);
    assert_eq!(causes(&workspace), ["other_dates_changed"]);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(
        &said,
        &["Cause: other dates changed (17 Nov 2026), nothing of this date's own."],
    );
    assert_eq!(change(&workspace)["other_dates"], serde_json::json!([TUE]));
}

/// What stays open goes on to later dates: it is told which earlier ones brought it.
#[test]
fn a_date_that_only_carries_on_names_where_it_comes_from() {
    let wednesday = ("2026-11-18 08:00:00", "W", 1_000, "success");
    let workspace = workspace(START, &[&BOOKED[..], &[wednesday]].concat());
    put(&workspace, &inbox(MON), faulty(), 60);
    let tuesday = [("2026-11-17 08:00:00", "T", 40_000)];
    put(&workspace, &inbox(TUE), report(&tuesday), 60);
    let range = ["--from", MON, "--to", "2026-11-18"];
    put(
        &workspace,
        &inbox("2026-11-18"),
        report(&[("2026-11-18 08:00:00", "W", 1_000)]),
        60,
    );
    run(&workspace, &range).exits(0);
    put(&workspace, "inbox/biller_20261116_v2.csv", corrected(), 5);
    let said = "Cause: other dates changed (16 Nov 2026), nothing of this date's own.";
    run(&workspace, &range).exits(0);
    // Tuesday changed too, and brings nothing of its own to Wednesday.
    for date in [TUE, "2026-11-18"] {
        let diff = workspace.run(["diff", "--date", date]).exits(0).stdout;
        says(&diff, &[said]);
    }
    says(
        &changed_page(&workspace),
        &["Cause: other dates changed (16 Nov 2026)"],
    );

    // Also where each was run by itself.
    let id = file_id(&workspace, "biller_20261116_v2.csv");
    let withdraw = ["files", "withdraw", &id, "--reason", "of another merchant"];
    workspace.run_args(&withdraw).exits(0);
    for date in [MON, "2026-11-18"] {
        run(&workspace, &["--date", date, "--no-collect"]).exits(0);
    }
    let diff = workspace.run(["diff", "--date", "2026-11-18"]).exits(0);
    says(&diff.stdout, &[said]);
}

#[test]
fn what_people_decided_is_a_cause() {
    let workspace = monday();
    let breaks = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let id = breaks[0]["id"].as_str().expect("an id").to_owned();
    workspace
        .run(["breaks", "resolve", &id, "--reason", "other"])
        .exits(0);
    run(&workspace, &["--date", MON]).exits(0);
    assert_eq!(causes(&workspace), ["people_decided"]);
    says(
        &diff(&workspace, &[]).exits(0).stdout,
        &["Cause: people resolved, wrote off or reopened breaks."],
    );
}

#[test]
fn what_cannot_be_compared_is_said_in_a_sentence() {
    let workspace = monday();
    let once = diff(&workspace, &[]).exits(0);
    says(
        &once.stdout,
        &["biller 2026-11-16: one revision, and nothing has changed since"],
    );
    let json = diff(&workspace, &["--json"]).exits(0);
    assert_eq!(json.json(), serde_json::json!([]));
    says(&json.stderr, &["one revision"]);
    run(&workspace, &["--date", MON, "--send"]).exits(0);
    diff(&workspace, &[]).exits(0);
    for (args, wanted) in [
        (
            &["diff", "--date", TUE][..],
            "biller 2026-11-17: never run; `rekon run --date 2026-11-17` judges it",
        ),
        (
            &["diff", "--date", MON, "--revisions", "1..2"],
            "biller 2026-11-16: there is no revision 2; the only one is 1",
        ),
        (
            &["diff", "--date", MON, "--revisions", "2..1"],
            "write 1..2, the earlier first",
        ),
        (
            &["diff", "--date", MON, "--revisions", "1"],
            "write 1..2, the earlier first",
        ),
        (&["diff", "--date", "16 Nov"], "write YYYY-MM-DD"),
        (&["diff"], "--date"),
        (
            &["diff", "--date", MON, "--channel", "ovo"],
            "there is no channel `ovo`",
        ),
    ] {
        let output = workspace.run_args(args).exits(2);
        says(&output.stderr, &[wanted]);
        assert!(output.stdout.is_empty(), "{}", output.stdout);
    }
}

/// The bytes of a file may be given up one day; that it was replaced stays known.
#[test]
fn a_file_whose_bytes_are_gone_is_still_named() {
    let workspace = monday();
    put(&workspace, "inbox/biller_20261116_v2.csv", corrected(), 5);
    run(&workspace, &["--date", MON]).exits(0);
    let sha = change(&workspace)["files"][0]["before"]["sha256"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let kept = workspace.files("archive");
    let path = kept
        .iter()
        .find(|path| path.replace('/', "").contains(&sha[2..]));
    let path = format!("archive/{}", path.expect("its bytes"));
    let replaced =
        "(revision 2) replaces biller_20261116.csv (revision 1); the rows cannot be compared";
    let breaks = "Breaks: 0 opened, 3 cleared, 0 changed.";
    // Each in the words of what became of them.
    workspace.put(&path, "other bytes");
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(
        &said,
        &[
            replaced,
            "its bytes are no longer those of its name",
            breaks,
        ],
    );
    workspace.remove(&path);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(&said, &[replaced, "No such file or directory", breaks]);
    let purged =
        format!("INSERT INTO purged (sha256, at) VALUES ('{sha}', '2026-11-18T00:00:00Z')");
    workspace.change_ledger("state/state.db", &purged);
    let said = diff(&workspace, &[]).exits(0).stdout;
    says(
        &said,
        &[
            replaced,
            "biller_20261116.csv was removed on purpose, by `rekon purge`",
            breaks,
        ],
    );
}

#[test]
fn a_dry_run_tells_it_in_the_same_words() {
    let workspace = monday();
    put(&workspace, "inbox/biller_20261116_v2.csv", corrected(), 5);
    let collect = ["collect"];
    workspace.run_args(&collect).exits(0);
    let dry = run(&workspace, &["--date", MON, "--dry-run"])
        .exits(0)
        .stdout;
    run(&workspace, &["--date", MON]).exits(0);
    let said = diff(&workspace, &[]).exits(0).stdout;
    let told: Vec<&str> = said.lines().skip(2).collect();
    assert!(told.len() > 8, "{said}");
    says(&dry, &told);
}

/// A month is one report with every date in it, not a mail a day.
#[test]
fn a_month_is_one_report() {
    let days: Vec<String> = (1..=31).map(|day| format!("2026-10-{day:02}")).collect();
    let mut booked = Vec::new();
    for day in &days {
        booked.push((format!("{day} 08:00:00"), format!("R{}", &day[8..])));
    }
    let rows: Vec<Booked<'_>> = booked
        .iter()
        .map(|(at, reference)| (at.as_str(), reference.as_str(), 10_000, "success"))
        .collect();
    let workspace = workspace("start = \"2026-10-01\"", &rows);
    let written = |workspace: &Workspace, amount: u32, minutes: u64| {
        for (at, reference) in &booked {
            // One day of the month lacks its file, and four were right at once.
            let right = ["R01", "R02", "R03", "R31"].contains(&reference.as_str());
            let amount = if right { 10_000 } else { amount };
            if reference != "R13" {
                let rows = [(at.as_str(), reference.as_str(), amount)];
                put(workspace, &inbox(&at[..10]), report(&rows), minutes);
            }
        }
    };
    written(&workspace, 9_000, 90);
    let range = ["--from", "2026-10-01", "--to", "2026-10-31"];
    run(&workspace, &range).exits(66);
    assert_eq!(mails(&workspace).len(), 1);
    let page = |wanted: &str| {
        let pages = workspace.files("mail").into_iter();
        let pages = pages.filter(|name| name.ends_with(".html"));
        let mut pages = pages.map(|name| workspace.read(&format!("mail/{name}")));
        pages.find(|page| page.contains(wanted)).expect("a page")
    };
    let first = page("26 breaks");
    for day in 1..=31 {
        let line = format!("<th scope=\"row\">{day} Oct 2026</th>");
        let leading = format!("\">{day} Oct 2026</a></th>");
        // The last fourteen stand among the bars too.
        let places = if day > 31 - 14 { 2 } else { 1 };
        let found = first.matches(&line).count() + first.matches(&leading).count();
        assert_eq!(found, places, "{day}");
    }
    assert!(!first.contains("supersedes revision"));
    run(&workspace, &range).exits(66);
    assert_eq!(mails(&workspace).len(), 1, "nothing changed, no new mail");

    // All of them corrected: again one mail, with the changes of each date in its section.
    written(&workspace, 10_000, 5);
    run(&workspace, &range).exits(66);
    assert_eq!(mails(&workspace).len(), 2);
    let second = page("supersedes revision");
    says(&second, &["rows: 0 added, 0 removed, 1 changed"]);
    let title = |day: u32| {
        format!("<h3>Tokopedia Biller, {day} Oct 2026: revision 2, supersedes revision 1")
    };
    let section = |day: u32| {
        let at = second.find(&title(day));
        let text = &second[at.unwrap_or_else(|| panic!("no section of the {day}th"))..];
        let end = ["<h3", "</section"].map(|mark| text[1..].find(mark));
        let end = end.into_iter().flatten().min();
        text[..end.map_or(text.len(), |end| end + 1)].to_owned()
    };
    for day in 1..=31 {
        assert_eq!(second.contains(&title(day)), day > 3, "{day}");
    }
    for (day, cause) in [
        (4, "Cause: the file was corrected."),
        (13, "Cause: other dates changed (4–12 Oct 2026), nothing"),
        (
            31,
            "Cause: other dates changed (4–12 Oct 2026, 14–30 Oct 2026), nothing",
        ),
    ] {
        let revisions =
            format!("Tokopedia Biller, {day} Oct 2026: revision 2, supersedes revision 1");
        says(&section(day), &[&revisions, cause]);
    }
    run(&workspace, &[&range[..], &["--send"]].concat()).exits(66);
    assert_eq!(mails(&workspace).len(), 3);
}
