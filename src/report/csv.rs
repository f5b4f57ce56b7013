//! Breaks as CSV: plain decimals, ISO dates, and no text that a spreadsheet would calculate.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::breaks::BreakView;
use super::labels::Label;
use super::view::ReportView;
use super::words::clean;

/// One header row, one row per break, written as they come.
pub fn write(view: &ReportView, sink: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(sink);
    writer.write_record(HEADERS.map(|label| label.text(view.language)))?;
    for line in view.listed.by_name() {
        writer.write_record(row(&line, view))?;
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

fn row(line: &BreakView, view: &ReportView) -> Vec<String> {
    let stamp = |at: Option<DateTime<Utc>>| {
        at.map(|at| {
            at.with_timezone(&view.zone)
                .to_rfc3339_opts(SecondsFormat::Secs, true)
        })
        .unwrap_or_default()
    };
    vec![
        harmless(&line.id),
        line.severity_code.to_owned(),
        line.kind_code.to_owned(),
        harmless(&line.channel_name),
        line.opened.to_string(),
        harmless(&line.key),
        line.exposure_label.to_owned(),
        line.at_risk.money.to_string(),
        line.difference.money.to_string(),
        line.ledger.entries.to_string(),
        line.ledger.amount.money.to_string(),
        line.ledger.fee.money.to_string(),
        line.ledger.status.clone(),
        stamp(line.ledger.at),
        harmless(&line.ledger.reference),
        line.settlement.entries.to_string(),
        line.settlement.amount.money.to_string(),
        line.settlement.fee.money.to_string(),
        line.settlement.status.clone(),
        stamp(line.settlement.at),
        harmless(&line.settlement.file),
        line.settlement
            .row
            .map(|row| row.to_string())
            .unwrap_or_default(),
        harmless(&line.reason),
        harmless(&line.step),
        stamp(line.deadline_at),
        line.age_days.to_string(),
        harmless(&line.details),
        line.state_code.to_owned(),
        line.state_since.to_string(),
        harmless(&clean(&line.people.resolution)),
        harmless(&clean(&line.people.owner)),
        harmless(&clean(&line.people.note)),
        harmless(&clean(line.people.closed_by())),
    ]
}

/// A leading apostrophe keeps a spreadsheet from reading text as a formula.
pub fn harmless(text: &str) -> String {
    let first = text.trim_start_matches(' ').chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text.to_owned(),
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
