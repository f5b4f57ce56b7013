//! The workbook people keep: typed cells, filters, frozen headers, print setup. Text from outside
//! is always a string cell, never a formula.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType,
    Color, DocProperties, Workbook, XlsxError,
};

use super::breaks::BreakView;
use super::labels::Label;
use super::sheet::{Align, Sheet, Style, cell_number, open, page_setup, stamp_of};
use super::view::ReportView;

/// Excel's own limit is 1,048,576 rows a sheet.
const ROWS: usize = 1_000_000;
/// First steps on the summary.
const ACTIONS: usize = 8;

/// Renders all sheets; the same view gives the same bytes.
pub fn xlsx(view: &ReportView, created: DateTime<Utc>) -> Result<Vec<u8>, XlsxError> {
    let style = Style::new();
    let mut workbook = Workbook::new();
    let created = created.with_timezone(&view.zone).naive_local();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&view.subject)
            .set_creation_datetime(&stamp_of(created)?),
    );
    summary(&mut workbook, view, &style)?;
    breaks(&mut workbook, view, &style)?;
    pendings(&mut workbook, view, &style)?;
    roll_forward(&mut workbook, view, &style)?;
    files(&mut workbook, view, &style)?;
    rejected(&mut workbook, view, &style)?;
    totals(&mut workbook, view, &style)?;
    if !view.changes.is_empty() {
        changes(&mut workbook, view, &style)?;
    }
    workbook.save_to_buffer()
}

fn summary(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::Summary, view, style)?;
    let name = page.say(Label::Summary);
    page.put(
        &format!("{} {}", page.say(Label::ReportTitle), view.period),
        &style.title,
    )?;
    page.sheet.set_row_height(0, 26)?;
    page.next_row();
    page.put(&view.verdict.headline, &style.section)?;
    page.next_row();
    page.put(&view.verdict.scope, &style.muted)?;
    page.next_row();
    if let Some(unknown) = &view.verdict.unknown {
        page.put(unknown, &style.muted)?;
        page.next_row();
    }

    page.title(Label::AtRisk)?;
    for (label, known) in [
        (Label::OwedToUs, &view.risk.owed_to_us),
        (Label::OwedByUs, &view.risk.owed_by_us),
        (Label::Undecided, &view.risk.undecided),
    ] {
        page.text(page.say(label))?;
        page.known(known)?;
        page.next_row();
    }
    page.put(page.say(Label::NeverNetted), &style.muted)?;
    page.next_row();

    if !view.actions.is_empty() {
        page.title(Label::FirstSteps)?;
        for action in view.actions.iter().take(ACTIONS) {
            page.wrap(&action.what, 42)?;
            match &action.amount {
                Some(amount) => page.money(amount.money)?,
                None => page.column += 1,
            }
            page.text(&action.step)?;
            page.end_row()?;
        }
    }

    if !view.by_kind.is_empty() {
        page.title(Label::Breaks)?;
        page.headers(&[
            (Label::Kind, Align::Left),
            (Label::AtRisk, Align::Right),
            (Label::Count, Align::Right),
        ])?;
        let first = page.row;
        for group in &view.by_kind {
            page.text(group.label)?;
            page.money(group.at_risk.money)?;
            page.count(group.count)?;
            page.next_row();
        }
        let last = page.row - 1;
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_categories((name, first, 0, last, 0))
            .set_values((name, first, 1, last, 1))
            .set_format(
                ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(0x3B5B8C))),
            )
            .set_data_label(ChartDataLabel::new().show_value().set_num_format("#,##0"))
            .set_gap(60);
        chart.y_axis().set_reverse();
        chart.x_axis().set_hidden(true).set_major_gridlines(false);
        // Room for the label of the longest bar.
        let largest = view.by_kind.iter().map(|group| group.at_risk.money).max();
        if let Some(largest) = largest.and_then(cell_number).filter(|most| *most > 0.0) {
            chart.x_axis().set_min(0).set_max(largest * 1.2);
        }
        chart.legend().set_hidden();
        // Room for the chart beside a short list.
        page.row = page.row.max(first + 15);
        place_chart(&mut page, first - 1, chart, Label::ChartRisk)?;
    }

    page.title(Label::Totals)?;
    page.headers(&[
        (Label::Channel, Align::Left),
        (Label::AtRisk, Align::Right),
        (Label::Breaks, Align::Right),
        (Label::BusinessDate, Align::Left),
        (Label::State, Align::Left),
        (Label::Settlement, Align::Right),
        (Label::Ledger, Align::Right),
    ])?;
    let first = page.row;
    for day in view.days.iter().take(ROWS) {
        page.text(&day.channel)?;
        page.known(&day.risk.total)?;
        if day.known {
            page.count(day.breaks)?;
        } else {
            page.column += 1;
        }
        page.date(Some(day.business_date))?;
        page.text(day.state_label)?;
        if day.known {
            page.money(day.settlement.amount.money)?;
            page.money(day.ledger.amount.money)?;
        }
        page.next_row();
    }
    if view.by_kind.is_empty() && page.row > first {
        let last = page.row - 1;
        let mut chart = Chart::new(ChartType::Column);
        for (column, label) in [(5, Label::Settlement), (6, Label::Ledger)] {
            chart
                .add_series()
                .set_name(page.say(label))
                .set_categories((name, first, 0, last, 0))
                .set_values((name, first, column, last, column));
        }
        chart.y_axis().set_num_format("#,##0");
        chart.legend().set_position(ChartLegendPosition::Bottom);
        let below = page.row + 1;
        place_chart(&mut page, below, chart, Label::ChartVolume)?;
        page.row = below + 17;
    }
    if !view.patterns.is_empty() {
        page.title(Label::Patterns)?;
        for sentence in &view.patterns {
            page.text(sentence)?;
            page.next_row();
        }
    }
    page.next_row();
    page.put(&view.footer, &style.muted)?;
    for (column, width) in [42, 18, 10, 16, 20, 22, 22].into_iter().enumerate() {
        page.sheet.set_column_width(column as u16, width)?;
    }
    page_setup(page.sheet, view);
    Ok(())
}

/// Every bucket of every channel and date, both sides, as a list to filter.
fn totals(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::TotalsSheet, view, style)?;
    page.headers(&[
        (Label::Channel, Align::Left),
        (Label::BusinessDate, Align::Left),
        (Label::State, Align::Left),
        (Label::Category, Align::Left),
        (Label::SettlementEntries, Align::Right),
        (Label::Settlement, Align::Right),
        (Label::SettlementFee, Align::Right),
        (Label::LedgerEntries, Align::Right),
        (Label::Ledger, Align::Right),
        (Label::LedgerFee, Align::Right),
        (Label::Revision, Align::Right),
    ])?;
    for day in view.days.iter().take(ROWS / 32) {
        let revision = u64::from(day.revision);
        if !day.known {
            page.text(&day.channel)?;
            page.date(Some(day.business_date))?;
            page.text(day.state_label)?;
            page.text(page.say(Label::NotKnown))?;
            page.column += 6;
            page.count(revision)?;
            page.next_row();
        }
        for bucket in day.buckets.iter().filter(|_| day.known) {
            page.text(&day.channel)?;
            page.date(Some(day.business_date))?;
            page.text(day.state_label)?;
            page.text(bucket.label)?;
            for side in [&bucket.settlement, &bucket.ledger] {
                page.count(side.entries)?;
                page.money(side.amount.money)?;
                page.money(side.fee.money)?;
            }
            page.count(revision)?;
            page.next_row();
        }
    }
    page.finish_list(&[20, 14, 18, 32, 11, 22, 18, 11, 22, 18, 9], 11)
}

/// To the right of the figures at the top, where nothing is written.
fn place_chart(
    page: &mut Sheet<'_>,
    first: u32,
    mut chart: Chart,
    title: Label,
) -> Result<(), XlsxError> {
    let title = page.say(title);
    chart.title().set_name(title);
    chart.title().set_font(ChartFont::new().set_size(11));
    chart.set_width(560).set_height(320);
    chart.set_alt_text(title);
    page.sheet.insert_chart(first, 3, &chart)?;
    Ok(())
}

const BREAK_HEADERS: [(Label, Align); 33] = [
    (Label::Id, Align::Left),
    (Label::SeverityColumn, Align::Left),
    (Label::Kind, Align::Left),
    (Label::Channel, Align::Left),
    (Label::BusinessDate, Align::Left),
    (Label::Key, Align::Left),
    (Label::Exposure, Align::Left),
    (Label::AtRisk, Align::Right),
    (Label::Difference, Align::Right),
    (Label::Reason, Align::Left),
    (Label::Step, Align::Left),
    (Label::Who, Align::Left),
    (Label::Deadline, Align::Left),
    (Label::Age, Align::Right),
    (Label::Resolution, Align::Left),
    (Label::Owner, Align::Left),
    (Label::Note, Align::Left),
    (Label::LedgerEntries, Align::Right),
    (Label::LedgerAmount, Align::Right),
    (Label::LedgerFee, Align::Right),
    (Label::LedgerStatus, Align::Left),
    (Label::LedgerTime, Align::Left),
    (Label::Reference, Align::Left),
    (Label::SettlementEntries, Align::Right),
    (Label::SettlementAmount, Align::Right),
    (Label::SettlementFee, Align::Right),
    (Label::SettlementStatus, Align::Left),
    (Label::SettlementTime, Align::Left),
    (Label::FileName, Align::Left),
    (Label::Sheet, Align::Left),
    (Label::Row, Align::Right),
    (Label::Details, Align::Left),
    (Label::Facts, Align::Left),
];

fn breaks(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::Breaks, view, style)?;
    page.headers(&BREAK_HEADERS)?;
    for line in view.breaks.iter().take(ROWS) {
        page.put(&line.id, &style.strong)?;
        page.put(line.severity_label, style.severity(line.severity))?;
        page.wrap(line.kind_label, 24)?;
        page.text(&line.channel)?;
        page.date(Some(line.opened))?;
        page.wrap(&line.key, 32)?;
        page.text(line.exposure_label)?;
        page.money(line.at_risk.money)?;
        page.money(line.difference.money)?;
        page.wrap(&line.reason, 40)?;
        page.wrap(&line.step, 40)?;
        page.text(line.who)?;
        page.stamp(line.deadline_at)?;
        page.count(line.age_days)?;
        // For finance to fill in, and `rekon breaks import` to read.
        page.wrap(&line.people.resolution, 26)?;
        page.text(&line.people.owner)?;
        page.wrap(&line.people.note, 32)?;
        page.count(line.ledger.entries)?;
        page.money(line.ledger.amount.money)?;
        page.money(line.ledger.fee.money)?;
        page.text(&line.ledger.status)?;
        page.stamp(line.ledger.at)?;
        page.text(&line.ledger.reference)?;
        page.count(line.settlement.entries)?;
        page.money(line.settlement.amount.money)?;
        page.money(line.settlement.fee.money)?;
        page.text(&line.settlement.status)?;
        page.stamp(line.settlement.at)?;
        page.text(&line.settlement.file)?;
        page.text(&line.settlement.sheet)?;
        match line.settlement.row {
            Some(row) => page.count(u64::from(row))?,
            None => page.column += 1,
        }
        page.text(&line.details)?;
        page.text(&line.people.facts)?;
        page.end_row()?;
    }
    page.finish_list(
        &[
            13, 9, 24, 17, 13, 32, 15, 15, 15, 40, 40, 21, 20, 8, 26, 18, 32, 9, 16, 12, 14, 20,
            22, 9, 16, 12, 14, 20, 28, 14, 8, 40, 14,
        ],
        12,
    )
}

fn pendings(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::Pendings, view, style)?;
    page.headers(&[
        (Label::Id, Align::Left),
        (Label::State, Align::Left),
        (Label::Channel, Align::Left),
        (Label::BusinessDate, Align::Left),
        (Label::Key, Align::Left),
        (Label::Amount, Align::Right),
        (Label::Since, Align::Left),
        (Label::Age, Align::Right),
        (Label::LedgerStatus, Align::Left),
        (Label::SettlementStatus, Align::Left),
        (Label::VoidWindow, Align::Left),
        (Label::CheckWindow, Align::Left),
        (Label::Step, Align::Left),
    ])?;
    for line in view.pendings.iter().take(ROWS) {
        page.put(&line.id, &style.strong)?;
        page.text(line.kind_label)?;
        page.text(&line.channel)?;
        page.date(Some(line.opened))?;
        page.wrap(&line.key, 34)?;
        page.money(line.value.money)?;
        page.stamp(earliest(line))?;
        page.count(line.age_days)?;
        page.text(&line.ledger.status)?;
        page.text(&line.settlement.status)?;
        page.text(&line.void_window)?;
        page.text(&line.check_window)?;
        page.wrap(&line.step, 48)?;
        page.end_row()?;
    }
    page.finish_list(&[14, 26, 18, 13, 34, 16, 20, 8, 14, 14, 34, 34, 48], 13)
}

fn earliest(line: &BreakView) -> Option<DateTime<Utc>> {
    [line.ledger.at, line.settlement.at]
        .into_iter()
        .flatten()
        .min()
}

fn roll_forward(
    workbook: &mut Workbook,
    view: &ReportView,
    style: &Style,
) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::RollForward, view, style)?;
    page.headers(&[
        (Label::Channel, Align::Left),
        (Label::Category, Align::Left),
        (Label::Count, Align::Right),
        (Label::Amount, Align::Right),
    ])?;
    for roll in &view.roll {
        for line in &roll.lines {
            let closing = line.code == "closing";
            page.text(&roll.channel)?;
            page.put(
                line.label,
                if closing { &style.strong } else { &style.text },
            )?;
            if closing {
                page.count_as(line.count, &style.strong_count)?;
                page.money_as(line.amount.money, &style.strong_rupiah)?;
            } else {
                page.count(line.count)?;
                page.money(line.amount.money)?;
            }
            page.next_row();
        }
    }
    page.title(Label::Ageing)?;
    page.headers(&[
        (Label::Age, Align::Left),
        (Label::OldestOpen, Align::Left),
        (Label::Count, Align::Right),
        (Label::Amount, Align::Right),
        (Label::OwedToUs, Align::Right),
        (Label::OwedByUs, Align::Right),
        (Label::Undecided, Align::Right),
    ])?;
    let ageing = &view.ageing;
    for line in &ageing.classes {
        page.text(line.label)?;
        page.column += 1;
        page.count(line.count)?;
        page.money(line.amount.money)?;
        for (_, amount) in line.at_risk() {
            page.money(amount.money)?;
        }
        page.next_row();
    }
    page.put(ageing.total.label, &style.strong)?;
    page.column += 1;
    page.count_as(ageing.total.count, &style.strong_count)?;
    page.money_as(ageing.total.amount.money, &style.strong_rupiah)?;
    for (_, amount) in ageing.total.at_risk() {
        page.money_as(amount.money, &style.strong_rupiah)?;
    }
    page.next_row();
    for item in &ageing.oldest {
        page.text(&item.age)?;
        page.text(&format!(
            "{} · {} · {}",
            item.id, item.channel, item.kind_label
        ))?;
        page.column += 1;
        page.money(item.value.money)?;
        page.next_row();
    }
    for (column, width) in [24, 52, 12, 20, 20, 20, 20].into_iter().enumerate() {
        page.sheet.set_column_width(column as u16, width)?;
    }
    page.sheet.set_freeze_panes(1, 0)?;
    page_setup(page.sheet, view);
    Ok(())
}

fn files(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::FilesTitle, view, style)?;
    page.headers(&[
        (Label::FileName, Align::Left),
        (Label::Channel, Align::Left),
        (Label::BusinessDate, Align::Left),
        (Label::State, Align::Left),
        (Label::Due, Align::Left),
        (Label::Received, Align::Left),
        (Label::Rows, Align::Right),
        (Label::Rejected, Align::Right),
        (Label::Revision, Align::Right),
        (Label::Reason, Align::Left),
        (Label::Source, Align::Left),
        (Label::Sha256, Align::Left),
    ])?;
    for file in view.files.iter().take(ROWS) {
        page.wrap(&file.name, 36)?;
        page.text(&file.channel)?;
        page.date(file.business_date)?;
        page.text(&file.state_label)?;
        page.stamp(file.due_at)?;
        page.stamp(file.received_at)?;
        match file.rows {
            Some(rows) => {
                page.count(rows)?;
                page.count(file.rejected)?;
            }
            None => page.column += 2,
        }
        match file.revision {
            Some(revision) => page.count(u64::from(revision))?,
            None => page.column += 1,
        }
        page.wrap(&file.note, 48)?;
        page.wrap(&file.source, 60)?;
        page.text(&file.sha256)?;
        page.end_row()?;
    }
    page.finish_list(&[36, 18, 13, 20, 20, 20, 10, 10, 9, 48, 60, 66], 11)
}

fn rejected(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::RejectedRows, view, style)?;
    page.headers(&[
        (Label::Channel, Align::Left),
        (Label::BusinessDate, Align::Left),
        (Label::FileName, Align::Left),
        (Label::Sheet, Align::Left),
        (Label::Row, Align::Right),
        (Label::Column, Align::Left),
        (Label::Value, Align::Left),
        (Label::Reason, Align::Left),
    ])?;
    for line in view.rejected.iter().take(ROWS) {
        page.text(&line.channel)?;
        page.date(line.business_date)?;
        page.text(&line.file)?;
        page.text(&line.sheet)?;
        page.count(u64::from(line.row))?;
        page.text(&line.column)?;
        page.text(&line.value)?;
        page.wrap(&line.reason, 64)?;
        page.end_row()?;
    }
    page.finish_list(&[18, 13, 36, 16, 10, 22, 32, 64], 8)
}

/// One line of each change a row, in the words of the mail, none left out.
fn changes(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::WhatChanged, view, style)?;
    page.headers(&[
        (Label::Channel, Align::Left),
        (Label::BusinessDate, Align::Left),
        (Label::Revision, Align::Right),
        (Label::WhatChanged, Align::Left),
    ])?;
    let lines = view.changes.iter().flat_map(|change| {
        super::changes::lines(change)
            .into_iter()
            .map(move |line| (change, line))
    });
    for (change, line) in lines.take(ROWS) {
        page.text(&change.channel)?;
        page.date(Some(change.business_date))?;
        page.count(u64::from(change.revision))?;
        page.wrap(&line, 110)?;
        page.end_row()?;
    }
    page.finish_list(&[18, 13, 9, 110], 4)
}
