//! What a file pays out and what that leaves unexplained, as rows of a small text table:
//! `tests/it/payouts/cases.txt`. A new case is a new row.

use std::fmt::Write as _;
use std::fs;

use rekon::domain::money::{Money, NumberStyle, Unit};
use rekon::profiles::{self, AmountBasis, Limits, Profile, ReadOptions, built_in_source};

use crate::harness::repository;

fn profile(with: &str) -> Profile {
    let source = built_in_source("gopay-export").expect("a built-in profile");
    let (from, to) = match with {
        "" | "net-of-fee" => return Profile::parse(source, "own.toml").expect("a profile"),
        "deduction" => ("[fee]\n", "[fee]\nnegative = \"deduction\"\n"),
        "we-pay" => ("money = \"we-receive\"", "money = \"we-pay\""),
        "filter" => (
            "[status]\n",
            "[[filter]]\ncolumns = [\"Transaction Type\"]\nexclude = \"^Topup$\"\n\n[status]\n",
        ),
        other => panic!("`with` knows no {other}"),
    };
    assert!(source.contains(from), "{from}");
    Profile::parse(&source.replacen(from, to, 1), "own.toml").expect("a profile")
}

fn file(rows: &str) -> String {
    let mut file =
        "Transaction ID,Transaction Time,Transaction Type,Status,Amount,Fee,Net Amount\n"
            .to_owned();
    for (number, row) in rows.split(", ").enumerate() {
        let cells: Vec<&str> = row
            .split_whitespace()
            .map(|cell| if cell == "-" { "" } else { cell })
            .collect();
        assert_eq!(cells.len(), 5, "{row}");
        writeln!(file, "G{number},11/18/2026 10:00:00,{}", cells.join(",")).expect("a row");
    }
    file
}

fn rupiah(text: &str) -> Money {
    Money::parse(text, NumberStyle::Plain, Unit::Rupiah).expect("rupiah")
}

#[test]
fn what_is_left_of_gross_fee_and_net() {
    let text = fs::read_to_string(repository().join("tests/it/payouts/cases.txt"));
    let text = text.expect("the cases");
    let lines = text.lines().filter(|line| !line.starts_with("//")).skip(1);
    let mut failures = String::new();
    for line in lines {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [case, with, rows, gross, fee, net, left] = cells[..] else {
            panic!("seven columns: {line}")
        };
        let options = ReadOptions {
            zone: chrono_tz::Asia::Jakarta,
            amount_basis: match with {
                "net-of-fee" => AmountBasis::NetOfAdminFee,
                _ => AmountBasis::Gross,
            },
            limits: Limits::default(),
        };
        let read = profiles::read(file(rows).as_bytes(), "own.csv", &profile(with), &options);
        let read = read.unwrap_or_else(|fault| panic!("{case}: {fault}"));
        let expected = [gross, fee, net].map(rupiah);
        let seen = [read.paid.gross, read.paid.fee, read.sums.net];
        let doubts: Vec<&str> = read.paid.doubts.iter().map(|doubt| doubt.name()).collect();
        let seen_left = match read.paid.left(read.sums.net) {
            Some(left) => left.to_string(),
            None => doubts.join(" "),
        };
        let left = left
            .parse::<i64>()
            .map_or(left.to_owned(), |left| Money::from_rupiah(left).to_string());
        if seen != expected || seen_left != left {
            writeln!(
                failures,
                "{case}: {seen:?} leaves {seen_left}, not {expected:?} and {left}"
            )
            .expect("a line");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}
