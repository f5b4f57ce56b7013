//! What is said of a held file, read aloud: what is wrong, where, and what to do. To finance without
//! keys and commands, to whoever runs rekon with both.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, NaiveDate};
use rekon::domain::time::{BusinessDay, Calendar};
use rekon::profiles::admission::{Offer, Verdict, admit};
use rekon::profiles::{AmountBasis, FileShape, Limits, Profile, ReadFile, ReadOptions, read};
use rekon::report::labels::Language;
use rekon::report::meaning::for_finance;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn profile(shop: &Shop) -> Profile {
    Profile::load("shop.toml", shop.workspace.path()).expect("a profile")
}

fn file(profile: &Profile, name: &str, bytes: &[u8]) -> ReadFile {
    let options = ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    };
    let read = read(bytes, name, profile, &options);
    read.unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// Why the file of the 18th is held after that of the 17th.
fn held(profile: &Profile, before: &[u8], name: &str, bytes: &[u8]) -> String {
    let now: DateTime<chrono::FixedOffset> =
        "2026-11-19T12:00:00+07:00".parse().expect("an instant");
    let ending = name.rsplit('.').next().expect("an ending");
    let before: [FileShape; 1] =
        [file(profile, &format!("shop_20261117.{ending}"), before).shape()];
    let read = file(profile, name, bytes);
    let offer = Offer {
        read: &read,
        shape: &read.shape(),
        profile,
        before: &before,
        claims: &read.slot.dates,
        by_hand: false,
        by_mail: false,
        known_until: Some(date("2026-11-17")),
        days: BusinessDay {
            zone: chrono_tz::Asia::Jakarta,
            cutoff: Duration::zero(),
        },
        calendar: &Calendar::EveryDay,
        grace: Duration::minutes(30),
        now: now.to_utc(),
        brings_late_rows: false,
    };
    match admit(&offer) {
        Verdict::Held(reason) => reason,
        Verdict::Admitted(_) => panic!("{name} is admitted"),
    }
}

/// The rows of a day with a column more.
fn with(header: &str, day: u32, values: [&str; 5]) -> Vec<u8> {
    let rows: Vec<String> = rows(day)
        .iter()
        .zip(values)
        .map(|(row, value)| format!("{row},{value}"))
        .collect();
    text(&format!("{HEADER},{header}"), &rows).into_bytes()
}

fn usual(day: u32) -> Vec<u8> {
    text(HEADER, &rows(day)).into_bytes()
}

/// Each way to be held: its name, and what is said.
fn reasons() -> Vec<(&'static str, String)> {
    let shop = Shop::new();
    let plain = profile(&shop);
    let named = |before: Vec<u8>, now: Vec<u8>| held(&plain, &before, EIGHTEENTH, &now);
    let changed = |from: &str, to: &str| text(HEADER, &rows(18)).replace(from, to).into_bytes();
    let unnamed = PROFILE.replace("[slot]\nfile_name = ['shop_(?P<date>20\\d{6})']\n", "");
    let unnamed = profile(&Shop::with(&unnamed, CONFIG));
    let of_year = |year: &str| held(&unnamed, &usual(17), "export.csv", &changed("2026", year));
    let filtered = format!("{PROFILE}\n[[filter]]\ncolumns = [\"Trx\"]\ninclude = '^A'\n");
    let filtered = profile(&Shop::with(&filtered, CONFIG));
    let cut = |at: usize| usual(18)[..usual(18).len() - at].to_vec();
    let styles = PROFILE.replace("\"plain\"", "\"undeclared\"");
    let styles = profile(&Shop::with(&styles, CONFIG));
    let kinds = |now: [&str; 5]| with("Jenis", 18, now);
    vec![
        (
            "a new column",
            named(usual(17), with("Potongan", 18, ["750"; 5])),
        ),
        (
            "a column that is gone",
            named(usual(17), changed("Fee", "Biaya")),
        ),
        ("an empty fee", named(usual(17), changed("00,0\n", "00,\n"))),
        (
            "dates written otherwise",
            named(usual(17), changed("18/11/2026", "2026-11-18")),
        ),
        (
            "amounts that cannot be read",
            named(usual(17), changed("00,0\nB", "00 lima,0\nB")),
        ),
        (
            "no row for the channel",
            held(&filtered, &usual(17), EIGHTEENTH, &usual(18)),
        ),
        (
            "another sheet",
            held(
                &plain,
                &workbook(&[("Data", 17)]),
                "shop_20261118.xlsx",
                &workbook(&[("Data", 18), ("Data 2", 19)]),
            ),
        ),
        (
            "a new value",
            named(
                with("Jenis", 17, ["QRIS"; 5]),
                kinds(["QRIS", "Refund", "Refund", "QRIS", "QRIS"]),
            ),
        ),
        (
            "a value where there was none",
            named(
                with("Jenis", 17, [""; 5]),
                kinds(["", "Refund", "", "", ""]),
            ),
        ),
        (
            "another currency",
            named(usual(17), with("Kolom F", 18, ["USD"; 5])),
        ),
        (
            "another zone",
            named(
                with("Zona Waktu", 17, ["WIB"; 5]),
                with("Zona Waktu", 18, ["WIB", "WITA", "WIB", "WIB", "WIB"]),
            ),
        ),
        (
            "two styles",
            held(
                &styles,
                &usual(17),
                EIGHTEENTH,
                &text(HEADER, &rows(18))
                    .replace(",10100,", ",10100.50,")
                    .replace(",10200,", ",\"10200,50\",")
                    .into_bytes(),
            ),
        ),
        ("no line end", named(usual(17), cut(1))),
        (
            "a short last line",
            named(usual(17), [cut(3), b"\n".to_vec()].concat()),
        ),
        ("another day", named(usual(17), usual(17))),
        (
            "day and month exchanged",
            held(
                &plain,
                &usual(17),
                "shop_20261112.csv",
                &text(HEADER, &["A1,11/12/2026 10:00:00,10000,0".to_owned()]).into_bytes(),
            ),
        ),
        ("to come", of_year("2028")),
        ("long ago", of_year("2022")),
    ]
}

#[test]
fn a_held_file_says_what_is_wrong_where_and_what_to_do() {
    let mut all = String::new();
    for (name, reason) in reasons() {
        let (id, en) = (
            for_finance(&reason, Language::Id),
            for_finance(&reason, Language::En),
        );
        writeln!(all, "== {name}\n{reason}\n-- id: {id}\n-- en: {en}\n").expect("a line");
        for told in [&id, &en] {
            for key in [
                "`rekon ",
                "[[",
                " [",
                "ignore",
                "profil",
                "cutoff",
                "(dalam bahasa Inggris)",
            ] {
                assert!(!told.contains(key), "{name}: {key}: {told}");
            }
        }
        assert!(
            ["hubungi tim IT", "mitra"]
                .iter()
                .any(|who| id.contains(who)),
            "{name}: whom to ask: {id}"
        );
        assert!(
            reason.contains("rekon files accept ID --reason"),
            "{name}: {reason}"
        );
    }
    insta::assert_snapshot!("held", all);
}

#[test]
fn a_file_that_waits_beside_another_says_so() {
    let said = |beside: &str| {
        let reason = format!(
            "it is held, for {beside}\n  fix: ask the provider whether both files count\n  fix: `rekon files \
             accept ID --as addition --reason …` where both count, `--as replacement` where it takes the \
             other's place, `rekon files withdraw ID` where it is wrong (`rekon files list` shows its ID)"
        );
        let told = for_finance(&reason, Language::Id);
        assert!(
            !told.contains("rekon") && !told.contains("Inggris"),
            "{told}"
        );
        told
    };
    assert_eq!(
        said(
            "it shares no row with a_02.csv (file 2), in whose place it would stand: a second settlement, \
             or another day's?"
        ),
        "berkas ditahan karena tidak ada baris yang sama dengan a_02.csv (berkas 2), padahal berkas ini akan \
         menggantikannya: settlement kedua, atau milik hari lain?; tanyakan ke mitra apakah kedua berkas \
         dihitung; hubungi tim IT"
    );
    assert!(
        said(
            "it shares 2 of its 3 rows of 2026-11-17 with a.csv (file 1), which has 1 others: one of them is \
             not whole, or they are of two settlements"
        )
        .contains("atau keduanya settlement yang berbeda; tanyakan ke mitra")
    );
}
