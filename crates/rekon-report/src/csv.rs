//! Breaks as CSV: plain decimals, ISO dates, and no text that a spreadsheet would calculate.

use std::borrow::Cow;
use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::break_row::{BreakRow, Fields, SideRow};
use super::labels::Label;
use super::view::ReportView;
use super::words::{self, cleaned};
use crate::domain::reconcile::told_on;

/// One header row, one row per break, written as they come.
pub fn write(view: &ReportView, sink: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(sink);
    writer.write_record(HEADERS.map(|label| label.text(view.language)))?;
    for row in view.listed.rows(Fields::ByName) {
        write_row(&mut writer, &row, view)?;
    }
    writer.flush()?;
    Ok(())
}

/// The same in memory.
pub fn breaks(view: &ReportView) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = Vec::new();
    write(view, &mut bytes)?;
    Ok(bytes)
}

const HEADERS: [Label; 33] = [
    Label::Id,
    Label::SeverityColumn,
    Label::Kind,
    Label::Channel,
    Label::BusinessDate,
    Label::Key,
    Label::Exposure,
    Label::AtRisk,
    Label::Difference,
    Label::LedgerEntries,
    Label::LedgerAmount,
    Label::LedgerFee,
    Label::LedgerStatus,
    Label::LedgerTime,
    Label::Reference,
    Label::SettlementEntries,
    Label::SettlementAmount,
    Label::SettlementFee,
    Label::SettlementStatus,
    Label::SettlementTime,
    Label::FileName,
    Label::Row,
    Label::Reason,
    Label::Step,
    Label::Deadline,
    Label::Age,
    Label::Details,
    Label::State,
    Label::Since,
    Label::Resolution,
    Label::Owner,
    Label::Note,
    Label::ClosedBy,
];

fn write_row(
    writer: &mut csv::Writer<impl Write>,
    row: &BreakRow<'_>,
    view: &ReportView,
) -> Result<(), csv::Error> {
    let mask = view.listed.mask(row);
    let said = |label: Label| label.text(view.language);
    let mut put = |text: &str| writer.write_field(text);
    put(&harmless(&cleaned(&row.item.id)))?;
    put(row.severity.name())?;
    put(row.item.bucket.name())?;
    put(&harmless(&cleaned(&row.facts.name)))?;
    put(&told_on(row.item).to_string())?;
    put(&harmless(&row.key))?;
    put(said(words::exposure(row.item.exposure)))?;
    put(&row.at_risk.to_string())?;
    put(&row.item.difference.to_string())?;
    for value in side_cells(&row.ledger, view) {
        put(&value)?;
    }
    put(&harmless(&row.ledger.reference(&mask)))?;
    for value in side_cells(&row.settlement, view) {
        put(&value)?;
    }
    put(&harmless(&row.settlement.file()))?;
    let place = row.settlement.place;
    put(&place.map_or(String::new(), |place| place.row.to_string()))?;
    put(&harmless(&row.reason))?;
    put(&harmless(&row.step))?;
    put(&stamp(row.deadline_at, view))?;
    put(&row.age_days.to_string())?;
    put(&harmless(&row.details))?;
    put(row.state.code)?;
    put(&row.state.since.to_string())?;
    put(&harmless(&cleaned(&row.people.resolution)))?;
    put(&harmless(&cleaned(&row.people.owner)))?;
    put(&harmless(&cleaned(&row.people.note)))?;
    put(&harmless(&cleaned(row.people.closed_by())))?;
    writer.write_record(None::<&[u8]>)
}

fn side_cells(side: &SideRow<'_>, view: &ReportView) -> [Cow<'static, str>; 5] {
    [
        Cow::Owned(side.entries.to_string()),
        Cow::Owned(side.amount.to_string()),
        Cow::Owned(side.fee.to_string()),
        side.status.clone(),
        Cow::Owned(stamp(side.at, view)),
    ]
}

fn stamp(at: Option<DateTime<Utc>>, view: &ReportView) -> String {
    let local = at.map(|at| at.with_timezone(&view.zone));
    local.map_or(String::new(), |at| {
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    })
}

/// A leading apostrophe keeps a spreadsheet from reading text as a formula.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches(' ').chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+62", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("INV-1"), "INV-1");
        assert_eq!(harmless(""), "");
    }
}
