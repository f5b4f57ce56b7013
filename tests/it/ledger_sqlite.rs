//! A ledger in SQLite: which index look-ups by key lack, and bounds that find nothing.

use crate::bills;

/// (statements after the table is made, query, what is said)
const TABLE: [(&str, &str, &str); 5] = [
    (
        "",
        PLAIN,
        "look-up by key scans payments: CREATE INDEX rekon_key ON payments (ref_id);",
    ),
    (
        "CREATE INDEX by_time ON payments (created_at);",
        PLAIN,
        "look-up by key scans payments: CREATE INDEX rekon_key ON payments (ref_id);",
    ),
    ("CREATE INDEX by_ref ON payments (ref_id);", PLAIN, ""),
    (
        "CREATE INDEX by_both ON payments (ref_id, created_at);",
        PLAIN,
        "",
    ),
    (
        "CREATE INDEX by_ref ON payments (ref_id);",
        COMPUTED,
        "look-up by key scans payments: an index on what the query selects as ref_id helps",
    ),
];

const PLAIN: &str = "SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at";
const COMPUTED: &str =
    "SELECT upper(ref_id) AS ref_id, amount, admin_fee, status, created_at AS occurred_at";

#[test]
fn a_look_up_without_an_index_is_announced_with_the_index() {
    for (statements, select, said) in TABLE {
        let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "A1", 75_000, "success")]);
        let ledger = workspace.read("ledger.sql");
        workspace.put("ledger.sql", format!("{ledger}{statements}"));
        let config = workspace.read("rekon.toml").replace(PLAIN, select);
        assert!(config.contains(select), "{config}");
        workspace.put("rekon.toml", config);
        let told = workspace.run(["check"]).exits(0).stdout;
        let note = told
            .lines()
            .find(|line| line.starts_with("NOTE  channel biller, ledger query"));
        let expected = match said {
            "" => None,
            said => Some(format!("NOTE  channel biller, ledger query: {said}")),
        };
        assert_eq!(note.map(str::to_owned), expected, "{statements} {select}");
    }
}

/// Seconds since 1970 beside text: SQLite would find nothing, and everything settled would be missing.
#[test]
fn bounds_that_cannot_find_a_row_are_refused() {
    let seconds = "created_at >= :from AND created_at < :to";
    let converted = "datetime(created_at, 'unixepoch', '+7 hours') >= :from \
                     AND datetime(created_at, 'unixepoch', '+7 hours') < :to";
    for (condition, date, code) in [
        (seconds, "2026-11-18", 78),
        (seconds, "2026-11-19", 78),
        (converted, "2026-11-18", 0),
        // A quiet date is none that the bounds cannot find.
        (converted, "2026-11-19", 0),
    ] {
        let workspace = bills::workspace("", &[]);
        // 2026-11-18 09:00 in Jakarta.
        workspace.put(
            "ledger.sql",
            "CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, status TEXT, \
             created_at INTEGER); INSERT INTO payments VALUES ('A1', 75000, 2500, 'success', 1794967200);",
        );
        let config = workspace.read("rekon.toml");
        let config = config
            .replace(
                "created_at AS occurred_at",
                "datetime(created_at, 'unixepoch', '+7 hours') AS occurred_at",
            )
            .replace(seconds, condition);
        workspace.put("rekon.toml", config);
        let row = [("2026-11-18 09:00:00", "A1", 75_000)];
        let rows = if date == "2026-11-18" { &row[..] } else { &[] };
        let name = format!("inbox/biller_{}.csv", date.replace('-', ""));
        bills::put(&workspace, &name, bills::report(rows), 60);
        let as_of = "2026-11-20T11:00:00+07:00";
        let run = workspace
            .run(["run", "--date", date, "--as-of", as_of])
            .exits(code);
        if code == 0 {
            assert!(run.stdout.contains("Complete"), "{}", run.stdout);
        } else {
            let said = "it has an entry of 2026-11-18 that :from = '2026-11-18 00:00:00'";
            assert!(run.stderr.contains(said), "{}", run.stderr);
        }
    }
}
