//! The lists of the workbook: one line a row, written from top to bottom and held nowhere, with a
//! frozen and filtered header, over as many sheets as they need.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatFormula, DataValidation,
    DataValidationErrorStyle, Formula, Workbook, Worksheet, XlsxError,
};

use super::break_row::{BreakRow, Fields, SideRow};
use super::breaks::BreakView;
use super::catalogue;
use super::changes;
use super::labels::Label;
use super::sheet::{Column, Sheet, Style, counts, left, right, rupiah};
use super::view::ReportView;
use super::words::{self, cleaned};
use crate::domain::outcome::Severity;
use crate::domain::reconcile::told_on;

pub(super) struct Lists<'a> {
    pub(super) workbook: &'a mut Workbook,
    view: &'a ReportView,
    style: &'a Style,
    /// Lines of one sheet.
    rows: usize,
    /// Sentences about lists that go on on further sheets.
    pub(super) notes: Vec<String>,
}

/// One list: its name, its columns, and how many of them are printed.
struct Shape {
    label: Label,
    columns: &'static [Column],
    printed: u16,
}

const BREAKS: Shape = Shape {
    label: Label::Breaks,
    columns: &[
        left(Label::Id, 15),
        left(Label::SeverityColumn, 8),
        left(Label::Kind, 18),
        left(Label::Channel, 12),
        left(Label::BusinessDate, 11),
        left(Label::Key, 22),
        rupiah(Label::AtRisk, 14),
        left(Label::Exposure, 12),
        left(Label::Reason, 30),
        left(Label::Step, 30),
        left(Label::Who, 13),
        left(Label::Deadline, 20),
        right(Label::Age, 7),
        left(Label::State, 12),
        left(Label::Resolution, 16),
        left(Label::Owner, 11),
        left(Label::Note, 18),
        left(Label::Since, 13),
        left(Label::ClosedBy, 16),
        right(Label::Difference, 15),
        counts(Label::LedgerEntries, 9),
        rupiah(Label::LedgerAmount, 16),
        rupiah(Label::LedgerFee, 12),
        left(Label::LedgerStatus, 14),
        left(Label::LedgerTime, 20),
        left(Label::Reference, 22),
        counts(Label::SettlementEntries, 9),
        rupiah(Label::SettlementAmount, 16),
        rupiah(Label::SettlementFee, 12),
        left(Label::SettlementStatus, 14),
        left(Label::SettlementTime, 20),
        left(Label::FileName, 28),
        left(Label::Sheet, 14),
        right(Label::Row, 8),
        left(Label::Details, 40),
        left(Label::Facts, 14),
    ],
    // On paper: what it is, how much, what to do, who does it and what was done.
    printed: 17,
};
const SEVERITY: u16 = 1;
const AGE: u16 = 12;
const RESOLUTION: u16 = 14;

const PENDINGS: Shape = Shape {
    label: Label::Pendings,
    columns: &[
        left(Label::Id, 14),
        left(Label::State, 26),
        left(Label::Channel, 18),
        left(Label::BusinessDate, 13),
        left(Label::Key, 30),
        rupiah(Label::Amount, 16),
        left(Label::Since, 20),
        right(Label::Age, 8),
        left(Label::LedgerStatus, 14),
        left(Label::SettlementStatus, 14),
        left(Label::VoidWindow, 24),
        left(Label::CheckWindow, 24),
        left(Label::Step, 36),
    ],
    printed: 13,
};

const PAYOUTS: Shape = Shape {
    label: Label::PayoutsSheet,
    columns: &[
        left(Label::Channel, 18),
        left(Label::Batch, 22),
        left(Label::Covered, 20),
        counts(Label::Rows, 10),
        counts(Label::Rejected, 10),
        rupiah(Label::Gross, 20),
        rupiah(Label::Fee, 16),
        rupiah(Label::NetOfFile, 20),
        right(Label::PayoutDifference, 20),
        left(Label::FileName, 40),
        left(Label::Notices, 32),
    ],
    printed: 11,
};

const FILES: Shape = Shape {
    label: Label::FilesTitle,
    columns: &[
        left(Label::FileName, 36),
        left(Label::Channel, 18),
        left(Label::BusinessDate, 13),
        left(Label::State, 20),
        left(Label::Due, 20),
        left(Label::Received, 20),
        counts(Label::Rows, 10),
        counts(Label::Rejected, 10),
        right(Label::Revision, 9),
        left(Label::Reason, 40),
        left(Label::Source, 40),
        left(Label::Sha256, 66),
    ],
    printed: 11,
};

const REJECTED: Shape = Shape {
    label: Label::RejectedRows,
    columns: &[
        left(Label::Channel, 18),
        left(Label::BusinessDate, 13),
        left(Label::FileName, 36),
        left(Label::Sheet, 16),
        right(Label::Row, 10),
        left(Label::Column, 22),
        left(Label::Value, 32),
        left(Label::Reason, 64),
    ],
    printed: 8,
};

const TOTALS: Shape = Shape {
    label: Label::TotalsSheet,
    columns: &[
        left(Label::Channel, 20),
        left(Label::BusinessDate, 14),
        left(Label::State, 18),
        left(Label::Category, 32),
        counts(Label::SettlementEntries, 11),
        rupiah(Label::Settlement, 22),
        rupiah(Label::SettlementFee, 18),
        counts(Label::LedgerEntries, 11),
        rupiah(Label::Ledger, 22),
        rupiah(Label::LedgerFee, 18),
        right(Label::Revision, 9),
    ],
    printed: 11,
};

const PRODUCTS: Shape = Shape {
    label: Label::ProductsSheet,
    columns: &[
        left(Label::Channel, 20),
        left(Label::BusinessDate, 14),
        left(Label::Product, 24),
        left(Label::Category, 30),
        left(Label::LedgerStatus, 22),
        left(Label::SettlementStatus, 22),
        counts(Label::SettlementEntries, 11),
        rupiah(Label::Settlement, 22),
        rupiah(Label::SettlementFee, 18),
        counts(Label::LedgerEntries, 11),
        rupiah(Label::Ledger, 22),
        rupiah(Label::LedgerFee, 18),
    ],
    printed: 12,
};

const CHANGES: Shape = Shape {
    label: Label::WhatChanged,
    columns: &[
        left(Label::Channel, 18),
        left(Label::BusinessDate, 13),
        right(Label::Revision, 9),
        left(Label::WhatChanged, 110),
    ],
    printed: 4,
};

const REASONS: Shape = Shape {
    label: Label::ReasonsSheet,
    columns: &[left(Label::Resolution, 60)],
    printed: 1,
};

impl<'a> Lists<'a> {
    pub(super) fn new(
        workbook: &'a mut Workbook,
        view: &'a ReportView,
        style: &'a Style,
        rows: usize,
    ) -> Lists<'a> {
        Lists {
            workbook,
            view,
            style,
            rows,
            notes: Vec::new(),
        }
    }

    /// Writes a list; `dress` gets each sheet of it with its last row.
    fn list<T>(
        &mut self,
        shape: &Shape,
        lines: impl IntoIterator<Item = T>,
        mut line: impl FnMut(&mut Sheet<'_>, T) -> Result<(), XlsxError>,
        dress: impl Fn(&mut Worksheet, u32) -> Result<(), XlsxError>,
    ) -> Result<(), XlsxError> {
        let name = shape.label.text(self.view.language);
        let columns = shape.columns.len() as u16;
        let mut lines = lines.into_iter().peekable();
        let mut names: Vec<String> = Vec::new();
        let mut count = 0u64;
        loop {
            names.push(match names.len() {
                0 => name.to_owned(),
                earlier => format!("{name} {}", earlier + 1),
            });
            let sheet = self.workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(&names[names.len() - 1])?;
            let mut page = Sheet::new(sheet, self.view, self.style);
            page.list_headers(shape.columns)?;
            for one in lines.by_ref().take(self.rows) {
                line(&mut page, one)?;
                page.end_row()?;
                count += 1;
            }
            dress(page.sheet, page.last_row())?;
            page.finish_list(columns, shape.printed)?;
            if lines.peek().is_none() {
                break;
            }
        }
        if let [first, others @ ..] = &names[..]
            && !others.is_empty()
        {
            let language = self.view.language;
            let figures = [
                ("sheet", first.as_str()),
                ("count", &words::count(count, language)),
                ("sheets", &others.join(", ")),
            ];
            let note = super::labels::fill(Label::SheetGoesOn, language, &figures);
            self.notes.push(note);
        }
        Ok(())
    }

    /// With the columns for finance to fill in, which `rekon breaks import` reads.
    pub(super) fn breaks(&mut self) -> Result<(), XlsxError> {
        let (view, style) = (self.view, self.style);
        let line = |page: &mut Sheet<'_>, row: BreakRow<'_>| {
            let mask = view.listed.mask(&row);
            page.put(&cleaned(&row.item.id), &style.strong)?;
            let severity = page.say(words::severity(row.severity));
            page.put(severity, style.severity(row.severity))?;
            page.wrap(page.say(words::bucket(row.item.bucket)), 18)?;
            page.wrap(&cleaned(&row.facts.title), 12)?;
            page.date(Some(told_on(row.item)))?;
            page.wrap(&row.key, 22)?;
            page.money(row.at_risk)?;
            page.wrap(page.say(words::exposure(row.item.exposure)), 12)?;
            page.wrap(&row.reason, 30)?;
            page.wrap(&row.step, 30)?;
            page.wrap(row.who, 13)?;
            page.stamp(row.deadline_at)?;
            page.count(row.age_days)?;
            page.wrap(row.state.label, 12)?;
            page.wrap(&row.people.resolution, 16)?;
            page.wrap(&row.people.owner, 11)?;
            page.wrap(&row.people.note, 18)?;
            page.date(Some(row.state.since))?;
            page.text(row.people.closed_by())?;
            page.money(row.item.difference)?;
            put_side(page, &row.ledger)?;
            page.text(&row.ledger.reference(&mask))?;
            put_side(page, &row.settlement)?;
            page.text(&row.settlement.file())?;
            page.text(&row.settlement.sheet())?;
            match row.settlement.place {
                Some(place) => page.count(u64::from(place.row))?,
                None => page.column += 1,
            }
            page.text(&row.details)?;
            page.text(&row.digest())
        };
        let dress = |sheet: &mut Worksheet, last| dress_breaks(sheet, last, view, style);
        self.list(&BREAKS, view.listed.rows(Fields::ByLabel), line, dress)
    }

    pub(super) fn pendings(&mut self) -> Result<(), XlsxError> {
        let (view, style) = (self.view, self.style);
        let line = |page: &mut Sheet<'_>, line: BreakView| {
            page.put(&line.id, &style.strong)?;
            page.text(line.kind_label)?;
            page.text(&line.channel)?;
            page.date(Some(line.told_on))?;
            page.wrap(&line.key, 30)?;
            page.money(line.value.money)?;
            page.stamp(earliest(&line))?;
            page.count(line.age_days)?;
            page.text(&line.ledger.status)?;
            page.text(&line.settlement.status)?;
            page.wrap(&line.void_window, 24)?;
            page.wrap(&line.check_window, 24)?;
            page.wrap(&line.step, 36)
        };
        self.list(&PENDINGS, view.pendings.iter(), line, plain)
    }

    /// What the files say is paid out, and what that leaves unexplained.
    pub(super) fn payouts(&mut self) -> Result<(), XlsxError> {
        let (view, style) = (self.view, self.style);
        self.list(
            &PAYOUTS,
            &view.sheets.payouts,
            |page, line| {
                page.text(&line.channel)?;
                page.text(&line.batch)?;
                page.text(&line.covered)?;
                page.count(line.rows)?;
                page.count(line.rejected)?;
                page.money(line.gross)?;
                page.money(line.fee)?;
                page.money(line.net)?;
                match line.difference {
                    None => page.column += 1,
                    Some(none) if none.is_zero() => page.money(none)?,
                    Some(left) => page.money_as(left, &style.strong_sen)?,
                }
                page.wrap(&line.file, 40)?;
                page.wrap(&line.note, 32)
            },
            plain,
        )
    }

    pub(super) fn files(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        self.list(
            &FILES,
            &view.files,
            |page, file| {
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
                page.wrap(&file.note, 40)?;
                page.wrap(&file.source, 40)?;
                page.text(&file.sha256)
            },
            plain,
        )
    }

    pub(super) fn rejected(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        self.list(
            &REJECTED,
            &view.rejected,
            |page, line| {
                page.text(&line.channel)?;
                page.date(line.business_date)?;
                page.text(&line.file)?;
                page.text(&line.sheet)?;
                match line.row {
                    Some(row) => page.count(u64::from(row))?,
                    None => page.text("")?,
                }
                page.text(&line.column)?;
                page.text(&line.value)?;
                page.wrap(&line.reason, 64)
            },
            plain,
        )
    }

    /// Every bucket of every channel and date, both sides, as a list to filter.
    pub(super) fn totals(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        let lines = view.days.iter().flat_map(|day| {
            let unknown = (!day.known).then_some((day, None));
            let known = day.buckets.iter().filter(|_| day.known);
            unknown
                .into_iter()
                .chain(known.map(move |bucket| (day, Some(bucket))))
        });
        self.list(
            &TOTALS,
            lines,
            |page, (day, bucket)| {
                page.text(&day.channel)?;
                page.date(Some(day.business_date))?;
                page.text(day.state_label)?;
                match bucket {
                    None => {
                        page.text(page.say(Label::NotKnown))?;
                        page.column += 6;
                    }
                    Some(bucket) => {
                        page.text(bucket.label)?;
                        for side in [&bucket.settlement, &bucket.ledger] {
                            page.count(side.entries)?;
                            page.money(side.amount.money)?;
                            page.money(side.fee.money)?;
                        }
                    }
                }
                page.count(u64::from(day.revision))
            },
            plain,
        )
    }

    /// The same entries by product and by what each side says of them.
    pub(super) fn products(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        self.list(
            &PRODUCTS,
            &view.sheets.products,
            |page, line| {
                page.text(&line.channel)?;
                page.date(Some(line.business_date))?;
                page.text(&line.product)?;
                page.text(line.label)?;
                page.text(line.ledger_status)?;
                page.text(line.settlement_status)?;
                for side in [&line.settlement, &line.ledger] {
                    page.count(side.entries)?;
                    page.money(side.amount.money)?;
                    page.money(side.fee.money)?;
                }
                Ok(())
            },
            plain,
        )
    }

    /// One line of each change a row, in the words of the mail, none left out.
    pub(super) fn changes(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        let lines = view.changes.iter().flat_map(|change| {
            let lines = changes::lines(change).into_iter();
            lines.map(move |line| (change, line))
        });
        self.list(
            &CHANGES,
            lines,
            |page, (change, line)| {
                page.text(&change.channel)?;
                page.date(Some(change.business_date))?;
                page.count(u64::from(change.revision))?;
                page.wrap(&line, 110)
            },
            plain,
        )
    }

    /// What the column Resolution offers.
    pub(super) fn reasons(&mut self) -> Result<(), XlsxError> {
        let view = self.view;
        self.list(
            &REASONS,
            resolutions(view),
            |page, reason| page.text(&reason),
            plain,
        )
    }
}

/// Each reason as a resolution, then as one for a write-off.
fn resolutions(view: &ReportView) -> impl Iterator<Item = String> + '_ {
    let reasons = || view.sheets.reasons.iter();
    let said = |reason: &String| catalogue::resolution(reason, view.language);
    let write_off =
        |reason: &String| catalogue::resolution(&format!("write-off: {reason}"), view.language);
    reasons().map(said).chain(reasons().map(write_off))
}

fn plain(_: &mut Worksheet, _: u32) -> Result<(), XlsxError> {
    Ok(())
}

/// Colours that follow what finance writes, and a list to choose a resolution from.
fn dress_breaks(
    sheet: &mut Worksheet,
    last: u32,
    view: &ReportView,
    style: &Style,
) -> Result<(), XlsxError> {
    if view.listed.is_empty() {
        return Ok(());
    }
    let settled = ConditionalFormatFormula::new()
        .set_rule(Formula::new("=LEN($O2)>0"))
        .set_format(&style.settled);
    let columns = BREAKS.columns.len() as u16;
    sheet.add_conditional_format(1, 0, last, columns - 1, &settled)?;
    for severity in [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ] {
        let label = words::severity(severity).text(view.language);
        let coloured = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(label))
            .set_format(style.shade(severity));
        sheet.add_conditional_format(1, SEVERITY, last, SEVERITY, &coloured)?;
    }
    for (days, format) in [
        (30, style.shade(Severity::Critical)),
        (7, style.shade(Severity::High)),
    ] {
        let old = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::GreaterThan(days))
            .set_format(format)
            .set_stop_if_true(true);
        sheet.add_conditional_format(1, AGE, last, AGE, &old)?;
    }
    if !view.sheets.reasons.is_empty() {
        let name = Label::ReasonsSheet.text(view.language);
        let offered = 2 * view.sheets.reasons.len();
        let list = Formula::new(format!("={name}!$A$2:$A${}", offered + 1));
        let choice = DataValidation::new()
            .allow_list_formula(list)
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_message(Label::ReasonHint.text(view.language))?;
        sheet.add_data_validation(1, RESOLUTION, last, RESOLUTION, &choice)?;
    }
    Ok(())
}

fn put_side(page: &mut Sheet<'_>, side: &SideRow<'_>) -> Result<(), XlsxError> {
    page.count(side.entries)?;
    page.money(side.amount)?;
    page.money(side.fee)?;
    page.text(&side.status)?;
    page.stamp(side.at)
}

fn earliest(line: &BreakView) -> Option<DateTime<Utc>> {
    [line.ledger.at, line.settlement.at]
        .into_iter()
        .flatten()
        .min()
}
