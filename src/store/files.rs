//! Files taken in, the dates they cover, and the rows of them that could not be read.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::chain::{self, Link, digest_of};
use super::mails::{self, FileMail};
use super::seal::Tx;
use super::{Store, instant_text, parsed, purge};
use crate::domain::time::Bounds;

/// Whether a file's rows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    Counted,
    /// Refused whole; `reason` says why.
    Refused,
    /// Taken back by a person.
    Withdrawn,
}

impl FileState {
    pub fn name(self) -> &'static str {
        match self {
            FileState::Counted => "counted",
            FileState::Refused => "refused",
            FileState::Withdrawn => "withdrawn",
        }
    }

    fn from_name(name: &str) -> Result<FileState> {
        Ok(match name {
            "counted" => FileState::Counted,
            "refused" => FileState::Refused,
            "withdrawn" => FileState::Withdrawn,
            other => bail!("state: a file is `{other}`"),
        })
    }
}

/// A person's word that a file counts as it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub reason: String,
    pub at: DateTime<Utc>,
    /// How it stands beside the files that have rows of its dates.
    pub beside: Option<Beside>,
}

/// How a file stands beside another one of the same date, as a person says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Both count.
    Addition,
    /// It takes the other's place.
    Replacement,
}

impl Beside {
    fn name(self) -> &'static str {
        match self {
            Beside::Addition => "addition",
            Beside::Replacement => "replacement",
        }
    }

    fn from_name(name: &str) -> Result<Option<Beside>> {
        Ok(Some(match name {
            "" => return Ok(None),
            "addition" => Beside::Addition,
            "replacement" => Beside::Replacement,
            other => bail!("state: a file is accepted as `{other}`"),
        }))
    }
}

/// The rows of a file on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub date: NaiveDate,
    /// Equal where the rows are, whatever their order.
    pub digest: String,
    /// The file that holds them already: this one counts only where that one does not.
    pub same_as: Option<i64>,
}

/// What the slot of a file begins with that waits for a person.
pub const HELD: &str = "held ";

/// The same of one that may or may not add to others of its dates.
pub const HELD_BESIDE: &str = "held beside ";

/// A row that could not be read, as it is stored with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRecord {
    /// The covered date it is reported with.
    pub business_date: NaiveDate,
    pub sheet: String,
    pub row: i64,
    pub column: String,
    pub value: String,
    pub reason: String,
    /// The encoded key in hex, empty when it could not be read.
    pub key_hex: String,
}

/// A file on its way in.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The file that is read again, whatever it covers now.
    pub replaces: Option<i64>,
    pub channel: String,
    pub sha256: String,
    pub name: String,
    pub origin: String,
    pub source_time: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub bytes: i64,
    /// Which file of which dates it is: equal slots are revisions of one another.
    pub slot: String,
    pub part: Option<i64>,
    pub parts: Option<i64>,
    pub entries: i64,
    pub profile: String,
    pub profile_hash: String,
    pub state: FileState,
    pub reason: String,
    /// Dates that a person named; empty where nobody did.
    pub by_hand: Vec<NaiveDate>,
    /// Entries and rejected rows by covered date.
    pub coverage: Vec<(NaiveDate, i64, i64)>,
    pub rejected: Vec<RejectedRecord>,
    /// What its sheets look like, as text; empty where it could not be read.
    pub shape: String,
    /// That a person took it although it is unlike the files before it.
    pub accepted: Option<Accepted>,
    /// The instants between which its rows count, where some are beyond.
    pub bounds: Option<Bounds>,
    /// By covered date, what its rows are, and the file that holds them already.
    pub holdings: Vec<Holding>,
    /// Files whose rows of a date all stand in this one: from now on they count here.
    pub takes: Vec<(i64, NaiveDate)>,
    /// The mail it came by, if it came by one.
    pub mail: Option<FileMail>,
}

/// A file as it stands in the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    pub id: i64,
    pub channel: String,
    pub sha256: String,
    pub name: String,
    pub origin: String,
    pub source_time: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub bytes: i64,
    pub slot: String,
    pub part: Option<i64>,
    pub parts: Option<i64>,
    pub entries: i64,
    pub rejected: i64,
    pub profile_hash: String,
    pub state: FileState,
    pub reason: String,
    /// Dates that a person named; empty where nobody did.
    pub by_hand: Vec<NaiveDate>,
    /// What its sheets look like, as text; empty where it is not known.
    pub shape: String,
    /// Why a person took it although it is unlike the files before it; empty where nobody did.
    pub accepted: String,
    /// How it stands beside others, as a person said when it was taken.
    pub accepted_as: Option<Beside>,
    /// The instants between which its rows count, where some are beyond.
    pub bounds: Option<Bounds>,
    /// Covered dates with their entries and rejected rows.
    pub coverage: Vec<(NaiveDate, i64, i64)>,
    /// The same dates with what its rows are.
    pub holdings: Vec<Holding>,
}

impl Store {
    /// All files of a channel with their coverage, oldest first.
    pub async fn files(&self, channel: &str) -> Result<Vec<FileRecord>> {
        let rows = sqlx::query("SELECT * FROM files WHERE channel = $1 ORDER BY id")
            .bind(channel)
            .fetch_all(&self.pool)
            .await?;
        let mut files = rows.iter().map(record).collect::<Result<Vec<_>>>()?;
        let covered = sqlx::query(
            "SELECT file_id, business_date, entries, rejected, digest, same_as FROM coverage \
             WHERE channel = $1 ORDER BY file_id, business_date",
        )
        .bind(channel)
        .fetch_all(&self.pool)
        .await?;
        for row in covered {
            let id: i64 = row.try_get("file_id")?;
            let line = (
                parsed(&row, "business_date")?,
                row.try_get("entries")?,
                row.try_get("rejected")?,
            );
            if let Ok(at) = files.binary_search_by_key(&id, |file| file.id) {
                files[at].coverage.push(line);
                let same_as: i64 = row.try_get("same_as")?;
                files[at].holdings.push(Holding {
                    date: line.0,
                    digest: row.try_get("digest")?,
                    same_as: (same_as > 0).then_some(same_as),
                });
            }
        }
        Ok(files)
    }

    /// The first file of these bytes, without its coverage.
    pub async fn file_of(&self, channel: &str, sha256: &str) -> Result<Option<FileRecord>> {
        Ok(self.files_of(channel, sha256).await?.into_iter().next())
    }

    /// Every file of these bytes, without their coverage: several where they hold no row.
    pub async fn files_of(&self, channel: &str, sha256: &str) -> Result<Vec<FileRecord>> {
        let rows =
            sqlx::query("SELECT * FROM files WHERE channel = $1 AND sha256 = $2 ORDER BY id")
                .bind(channel)
                .bind(sha256)
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(record).collect()
    }

    pub async fn rejected_rows(&self, file_id: i64) -> Result<Vec<RejectedRecord>> {
        let rows = sqlx::query("SELECT * FROM rejected_rows WHERE file_id = $1 ORDER BY ordinal")
            .bind(file_id)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(RejectedRecord {
                    business_date: parsed(row, "business_date")?,
                    sheet: row.try_get("sheet")?,
                    row: row.try_get("row_number")?,
                    column: row.try_get("column_name")?,
                    value: row.try_get("value")?,
                    reason: row.try_get("reason")?,
                    key_hex: row.try_get("key_hex")?,
                })
            })
            .collect()
    }

    /// Takes a file in with everything known of it, in one transaction. A refused file that was
    /// refused before, or a withdrawn one that a person adds again, is replaced under its id.
    pub async fn take_in(&self, file: &NewFile) -> Result<i64> {
        let mut tx = self.begin().await?;
        let rows =
            sqlx::query("SELECT * FROM files WHERE channel = $1 AND sha256 = $2 ORDER BY id")
                .bind(&file.channel)
                .bind(&file.sha256)
                .fetch_all(&mut *tx)
                .await?;
        let known: Vec<FileRecord> = rows.iter().map(record).collect::<Result<_>>()?;
        let again = known.iter().find(|known| Some(known.id) == file.replaces);
        let same_slot = known.iter().find(|known| known.slot == file.slot);
        if let (Some(again), Some(other)) = (again, same_slot)
            && again.id != other.id
        {
            sqlx::query("UPDATE files SET state = $1, reason = $2 WHERE id = $3")
                .bind(FileState::Withdrawn.name())
                .bind(format!(
                    "read again, it covers the same as file {}",
                    other.id
                ))
                .bind(again.id)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            return Ok(other.id);
        }
        let its_bytes = || known.iter().find(|known| known.is_its_bytes());
        let replaced = again.or(same_slot).or_else(its_bytes);
        let id: i64 = match replaced {
            Some(known) => known.id,
            None => {
                let row = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 AS id FROM files")
                    .fetch_one(&mut *tx)
                    .await?;
                row.try_get("id")?
            }
        };
        for statement in [
            "DELETE FROM files WHERE id = $1",
            "DELETE FROM coverage WHERE file_id = $1",
            "DELETE FROM rejected_rows WHERE file_id = $1",
        ] {
            sqlx::query(statement).bind(id).execute(&mut *tx).await?;
        }
        insert(&mut tx, id, file).await?;
        purge::is_kept_again(&mut tx, &file.sha256).await?;
        let subject = format!("{} file {id} {}", file.channel, file.state.name());
        chain::append(
            &mut tx,
            file.received_at,
            Link::File,
            &subject,
            &file.sha256,
        )
        .await?;
        if let Some(accepted) = &file.accepted
            && replaced.is_none_or(|known| known.accepted.is_empty())
        {
            let subject = format!("{} file {id} accepted", file.channel);
            let digest = digest_of(&accepted.reason);
            chain::append(&mut tx, accepted.at, Link::FileState, &subject, &digest).await?;
        }
        if let Some(by) = &file.mail {
            mails::link(&mut tx, id, by, file.received_at).await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Notes that bytes which are known came again under another name or from another place.
    pub async fn note_arrival(
        &self,
        file_id: i64,
        name: &str,
        origin: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO arrivals (file_id, name, origin, arrived_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (file_id, origin) DO NOTHING",
        )
        .bind(file_id)
        .bind(name)
        .bind(origin)
        .bind(instant_text(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// The SHA-256 of a file of a folder that was looked at before and has not changed since.
    pub async fn looked_at(
        &self,
        channel: &str,
        origin: &str,
        stamp: &str,
    ) -> Result<Option<String>> {
        let row = sqlx::query(
            "SELECT sha256 FROM looked_at WHERE channel = $1 AND origin = $2 AND stamp = $3",
        )
        .bind(channel)
        .bind(origin)
        .bind(stamp)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| row.try_get("sha256")).transpose()?)
    }

    pub async fn note_look(
        &self,
        channel: &str,
        origin: &str,
        stamp: &str,
        sha256: &str,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO looked_at (channel, origin, stamp, sha256) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (channel, origin) DO UPDATE SET \
             stamp = excluded.stamp, sha256 = excluded.sha256",
        )
        .bind(channel)
        .bind(origin)
        .bind(stamp)
        .bind(sha256)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes what a file looks like that was taken in before that was kept.
    pub async fn note_shape(&self, id: i64, shape: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE files SET shape = $1 WHERE id = $2")
            .bind(shape)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Marks a file as withdrawn or refused; its bytes stay in the archive.
    pub async fn set_file_state(
        &self,
        id: i64,
        state: FileState,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE files SET state = $1, reason = $2 WHERE id = $3")
            .bind(state.name())
            .bind(reason)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let subject = format!("file {id} {}", state.name());
        let digest = digest_of(reason);
        chain::append(&mut tx, now, Link::FileState, &subject, &digest).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl FileRecord {
    /// Whether it has rows, so that its bytes say which file it is: a header alone says it of no day.
    pub fn has_rows(&self) -> bool {
        self.entries > 0 || self.rejected > 0
    }

    /// Whether it was refused because it is unlike the files before it: a person decides.
    pub fn is_held(&self) -> bool {
        self.state == FileState::Refused && self.slot.starts_with(HELD)
    }

    /// Whether it is held because nobody knows how it stands beside another file of its dates.
    pub fn waits_beside(&self) -> bool {
        self.state == FileState::Refused && self.slot.starts_with(HELD_BESIDE)
    }

    /// Whether the same bytes take its place when they can be read.
    fn is_its_bytes(&self) -> bool {
        self.has_rows() || self.state == FileState::Refused
    }
}

async fn insert(tx: &mut Tx, id: i64, file: &NewFile) -> Result<()> {
    let beside = file.accepted.as_ref().and_then(|accepted| accepted.beside);
    let bound = |of: fn(&Bounds) -> DateTime<Utc>| {
        let bounds = file.bounds.as_ref();
        bounds.map_or(String::new(), |bounds| instant_text(of(bounds)))
    };
    sqlx::query(
        "INSERT INTO files (id, channel, sha256, name, origin, source_time, received_at, bytes, \
         slot, part, parts, entries, rejected, profile, profile_hash, state, reason, \
         by_hand, shape, accepted, accepted_as, rows_from, rows_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, $22, $23)",
    )
    .bind(id)
    .bind(&file.channel)
    .bind(&file.sha256)
    .bind(&file.name)
    .bind(&file.origin)
    .bind(instant_text(file.source_time))
    .bind(instant_text(file.received_at))
    .bind(file.bytes)
    .bind(&file.slot)
    .bind(file.part)
    .bind(file.parts)
    .bind(file.entries)
    .bind(file.rejected.len() as i64)
    .bind(&file.profile)
    .bind(&file.profile_hash)
    .bind(file.state.name())
    .bind(&file.reason)
    .bind(dates_text(&file.by_hand))
    .bind(&file.shape)
    .bind(
        file.accepted
            .as_ref()
            .map_or("", |accepted| &accepted.reason),
    )
    .bind(beside.map_or("", Beside::name))
    .bind(bound(|bounds| bounds.from))
    .bind(bound(|bounds| bounds.to))
    .execute(&mut **tx)
    .await?;
    for (date, entries, rejected) in &file.coverage {
        let mut holdings = file.holdings.iter();
        let holding = holdings.find(|holding| holding.date == *date);
        sqlx::query(
            "INSERT INTO coverage (file_id, channel, business_date, entries, rejected, digest, \
             same_as) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id)
        .bind(&file.channel)
        .bind(date.to_string())
        .bind(*entries)
        .bind(*rejected)
        .bind(holding.map_or("", |holding| &holding.digest))
        .bind(
            holding
                .and_then(|holding| holding.same_as)
                .unwrap_or_default(),
        )
        .execute(&mut **tx)
        .await?;
    }
    for (taken, date) in &file.takes {
        sqlx::query("UPDATE coverage SET same_as = $1 WHERE file_id = $2 AND business_date = $3")
            .bind(id)
            .bind(*taken)
            .bind(date.to_string())
            .execute(&mut **tx)
            .await?;
    }
    for (ordinal, row) in file.rejected.iter().enumerate() {
        sqlx::query(
            "INSERT INTO rejected_rows (file_id, ordinal, business_date, sheet, row_number, \
             column_name, value, reason, key_hex) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(id)
        .bind(ordinal as i64)
        .bind(row.business_date.to_string())
        .bind(&row.sheet)
        .bind(row.row)
        .bind(&row.column)
        .bind(&row.value)
        .bind(&row.reason)
        .bind(&row.key_hex)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn dates_text(dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    dates.join(" ")
}

fn dates_of(text: &str) -> Result<Vec<NaiveDate>> {
    text.split_whitespace()
        .map(|date| {
            date.parse()
                .with_context(|| format!("state: column by_hand holds `{date}`"))
        })
        .collect()
}

fn record(row: &AnyRow) -> Result<FileRecord> {
    let state: String = row.try_get("state")?;
    Ok(FileRecord {
        id: row.try_get("id")?,
        channel: row.try_get("channel")?,
        sha256: row.try_get("sha256")?,
        name: row.try_get("name")?,
        origin: row.try_get("origin")?,
        source_time: parsed(row, "source_time")?,
        received_at: parsed(row, "received_at")?,
        bytes: row.try_get("bytes")?,
        slot: row.try_get("slot")?,
        part: row.try_get("part")?,
        parts: row.try_get("parts")?,
        entries: row.try_get("entries")?,
        rejected: row.try_get("rejected")?,
        profile_hash: row.try_get("profile_hash")?,
        state: FileState::from_name(&state)?,
        reason: row.try_get("reason")?,
        by_hand: dates_of(&row.try_get::<String, _>("by_hand")?)?,
        shape: row.try_get("shape")?,
        accepted: row.try_get("accepted")?,
        accepted_as: Beside::from_name(&row.try_get::<String, _>("accepted_as")?)?,
        bounds: match row.try_get::<String, _>("rows_from")?.is_empty() {
            true => None,
            false => Some(Bounds {
                from: parsed(row, "rows_from")?,
                to: parsed(row, "rows_to")?,
            }),
        },
        coverage: Vec::new(),
        holdings: Vec::new(),
    })
}
