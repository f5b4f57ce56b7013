//! What `rekon check` says of look-ups by key in a SQLite ledger.

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
