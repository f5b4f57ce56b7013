//! How far a replica has come with what its source wrote, where the account may ask.

use chrono::{DateTime, Duration, Utc};
use sqlx::mysql::MySqlRow;

use super::session::{Flavour, Session};
use crate::LedgerError;
use crate::domain::believe::Applied;

/// Both generations of names, the newer one first.
const SECONDS: [&str; 2] = ["Seconds_Behind_Source", "Seconds_Behind_Master"];
const RECEIVES: [&str; 2] = ["Replica_IO_Running", "Slave_IO_Running"];
const APPLIES: [&str; 2] = ["Replica_SQL_Running", "Slave_SQL_Running"];
const RECEIVED: [[&str; 2]; 2] = [
    ["Source_Log_File", "Master_Log_File"],
    ["Read_Source_Log_Pos", "Read_Master_Log_Pos"],
];
const APPLIED: [[&str; 2]; 2] = [
    ["Relay_Source_Log_File", "Relay_Master_Log_File"],
    ["Exec_Source_Log_Pos", "Exec_Master_Log_Pos"],
];

/// An account that may not ask says nothing: then nothing is known to be missing.
pub async fn applied(session: &mut Session) -> Result<Applied, LedgerError> {
    let newer = match session.flavour {
        Flavour::MySql => session.number >= (8, 1),
        Flavour::MariaDb => session.number >= (10, 6),
    };
    let sql = match newer {
        true => "SHOW REPLICA STATUS",
        false => "SHOW SLAVE STATUS",
    };
    let rows = match session.ask(sql).await {
        Ok(rows) => rows,
        Err(lost @ LedgerError::Lost { .. }) => return Err(lost),
        Err(error) => {
            tracing::debug!(%error, "the server does not say how far it is");
            return Ok(Applied::All);
        }
    };
    let asked = Utc::now();
    let mut least = Applied::All;
    for row in &rows {
        let found = of_source(session, row, asked)?;
        least = match (least, found) {
            (Applied::Stopped, _) | (_, Applied::Stopped) => Applied::Stopped,
            (Applied::UpTo { at, .. }, Applied::UpTo { at: other, .. }) => Applied::UpTo {
                at: at.min(other),
                asked,
            },
            (behind @ Applied::UpTo { .. }, _) | (_, behind @ Applied::UpTo { .. }) => behind,
            (Applied::All, found) => found,
            (least, _) => least,
        };
    }
    Ok(least)
}

/// A replica may have several sources.
fn of_source(
    session: &Session,
    row: &MySqlRow,
    asked: DateTime<Utc>,
) -> Result<Applied, LedgerError> {
    let text = |names: [&str; 2]| -> Result<Option<String>, LedgerError> {
        for name in names {
            if let Some(text) = session.named_text(row, name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    };
    let is_yes = |text: Option<String>| text.is_some_and(|text| text == "Yes");
    let seconds = text(SECONDS)?.and_then(|text| text.parse::<i64>().ok());
    let (receives, applies) = (is_yes(text(RECEIVES)?), is_yes(text(APPLIES)?));
    let mut level = true;
    for (received, applied) in RECEIVED.into_iter().zip(APPLIED) {
        level &= text(received)? == text(applied)?;
    }
    Ok(match seconds.filter(|_| applies) {
        Some(0) => Applied::All,
        Some(seconds) => Applied::UpTo {
            at: asked - Duration::seconds(seconds),
            asked,
        },
        None if !applies && !level => Applied::Stopped,
        None if receives && level => Applied::All,
        None => Applied::NotReceiving { at: None },
    })
}
