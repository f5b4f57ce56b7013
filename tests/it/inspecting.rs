//! `rekon inspect` from the command line: known profiles, a ledger to try keys against, `--write`.

use crate::harness::Workspace;

const FILE: &str = "\
ref_id;partner_ref_id;timestamp;amount;fee;total
S000101;P-771;2026-11-18 08:00:00;7500000;50000;7550000
S000102;P-772;2026-11-18 09:00:00;12550000;50000;12600000
S000103;P-773;2026-11-18 10:00:00;2050000;50000;2100000
S000104;P-774;2026-11-18 23:58:00;1050000;50000;1100000
";

/// The ledger writes the partner's number, and amounts in rupiah with the fee.
const LEDGER: &str = "\
CREATE TABLE payments (ref TEXT, invoice TEXT, amount INTEGER, status TEXT, created_at TEXT);
INSERT INTO payments VALUES
 ('P-771', 'INV1', 75500, 'PAID', '2026-11-18 01:00:00'),
 ('P-772', 'INV2', 126000, 'PAID', '2026-11-18 02:00:00'),
 ('P-773', 'INV3', 21000, 'PAID', '2026-11-18 03:00:00'),
 ('P-774', 'INV4', 11000, 'PAID', '2026-11-18 17:00:01');
";

const CONFIG: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[[channel]]
name          = "sentosa"
profile       = "tokopedia-biller"
ledger_status = { PAID = "success" }
ledger_query  = """
SELECT ref AS ref_id, invoice AS reference, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""
"#;

fn workspace() -> Workspace {
    Workspace::new()
        .config(CONFIG)
        .ledger_sql(LEDGER)
        .file("sentosa_20261118.csv", FILE)
}

#[test]
fn columns_are_tried_against_the_ledger_of_a_channel() {
    let workspace = workspace();
    let args = ["inspect", "sentosa_20261118.csv", "--channel", "sentosa"];
    let text = workspace.run(args).exits(0).stdout;
    insta::assert_snapshot!("ledger_candidates", text);
    let json = workspace
        .run_args(&[&args[..], &["--json"]].concat())
        .exits(0)
        .json();
    assert_eq!(json["ledger"]["keys"][0]["columns"][0], "partner_ref_id");
    assert_eq!(json["ledger"]["keys"][0]["found"], 4);
    let key = json["proposal"]["guesses"]
        .as_array()
        .expect("guesses")
        .iter()
        .find(|guess| guess["key"] == "field ref_id.key");
    assert!(key.is_some(), "{json:#}");
    // The ledger is only read, and nothing of the file is kept.
    assert!(!workspace.path().join("state.db").exists());
}

#[test]
fn without_the_ledger_the_keys_are_a_question() {
    let workspace = workspace();
    let args = [
        "inspect",
        "sentosa_20261118.csv",
        "--json",
        "--write",
        "own.toml",
    ];
    let json = workspace.run(args).exits(0).json();
    let questions = json["proposal"]["questions"].as_array().expect("questions");
    let keys: Vec<&str> = questions
        .iter()
        .filter_map(|question| question["key"].as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "money",
            "field.key",
            "amount.columns",
            "amount.unit",
            "fee.unit",
            "status.constant"
        ],
        "{json:#}"
    );
}

#[test]
fn a_proposal_is_written_once_and_never_over_another_text() {
    let workspace = workspace();
    let args = [
        "inspect",
        "sentosa_20261118.csv",
        "--channel",
        "sentosa",
        "--write",
        "own.toml",
    ];
    let text = workspace.run(args).exits(0).stdout;
    insta::assert_snapshot!("written", text);
    let saved = std::fs::read_to_string(workspace.path().join("own.toml")).expect("the profile");
    workspace.run(args).exits(0);
    let refused = workspace
        .run(["inspect", "sentosa_20261118.csv", "--profile", "own.toml"])
        .exits(78)
        .stderr;
    assert!(refused.contains("money"), "{refused}");
    let answered = saved
        .replace("#? money = \"we-receive\"", "money = \"we-receive\"")
        .replace("#? constant = \"success\"", "constant = \"success\"");
    workspace.put("own.toml", &answered);
    let kept = workspace.run(args).exits(2).stderr;
    assert!(kept.contains("left as it is"), "{kept}");
    assert_eq!(
        std::fs::read_to_string(workspace.path().join("own.toml")).expect("kept"),
        answered
    );
    let text = workspace
        .run(["inspect", "sentosa_20261118.csv", "--profile", "own.toml"])
        .exits(0)
        .stdout;
    assert!(text.contains("4 read, 0 rejected"), "{text}");
    assert!(text.contains("amount IDR 233500.00"), "{text}");
}

#[test]
fn a_file_that_a_known_profile_reads_needs_no_proposal() {
    let workspace = Workspace::copy_of("sample_reports");
    let folder = workspace.path().join("tokopedia-biller");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("samples")
        .map(|entry| {
            entry
                .expect("a sample")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    let sample = format!("tokopedia-biller/{}", names[0]);
    let text = workspace.run(["inspect", &sample]).exits(0).stdout;
    assert!(
        text.contains("reads with a profile that is there already"),
        "{text}"
    );
    assert!(
        text.contains("tokopedia-biller") && text.contains("of channel tokopedia-biller"),
        "{text}"
    );
    let json = workspace
        .run(["inspect", &sample, "--json"])
        .exits(0)
        .json();
    assert_eq!(json["fits"][0]["profile"], "tokopedia-biller");
    assert!(json["proposal"].is_null());
}

#[test]
fn a_known_profile_that_would_overlook_a_failure_does_not_fit() {
    let file = "ref_id;timestamp;amount;status\nA1;2026-11-18 08:00:00;1000;FAILED\nA2;2026-11-18 08:01:00;1250;SUCCESS\n";
    let workspace = Workspace::new().file("lain.csv", file);
    let text = workspace.run(["inspect", "lain.csv"]).exits(0).stdout;
    assert!(text.contains("It does not read status"), "{text}");
    assert!(text.contains("QUESTION money"), "{text}");
    let unknown = workspace
        .run(["inspect", "lain.csv", "--channel", "x"])
        .exits(78)
        .stderr;
    assert!(unknown.contains("no configuration found"), "{unknown}");
}

const STATEMENT: &str = "\
ref,undoes,side,amount,time,state
P-771,,CR,75500,2026-11-18 08:00:00,PAID
P-772,,CR,126000,2026-11-18 09:00:00,PAID
P-773,P-771,CR,21000,2026-11-18 10:00:00,PAID
P-774,,DB,11000,2026-11-18 11:00:00,PAID
";

const ONE_SIDE: &str = r#"
name = "statement"
money = "we-receive"
[defaults]
pending_sla = "2h"
calendar = "every-day"
due = "10:00"
files_per_date = "one"
[[field]]
name = "ref"
columns = ["ref"]
key = "text"
[amount]
columns = ["amount"]
[time]
columns = ["time"]
[[filter]]
columns = ["side"]
include = '^CR$'
[status]
columns = ["state"]
[[status.map]]
codes = ["PAID"]
is = "success"
"#;

#[test]
fn rows_left_out_and_columns_of_few_rows_are_no_evidence() {
    let config = CONFIG
        .replace("tokopedia-biller", "statement.toml")
        .replace("ref AS ref_id", "ref");
    let workspace = Workspace::new()
        .config(&config)
        .ledger_sql(LEDGER)
        .file("statement.toml", ONE_SIDE)
        .file("statement_20261118.csv", STATEMENT);
    let args = [
        "inspect",
        "statement_20261118.csv",
        "--channel",
        "sentosa",
        "--json",
    ];
    let json = workspace.run(args).exits(0).json();
    assert_eq!(json["fits"][0]["rows"], 3, "{json:#}");
    assert_eq!(json["fits"][0]["amount"], "222500.00", "{json:#}");
    // "undoes" finds its only value in the ledger, and is no rival of "ref".
    let guesses = json["proposal"]["guesses"].as_array().expect("guesses");
    let key = guesses.iter().find(|guess| guess["key"] == "field ref.key");
    let evidence = key.map(|guess| guess["evidence"].to_string());
    assert!(
        evidence.is_some_and(|evidence| evidence.contains("4 of 4 different values")),
        "{json:#}"
    );
}

/// Every sample of a built-in profile, whatever rows of it are bad, is known again by its own.
#[test]
fn each_sample_is_known_as_what_it_is() {
    let workspace = Workspace::copy_of("sample_reports");
    let mut looked_at = 0;
    for profile in rekon::profiles::BUILT_IN {
        for entry in std::fs::read_dir(workspace.path().join(profile)).expect("samples") {
            let name = entry.expect("a sample").file_name();
            let name = name.to_str().expect("a plain name");
            if name.ends_with(".expected") {
                continue;
            }
            let sample = format!("{profile}/{name}");
            let json = workspace
                .run(["inspect", &sample, "--json"])
                .exits(0)
                .json();
            let fits = json["fits"].as_array().expect("fits");
            let named: Vec<&str> = fits
                .iter()
                .filter_map(|fit| fit["profile"].as_str())
                .collect();
            assert_eq!(named, [profile], "{sample}: {json:#}");
            assert!(json["proposal"].is_null(), "{sample}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 40, "{looked_at}");
}

/// A stranger's file that a built-in profile reads row by row, and of which it leaves out a column that
/// says something of the money: the profile is named beside the proposal, with what it does not read.
#[test]
fn a_strangers_file_is_not_claimed_by_a_profile_that_leaves_out_what_counts() {
    // column | its values | what it is taken for; nothing where the profile may claim the file
    for (header, values, expected) in [
        ("MDR Amount", "70|140|210", Some("fee")),
        ("Biaya Layanan", "0|0|0", Some("fee")),
        ("Total Bayar", "10100|20100|30100", Some("amount")),
        ("Hasil", "OK|OK|GAGAL", Some("status")),
        (
            "Status Pengiriman",
            "SUCCESS|SUCCESS|SUCCESS",
            Some("status"),
        ),
        ("Mata Uang", "IDR|IDR|IDR", Some("currency")),
        ("Kolom F", "IDR|USD|IDR", Some("currency")),
        ("D/K", "K|K|D", Some("side")),
        ("RRN", "000000000001|000000000002|000000000003", Some("id")),
        ("Kota", "Bandung|Bandung|Jakarta", None),
        ("Catatan", "|titip di satpam|", None),
    ] {
        let values: Vec<&str> = values.split('|').collect();
        let file = format!(
            "Transaction ID,Transaction Time,Amount,{header}\n\
             QG1,11/18/2026 08:00:00,10000,{}\nQG2,11/18/2026 08:10:00,20000,{}\nQG3,11/18/2026 08:20:00,30000,{}\n",
            values[0], values[1], values[2]
        );
        let workspace = Workspace::new().file("qris_20261118.csv", &file);
        let args = ["inspect", "qris_20261118.csv", "--json"];
        let json = workspace.run(args).exits(0).json();
        let Some(expected) = expected else {
            assert_eq!(
                json["fits"][0]["profile"], "gopay-export",
                "{header}: {json:#}"
            );
            continue;
        };
        assert_eq!(json["fits"], serde_json::json!([]), "{header}: {json:#}");
        let beside = &json["beside"][0];
        assert_eq!(beside["profile"], "gopay-export", "{header}: {json:#}");
        assert_eq!(beside["rows"], 3, "{header}");
        let overlooked = serde_json::json!([{ "column": header, "looks_like": expected }]);
        assert_eq!(beside["overlooks"], overlooked, "{header}: {json:#}");
        assert!(json["proposal"]["toml"].is_string(), "{header}");
        let text = workspace
            .run(["inspect", "qris_20261118.csv"])
            .exits(0)
            .stdout;
        assert!(
            text.contains("Profile gopay-export reads it: ")
                && text.contains(&format!("It does not read {header} ("))
                && text.contains("QUESTION money"),
            "{header}: {text}"
        );
    }
}

/// All of its headers are known, and its dates are written in another order: no report of that provider.
#[test]
fn a_strangers_dates_are_not_claimed() {
    let mut file = "Transaction ID,Transaction Time,Amount\n".to_owned();
    for day in 6..15 {
        file.push_str(&format!("QG{day},{day:02}/11/2026 08:00:00,{day}0000\n"));
    }
    let workspace = Workspace::new().file("qris_202611.csv", &file);
    let json = workspace
        .run(["inspect", "qris_202611.csv", "--json"])
        .exits(0)
        .json();
    assert_eq!(json["fits"], serde_json::json!([]), "{json:#}");
    assert_eq!(json["beside"][0]["rejected"], 2, "{json:#}");
}

/// Columns at fixed places have no header that a survey finds: the profile's own reading says what it
/// leaves out.
#[test]
fn a_printed_report_with_a_strange_column_is_not_claimed() {
    let workspace = Workspace::copy_of("sample_reports");
    let sample = "qris-switch/qris_switch_20261116.txt";
    let text = std::fs::read_to_string(workspace.path().join(sample)).expect("the sample");
    let own = text.replace("Merchant Criteria", "Disc.    Potongan");
    workspace.put("own_20261116.txt", &own);
    let json = workspace.run(["inspect", "own_20261116.txt", "--json"]);
    let said = format!("{}{}", json.stdout, json.stderr);
    assert!(
        said.contains("qris-switch") && said.contains("Potongan"),
        "{said}"
    );
    assert!(!said.contains("\"fits\": [\n    {"), "{said}");
}

/// A gateway's file: `gateway_tx_id` is different on every row, and the ledger has `reference`.
fn gateway(known: usize, of: usize, ledger: &dyn Fn(usize) -> String) -> Workspace {
    let mut file = "gateway_tx_id,reference,paid_at,amount\n".to_owned();
    let mut sql = "CREATE TABLE payments (ref TEXT, invoice TEXT, amount INTEGER, status TEXT, created_at TEXT);\n".to_owned();
    for row in 0..of {
        let amount = 10_000 + 25 * row;
        let (hour, minute, second) = (8 + row / 3600, row / 60 % 60, row % 60);
        file.push_str(&format!(
            "GTX{row:08},ORD-{row:06},2026-11-18 {hour:02}:{minute:02}:{second:02},{amount}\n"
        ));
        if row < known {
            let key = ledger(row);
            sql.push_str(&format!(
                "INSERT INTO payments VALUES ('{key}', 'INV{row}', {amount}, 'PAID', '2026-11-18 01:00:00');\n"
            ));
        }
    }
    Workspace::new()
        .config(CONFIG)
        .ledger_sql(&sql)
        .file("gateway_20261118.csv", &file)
}

fn key_of(json: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let guesses = json["proposal"]["guesses"].as_array().expect("guesses");
    let keys = guesses
        .iter()
        .filter(|guess| {
            guess["key"]
                .as_str()
                .is_some_and(|key| key.ends_with(".key"))
        })
        .map(|guess| guess["evidence"].as_str().expect("evidence").to_owned());
    let questions = json["proposal"]["questions"].as_array().expect("questions");
    let asked = questions
        .iter()
        .filter(|question| question["key"] == "field.key")
        .map(|question| question["asks"].as_str().expect("a question").to_owned());
    (keys.collect(), asked.collect())
}

#[test]
fn the_key_is_the_one_that_the_ledger_has() {
    let args = ["inspect", "gateway_20261118.csv", "--channel", "sentosa"];
    let looked = |workspace: &Workspace| {
        let json = workspace
            .run_args(&[&args[..], &["--json"]].concat())
            .exits(0)
            .json();
        let text = json["proposal"]["toml"]
            .as_str()
            .expect("a text")
            .to_owned();
        (key_of(&json), text)
    };
    let order = |row: usize| format!("ORD-{row:06}");
    // Most of them are there, and no other column: that is the key, and what is missing is said.
    let ((keys, asked), text) = looked(&gateway(602, 950, &order));
    assert_eq!(asked, Vec::<String>::new());
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(
        keys[0].contains("602 of 950 different values") && keys[0].contains("348 are not there")
    );
    assert!(
        text.contains("name = \"ref_id\"\ncolumns = [\"reference\"]\n# key:"),
        "{text}"
    );
    assert!(
        !text.contains("columns = [\"gateway_tx_id\"]\n# key:"),
        "{text}"
    );
    // A part of them: a question, and of the columns that the ledger has alone.
    let ((keys, asked), text) = looked(&gateway(12, 60, &order));
    assert_eq!(keys, Vec::<String>::new());
    assert!(
        asked[0].contains("has some values of \"reference\"") && !asked[0].contains("gateway"),
        "{asked:?}"
    );
    assert!(
        text.contains("# 12 of 60 different values are in the ledger"),
        "{text}"
    );
    // None: no fact, whatever is different on every row.
    let ((keys, asked), _) = looked(&gateway(60, 60, &|row| format!("ZZ-{row}")));
    assert_eq!(keys, Vec::<String>::new());
    assert!(
        asked[0].contains("no value of any column is among the references"),
        "{asked:?}"
    );
    // A ledger without these dates says nothing.
    let ((keys, asked), _) = looked(&gateway(0, 60, &order));
    assert_eq!(keys, Vec::<String>::new());
    assert!(
        asked[0].contains("holds no entry of these dates"),
        "{asked:?}"
    );
    // What the ledger has beside its key is named, and is a question.
    let invoices = gateway(60, 60, &|row| format!("ZZ-{row}"));
    let sql = std::fs::read_to_string(invoices.path().join("ledger.sql")).expect("the ledger");
    let sql = (0..60).fold(sql, |sql, row| {
        sql.replace(&format!("'INV{row}'"), &format!("'ORD-{row:06}'"))
    });
    let ((keys, asked), text) = looked(&invoices.ledger_sql(&sql));
    assert_eq!(keys, Vec::<String>::new());
    assert!(asked[0].contains("\"reference\""), "{asked:?}");
    let text = text.replace("\n# ", " ");
    assert!(
        text.contains("60 of 60 different values are in the ledger of channel sentosa as reference, which is no part of its key"),
        "{text}"
    );
    // Without a ledger a column that is different on every row is a question.
    let workspace = gateway(602, 950, &order);
    let json = workspace
        .run(["inspect", "gateway_20261118.csv", "--json"])
        .exits(0)
        .json();
    let (keys, asked) = key_of(&json);
    assert_eq!(keys, Vec::<String>::new());
    assert!(
        asked[0].contains("Which one does the ledger hold?"),
        "{asked:?}"
    );
}

/// A word of a sentence is tried against the ledger as well, even where few sentences hold it.
#[test]
fn a_reference_inside_sentences_is_tried_against_the_ledger() {
    let mut file = "Tanggal;Keterangan;Jumlah\n".to_owned();
    for row in 0..40 {
        let said = match row % 4 {
            0 => format!("TRF masuk ORD-{row:06} dari toko"),
            _ => "Biaya admin bulan ini".to_owned(),
        };
        file.push_str(&format!(
            "18/11/2026 08:{row:02}:00;{said};{}\n",
            10_000 + 25 * row
        ));
    }
    let workspace =
        gateway(40, 40, &|row| format!("ORD-{row:06}")).file("mutasi_20261118.csv", &file);
    let args = [
        "inspect",
        "mutasi_20261118.csv",
        "--channel",
        "sentosa",
        "--json",
    ];
    let json = workspace.run(args).exits(0).json();
    let (keys, asked) = key_of(&json);
    assert_eq!(asked, Vec::<String>::new(), "{json:#}");
    assert!(keys[0].contains("10 of 10 different values"), "{keys:?}");
    let text = json["proposal"]["toml"].as_str().expect("a text");
    assert!(
        text.contains(r"pattern = '\b(?P<ref_id>ORD\-\d{6})\b'"),
        "{text}"
    );
    assert!(
        text.contains("30 rows hold none, the first row 3"),
        "{text}"
    );
}

const UNREAD: &str = "\
ref,amount,time,state,side,Jenis Transaksi,MDR,Valuta,Kota
P-771,75500,2026-11-18 08:00:00,PAID,CR,QRIS,70,IDR,Bandung
P-772,126000,2026-11-18 09:00:00,PAID,CR,QRIS,140,IDR,Jakarta
P-773,21000,2026-11-18 10:00:00,PAID,CR,Refund QRIS,15,IDR,Jakarta
";

/// What is not read and looks as if it spoke is told by `inspect --profile`, by `check` and with the first
/// file of a channel, once; what is named under `ignore` is not.
#[test]
fn unread_columns_that_speak_are_told() {
    let config = CONFIG
        .replace("tokopedia-biller", "statement.toml")
        .replace("ref AS ref_id", "ref")
        + "\n[[channel.source]]\nfolder = \"inbox\"\npattern = \"*\"\n";
    let workspace = Workspace::new()
        .config(&config)
        .ledger_sql(LEDGER)
        .file("statement.toml", ONE_SIDE)
        .file("statement_20261118.csv", UNREAD);
    let args = [
        "inspect",
        "statement_20261118.csv",
        "--profile",
        "statement.toml",
    ];
    let text = workspace.run(args).exits(0).stdout;
    for said in [
        "\"Jenis Transaksi\" looks like a type of transaction (`QRIS`, `Refund QRIS`)",
        "\"MDR\" looks like a fee (`70`, `140`, `15`)",
        "\"Valuta\" looks like a currency (`IDR`)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(
        !text.contains("\"Kota\"") && !text.contains("\"side\""),
        "{text}"
    );
    let json = workspace
        .run_args(&[&args[..], &["--json"]].concat())
        .exits(0)
        .json();
    assert_eq!(json["speaking"][0]["looks_like"], "type", "{json:#}");
    // The first file of the channel says it, and no later one.
    let day = |day: u32| UNREAD.replace("2026-11-18", &format!("2026-11-{day}"));
    workspace.put("inbox/statement_20261118.csv", UNREAD);
    let told = workspace.run(["collect"]).exits(0).stderr;
    assert!(
        told.contains("\"Jenis Transaksi\" looks like a type of transaction")
            && told.contains("statement_20261118.csv"),
        "{told}"
    );
    workspace.put("inbox/statement_20261119.csv", day(19).replace("P-", "Q-"));
    let told = workspace.run(["collect"]).exits(0).stderr;
    assert!(!told.contains("looks like"), "{told}");
    // `check` says it as long as it is so.
    let checked = workspace.run(["check"]).stdout;
    assert!(
        checked.contains("NOTE  channel sentosa, columns: statement_20261119.csv")
            && checked.contains("\"MDR\" looks like a fee"),
        "{checked}"
    );
    let ignoring =
        format!("{ONE_SIDE}\n[header]\nignore = [\"Jenis Transaksi\", \"MDR\", \"Valuta\"]\n");
    workspace.put("statement.toml", &ignoring);
    let text = workspace.run(args).exits(0).stdout;
    assert!(!text.contains("looks like"), "{text}");
    let checked = workspace.run(["check"]).stdout;
    assert!(!checked.contains("columns:"), "{checked}");
}

/// Nothing speaks: nothing is told.
#[test]
fn a_file_that_is_read_whole_is_taken_in_silently() {
    let config = CONFIG
        .replace("tokopedia-biller", "statement.toml")
        .replace("ref AS ref_id", "ref")
        + "\n[[channel.source]]\nfolder = \"inbox\"\npattern = \"*\"\n";
    let plain: String = UNREAD
        .lines()
        .map(|line| line.split(',').take(5).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    let workspace = Workspace::new()
        .config(&config)
        .ledger_sql(LEDGER)
        .file("statement.toml", ONE_SIDE)
        .file("inbox/statement_20261118.csv", &plain);
    assert_eq!(workspace.run(["collect"]).exits(0).stderr, "");
    assert!(!workspace.run(["check"]).stdout.contains("columns:"));
}
