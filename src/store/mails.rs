//! Mails: which file came by which of them, those that are quarantined, tries that did not come to
//! an end, and how far each mailbox was looked through.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::chain::{self, Link, digest_of};
use super::seal::Tx;
use super::{Store, instant_text, parsed, purge};

/// A mail as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRecord {
    /// The `[mailbox.NAME]`.
    pub mailbox: String,
    pub folder: String,
    pub uid_validity: u32,
    pub uid: u32,
    /// Without its angle brackets; empty where it has none.
    pub message_id: String,
    /// Its From as it may be shown.
    pub sender: String,
    pub subject: String,
    /// Its own Date.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the server received it.
    pub received_at: Option<DateTime<Utc>>,
    /// Of the mail as it stands; empty where it was too large to fetch.
    pub sha256: String,
    /// Who vouches for the sender, in words.
    pub verdict: String,
}

impl MailRecord {
    /// The same mail is the same bytes, wherever and under which number it lies.
    fn identity(&self) -> String {
        if self.sha256.is_empty() {
            format!("uid {}/{}", self.uid_validity, self.uid)
        } else {
            self.sha256.clone()
        }
    }
}

/// How a file came out of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMail {
    pub mail: MailRecord,
    /// As the mail names it: the archive's name, where the file was inside of one.
    pub attachment: String,
    pub attachment_sha256: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuarantineState {
    Held,
    /// Believed by a person.
    Released,
    /// Seen by a person and not believed.
    Rejected,
}

impl QuarantineState {
    pub fn name(self) -> &'static str {
        match self {
            QuarantineState::Held => "held",
            QuarantineState::Released => "released",
            QuarantineState::Rejected => "rejected",
        }
    }

    fn from_name(name: &str) -> Result<QuarantineState> {
        Ok(match name {
            "held" => QuarantineState::Held,
            "released" => QuarantineState::Released,
            "rejected" => QuarantineState::Rejected,
            other => bail!("state: a quarantined mail is `{other}`"),
        })
    }
}

/// A mail that was not believed, or could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub id: i64,
    pub mail: MailRecord,
    /// Channels whose rules it answers to.
    pub channels: Vec<String>,
    pub reason: String,
    pub state: QuarantineState,
    pub quarantined_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: String,
    /// The reason a person gave.
    pub decision: String,
}

/// Up to where a mailbox was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailMark {
    /// A hash of the rules it was looked through under.
    pub rules: String,
    pub uid_validity: u32,
    /// Everything below was settled.
    pub next_uid: u32,
}

/// Where a mail lies: its number means something only under its UIDVALIDITY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailPlace<'a> {
    pub mailbox: &'a str,
    pub uid_validity: u32,
    pub uid: u32,
}

impl Store {
    /// The mails that brought each file of a channel, first come first.
    pub async fn mails_of_files(&self, channel: &str) -> Result<BTreeMap<i64, Vec<FileMail>>> {
        let rows = sqlx::query(
            "SELECT l.file_id, l.attachment, l.attachment_sha256, m.* \
             FROM file_mails l JOIN mails m ON m.id = l.mail_id JOIN files f ON f.id = l.file_id \
             WHERE f.channel = $1 ORDER BY l.file_id, l.mail_id, l.attachment",
        )
        .bind(channel)
        .fetch_all(&self.pool)
        .await?;
        let mut mails: BTreeMap<i64, Vec<FileMail>> = BTreeMap::new();
        for row in &rows {
            mails
                .entry(row.try_get("file_id")?)
                .or_default()
                .push(FileMail {
                    mail: mail(row)?,
                    attachment: row.try_get("attachment")?,
                    attachment_sha256: row.try_get("attachment_sha256")?,
                });
        }
        Ok(mails)
    }

    /// Notes that bytes which are known came by this mail, too.
    pub async fn note_mail(&self, file_id: i64, by: &FileMail, now: DateTime<Utc>) -> Result<()> {
        let mut tx = self.begin().await?;
        link(&mut tx, file_id, by, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a mail on record as quarantined; one that is already stays as it stands.
    pub async fn quarantine(
        &self,
        mail: &MailRecord,
        channels: &[&str],
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Quarantined> {
        let mut tx = self.begin().await?;
        let mail_id = keep_mail(&mut tx, mail, now).await?;
        sqlx::query(
            "INSERT INTO quarantine (id, mail_id, channels, reason, state, quarantined_at, \
             decided_at, decided_by, decision) \
             SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, 'held', $4, '', '', '' \
             FROM quarantine WHERE 1 = 1 ON CONFLICT (mail_id) DO NOTHING",
        )
        .bind(mail_id)
        .bind(channels.join(" "))
        .bind(reason)
        .bind(instant_text(now))
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query("SELECT * FROM quarantined_mails WHERE mail_id = $1")
            .bind(mail_id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        quarantined(&row)
    }

    /// All mails that ever were quarantined, oldest first.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>> {
        let rows = sqlx::query("SELECT * FROM quarantined_mails ORDER BY quarantine_id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(quarantined).collect()
    }

    /// What is on record about the quarantine of a mail with these bytes.
    pub async fn quarantine_of(&self, mailbox: &str, sha256: &str) -> Result<Option<Quarantined>> {
        let row = sqlx::query("SELECT * FROM quarantined_mails WHERE mailbox = $1 AND sha256 = $2")
            .bind(mailbox)
            .bind(sha256)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(quarantined).transpose()
    }

    /// How a person decided about a quarantined mail.
    pub async fn decide(
        &self,
        id: i64,
        state: QuarantineState,
        reason: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE quarantine SET state = $1, decision = $2, decided_by = $3, decided_at = $4 \
             WHERE id = $5",
        )
        .bind(state.name())
        .bind(reason)
        .bind(by)
        .bind(instant_text(now))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        let subject = format!("quarantined mail {id} {}", state.name());
        let digest = digest_of(&format!("{by}\n{reason}"));
        chain::append(&mut tx, now, Link::Quarantine, &subject, &digest).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How often a mail was tried without an end, and what stopped it last.
    pub async fn mail_attempts(&self, place: MailPlace<'_>) -> Result<(u32, String)> {
        let row = sqlx::query(
            "SELECT attempts, reason FROM mail_attempts \
             WHERE mailbox = $1 AND uid_validity = $2 AND uid = $3",
        )
        .bind(place.mailbox)
        .bind(i64::from(place.uid_validity))
        .bind(i64::from(place.uid))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok((0, String::new()));
        };
        let attempts: i64 = row.try_get("attempts")?;
        Ok((u32::try_from(attempts)?, row.try_get("reason")?))
    }

    /// Notes a try before it begins, or why it failed.
    pub async fn note_mail_attempts(
        &self,
        place: MailPlace<'_>,
        attempts: u32,
        reason: &str,
    ) -> Result<()> {
        let statement = match attempts {
            0 => {
                "DELETE FROM mail_attempts \
                  WHERE mailbox = $1 AND uid_validity = $2 AND uid = $3"
            }
            _ => {
                "INSERT INTO mail_attempts (mailbox, uid_validity, uid, attempts, reason) \
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mailbox, uid_validity, uid) \
                  DO UPDATE SET attempts = excluded.attempts, reason = excluded.reason"
            }
        };
        let mut query = sqlx::query(statement)
            .bind(place.mailbox)
            .bind(i64::from(place.uid_validity))
            .bind(i64::from(place.uid));
        if attempts > 0 {
            query = query.bind(i64::from(attempts)).bind(reason);
        }
        query.execute(&self.pool).await?;
        Ok(())
    }

    pub async fn mail_mark(&self, mailbox: &str) -> Result<Option<MailMark>> {
        let row = sqlx::query("SELECT * FROM mail_marks WHERE mailbox = $1")
            .bind(mailbox)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(MailMark {
                rules: row.try_get("rules")?,
                uid_validity: number(&row, "uid_validity")?,
                next_uid: number(&row, "next_uid")?,
            })
        })
        .transpose()
    }

    pub async fn set_mail_mark(&self, mailbox: &str, mark: &MailMark) -> Result<()> {
        sqlx::query(
            "INSERT INTO mail_marks (mailbox, rules, uid_validity, next_uid) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (mailbox) DO UPDATE SET \
             rules = excluded.rules, uid_validity = excluded.uid_validity, \
             next_uid = excluded.next_uid",
        )
        .bind(mailbox)
        .bind(&mark.rules)
        .bind(i64::from(mark.uid_validity))
        .bind(i64::from(mark.next_uid))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Ties a file to the mail it came by.
pub(super) async fn link(
    tx: &mut Tx,
    file_id: i64,
    by: &FileMail,
    now: DateTime<Utc>,
) -> Result<()> {
    let mail_id = keep_mail(tx, &by.mail, now).await?;
    sqlx::query(
        "INSERT INTO file_mails (file_id, mail_id, attachment, attachment_sha256) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (file_id, mail_id, attachment) DO NOTHING",
    )
    .bind(file_id)
    .bind(mail_id)
    .bind(&by.attachment)
    .bind(&by.attachment_sha256)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The number of a mail; one that is known stays where it was first found, with the newest verdict:
/// files count because of it, and a later doubt takes none of them back.
async fn keep_mail(tx: &mut Tx, mail: &MailRecord, now: DateTime<Utc>) -> Result<i64> {
    let identity = mail.identity();
    sqlx::query(
        "INSERT INTO mails (id, mailbox, identity, folder, uid_validity, uid, message_id, sender, \
         subject, sent_at, received_at, sha256, verdict, seen_at) \
         SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
         FROM mails WHERE 1 = 1 \
         ON CONFLICT (mailbox, identity) DO UPDATE SET verdict = \
         CASE WHEN excluded.verdict = '' THEN mails.verdict ELSE excluded.verdict END",
    )
    .bind(&mail.mailbox)
    .bind(&identity)
    .bind(&mail.folder)
    .bind(i64::from(mail.uid_validity))
    .bind(i64::from(mail.uid))
    .bind(&mail.message_id)
    .bind(&mail.sender)
    .bind(&mail.subject)
    .bind(mail.sent_at.map(instant_text).unwrap_or_default())
    .bind(mail.received_at.map(instant_text).unwrap_or_default())
    .bind(&mail.sha256)
    .bind(&mail.verdict)
    .bind(instant_text(now))
    .execute(&mut **tx)
    .await?;
    purge::is_kept_again(tx, &mail.sha256).await?;
    let row = sqlx::query("SELECT id FROM mails WHERE mailbox = $1 AND identity = $2")
        .bind(&mail.mailbox)
        .bind(&identity)
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get("id")?)
}

fn mail(row: &AnyRow) -> Result<MailRecord> {
    Ok(MailRecord {
        mailbox: row.try_get("mailbox")?,
        folder: row.try_get("folder")?,
        uid_validity: number(row, "uid_validity")?,
        uid: number(row, "uid")?,
        message_id: row.try_get("message_id")?,
        sender: row.try_get("sender")?,
        subject: row.try_get("subject")?,
        sent_at: instant(row, "sent_at")?,
        received_at: instant(row, "received_at")?,
        sha256: row.try_get("sha256")?,
        verdict: row.try_get("verdict")?,
    })
}

fn quarantined(row: &AnyRow) -> Result<Quarantined> {
    let channels: String = row.try_get("channels")?;
    Ok(Quarantined {
        id: row.try_get("quarantine_id")?,
        mail: mail(row)?,
        channels: channels.split_whitespace().map(str::to_owned).collect(),
        reason: row.try_get("reason")?,
        state: QuarantineState::from_name(&row.try_get::<String, _>("state")?)?,
        quarantined_at: parsed(row, "quarantined_at")?,
        decided_at: instant(row, "decided_at")?,
        decided_by: row.try_get("decided_by")?,
        decision: row.try_get("decision")?,
    })
}

fn number(row: &AnyRow, column: &str) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).with_context(|| format!("state: column {column} holds {value}"))
}

/// An instant that may be unknown.
fn instant(row: &AnyRow, column: &str) -> Result<Option<DateTime<Utc>>> {
    let text: String = row.try_get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    parsed(row, column).map(Some)
}
