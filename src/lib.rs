//! rekon reconciles D+1 settlement reports with the internal ledger, to the sen, in Jakarta time.
//!
//! The map, in reading order. Shell rooms never use one another's insides: `run` passes values.

/// Raw bytes under their SHA-256, fsynced. Nothing here knows a format.
pub mod archive;
/// Commands, their help, and which exit code an error has.
pub mod cli;
/// The configuration file, checked once. Secrets are named here and printed nowhere.
pub mod config;
/// Where a database is and how it is reached. Shows no password and opens nothing.
pub use rekon_ledger::database;
/// How we log in elsewhere: a password, or a token that a command prints. Shows neither.
pub use rekon_sources::credential;
/// A disk that is full, under one name: which one, and how much room is needed.
pub mod disk;
/// Matching, verdicts, money, time: values in, values out. Nothing here knows a clock, a file,
/// a database, the network or the environment, and nothing waits.
pub use rekon_domain as domain;
/// Pings a check outside that a run began and ended. Knows no run, and never shows the address.
pub mod health;
/// The internal ledger in one read-only snapshot. Nothing here writes.
pub use rekon_ledger as ledger;
/// Composes MIME and hands stored bytes to SMTP or a directory. Knows nothing of reports or results.
pub mod mail;
/// Figures for Prometheus, into a file or on a loopback port. Computes none of them.
pub mod metrics;
/// The profile language and the readers: bytes of a report → entries and rejected rows.
/// Knows no channel, no database and no mailbox.
pub use rekon_profiles as profiles;
/// Outcomes → one `ReportView` → HTML, text, workbook, CSV, JSON as bytes. Decides nothing about
/// money, and no total is computed twice.
pub use rekon_report as report;
/// A library's panic as an error with a name. Knows nothing of what was being done.
pub use rekon_report::panics;
/// The main flow on one page: collect → reconcile → publish → deliver.
pub mod run;
/// What is due when, by the wall clock and the records, and the process that stays for it.
pub mod schedule;
/// How people write lengths of time and misspell names, in configuration and profiles alike.
pub use rekon_profiles::spelling;
/// Where reports come from: whole files, named. Nothing here knows what a report means.
pub use rekon_sources as sources;
/// The state database: the only SQL about our own tables.
pub mod store;
