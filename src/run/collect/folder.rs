//! Files of a folder, and files a person names. They stay where they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use chrono::NaiveDate;
use glob::Pattern;
use secrecy::SecretString;

use super::{
    Arrival, AskedBy, Away, Collected, Intake, Offered, PACKED, Taken, UnreadableFile,
    refuse_unread, take_in_or_refuse,
};
use crate::config::Channel;
use crate::sources::folder::{self, Candidate, Found};
use crate::store::FileState;

pub(super) struct Source<'s> {
    pub folder: &'s Path,
    pub pattern: &'s Pattern,
    pub password: Option<&'s SecretString>,
}

/// Takes in what a folder holds. `seen` are the paths that another source of the channel named.
pub(super) async fn collect(
    intake: &mut Intake<'_>,
    channel: &Channel,
    source: &Source<'_>,
    seen: &mut BTreeSet<PathBuf>,
    collected: &mut Vec<Collected>,
) -> Result<()> {
    let unreadable = |name: String, reason: String| {
        let away = Away::Unavailable;
        not_taken(channel, name, Taken::Unreadable { reason, away })
    };
    let listing = match folder::list(source.folder, source.pattern) {
        Ok(listing) => listing,
        Err(error) => {
            let folder = source.folder.display().to_string();
            collected.push(unreadable(folder, format!("{error:#}")));
            return Ok(());
        }
    };
    let gone_wrong = listing.unreadable.into_iter();
    collected.extend(gone_wrong.map(|(name, reason)| unreadable(name, reason)));
    let others = listing.others.into_iter();
    collected.extend(others.map(|(name, what)| {
        let reason = format!("it is {what}, and only files are taken in; move it elsewhere");
        not_taken(channel, name, Taken::Damaged { reason })
    }));
    for candidate in listing.candidates {
        if seen.insert(candidate.path.clone()) {
            let taken = collect_one(intake, channel, source.password, &candidate).await?;
            collected.extend(taken);
        }
    }
    Ok(())
}

fn not_taken(channel: &Channel, name: String, taken: Taken) -> Collected {
    Collected {
        channel: channel.name.clone(),
        name,
        id: 0,
        taken,
    }
}

async fn collect_one(
    intake: &mut Intake<'_>,
    channel: &Channel,
    password: Option<&SecretString>,
    candidate: &Candidate,
) -> Result<Vec<Collected>> {
    let origin = origin_of(&candidate.path);
    if is_settled(intake, channel, &origin, &candidate.stamp).await? {
        return Ok(Vec::new());
    }
    let not_taken = |taken| Ok(vec![not_taken(channel, candidate.name.clone(), taken)]);
    let arrival = Arrival {
        name: &candidate.name,
        origin: &origin,
        source_time: candidate.modified,
        dates: None,
        asked_by: AskedBy::Nobody,
        mail: None,
    };
    let bytes = match folder::take(candidate, channel.limits.file_bytes) {
        Ok(folder::Taken::Bytes(bytes)) => bytes,
        Ok(folder::Taken::StillWritten) => return not_taken(Taken::StillWritten),
        Ok(folder::Taken::Unread(unread)) => {
            let size = candidate.size;
            return Ok(vec![
                refuse_unread(intake, channel, size, unread.to_string(), &arrival).await?,
            ]);
        }
        Err(error) => {
            let reason = format!("{error:#}");
            let away = Away::Unavailable;
            return not_taken(Taken::Unreadable { reason, away });
        }
    };
    match take_in_or_refuse(intake, channel, password, bytes, &arrival).await? {
        Offered::Refused(refused) => Ok(vec![refused]),
        Offered::Read(taken) => settle(intake, channel, &origin, &candidate.stamp, taken).await,
    }
}

/// Whether these bytes were looked at before, and would be understood in the same way today.
pub(super) async fn is_settled(
    intake: &Intake<'_>,
    channel: &Channel,
    origin: &str,
    stamp: &str,
) -> Result<bool> {
    let known = intake.store.looked_at(&channel.name, origin, stamp).await?;
    let Some(sha) = known else { return Ok(false) };
    if sha == PACKED {
        return Ok(true);
    }
    let file = intake.store.file_of(&channel.name, &sha).await?;
    Ok(file.is_some_and(|file| {
        file.state != FileState::Refused || file.profile_hash == channel.profile.hash
    }))
}

/// Notes that a file was looked at, after everything in it was taken in.
pub(super) async fn settle(
    intake: &Intake<'_>,
    channel: &Channel,
    origin: &str,
    stamp: &str,
    taken: Vec<(Collected, String)>,
) -> Result<Vec<Collected>> {
    let sha = match &taken[..] {
        [(only, sha)] if origin.ends_with(&only.name) => sha,
        _ => PACKED,
    };
    intake
        .store
        .note_look(&channel.name, origin, stamp, sha)
        .await?;
    Ok(taken.into_iter().map(|(collected, _)| collected).collect())
}

/// `rekon add`: the same way in for a report downloaded by hand. `date` says which date it covers
/// where neither its name nor its rows do.
pub async fn add(
    intake: &mut Intake<'_>,
    channel: &Channel,
    path: &Path,
    date: Option<NaiveDate>,
) -> Result<Vec<Collected>> {
    let unreadable = |reason: String| UnreadableFile {
        path: path.to_owned(),
        reason,
    };
    let candidate = match folder::look(path.to_owned()) {
        Ok(Found::File(candidate)) => candidate,
        Ok(Found::Nothing) => return Err(unreadable("there is no such file".to_owned()).into()),
        Ok(Found::Other(what)) => {
            return Err(unreadable(format!("it is {what}, not a file")).into());
        }
        Err(error) => return Err(unreadable(format!("{error:#}")).into()),
    };
    let bytes = match folder::take(&candidate, channel.limits.file_bytes) {
        Ok(folder::Taken::Bytes(bytes)) => bytes,
        Ok(folder::Taken::StillWritten) => {
            let reason = "another program is still writing it; add it once that is done";
            return Err(unreadable(reason.to_owned()).into());
        }
        Ok(folder::Taken::Unread(unread)) => {
            let path = path.display();
            return Err(anyhow!(unread).context(format!("{path}: refused whole")));
        }
        Err(error) => return Err(unreadable(format!("{error:#}")).into()),
    };
    let arrival = Arrival {
        name: &candidate.name,
        origin: &origin_of(path),
        source_time: candidate.modified,
        dates: date.map(|date| vec![date]),
        asked_by: AskedBy::APerson,
        mail: None,
    };
    // Saved from the provider's mail or page by hand, it is locked as it would be there.
    let passwords = channel
        .sources
        .iter()
        .map(|source| source.password.as_ref());
    let password = passwords.flatten().next();
    Ok(
        match take_in_or_refuse(intake, channel, password, bytes, &arrival).await? {
            Offered::Refused(refused) => vec![refused],
            Offered::Read(taken) => taken.into_iter().map(|(collected, _)| collected).collect(),
        },
    )
}

fn origin_of(path: &Path) -> String {
    let absolute: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("folder {}", folder::label(absolute.as_os_str()))
}
