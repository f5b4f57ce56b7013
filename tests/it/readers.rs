//! What finance reads of the sample feeds: channels and fields as people call them, failures as what
//! they mean, and every entry that matched, where it is asked for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};

use chrono::NaiveDate;
use rekon::domain::money::{Money, NumberStyle, Unit};
use rekon::domain::outcome::Bucket;
use rekon::report::input::ChannelFacts;
use rekon::report::labels::Language;
use rekon::report::matched::{ChannelMatches, Match, write};
use rekon::report::view::Voice;
use rekon::report::words;
use serde_json::Value;

use crate::harness::Workspace;
use crate::reports::fixture::{self, at};

/// The quick start with this in place of that.
fn sample(changes: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::copy_of("sample_reports");
    let mut config = workspace.read("rekon.toml");
    for (from, to) in changes {
        assert!(config.contains(from), "{from}");
        config = config.replace(from, to);
    }
    workspace.put("rekon.toml", config);
    workspace
}

fn one_file(workspace: &Workspace, begins: &str, ends: &str) -> String {
    let files = workspace.files(".run/mail").into_iter();
    let found: Vec<String> = files
        .filter(|name| name.starts_with(begins) && name.ends_with(ends))
        .collect();
    let [file] = &found[..] else {
        panic!("{begins}…{ends}: {found:?}")
    };
    format!(".run/mail/{file}")
}

#[test]
fn channels_and_fields_are_called_as_finance_calls_them() {
    let workspace = sample(&[]);
    let run = workspace.run(["run", "--date", "2026-11-12"]);
    for (report, title, label) in [
        ("keuangan-harian", "Tokopedia Biller", "No. referensi"),
        ("operations", "Tokopedia Biller", "Reference no."),
    ] {
        let page = workspace.read(&one_file(&workspace, report, ".html"));
        for said in [title, label, "OVO", "Toko Sagara"] {
            assert!(page.contains(said), "{report} does not say {said}");
        }
        for name in ["tokopedia-biller ·", "reference_number", "merchant_id"] {
            assert!(!page.contains(name), "{report} says {name}");
        }
        // A table for programs keeps the names that they know.
        let table = workspace.read(&one_file(&workspace, report, ".csv"));
        assert!(table.contains("reference_number "), "{table}");
        assert!(table.contains(",tokopedia-biller,"), "{table}");
    }
    // So does the terminal, where people type them.
    assert!(run.stdout.contains("tokopedia-biller"), "{}", run.stdout);
}

#[test]
fn two_channels_of_one_profile_are_told_apart() {
    let workspace = sample(&[(
        "name             = \"dana\"\n",
        "name             = \"dana\"\ntitle = \"OVO\"\n",
    )]);
    let run = workspace.run(["run", "--date", "2026-11-12"]);
    let page = workspace.read(&one_file(&workspace, "keuangan-harian", ".html"));
    assert!(
        page.contains("OVO (ovo)") && page.contains("OVO (dana)"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_failure_is_told_as_what_it_means() {
    for (alert, told) in [
        (
            "",
            "Data pembukuan tidak dapat dibaca; tim IT perlu memeriksanya",
        ),
        (
            "\n[alert]\nto = [\"ops@tokosagara.example\"]\n",
            "Data pembukuan tidak dapat dibaca; tim IT sudah diberi tahu",
        ),
    ] {
        let workspace = sample(&[("FROM ovo_payments", "FROM ovo_paymnts")]);
        let config = workspace.read("rekon.toml");
        workspace.put("rekon.toml", format!("{config}{alert}"));
        workspace.run(["run", "--date", "2026-11-12"]);
        let mails = workspace.files(".run/mail").into_iter();
        let mails: Vec<String> = mails
            .filter(|name| name.starts_with("keuangan") && name.ends_with(".html"))
            .map(|name| workspace.read(&format!(".run/mail/{name}")))
            .collect();
        assert!(mails.iter().any(|mail| mail.contains(told)), "{told}");
        for technical in ["ovo_paymnts", "no such table", "ledger_query"] {
            assert!(
                !mails.iter().any(|mail| mail.contains(technical)),
                "{technical}"
            );
        }
    }
}

/// Rows of every table of an archive, by their headers.
fn tables(bytes: &[u8]) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).expect("a member");
        let mut text = String::new();
        member.read_to_string(&mut text).expect("UTF-8");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize::<BTreeMap<String, String>>();
        let rows = rows.map(|row| row.expect("a row")).collect();
        let name = member.name().expect("a name").into_owned();
        found.insert(name, rows);
    }
    found
}

const BUCKETS: [(&str, Bucket); 5] = [
    ("matched", Bucket::Matched),
    ("matched_within_tolerance", Bucket::MatchedWithinTolerance),
    ("timing_differences", Bucket::TimingDifferences),
    ("netted", Bucket::Netted),
    ("split", Bucket::Split),
];

/// What the tables add up to is what the results say of each bucket, on both sides.
#[test]
fn every_entry_that_matched_is_attached_where_it_is_asked_for() {
    let workspace = sample(&[(
        "language = \"id\"\nattach   = [\"xlsx\", \"csv\"]",
        "language = \"id\"\nattach   = [\"matched\"]",
    )]);
    let run = workspace.run([
        "run",
        "--from",
        "2026-11-11",
        "--to",
        "2026-11-18",
        "--json",
    ]);
    let run = run.json();
    let path = one_file(&workspace, "keuangan-harian", "_matched.zip");
    let mut bytes = Vec::new();
    let mut file = File::open(workspace.path().join(&path)).expect("the archive");
    file.read_to_end(&mut bytes).expect("its bytes");
    let tables = tables(&bytes);
    assert_eq!(tables.len(), 4, "{:?}", tables.keys());
    let mut compared = 0;
    for channel in ["ovo", "tokopedia-biller", "tokopedia-b2b", "dana"] {
        let rows = &tables[&format!("matched_{channel}.csv")];
        for (name, bucket) in BUCKETS {
            let label = words::bucket(bucket).text(Language::Id);
            for (side, amount) in [("settlement", "Nominal mitra"), ("ledger", "Nominal kita")] {
                let cells = rows.iter().filter(|row| row["Kategori"] == label);
                let cells: Vec<&String> = cells
                    .map(|row| &row[amount])
                    .filter(|cell| !cell.is_empty())
                    .collect();
                let money = |text: &str| {
                    Money::parse(text, NumberStyle::Plain, Unit::Rupiah).expect("an amount")
                };
                let listed: Money = cells.iter().map(|cell| money(cell).abs()).sum();
                let of_channel = run["results"].as_array().expect("results").iter();
                let told: Vec<&Value> = of_channel
                    .filter(|result| result["channel"] == channel)
                    .map(|result| &result[name][side])
                    .collect();
                let entries: u64 = told.iter().filter_map(|one| one["entries"].as_u64()).sum();
                let sum: Money = told
                    .iter()
                    .filter_map(|one| one["amount"].as_str())
                    .map(|text| money(text).abs())
                    .sum();
                // An entry whose pair is a break on another date counts as a difference of timing on
                // its own, and matched nothing.
                let half = name == "timing_differences" && side == "ledger";
                if half {
                    assert!(cells.len() as u64 <= entries, "{channel} {name} {side}");
                } else {
                    assert_eq!(cells.len() as u64, entries, "{channel} {name} {side}");
                }
                if name != "netted" && !half {
                    assert_eq!(listed, sum, "{channel} {name} {side}");
                }
                compared += entries;
            }
        }
        assert!(rows.iter().all(|row| row["Kanal"] != channel));
    }
    assert!(compared > 2_000, "{compared} entries");
    // Nothing is left of what was set aside.
    let left = workspace.files(".run/mail").into_iter();
    let left: Vec<String> = left.filter(|name| name.contains(".tmp")).collect();
    assert_eq!(left, Vec::<String>::new());
    let mail = workspace.read(&one_file(&workspace, "keuangan-harian", ".eml"));
    assert!(mail.contains("_matched.zip"));
}

#[test]
fn a_table_goes_on_in_another_where_it_is_full() {
    let mut input = fixture::input(Language::En);
    let mut facts: ChannelFacts = input.channels.remove(0).facts;
    facts.labels = [("reference_number".to_owned(), "Reference no.".to_owned())].into();
    facts.bearer = vec!["reference".to_owned()];
    let days = &fixture::input(Language::En).channels[0].days;
    let mut items = days.iter().flat_map(|day| &day.outcome.items);
    let like = items.next().expect("an item").clone();
    let entry = like
        .ledger
        .first()
        .or(like.settlement.first())
        .expect("an entry");
    let one = |number: u32| Match {
        date: NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date"),
        bucket: Bucket::Matched,
        key: vec![format!("=cmd|{number}")],
        ledger: vec![entry.clone()],
        settlement: vec![entry.clone()],
    };
    let voice = Voice {
        language: Language::En,
        zone: chrono_tz::Asia::Jakarta,
        as_of: at("2026-11-19T05:30:00Z"),
    };
    let channel = || ChannelMatches {
        facts: facts.clone(),
        unmask: &[],
        key: vec!["reference_number".to_owned()],
        matches: Box::new((1..=5).map(|number| Ok(one(number)))),
    };
    let mut bytes = Vec::new();
    write(vec![channel()], &voice, 2, Cursor::new(&mut bytes)).expect("written");
    let tables = tables(&bytes);
    let rows: Vec<usize> = tables.values().map(Vec::len).collect();
    assert_eq!(rows, [2, 2, 1], "{:?}", tables.keys());
    let first = &tables["matched_ovo.csv"][0];
    assert_eq!(first["Reference no."], "'=cmd|1");
    assert_eq!(tables["matched_ovo_3.csv"][0]["Match no."], "5");
    let mut again = Vec::new();
    write(vec![channel()], &voice, 2, Cursor::new(&mut again)).expect("written");
    assert_eq!(bytes, again);
}
