//! Every kind of finding through the real binary, and what is none.

use super::{AS_OF, DATE, Paid, file_name, found, paid, run, world};
use crate::bills;

/// `name | settings | the ledger's rows, the file's rows | what is found`
#[test]
fn a_side_that_cannot_be_true_is_one_finding() {
    type Change = fn(&mut Vec<Paid>, &mut Vec<Paid>);
    let cases: &[(&str, u64, &str, Change, &str)] = &[
        ("an honest date", 40, "", |_, _| {}, "judged"),
        (
            "one is not booked",
            40,
            "",
            |ours, _| {
                ours.remove(7);
            },
            "judged missing_in_ledger 1",
        ),
        (
            "five at the end are not booked",
            40,
            "",
            |ours, _| ours.truncate(35),
            "judged missing_in_ledger 5",
        ),
        (
            "the ledger gives nothing",
            40,
            "",
            |ours, _| ours.clear(),
            "ledger_empty",
        ),
        (
            "nothing, of a few",
            4,
            "",
            |ours, _| ours.clear(),
            "judged missing_in_ledger 4",
        ),
        (
            "a header alone",
            40,
            "",
            |_, theirs| theirs.clear(),
            "file_empty",
        ),
        (
            "a header alone, nothing booked",
            40,
            "",
            |ours, theirs| {
                ours.clear();
                theirs.clear();
            },
            "judged",
        ),
        (
            "the ledger ends",
            60,
            "",
            |ours, _| ours.truncate(30),
            "ledger_ends_early",
        ),
        (
            "the file ends",
            60,
            "",
            |_, theirs| theirs.truncate(30),
            "file_ends_early",
        ),
        (
            "one hour of the ledger",
            60,
            "",
            |ours, _| {
                ours.drain(..30);
                ours.truncate(4);
            },
            "ledger_ends_early",
        ),
        (
            "the ledger begins late",
            60,
            "",
            |ours, _| {
                ours.drain(..30);
            },
            "ledger_partial",
        ),
        (
            "every second one is not booked",
            60,
            "",
            |ours, _| keep(ours, |number| number % 2 == 0),
            "ledger_partial",
        ),
        (
            "every second one is not settled",
            60,
            "",
            |_, theirs| keep(theirs, |number| number % 2 == 0),
            "file_partial",
        ),
        (
            "every tenth one is not booked",
            60,
            "",
            |ours, _| keep(ours, |number| number % 10 != 3),
            "judged missing_in_ledger 6",
        ),
        (
            "no success is booked",
            60,
            "",
            |ours, _| {
                keep(ours, |number| number % 20 == 0);
                ours.iter_mut().for_each(|row| {
                    row.status = "failed";
                    row.reference.insert(0, 'F');
                });
            },
            "ledger_partial",
        ),
        (
            "a join",
            40,
            "",
            |ours, _| ours.extend(ours.clone()),
            "ledger_doubled",
        ),
        (
            "every row twice",
            40,
            "",
            |_, theirs| theirs.extend(theirs.clone()),
            "file_doubled",
        ),
        (
            "both twice",
            40,
            "",
            |ours, theirs| {
                ours.extend(ours.clone());
                theirs.extend(theirs.clone());
            },
            "judged",
        ),
        (
            "sen as rupiah",
            40,
            "",
            |ours, _| {
                ours.iter_mut().for_each(|row| {
                    row.amount *= 100;
                    row.fee *= 100;
                })
            },
            "ledger_amounts",
        ),
        (
            "rupiah as sen",
            40,
            "ledger_amounts = \"minor\"",
            |_, _| {},
            "ledger_amounts",
        ),
        (
            "our amounts with the fee",
            40,
            "",
            |ours, _| ours.iter_mut().for_each(|row| row.amount += row.fee),
            "amount_basis",
        ),
        (
            "the basis set wrongly",
            40,
            "amount_basis = \"net-of-admin-fee\"",
            |_, _| {},
            "amount_basis",
        ),
        (
            "we book no fee",
            40,
            "",
            |ours, _| ours.iter_mut().for_each(|row| row.fee = 0),
            "ledger_fee",
        ),
        (
            "they charge no fee",
            40,
            "",
            |_, theirs| theirs.iter_mut().for_each(|row| row.fee = 0),
            "file_fee",
        ),
        (
            "our references begin otherwise",
            40,
            "",
            |ours, _| {
                ours.iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "INV-"))
            },
            "key",
        ),
        (
            "theirs begin otherwise",
            40,
            "",
            |_, theirs| {
                theirs
                    .iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "TKP/2026/"))
            },
            "key",
        ),
        (
            "theirs end otherwise",
            40,
            "",
            |_, theirs| {
                theirs
                    .iter_mut()
                    .for_each(|row| row.reference.push_str("-01"))
            },
            "key",
        ),
        (
            "lost zeros",
            40,
            "",
            |ours, theirs| {
                theirs
                    .iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "00"));
                ours.iter_mut().for_each(|row| row.reference.insert(0, '0'));
            },
            "key",
        ),
        (
            "other letters",
            40,
            "",
            |ours, theirs| {
                ours.iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "ab"));
                theirs
                    .iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "AB"));
            },
            "key",
        ),
        (
            "hyphens",
            40,
            "",
            |ours, _| ours.iter_mut().for_each(|row| row.reference.insert(3, '-')),
            "key",
        ),
        (
            "another reference altogether",
            40,
            "",
            |ours, _| {
                ours.iter_mut()
                    .enumerate()
                    .for_each(|(number, row)| row.reference = format!("Z{}", 7_919 * (number + 3)));
            },
            "key",
        ),
        (
            "all of a few begin otherwise",
            6,
            "",
            |ours, _| {
                ours.iter_mut()
                    .for_each(|row| row.reference.insert_str(0, "INV-"))
            },
            "key",
        ),
        (
            "one of a few is another",
            4,
            "",
            |ours, _| ours[2].reference.push('X'),
            "judged missing_in_ledger 1 missing_at_partner 1",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, count, settings, change, expected) in cases {
        let (mut ours, mut theirs) = (paid(DATE, *count), paid(DATE, *count));
        change(&mut ours, &mut theirs);
        let workspace = world(settings, &ours, &theirs);
        let held = !expected.starts_with("judged");
        let output = workspace.run(["run", "--date", DATE, "--as-of", AS_OF, "--json"]);
        let result = output.json()["results"][0].clone();
        let got = found(&result);
        if got != *expected || output.status != Some(if held { 66 } else { 0 }) {
            wrong.push(format!(
                "{name}: {got}, exit {:?}: {}",
                output.status, result["findings"]
            ));
        }
        if held {
            assert_eq!(bills::open_breaks(&workspace), [""; 0], "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn keep(rows: &mut Vec<Paid>, kept: impl Fn(usize) -> bool) {
    let mut number = 0;
    rows.retain(|_| {
        number += 1;
        kept(number - 1)
    });
}

/// Payments around the clock: those of seven hours lie on the date before.
#[test]
fn a_ledger_in_another_zone_names_the_zone() {
    let paid: Vec<Paid> = (0..96)
        .map(|number| Paid {
            at: format!("{DATE} {:02}:{:02}:00", number / 4, number % 4 * 15),
            ..paid(DATE, 96)[number].clone()
        })
        .collect();
    let query = bills::QUERY.replace("created_at AS", "datetime(created_at, '+0 hours') AS");
    let workspace = world("start = \"2026-11-17\"", &paid, &paid);
    let config = workspace.read("rekon.toml");
    let config = config
        .replace("ledger_zone = \"Asia/Jakarta\"", "ledger_zone = \"UTC\"")
        .replace(bills::QUERY, &query);
    workspace.put("rekon.toml", config);
    let (result, _) = run(&workspace, 66);
    assert_eq!(found(&result), "ledger_zone", "{result}");
    let text = result["findings"][0]["text"].as_str().expect("a sentence");
    assert!(text.contains("7 hours after"), "{text}");
}

/// The purchases of goods that we pay for are looked at in the same way.
#[test]
fn both_directions_of_money_are_alike() {
    let settings = "profile = \"tokopedia-b2b\"";
    let head = "request_id,product_code,client_number,status,sales_price,admin_fee,fulfilled_at\n";
    let rows = paid(DATE, 30);
    let lines = rows.iter().map(|row| {
        let (clock, reference) = (&row.at[11..], &row.reference);
        // UTC there.
        format!(
            "{reference},pln,0812,Success,{},0,{DATE}T{clock}+07:00\n",
            row.amount
        )
    });
    let file = head.to_owned() + &lines.collect::<String>();
    let query = bills::QUERY.replace("SELECT ref_id", "SELECT ref_id AS request_id");
    for (booked, settled, expected) in [
        (rows.len(), file.as_str(), "judged"),
        (0, file.as_str(), "ledger_empty"),
        (rows.len(), head, "file_empty"),
    ] {
        let booked: Vec<Paid> = rows[..booked]
            .iter()
            .map(|row| Paid {
                fee: 0,
                ..row.clone()
            })
            .collect();
        let workspace = world(settings, &booked, &[]);
        workspace.remove(&file_name(DATE));
        workspace.put("inbox/b2b_20261118.csv", settled);
        let config = workspace.read("rekon.toml").replace(bills::QUERY, &query);
        workspace.put("rekon.toml", config);
        let code = if expected == "judged" { 0 } else { 66 };
        assert_eq!(found(&run(&workspace, code).0), expected);
    }
}
