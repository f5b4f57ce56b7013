//! Reports: one view, several renderings, equal totals; and provider text that stays text.

pub mod fixture;
mod items;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, DataRef, Reader, Xlsx};
use rekon::domain::advice::{self, NextStep, Windows};
use rekon::domain::money::{Money, NumberStyle, Unit};
use rekon::domain::outcome::{BreakKind, Exposure, Item, Severity};
use rekon::domain::statement::StatementSummary;
use rekon::domain::status::MoneyDirection;
use rekon::report::input::FailedChannel;
use rekon::report::json::{self, BreakState, ListedBreak, ResultLine};
use rekon::report::labels::Language;
use rekon::report::template::Templates;
use rekon::report::view::{ReportView, view};
use rekon::report::{csv, html, page, summary, text, workbook};
use serde_json::Value;

use fixture::{HOSTILE, MARKUP, at};

const CREATED: &str = "2026-11-19T05:30:00Z";

pub fn html_of(view: &ReportView) -> String {
    html::mail(view, &Templates::built_in()).expect("the mail renders")
}

pub fn page_of(view: &ReportView) -> String {
    page::page(view, &Templates::built_in()).expect("the page renders")
}

/// The cells of a sheet, streamed: row by row, column by column.
fn cells(bytes: &[u8], sheet: usize) -> BTreeMap<(u32, u32), Data> {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let name = book.sheet_names()[sheet].clone();
    let mut reader = book.worksheet_cells_reader(&name).expect("a sheet");
    let mut cells = BTreeMap::new();
    while let Some(cell) = reader.next_cell().expect("a cell") {
        let value: Data = match cell.get_value() {
            DataRef::SharedString(text) => Data::String((*text).to_owned()),
            other => other.clone().into(),
        };
        cells.insert(cell.get_position(), value);
    }
    cells
}

/// What the lines of a list add up to, which is also what stands below them.
fn column_sum(cells: &BTreeMap<(u32, u32), Data>, column: u32) -> Money {
    let amount = |value: &Data| match value {
        Data::Float(number) => plain(&format!("{number:.2}")),
        Data::Int(number) => Money::from_rupiah(*number),
        other => panic!("column {column} holds {other:?}"),
    };
    let of_column = || {
        cells
            .iter()
            .filter(|((row, at), _)| *row > 0 && *at == column)
    };
    // A line has an id.
    let (lines, below): (Vec<_>, Vec<_>) =
        of_column().partition(|((row, _), _)| cells.contains_key(&(*row, 0)));
    let sum = lines.iter().map(|(_, value)| amount(value)).sum();
    let total: Vec<Money> = below.iter().map(|(_, value)| amount(value)).collect();
    assert_eq!(total, [sum], "the total of column {column}");
    sum
}

fn plain(text: &str) -> Money {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let money = Money::parse(digits, NumberStyle::Plain, Unit::Rupiah).expect("an amount");
    if negative { -money } else { money }
}

fn json_of(input: &rekon::report::input::ReportInput) -> Value {
    let lines: Vec<ResultLine<'_>> = input
        .channels
        .iter()
        .flat_map(|channel| {
            channel.days.iter().map(|day| ResultLine {
                outcome: &day.outcome,
                revision: day.revision,
                facts: &channel.facts,
            })
        })
        .collect();
    let mut summary = StatementSummary::default();
    for channel in &input.channels {
        for (item, news) in channel.items.iter().zip(&channel.news) {
            if let Some(news) = news {
                summary.add(item, *news);
            }
        }
    }
    json::run(&input.run_id, &lines, &summary, input.zone, input.as_of)
}

fn breaks_of(input: &rekon::report::input::ReportInput) -> Value {
    let listed: Vec<ListedBreak<'_>> = input
        .channels
        .iter()
        .flat_map(|channel| {
            channel.items.iter().map(|item| ListedBreak {
                item,
                facts: &channel.facts,
                state: BreakState::Open,
                owner: "",
                notes: &[],
            })
        })
        .collect();
    json::breaks(&listed, input.zone, input.as_of)
}

#[test]
fn the_mail_reads_well_in_both_languages() {
    for (language, code) in [(Language::Id, "id"), (Language::En, "en")] {
        let view = view(&fixture::input(language));
        insta::assert_snapshot!(format!("mail_text_{code}"), text::mail(&view));
        insta::assert_snapshot!(format!("mail_html_{code}"), html_of(&view));
        insta::assert_snapshot!(format!("summary_{code}"), summary::run(&view, &[]));
    }
}

#[test]
fn machine_output_follows_the_contract() {
    let input = fixture::input(Language::Id);
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    insta::assert_snapshot!("run_json", pretty(&json_of(&input)));
    insta::assert_snapshot!("breaks_json", pretty(&breaks_of(&input)));
}

#[test]
fn every_output_has_the_same_totals() {
    for language in [Language::Id, Language::En] {
        let input = fixture::input(language);
        let view = view(&input);
        let expected = input
            .channels
            .iter()
            .flat_map(|channel| &channel.days)
            .fold([Money::ZERO; 3], |sum, day| {
                let risk = day.outcome.at_risk;
                [
                    sum[0] + risk.owed_to_us,
                    sum[1] + risk.owed_by_us,
                    sum[2] + risk.undecided,
                ]
            });
        let total = expected[0] + expected[1] + expected[2];
        assert!(!total.is_zero());

        let results = json_of(&input);
        let results = results["results"].as_array().expect("results");
        for (position, name) in ["owed_to_us", "owed_by_us", "undecided"].iter().enumerate() {
            let sum: Money = results
                .iter()
                .map(|result| plain(result["at_risk"][name].as_str().expect("an amount")))
                .sum();
            assert_eq!(sum, expected[position], "{name} in JSON");
        }

        let page = html_of(&view);
        let letter = text::mail(&view);
        for shown in [
            &view.risk.owed_to_us,
            &view.risk.owed_by_us,
            &view.risk.undecided,
        ] {
            assert!(
                page.contains(&format!(">{}</td>", shown.shown)),
                "{}",
                shown.shown
            );
            assert!(letter.contains(&shown.shown), "{}", shown.shown);
        }
        assert_eq!(
            [
                view.risk.owed_to_us.money,
                view.risk.owed_by_us.money,
                view.risk.undecided.money
            ],
            expected.map(Some)
        );

        let table = csv::breaks(&view).expect("CSV");
        let mut reader = ::csv::Reader::from_reader(table.as_slice());
        let rows: Vec<::csv::StringRecord> =
            reader.records().map(|row| row.expect("a row")).collect();
        let csv_risk: Money = rows.iter().map(|row| plain(&row[7])).sum();
        assert_eq!(csv_risk, total, "CSV");

        let book = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
        let breaks = cells(&book, 1);
        assert_eq!(column_sum(&breaks, 6), total, "workbook");

        // Per kind and side: entries and rupiah of JSON's buckets, the CSV and the workbook.
        for kind in BreakKind::ALL {
            let mut found = [(0u64, Money::ZERO); 2];
            for result in results {
                for (position, side) in ["settlement", "ledger"].iter().enumerate() {
                    let tally = &result["breaks"][kind.name()][side];
                    if !tally.is_null() {
                        found[position].0 += tally["entries"].as_u64().expect("a count");
                        found[position].1 += plain(tally["amount"].as_str().expect("an amount"));
                    }
                }
            }
            for (position, (entries, amount)) in [(15, 16), (9, 10)].into_iter().enumerate() {
                let of_kind = || rows.iter().filter(|row| &row[2] == kind.name());
                let count: u64 = of_kind()
                    .map(|row| row[entries].parse::<u64>().expect("a count"))
                    .sum();
                let sum: Money = of_kind().map(|row| plain(&row[amount])).sum();
                assert_eq!((count, sum), found[position], "{} in CSV", kind.name());
            }
        }
        let csv_settled: Money = rows.iter().map(|row| plain(&row[16])).sum();
        let csv_booked: Money = rows.iter().map(|row| plain(&row[10])).sum();
        assert_eq!(column_sum(&breaks, 27), csv_settled);
        assert_eq!(column_sum(&breaks, 21), csv_booked);
    }
}

#[test]
fn every_break_kind_is_shown_with_severity_step_and_reason() {
    let view = view(&fixture::input(Language::En));
    for kind in BreakKind::ALL {
        let line = view
            .breaks
            .iter()
            .find(|line| line.kind_code == kind.name())
            .unwrap_or_else(|| panic!("{} is in the fixture", kind.name()));
        assert!(!line.reason.is_empty() && !line.step.is_empty() && !line.who.is_empty());
    }
    let severities: Vec<_> = view.breaks.iter().map(|line| line.severity).collect();
    assert!(severities.is_sorted());
}

#[test]
fn severity_and_step_follow_the_money() {
    use MoneyDirection::{WePay, WeReceive};
    use NextStep as Do;
    use Severity::{Critical, High, Low, Medium};
    let input = fixture::input(Language::En);
    let items: BTreeMap<&str, &Item> = input
        .channels
        .iter()
        .flat_map(|channel| &*channel.items)
        .map(|item| (item.id.as_str(), item))
        .collect();
    // item | money | severity | next step
    for (id, money, severity, step) in [
        ("OVO-7F3K2", WeReceive, Critical, Do::DeliverOrRefund),
        ("OVO-7F3K2", WePay, Critical, Do::RecoverOrAccept),
        ("OVO-9M4TT", WeReceive, Critical, Do::FindOrder),
        ("OVO-9M4TT", WePay, High, Do::DisputeBill),
        ("OVO-B6WWE", WeReceive, High, Do::ClaimSettlement),
        ("OVO-B6WWE", WePay, Medium, Do::ExpectBill),
        ("OVO-2QX8D", WeReceive, Critical, Do::DemandReversal),
        ("OVO-2QX8D", WePay, High, Do::ClaimReversal),
        ("BIL-RFND1", WeReceive, Critical, Do::ClaimOrCollect),
        ("BIL-RFND1", WePay, Critical, Do::RedeliverOrRefund),
        ("OVO-V8H2N", WeReceive, High, Do::MarkSuccess),
        ("OVO-P0ZZ1", WeReceive, High, Do::ClaimDifference),
        ("OVO-C3D4E", WeReceive, Low, Do::CheckFeeRates),
        ("BIL-FEEB1", WeReceive, Medium, Do::CheckAmountBasis),
        ("OVO-DUP01", WeReceive, High, Do::CompareConflict),
        ("OVO-S7UCK", WeReceive, Medium, Do::Escalate),
        ("B2B-STUCK", WePay, Medium, Do::Escalate),
        ("BIL-SAFE1", WeReceive, Low, Do::MarkFailed),
        ("OVO-AMB01", WeReceive, Medium, Do::TellApart),
        ("BIL-DMG01", WeReceive, Medium, Do::AskForTextReferences),
    ] {
        let advice = advice::advice(items[id], money).expect("a break");
        assert_eq!(
            (advice.severity, advice.step),
            (severity, step),
            "{id} {money:?}"
        );
    }
}

#[test]
fn a_void_is_advised_while_its_window_is_open() {
    let input = fixture::input(Language::En);
    let charged = &input.channels[0].items[0];
    let windows = Windows::SAME_DAY_VOID_AND_WEEK;
    let deadline = |as_of: &str| advice::deadline(charged, windows, input.zone, at(as_of));
    assert_eq!(
        deadline("2026-11-18T16:59:59Z"),
        Some(at("2026-11-18T17:00:00Z"))
    );
    assert_eq!(deadline("2026-11-18T17:00:00Z"), None);
    let stuck = input.channels[0]
        .items
        .iter()
        .find(|item| item.id == "OVO-S7UCK")
        .expect("in the fixture");
    assert_eq!(
        advice::deadline(stuck, windows, input.zone, input.as_of),
        Some(at("2026-11-25T02:30:00Z"))
    );
    assert_eq!(
        advice::deadline(stuck, Windows::NONE, input.zone, input.as_of),
        None
    );
}

#[test]
fn provider_text_stays_text_everywhere() {
    let mut input = fixture::input(Language::En);
    for channel in &mut input.channels {
        for text in [HOSTILE, MARKUP, fixture::TWISTED] {
            channel
                .refused_files
                .push(rekon::report::input::RefusedFile {
                    name: text.to_owned(),
                    reason: text.to_owned(),
                });
        }
        for day in &mut channel.days {
            for item in &mut Arc::make_mut(&mut day.outcome).items {
                item.key
                    .push(("invoice".to_owned(), format!("{HOSTILE}{MARKUP}")));
                for entry in item.entries_mut() {
                    entry.details.insert("reference", HOSTILE);
                    if let Some(place) = &mut entry.place {
                        place.file = format!("{HOSTILE}.csv").into();
                    }
                }
            }
        }
        fixture::restate(channel);
    }
    let view = view(&input);
    let page = html_of(&view);
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;"));
    assert!(!page.contains("http://") || !page.contains("href"));
    let letter = text::mail(&view);
    let terminal = summary::run(&view, &[]);
    for out in [&page, &letter, &terminal] {
        assert!(!out.contains(['\u{202e}', '\u{1b}', '\r']));
        assert!(!out.contains("\nBcc:"));
    }
    assert!(!view.subject.contains(['\r', '\n']));

    let table = csv::breaks(&view).expect("CSV");
    for row in ::csv::Reader::from_reader(table.as_slice()).records() {
        for field in &row.expect("a row") {
            let number = plain_number(field);
            assert!(
                number || !field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                "{field}"
            );
        }
    }

    let book = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(&book)).expect("a ZIP");
    for position in 0..archive.len() {
        let mut part = archive.by_index(position).expect("a part");
        let name = part.name().expect("a name").into_owned();
        if name.starts_with("xl/worksheets/") && name.ends_with(".xml") {
            let mut xml = String::new();
            std::io::Read::read_to_string(&mut part, &mut xml).expect("XML");
            // Only totals are calculated.
            let mut formulas = xml.split("<f>").skip(1);
            assert!(
                formulas.all(|formula| formula.starts_with("SUBTOTAL(109,"))
                    && !xml.contains("<hyperlink"),
                "{name}"
            );
        }
    }
    let references = cells(&book, 1);
    assert!(
        references
            .values()
            .any(|cell| *cell == Data::String(HOSTILE.to_owned()))
    );
}

fn plain_number(field: &str) -> bool {
    field
        .trim_start_matches('-')
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.')
}

#[test]
fn personal_data_is_masked_and_bearer_money_never_shown() {
    let phone = "081234561234";
    let token = "1234-5678-9012-3456-7890";
    let outputs = |input: &rekon::report::input::ReportInput| -> Vec<String> {
        let view = view(input);
        let book = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
        let sheets: String = (0..6)
            .flat_map(|sheet| cells(&book, sheet).into_values())
            .map(|cell| format!("{cell:?}\n"))
            .collect();
        vec![
            html_of(&view),
            text::mail(&view),
            sheets,
            String::from_utf8(csv::breaks(&view).expect("CSV")).expect("UTF-8"),
            summary::run(&view, &[]),
        ]
    };
    let mut input = fixture::input(Language::Id);
    for item in Arc::make_mut(&mut input.channels[0].days[1].outcome)
        .items
        .iter_mut()
    {
        item.key.push(("customer".to_owned(), phone.to_owned()));
    }
    fixture::restate(&mut input.channels[0]);
    let masked = outputs(&input);
    for out in &masked {
        assert!(!out.contains(phone) && !out.contains(token) && !out.contains("081299998888"));
    }
    assert!(masked[2].contains("08••••1234") && masked[3].contains("08••••1234"));
    let machine = json_of(&input).to_string() + &breaks_of(&input).to_string();
    assert!(!machine.contains(phone) && !machine.contains(token));

    input.unmask = vec!["customer".to_owned(), "token".to_owned()];
    let shown = outputs(&input);
    assert!(shown[2].contains(phone) && shown[3].contains(phone));
    assert!(shown.iter().all(|out| !out.contains(token)));
}

#[test]
fn a_long_report_stays_small_and_says_where_the_rest_is() {
    let view = view(&fixture::long(Language::Id));
    assert!(view.compact);
    let page = html_of(&view);
    assert!(page.len() < html::LIMIT, "{} bytes", page.len());
    assert!(page.contains("di lampiran Excel"));
    let book = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
    let rows = cells(&book, 1).keys().map(|(row, _)| *row).max();
    assert_eq!(rows, Some(view.breaks.len() as u32 + 1), "and the total");
}

#[test]
fn a_mail_fetches_nothing_and_scripts_nothing() {
    let page = html_of(&view(&fixture::input(Language::En))).to_lowercase();
    for forbidden in [
        "<svg", "data:", "<img", "<link", "<script", "url(", "@import", "src=", "href=",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_clean_day_says_so_and_an_incomplete_one_knows_nothing() {
    let clean = view(&fixture::clean(Language::En));
    assert_eq!(
        clean.subject,
        "Reconciliation 17 Nov 2026: Complete, no breaks"
    );
    assert!(clean.actions.is_empty());
    insta::assert_snapshot!("mail_text_clean", text::mail(&clean));

    let mut input = fixture::input(Language::En);
    input.channels.drain(..2);
    input.channels[0].days.remove(0);
    input.channels[0].items = Arc::default();
    input.channels[0].quarantined.clear();
    input.unproven_mailboxes.clear();
    let waiting = view(&input);
    assert_eq!(waiting.subject, "Reconciliation 18 Nov 2026: Incomplete");
    assert_eq!(waiting.risk.owed_to_us.shown, "not known");
    insta::assert_snapshot!("mail_text_incomplete", text::mail(&waiting));
}

#[test]
fn a_failed_channel_is_part_of_the_verdict() {
    for (language, subject) in [
        (
            Language::En,
            "Reconciliation 17 Nov 2026: Incomplete, not reconciled: dana",
        ),
        (
            Language::Id,
            "Rekonsiliasi 17 Nov 2026: Belum lengkap, belum direkonsiliasi: dana",
        ),
    ] {
        let mut input = fixture::clean(language);
        input.failed = vec![FailedChannel {
            channel: "dana".to_owned(),
            reason: "the ledger has no table `dana`".to_owned(),
        }];
        let failed = view(&input);
        assert_eq!(failed.subject, subject);
        assert_eq!(failed.verdict.tone, "incomplete");
        assert_eq!(failed.actions[0].severity_code, "critical");
        assert!(failed.actions[0].step.contains("no table `dana`"));
        let unknown = failed
            .verdict
            .unknown
            .as_deref()
            .expect("what is not known");
        for rendered in [html_of(&failed), page_of(&failed), text::mail(&failed)] {
            let flat = rendered.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                flat.contains(unknown) && flat.contains(&failed.verdict.scope),
                "{flat}"
            );
        }
        let bytes = workbook::xlsx(&failed, at(CREATED)).expect("a workbook");
        let summary = cells(&bytes, 0);
        for line in [&*failed.verdict.headline, &failed.verdict.scope, unknown] {
            let written = |cell: &Data| matches!(cell, Data::String(text) if text == line);
            assert!(summary.values().any(written), "{line}: {summary:?}");
        }
        if language == Language::En {
            insta::assert_snapshot!("mail_text_failed", text::mail(&failed));
        }
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    let view = view(&fixture::input(Language::Id));
    let first = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
    let second = workbook::xlsx(&view, at(CREATED)).expect("a workbook");
    assert!(first == second);
    assert_eq!(html_of(&view), html_of(&view));
}

/// Every rendering of every fixture is written; `REKON_LOOK=dir` keeps them for a person to look at.
#[test]
fn every_fixture_is_rendered_in_every_form() {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let directory = std::env::var_os("REKON_LOOK").map(std::path::PathBuf::from);
    let directory = directory.unwrap_or_else(|| scratch.path().to_owned());
    for (name, input) in [
        ("id", fixture::input(Language::Id)),
        ("en", fixture::input(Language::En)),
        ("clean", fixture::clean(Language::En)),
        ("long", fixture::long(Language::Id)),
        ("month", fixture::month(Language::En)),
        ("month-id", fixture::month(Language::Id)),
    ] {
        let view = view(&input);
        let write = |extension: &str, bytes: &[u8]| {
            assert!(!bytes.is_empty(), "{name}.{extension} is empty");
            std::fs::write(directory.join(format!("{name}.{extension}")), bytes).expect("written");
        };
        write("html", html_of(&view).as_bytes());
        write("page.html", page_of(&view).as_bytes());
        write("txt", text::mail(&view).as_bytes());
        write("summary", summary::run(&view, &[]).as_bytes());
        write("csv", &csv::breaks(&view).expect("CSV"));
        write(
            "xlsx",
            &workbook::xlsx(&view, at(CREATED)).expect("a workbook"),
        );
    }
}

/// Nine dates: the glance adds up to the headline.
#[test]
fn a_range_adds_up_to_its_headline() {
    let mut input = fixture::input(Language::En);
    for channel in &mut input.channels {
        let day = channel.days[0].clone();
        let date = day.outcome.business_date;
        for back in 1..8u64 {
            let mut earlier = day.clone();
            Arc::make_mut(&mut earlier.outcome).business_date = date - chrono::Days::new(back);
            for item in &mut Arc::make_mut(&mut earlier.outcome).items {
                item.identity = format!("{} {back}", item.identity);
                item.opened = item.opened - chrono::Days::new(back);
                for entry in item.entries_mut() {
                    entry.business_date = entry.business_date - chrono::Days::new(back);
                }
            }
            channel.days.insert(0, earlier);
        }
        fixture::restate(channel);
    }
    let view = view(&input);
    let range = view.range.as_ref().expect("several dates");
    assert_eq!(
        view.elsewhere
            .iter()
            .map(|line| line.id)
            .collect::<Vec<_>>(),
        [""; 0]
    );
    let headline = view.breaks.len().to_string();
    let count = |shown: &str| shown.replace(',', "").parse::<u64>().expect("a count");
    let totals: u64 = range
        .channels
        .iter()
        .map(|total| count(&total.breaks_shown))
        .sum();
    assert_eq!(totals.to_string(), headline);
    let dates: u64 = range.dates.iter().map(|day| day.breaks).sum();
    assert_eq!(dates.to_string(), headline);
    for day in &range.dates {
        assert_eq!(day.listed.len() as u64, day.breaks, "{}", day.date);
    }
    let of_dates: Money = range.dates.iter().map(|day| day.at_risk.money).sum();
    assert_eq!(Some(of_dates), view.risk.total.money);
    let at_risk: Money = range.channels.iter().map(|total| total.at_risk.money).sum();
    assert_eq!(Some(at_risk), view.risk.total.money);
    assert_eq!(range.dates.len(), 9);
    insta::assert_snapshot!("range_text", text::mail(&view));
    let files = &view.files_in_brief;
    assert!(
        files.shown.iter().all(|file| file.state_code != "on_time"),
        "what is in order is only counted"
    );
    assert!(files.others.is_some());
}

/// The ageing of the workbook: the classes add up to the total, and the total is the open items'.
#[test]
fn the_workbook_says_what_is_at_risk_by_age() {
    let input = fixture::input(Language::En);
    let book = workbook::xlsx(&view(&input), at(CREATED)).expect("a workbook");
    let sheets = Xlsx::new(Cursor::new(&book))
        .expect("a workbook")
        .sheet_names()
        .len();
    let is = |value: &Data, text: &str| *value == Data::String(text.to_owned());
    let (cells, head) = (0..sheets)
        .find_map(|sheet| {
            let cells = cells(&book, sheet);
            // The list of breaks has an age too.
            let mut heads = cells
                .iter()
                .filter(|((_, column), value)| *column == 0 && is(value, "Age (days)"));
            let head = heads.next().map(|((row, _), _)| *row);
            head.map(|row| (cells, row))
        })
        .expect("a sheet with the ageing");
    let text = |row: u32, column: u32| match cells.get(&(row, column)) {
        Some(Data::String(text)) => text.as_str(),
        _ => "",
    };
    let number = |row: u32, column: u32| match cells.get(&(row, column)) {
        Some(Data::Float(number)) => plain(&format!("{number:.2}")),
        Some(Data::Int(number)) => Money::from_rupiah(*number),
        other => panic!("{row}, {column}: {other:?}"),
    };
    let total = (head + 1..head + 20)
        .find(|row| text(*row, 0) == "Total")
        .expect("a total");
    assert_eq!(total - head, 6, "five classes");
    let open = || input.channels.iter().flat_map(|one| &*one.items);
    let at_risk = |wanted: Exposure| -> Money {
        let own = open().filter(|item| item.exposure == wanted);
        own.map(|item| item.at_risk).sum()
    };
    for (column, name, expected) in [
        (2, "Count", Money::from_rupiah(open().count() as i64)),
        (3, "Amount", open().map(|item| item.value).sum()),
        (4, "Owed to us", at_risk(Exposure::OwedToUs)),
        (5, "Owed by us", at_risk(Exposure::OwedByUs)),
        (6, "Undecided", at_risk(Exposure::Undecided)),
    ] {
        assert_eq!(text(head, column), name);
        assert!(!expected.is_zero(), "{name} says nothing");
        assert_eq!(number(total, column), expected, "{name}");
        let classes: Money = (head + 1..total).map(|row| number(row, column)).sum();
        assert_eq!(classes, expected, "{name} by class");
    }
}
