//! What each command does, and which exit code each ending has. Results go to stdout, everything else
//! to stderr.

mod acts;
mod breaks;
mod check;
mod commands;
mod diff;
mod files;
mod find;
mod identity;
mod import;
mod init;
mod inspect;
mod manual;
mod origin;
mod outbox;
mod process;
mod profiles;
mod quarantine;
mod run;
mod schedule;
mod status;
mod told;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

pub use self::commands::Cli;
use self::commands::{
    BreakFilter, BreaksCommand, Command, FilesCommand, OutboxCommand, ProfilesCommand,
    QuarantineCommand, RunArgs,
};
pub use self::process::{main, to_its_end};
use crate::config::{self, Config, ConfigError};
use crate::domain::time::{local_instant, previous};
use crate::ledger::LedgerError;
use crate::mail::{FaultKind, SendFault};
use crate::run::{
    ActRefused, Asked, CountsElsewhere, Decision, Importing, MailRefused, NotReleased,
    PurgeRefused, UnknownChannel, UnreadableFile,
};
use crate::sources::folder::{self, Found, Unread};
use crate::sources::mailbox::MailboxFault;
use crate::sources::sftp::SftpFault;
use crate::store::{Held, Mails, StateFault, StateFaultKind};

/// A business date on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    On(NaiveDate),
    Yesterday,
}

impl std::str::FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Day, String> {
        if text == "yesterday" {
            return Ok(Day::Yesterday);
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        // Years no payment has; beyond them the calendar itself ends somewhere.
        date.filter(|date| (1970..=2999).contains(&date.year()))
            .map(Day::On)
            .ok_or_else(|| format!("`{text}` is no date: write YYYY-MM-DD or `yesterday`"))
    }
}

impl Day {
    fn resolve(self, zone: Tz, now: DateTime<Utc>) -> NaiveDate {
        match self {
            Day::On(date) => date,
            Day::Yesterday => previous(now.with_timezone(&zone).date_naive()),
        }
    }
}

/// Two revisions on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RevisionRange {
    before: u32,
    after: u32,
}

impl std::str::FromStr for RevisionRange {
    type Err = String;

    fn from_str(text: &str) -> Result<RevisionRange, String> {
        let range = text.split_once("..").and_then(|(before, after)| {
            Some(RevisionRange {
                before: before.parse().ok()?,
                after: after.parse().ok()?,
            })
        });
        range
            .filter(|range| 1 <= range.before && range.before < range.after)
            .ok_or_else(|| {
                format!("`{text}` is no pair of revisions: write 1..2, the earlier first")
            })
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Breaks,
    Usage,
    BadData,
    Incomplete,
    Unavailable,
    TryAgain,
    Authentication,
    Configuration,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Breaks => 1,
            Exit::Usage => 2,
            Exit::BadData => 65,
            Exit::Incomplete => 66,
            Exit::Unavailable => 69,
            Exit::TryAgain => 75,
            Exit::Authentication => 77,
            Exit::Configuration => 78,
        }
    }

    /// Of several endings the one that is told.
    fn first(endings: &[Exit]) -> Exit {
        [
            Exit::Configuration,
            Exit::Authentication,
            Exit::Unavailable,
            Exit::TryAgain,
            Exit::BadData,
            Exit::Incomplete,
            Exit::Breaks,
        ]
        .into_iter()
        .find(|exit| endings.contains(exit))
        .unwrap_or(Exit::Done)
    }

    /// The code of an error that ended the call.
    pub fn of(error: &anyhow::Error) -> Exit {
        for cause in error.chain() {
            if cause.is::<ConfigError>()
                || cause.is::<crate::profiles::ProfileError>()
                || cause.is::<crate::report::template::TemplateFault>()
            {
                return Exit::Configuration;
            }
            if cause.is::<UnknownChannel>()
                || cause.is::<Usage>()
                || cause.is::<UnreadableFile>()
                || cause.is::<CountsElsewhere>()
                || cause.is::<ActRefused>()
                || cause.is::<PurgeRefused>()
                || cause.is::<MailRefused>()
            {
                return Exit::Usage;
            }
            if cause.is::<Held>() {
                return Exit::TryAgain;
            }
            if cause.is::<Unread>()
                || cause.is::<crate::profiles::FileFault>()
                || cause.is::<crate::profiles::propose::NoProposal>()
                || cause.is::<NotReleased>()
            {
                return Exit::BadData;
            }
            if let Some(fault) = cause.downcast_ref::<MailboxFault>() {
                return match fault {
                    MailboxFault::Authentication { .. } | MailboxFault::Token { .. } => {
                        Exit::Authentication
                    }
                    MailboxFault::Tls { .. } => Exit::Configuration,
                    _ => Exit::Unavailable,
                };
            }
            if let Some(fault) = cause.downcast_ref::<SftpFault>() {
                return match fault {
                    SftpFault::Authentication { .. }
                    | SftpFault::HostKey { .. }
                    | SftpFault::Key { .. } => Exit::Authentication,
                    _ => Exit::Unavailable,
                };
            }
            if let Some(fault) = cause.downcast_ref::<SendFault>() {
                return match fault.kind {
                    FaultKind::Authentication => Exit::Authentication,
                    FaultKind::Transient | FaultKind::Permanent | FaultKind::Uncertain => {
                        Exit::Unavailable
                    }
                };
            }
            if let Some(fault) = cause.downcast_ref::<StateFault>() {
                return match fault.kind {
                    StateFaultKind::Unreachable => Exit::Unavailable,
                    StateFaultKind::Authentication => Exit::Authentication,
                    StateFaultKind::Configuration => Exit::Configuration,
                };
            }
            match cause.downcast_ref::<LedgerError>() {
                Some(LedgerError::Unreachable { .. } | LedgerError::Lost { .. }) => {
                    return Exit::Unavailable;
                }
                Some(LedgerError::Authentication { .. }) => return Exit::Authentication,
                Some(
                    LedgerError::Query { .. }
                    | LedgerError::Sample { .. }
                    | LedgerError::Configuration { .. }
                    | LedgerError::Writable { .. },
                ) => return Exit::Configuration,
                Some(LedgerError::Data { .. }) => return Exit::BadData,
                None => {}
            }
        }
        Exit::Unavailable
    }
}

/// Something on the command line that cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs the command.
pub async fn dispatch(cli: &Cli) -> Result<Exit> {
    let now = Utc::now();
    match &cli.command {
        Command::Run(args) => run::run(&load(cli)?, args, now).await,
        Command::Collect { channels } => run::collect(&load(cli)?, channels, now).await,
        Command::Deliver => run::deliver(&load(cli)?, now).await,
        Command::Add {
            file,
            channel,
            date,
        } => run::add(&load(cli)?, file, channel, *date, now).await,
        Command::Files(FilesCommand::List { channels, json }) => {
            files::list(&load(cli)?, channels, output_of(*json)).await
        }
        Command::Files(FilesCommand::Withdraw { id, reason }) => {
            files::withdraw(&load(cli)?, *id, reason, now).await
        }
        Command::Files(FilesCommand::Accept { id, reason, beside }) => {
            let beside = beside.map(Into::into);
            files::accept(&load(cli)?, *id, reason, beside, now).await
        }
        Command::Accept {
            channel,
            date,
            reason,
        } => {
            let config = load(cli)?;
            let date = date.resolve(config.zone, now);
            files::accept_date(&config, channel, date, reason, now).await
        }
        Command::Diff {
            date,
            channels,
            revisions,
            json,
        } => {
            let config = load(cli)?;
            let date = date.resolve(config.zone, now);
            diff::diff(&config, channels, date, *revisions, now, output_of(*json)).await
        }
        Command::Profiles(command) => profiles::dispatch(command, found(cli).as_deref()),
        Command::Inspect {
            file,
            profile,
            channel,
            write,
            json,
        } => {
            if let Some(profile) = profile {
                return inspect::inspect(file, profile, output_of(*json));
            }
            // Without a configuration there is still the file.
            let config = match (&channel, found(cli)) {
                (None, None) => None,
                _ => Some(load(cli)?),
            };
            let asked = inspect::Asked {
                config: config.as_ref(),
                channel: channel.as_deref(),
                write: write.as_deref(),
                output: output_of(*json),
            };
            inspect::propose(file, &asked).await
        }
        Command::Check => check::check(&load(cli)?, now).await,
        Command::Status {
            from,
            to,
            json,
            as_of,
        } => {
            let config = load(cli)?;
            let as_of = instant(as_of.as_deref(), config.zone, now)?;
            let range = range(*from, *to, config.zone, as_of)?;
            status::status(&config, range, as_of, output_of(*json)).await
        }
        Command::Breaks(BreaksCommand::List {
            date,
            channels,
            state,
            owner,
            kind,
            key,
            json,
            as_of,
        }) => {
            let config = load(cli)?;
            let as_of = instant(as_of.as_deref(), config.zone, now)?;
            let date = date.map(|date| date.resolve(config.zone, as_of));
            let filter = breaks::Filter {
                date,
                channels,
                state: *state,
                owner: owner.as_deref(),
                kind: kind.as_deref().map(breaks::kind).transpose()?,
                key: key.as_deref(),
                id: None,
            };
            breaks::list(&config, &filter, as_of, output_of(*json)).await
        }
        Command::Breaks(BreaksCommand::Show { id, json, as_of }) => {
            let config = load(cli)?;
            let as_of = instant(as_of.as_deref(), config.zone, now)?;
            breaks::show(&config, id, as_of, output_of(*json)).await
        }
        Command::Breaks(BreaksCommand::Note { ids, text }) => {
            let text = text.clone();
            acts::act(&load(cli)?, ids, &Asked::Note { text }, now).await
        }
        Command::Breaks(BreaksCommand::Assign { ids, owner }) => {
            let owner = owner.clone();
            acts::act(&load(cli)?, ids, &Asked::Assign { owner }, now).await
        }
        Command::Breaks(BreaksCommand::Resolve { ids, reason, note }) => {
            let (reason, text) = (reason.clone(), note.clone());
            acts::act(&load(cli)?, ids, &Asked::Resolve { reason, text }, now).await
        }
        Command::Breaks(BreaksCommand::WriteOff { ids, reason, note }) => {
            let (reason, text) = (reason.clone(), note.clone());
            acts::act(&load(cli)?, ids, &Asked::WriteOff { reason, text }, now).await
        }
        Command::Breaks(BreaksCommand::Approve { ids }) => {
            acts::act(&load(cli)?, ids, &Asked::Approve, now).await
        }
        Command::Breaks(BreaksCommand::Reopen { ids, reason }) => {
            let reason = reason.clone();
            acts::act(&load(cli)?, ids, &Asked::Reopen { reason }, now).await
        }
        Command::Breaks(BreaksCommand::Import { file, apply, json }) => {
            let importing = match apply {
                true => Importing::Apply,
                false => Importing::DryRun,
            };
            import::import(&load(cli)?, file, importing, output_of(*json), now).await
        }
        Command::Find { text, json } => {
            find::find(&load(cli)?, &text.join(" "), output_of(*json), now).await
        }
        Command::Verify { head } => acts::verify(&load(cli)?, head.as_deref()).await,
        Command::Purge {
            before,
            reason,
            dry_run,
        } => acts::purge(&load(cli)?, *before, reason, *dry_run, now).await,
        Command::Quarantine(QuarantineCommand::List { all, json }) => {
            quarantine::list(&load(cli)?, *all, output_of(*json)).await
        }
        Command::Quarantine(QuarantineCommand::Release { id, reason }) => {
            quarantine::decide(&load(cli)?, *id, Decision::Release, reason, now).await
        }
        Command::Quarantine(QuarantineCommand::Reject { id, reason }) => {
            quarantine::decide(&load(cli)?, *id, Decision::Reject, reason, now).await
        }
        Command::Outbox(OutboxCommand::List { all, json }) => {
            let which = match all {
                true => Mails::All,
                false => Mails::Open,
            };
            outbox::list(&load(cli)?, which, output_of(*json), now).await
        }
        Command::Outbox(OutboxCommand::Resend { ids }) => {
            outbox::resend(&load(cli)?, ids, now).await
        }
        Command::Outbox(OutboxCommand::Drop { ids, reason }) => {
            outbox::drop(&load(cli)?, ids, reason, now).await
        }
        Command::Schedule => schedule::schedule(&load(cli)?).await,
        Command::Init { path } => init::init(path),
        Command::Completions { shell } => manual::completions(*shell),
        Command::Man { dir } => manual::man(dir.as_deref()),
    }
}

/// The longest range that `rekon status` looks at, in days: some ten years.
const LONGEST_RANGE: i64 = 3_660;

/// Both ends of a range, or neither.
fn range(
    from: Option<Day>,
    to: Option<Day>,
    zone: Tz,
    as_of: DateTime<Utc>,
) -> Result<Option<(NaiveDate, NaiveDate)>> {
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let (from, to) = (from.resolve(zone, as_of), to.resolve(zone, as_of));
    if to < from {
        bail!(Usage(format!("--from {from} lies after --to {to}")));
    }
    if (to - from).num_days() > LONGEST_RANGE {
        let asked = format!("--from {from} --to {to}");
        bail!(Usage(format!("{asked}: more than {LONGEST_RANGE} dates")));
    }
    Ok(Some((from, to)))
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Text,
    Json,
}

fn output_of(json: bool) -> Output {
    if json { Output::Json } else { Output::Text }
}

/// The bytes of a file that the command line names: a file, and not larger than `limit` bytes.
fn named_file(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let place = path.display();
    let unreadable = |why: String| Usage(format!("{place}: cannot be read: {why}"));
    let candidate = match folder::look(path.to_owned()) {
        Ok(Found::File(candidate)) => candidate,
        Ok(Found::Nothing) => bail!(unreadable("there is no such file".to_owned())),
        Ok(Found::Other(what)) => bail!(unreadable(format!("it is {what}, not a file"))),
        Err(error) => bail!(unreadable(format!("{error:#}"))),
    };
    let read = folder::read_whole(&candidate, limit);
    let read = read.map_err(|error| unreadable(format!("{error:#}")))?;
    read.map_err(|unread| anyhow!(unread).context(format!("{place}: refused whole")))
}

/// Writes a result. A reader that stopped reading (`rekon … | head`) is no failure.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| {
            if text.ends_with('\n') {
                Ok(())
            } else {
                out.write_all(b"\n")
            }
        })
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output")
        }
        _ => Ok(()),
    }
}

fn print_json(value: &serde_json::Value) -> Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

/// An instant on the command line: RFC 3339, or local time of the configured zone.
fn instant(text: Option<&str>, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let Some(text) = text else { return Ok(now) };
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    for format in [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
    ] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
            return Ok(local_instant(zone, local.date(), local.time()));
        }
    }
    bail!(Usage(format!(
        "--as-of: `{text}` is no instant: write 2026-11-19T08:00:00+07:00 or \"2026-11-19 08:00\" ({zone})"
    )))
}

/// Finds and reads the configuration.
fn load(cli: &Cli) -> Result<Config> {
    if let Some(path) = found(cli) {
        return Ok(config::load(&path)?);
    }
    let looked: Vec<String> = places()
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Err(ConfigError {
        file: PathBuf::from("rekon.toml"),
        key: "file".to_owned(),
        reason: format!("no configuration found; looked at {}", looked.join(", ")),
        hint: "`rekon init` writes one to start from; -c FILE names another".to_owned(),
    }
    .into())
}

/// The configuration that is named, or the first that is there.
fn found(cli: &Cli) -> Option<PathBuf> {
    let named = cli.config.clone();
    named
        .or_else(|| std::env::var_os("REKON_CONFIG").map(PathBuf::from))
        .or_else(|| places().into_iter().find(|path| path.exists()))
}

fn places() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let xdg = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".config")));
    let mut places = vec![PathBuf::from("rekon.toml")];
    places.extend(xdg.map(|dir| dir.join("rekon/rekon.toml")));
    places.push(PathBuf::from("/etc/rekon/rekon.toml"));
    places
}
