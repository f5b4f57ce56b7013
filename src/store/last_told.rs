//! What the readers of each report were last told, kept line by line as their mails are written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::rows::{AT_ONCE, Cell, Kind as Is, Table, placeholders};
use super::seal::Tx;
use super::{Store, instant_text, parsed};
use crate::domain::outcome::Closing;
use crate::domain::statement::{
    BreakStanding, Concern, LastTold, Telling, Thread, Told, ToldBreak, ToldBy, ToldDate,
};

impl Store {
    /// What a report's readers know: mails that failed for good, or were dropped by a person, told
    /// nobody. A mail that reached one of several readers was told. Of breaks, what they know of those
    /// that are open, that were closed or cleared since they last heard everything, and of these ids.
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
        let of_report = "FROM told_breaks b JOIN tellings o ON o.number = b.telling";
        let columns = "b.item, b.telling, b.channel, b.facts, b.standing";
        let mut found: Vec<AnyRow> = Vec::new();
        for channel in channels {
            // From the items to what was told of them: the order is the query's own.
            for condition in [
                "$3 = $3 AND i.standing = 'open'",
                "i.since > $3 AND i.standing <> 'open'",
            ] {
                let sql = format!(
                    "SELECT {columns} FROM items i CROSS JOIN told_breaks b CROSS JOIN tellings o \
                     WHERE i.channel = $1 AND {condition} AND b.item = i.id \
                     AND o.number = b.telling AND o.report = $2"
                );
                let query = sqlx::query(sqlx::AssertSqlSafe(sql));
                let query = query
                    .bind((*channel).to_owned())
                    .bind(report)
                    .bind(good.all_by);
                found.extend(query.fetch_all(&self.pool).await?);
            }
        }
        for some in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT {columns} {of_report} WHERE o.report = $1 AND b.item IN {}",
                placeholders(2..some.len() + 2)
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(report);
            for id in some {
                query = query.bind((*id).to_owned());
            }
            found.extend(query.fetch_all(&self.pool).await?);
        }
        // The latest telling of each counts.
        let mut by: BTreeMap<String, i64> = BTreeMap::new();
        for row in &found {
            let telling: i64 = row.try_get("telling")?;
            let item: String = row.try_get("item")?;
            let is_older = by.get(&item).is_some_and(|known| *known > telling);
            if is_older || !good.by_mail.contains_key(&telling) {
                continue;
            }
            by.insert(item.clone(), telling);
            let standing: String = row.try_get("standing")?;
            let told = ToldBreak {
                facts: row.try_get("facts")?,
                standing: break_standing(&standing)?,
            };
            let of = last.channels.entry(row.try_get("channel")?).or_default();
            of.breaks.insert(item, told);
        }
        Ok(last)
    }

    /// The stamp of the results of which a report's readers have heard everything; none where they were
    /// never told anything, and begin with what is open.
    pub async fn heard_all_by(&self, report: &str) -> Result<Option<i64>> {
        let good = self.good_tellings(report).await?;
        Ok((good.count > 0).then_some(good.all_by))
    }

    async fn good_tellings(&self, report: &str) -> Result<Good> {
        let lost = self.undelivered(report).await?;
        let rows = sqlx::query(
            "SELECT number, seq, whole, stamp, message_id FROM tellings WHERE report = $1",
        )
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
            if row.try_get::<i64, _>("whole")? != 0 {
                good.all_by = good.all_by.max(row.try_get("stamp")?);
            }
            good.by_mail.insert(row.try_get("number")?, message_id);
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
    /// The newest results of which one told all that was new.
    all_by: i64,
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

fn break_standing(name: &str) -> Result<BreakStanding> {
    Ok(match name {
        "open" => BreakStanding::Open,
        "cleared" => BreakStanding::Cleared,
        "resolved" => BreakStanding::Closed(Closing::Resolved),
        "written_off" => BreakStanding::Closed(Closing::WrittenOff),
        other => bail!("state: readers were told that a break is `{other}`"),
    })
}

/// A line as it is stored.
enum Line {
    Break(Vec<Cell>),
    /// kind, channel, subject, facts, standing
    Other([String; 5]),
}

fn line(telling: &Telling, number: i64) -> Line {
    let other = |kind: &str, channel: &str, subject: String, facts: String, standing: &str| {
        Line::Other([
            kind.to_owned(),
            channel.to_owned(),
            subject,
            facts,
            standing.to_owned(),
        ])
    };
    match telling {
        Telling::Break {
            channel,
            item,
            told,
        } => Line::Break(vec![
            Cell::text(item.clone()),
            Cell::number(number),
            Cell::text(channel.clone()),
            Cell::text(told.facts.clone()),
            Cell::text(match told.standing {
                BreakStanding::Open => "open",
                BreakStanding::Cleared => "cleared",
                BreakStanding::Closed(how) => how.name(),
            }),
        ]),
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
            other(kind, channel, date.to_string(), revision, standing)
        }
        Telling::File { channel, id } => other("file", channel, id.to_string(), String::new(), ""),
        Telling::Mail { id } => other("mail", "", id.to_string(), String::new(), ""),
        Telling::Failure { channel, reason } => {
            let reason = reason.clone().unwrap_or_default();
            other("failure", channel, String::new(), reason, "")
        }
    }
}

pub(super) const TOLD_BREAKS: Table = Table {
    name: "told_breaks",
    keys: 2,
    columns: &[
        ("item", Is::Text),
        ("telling", Is::Number),
        ("channel", Is::Text),
        ("facts", Is::Text),
        ("standing", Is::Text),
    ],
};

pub(super) async fn tell(tx: &mut Tx, told: &Told, stamp: i64) -> Result<()> {
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM tellings")
        .fetch_one(&mut **tx)
        .await?;
    let number: i64 = row.try_get("number")?;
    sqlx::query(
        "INSERT INTO tellings (number, report, seq, whole, stamp, message_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(number)
    .bind(&told.report)
    .bind(told.count)
    .bind(i64::from(told.whole))
    .bind(stamp)
    .bind(&told.message_id)
    .bind(instant_text(told.at))
    .execute(&mut **tx)
    .await?;
    let mut breaks = Vec::new();
    let mut others: BTreeMap<[String; 3], [String; 2]> = BTreeMap::new();
    for telling in &told.tellings {
        match line(telling, number) {
            Line::Break(cells) => breaks.push(cells),
            // Of a date that is told twice, the later word counts.
            Line::Other([kind, channel, subject, facts, standing]) => {
                others.insert([kind, channel, subject], [facts, standing]);
            }
        }
    }
    for ([kind, channel, subject], [facts, standing]) in others {
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
    TOLD_BREAKS.insert(tx, &breaks).await
}
