//! The primitives of the workbook: formats, typed cells, page setup. Text from outside is always a
//! string cell, never a formula.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::labels::Label;
use super::view::{Known, ReportView};
use crate::domain::money::Money;
use crate::domain::outcome::Severity;

/// Excel's own limit is 32,767 characters a cell.
const CHARACTERS: usize = 32_000;
/// Points of one line of 11 point text.
const LINE_HEIGHT: f64 = 15.0;
const MOST_LINES: usize = 10;
/// Rows that get a height of their own: each one is remembered until the sheet is done.
const FITTED: u32 = 20_000;

pub(super) struct Style {
    pub(super) title: Format,
    pub(super) section: Format,
    pub(super) header: Format,
    pub(super) header_right: Format,
    pub(super) text: Format,
    pub(super) wrapped: Format,
    pub(super) muted: Format,
    pub(super) strong: Format,
    pub(super) count: Format,
    pub(super) rupiah: Format,
    pub(super) sen: Format,
    pub(super) strong_rupiah: Format,
    pub(super) strong_sen: Format,
    pub(super) strong_count: Format,
    pub(super) text_right: Format,
    pub(super) date: Format,
    pub(super) stamp: Format,
    pub(super) severities: [Format; 4],
    /// Behind a severity, whatever the sheet is sorted by.
    shades: [Format; 4],
    /// A line that somebody settled.
    pub(super) settled: Format,
}

const RUPIAH: &str = "\"Rp\"#,##0;-\"Rp\"#,##0;\"Rp\"0";
const SEN: &str = "\"Rp\"#,##0.00;-\"Rp\"#,##0.00";
const INK: Color = Color::RGB(0x1A1F2B);
const MUTED: Color = Color::RGB(0x5C6675);

impl Style {
    pub(super) fn new() -> Style {
        let base = Format::new()
            .set_font_name("Calibri")
            .set_font_size(11)
            .set_font_color(INK)
            .set_align(FormatAlign::Top);
        let header = base
            .clone()
            .set_bold()
            .set_font_color(MUTED)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(MUTED)
            .set_align(FormatAlign::Bottom)
            .set_text_wrap();
        // Left-hand text keeps its distance from the figures of the column before.
        let text = base.clone().set_align(FormatAlign::Left).set_indent(1);
        let severity = |color: u32| text.clone().set_bold().set_font_color(Color::RGB(color));
        Style {
            title: text.clone().set_bold().set_font_size(18),
            section: text.clone().set_bold().set_font_size(13),
            header_right: header.clone().set_align(FormatAlign::Right),
            header: header.set_align(FormatAlign::Left).set_indent(1),
            wrapped: text.clone().set_text_wrap(),
            muted: text.clone().set_font_color(MUTED),
            strong: text.clone().set_bold(),
            count: base.clone().set_num_format("#,##0"),
            rupiah: base.clone().set_num_format(RUPIAH),
            sen: base.clone().set_num_format(SEN),
            strong_rupiah: base.clone().set_bold().set_num_format(RUPIAH),
            strong_sen: base.clone().set_bold().set_num_format(SEN),
            strong_count: base.clone().set_bold().set_num_format("#,##0"),
            text_right: base.clone().set_align(FormatAlign::Right),
            date: base
                .clone()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left)
                .set_indent(1),
            stamp: base
                .clone()
                .set_num_format("yyyy-mm-dd hh:mm:ss")
                .set_align(FormatAlign::Left)
                .set_indent(1),
            severities: [
                severity(0xB42318),
                severity(0xB54708),
                severity(0x8A6100),
                severity(0x5C6675),
            ],
            shades: [0xFCE4E1, 0xFDEBD8, 0xFBF3D5, 0xEEF0F3]
                .map(|shade| Format::new().set_background_color(Color::RGB(shade))),
            settled: Format::new().set_font_color(Color::RGB(0x9AA3AF)),
            text,
        }
    }

    pub(super) fn shade(&self, severity: Severity) -> &Format {
        &self.shades[severity as usize]
    }

    pub(super) fn severity(&self, severity: Severity) -> &Format {
        &self.severities[severity as usize]
    }
}

/// The cell number of an amount: exact while the sen fit a double's 53 bits, otherwise none.
pub(super) fn cell_number(money: Money) -> Option<f64> {
    let sen = money.sen()?;
    (sen.unsigned_abs() < 1 << 53).then(|| sen as f64 / 100.0)
}

/// One sheet with its words, and a row that is written from left to right.
pub(super) struct Sheet<'a> {
    pub(super) sheet: &'a mut Worksheet,
    view: &'a ReportView,
    style: &'a Style,
    pub(super) row: u32,
    pub(super) column: u16,
    /// Lines of the tallest wrapped cell of the row.
    lines: usize,
    /// What the columns of a list add up to, where they are added up.
    totals: Vec<Option<Total>>,
    /// Of a list, which of the style's formats each column has: that of its first cell. A cell that has it
    /// need not say so, and the library need not look it up.
    formats: Vec<Option<*const Format>>,
}

/// A column's total so far.
#[derive(Clone, Copy)]
enum Total {
    Count(u64),
    Money { sum: Money, cells: Cells },
}

/// Whether a program that adds up the cells of a column comes to its total.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cells {
    Numbers,
    /// Some are too large for a number.
    SomeText,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        sheet: &'a mut Worksheet,
        view: &'a ReportView,
        style: &'a Style,
    ) -> Sheet<'a> {
        Sheet {
            sheet,
            view,
            style,
            row: 0,
            column: 0,
            lines: 1,
            totals: Vec::new(),
            formats: Vec::new(),
        }
    }

    /// Whether a cell here has this format by its column.
    fn is_usual(&mut self, format: &Format) -> Result<bool, XlsxError> {
        let Some(usual) = self.formats.get_mut(usize::from(self.column)) else {
            return Ok(false);
        };
        if usual.is_none() {
            *usual = Some(format);
            self.sheet.set_column_format(self.column, format)?;
        }
        Ok(usual.is_some_and(|usual| std::ptr::eq(usual, format)))
    }

    fn number(&mut self, number: f64, format: &Format) -> Result<(), XlsxError> {
        match self.is_usual(format)? {
            true => self.sheet.write_number(self.row, self.column, number)?,
            false => {
                let (row, column) = (self.row, self.column);
                self.sheet
                    .write_number_with_format(row, column, number, format)?
            }
        };
        self.column += 1;
        Ok(())
    }

    pub(super) fn say(&self, label: Label) -> &'static str {
        label.text(self.view.language)
    }

    pub(super) fn next_row(&mut self) {
        self.row += 1;
        self.column = 0;
    }

    /// Ends a row of a list whose wrapped cells need more than one line; not every program fits
    /// row heights by itself.
    pub(super) fn end_row(&mut self) -> Result<(), XlsxError> {
        if self.lines > 1 && self.row < FITTED {
            let height = LINE_HEIGHT * self.lines.min(MOST_LINES) as f64;
            self.sheet.set_row_height(self.row, height)?;
        }
        self.lines = 1;
        self.next_row();
        Ok(())
    }

    /// Text that wraps in a column of `width` characters.
    pub(super) fn wrap(&mut self, text: &str, width: u16) -> Result<(), XlsxError> {
        // Words do not fill a line to its end.
        let usable = usize::from(width.max(10)) * 9 / 10;
        self.lines = self.lines.max(text.chars().count().div_ceil(usable));
        self.put(text, &self.style.wrapped)
    }

    /// Text over several columns, `width` characters together, wrapped; the row goes on after them.
    pub(super) fn across(
        &mut self,
        text: &str,
        columns: u16,
        width: u16,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let usable = usize::from(width) * 9 / 10;
        let lines = text.chars().count().div_ceil(usable.max(1));
        self.lines = self.lines.max(lines);
        let text: String = text.chars().take(CHARACTERS).collect();
        let (first, last) = (self.column, self.column + columns - 1);
        let wrapped = format.clone().set_text_wrap();
        self.sheet
            .merge_range(self.row, first, self.row, last, &text, &wrapped)?;
        self.column += columns;
        Ok(())
    }

    pub(super) fn put(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        if !text.is_empty() {
            let text: String = match text.len() <= CHARACTERS {
                true => text.to_owned(),
                false => text.chars().take(CHARACTERS).collect(),
            };
            match self.is_usual(format)? {
                true => self.sheet.write_string(self.row, self.column, text)?,
                false => {
                    let (row, column) = (self.row, self.column);
                    self.sheet
                        .write_string_with_format(row, column, text, format)?
                }
            };
        }
        self.column += 1;
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        self.put(text, &self.style.text)
    }

    pub(super) fn money(&mut self, money: Money) -> Result<(), XlsxError> {
        let format = if money.split().1 == 0 {
            &self.style.rupiah
        } else {
            &self.style.sen
        };
        self.money_as(money, format)
    }

    pub(super) fn money_as(&mut self, money: Money, format: &Format) -> Result<(), XlsxError> {
        let number = cell_number(money);
        if let Some(Some(Total::Money { sum, cells })) =
            self.totals.get_mut(usize::from(self.column))
        {
            *sum += money;
            if number.is_none() {
                *cells = Cells::SomeText;
            }
        }
        match number {
            Some(number) => self.number(number, format),
            None => self.put(&money.to_string(), &self.style.text_right),
        }
    }

    pub(super) fn strong_money(&mut self, money: Money) -> Result<(), XlsxError> {
        let format = match money.split().1 {
            0 => &self.style.strong_rupiah,
            _ => &self.style.strong_sen,
        };
        self.money_as(money, format)
    }

    pub(super) fn known(&mut self, known: &Known) -> Result<(), XlsxError> {
        match known.money {
            Some(money) => self.money(money),
            None => self.put(&known.shown, &self.style.text_right),
        }
    }

    pub(super) fn count(&mut self, count: u64) -> Result<(), XlsxError> {
        self.count_as(count, &self.style.count)
    }

    pub(super) fn count_as(&mut self, count: u64, format: &Format) -> Result<(), XlsxError> {
        if let Some(Some(Total::Count(sum))) = self.totals.get_mut(usize::from(self.column)) {
            *sum = sum.saturating_add(count);
        }
        if count < 1 << 53 {
            self.number(count as f64, format)
        } else {
            self.put(&count.to_string(), &self.style.text_right)
        }
    }

    pub(super) fn date(&mut self, date: Option<NaiveDate>) -> Result<(), XlsxError> {
        let at = date.map(|date| date.and_time(chrono::NaiveTime::MIN));
        self.clock(at, &self.style.date)
    }

    pub(super) fn stamp(&mut self, at: Option<DateTime<Utc>>) -> Result<(), XlsxError> {
        let at = at.map(|at| at.with_timezone(&self.view.zone).naive_local());
        self.clock(at, &self.style.stamp)
    }

    fn clock(&mut self, at: Option<NaiveDateTime>, format: &Format) -> Result<(), XlsxError> {
        match at {
            Some(at) => self.number(stamp_of(at)?.to_excel(), format),
            None => {
                self.column += 1;
                Ok(())
            }
        }
    }

    pub(super) fn headers(&mut self, labels: &[(Label, Align)]) -> Result<(), XlsxError> {
        for (label, align) in labels {
            let format = match align {
                Align::Left => &self.style.header,
                Align::Right => &self.style.header_right,
            };
            self.put(self.say(*label), format)?;
        }
        self.next_row();
        Ok(())
    }

    pub(super) fn title(&mut self, label: Label) -> Result<(), XlsxError> {
        self.next_row();
        self.put(self.say(label), &self.style.section)?;
        self.next_row();
        Ok(())
    }

    /// The first row of a list, frozen and with room for two lines.
    pub(super) fn list_headers(&mut self, columns: &[Column]) -> Result<(), XlsxError> {
        self.sheet.set_row_height(0, 2.0 * LINE_HEIGHT + 4.0)?;
        self.sheet.set_freeze_panes(1, 0)?;
        for (position, column) in columns.iter().enumerate() {
            self.sheet.set_column_width(position as u16, column.width)?;
        }
        self.totals.clear();
        let labels: Vec<(Label, Align)> = columns
            .iter()
            .map(|column| (column.label, column.align))
            .collect();
        self.headers(&labels)?;
        self.totals = columns
            .iter()
            .map(|column| match column.total {
                Totalled::No => None,
                Totalled::Count => Some(Total::Count(0)),
                Totalled::Money => Some(Total::Money {
                    sum: Money::ZERO,
                    cells: Cells::Numbers,
                }),
            })
            .collect();
        self.formats = vec![None; columns.len()];
        Ok(())
    }

    /// Under a list with any lines, what its columns add up to. A filter changes it along.
    fn total_row(&mut self) -> Result<(), XlsxError> {
        let totals = std::mem::take(&mut self.totals);
        self.formats.clear();
        let Some(first) = totals.iter().position(Option::is_some) else {
            return Ok(());
        };
        if self.row <= 1 {
            return Ok(());
        }
        self.column = (first as u16).saturating_sub(1);
        self.put(self.say(Label::Total), &self.style.strong)?;
        for (column, total) in totals.into_iter().enumerate() {
            self.column = column as u16;
            let (number, text, format) = match total {
                None => continue,
                Some(Total::Count(sum)) => {
                    let number = (sum < 1 << 53).then_some(sum as f64);
                    (number, sum.to_string(), &self.style.strong_count)
                }
                Some(Total::Money { sum, cells }) => {
                    let number = cell_number(sum).filter(|_| cells == Cells::Numbers);
                    let format = match sum.split().1 {
                        0 => &self.style.strong_rupiah,
                        _ => &self.style.strong_sen,
                    };
                    (number, sum.to_string(), format)
                }
            };
            let Some(number) = number else {
                self.put(&text, &self.style.text_right)?;
                continue;
            };
            let name = column_name(self.column);
            let formula = format!("=SUBTOTAL(109,{name}2:{name}{})", self.row);
            let formula = Formula::new(formula).set_result(number.to_string());
            self.sheet
                .write_formula_with_format(self.row, self.column, formula, format)?;
        }
        self.next_row();
        Ok(())
    }

    /// A list is filtered and totalled; its first `printed` columns stand on one page's width.
    pub(super) fn finish_list(&mut self, columns: u16, printed: u16) -> Result<(), XlsxError> {
        self.sheet.autofilter(0, 0, self.last_row(), columns - 1)?;
        self.total_row()?;
        let last = self.last_row();
        self.sheet.set_repeat_rows(0, 0)?;
        self.sheet.set_print_area(0, 0, last, printed - 1)?;
        page_setup(self.sheet, self.view);
        Ok(())
    }

    /// The last row of a list; its first line where it is empty.
    pub(super) fn last_row(&self) -> u32 {
        self.row.saturating_sub(1).max(1)
    }
}

/// A column of a list, as wide as so many characters.
pub(super) struct Column {
    label: Label,
    align: Align,
    width: u16,
    total: Totalled,
}

/// What stands under a column.
#[derive(Clone, Copy)]
enum Totalled {
    No,
    Count,
    Money,
}

pub(super) const fn left(label: Label, width: u16) -> Column {
    Column {
        label,
        align: Align::Left,
        width,
        total: Totalled::No,
    }
}

pub(super) const fn right(label: Label, width: u16) -> Column {
    Column {
        align: Align::Right,
        ..left(label, width)
    }
}

/// Counts, with their total.
pub(super) const fn counts(label: Label, width: u16) -> Column {
    Column {
        total: Totalled::Count,
        ..right(label, width)
    }
}

/// Rupiah, with their total.
pub(super) const fn rupiah(label: Label, width: u16) -> Column {
    Column {
        total: Totalled::Money,
        ..right(label, width)
    }
}

/// `A`, `Z`, `AA`.
fn column_name(column: u16) -> String {
    let letter = |at: u16| char::from(b'A' + (at % 26) as u8);
    match column / 26 {
        0 => letter(column).to_string(),
        group => format!("{}{}", letter(group - 1), letter(column)),
    }
}

#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Right,
}

pub(super) fn page_setup(sheet: &mut Worksheet, view: &ReportView) {
    // An ampersand starts a code in headers and footers.
    let title = view.subject.replace('&', "+");
    let title: String = title.chars().take(200).collect();
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.3, 0.3, 0.5, 0.6, 0.3, 0.3)
        .set_footer(format!("&L&8{title}&R&8&P / &N"))
        .set_screen_gridlines(false);
}

pub(super) fn stamp_of(at: chrono::NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(at.year()).unwrap_or(1900);
    ExcelDateTime::from_ymd(year, at.month() as u8, at.day() as u8)?.and_hms(
        at.hour() as u16,
        at.minute() as u8,
        f64::from(at.second()),
    )
}

pub(super) fn open<'a>(
    workbook: &'a mut Workbook,
    label: Label,
    view: &'a ReportView,
    style: &'a Style,
) -> Result<Sheet<'a>, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(label.text(view.language))?;
    Ok(Sheet::new(sheet, view, style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_an_amount_exactly_or_not_at_all() {
        for sen in [0, 1, -1, 7_500_050, (1 << 53) - 1] {
            let money = Money::from_sen(sen);
            let number = cell_number(money).expect("a number");
            assert_eq!(format!("{number:.2}"), money.to_string());
        }
        assert_eq!(cell_number(Money::from_sen(1 << 53)), None);
    }
}
