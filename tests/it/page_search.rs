//! What finance looks for on the page, in a real browser: typed as they read, write or remember it.

use std::process::Command;
use std::sync::Arc;

use rekon::domain::money::Money;
use rekon::domain::outcome::{BreakKind, Closed, Closing, Item};
use rekon::domain::statement::News;
use rekon::report::input::ReportInput;
use rekon::report::labels::Language;

use crate::browser::{Browser, DESK, PHONE};
use crate::page::{Report, choose};
use crate::reports::fixture;

/// What finance types, and what it has to find: an amount as they read, write or remember it, a date,
/// a reference with its zeros, a product, an invoice. The rows are their ids.
#[test]
fn the_search_finds_what_people_type() {
    let report = Report::of(&searched());
    let browser = Browser::start(DESK);
    browser.open(&report.page());
    for (typed, found) in [
        ("155000", "A"),
        ("155.000", "A"),
        ("155,000", "A"),
        ("Rp155.000", "A"),
        ("rp 155.000,-", "A"),
        ("Rp155.000,00", "A"),
        ("1.155.000", "B"),
        ("rp1155000", "B"),
        ("2.000,50", "C"),
        ("2,000.50", "C"),
        ("2.000", ""),
        ("000004", "A"),
        ("4", "ABC"),
        ("12 Nov", "A"),
        ("12 november 2026", "A"),
        ("Nov 12", "A"),
        ("2026-11-12", "A"),
        ("12/11", "A"),
        ("12/11/26", "A"),
        ("11/12", ""),
        ("2 Nov", "B"),
        ("02/11/2026", "B"),
        ("12 Nov 2025", ""),
        ("12 Nov 155000", "A"),
        ("12 Nov 1.155.000", ""),
        ("pulsa", "BC"),
        ("inv-771", "C"),
        ("missing at partner pulsa", "BC"),
    ] {
        browser.script("document.getElementById('search').value = ''");
        browser.type_into("#search", typed);
        let ids = browser.script(
            "return [...document.querySelectorAll('#list tbody tr:not([hidden]) .id')]\
             .map(one => one.textContent).sort().join('')",
        );
        assert_eq!(ids, found, "{typed}");
    }
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn dates_and_states_are_filters() {
    let report = Report::of(&searched());
    let browser = Browser::start(DESK);
    browser.open(&report.page());
    choose(&browser, "date", "2026-11-12");
    assert_eq!(browser.text("#totals"), "1 of 3 breaks · Rp155,000 at risk");
    choose(&browser, "date", "");
    choose(&browser, "state", "resolved");
    // What people closed puts nothing at risk.
    assert_eq!(browser.text("#totals"), "1 of 3 breaks · Rp0 at risk");
    choose(&browser, "state", "open");
    assert_eq!(
        browser.text("#totals"),
        "2 of 3 breaks · Rp1,310,000 at risk"
    );
}

/// Three breaks of three dates.
fn searched() -> ReportInput {
    let mut input = fixture::input(Language::En);
    let like: Item = input.channels[0]
        .days
        .iter()
        .flat_map(|day| &day.outcome.items)
        .find(|item| item.break_kind() == Some(BreakKind::MissingAtPartner))
        .expect("a missing one")
        .clone();
    input.channels.truncate(1);
    input.channels[0].days.truncate(1);
    let one = |id: &str, date: &str, sen: i64, reference: &str, detail: (&str, &str)| {
        let mut item: Item = like.clone();
        item.id = id.to_owned();
        item.identity = id.to_owned();
        item.opened = date.parse().expect("a date");
        let money = Money::from_sen(sen);
        (item.value, item.at_risk, item.difference) = (money, money, money);
        item.key = vec![("reference_number".to_owned(), reference.to_owned())];
        let opened = item.opened;
        for entry in &mut item.ledger {
            entry.business_date = opened;
            entry.amount = money;
            entry.fee = None;
            entry.details = [detail].into();
        }
        item
    };
    let mut items = vec![
        one("A", "2026-11-12", 15_500_000, "4", ("product", "token-pln")),
        one("B", "2026-11-02", 115_500_000, "940", ("product", "pulsa")),
        one(
            "C",
            "2026-11-18",
            200_050,
            "41",
            ("reference", "INV-771 pulsa"),
        ),
    ];
    items[2].closed = Some(Closed {
        on: items[2].opened,
        how: Closing::Resolved,
    });
    let channel = &mut input.channels[0];
    channel.news = [News::Opened, News::StillOpen, News::Closed]
        .map(Some)
        .to_vec();
    channel.items = Arc::new(items);
    input
}

/// Printed by the browser itself: a table of many pages has its heads on each of them.
#[test]
fn every_printed_page_of_the_list_has_the_heads_of_its_columns() {
    let mut input = fixture::long(Language::En);
    for day in &mut input.channels[0].days {
        Arc::make_mut(&mut day.outcome).items.truncate(12);
    }
    fixture::restate(&mut input.channels[0]);
    let report = Report::of(&input);
    let folder = tempfile::tempdir().expect("a directory");
    let pdf = folder.path().join("page.pdf");
    let printed = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
        ])
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(report.page())
        .output()
        .expect("chromium; apt-get install chromium");
    assert!(printed.status.success(), "{printed:?}");
    let text = Command::new("pdftotext")
        .args(["-layout"])
        .arg(&pdf)
        .arg("-")
        .output()
        .expect("pdftotext; apt-get install poppler-utils");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    let ids: Vec<String> = report.view.breaks.iter().map(|one| one.id).collect();
    let begin = text.find("All breaks").expect("the list");
    let end = text.find("Pending payments").expect("what follows it");
    let of_the_list = text[begin..end].split('\u{c}').filter(|page| {
        let shown = ids.iter().filter(|id| page.contains(id.as_str()));
        shown.count() > 1
    });
    let (mut pages, mut without) = (0, Vec::new());
    for page in of_the_list {
        pages += 1;
        let heads = ["Severity", "Kind", "Channel", "Key", "At risk", "Age"];
        if heads.iter().any(|head| !page.contains(head)) {
            without.push(page.to_owned());
        }
    }
    assert!(pages > 5, "{pages} pages:\n{text}");
    assert!(
        without.is_empty(),
        "{} of {pages}:\n{}",
        without.len(),
        without[0]
    );
}

#[test]
fn a_card_on_a_telephone_has_no_labels_to_read() {
    let report = Report::of(&fixture::input(Language::Id));
    let browser = Browser::start(PHONE);
    browser.open(&report.page());
    let labels = browser.script(
        "const row = document.querySelector('#list tbody tr'); \
         return [...row.children].filter(cell => \
           !['none', 'normal'].includes(getComputedStyle(cell, '::before').content)).length",
    );
    assert_eq!(labels, 0);
    let shown = browser.script(
        "const row = document.querySelector('#list tbody tr'); \
         return [...row.children].filter(cell => cell.checkVisibility()).length",
    );
    assert_eq!(shown, 7);
}
