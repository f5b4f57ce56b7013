//! The configuration as TOML writes it, with its defaults. What the words mean is decided in `check`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Attachment, When};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    #[serde(default = "default_zone")]
    pub timezone: String,
    pub merchant: Option<String>,
    #[serde(default = "default_state")]
    pub state: String,
    #[serde(default = "default_archive")]
    pub archive: String,
    #[serde(default = "default_reports")]
    pub reports: String,
    #[serde(default = "default_catch_up")]
    pub catch_up: String,
    pub retention: Option<String>,
    pub ledger: RawLedger,
    #[serde(default)]
    pub channel: Vec<RawChannel>,
    #[serde(default)]
    pub mailbox: BTreeMap<String, RawMailbox>,
    #[serde(default)]
    pub sftp: BTreeMap<String, RawSftp>,
    #[serde(default)]
    pub limits: RawLimits,
    #[serde(default)]
    pub breaks: RawBreaks,
    pub mail: Option<RawMail>,
    #[serde(default)]
    pub report: Vec<RawReport>,
    pub templates: Option<String>,
    pub schedule: Option<RawSchedule>,
    pub alert: Option<RawAlert>,
    pub health: Option<RawHealth>,
    pub metrics: Option<RawMetrics>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSchedule {
    pub run: String,
    pub collect_every: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAlert {
    pub to: Vec<String>,
    #[serde(default = "english")]
    pub language: String,
}

fn english() -> String {
    "en".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawHealth {
    pub ping: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMetrics {
    pub file: Option<String>,
    pub listen: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLedger {
    pub url: String,
    pub load: Option<String>,
    pub password: Option<String>,
    #[serde(default = "default_ledger_timeout")]
    pub timeout: String,
    #[serde(default)]
    pub allow_writable_ledger: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawChannel {
    pub name: String,
    pub profile: String,
    pub title: Option<String>,
    #[serde(default = "default_ledger_zone")]
    pub ledger_zone: String,
    #[serde(default = "default_cutoff")]
    pub cutoff: String,
    pub start: Option<RawDate>,
    pub due: Option<String>,
    pub calendar: Option<String>,
    pub holidays: Option<String>,
    pub joint_leave: Option<String>,
    pub pending_sla: Option<String>,
    pub files_per_date: Option<String>,
    #[serde(default = "default_grace")]
    pub timing_grace: String,
    #[serde(default = "default_lifetime")]
    pub key_lifetime: String,
    pub break_limit: Option<u32>,
    #[serde(default = "default_basis")]
    pub amount_basis: String,
    #[serde(default = "default_ledger_amounts")]
    pub ledger_amounts: String,
    #[serde(default = "default_ledger_negative")]
    pub ledger_negative: String,
    #[serde(default)]
    pub ledger_status: BTreeMap<String, String>,
    #[serde(default = "zero")]
    pub amount_tolerance: String,
    #[serde(default = "zero")]
    pub fee_tolerance: String,
    pub ledger_query: String,
    pub partner_contact: Option<String>,
    #[serde(default)]
    pub source: Vec<RawSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSource {
    pub folder: Option<String>,
    pub mailbox: Option<String>,
    pub sftp: Option<String>,
    pub pattern: Option<String>,
    pub from: Option<Vec<String>>,
    pub subject: Option<String>,
    pub attachment: Option<String>,
    pub password: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMailbox {
    pub url: String,
    pub password: Option<String>,
    pub oauth2_token_command: Option<String>,
    #[serde(default = "inbox")]
    pub folder: String,
    #[serde(default = "processed")]
    pub processed: String,
    #[serde(default = "quarantine")]
    pub quarantine: String,
    pub authentication: Option<String>,
    pub trusted_authserv: Option<String>,
    pub ca: Option<String>,
    #[serde(default = "a_minute")]
    pub timeout: String,
    #[serde(default = "three")]
    pub attempts: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSftp {
    pub url: String,
    pub key: Option<String>,
    pub passphrase: Option<String>,
    pub password: Option<String>,
    pub known_hosts: Option<String>,
    pub processed: Option<String>,
    #[serde(default = "a_minute")]
    pub timeout: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBreaks {
    pub reasons: Option<Vec<String>>,
    pub write_off_limit: Option<String>,
}

/// Bounds on what comes from outside; what is left out keeps its safe default.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    pub mail_bytes: Option<RawSize>,
    pub file_bytes: Option<RawSize>,
    pub record_bytes: Option<RawSize>,
    pub field_bytes: Option<RawSize>,
    pub rows: Option<RawSize>,
    pub columns: Option<RawSize>,
    pub sheets: Option<RawSize>,
    pub rejected_rows: Option<RawSize>,
    pub row_repeats: Option<RawSize>,
    pub zip_entries: Option<RawSize>,
    pub zip_total: Option<RawSize>,
    pub zip_part: Option<RawSize>,
    pub zip_ratio: Option<RawSize>,
    pub zip_ratio_from: Option<RawSize>,
}

/// A number, or bytes with their unit: `31457280` or `"30MiB"`.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a whole number is expected, or a size as in \"30MiB\""
)]
pub enum RawSize {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMail {
    pub transport: String,
    pub from: String,
    pub password: Option<String>,
    pub oauth2_token_command: Option<String>,
    #[serde(default)]
    pub allow_domains: Vec<String>,
    pub attachment_limit: Option<RawSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReport {
    pub name: String,
    pub to: Vec<String>,
    #[serde(default)]
    pub channels: Vec<String>,
    pub at: Option<String>,
    #[serde(default)]
    pub weekdays: Vec<String>,
    pub heartbeat: Option<String>,
    #[serde(default = "always")]
    pub when: When,
    #[serde(default = "indonesian")]
    pub language: String,
    #[serde(default = "default_attach")]
    pub attach: BTreeSet<Attachment>,
    #[serde(default)]
    pub unmask: Vec<String>,
}

/// A TOML date, quoted or not.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a date is expected: \"2026-11-18\"")]
pub enum RawDate {
    Text(String),
    Toml(toml::value::Datetime),
}

fn default_zone() -> String {
    "Asia/Jakarta".into()
}
fn default_state() -> String {
    "sqlite:state.db".into()
}
fn default_archive() -> String {
    "archive".into()
}
fn default_reports() -> String {
    "reports".into()
}
fn default_catch_up() -> String {
    "14d".into()
}
fn default_ledger_timeout() -> String {
    "30m".to_owned()
}

fn default_ledger_zone() -> String {
    "UTC".into()
}
fn default_cutoff() -> String {
    "00:00".into()
}
fn default_grace() -> String {
    "30m".into()
}
fn default_lifetime() -> String {
    "90d".into()
}
fn default_basis() -> String {
    "gross".into()
}
fn default_ledger_negative() -> String {
    "reject".to_owned()
}

fn default_ledger_amounts() -> String {
    "rupiah".into()
}
fn zero() -> String {
    "0".into()
}
fn inbox() -> String {
    "INBOX".into()
}
fn processed() -> String {
    "Processed".into()
}
fn quarantine() -> String {
    "Quarantine".into()
}
fn a_minute() -> String {
    "60s".into()
}
fn three() -> u32 {
    3
}
fn always() -> When {
    When::Always
}
fn indonesian() -> String {
    "id".into()
}
fn default_attach() -> BTreeSet<Attachment> {
    [Attachment::Xlsx, Attachment::Csv].into()
}
