//! What the readers of each report were last told, kept line by line as their mails are written.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::seal::Tx;
use super::{Store, instant_text, parsed};
use crate::domain::outcome::Closing;
use crate::domain::statement::{
    BreakStanding, Concern, LastTold, Telling, Thread, Told, ToldBreak, ToldBy, ToldDate,
};

impl Store {
    /// What a report's readers know: mails that failed for good, or were dropped by a person, told
    /// nobody. A mail that reached one of several readers was told.
    pub async fn last_told(&self, report: &str) -> Result<LastTold> {
        let lost = self.undelivered(report).await?;
        let rows = sqlx::query("SELECT * FROM last_told WHERE report = $1 ORDER BY seq, at")
            .bind(report)
            .fetch_all(&self.pool)
            .await?;
        let mut last = LastTold::default();
        for row in &rows {
            last.count = last.count.max(row.try_get("seq")?);
            let message_id: String = row.try_get("message_id")?;
            if lost.contains(&message_id) {
                continue;
            }
            learn(&mut last, row, message_id)?;
        }
        Ok(last)
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

fn learn(last: &mut LastTold, row: &AnyRow, message_id: String) -> Result<()> {
    let kind: String = row.try_get("kind")?;
    let channel: String = row.try_get("channel")?;
    let subject: String = row.try_get("subject")?;
    let facts: String = row.try_get("facts")?;
    let standing: String = row.try_get("standing")?;
    let id = || -> Result<i64> {
        subject
            .parse()
            .with_context(|| format!("state: last_told holds `{subject}` for an id"))
    };
    match kind.as_str() {
        "break" => {
            let of = last.channels.entry(channel).or_default();
            let standing = break_standing(&standing)?;
            of.breaks.insert(subject, ToldBreak { facts, standing });
        }
        "date" => {
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
        other => bail!("state: last_told holds a line of kind `{other}`"),
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
        Telling::Break {
            channel,
            identity,
            told,
        } => {
            let standing = match told.standing {
                BreakStanding::Open => "open",
                BreakStanding::Cleared => "cleared",
                BreakStanding::Closed(Closing::Resolved) => "resolved",
                BreakStanding::Closed(Closing::WrittenOff) => "written_off",
            };
            line(
                "break",
                channel,
                identity.clone(),
                told.facts.clone(),
                standing,
            )
        }
        Telling::Date {
            channel,
            date,
            told,
        } => {
            let standing = match told.concern {
                Concern::Clean => "clean",
                Concern::Wrong => "wrong",
            };
            let revision = told.revision.to_string();
            line("date", channel, date.to_string(), revision, standing)
        }
        Telling::File { channel, id } => line("file", channel, id.to_string(), String::new(), ""),
        Telling::Mail { id } => line("mail", "", id.to_string(), String::new(), ""),
        Telling::Failure { channel, reason } => {
            let reason = reason.clone().unwrap_or_default();
            line("failure", channel, String::new(), reason, "")
        }
    }
}

/// Lines of one statement that go into the table at once.
const AT_ONCE: usize = 100;
const COLUMNS: usize = 9;

pub(super) async fn tell(tx: &mut Tx, told: &Told) -> Result<()> {
    for some in told.tellings.chunks(AT_ONCE) {
        let places: Vec<String> = (0..some.len())
            .map(|at| {
                let first = at * COLUMNS + 1;
                let places: Vec<String> =
                    (first..first + COLUMNS).map(|n| format!("${n}")).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let statement = format!(
            "INSERT INTO last_told (report, seq, kind, channel, subject, facts, standing, \
             message_id, at) VALUES {} ON CONFLICT (report, kind, channel, subject, message_id) \
             DO UPDATE SET seq = excluded.seq, facts = excluded.facts, \
             standing = excluded.standing, at = excluded.at",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
        for telling in some {
            let message_id = match telling {
                Telling::Date { told, .. } if told.by == ToldBy::PassedOver => String::new(),
                _ => told.message_id.clone(),
            };
            query = query.bind(told.report.clone()).bind(told.count);
            for column in line(telling) {
                query = query.bind(column);
            }
            query = query.bind(message_id).bind(instant_text(told.at));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}
