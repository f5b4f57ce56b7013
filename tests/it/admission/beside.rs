//! Files that have rows of the same dates: what counts once, what adds, what waits for a person.

use super::*;

#[test]
fn a_second_settlement_is_no_correction() {
    let other: Vec<String> = rows(19)
        .iter()
        .map(|row| row.replace("19/11", "18/11"))
        .collect();
    let many = PROFILE.replace("(?P<date>20\\d{6})", "(?P<date>20\\d{6})_\\d\\d");
    let shop = Shop::with(&many, CONFIG)
        .file("shop_20261117_01.csv", text(HEADER, &rows(17)))
        .file("shop_20261118_01.csv", text(HEADER, &rows(18)))
        .file("shop_20261118_02.csv", text(HEADER, &other));
    let output = shop.run(18).exits(65);
    let result = day(&output.json(), 18);
    assert_eq!(result["state"], "incomplete", "{result:#}");
    assert_eq!(result["findings"][0]["kind"], "file_held", "{result:#}");
    assert_eq!(result["breaks"], serde_json::json!({}), "{result:#}");
    assert!(
        output
            .stderr
            .contains("it shares no row with shop_20261118_01.csv (file 2)"),
        "{}",
        output.stderr
    );
    // Without a word on how it stands it goes on waiting.
    shop.workspace
        .run(["files", "accept", "3", "--reason", "two sessions"])
        .exits(65);
    let accept = [
        "files",
        "accept",
        "3",
        "--as",
        "addition",
        "--reason",
        "two sessions",
    ];
    shop.workspace.run(accept).exits(0);
    let result = day(&shop.run(18).json(), 18);
    assert_eq!(result["settlement"]["entries"], 10, "{result:#}");
}

#[test]
fn a_held_second_file_may_take_the_place_of_the_first() {
    let wrong: Vec<String> = rows(19)
        .iter()
        .map(|row| row.replace("19/11", "18/11"))
        .collect();
    let many = PROFILE.replace("(?P<date>20\\d{6})", "(?P<date>20\\d{6})_\\d\\d");
    let shop = Shop::with(&many, CONFIG)
        .file("shop_20261117_01.csv", text(HEADER, &rows(17)))
        .file("shop_20261118_01.csv", text(HEADER, &wrong))
        .file("shop_20261118_02.csv", text(HEADER, &rows(18)));
    shop.run(18).exits(65);
    let accept = [
        "files",
        "accept",
        "3",
        "--as",
        "replacement",
        "--reason",
        "01 was a test",
    ];
    shop.workspace.run(accept).exits(0);
    is_clean(&day(&shop.run(18).exits(0).json(), 18), 5);
}

/// A growing export, a rolling window, a weekly file over daily ones, the same rows in another order.
#[test]
fn the_same_rows_count_once() {
    let unnamed = PROFILE.replace("[slot]\nfile_name = ['shop_(?P<date>20\\d{6})']\n", "");
    let of = |days: &[u32]| days.iter().flat_map(|day| rows(*day)).collect::<Vec<_>>();
    let sequences: [&[&[u32]]; 4] = [
        &[&[17], &[17, 18], &[17, 18, 19]],
        &[&[17, 18], &[18, 19]],
        &[&[17], &[18], &[19], &[17, 18, 19]],
        &[&[17, 18, 19], &[17], &[18], &[19]],
    ];
    for sequence in sequences {
        let mut shop = Shop::with(&unnamed, CONFIG);
        for (at, days) in sequence.iter().enumerate() {
            let mut lines = of(days);
            if at % 2 == 1 {
                lines.reverse();
            }
            shop = shop.file(&format!("export{at}.csv"), text(HEADER, &lines));
            shop.run(19);
        }
        let json = shop.run(19).exits(0).json();
        for date in 17..=19 {
            is_clean(&day(&json, date), 5);
        }
    }
}

#[test]
fn a_row_that_changed_in_a_grown_export_counts_as_it_is_now() {
    let unnamed = PROFILE
        .replace("[slot]\nfile_name = ['shop_(?P<date>20\\d{6})']\n", "")
        .replace("constant = \"success\"", "columns = [\"State\"]\n[[status.map]]\ncodes = [\"OK\"]\nis = \"success\"\n[[status.map]]\ncodes = [\"WAIT\"]\nis = \"pending\"");
    let with = |day: u32, last: &str| {
        let rows = rows(day).into_iter().enumerate();
        rows.map(|(at, row)| format!("{row},{}", if at == 4 { last } else { "OK" }))
            .collect::<Vec<_>>()
    };
    let header = format!("{HEADER},State");
    let shop = Shop::with(&unnamed, CONFIG).file("a.csv", text(&header, &with(17, "WAIT")));
    shop.run(17);
    let shop = shop.file(
        "b.csv",
        text(&header, &[with(17, "OK"), with(18, "OK")].concat()),
    );
    let json = shop.run(18).json();
    is_clean(&day(&json, 17), 5);
    is_clean(&day(&json, 18), 5);
}

#[test]
fn files_that_share_a_part_of_their_rows_are_one_finding() {
    let unnamed = PROFILE.replace("[slot]\nfile_name = ['shop_(?P<date>20\\d{6})']\n", "");
    let shop = Shop::with(&unnamed, CONFIG)
        .file("a.csv", text(HEADER, &rows(17)[..4]))
        .file("b.csv", text(HEADER, &rows(17)[2..]));
    let output = shop.run(17).exits(65);
    let result = day(&output.json(), 17);
    assert_eq!(result["breaks"], serde_json::json!({}), "{result:#}");
    assert_eq!(result["findings"][0]["kind"], "file_held", "{result:#}");
    let said = "it shares 2 of its 3 rows with a.csv (file 1), in whose place it would stand";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    let accept = [
        "files",
        "accept",
        "2",
        "--as",
        "addition",
        "--reason",
        "two pages",
    ];
    shop.workspace.run(accept).exits(0);
    is_clean(&day(&shop.run(17).exits(0).json(), 17), 5);
}
