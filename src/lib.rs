//! rekon reconciles D+1 settlement reports with the internal ledger.

/// Matching, verdicts, money, time: values in, values out.
pub mod domain;
/// Composes MIME and hands stored bytes to SMTP or a directory. Knows nothing of reports or results.
pub mod mail;
/// The profile language and the readers: bytes of a report → entries and rejected rows.
/// Knows no channel, no database and no mailbox.
pub mod profiles;
/// Outcomes → one `ReportView` → HTML, text, workbook, CSV, JSON as bytes. Decides nothing about money.
pub mod report;
