//! What people see of the outbox and decide about it: names that can be said over the telephone,
//! sending now, sending no more.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::deliver::{Delivered, Wanted, deliver, recover};
use super::{Stop, run_id, under_lock};
use crate::archive::Archive;
use crate::config::Config;
use crate::store::{Attempt, Lock, Mails, OutboxRow, OutboxState, Store};

/// A mail with the name people call it by.
#[derive(Clone, Debug)]
pub struct Mail {
    pub name: String,
    pub row: OutboxRow,
}

/// What cannot be decided about a mail; nothing was done about any.
#[derive(Debug, thiserror::Error)]
pub enum MailRefused {
    #[error("there is no mail {asked} in the outbox; `rekon outbox list --all` shows them")]
    NoSuchMail { asked: String },
    #[error("{asked} could be any of {names}\n  hint: write more of its letters")]
    Several { asked: String, names: String },
    #[error(
        "{name} was sent to {recipient} already, and nothing is sent twice\n  hint: `rekon run --date D --send` mails a report of that date anew"
    )]
    Sent { name: String, recipient: String },
}

/// Digits and letters that nobody misreads over the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Enough to tell the mails of a year apart; where they are not, names are longer.
const SHORTEST: usize = 5;

/// Short names of mails, told apart from all others in the outbox.
pub struct MailNames {
    /// Ids by all of their letters.
    by_letters: BTreeMap<String, String>,
}

fn letters(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    digest.iter().map(letter).collect()
}

impl MailNames {
    pub fn of(ids: Vec<String>) -> MailNames {
        let by_letters = ids.into_iter().map(|id| (letters(&id), id)).collect();
        MailNames { by_letters }
    }

    /// `M-4EJTP`
    pub fn name(&self, id: &str) -> String {
        let letters = letters(id);
        let alone = |length: &usize| self.beginning(&letters[..*length]).count() <= 1;
        let length = (SHORTEST..letters.len()).find(alone);
        format!("M-{}", &letters[..length.unwrap_or(letters.len())])
    }

    fn beginning(&self, prefix: &str) -> impl Iterator<Item = &String> {
        self.by_letters
            .range(prefix.to_owned()..)
            .take_while(move |(letters, _)| letters.starts_with(prefix))
            .map(|(_, id)| id)
    }

    /// The id that a person means, in either case and with or without the `M-`.
    pub fn find(&self, asked: &str) -> Result<&str, MailRefused> {
        let upper = asked.trim().to_uppercase();
        let prefix = upper.strip_prefix("M-").unwrap_or(&upper);
        let found: Vec<&String> = match prefix.len() {
            0..3 => Vec::new(),
            _ => self.beginning(prefix).collect(),
        };
        match found[..] {
            [] => Err(MailRefused::NoSuchMail {
                asked: asked.to_owned(),
            }),
            [id] => Ok(id),
            _ => Err(MailRefused::Several {
                asked: asked.to_owned(),
                names: found
                    .iter()
                    .map(|id| self.name(id))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }
}

/// Mails with their names, oldest first.
pub async fn mails(store: &Store, which: Mails) -> Result<Vec<Mail>> {
    let names = MailNames::of(store.outbox_ids().await?);
    let named = |row: OutboxRow| Mail {
        name: names.name(&row.delivery.id),
        row,
    };
    Ok(store.outbox(which).await?.into_iter().map(named).collect())
}

/// The mails a person names, each once.
async fn meant(store: &Store, asked: &[String]) -> Result<Vec<Mail>> {
    let names = MailNames::of(store.outbox_ids().await?);
    let mut ids: Vec<&str> = Vec::new();
    for one in asked {
        let id = names.find(one)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut all = mails(store, Mails::All).await?;
    all.retain(|mail| ids.contains(&mail.row.delivery.id.as_str()));
    Ok(all)
}

fn sent(mail: &Mail) -> MailRefused {
    MailRefused::Sent {
        name: mail.name.clone(),
        recipient: mail.row.delivery.recipient.clone(),
    }
}

async fn decide(
    mail: &Mail,
    state: OutboxState,
    reason: &str,
    by: &str,
    now: DateTime<Utc>,
    store: &Store,
    lock: &Lock,
) -> Result<()> {
    let decision = Attempt {
        at: now,
        state,
        answer: reason.to_owned(),
        actor: by.to_owned(),
    };
    store
        .decide_mail(&mail.row.delivery.id, &decision, lock)
        .await
}

/// `rekon outbox resend`: sends these now, whatever they wait for; all of them or none.
pub async fn resend(
    config: &Config,
    asked: &[String],
    by: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Delivered>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        recover(config, store).await?;
        let mails = meant(store, asked).await?;
        if let Some(mail) = mails.iter().find(|one| one.row.state == OutboxState::Sent) {
            return Err(sent(mail).into());
        }
        for mail in &mails {
            let reason = format!("to be sent now, asked for by {by}");
            decide(mail, OutboxState::Queued, &reason, by, now, store, lock).await?;
        }
        let archive = Archive::open(&config.archive)?;
        let ids = mails.into_iter().map(|mail| mail.row.delivery.id);
        let wanted = Wanted::These(ids.collect());
        deliver(config, store, &archive, &wanted, lock, &Stop::default()).await
    })
    .await
}

/// `rekon outbox drop`: these are kept and not sent any more; all of them or none. The mails as they
/// stood before.
pub async fn drop_mails(
    config: &Config,
    asked: &[String],
    reason: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Mail>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        recover(config, store).await?;
        let mails = meant(store, asked).await?;
        if let Some(mail) = mails.iter().find(|one| one.row.state == OutboxState::Sent) {
            return Err(sent(mail).into());
        }
        for mail in &mails {
            if mail.row.state != OutboxState::Dropped {
                decide(mail, OutboxState::Dropped, reason, by, now, store, lock).await?;
            }
        }
        Ok(mails)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_long_as_they_have_to_be() {
        let ids: Vec<String> = (0..20_000).map(|number| format!("mail {number}")).collect();
        let names = MailNames::of(ids.clone());
        let mut seen = std::collections::BTreeSet::new();
        let mut longest = String::new();
        let mut longer = 0;
        for id in &ids {
            let name = names.name(id);
            longer += usize::from(name.len() > "M-".len() + SHORTEST);
            assert_eq!(names.find(&name).expect("one mail"), id);
            assert_eq!(names.find(&name[2..].to_lowercase()).expect("one mail"), id);
            if name.len() > longest.len() {
                longest.clone_from(&name);
            }
            assert!(seen.insert(name));
        }
        assert!((1..2000).contains(&longer), "{longer} names are longer");
        for (asked, said) in [
            ("M-ILOU", "there is no mail M-ILOU"),
            ("", "there is no mail"),
            ("é", "there is no mail"),
            (&longest[..longest.len() - 1], "could be any of M-"),
        ] {
            let refused = names.find(asked).expect_err("not one mail").to_string();
            assert!(refused.contains(said), "{asked}: {refused}");
        }
    }
}
