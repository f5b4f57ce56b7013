//! Files of an SFTP account: known by what they hold, moved away only after they are taken in.

use anyhow::Result;
use glob::Pattern;
use secrecy::SecretString;

use super::folder::{is_settled, settle};
use super::{
    Arrival, AskedBy, Away, Collected, Intake, Offered, Taken, refuse_unread, take_in_or_refuse,
    without,
};
use crate::config::{Channel, Config, Place};
use crate::sources::sftp::{self, Account, PutAway, RemoteFile, Session, SftpFault};

/// Takes in what an account holds for a channel. A lost connection leaves what is left for the next
/// run, and says so.
pub(super) async fn collect(
    intake: &mut Intake<'_>,
    config: &Config,
    channel: &Channel,
    account: &Account,
    pattern: &Pattern,
    password: Option<&SecretString>,
    collected: &mut Vec<Collected>,
) -> Result<()> {
    let not_taken = |name: &str, taken| Collected {
        channel: channel.name.clone(),
        name: name.to_owned(),
        id: 0,
        taken,
    };
    let source = format!(
        "SFTP account `{}` ({}:{})",
        account.name, account.host, account.port
    );
    let away = |fault: &SftpFault| Taken::Unreadable {
        reason: without(&source, fault.to_string()),
        away: match fault {
            SftpFault::Authentication { .. }
            | SftpFault::Key { .. }
            | SftpFault::HostKey { .. } => Away::Authentication,
            _ => Away::Unavailable,
        },
    };
    let opened = async {
        let mut session = Session::connect(account).await?;
        let listing = session.list(pattern).await?;
        Ok((session, listing))
    };
    let (mut session, listing) = match opened.await {
        Ok(opened) => opened,
        Err(fault) => {
            collected.push(not_taken(&source, away(&fault)));
            return Ok(());
        }
    };
    for (name, reason) in listing.unreadable {
        let away = Away::Unavailable;
        collected.push(not_taken(&name, Taken::Unreadable { reason, away }));
    }
    for file in listing.files {
        let origin = format!(
            "sftp {}@{}:{}{}",
            account.user, account.host, account.port, file.path
        );
        // What was taken in and could not be moved away is moved now.
        if !is_settled(intake, channel, &origin, &file.stamp).await? {
            let arrival = Arrival {
                name: &file.name,
                origin: &origin,
                source_time: file.modified,
                dates: None,
                asked_by: AskedBy::Nobody,
                mail: None,
            };
            let bytes = match session.take(&file, channel.limits.file_bytes).await {
                Ok(sftp::Taken::Bytes(bytes)) => bytes,
                Ok(sftp::Taken::StillWritten) => {
                    collected.push(not_taken(&file.name, Taken::StillWritten));
                    continue;
                }
                Ok(sftp::Taken::Gone) => continue,
                Err(fault @ SftpFault::TooLarge { .. }) => {
                    let reason = without(&source, fault.to_string());
                    let refused = refuse_unread(intake, channel, file.size, reason, &arrival);
                    collected.push(refused.await?);
                    continue;
                }
                Err(fault) => {
                    collected.push(not_taken(&file.name, away(&fault)));
                    match fault {
                        // Of this file alone.
                        SftpFault::Remote { .. } => continue,
                        _ => return Ok(()),
                    }
                }
            };
            match take_in_or_refuse(intake, channel, password, bytes, &arrival).await? {
                // It stays where the next run tries it again.
                Offered::Refused(refused) => {
                    collected.push(refused);
                    continue;
                }
                Offered::Read(taken) => {
                    let taken = settle(intake, channel, &origin, &file.stamp, taken).await?;
                    collected.extend(taken);
                }
            }
        }
        if others_wait(intake, config, channel, account, &file, &origin).await? {
            continue;
        }
        if let Some(taken) = put_away(&mut session, &file).await {
            collected.push(not_taken(&file.name, taken));
        }
    }
    session.close().await;
    Ok(())
}

/// Whether another channel asks for this file and has not had it yet: whoever is last moves it.
async fn others_wait(
    intake: &Intake<'_>,
    config: &Config,
    channel: &Channel,
    account: &Account,
    file: &RemoteFile,
    origin: &str,
) -> Result<bool> {
    let asks = |other: &&Channel| {
        let mut sources = other.sources.iter();
        other.name != channel.name
            && sources.any(|source| match &source.place {
                Place::Sftp {
                    account: name,
                    pattern,
                } => *name == account.name && pattern.matches(&file.name),
                Place::Folder { .. } | Place::Mailbox { .. } => false,
            })
    };
    for other in config.channels.iter().filter(asks) {
        if !is_settled(intake, other, origin, &file.stamp).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a file that is taken in still lies where it was, if it should not.
async fn put_away(session: &mut Session, file: &RemoteFile) -> Option<Taken> {
    match session.put_away(file).await {
        Ok(PutAway::Moved { .. } | PutAway::LeftAlone | PutAway::Gone) => None,
        // The next run takes those bytes in.
        Ok(PutAway::Changed) => Some(Taken::StillWritten),
        Err(fault) => Some(Taken::NotPutAway {
            reason: fault.to_string(),
        }),
    }
}
