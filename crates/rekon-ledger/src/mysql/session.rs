//! A connection of its own, with every setting that could change what a query means fixed, inside
//! one consistent read-only transaction.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Executor, MySqlConnection, Row};

use super::fault::{self, Transport};
use crate::database::Server;
use crate::{LedgerError, Spec};

/// How long a server may take to answer and let the account in.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long a server may think, or a connection be silent, before the next row.
pub const NEXT_ROW: Duration = Duration::from_secs(600);

/// What the settings of the server, of the account's `init_connect` and of the library would
/// otherwise decide: quoting, `||`, how many rows a SELECT may give, decimals of a division, names
/// of months, and how long a connection may wait while files are being read.
const SETTINGS: &str = "SET SESSION \
     sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
     sql_select_limit = 18446744073709551615, sql_auto_is_null = 0, sql_big_selects = 1, \
     div_precision_increment = 4, lc_time_names = 'en_US', \
     wait_timeout = 28800, net_write_timeout = 600";
/// How long a statement may take, and MariaDB's own ends of an idle transaction.
const MARIADB_SETTINGS: &str = "SET SESSION max_statement_time = 0, \
     idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0";
const MYSQL_SETTINGS: &str = "SET SESSION max_execution_time = 0";

/// Whose dialect the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    MySql,
    MariaDb,
}

/// An open connection and what is known of its server.
pub struct Session {
    pub connection: MySqlConnection,
    pub place: String,
    pub transport: Transport,
    pub flavour: Flavour,
    /// As the server says it, for messages.
    pub version: String,
    /// Major and minor.
    pub number: (u32, u32),
    /// The longest statement with its values, in bytes.
    pub max_packet: u64,
    zone: Option<Clock>,
    timeout: Option<Duration>,
}

/// The zone in which the session writes and reads TIMESTAMP columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Seconds ahead of UTC, all the time.
    Fixed(i32),
    /// With clock changes, by the server's own tables.
    Named(Tz),
}

impl Session {
    pub async fn open(server: &Server<MySqlConnectOptions>) -> Result<Session, LedgerError> {
        let place = server.to_string();
        let transport = match server.options.get_socket() {
            Some(_) => Transport::Socket,
            None => Transport::Tcp,
        };
        // The library would set a zone of its own, and modes that change what `||` means.
        let options = server
            .options
            .clone()
            .timezone(None)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .disable_statement_logging();
        let connected = tokio::time::timeout(CONNECTING, options.connect()).await;
        let connection = match connected {
            Ok(connected) => connected.map_err(|error| fault::asking(&place, transport, &error))?,
            Err(_) => {
                let waited = CONNECTING.as_secs();
                return Err(fault::lost(
                    &place,
                    format!("no answer within {waited} seconds of connecting"),
                ));
            }
        };
        let mut session = Session {
            connection,
            place,
            transport,
            flavour: Flavour::MySql,
            version: String::new(),
            number: (0, 0),
            max_packet: 0,
            zone: None,
            timeout: None,
        };
        session.settle().await?;
        Ok(session)
    }

    /// Learns what the server is, fixes the settings and begins the transaction.
    async fn settle(&mut self) -> Result<(), LedgerError> {
        let rows = self.ask("SELECT VERSION(), @@max_allowed_packet").await?;
        if let Some(row) = rows.first() {
            self.version = self.text(row, 0)?;
            self.max_packet = self.value(row.try_get(1))?;
        }
        if self.version.to_lowercase().contains("mariadb") {
            self.flavour = Flavour::MariaDb;
        }
        self.number = numbers(&self.version);
        self.ask(SETTINGS).await?;
        self.ask(match self.flavour {
            Flavour::MariaDb => MARIADB_SETTINGS,
            Flavour::MySql => MYSQL_SETTINGS,
        })
        .await?;
        self.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            .await?;
        // The first row that is read takes the snapshot, once the tables are held.
        self.ask("START TRANSACTION READ ONLY").await?;
        Ok(())
    }

    /// Has the server end a query that takes longer.
    pub async fn set_timeout(&mut self, timeout: Duration) -> Result<(), LedgerError> {
        if self.timeout == Some(timeout) {
            return Ok(());
        }
        let sql = match self.flavour {
            Flavour::MariaDb => {
                format!("SET SESSION max_statement_time = {}", timeout.as_secs_f64())
            }
            Flavour::MySql => format!(
                "SET SESSION max_execution_time = {}",
                timeout.as_millis().min(u32::MAX.into())
            ),
        };
        self.ask(&sql).await?;
        self.timeout = Some(timeout);
        Ok(())
    }

    /// Rows of a statement of our own, in the text protocol.
    pub async fn ask(&mut self, sql: &str) -> Result<Vec<MySqlRow>, LedgerError> {
        let asked = self
            .connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())));
        match within(NEXT_ROW, asked).await {
            Some(Ok(rows)) => Ok(rows),
            Some(Err(error)) => Err(fault::asking(&self.place, self.transport, &error)),
            None => Err(silent(&self.place)),
        }
    }

    /// As [`Session::ask`], for a statement that is made from a channel's query.
    pub async fn ask_for(
        &mut self,
        spec: &Spec<'_>,
        sql: String,
    ) -> Result<Vec<MySqlRow>, LedgerError> {
        let asked = self.connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(sql)));
        match within(NEXT_ROW, asked).await {
            Some(Ok(rows)) => Ok(rows),
            Some(Err(error)) => Err(fault::reading(&self.place, spec, &error)),
            None => Err(silent(&self.place)),
        }
    }

    /// A text of an answer to one of our own statements; servers declare some of them as bytes.
    pub fn text(&self, row: &MySqlRow, at: usize) -> Result<String, LedgerError> {
        Ok(self.optional_text(row, at)?.unwrap_or_default())
    }

    pub fn optional_text(&self, row: &MySqlRow, at: usize) -> Result<Option<String>, LedgerError> {
        let bytes: Option<Vec<u8>> = self.value(row.try_get_unchecked(at))?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A column of an answer by its name; servers differ in the columns beside it.
    pub fn named_text(&self, row: &MySqlRow, name: &str) -> Result<Option<String>, LedgerError> {
        let position = row
            .columns()
            .iter()
            .position(|column| column.name() == name);
        match position {
            Some(position) => self.optional_text(row, position),
            None => Ok(None),
        }
    }

    fn value<T>(&self, got: Result<T, sqlx::Error>) -> Result<T, LedgerError> {
        got.map_err(|error| fault::asking(&self.place, self.transport, &error))
    }

    /// Sets the session's zone to the ledger's, so that bounds and TIMESTAMP columns both stand in
    /// it: by its offset where that does not change over the span, else by its name.
    pub async fn set_zone(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Clock, LedgerError> {
        let named = Clock::Named(spec.zone);
        let wanted = fixed_offset(spec.zone, from, to).map_or(named, Clock::Fixed);
        if self.zone == Some(wanted) {
            return Ok(wanted);
        }
        for clock in [wanted, named] {
            let name = match clock {
                Clock::Fixed(seconds) => offset_name(seconds),
                Clock::Named(zone) => zone.name().to_owned(),
            };
            let sql = format!("SET SESSION time_zone = '{name}'");
            let set = self
                .connection
                .execute(sqlx::raw_sql(AssertSqlSafe(sql.clone())));
            match within(NEXT_ROW, set).await {
                Some(Ok(_)) => {
                    self.zone = Some(clock);
                    return Ok(clock);
                }
                Some(Err(error)) if fault::number(&error) == Some(fault::UNKNOWN_ZONE) => {}
                Some(Err(error)) => return Err(fault::reading(&self.place, spec, &error)),
                None => return Err(silent(&self.place)),
            }
        }
        Err(LedgerError::Query {
            channel: spec.channel.to_owned(),
            reason: format!(
                "the server does not know the time zone {}, whose clock changes between {} and {}",
                spec.zone.name(),
                from.date_naive(),
                to.date_naive()
            ),
            hint: "load its zone tables there: mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql -u \
                   root mysql; or keep the ledger's stamps in a zone without clock changes, and \
                   declare it as ledger_zone"
                .to_owned(),
        })
    }
}

/// The answer of a future that must not take longer.
pub async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(patience, future).await.ok()
}

pub fn silent(place: &str) -> LedgerError {
    fault::lost(
        place,
        format!("no answer for {} minutes", NEXT_ROW.as_secs() / 60),
    )
}

/// Seconds ahead of UTC where they are the same all over the span, and whole minutes.
fn fixed_offset(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<i32> {
    let ahead = |at: NaiveDateTime| zone.offset_from_utc_datetime(&at).fix().local_minus_utc();
    let first = ahead(from.naive_utc());
    let mut at = from;
    // No zone changes its clock twice within a day.
    while at < to {
        at = (at + Duration::from_secs(86_400)).min(to);
        if ahead(at.naive_utc()) != first {
            return None;
        }
    }
    (first % 60 == 0).then_some(first)
}

/// `+07:00`, as a server takes it.
fn offset_name(seconds: i32) -> String {
    let minutes = seconds.abs() / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Major and minor of `10.11.19-MariaDB-0+deb12u1`; 0 where a server hides them.
fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|digits| digits.parse().map_or(0, |number| number));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_fixed_where_the_clock_does_not_change() {
        let table = [
            ("Asia/Jakarta", "2026-03-01", "2026-06-01", Some(25_200)),
            ("UTC", "2026-03-01", "2026-06-01", Some(0)),
            ("Asia/Kolkata", "2026-03-01", "2026-06-01", Some(19_800)),
            (
                "America/St_Johns",
                "2026-01-01",
                "2026-01-02",
                Some(-12_600),
            ),
            ("Europe/Berlin", "2026-03-28", "2026-03-29", Some(3600)),
            ("Europe/Berlin", "2026-03-28", "2026-03-30", None),
            ("Europe/Berlin", "2026-01-01", "2026-12-31", None),
            ("Europe/Berlin", "2026-07-01", "2026-07-02", Some(7200)),
        ];
        for (zone, from, to, expected) in table {
            let zone: Tz = zone.parse().expect("a zone");
            let instant = |text: &str| {
                let text = format!("{text}T00:00:00Z");
                text.parse::<DateTime<Utc>>().expect("an instant")
            };
            let found = fixed_offset(zone, instant(from), instant(to));
            assert_eq!(found, expected, "{zone} {from} {to}");
        }
        assert_eq!(offset_name(25_200), "+07:00");
        assert_eq!(offset_name(-12_600), "-03:30");
        assert_eq!(numbers("10.11.19-MariaDB-0+deb12u1"), (10, 11));
        assert_eq!(numbers("8.0.36"), (8, 0));
    }
}
