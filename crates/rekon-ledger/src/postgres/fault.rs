//! What went wrong with the server, as what can be done about it.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};
use tokio_rustls::rustls;

use crate::{LedgerError, Spec};

/// What stopped a conversation with the server.
#[derive(Debug)]
pub enum Trouble {
    /// No answer for so long.
    Silence(Duration),
    Server(sqlx::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Silence(time) => write!(f, "no answer within {} s", time.as_secs()),
            Trouble::Server(error) => error.fmt(f),
        }
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Trouble {
        Trouble::Server(error)
    }
}

/// Whom the server talks to.
#[derive(Clone, Debug)]
pub struct Login {
    /// `user@host:port/database`.
    pub place: String,
    pub role: String,
    pub database: String,
    /// Whether it is reached by a file rather than over the network.
    pub by_socket: bool,
}

/// Where in the channel's query the server saw it, by position in what was sent.
pub type Locate<'a> = &'a dyn Fn(usize) -> String;

impl Login {
    pub fn lost(&self, reason: impl Into<String>) -> LedgerError {
        LedgerError::Lost {
            place: self.place.clone(),
            reason: reason.into(),
        }
    }

    fn unreachable(&self, reason: String, hint: &str) -> LedgerError {
        LedgerError::Unreachable {
            place: self.place.clone(),
            reason,
            hint: hint.to_owned(),
        }
    }

    /// Why nobody is let in, or nobody is there.
    pub fn not_connected(&self, trouble: Trouble) -> LedgerError {
        let error = match trouble {
            Trouble::Silence(limit) => {
                return self.lost(format!("no connection within {} seconds", limit.as_secs()));
            }
            Trouble::Server(error) => error,
        };
        match &error {
            sqlx::Error::Io(io) => match tls_fault(io) {
                Some(fault) => self.untrusted(fault),
                // The network says neither: it is one of the files that the URL names.
                None if is_of_a_file(io) && !self.by_socket => LedgerError::Configuration {
                    place: self.place.clone(),
                    reason: format!("a file of its TLS cannot be read: {io}"),
                    hint: "check sslrootcert, sslcert and sslkey in `url` under [ledger]; their \
                           paths are relative to the configuration file"
                        .to_owned(),
                },
                None => self.lost(format!("cannot be reached: {}", plain(io))),
            },
            sqlx::Error::Tls(reason) => self.unreachable(
                format!("TLS: {reason}"),
                "the server has to offer TLS (ssl = on in its postgresql.conf), with a certificate \
                 that names this host; sslrootcert=FILE in the URL names your own authority",
            ),
            sqlx::Error::Database(_) => match postgres(&error) {
                Some(said) => self.not_let_in(said),
                None => self.lost(error.to_string()),
            },
            sqlx::Error::Configuration(reason) => LedgerError::Configuration {
                place: self.place.clone(),
                reason: reason.to_string(),
                hint: "check the files that the URL names: sslrootcert, sslcert and sslkey are PEM"
                    .to_owned(),
            },
            // An end before the first byte of an answer reads as a wrong byte as well.
            other => self.lost(format!(
                "what answers there closes the connection, or is no PostgreSQL server: {other}"
            )),
        }
    }

    fn untrusted(&self, fault: &rustls::Error) -> LedgerError {
        use rustls::CertificateError as Bad;
        let hint = match fault {
            rustls::Error::InvalidCertificate(
                Bad::NotValidForName | Bad::NotValidForNameContext { .. },
            ) => {
                "write the host as its certificate names it; sslmode=verify-ca in the URL accepts \
                 any name that your authority has signed"
            }
            rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
                "the server needs a new certificate; check this host's clock as well"
            }
            rustls::Error::InvalidCertificate(_) => {
                "where the authority is your own: sslrootcert=FILE in the URL, with its \
                 certificate in PEM"
            }
            rustls::Error::AlertReceived(_) => {
                "does the server want a certificate of this client? sslcert=FILE&sslkey=FILE in \
                 the URL"
            }
            _ => "is it a PostgreSQL server with TLS that answers at this host and port?",
        };
        self.unreachable(format!("its TLS is not trusted: {fault}"), hint)
    }

    fn not_let_in(&self, said: &PgDatabaseError) -> LedgerError {
        let reason = format!("{} ({})", said.message(), said.code());
        let Login { role, database, .. } = self;
        let code = match said.code() {
            // PgBouncer gives all that it says itself one code.
            "08P01" if said.message().contains("authentication failed") => "28P01",
            code => code,
        };
        match code {
            "28P01" => LedgerError::Authentication {
                place: self.place.clone(),
                reason,
                hint: format!(
                    "password = \"env:NAME\" or \"file:PATH\" under [ledger], or a line of \
                     ~/.pgpass; a new one: ALTER ROLE {role} PASSWORD '…'"
                ),
            },
            "3D000" => LedgerError::Configuration {
                place: self.place.clone(),
                reason,
                hint: "the database is the last part of `url` under [ledger]".to_owned(),
            },
            "42501" => LedgerError::Authentication {
                place: self.place.clone(),
                reason,
                hint: format!("GRANT CONNECT ON DATABASE {database} TO {role};"),
            },
            code if code.starts_with("28") => LedgerError::Authentication {
                place: self.place.clone(),
                reason,
                hint: format!(
                    "the server's pg_hba.conf has to let {role} into {database} from this host: \
                     hostssl {database} {role} ADDRESS scram-sha-256; where it asks for a \
                     certificate: sslcert=FILE&sslkey=FILE in the URL"
                ),
            },
            _ => self.lost(reason),
        }
    }

    /// Why a statement of a channel gave no answer.
    pub fn failed(&self, trouble: Trouble, spec: &Spec<'_>, locate: Locate<'_>) -> LedgerError {
        let error = match trouble {
            Trouble::Silence(limit) => {
                return self.lost(format!(
                    "no answer to channel {} for {} minutes",
                    spec.channel,
                    limit.as_secs() / 60
                ));
            }
            Trouble::Server(error) => error,
        };
        let Some(said) = postgres(&error) else {
            return self.lost(match &error {
                sqlx::Error::Io(io) => format!("the connection broke: {}", plain(io)),
                other => format!("the connection broke: {other}"),
            });
        };
        let place = match said.position() {
            Some(PgErrorPosition::Original(position)) => locate(position),
            _ => String::new(),
        };
        let detail = said.detail().map(|detail| format!("; {detail}"));
        let reason = format!(
            "{}{}{place} ({})",
            said.message(),
            detail.unwrap_or_default(),
            said.code()
        );
        if is_passing(said.code()) {
            return self.lost(reason);
        }
        if said.code().starts_with("XX") || said.code().starts_with("58") {
            return self.unreachable(
                reason,
                "the server found a fault in itself; its log says more",
            );
        }
        LedgerError::Query {
            channel: spec.channel.to_owned(),
            reason,
            hint: self.hint(said),
        }
    }

    fn hint(&self, said: &PgDatabaseError) -> String {
        let role = &self.role;
        match said.code() {
            "42501" => {
                let denied = |of: &str| {
                    said.message()
                        .strip_prefix(&format!("permission denied for {of} "))
                };
                match (denied("table").or(denied("view")), denied("schema")) {
                    (Some(table), _) => format!("GRANT SELECT ON {table} TO {role};"),
                    (_, Some(schema)) => format!("GRANT USAGE ON SCHEMA {schema} TO {role};"),
                    _ => format!(
                        "GRANT USAGE ON SCHEMA … TO {role}; GRANT SELECT ON … TO {role}; for all \
                         that the query reads"
                    ),
                }
            }
            "25006" => "a ledger query is one SELECT and changes nothing".to_owned(),
            "42P18" | "42725" => {
                "say what the bounds are: :from::timestamptz and :to::timestamptz".to_owned()
            }
            // A bound has no type of its own, and takes the one next to it.
            "42883" => "are the types as meant? A bound beside something else than a column needs \
                        its own: :from::timestamptz"
                .to_owned(),
            "42P01" => {
                "name its schema, as in payments.transactions; search_path is the role's".to_owned()
            }
            // Its own hint is a setting that is fixed here, so that a text means the same everywhere.
            "22008" => "a text is read as month, day, year unless it says otherwise: \
                        to_timestamp(x, 'DD/MM/YYYY HH24:MI:SS')"
                .to_owned(),
            _ => match said.hint() {
                Some(hint) => hint.to_owned(),
                None => "try the SELECT in psql, with stamps in place of :from and :to".to_owned(),
            },
        }
    }
}

/// States that another snapshot, a little later, may not meet.
fn is_passing(code: &str) -> bool {
    let classes = ["08", "40", "53", "57"];
    let codes = ["55P03", "25P03", "25P04", "72000"];
    classes.iter().any(|class| code.starts_with(class)) || codes.contains(&code)
}

pub fn postgres(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    match error {
        sqlx::Error::Database(said) => said.try_downcast_ref(),
        _ => None,
    }
}

fn tls_fault(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn is_of_a_file(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::IsADirectory
    )
}

/// What happened, without the number that an operating system gives it.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "the server closed it".to_owned()
        }
        _ => error.to_string(),
    }
}
