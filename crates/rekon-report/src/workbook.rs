//! The workbook people keep: typed cells, filters, frozen headers, print setup. Text from outside
//! is always a string cell, never a formula.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType,
    Color, DocProperties, Workbook, Worksheet, XlsxError,
};

use super::labels::Label;
use super::lists::Lists;
use super::sheet::{Align, Sheet, Style, cell_number, open, page_setup, stamp_of};
use super::view::ReportView;
use crate::panics;

/// Excel's own limit is 1,048,576 rows a sheet.
const ROWS: usize = 1_000_000;
/// First steps on the summary.
const ACTIONS: usize = 8;
/// Columns of the summary, in characters.
const WIDTHS: [u16; 7] = [42, 18, 10, 16, 20, 22, 22];
const COLUMNS: u16 = WIDTHS.len() as u16;
const WHOLE_WIDTH: u16 = 150;
/// Rows that are still read when they are printed on one page.
const ON_ONE_PAGE: u32 = 70;

/// How a workbook is made.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    /// Stands in the properties of the file.
    pub created: DateTime<Utc>,
    /// A directory for what is not finished yet; the system's where it is `None`.
    pub scratch: Option<&'a Path>,
    /// Lines of a list on one sheet.
    pub rows: usize,
}

impl Making<'_> {
    pub fn at(created: DateTime<Utc>) -> Making<'static> {
        Making {
            created,
            scratch: None,
            rows: ROWS,
        }
    }
}

/// Writes all sheets as they are made: lists are never held as cells, and go on on further sheets
/// where one is full. The same view gives the same bytes.
pub fn write<W: Write + Send>(
    view: &ReportView,
    making: &Making<'_>,
    sink: W,
) -> Result<(), XlsxError> {
    let mut sink = Unfailing { sink, failed: None };
    // Cells on their way go through a scratch file, and the library panics where it cannot write
    // there: no call of it would return the error.
    let made = panics::caught(|| book(view, making)?.save_to_writer(&mut sink));
    match (sink.failed, made) {
        (Some(error), _) => Err(error.into()),
        (None, Ok(made)) => made,
        (None, Err(panicked)) => Err(unwritten(&panicked.said).into()),
    }
}

/// A sink that keeps its first error to itself and swallows what follows: the library's archive
/// would end itself on its way out, and print that it could not.
struct Unfailing<W> {
    sink: W,
    failed: Option<io::Error>,
}

impl<W: Write> Write for Unfailing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_none()
            && let Err(error) = self.sink.write_all(bytes)
        {
            self.failed = Some(error);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed.is_none()
            && let Err(error) = self.sink.flush()
        {
            self.failed = Some(error);
        }
        Ok(())
    }
}

/// The error that the library wrote into its panic: `… Os { code: 28, …`.
fn unwritten(said: &str) -> io::Error {
    let code = said.split_once("code: ").and_then(|(_, rest)| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    match code {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::other(said.to_owned()),
    }
}

/// The same in memory.
pub fn xlsx(view: &ReportView, created: DateTime<Utc>) -> Result<Vec<u8>, XlsxError> {
    let mut bytes = Vec::new();
    write(view, &Making::at(created), &mut bytes)?;
    Ok(bytes)
}

/// With more lines than these, a workbook is packed less tightly in a third of the time.
const QUICK: usize = 20_000;

fn book(view: &ReportView, making: &Making<'_>) -> Result<Workbook, XlsxError> {
    let style = Style::new();
    let mut workbook = Workbook::new();
    if view.listed.len() > QUICK {
        workbook.set_zip_compression_level(1);
    }
    if let Some(scratch) = making.scratch {
        workbook.set_tempdir(scratch)?;
    }
    let created = making.created.with_timezone(&view.zone).naive_local();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&view.subject)
            .set_company(&view.merchant)
            .set_creation_datetime(&stamp_of(created)?),
    );
    // First in the book, written last: it says how the lists are spread.
    open(&mut workbook, Label::Summary, view, &style)?;
    let mut lists = Lists::new(&mut workbook, view, &style, making.rows);
    lists.breaks()?;
    lists.pendings()?;
    if !view.sheets.payouts.is_empty() {
        lists.payouts()?;
    }
    roll_forward(lists.workbook, view, &style)?;
    ageing(lists.workbook, view, &style)?;
    lists.files()?;
    lists.rejected()?;
    lists.totals()?;
    if !view.sheets.products.is_empty() {
        lists.products()?;
    }
    if !view.changes.is_empty() {
        lists.changes()?;
    }
    if !view.listed.is_empty() && !view.sheets.reasons.is_empty() {
        lists.reasons()?;
    }
    let notes = lists.notes;
    summary(workbook.worksheet_from_index(0)?, view, &style, &notes)?;
    Ok(workbook)
}

/// `notes` say which lists go on where.
fn summary(
    sheet: &mut Worksheet,
    view: &ReportView,
    style: &Style,
    notes: &[String],
) -> Result<(), XlsxError> {
    let mut page = Sheet::new(sheet, view, style);
    let name = page.say(Label::Summary);
    let title = format!("{} {}", page.say(Label::ReportTitle), view.period);
    let title = match view.merchant.as_str() {
        "" => title,
        merchant => format!("{merchant} · {title}"),
    };
    page.put(&title, &style.title)?;
    page.sheet.set_row_height(0, 26)?;
    page.next_row();
    page.put(&view.verdict.headline, &style.section)?;
    page.next_row();
    let unknown = view.verdict.unknown.iter();
    for line in [&view.verdict.scope]
        .into_iter()
        .chain(unknown)
        .chain(notes)
    {
        page.across(line, COLUMNS, WHOLE_WIDTH, &style.muted)?;
        page.end_row()?;
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
            page.across(&action.step, COLUMNS - 2, WHOLE_WIDTH - 60, &style.text)?;
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
        let groups = || view.by_kind.iter();
        page.put(page.say(Label::Total), &style.strong)?;
        let at_risk = groups().map(|group| group.at_risk.money).sum();
        page.strong_money(at_risk)?;
        page.count_as(groups().map(|group| group.count).sum(), &style.strong_count)?;
        page.next_row();
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
    let last = page.row.saturating_sub(1);
    if page.row > first {
        let known = || view.days.iter().take(ROWS).filter(|day| day.known);
        page.put(page.say(Label::Total), &style.strong)?;
        let at_risk = known().filter_map(|day| day.risk.total.money).sum();
        page.strong_money(at_risk)?;
        page.count_as(known().map(|day| day.breaks).sum(), &style.strong_count)?;
        page.column += 2;
        let settled = known().map(|day| day.settlement.amount.money).sum();
        page.strong_money(settled)?;
        let booked = known().map(|day| day.ledger.amount.money).sum();
        page.strong_money(booked)?;
        page.next_row();
    }
    if view.by_kind.is_empty() && last >= first {
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
            page.across(sentence, COLUMNS, WHOLE_WIDTH, &style.text)?;
            page.end_row()?;
        }
    }
    page.next_row();
    page.across(&view.footer, COLUMNS, WHOLE_WIDTH, &style.muted)?;
    page.end_row()?;
    page.sheet.set_print_area(0, 0, page.row, COLUMNS - 1)?;
    for (column, width) in WIDTHS.into_iter().enumerate() {
        page.sheet.set_column_width(column as u16, width)?;
    }
    page_setup(page.sheet, view);
    // On one sheet of paper, where a page's end would cut through the chart.
    if page.row < ON_ONE_PAGE {
        page.sheet.set_print_fit_to_pages(1, 1);
    }
    Ok(())
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
            page.text(&format!("{}, {}", roll.channel, roll.period))?;
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
    for (column, width) in [24, 28, 12, 20].into_iter().enumerate() {
        page.sheet.set_column_width(column as u16, width)?;
    }
    page.sheet.set_freeze_panes(1, 0)?;
    page_setup(page.sheet, view);
    Ok(())
}

fn ageing(workbook: &mut Workbook, view: &ReportView, style: &Style) -> Result<(), XlsxError> {
    let mut page = open(workbook, Label::AgeingSheet, view, style)?;
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
