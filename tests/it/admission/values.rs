//! What rows say beside their amounts: sides, fees by rows of their own, balances, references that only
//! look alike, and totals of other currencies.

use super::*;

const TYPED: &str = r#"
[operation]
columns = [["Type"]]
default = "payment"

[[operation.map]]
name  = "payment"
codes = ["PRINCIPAL"]
kind  = "payment"

[[operation.map]]
name  = "fee"
codes = ["FEE", "MDR"]
kind  = "fee"
"#;

fn with_fees(fee: &str) -> Shop {
    let config = CONFIG.replace(
        "amount, 'success'",
        &format!("amount, {fee} AS fee, 'success'"),
    );
    Shop::with(&format!("{PROFILE}{TYPED}"), &config)
}

/// Rows of the 17th or 18th with a type behind, and for each a row of what the provider keeps.
fn charged(day: u32, charge: &str) -> Vec<String> {
    let of = |row: &String| {
        let cells: Vec<&str> = row.split(',').collect();
        let payment = format!("{},{},{},,PRINCIPAL", cells[0], cells[1], cells[2]);
        [payment, format!("{},{},{charge},,MDR", cells[0], cells[1])]
    };
    rows(day).iter().flat_map(of).collect()
}

const TYPED_HEADER: &str = "Trx,Paid At,Gross,Fee,Type";

#[test]
fn a_fee_by_a_row_of_its_own_is_that_of_its_payment() {
    let shop = with_fees("250").file("shop_20261117.csv", text(TYPED_HEADER, &charged(17, "250")));
    let mut rows = charged(18, "250");
    // Wherever it stands.
    rows.reverse();
    let shop = shop.file(EIGHTEENTH, text(TYPED_HEADER, &rows));
    let output = counts(shop, 5, 0, &[]);
    let result = day(&output.json(), 18);
    assert_eq!(result["settlement"]["fee"], "1250.00", "{result:#}");
    assert_eq!(result["settlement"]["entries"], 5, "{result:#}");
}

#[test]
fn a_fee_that_differs_is_a_fee_break() {
    let shop = with_fees("200")
        .file("shop_20261117.csv", text(TYPED_HEADER, &charged(17, "200")))
        .file(EIGHTEENTH, text(TYPED_HEADER, &charged(18, "250")));
    counts(shop, 0, 0, &["fee_break"]);
}

#[test]
fn a_fee_without_its_payment_is_the_fee_of_the_day() {
    for key in ["", "X9"] {
        let mut rows = charged(18, "250");
        rows.push(format!("{key},18/11/2026 23:00:00,7500,,FEE"));
        let shop = with_fees("250")
            .file("shop_20261117.csv", text(TYPED_HEADER, &charged(17, "250")))
            .file(EIGHTEENTH, text(TYPED_HEADER, &rows));
        let output = counts(shop, 5, 0, &[]);
        let result = day(&output.json(), 18);
        let said = result["patterns"][0]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(said.contains("1 fee rows (Rp7,500)"), "{result:#}");
    }
}

/// What is said of a row of the 18th that cannot be read.
fn says(shop: &Shop, reason: &str) {
    let file = format!("inbox/{EIGHTEENTH}");
    let seen = shop
        .workspace
        .run(["inspect", &file, "--profile", "shop.toml"]);
    assert!(seen.stdout.contains(reason), "{reason}: {}", seen.stdout);
}

fn sided(day: u32, mark: impl Fn(usize, &str) -> String) -> Vec<String> {
    let line = |(at, row): (usize, &String)| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{},\"{}\",0", cells[0], cells[1], mark(at, cells[2]))
    };
    rows(day).iter().enumerate().map(line).collect()
}

#[test]
fn amounts_carry_their_side() {
    let sides = format!("{PROFILE}\n[side]\ncredit = \"payment\"\ndebit = \"refund\"\n");
    for (credit, debit) in [
        ("{} CR", "{} DB"),
        ("{}CR", "{}DB"),
        ("Rp {} K", "Rp {} D"),
        ("Cr. {}", "Db. {}"),
        ("{} (Kredit)", "{} (Debet)"),
    ] {
        let write = |at: usize, amount: &str| match at {
            4 => debit.replace("{}", amount),
            _ => credit.replace("{}", amount),
        };
        let shop = Shop::with(&sides, CONFIG)
            .file(
                "shop_20261117.csv",
                text(HEADER, &sided(17, |_, amount| credit.replace("{}", amount))),
            )
            .file(EIGHTEENTH, text(HEADER, &sided(18, write)));
        // The last one is a refund that nobody booked, of a payment that is not in the file.
        counts(shop, 4, 0, &["missing_at_partner", "status_break"]);
    }
}

#[test]
fn a_side_stands_in_a_column_of_its_own() {
    let sides = format!("{PROFILE}\n[side]\ncolumns = [\"D/K\"]\ncredit = \"payment\"\n");
    let with = |day, last: &str| {
        let mut rows: Vec<String> = rows(day).iter().map(|row| format!("{row},K")).collect();
        rows.push(last.to_owned());
        text(&format!("{HEADER},D/K"), &rows)
    };
    for (last, reason) in [
        (
            "B9,18/11/2026 10:09:00,900,0,D",
            "what a row of the debit side records is not declared",
        ),
        ("B9,18/11/2026 10:09:00,900,0,", "names no side"),
        ("B9,18/11/2026 10:09:00,900,0,Q", "not a side"),
    ] {
        let shop = Shop::with(&sides, CONFIG)
            .file(
                "shop_20261117.csv",
                text(
                    &format!("{HEADER},D/K"),
                    &rows(17)
                        .iter()
                        .map(|row| format!("{row},K"))
                        .collect::<Vec<_>>(),
                ),
            )
            .file(EIGHTEENTH, with(18, last));
        says(&shop, reason);
        counts(shop, 5, 1, &[]);
    }
}

#[test]
fn a_side_that_nobody_declared_is_no_amount() {
    let shop = Shop::new().file(
        EIGHTEENTH,
        text(
            HEADER,
            &sided(18, |at, amount| match at {
                2 => format!("{amount} DB"),
                _ => amount.to_owned(),
            }),
        ),
    );
    says(&shop, "under [side] of the profile");
    counts(shop, 4, 1, &[]);
}

#[test]
fn balances_are_no_rows() {
    for (opening, closing) in [
        ("SALDO AWAL,,,", "SALDO AKHIR,,,"),
        ("Saldo Awal : 1000.00", "Saldo Akhir : 52500.00"),
        (
            "Opening Balance as of 18 Nov 2026,,1000.00,",
            "Closing Balance,,52500.00,",
        ),
        (",Saldo awal,1000.00,", ",Saldo akhir,52500.00,"),
    ] {
        let mut rows = rows(18);
        rows.insert(0, opening.to_owned());
        rows.push(closing.to_owned());
        let shop = Shop::new().file(EIGHTEENTH, text(HEADER, &rows));
        counts(shop, 5, 0, &[]);
    }
}

#[test]
fn rows_that_do_not_lead_from_balance_to_balance_hold_the_file() {
    for missing in 0..5 {
        let mut rows = rows(18);
        rows.remove(missing);
        rows.insert(0, "SALDO AWAL,,1000.00,".to_owned());
        rows.push("SALDO AKHIR,,52500.00,".to_owned());
        let shop = Shop::new().file(EIGHTEENTH, text(HEADER, &rows));
        is_held(
            shop,
            "its opening balance of 1000.00 and the movements of its rows",
        );
    }
}

/// References of the file that only look like the ledger's.
#[test]
fn references_that_look_alike_are_one_break_and_no_match() {
    let rewritten = |write: &dyn Fn(&str) -> String| -> Vec<String> {
        let row = |row: &String| {
            let (key, rest) = row.split_once(',').expect("cells");
            format!("{},{rest}", write(key))
        };
        rows(18).iter().map(row).collect()
    };
    type Write = fn(&str) -> String;
    let ways: [(Write, &str); 4] = [
        (|key| key.to_lowercase(), "letter case"),
        (
            |key| format!("\u{200b}{key}"),
            "characters that nobody sees",
        ),
        (
            |key| key.replace('B', "\u{ff22}"),
            "letters that look alike",
        ),
        (|key| key.replace('B', "\u{412}"), "letters that look alike"),
    ];
    for (write, how) in ways {
        let mut rows = rows(18);
        rows.splice(0..3, rewritten(&write).into_iter().take(3));
        let shop = Shop::new().file(EIGHTEENTH, text(HEADER, &rows));
        let output = counts(shop, 2, 0, &["damaged_key"]);
        let result = day(&output.json(), 18);
        let joined = &result["breaks"]["damaged_key"];
        assert_eq!(joined["settlement"]["entries"], 3, "{how}: {result:#}");
        assert_eq!(joined["ledger"]["entries"], 3, "{how}: {result:#}");
        assert!(
            result["patterns"][0]
                .as_str()
                .is_some_and(|said| said.contains("text-folded")),
            "{how}: {result:#}"
        );
        // Declared to be one, they match.
        let folded = PROFILE.replace("key     = \"text\"", "key     = \"text-folded\"");
        let shop = Shop::with(&folded, CONFIG).file(EIGHTEENTH, text(HEADER, &rows));
        counts(shop, 5, 0, &[]);
    }
}

#[test]
fn rows_of_other_currencies_are_told_with_their_total() {
    let with = |day, other: &str| {
        let line =
            |(at, row): (usize, &String)| format!("{row},{}", if at < 2 { other } else { "IDR" });
        let rows: Vec<String> = rows(day).iter().enumerate().map(line).collect();
        text(&format!("{HEADER},Currency"), &rows)
    };
    let shop = Shop::new()
        .file("shop_20261117.csv", with(17, "IDR"))
        .file(EIGHTEENTH, with(18, "usd"));
    let output = counts(shop, 3, 2, &[]);
    let result = day(&output.json(), 18);
    let said = result["patterns"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        said.contains("2 rows are in USD (USD 20,300 in total) and are not counted as rupiah"),
        "{result:#}"
    );
}
