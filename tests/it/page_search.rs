//! What finance looks for on the page, in a real browser: typed as they read, write or remember it.

use std::sync::Arc;

use rekon::domain::money::Money;
use rekon::domain::outcome::{BreakKind, Closed, Closing, Item};
use rekon::report::input::ReportInput;
use rekon::report::labels::Language;

use crate::browser::{Browser, DESK, PHONE, Screen};
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
    assert_eq!(browser.text("#totals"), report.totals(|one| one.id == "A"));
    choose(&browser, "date", "");
    choose(&browser, "state", "resolved");
    assert_eq!(browser.text("#totals"), report.totals(|one| one.id == "C"));
    choose(&browser, "state", "open");
    assert_eq!(browser.text("#totals"), report.totals(|one| one.id != "C"));
}

/// Three breaks of three dates.
fn searched() -> ReportInput {
    let mut input = fixture::input(Language::En);
    input.channels.truncate(1);
    let day = &mut input.channels[0].days[0];
    let outcome = Arc::make_mut(&mut day.outcome);
    let like = outcome
        .items
        .iter()
        .find(|item| item.break_kind() == Some(BreakKind::MissingAtPartner))
        .expect("a missing one")
        .clone();
    let one = |id: &str, date: &str, sen: i64, reference: &str, detail: (&str, &str)| {
        let mut item: Item = like.clone();
        item.id = id.to_owned();
        item.identity = id.to_owned();
        item.opened = date.parse().expect("a date");
        let money = Money::from_sen(sen);
        (item.value, item.at_risk, item.difference) = (money, money, money);
        item.key = vec![("reference_number".to_owned(), reference.to_owned())];
        for entry in &mut item.ledger {
            entry.amount = money;
            entry.fee = None;
            entry.details = [(detail.0.to_owned(), detail.1.to_owned())].into();
        }
        item
    };
    outcome.items = vec![
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
    outcome.items[2].closed = Some(Closed {
        on: outcome.business_date,
        how: Closing::Resolved,
    });
    input
}

#[test]
fn paper_keeps_the_heads_of_columns_and_a_telephone_has_no_labels_to_read() {
    let report = Report::of(&fixture::input(Language::Id));
    let browser = Browser::start(Screen { width: 680, ..DESK });
    browser.medium("print", "light");
    browser.open(&report.page());
    let heads = "return getComputedStyle(document.querySelector('#list thead')).display";
    assert_eq!(browser.script(heads), "table-header-group");
    browser.look_with(PHONE);
    browser.open(&report.page());
    let labels = browser.script(
        "const row = document.querySelector('#list tbody tr'); \
         return [...row.children].filter(cell => \
           !['none', 'normal'].includes(getComputedStyle(cell, '::before').content)).length",
    );
    assert_eq!(labels, 0);
}
