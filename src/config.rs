//! The configuration file: read as written (`raw`), checked once (`check`), then [`Config`] says it
//! is right.
//!
//! Every refusal names the file, the key, the value, the reason and the fix. Secrets are only ever
//! named here (`env:`, `file:`) and never printed.

mod calendar;
mod check;
mod raw;
mod sources;
mod telling;

use check::Checking;
use raw::Raw;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;
use glob::Pattern;
use regex::Regex;
use secrecy::SecretString;
use serde::Deserialize;

use crate::credential::Credential;
use crate::database::Database;
use crate::domain::money::{Money, Unit};
use crate::domain::rules::Rules;
pub use crate::domain::statement::When;
use crate::domain::status::Status;
use crate::domain::time::Calendar;
use crate::ledger::Negative;
use crate::mail::Security;
use crate::profiles::{AmountBasis, FilesPerDate, Limits, Profile};
use crate::report::labels::Language;
use crate::sources::mailbox::authenticity::{Authentication, SenderRule};
use crate::sources::{mailbox, sftp};

/// A refused configuration: which key, why, and what to write instead.
#[derive(Debug, thiserror::Error)]
#[error("{}: {key}: {reason}\n  hint: {hint}", file.display())]
pub struct ConfigError {
    pub file: PathBuf,
    pub key: String,
    pub reason: String,
    pub hint: String,
}

/// The checked configuration. Paths are absolute or relative to the working directory.
#[derive(Debug)]
pub struct Config {
    pub file: PathBuf,
    pub zone: Tz,
    /// Whose books these are, as mails and workbooks say it.
    pub merchant: Option<String>,
    pub state: Database,
    pub archive: PathBuf,
    /// Where a run leaves its pages and workbooks: the mail directory, or `reports`.
    pub publish: PathBuf,
    pub catch_up: Duration,
    /// How long raw files and personal data are kept at least; what is older may be purged.
    pub retention: Option<Duration>,
    pub ledger: Ledger,
    pub channels: Vec<Channel>,
    pub mailboxes: BTreeMap<String, Mailbox>,
    pub sftp: BTreeMap<String, sftp::Account>,
    /// The largest mail that is fetched, in bytes.
    pub mail_bytes: u64,
    pub breaks: Breaks,
    pub mail: Option<Mail>,
    pub reports: Vec<Subscription>,
    /// The operator's own templates, instead of the built-in ones of the same names.
    pub templates: Option<PathBuf>,
    pub schedule: Option<Schedule>,
    pub alert: Option<Alert>,
    pub health: Option<Health>,
    pub metrics: Option<Metrics>,
}

/// What people may do about breaks.
#[derive(Debug)]
pub struct Breaks {
    /// Why a break may be resolved or written off, as finance names it.
    pub reasons: Vec<String>,
    /// The largest break that one person writes off alone.
    pub write_off_limit: Money,
}

#[derive(Debug)]
pub struct Ledger {
    pub database: Database,
    /// SQL text that creates a sample ledger where the database file does not exist yet.
    pub load: Option<PathBuf>,
    /// How long one query may take.
    pub timeout: std::time::Duration,
    pub writable: Writable,
}

/// What is to be done about a role that may write to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writable {
    Refused,
    /// Somebody said so: `allow_writable_ledger`.
    Allowed,
}

#[derive(Debug)]
pub struct Channel {
    pub name: String,
    /// How people read it; no two channels have the same.
    pub title: String,
    pub profile: Profile,
    pub rules: Rules,
    /// References of a date that may not match; more are one finding.
    pub break_limit: usize,
    pub calendar: Calendar,
    pub due: NaiveTime,
    pub start: Option<NaiveDate>,
    pub files_per_date: FilesPerDate,
    pub amount_basis: AmountBasis,
    pub ledger_zone: Tz,
    pub ledger_unit: Unit,
    /// What a minus on a payment's amount means in the ledger.
    pub ledger_negative: Negative,
    pub ledger_status: BTreeMap<String, Status>,
    pub ledger_query: String,
    /// Whom to write to at the provider about a claim.
    pub partner_contact: Option<String>,
    pub sources: Vec<Source>,
    /// Bounds on the files it takes in.
    pub limits: Limits,
}

/// Where a channel's reports come from.
#[derive(Debug)]
pub struct Source {
    /// The key it stands under, for messages: `channel[0].source[1]`.
    pub key: String,
    pub place: Place,
    /// Opens locked archives and workbooks.
    pub password: Option<SecretString>,
}

#[derive(Debug)]
pub enum Place {
    /// Reports are dropped into it; rekon reads it and leaves it as it is.
    Folder {
        folder: PathBuf,
        /// `*` and `?` wildcards over file names.
        pattern: Pattern,
    },
    /// A `[mailbox.NAME]`, and which of its mails.
    Mailbox { mailbox: String, rule: MailRule },
    /// A `[sftp.NAME]`, and which of its files.
    Sftp { account: String, pattern: Pattern },
}

/// Which mails a channel takes.
#[derive(Debug)]
pub struct MailRule {
    /// Senders that are believed once the mail is proven to be theirs.
    pub from: Vec<SenderRule>,
    pub subject: Option<Regex>,
    pub attachment: Pattern,
}

/// A `[mailbox.NAME]`.
#[derive(Debug)]
pub struct Mailbox {
    pub account: mailbox::Account,
    /// Where mails go once their reports are taken in.
    pub processed: String,
    /// Where mails go that are not believed, or cannot be read.
    pub quarantine: String,
    pub authentication: Authentication,
    /// How often a mail that cannot be read is tried before it is quarantined.
    pub attempts: u32,
}

#[derive(Debug)]
pub struct Mail {
    pub transport: MailTransport,
    pub from: String,
    /// Domains that mail may go to; any where it is empty.
    pub allow_domains: Vec<String>,
    /// Bytes that the attachments of one mail may have together.
    pub attachment_limit: u64,
}

pub enum MailTransport {
    Directory(PathBuf),
    Smtp {
        host: String,
        port: u16,
        security: Security,
        user: Option<String>,
        credential: Option<Credential>,
    },
}

impl fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MailTransport::Directory(path) => write!(f, "directory:{}", path.display()),
            MailTransport::Smtp { host, port, .. } => write!(f, "smtp {host}:{port}"),
        }
    }
}

/// One `[[report]]`: who gets which channels, when.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub name: String,
    pub to: Vec<String>,
    /// Names of channels; all of them where the configuration names none.
    pub channels: Vec<String>,
    pub at: Option<NaiveTime>,
    /// On which days mail leaves, in the configured zone; what is found between them waits.
    pub weekdays: Vec<Weekday>,
    /// The day on which readers hear that all is quiet, where nothing else was sent for a week.
    pub heartbeat: Option<Weekday>,
    pub when: When,
    pub language: Language,
    pub attach: BTreeSet<Attachment>,
    pub unmask: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    Xlsx,
    Csv,
    Html,
    /// One table for each channel, to be sent on to its partner.
    Claims,
    /// Every entry that matched, in an archive of tables.
    Matched,
}

/// `[schedule]`: what `rekon schedule` does when, in the configured zone.
#[derive(Debug)]
pub struct Schedule {
    /// When the nightly run begins.
    pub run: NaiveTime,
    /// How often the sources are looked at between runs; not at all where it is left out.
    pub collect_every: Option<Duration>,
}

/// `[alert]`: who hears of a run that failed.
#[derive(Debug)]
pub struct Alert {
    pub to: Vec<String>,
    /// English unless it is asked for: the log and the commands that an alert leads to are.
    pub language: Language,
}

/// `[health]`: what outside rekon notices that no run happens any more.
#[derive(Debug)]
pub struct Health {
    /// Pinged at the end of a good run; with `/start` before it, with `/` and the exit code after
    /// a bad one. Whoever knows it can pretend that all is well.
    pub ping: SecretString,
}

/// `[metrics]`: figures for Prometheus.
#[derive(Debug)]
pub struct Metrics {
    /// A file for the textfile collector of the node exporter.
    pub file: Option<PathBuf>,
    /// Where `rekon schedule` answers: a loopback address.
    pub listen: Option<SocketAddr>,
}

/// Reads and checks a configuration file.
pub fn load(file: &Path) -> Result<Config, ConfigError> {
    let at = Checking {
        file,
        base: file.parent().unwrap_or(Path::new("")),
    };
    let text = std::fs::read_to_string(file).map_err(|error| {
        at.refuse(
            "file",
            format!("cannot be read: {error}"),
            "`rekon init` writes one to start from",
        )
    })?;
    refuse_writable_by_others(&at)?;
    let raw: Raw = toml::from_str(&text).map_err(|error| at.syntax(&error, &text))?;
    at.check(raw)
}

/// A file others can write could send the reports and the passwords anywhere.
fn refuse_writable_by_others(at: &Checking<'_>) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(at.file).map(|meta| meta.permissions().mode());
    match mode {
        Ok(mode) if mode & 0o002 != 0 => Err(at.refuse(
            "file",
            format!(
                "every user of this machine can write it (mode {:03o})",
                mode & 0o777
            ),
            format!("chmod o-w {}", at.file.display()),
        )),
        Ok(_) => Ok(()),
        Err(error) => Err(at.refuse("file", error.to_string(), "check the path")),
    }
}
