//! A file before it counts: what its channel's files were like and which rows count already are fetched
//! here, and judged by `profiles::admission`.

use anyhow::Result;
use chrono::NaiveDate;
use data_encoding::HEXLOWER;

use super::{Intake, held};
use crate::config::Channel;
use crate::domain::entry::{Entry, EntrySet, Fingerprint};
use crate::profiles::admission::{
    self, FileRows, Offer, Relation, Verdict, identity, overlap, same_references, same_stamps,
};
use crate::profiles::{FileShape, FilesPerDate, ReadFile, shown};
use crate::run::{CurrentFile, current};
use crate::store::{Beside, FileRecord, FileState, Holding, NewFile};

/// Looks at a file by itself and beside what its channel's files were like; `true` where there was none
/// before it.
pub(super) async fn verdict(
    intake: &mut Intake<'_>,
    channel: &Channel,
    read: &ReadFile,
    shape: &FileShape,
    new: &NewFile,
) -> Result<(Verdict, bool)> {
    let before = match new.accepted {
        None => held::shapes(intake, channel).await?,
        Some(_) => Vec::new(),
    };
    let files = intake.store.files(&channel.name).await?;
    let counted = files.iter().filter(|file| file.state == FileState::Counted);
    let newest = counted
        .flat_map(|file| &file.coverage)
        .map(|line| line.0)
        .max();
    let claims = match new.by_hand.is_empty() {
        true => &read.slot.dates[..],
        false => &[],
    };
    let mut offer = Offer {
        read,
        shape,
        profile: &channel.profile,
        before: &before,
        claims,
        by_hand: !new.by_hand.is_empty(),
        by_mail: new.mail.is_some() || came_by_mail(intake, channel, new).await?,
        known_until: newest.max(channel.start),
        days: channel.rules.days,
        calendar: &channel.calendar,
        grace: channel.rules.timing_grace,
        now: intake.now,
        brings_late_rows: false,
    };
    if let Some((date, late)) = admission::late_rows(&offer) {
        offer.brings_late_rows = are_new(intake, channel, &files, read, date, &late)?;
    }
    let is_first = before.is_empty() && new.accepted.is_none() && new.replaces.is_none();
    let verdict = match new.accepted {
        None => admission::admit(&offer),
        Some(_) => Verdict::Admitted(admission::strays(&offer)),
    };
    Ok((verdict, is_first))
}

/// Whether a date has a file, and none of its files holds any of these rows.
fn are_new(
    intake: &mut Intake<'_>,
    channel: &Channel,
    files: &[FileRecord],
    read: &ReadFile,
    date: NaiveDate,
    rows: &[&Entry],
) -> Result<bool> {
    let names: Vec<u128> = rows
        .iter()
        .map(|entry| identity(&read.entries, entry))
        .collect();
    let mut has_file = false;
    for other in current(files) {
        if other.covers(date).is_none() {
            continue;
        }
        let Ok(theirs) = intake.rows(channel, other.file)? else {
            return Ok(false);
        };
        let set = &theirs.entries;
        let mut entries = set.entries.iter();
        if entries.any(|entry| names.contains(&identity(set, entry))) {
            return Ok(false);
        }
        has_file = true;
    }
    Ok(has_file)
}

/// Whether a file that is read again came by mail.
async fn came_by_mail(intake: &Intake<'_>, channel: &Channel, new: &NewFile) -> Result<bool> {
    let Some(id) = new.replaces else {
        return Ok(false);
    };
    Ok(intake
        .store
        .mails_of_files(&channel.name)
        .await?
        .contains_key(&id))
}

/// Looks at a file beside those that count for its dates, and notes which of its dates another file
/// holds already. The reason why it has to wait, if it has to.
pub(super) async fn beside(
    intake: &mut Intake<'_>,
    channel: &Channel,
    read: &ReadFile,
    new: &mut NewFile,
) -> Result<Option<String>> {
    let said = new.accepted.as_ref().and_then(|accepted| accepted.beside);
    if said == Some(Beside::Addition) {
        // Several files of one slot stand beside one another.
        new.slot = format!("{} beside {}", new.slot, new.sha256);
    }
    let covered: Vec<NaiveDate> = new.coverage.iter().map(|line| line.0).collect();
    new.holdings = holdings(channel, read, &covered);
    let files = intake.store.files(&channel.name).await?;
    let others: Vec<CurrentFile<'_>> = current(&files)
        .into_iter()
        .filter(|other| other.file.sha256 != new.sha256 && Some(other.file.id) != new.replaces)
        .filter(|other| covered.iter().any(|date| other.covers(*date).is_some()))
        .collect();
    for other in others {
        let other = other.file;
        let reason = match other.slot == new.slot {
            true => correction(intake, channel, read, other, new, said)?,
            false => neighbour(intake, channel, read, other, new, said)?,
        };
        if reason.is_some() {
            return Ok(reason);
        }
    }
    Ok(None)
}

/// The rows of each covered date, as one number.
fn holdings(channel: &Channel, read: &ReadFile, covered: &[NaiveDate]) -> Vec<Holding> {
    let holding = |date: NaiveDate| {
        let rows = rows_of(channel, &read.entries, covered, date);
        let mut print = Fingerprint::default();
        for entry in rows {
            print = print.and(read.entries.fingerprint_of(entry));
        }
        for row in &read.rejected {
            let own = row
                .at
                .and_then(|at| channel.rules.days.covered_date(covered, at));
            if own.unwrap_or(covered[0]) == date {
                let key = HEXLOWER.encode(row.key.as_deref().unwrap_or_default());
                let text = format!("{key} {} {}", row.value, row.reason);
                print = print.and(Fingerprint::of(xxhash_rust::xxh3::xxh3_128(
                    text.as_bytes(),
                )));
            }
        }
        Holding {
            date,
            digest: print.to_string(),
            same_as: None,
        }
    };
    covered.iter().copied().map(holding).collect()
}

fn rows_of<'a>(
    channel: &Channel,
    set: &'a EntrySet,
    covered: &[NaiveDate],
    date: NaiveDate,
) -> Vec<&'a Entry> {
    let days = channel.rules.days;
    let own = |entry: &&Entry| match covered {
        [only] => *only == date,
        _ => days.covered_date(covered, entry.at()) == Some(date),
    };
    set.entries.iter().filter(own).collect()
}

/// A file of the same slot is a correction of the other one: it has its rows, or most of them.
fn correction(
    intake: &mut Intake<'_>,
    channel: &Channel,
    read: &ReadFile,
    other: &FileRecord,
    new: &NewFile,
    said: Option<Beside>,
) -> Result<Option<String>> {
    let is_older = (new.source_time, &new.name) < (other.source_time, &other.name);
    if said.is_some() || is_older || other.entries == 0 || read.entries.is_empty() {
        return Ok(None);
    }
    let Ok(theirs) = intake.rows(channel, other)? else {
        return Ok(None);
    };
    let all = |set| FileRows {
        set,
        rows: set.entries.iter().collect(),
    };
    let (ours, theirs) = (all(&read.entries), all(&theirs.entries));
    let found = same_references(&ours, &theirs);
    let least = ours.rows.len().min(theirs.rows.len()) as u64;
    // Where nothing but its rows says which file it is, it has to hold all of the other's.
    let is_named = !read.slot.dates.is_empty() || !new.by_hand.is_empty();
    let is_correction = match is_named {
        true => found.shared * 2 >= least.max(1),
        false => found.only_theirs == 0,
    };
    if is_correction {
        return Ok(None);
    }
    let shares = match found.shared {
        0 => "no row".to_owned(),
        rows => format!("{rows} of its {} rows", ours.rows.len()),
    };
    Ok(Some(waits(&format!(
        "it shares {shares} with {} (file {}), in whose place it would stand: a second settlement, or \
         another day's?",
        shown(&other.name),
        other.id
    ))))
}

/// A file of another slot may hold the other one's rows of a date, stand in it, or add to it.
fn neighbour(
    intake: &mut Intake<'_>,
    channel: &Channel,
    read: &ReadFile,
    other: &FileRecord,
    new: &mut NewFile,
    said: Option<Beside>,
) -> Result<Option<String>> {
    let covered: Vec<NaiveDate> = new.coverage.iter().map(|line| line.0).collect();
    let of_other: Vec<NaiveDate> = other.coverage.iter().map(|line| line.0).collect();
    let common: Vec<NaiveDate> = covered
        .iter()
        .copied()
        .filter(|date| of_other.contains(date))
        .collect();
    // Declared parts are several files by their very nature.
    if channel.files_per_date == FilesPerDate::Parts && new.part.is_some() {
        return Ok(None);
    }
    for date in common {
        let has_rows = |coverage: &[(NaiveDate, i64, i64)]| {
            let mut own = coverage.iter().filter(|line| line.0 == date);
            own.any(|line| line.1 + line.2 > 0)
        };
        // Nothing is like nothing, and each of them may go on.
        if !has_rows(&new.coverage) || !has_rows(&other.coverage) {
            continue;
        }
        let digest = |holdings: &[Holding]| {
            let mut holdings = holdings.iter();
            let found = holdings.find(|holding| holding.date == date)?;
            Some((found.digest.clone(), found.same_as))
        };
        let (ours, theirs) = (digest(&new.holdings), digest(&other.holdings));
        let is_same = ours.as_ref().map(|one| &one.0) == theirs.as_ref().map(|one| &one.0);
        if is_same {
            held_by(new, date, other.id);
            continue;
        }
        if theirs.is_some_and(|(_, same_as)| same_as.is_some()) {
            continue;
        }
        let Ok(theirs) = intake.rows(channel, other)? else {
            continue;
        };
        let ours = FileRows {
            set: &read.entries,
            rows: rows_of(channel, &read.entries, &covered, date),
        };
        let theirs = FileRows {
            set: &theirs.entries,
            rows: rows_of(channel, &theirs.entries, &of_other, date),
        };
        let found = overlap(&ours, &theirs);
        if said.is_none() && matches!(found.relation(), Relation::Apart | Relation::Partly) {
            let rows = same_stamps(&ours, &theirs);
            let is_older = (new.source_time, &new.name) < (other.source_time, &other.name);
            // The same rows, of which the newer file has amounts that were corrected.
            match rows.relation() {
                Relation::Holds if !is_older => {
                    new.takes.push((other.id, date));
                    continue;
                }
                Relation::Holds | Relation::IsHeld if is_older && rows.only_ours == 0 => continue,
                _ => {}
            }
        }
        match (found.relation(), said) {
            (Relation::Apart | Relation::IsHeld, _)
            | (Relation::Partly, Some(Beside::Addition)) => {}
            (Relation::Holds, _) | (Relation::Partly, Some(Beside::Replacement)) => {
                new.takes.push((other.id, date));
            }
            (Relation::Partly, None) => {
                return Ok(Some(waits(&format!(
                    "it shares {} of its {} rows of {date} with {} (file {}), which has {} others: one \
                     of them is not whole, or they are of two settlements",
                    found.shared,
                    ours.rows.len(),
                    shown(&other.name),
                    other.id,
                    found.only_theirs
                ))));
            }
        }
    }
    Ok(None)
}

fn held_by(new: &mut NewFile, date: NaiveDate, id: i64) {
    let mut holdings = new.holdings.iter_mut();
    if let Some(holding) = holdings.find(|holding| holding.date == date) {
        holding.same_as = Some(id);
    }
}

fn waits(what: &str) -> String {
    format!(
        "it is held, for {what}\n  fix: ask the provider whether both files count\n  fix: `rekon files accept ID --as addition --reason …` where both \
         count, `--as replacement` where it takes the other's place, `rekon files withdraw ID` where it \
         is wrong (`rekon files list` shows its ID)"
    )
}
