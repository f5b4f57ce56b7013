//! The audit chain: append-only, every entry's hash covers the one before it. Whoever keeps the last
//! hash, as every report does, can tell whether anything before it was changed, added or taken out.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::seal::Tx;
use super::{Store, instant_text};

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// A file was taken in; the digest is that of its bytes.
    File,
    /// A file was taken back or refused, or one that was held was accepted; the digest is that of the reason.
    FileState,
    /// A result was stored; the digest is that of its outcome.
    Result,
    /// A person did something about an item.
    Act,
    /// A mail was queued; the digest is that of its bytes.
    Mail,
    /// A person decided about a mail in the outbox; the digest is that of the decision.
    Outbox,
    /// A person decided about a quarantined mail; the digest is that of the decision.
    Quarantine,
    /// Bytes or personal data were removed; the digest is that of the reason.
    Purge,
    /// Rows of the state were changed; the digest is the sum of the digests of all of them.
    Seal,
    /// A table was sealed as it stood; the digest is that sum.
    Sealed,
    /// A row was found to have been changed by somebody else; the digest is that sum.
    Foreign,
}

impl Link {
    pub fn name(self) -> &'static str {
        match self {
            Link::File => "file",
            Link::FileState => "file-state",
            Link::Result => "result",
            Link::Act => "act",
            Link::Mail => "mail",
            Link::Outbox => "outbox",
            Link::Quarantine => "quarantine",
            Link::Purge => "purge",
            Link::Seal => "seal",
            Link::Sealed => "sealed",
            Link::Foreign => "foreign",
        }
    }
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainEntry {
    pub seq: i64,
    pub at: String,
    pub kind: String,
    pub subject: String,
    pub digest: String,
    pub previous: String,
    pub hash: String,
}

impl ChainEntry {
    /// The hash these fields have to have.
    pub fn computed(&self) -> String {
        hash_of(
            self.seq,
            &self.at,
            &self.kind,
            &self.subject,
            &self.digest,
            &self.previous,
        )
    }
}

/// The SHA-256 of a text in lowercase hex.
pub fn digest_of(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Every field with its length in front, so that no two entries read the same.
fn hash_of(seq: i64, at: &str, kind: &str, subject: &str, digest: &str, previous: &str) -> String {
    let mut hash = Sha256::new();
    for field in [&seq.to_string()[..], at, kind, subject, digest, previous] {
        hash.update(format!("{}:", field.len()));
        hash.update(field);
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Adds an entry within the transaction of what it is about; its number.
pub(super) async fn append(
    tx: &mut Tx,
    at: DateTime<Utc>,
    link: Link,
    subject: &str,
    digest: &str,
) -> Result<i64> {
    let last = sqlx::query("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut **tx)
        .await?;
    let (seq, previous): (i64, String) = match last {
        Some(row) => (row.try_get::<i64, _>("seq")? + 1, row.try_get("hash")?),
        None => (1, String::new()),
    };
    let at = instant_text(at);
    let hash = hash_of(seq, &at, link.name(), subject, digest, &previous);
    sqlx::query(
        "INSERT INTO chain (seq, at, kind, subject, digest, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(seq)
    .bind(&at)
    .bind(link.name())
    .bind(subject)
    .bind(digest)
    .bind(&previous)
    .bind(&hash)
    .execute(&mut **tx)
    .await?;
    Ok(seq)
}

/// The number of the entry that comes next: a stamp of what is stored with it.
pub(super) async fn next(tx: &mut Tx) -> Result<i64> {
    let next = sqlx::query("SELECT COALESCE(MAX(seq), 0) + 1 AS seq FROM chain")
        .fetch_one(&mut **tx)
        .await?;
    Ok(next.try_get("seq")?)
}

impl Store {
    /// The last entry, which stands for all.
    pub async fn chain_head(&self) -> Result<Option<ChainEntry>> {
        let row = sqlx::query("SELECT * FROM chain ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(entry).transpose()
    }

    /// The whole chain, oldest first.
    pub async fn chain(&self) -> Result<Vec<ChainEntry>> {
        let rows = sqlx::query("SELECT * FROM chain ORDER BY seq")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(entry).collect()
    }

    /// Digests of the outcomes that are stored, by the subject of their entry; `None` where the
    /// outcome was removed.
    pub async fn result_digests(&self) -> Result<BTreeMap<String, Option<String>>> {
        let rows = sqlx::query("SELECT channel, business_date, revision, outcome FROM results")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let channel: String = row.try_get("channel")?;
                let date: String = row.try_get("business_date")?;
                let revision: i64 = row.try_get("revision")?;
                let outcome: String = row.try_get("outcome")?;
                let digest = (!outcome.is_empty()).then(|| digest_of(&outcome));
                Ok((result_subject(&channel, &date, revision), digest))
            })
            .collect()
    }
}

pub(super) fn result_subject(channel: &str, date: &str, revision: i64) -> String {
    format!("{channel} {date} revision {revision}")
}

fn entry(row: &AnyRow) -> Result<ChainEntry> {
    Ok(ChainEntry {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        kind: row.try_get("kind")?,
        subject: row.try_get("subject")?,
        digest: row.try_get("digest")?,
        previous: row.try_get("previous")?,
        hash: row.try_get("hash")?,
    })
}
