//! Removing what must not be kept for ever: raw bytes and personal data of old dates. The hashes stay
//! in the chain, and so does every total that is not about a person.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::chain::{self, Link, digest_of};
use super::items::{self, ReadItem};
use super::seal::Tx;
use super::{Lock, Store, groups, instant_text, parsed};
use crate::domain::acts::Act;

/// What a purge is about to remove, or has removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purge {
    /// SHA-256 of files and mails whose bytes go.
    pub bytes: BTreeSet<String>,
    pub results: u64,
    pub items: u64,
    pub notes: u64,
    pub rejected_rows: u64,
}

impl Store {
    /// SHA-256 of bytes that were removed on purpose.
    pub async fn purged_files(&self) -> Result<BTreeSet<String>> {
        let rows = sqlx::query("SELECT sha256 FROM purged")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("sha256")?)).collect()
    }

    /// The date before which everything was purged, if anything was.
    pub async fn purged_before(&self) -> Result<Option<NaiveDate>> {
        let row = sqlx::query("SELECT before_date FROM purges ORDER BY before_date DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| parsed(&row, "before_date")).transpose()
    }

    /// What a purge of everything before `date` would remove.
    pub async fn would_purge(&self, date: NaiveDate) -> Result<Purge> {
        let mut tx = self.begin().await?;
        let found = self.find(&mut tx, date).await?;
        tx.rollback().await?;
        Ok(found.purge)
    }

    /// Records the purge and removes from the state what it is about; the bytes are removed by the
    /// caller once this is on disk.
    pub async fn purge(
        &self,
        date: NaiveDate,
        by: &str,
        reason: &str,
        now: DateTime<Utc>,
        lock: &Lock,
    ) -> Result<Purge> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        let found = self.find(&mut tx, date).await?;
        let subject = format!(
            "everything before {date}: {} files and mails",
            found.purge.bytes.len()
        );
        let digest = digest_of(&format!("{by}\n{reason}"));
        let seq = chain::append(&mut tx, now, Link::Purge, &subject, &digest).await?;
        sqlx::query(
            "INSERT INTO purges (seq, before_date, at, actor, reason) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(seq)
        .bind(date.to_string())
        .bind(instant_text(now))
        .bind(by)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        for sha in &found.purge.bytes {
            sqlx::query(
                "INSERT INTO purged (sha256, at) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
            )
            .bind(sha)
            .bind(instant_text(now))
            .execute(&mut *tx)
            .await?;
        }
        items::without_details(&mut tx, &found.items).await?;
        groups::remove_before(&mut tx, date).await?;
        for number in &found.notes {
            sqlx::query("UPDATE acts SET body = '' WHERE seq = $1")
                .bind(number)
                .execute(&mut *tx)
                .await?;
        }
        for statement in [
            "UPDATE results SET outcome = '' WHERE business_date < $1",
            "UPDATE rejected_rows SET value = '', key_hex = '' WHERE business_date < $1",
        ] {
            sqlx::query(statement)
                .bind(date.to_string())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(found.purge)
    }
}

/// Bytes that were removed once and are archived again are no longer to be removed.
pub(super) async fn is_kept_again(tx: &mut Tx, sha256: &str) -> Result<()> {
    sqlx::query("DELETE FROM purged WHERE sha256 = $1")
        .bind(sha256)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct Found {
    purge: Purge,
    /// Items, past ones as well, that lie before it.
    items: Vec<ReadItem>,
    /// Numbers of notes about them.
    notes: Vec<i64>,
}

impl Store {
    async fn find(&self, tx: &mut Tx, date: NaiveDate) -> Result<Found> {
        let day = date.to_string();
        let mut purge = Purge::default();
        // A file goes when every date it covers, in every channel, is old; one that covers none, when it
        // came before.
        let rows = sqlx::query(
            "SELECT sha256, MAX(COALESCE((SELECT MAX(c.business_date) FROM coverage c \
             WHERE c.file_id = f.id), f.received_at)) AS newest FROM files f GROUP BY sha256",
        )
        .fetch_all(&mut **tx)
        .await?;
        for row in &rows {
            if row.try_get::<String, _>("newest")? < day {
                purge.bytes.insert(row.try_get("sha256")?);
            }
        }
        // A mail goes with the last of its files, or by its own age.
        let rows = sqlx::query(
            "SELECT m.sha256, l.attachment_sha256, m.seen_at, \
             MAX(COALESCE((SELECT MAX(c.business_date) FROM coverage c WHERE c.file_id = l.file_id), \
             m.seen_at)) AS newest \
             FROM mails m LEFT JOIN file_mails l ON l.mail_id = m.id \
             WHERE m.sha256 <> '' GROUP BY m.sha256, l.attachment_sha256, m.seen_at",
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut kept = BTreeSet::new();
        for row in &rows {
            // A row that cannot be read ends the purge: it must not pass for one that is old.
            if row.try_get::<String, _>("newest")? >= day {
                kept.insert(row.try_get::<String, _>("sha256")?);
            }
        }
        for row in &rows {
            let sha: String = row.try_get("sha256")?;
            if !kept.contains(&sha) {
                purge.bytes.insert(sha);
            }
        }
        let rows = sqlx::query(
            "SELECT sha256, MAX(created_at) AS newest FROM outbox GROUP BY sha256 \
             HAVING MAX(CASE WHEN state IN ('sent', 'dropped') THEN 0 ELSE 1 END) = 0",
        )
        .fetch_all(&mut **tx)
        .await?;
        for row in &rows {
            if row.try_get::<String, _>("newest")? < day {
                purge.bytes.insert(row.try_get("sha256")?);
            }
        }
        let gone = sqlx::query("SELECT sha256 FROM purged")
            .fetch_all(&mut **tx)
            .await?;
        for row in &gone {
            purge.bytes.remove(&row.try_get::<String, _>("sha256")?);
        }
        let items = self.items_before(date).await?;
        let old: BTreeSet<&str> = items.iter().map(|one| one.item.identity.as_str()).collect();
        purge.items = items.iter().filter(|one| one.has_details()).count() as u64;
        let mut notes = Vec::new();
        let rows = sqlx::query("SELECT seq, identity, body FROM acts WHERE body <> ''")
            .fetch_all(&mut **tx)
            .await?;
        for row in &rows {
            let recorded: crate::domain::acts::Recorded = super::json(row, "body")?;
            // A reopening without its text would be none: it stays, as resolutions do.
            let is_note = matches!(recorded.act, Act::Note { .. });
            if is_note && old.contains(row.try_get::<String, _>("identity")?.as_str()) {
                notes.push(row.try_get("seq")?);
            }
        }
        purge.notes = notes.len() as u64;
        for (count, statement) in [
            (
                &mut purge.results,
                "SELECT COUNT(*) AS n FROM results WHERE business_date < $1 AND outcome <> ''",
            ),
            (
                &mut purge.rejected_rows,
                "SELECT COUNT(*) AS n FROM rejected_rows WHERE business_date < $1 AND value <> ''",
            ),
        ] {
            let row = sqlx::query(statement)
                .bind(&day)
                .fetch_one(&mut **tx)
                .await?;
            *count = row.try_get::<i64, _>("n")?.unsigned_abs();
        }
        Ok(Found {
            purge,
            items,
            notes,
        })
    }
}
