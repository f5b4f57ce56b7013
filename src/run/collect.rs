//! Collecting: source → archive → whole file parsed and validated → one transaction → only then is
//! the source told. A file is known by its bytes, whatever its name and whichever way it came.

mod admit;
mod again;
mod folder;
mod held;
mod intake;
mod mailbox;
mod sftp;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use secrecy::SecretString;

use crate::config::{Channel, Config, Place};
use crate::domain::time::Dated;
use crate::profiles::admission::Verdict;
use crate::profiles::{
    FilesPerDate, ReadFile, ReadOptions, UnpackFault, is_packed, speaking, unpack,
};
use crate::store::{
    Accepted, FileMail, FileRecord, FileState, HELD, HELD_BESIDE, NewFile, RejectedRecord,
};

pub use folder::add;
pub use held::{accept, read_again};
pub use intake::{Intake, ReadAhead};
pub use mailbox::{MailboxLook, NotReleased, Rule, look, release, rules};

/// What became of one file that a source offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    pub channel: String,
    pub name: String,
    pub id: i64,
    pub taken: Taken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    New {
        entries: u64,
        rejected: u64,
        dates: Vec<NaiveDate>,
        revision: u32,
    },
    /// A revision older than the one that counts: noted, not applied.
    Superseded {
        by: String,
    },
    /// The same bytes as a file that is known.
    Known {
        first_name: String,
        state: FileState,
    },
    Refused {
        reason: String,
    },
    /// Another program is still writing it.
    StillWritten,
    /// It is there and cannot be unpacked or taken apart; it stays and is tried again.
    Damaged {
        reason: String,
    },
    /// A mail that is not believed, or was tried often enough: under this number.
    Quarantined {
        id: i64,
        reason: String,
    },
    /// Mails of its senders that bring only files nobody asks for: they stay. Subject and files.
    PassedOver {
        mails: Vec<String>,
    },
    /// Taken in, and it still lies where it was found.
    NotPutAway {
        reason: String,
    },
    /// The file, or the whole source, cannot be read: nothing is known of what it holds.
    Unreadable {
        reason: String,
        away: Away,
    },
}

/// Why a source gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    Unavailable,
    /// The other side does not take who we are.
    Authentication,
}

pub fn read_options(channel: &Channel) -> ReadOptions {
    ReadOptions {
        zone: channel.rules.days.zone,
        amount_basis: channel.amount_basis,
        limits: channel.limits.clone(),
    }
}

/// What all sources of some channels came to.
#[derive(Debug, Default)]
pub struct Collection {
    pub collected: Vec<Collected>,
    /// Channels whose files could not be kept, by name: their sources were left as they were.
    pub failed: Vec<(String, anyhow::Error)>,
}

/// Takes in what the sources of these channels hold. One source that is away keeps neither the
/// others nor the other channels from their files.
pub async fn collect(
    intake: &mut Intake<'_>,
    config: &Config,
    channels: &[&Channel],
) -> Collection {
    let mut collection = Collection::default();
    for mailbox in config.mailboxes.values() {
        let rules = mailbox::rules(config, mailbox, channels);
        let own: BTreeSet<&str> = rules
            .iter()
            .filter(|rule| rule.chosen)
            .map(|rule| rule.channel.name.as_str())
            .collect();
        if own.is_empty() {
            continue;
        }
        match mailbox::collect(intake, config, mailbox, &rules).await {
            Ok(collected) => collection.collected.extend(collected),
            Err(error) => {
                // One error, told for each channel it keeps from its files.
                let text = format!("{error:#}");
                let mut own = own.into_iter().map(str::to_owned);
                collection
                    .failed
                    .extend(own.next().map(|name| (name, error)));
                collection
                    .failed
                    .extend(own.map(|name| (name, anyhow::anyhow!(text.clone()))));
            }
        }
    }
    for channel in channels {
        if let Err(error) =
            collect_channel(intake, config, channel, &mut collection.collected).await
        {
            collection.failed.push((channel.name.clone(), error));
        }
    }
    collection
}

async fn collect_channel(
    intake: &mut Intake<'_>,
    config: &Config,
    channel: &Channel,
    collected: &mut Vec<Collected>,
) -> Result<()> {
    let mut seen = BTreeSet::new();
    for source in &channel.sources {
        match &source.place {
            Place::Mailbox { .. } => {}
            Place::Folder { folder, pattern } => {
                let places = folder::Source {
                    folder,
                    pattern,
                    password: source.password.as_ref(),
                };
                folder::collect(intake, channel, &places, &mut seen, collected).await?;
            }
            Place::Sftp { account, pattern } => {
                if let Some(account) = config.sftp.get(account) {
                    let password = source.password.as_ref();
                    sftp::collect(
                        intake, config, channel, account, pattern, password, collected,
                    )
                    .await?;
                }
            }
        }
    }
    Ok(())
}

/// A fault's words where the source that they begin with is named already.
fn without(source: &str, words: String) -> String {
    let rest = words.strip_prefix(source);
    let rest = rest.and_then(|rest| rest.strip_prefix(": "));
    rest.map(str::to_owned).unwrap_or(words)
}

/// A file named by a person that cannot be taken in.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct UnreadableFile {
    pub path: PathBuf,
    pub reason: String,
}

/// A file on its way in, beside its bytes.
#[derive(Clone)]
struct Arrival<'a> {
    name: &'a str,
    origin: &'a str,
    source_time: DateTime<Utc>,
    dates: Option<Vec<NaiveDate>>,
    asked_by: AskedBy,
    mail: Option<FileMail>,
}

/// Whether a file that was taken back, or refused, is to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskedBy {
    Nobody,
    APerson,
}

/// What was looked at is an archive: its members are known, each under its own hash.
const PACKED: &str = "packed";

/// Takes in the reports in a file: itself, or what it is the archive of. The fault says why nothing
/// of it could be had.
async fn take_in_all(
    intake: &mut Intake<'_>,
    channel: &Channel,
    password: Option<&SecretString>,
    bytes: Vec<u8>,
    arrival: &Arrival<'_>,
) -> Result<Result<Vec<(Collected, String)>, UnpackFault>> {
    let members = match unpack(bytes, arrival.name, password, &channel.limits) {
        Ok(members) => members,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut taken = Vec::new();
    for member in members {
        let inside = member.name != arrival.name;
        let origin = match inside {
            true => format!("{}, inside of {}", arrival.origin, arrival.name),
            false => arrival.origin.to_owned(),
        };
        let arrival = Arrival {
            name: &member.name,
            origin: &origin,
            ..arrival.clone()
        };
        taken.push(take_in(intake, channel, &Arc::new(member.bytes), &arrival).await?);
    }
    Ok(Ok(taken))
}

/// As [`take_in_all`], for a file that lies where people can see it: one that cannot be unpacked is
/// refused whole and stands in the reports as such. It is tried again by each run, since the right
/// password or higher limits may open it.
async fn take_in_or_refuse(
    intake: &mut Intake<'_>,
    channel: &Channel,
    password: Option<&SecretString>,
    bytes: Vec<u8>,
    arrival: &Arrival<'_>,
) -> Result<Offered> {
    let size = bytes.len() as i64;
    // Kept before anything is unpacked; text is kept as it is read, and hashed but once.
    let sha = match is_packed(&bytes) {
        true => intake.archive.keep(&bytes)?,
        false => String::new(),
    };
    let known = intake.store.file_of(&channel.name, &sha).await?;
    let refused = known.filter(|file| file.state == FileState::Refused && was_packed(file));
    match take_in_all(intake, channel, password, bytes, arrival).await? {
        Ok(taken) => {
            if let Some(file) = refused {
                let reason = "it could be opened later, and what is in it counts";
                let store = intake.store;
                store
                    .set_file_state(file.id, FileState::Withdrawn, reason, intake.now)
                    .await?;
            }
            Ok(Offered::Read(taken))
        }
        Err(fault) => {
            let reason = fault.to_string();
            let done = |id, taken| Collected {
                channel: channel.name.clone(),
                name: arrival.name.to_owned(),
                id,
                taken,
            };
            if let Some(file) = refused.filter(|file| file.reason == reason)
                && arrival.asked_by == AskedBy::Nobody
            {
                let taken = Taken::Known {
                    first_name: file.name,
                    state: file.state,
                };
                return Ok(Offered::Refused(done(file.id, taken)));
            }
            let mut new = new_file(intake, channel, &sha, size, arrival);
            new.state = FileState::Refused;
            new.slot = format!("{PACKED} {sha}");
            new.reason = reason.clone();
            let id = intake.store.take_in(&new).await?;
            Ok(Offered::Refused(done(id, Taken::Refused { reason })))
        }
    }
}

/// What a file that could be read came to.
enum Offered {
    /// Its reports, each with its SHA-256.
    Read(Vec<(Collected, String)>),
    Refused(Collected),
}

/// The slot of a file that was refused before all of it was read.
const UNREAD: &str = "unread";

/// Refuses a file of which nothing was kept: what stands in its place in the archive is a line that
/// says so, the same for the same file.
async fn refuse_unread(
    intake: &Intake<'_>,
    channel: &Channel,
    size: u64,
    reason: String,
    arrival: &Arrival<'_>,
) -> Result<Collected> {
    let line = format!("not kept: {}: {reason}\n", arrival.origin);
    let sha = intake.archive.keep(line.as_bytes())?;
    let done = |id, taken| Collected {
        channel: channel.name.clone(),
        name: arrival.name.to_owned(),
        id,
        taken,
    };
    let known = intake.store.file_of(&channel.name, &sha).await?;
    if let Some(file) = known.filter(|file| file.state == FileState::Refused) {
        let taken = Taken::Known {
            first_name: file.name,
            state: file.state,
        };
        return Ok(done(file.id, taken));
    }
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let mut new = new_file(intake, channel, &sha, size, arrival);
    new.state = FileState::Refused;
    new.slot = format!("{UNREAD} {sha}");
    new.reason = reason.clone();
    let id = intake.store.take_in(&new).await?;
    Ok(done(id, Taken::Refused { reason }))
}

/// Whether a file was refused because it could not be unpacked.
fn was_packed(file: &FileRecord) -> bool {
    file.slot.starts_with(PACKED)
}

/// A file of which nothing is known yet but how it came.
fn new_file(
    intake: &Intake<'_>,
    channel: &Channel,
    sha: &str,
    bytes: i64,
    arrival: &Arrival<'_>,
) -> NewFile {
    NewFile {
        replaces: None,
        channel: channel.name.clone(),
        sha256: sha.to_owned(),
        name: arrival.name.to_owned(),
        origin: arrival.origin.to_owned(),
        // A clock that runs ahead must not make a file newer than every correction to come.
        source_time: arrival.source_time.min(intake.now),
        received_at: intake.now,
        bytes,
        slot: String::new(),
        part: None,
        parts: None,
        entries: 0,
        profile: channel.profile.name.clone(),
        profile_hash: channel.profile.hash.clone(),
        state: FileState::Counted,
        reason: String::new(),
        by_hand: arrival.dates.clone().unwrap_or_default(),
        coverage: Vec::new(),
        rejected: Vec::new(),
        shape: String::new(),
        accepted: None,
        bounds: None,
        holdings: Vec::new(),
        takes: Vec::new(),
        mail: arrival.mail.clone(),
    }
}

/// A file that is there and is read again, of which nothing is known yet but how it came.
fn file_again(channel: &Channel, file: FileRecord) -> NewFile {
    NewFile {
        replaces: Some(file.id),
        channel: file.channel,
        sha256: file.sha256,
        name: file.name,
        origin: file.origin,
        source_time: file.source_time,
        received_at: file.received_at,
        bytes: file.bytes,
        slot: String::new(),
        part: None,
        parts: None,
        entries: 0,
        profile: channel.profile.name.clone(),
        profile_hash: channel.profile.hash.clone(),
        state: FileState::Counted,
        reason: String::new(),
        by_hand: file.by_hand,
        coverage: Vec::new(),
        rejected: Vec::new(),
        shape: String::new(),
        accepted: (!file.accepted.is_empty()).then_some(Accepted {
            reason: file.accepted,
            at: file.received_at,
            beside: file.accepted_as,
        }),
        bounds: None,
        holdings: Vec::new(),
        takes: Vec::new(),
        mail: None,
    }
}

async fn take_in(
    intake: &mut Intake<'_>,
    channel: &Channel,
    bytes: &Arc<Vec<u8>>,
    arrival: &Arrival<'_>,
) -> Result<(Collected, String)> {
    let sha = intake.archive.keep(bytes)?;
    let done = |id, taken| Collected {
        channel: channel.name.clone(),
        name: arrival.name.to_owned(),
        id,
        taken,
    };
    if let Some(file) = again::known_as(intake, channel, &sha, bytes, arrival).await? {
        let again = match file.state {
            FileState::Counted => false,
            FileState::Refused => {
                arrival.asked_by == AskedBy::APerson || file.profile_hash != channel.profile.hash
            }
            FileState::Withdrawn => arrival.asked_by == AskedBy::APerson,
        };
        if let Some(dates) = arrival.dates.as_ref().filter(|_| !again) {
            let files = intake.store.files(&channel.name).await?;
            let covered = files
                .iter()
                .find(|known| known.id == file.id)
                .map(|known| known.coverage.iter().map(|line| line.0).collect::<Vec<_>>())
                .unwrap_or_default();
            if covered != *dates {
                return Err(CountsElsewhere {
                    id: file.id,
                    name: file.name,
                    covered,
                }
                .into());
            }
        }
        if let Some(wider) = again::covers_more(intake, channel, bytes, &file, arrival).await? {
            return Ok((wider, sha));
        }
        if !again {
            intake
                .store
                .note_arrival(file.id, arrival.name, arrival.origin, intake.now)
                .await?;
            if let Some(mail) = &arrival.mail {
                intake.store.note_mail(file.id, mail, intake.now).await?;
            }
            let taken = Taken::Known {
                first_name: file.name,
                state: file.state,
            };
            return Ok((done(file.id, taken), sha));
        }
    }
    let mut new = new_file(intake, channel, &sha, bytes.len() as i64, arrival);
    understand(intake, channel, bytes, &mut new).await?;
    let id = intake.store.take_in(&new).await?;
    if new.state == FileState::Refused {
        let reason = new.reason;
        return Ok((done(id, Taken::Refused { reason }), sha));
    }
    let files = intake.store.files(&channel.name).await?;
    let taken = match super::current(&files)
        .iter()
        .find(|current| current.file.slot == new.slot)
    {
        Some(newest) if newest.file.id != id => Taken::Superseded {
            by: newest.file.name.clone(),
        },
        newest => {
            let revision = newest.map_or(1, |newest| newest.revision);
            Taken::New {
                entries: new.entries.unsigned_abs(),
                rejected: new.rejected.len() as u64,
                dates: new.coverage.iter().map(|line| line.0).collect(),
                revision,
            }
        }
    };
    Ok((done(id, taken), sha))
}

/// A date was named for bytes that count for other dates.
#[derive(Debug, thiserror::Error)]
#[error(
    "these bytes are {name} (file {id}), which counts for {}\n  hint: `rekon files withdraw {id} --reason …` first, then add it with --date",
    dates_text(covered)
)]
pub struct CountsElsewhere {
    pub id: i64,
    pub name: String,
    pub covered: Vec<NaiveDate>,
}

fn dates_text(dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    dates.join(", ")
}

/// Reads the bytes with the channel's profile and notes what they came to: slot, coverage and
/// rejected rows, or why the file is refused whole.
async fn understand(
    intake: &mut Intake<'_>,
    channel: &Channel,
    bytes: &Arc<Vec<u8>>,
    new: &mut NewFile,
) -> Result<()> {
    let read = intake.read(channel, &new.name, bytes).await?;
    let refusal = match read {
        Err(fault) => fault.to_string(),
        Ok(mut read) => {
            let shape = read.shape();
            new.shape = shape.to_text()?;
            let (verdict, is_first) = admit::verdict(intake, channel, &read, &shape, new).await?;
            match verdict {
                Verdict::Held(reason) => {
                    hold(new, HELD, reason);
                    return Ok(());
                }
                Verdict::Admitted(bounds) => new.bounds = bounds,
            }
            if let Some(bounds) = &new.bounds {
                read.keep_within(bounds, &channel.rules.days)?;
            }
            let dates = covered_dates(channel, &read, &new.by_hand);
            if !dates.is_empty() {
                describe(channel, &read, &dates, new);
                if let Some(reason) = admit::beside(intake, channel, &read, new).await? {
                    hold(new, HELD_BESIDE, reason);
                    return Ok(());
                }
                if is_first {
                    tell_unread(channel, new, &read);
                }
                let key = (channel.name.clone(), new.sha256.clone());
                intake.remember(key, read, bytes.len());
                return Ok(());
            }
            "it has no rows and its name says no date\n  fix: `rekon add FILE --channel C --date D`, or a slot rule in the profile that finds the date".to_owned()
        }
    };
    new.state = FileState::Refused;
    new.slot = format!("refused {}", new.sha256);
    new.reason = refusal;
    Ok(())
}

/// Told once, with the first file of a channel: what its profile passes over. Later files are compared
/// with this one.
fn tell_unread(channel: &Channel, new: &NewFile, read: &ReadFile) {
    if let Some(said) = speaking::sentence(&read.speaking()) {
        let said = said.replace("\n  fix:", "; fix:");
        tracing::warn!(channel = channel.name, file = new.name, "{said}");
    }
}

/// It waits for a person.
fn hold(new: &mut NewFile, what: &str, reason: String) {
    new.state = FileState::Refused;
    new.slot = format!("{what}{}", new.sha256);
    new.reason = reason;
    new.rejected.clear();
    new.holdings.clear();
    new.takes.clear();
}

/// Declared by a person, else by the file, else the dates its rows fall on.
fn covered_dates(channel: &Channel, read: &ReadFile, by_hand: &[NaiveDate]) -> Vec<NaiveDate> {
    if !by_hand.is_empty() {
        return by_hand.to_vec();
    }
    if !read.slot.dates.is_empty() {
        return read.slot.dates.clone();
    }
    let mut dated = Dated::by(channel.rules.days);
    let instants = read.entries.entries.iter().map(|entry| entry.at());
    let dates: BTreeSet<NaiveDate> = instants
        .chain(read.rejected.iter().filter_map(|row| row.at))
        .map(|at| dated.date_of(at))
        .collect();
    dates.into_iter().collect()
}

/// Slot, coverage and rejected rows of a file that reads.
fn describe(channel: &Channel, read: &ReadFile, dates: &[NaiveDate], new: &mut NewFile) {
    let days = channel.rules.days;
    let mut coverage: BTreeMap<NaiveDate, (i64, i64)> =
        dates.iter().map(|date| (*date, (0, 0))).collect();
    if let [only] = dates {
        coverage.insert(*only, (read.entries.len() as i64, 0));
    }
    for entry in read.entries.entries.iter().filter(|_| dates.len() > 1) {
        if let Some(date) = days.covered_date(dates, entry.at()) {
            coverage.entry(date).or_default().0 += 1;
        }
    }
    for row in &read.rejected {
        let date = row
            .at
            .and_then(|at| days.covered_date(dates, at))
            .unwrap_or(dates[0]);
        coverage.entry(date).or_default().1 += 1;
        new.rejected.push(RejectedRecord {
            business_date: date,
            sheet: row.sheet.clone().unwrap_or_default(),
            row: i64::from(row.row),
            column: row.column.clone().unwrap_or_default(),
            value: row.value.clone(),
            reason: row.reason.clone(),
            key_hex: row
                .key
                .as_deref()
                .map(|key| HEXLOWER.encode(key))
                .unwrap_or_default(),
        });
    }
    let written: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    let part = read.slot.part;
    let merchant = read.slot.merchant.clone().unwrap_or_default();
    let mut slot = format!(
        "{} part {} merchant {merchant}",
        written.join(" "),
        part.map_or(0, |part| part.number)
    );
    if channel.files_per_date == FilesPerDate::Many {
        // Several files of one date are told apart by their names alone.
        slot = format!("{slot} name {}", new.name);
    }
    new.slot = slot;
    new.part = part.map(|part| i64::from(part.number));
    new.parts = part.and_then(|part| part.of).map(i64::from);
    new.entries = read.entries.len() as i64;
    new.coverage = coverage
        .into_iter()
        .map(|(date, (rows, bad))| (date, rows, bad))
        .collect();
}
