//! What a server's or a connection's error means for a run: another try, another secret, another
//! query.

use std::io::{self, ErrorKind};

use sqlx::mysql::MySqlDatabaseError;
use tokio_rustls::rustls;

use crate::{LedgerError, Spec};

/// Numbers after which the same question, asked anew in a new snapshot, can be answered: the server
/// stops or starts, has no room for one more connection, ended this one, somebody holds a table, or
/// it changed under the snapshot.
const PASSING: [u16; 20] = [
    1040, 1053, 1077, 1078, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1317, 1412, 1461,
    1615, 1927, 3169, 4031,
];
/// Numbers by which a server turns an account away.
const TURNED_AWAY: [u16; 13] = [
    1044, 1045, 1130, 1133, 1226, 1251, 1698, 1820, 1862, 3118, 3159, 3955, 4151,
];
/// The account lacks a right on a table, a column, a routine, or for what the query does.
const DENIED: [u16; 5] = [1142, 1143, 1227, 1345, 1370];
/// The server's disk or a table's file is at fault.
const BROKEN: [u16; 9] = [3, 1021, 1023, 1026, 1030, 1034, 1035, 1194, 1195];
const UNKNOWN_DATABASE: u16 = 1049;
const HOST_BLOCKED: u16 = 1129;
const SYNTAX: u16 = 1064;
const UNKNOWN_COLUMN: u16 = 1054;
const UNKNOWN_TABLE: u16 = 1146;
const WRITES: u16 = 1792;
const TOO_LONG: [u16; 2] = [1969, 3024];
/// `SET time_zone` names one that the server does not have.
pub const UNKNOWN_ZONE: u16 = 1298;

/// The server's own number of an error.
pub fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?;
    let error = error.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// An error in the server's or the system's own words.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "the server closed the connection".to_owned()
        }
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) | sqlx::Error::Configuration(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Whether the two sides disagreed on TLS rather than lost one another.
fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}

pub fn lost(place: &str, reason: impl Into<String>) -> LedgerError {
    LedgerError::Lost {
        place: place.to_owned(),
        reason: reason.into(),
    }
}

fn turned_away(place: &str, reason: String, hint: &str) -> LedgerError {
    LedgerError::Authentication {
        place: place.to_owned(),
        reason,
        hint: hint.to_owned(),
    }
}

fn unreachable(place: &str, reason: String, hint: &str) -> LedgerError {
    LedgerError::Unreachable {
        place: place.to_owned(),
        reason,
        hint: hint.to_owned(),
    }
}

/// An error outside of any channel's query: while connecting, or asking about the account.
pub fn asking(place: &str, over: Transport, error: &sqlx::Error) -> LedgerError {
    let reason = said(error);
    match error {
        sqlx::Error::Io(io) if is_tls(io) => unreachable(
            place,
            format!("TLS: {reason}"),
            "ssl-ca=FILE in the URL names the authority that signed the server's certificate; \
             the certificate must carry the URL's host name; ssl-cert=FILE and ssl-key=FILE are \
             for a server that asks for a certificate",
        ),
        // A socket that is not there is a server that is not up.
        sqlx::Error::Io(io)
            if over == Transport::Tcp
                && matches!(io.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) =>
        {
            unreachable(
                place,
                format!("a file for TLS cannot be read: {reason}"),
                "check the paths of ssl-ca, ssl-cert and ssl-key in the URL; they are relative to \
                 the configuration file",
            )
        }
        sqlx::Error::Io(_) => lost(place, reason),
        sqlx::Error::Tls(_) => unreachable(
            place,
            format!("TLS: {reason}"),
            "have the server offer TLS (ssl_cert, ssl_key), or reach it over loopback or \
             `?socket=PATH`",
        ),
        sqlx::Error::Configuration(_) if reason.contains("RSA") => turned_away(
            place,
            "the account's password may only travel over TLS (caching_sha2_password or \
             sha256_password)"
                .to_owned(),
            "have the server offer TLS, and leave ssl-mode=DISABLED out of the URL",
        ),
        sqlx::Error::Configuration(_) => unreachable(
            place,
            reason,
            "check ssl-ca, ssl-cert and ssl-key in the URL: PEM files, certificate and key together",
        ),
        sqlx::Error::Protocol(_) if reason.contains("authentication plugin") => turned_away(
            place,
            reason,
            "give the account a password of a kind that is understood here: \
             mysql_native_password or caching_sha2_password",
        ),
        sqlx::Error::Database(_) => by_number(place, number(error), reason),
        _ => unreachable(
            place,
            reason,
            "is it a MySQL 8 or MariaDB 10.6 server, or later?",
        ),
    }
}

fn by_number(place: &str, number: Option<u16>, reason: String) -> LedgerError {
    match number {
        Some(number) if PASSING.contains(&number) => lost(place, reason),
        Some(1044) => turned_away(
            place,
            reason,
            "GRANT SELECT ON the database's tables to the account, or name another database at \
             the end of the URL",
        ),
        Some(number) if TURNED_AWAY.contains(&number) => turned_away(
            place,
            reason,
            "check the user in `url` and `password` under [ledger], and from which hosts the \
             server lets the account in",
        ),
        Some(UNKNOWN_DATABASE) => turned_away(
            place,
            reason,
            "name the ledger's database at the end of the URL: mysql://user@host/database",
        ),
        Some(HOST_BLOCKED) => unreachable(
            place,
            reason,
            "the server blocks this host after failed connections: FLUSH HOSTS there",
        ),
        _ => unreachable(
            place,
            reason,
            "is it a MySQL 8 or MariaDB 10.6 server, or later?",
        ),
    }
}

/// An error of a channel's query, before or between its rows.
pub fn reading(place: &str, spec: &Spec<'_>, error: &sqlx::Error) -> LedgerError {
    let reason = said(error);
    let query = |reason: String, hint: &str| LedgerError::Query {
        channel: spec.channel.to_owned(),
        reason,
        hint: hint.to_owned(),
    };
    let number = match error {
        sqlx::Error::Io(_) => {
            return lost(
                place,
                format!("the read of channel {} broke off: {reason}", spec.channel),
            );
        }
        sqlx::Error::Database(_) => number(error),
        _ => {
            return query(
                format!("its answer cannot be read: {reason}"),
                "select plain columns: CAST(… AS CHAR) where a type is out of the ordinary",
            );
        }
    };
    match number {
        Some(number) if PASSING.contains(&number) => lost(place, reason),
        Some(number) if BROKEN.contains(&number) => unreachable(
            place,
            reason,
            "the server cannot read its own tables; nothing was concluded, run it again when it can",
        ),
        Some(SYNTAX) => query(
            format!("the server does not understand it: {reason}"),
            "try the SELECT in the mysql client with stamps for :from and :to; they are bound as \
             text",
        ),
        Some(UNKNOWN_COLUMN | UNKNOWN_TABLE) => query(
            reason,
            "check the names in the query, and the database at the end of the URL",
        ),
        Some(1142) if !reason.starts_with("SELECT") => {
            query(reason, "a ledger query is one SELECT")
        }
        Some(number) if DENIED.contains(&number) => query(
            reason,
            "GRANT SELECT ON the table it names TO the account that `url` under [ledger] names",
        ),
        Some(WRITES) => query(
            format!("it writes: {reason}"),
            "a ledger query is one SELECT",
        ),
        Some(number) if TOO_LONG.contains(&number) => query(
            format!("the server ended it: {reason}"),
            "raise max_statement_time (MariaDB) or max_execution_time (MySQL) of the server, or \
             give the query an index on the column it compares with :from and :to",
        ),
        Some(1104) => query(
            reason,
            "raise max_join_size of the server, or give the query an index on the column it \
             compares with :from and :to",
        ),
        Some(1060) => query(
            reason,
            "give each column of the SELECT a name of its own; the look-up by key asks through \
             the query as a table",
        ),
        _ => query(
            format!("the server refuses it: {reason}"),
            "try the SELECT in the mysql client with stamps for :from and :to; they are bound as \
             text",
        ),
    }
}

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    Socket,
}
