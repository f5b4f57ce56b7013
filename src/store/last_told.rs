//! What the readers of each report were last told, kept line by line as their mails are written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::rows::{AT_ONCE, placeholders};
use super::seal::Tx;
use super::{Store, instant_text, parsed};
use crate::domain::outcome::{BreakKind, Closing};
use crate::domain::statement::{
    BreakStanding, Concern, LastTold, Telling, Thread, Told, ToldBreak, ToldBy, ToldDate,
};

impl Store {
    /// What a report's readers know: mails that failed for good, or were dropped by a person, told
    /// nobody. A mail that reached one of several readers was told. Breaks they know as these stood when
    /// they were last told of the channel.
    pub async fn last_told(
        &self,
        report: &str,
        channels: &[&str],
        ids: &[&str],
    ) -> Result<LastTold> {
        let good = self.good_tellings(report).await?;
        let mut last = LastTold {
            count: good.count,
            ..LastTold::default()
        };
        let rows = sqlx::query(
            "SELECT t.* FROM told t JOIN tellings o ON o.number = t.telling \
             WHERE o.report = $1 ORDER BY t.telling",
        )
        .bind(report)
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            let by = good.by_mail.get(&row.try_get("telling")?);
            learn(&mut last, row, by)?;
        }
        for channel in channels {
            if let Some(stamps) = good.heard.get(*channel) {
                let told = self.told_breaks(channel, stamps, ids).await?;
                last.channels
                    .entry((*channel).to_owned())
                    .or_default()
                    .breaks = told;
            }
        }
        Ok(last)
    }

    /// Up to which stamp a report's readers have heard of the breaks of a channel; none where they were
    /// never told anything, and begin with what is open.
    pub async fn heard(&self, report: &str) -> Result<Option<BTreeMap<String, i64>>> {
        let good = self.good_tellings(report).await?;
        let last = good.heard.into_iter();
        let last = last.map(|(channel, stamps)| (channel, newest(&stamps)));
        Ok((good.count > 0).then(|| last.collect()))
    }

    /// The breaks of a channel as they stood at the last of these stamps: of what is open, of what was
    /// changed since, and of these ids.
    async fn told_breaks(
        &self,
        channel: &str,
        stamps: &BTreeSet<i64>,
        ids: &[&str],
    ) -> Result<BTreeMap<String, ToldBreak>> {
        let stamp = newest(stamps);
        // Asked for by their stamps, rows would be looked for among all that ever stood.
        let open = "SELECT id, since, kind, facts, standing FROM items \
                    WHERE channel = $1 AND standing = 'open'";
        let mut rows: Vec<AnyRow> = sqlx::query(open)
            .bind(channel.to_owned())
            .fetch_all(&self.pool)
            .await?;
        let then = "SELECT id, since, kind, facts, standing FROM past_items \
                    WHERE channel = $1 AND until > $2";
        let then = sqlx::query(then).bind(channel.to_owned()).bind(stamp);
        rows.extend(then.fetch_all(&self.pool).await?);
        for some in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT id, since, kind, facts, standing, channel FROM items WHERE id IN {}",
                placeholders(1..some.len() + 1)
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for id in some {
                query = query.bind((*id).to_owned());
            }
            for row in query.fetch_all(&self.pool).await? {
                if row.try_get::<String, _>("channel")? == channel {
                    rows.push(row);
                }
            }
        }
        let stood = |row: &AnyRow| Ok(row.try_get::<i64, _>("since")? <= stamp);
        let stood: Vec<bool> = rows.iter().map(stood).collect::<Result<_>>()?;
        let mut told = BTreeMap::new();
        let mut over = BTreeMap::new();
        for (row, _) in rows.iter().zip(stood).filter(|(_, stood)| *stood) {
            let (id, kind): (String, String) = (row.try_get("id")?, row.try_get("kind")?);
            let standing: String = row.try_get("standing")?;
            let facts = row.try_get("facts")?;
            match break_standing(&kind, &standing)? {
                // It may have been a break before: one that waits again, or that a match cleared.
                None | Some(BreakStanding::Cleared) => {
                    over.insert(id, facts);
                }
                Some(standing) => {
                    told.insert(id, ToldBreak { facts, standing });
                }
            }
        }
        let ids: Vec<&str> = over.keys().map(String::as_str).collect();
        // What was over before anybody heard of it was told to nobody.
        let heard_of = self.were_open_at(&ids, stamps).await?;
        told.extend(over.into_iter().filter_map(|(id, facts)| {
            let standing = BreakStanding::Cleared;
            heard_of
                .contains(&id)
                .then_some((id, ToldBreak { facts, standing }))
        }));
        Ok(told)
    }

    /// Which of these items stood open, as breaks, at one of these stamps.
    async fn were_open_at(&self, ids: &[&str], stamps: &BTreeSet<i64>) -> Result<BTreeSet<String>> {
        let mut open = BTreeSet::new();
        for some in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT id, since, until, kind FROM past_items WHERE standing = 'open' AND id IN {}",
                placeholders(1..some.len() + 1)
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for id in some {
                query = query.bind((*id).to_owned());
            }
            for row in query.fetch_all(&self.pool).await? {
                let (since, until): (i64, i64) = (row.try_get("since")?, row.try_get("until")?);
                let kind: String = row.try_get("kind")?;
                if is_break(&kind) && stamps.range(since..until).next().is_some() {
                    open.insert(row.try_get("id")?);
                }
            }
        }
        Ok(open)
    }

    async fn good_tellings(&self, report: &str) -> Result<Good> {
        let lost = self.undelivered(report).await?;
        let rows = sqlx::query("SELECT number, seq, message_id FROM tellings WHERE report = $1")
            .bind(report)
            .fetch_all(&self.pool)
            .await?;
        let mut good = Good::default();
        for row in &rows {
            good.count = good.count.max(row.try_get("seq")?);
            let message_id: String = row.try_get("message_id")?;
            if lost.contains(&message_id) {
                continue;
            }
            good.by_mail.insert(row.try_get("number")?, message_id);
        }
        let rows = sqlx::query(
            "SELECT t.telling, t.channel, o.stamp FROM told t JOIN tellings o ON o.number = t.telling \
             WHERE o.report = $1 AND t.kind = 'breaks'",
        )
        .bind(report)
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            if good.by_mail.contains_key(&row.try_get("telling")?) {
                let heard = good.heard.entry(row.try_get("channel")?).or_default();
                heard.insert(row.try_get("stamp")?);
            }
        }
        Ok(good)
    }

    async fn undelivered(&self, report: &str) -> Result<BTreeSet<String>> {
        let rows = sqlx::query(
            "SELECT message_id FROM outbox WHERE report = $1 GROUP BY message_id \
             HAVING SUM(CASE WHEN state IN ('failed', 'dropped') THEN 0 ELSE 1 END) = 0",
        )
        .bind(report)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok(row.try_get("message_id")?))
            .collect()
    }

    /// Since when a report's readers have heard nothing: their last mail, or the first run of all
    /// where there was none; `None` before the first run.
    pub async fn silent_since(&self, report: &str) -> Result<Option<DateTime<Utc>>> {
        for (query, bind) in [
            (
                "SELECT created_at AS at FROM outbox WHERE report = $1 \
                 AND state NOT IN ('dropped', 'failed') ORDER BY created_at DESC LIMIT 1",
                report,
            ),
            (
                "SELECT started_at AS at FROM runs WHERE $1 = '' ORDER BY started_at LIMIT 1",
                "",
            ),
        ] {
            let row = sqlx::query(query)
                .bind(bind)
                .fetch_optional(&self.pool)
                .await?;
            if let Some(row) = row {
                return Ok(Some(parsed(&row, "at")?));
            }
        }
        Ok(None)
    }
}

/// Tellings whose mail was not lost.
#[derive(Default)]
struct Good {
    /// How many there were, lost ones included.
    count: i64,
    /// Their mails, by number.
    by_mail: BTreeMap<i64, String>,
    /// The stamps at which one told all breaks of a channel.
    heard: BTreeMap<String, BTreeSet<i64>>,
}

fn newest(stamps: &BTreeSet<i64>) -> i64 {
    stamps.last().copied().unwrap_or(0)
}

/// A line that a telling said; `message_id` is that of a mail which was not lost.
fn learn(last: &mut LastTold, row: &AnyRow, message_id: Option<&String>) -> Result<()> {
    let kind: String = row.try_get("kind")?;
    // Dates about which nobody wants a mail are owed to nobody, whatever became of one.
    let message_id = match (kind.as_str(), message_id) {
        ("passed", _) => String::new(),
        (_, Some(message_id)) => message_id.clone(),
        (_, None) => return Ok(()),
    };
    let channel: String = row.try_get("channel")?;
    let subject: String = row.try_get("subject")?;
    let facts: String = row.try_get("facts")?;
    let standing: String = row.try_get("standing")?;
    let id = || -> Result<i64> {
        subject
            .parse()
            .with_context(|| format!("state: told holds `{subject}` for an id"))
    };
    match kind.as_str() {
        "date" | "passed" => {
            let date: NaiveDate = parsed(row, "subject")?;
            let revision: u32 = parsed(row, "facts")?;
            let concern = concern(&standing)?;
            let of = last.channels.entry(channel.clone()).or_default();
            let by = match message_id.is_empty() {
                true => ToldBy::PassedOver,
                false => ToldBy::Mail,
            };
            of.dates.insert(
                date,
                ToldDate {
                    revision,
                    concern,
                    by,
                },
            );
            if by == ToldBy::Mail {
                of.concern = Some(concern);
                last.threads.push(Thread {
                    channel,
                    date,
                    message_id,
                });
            }
        }
        "file" => {
            last.files.insert(id()?);
        }
        "mail" => {
            last.mails.insert(id()?);
        }
        // Of them, all that is to be known is when.
        "breaks" => {}
        "failure" => {
            let of = last.channels.entry(channel).or_default();
            of.failure = Some(facts).filter(|reason| !reason.is_empty());
        }
        other => bail!("state: told holds a line of kind `{other}`"),
    }
    Ok(())
}

fn concern(name: &str) -> Result<Concern> {
    Ok(match name {
        "clean" => Concern::Clean,
        "wrong" => Concern::Wrong,
        other => bail!("state: readers were told that a date is `{other}`"),
    })
}

/// Whether a bucket is a kind of break.
pub(super) fn is_break(bucket: &str) -> bool {
    BreakKind::ALL.iter().any(|one| one.name() == bucket)
}

/// How a break stands by its row; none for what is none and was none.
pub(super) fn break_standing(kind: &str, standing: &str) -> Result<Option<BreakStanding>> {
    if !is_break(kind) {
        return Ok(None);
    }
    Ok(Some(match standing {
        "open" => BreakStanding::Open,
        "cleared" | "gone" => BreakStanding::Cleared,
        "resolved" => BreakStanding::Closed(Closing::Resolved),
        "written_off" => BreakStanding::Closed(Closing::WrittenOff),
        other => bail!("state: an item stands as `{other}`"),
    }))
}

/// A line as it is stored: kind, channel, subject, facts, standing.
fn line(telling: &Telling) -> [String; 5] {
    let line = |kind: &str, channel: &str, subject: String, facts: String, standing: &str| {
        [
            kind.to_owned(),
            channel.to_owned(),
            subject,
            facts,
            standing.to_owned(),
        ]
    };
    match telling {
        Telling::Breaks { channel } => line("breaks", channel, String::new(), String::new(), ""),
        Telling::Date {
            channel,
            date,
            told,
        } => {
            let standing = match told.concern {
                Concern::Clean => "clean",
                Concern::Wrong => "wrong",
            };
            let kind = match told.by {
                ToldBy::Mail => "date",
                ToldBy::PassedOver => "passed",
            };
            let revision = told.revision.to_string();
            line(kind, channel, date.to_string(), revision, standing)
        }
        Telling::File { channel, id } => line("file", channel, id.to_string(), String::new(), ""),
        Telling::Mail { id } => line("mail", "", id.to_string(), String::new(), ""),
        Telling::Failure { channel, reason } => {
            let reason = reason.clone().unwrap_or_default();
            line("failure", channel, String::new(), reason, "")
        }
    }
}

pub(super) async fn tell(tx: &mut Tx, told: &Told, stamp: i64) -> Result<()> {
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM tellings")
        .fetch_one(&mut **tx)
        .await?;
    let number: i64 = row.try_get("number")?;
    sqlx::query(
        "INSERT INTO tellings (number, report, seq, stamp, message_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(number)
    .bind(&told.report)
    .bind(told.count)
    .bind(stamp)
    .bind(&told.message_id)
    .bind(instant_text(told.at))
    .execute(&mut **tx)
    .await?;
    // Of a date that is told twice, the later word counts.
    let mut lines: BTreeMap<[String; 3], [String; 2]> = BTreeMap::new();
    for telling in &told.tellings {
        let [kind, channel, subject, facts, standing] = line(telling);
        lines.insert([kind, channel, subject], [facts, standing]);
    }
    for ([kind, channel, subject], [facts, standing]) in lines {
        sqlx::query(
            "INSERT INTO told (telling, kind, channel, subject, facts, standing) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(number)
        .bind(kind)
        .bind(channel)
        .bind(subject)
        .bind(facts)
        .bind(standing)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
