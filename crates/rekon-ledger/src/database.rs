//! Where a database is and how it is reached: a SQLite file, or a server with its TLS and login.
//!
//! A connection to another host is encrypted and the server proves its name; a mode that would
//! travel open or unproven is refused where it is configured, not where it is used.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// A database as the configuration names it.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite(PathBuf),
    Postgres(Server<PgConnectOptions>),
    MySql(Server<MySqlConnectOptions>),
}

/// A database server. `Debug` and `Display` show where it is, never a password.
#[derive(Clone)]
pub struct Server<Options> {
    pub options: Options,
    /// Certificates and keys by the name of their parameter in the URL.
    pub files: Vec<(&'static str, PathBuf)>,
    /// `user@host:port/database`.
    place: String,
}

impl<Options> fmt::Display for Server<Options> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl<Options> fmt::Debug for Server<Options> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite(path) => write!(f, "{}", path.display()),
            Database::Postgres(server) => write!(f, "postgres {server}"),
            Database::MySql(server) => write!(f, "mysql {server}"),
        }
    }
}

/// Why a URL is refused, and what to write instead. Holds no part of the URL that could be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub reason: String,
    pub hint: String,
}

impl Refused {
    fn new(reason: impl Into<String>, hint: impl Into<String>) -> Refused {
        Refused {
            reason: reason.into(),
            hint: hint.into(),
        }
    }
}

/// The forms a URL has, for hints.
const FORMS: &str =
    "\"sqlite:PATH\", \"postgres://user@host/database\" or \"mysql://user@host/database\"";

impl Database {
    /// Reads a URL. Files it names (`sqlite:`, `sslrootcert=`) are relative to `base`; `password`
    /// goes before one in the URL and before `~/.pgpass`.
    pub fn parse(
        url: &str,
        base: &Path,
        password: Option<&SecretString>,
    ) -> Result<Database, Refused> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(Refused::new("names no file", "\"sqlite:state.db\""));
            }
            if password.is_some() {
                return Err(Refused::new(
                    "a SQLite file takes no password",
                    "leave `password` out",
                ));
            }
            return Ok(Database::Sqlite(base.join(path)));
        }
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(Refused::new("this is no database URL", FORMS));
        };
        match scheme {
            "postgres" | "postgresql" => postgres(rest, base, password).map(Database::Postgres),
            "mysql" | "mariadb" => mysql(rest, base, password).map(Database::MySql),
            other => Err(Refused::new(
                format!("`{other}://` is no database that rekon opens"),
                FORMS,
            )),
        }
    }

    /// What the database is called in a sentence.
    pub fn product(&self) -> &'static str {
        match self {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
            Database::MySql(_) => "MySQL",
        }
    }
}

/// Parameters of a URL after its `?`; one that nobody reads is refused, since a misspelt
/// `sslmode` must not pass for none.
fn parameters<'u>(rest: &'u str, known: &[&str]) -> Result<Vec<(&'u str, &'u str)>, Refused> {
    let Some(at) = rest.find('?') else {
        return Ok(Vec::new());
    };
    let query = &rest[at + 1..];
    let mut parameters = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if !known.contains(&name) {
            // What follows a `?` that belongs to a password is a part of it.
            let is_word = |byte: u8| byte.is_ascii_lowercase() || b"-_".contains(&byte);
            return Err(
                match name.bytes().all(is_word) && !rest[at..].contains('@') {
                    true => Refused::new(
                        format!("the URL has a parameter `{name}` that is not known"),
                        format!("known: {}", known.join(", ")),
                    ),
                    false => Refused::new(
                        "the URL cannot be read: a `?` begins its parameters",
                        "a `?` in a password is written %3F, a `@` %40",
                    ),
                },
            );
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn value_of<'u>(parameters: &[(&'u str, &'u str)], names: &[&str]) -> Option<&'u str> {
    let mut found = parameters
        .iter()
        .filter(|(name, _)| names.contains(name))
        .map(|(_, value)| *value);
    found.next_back()
}

/// A path of a URL's parameter, which may be written with `%20` and the like.
fn path_of(base: &Path, value: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = match (byte, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let escaped = escaped.map(|(high, low)| high * 16 + low);
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    base.join(String::from_utf8_lossy(&bytes).as_ref())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

/// Whether a host is this machine, whatever it is called: `localhost`, `127.0.0.2`, `[::1]`.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn unproven(mode: &str, host: &str, proven: [&str; 2], key: &str) -> Refused {
    let [name, chain] = proven;
    Refused::new(
        format!("{key}={mode} would let anybody between here and {host} read or answer for it"),
        format!(
            "{key}={name} (the default for another host; {key}={chain} where its certificate does \
             not carry the name); add the authority's certificate to the URL if it is your own"
        ),
    )
}

fn unreadable(error: &sqlx::Error, example: &str) -> Refused {
    // The library's messages name the part that is wrong, never its value.
    let reason = match error {
        sqlx::Error::Configuration(inner) => inner.to_string(),
        other => other.to_string(),
    };
    Refused::new(format!("the URL cannot be read: {reason}"), example)
}

fn postgres(
    rest: &str,
    base: &Path,
    password: Option<&SecretString>,
) -> Result<Server<PgConnectOptions>, Refused> {
    let known = [
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "host",
        "port",
        "dbname",
        "user",
        "application_name",
    ];
    let parameters = parameters(rest, &known)?;
    let mut options = PgConnectOptions::from_str(&format!("postgres://{rest}"))
        .map_err(|error| unreadable(&error, "\"postgres://user@host:5432/database\""))?;
    // Without a host the library takes the socket's directory for one, which no URL can be made of.
    if options.get_host().starts_with('/') {
        let directory = options.get_host().to_owned();
        options = options.socket(directory);
    }
    let local = options.get_socket().is_some() || is_loopback(options.get_host());
    // A pooler between here and the server may refuse the parameter; the session sets it itself.
    options = options.extra_float_digits(None);
    // The environment's PGSSLMODE decides nothing: the configuration does.
    let mode = value_of(&parameters, &["sslmode"]);
    options = match mode {
        None if local => options.ssl_mode(PgSslMode::Prefer),
        None => options.ssl_mode(PgSslMode::VerifyFull),
        Some("verify-full" | "verify-ca") => options,
        Some(_) if local => options,
        Some(mode) => {
            let proven = ["verify-full", "verify-ca"];
            return Err(unproven(mode, options.get_host(), proven, "sslmode"));
        }
    };
    let mut files = Vec::new();
    for name in ["sslrootcert", "sslcert", "sslkey"] {
        let Some(value) = value_of(&parameters, &[name]) else {
            continue;
        };
        let file = path_of(base, value);
        options = match name {
            "sslrootcert" => options.ssl_root_cert(&file),
            "sslcert" => options.ssl_client_cert(&file),
            _ => options.ssl_client_key(&file),
        };
        files.push((name, file));
    }
    if let Some(password) = password {
        options = options.password(password.expose_secret());
    }
    if options.get_application_name().is_none() {
        options = options.application_name("rekon");
    }
    let place = match options.get_socket() {
        Some(socket) => format!(
            "{}@{}/{}",
            options.get_username(),
            socket.display(),
            options.get_database().unwrap_or_default()
        ),
        None => format!(
            "{}@{}:{}/{}",
            options.get_username(),
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or_default()
        ),
    };
    Ok(Server {
        options,
        files,
        place,
    })
}

fn mysql(
    rest: &str,
    base: &Path,
    password: Option<&SecretString>,
) -> Result<Server<MySqlConnectOptions>, Refused> {
    let known = [
        "ssl-mode", "sslmode", "ssl-ca", "sslca", "ssl-cert", "sslcert", "ssl-key", "sslkey",
        "socket",
    ];
    let parameters = parameters(rest, &known)?;
    let mut options = MySqlConnectOptions::from_str(&format!("mysql://{rest}"))
        .map_err(|error| unreadable(&error, "\"mysql://user@host:3306/database\""))?;
    let local = options.get_socket().is_some() || is_loopback(options.get_host());
    let mode = value_of(&parameters, &["ssl-mode", "sslmode"]);
    options = match mode {
        None if local => options.ssl_mode(MySqlSslMode::Preferred),
        None => options.ssl_mode(MySqlSslMode::VerifyIdentity),
        Some(mode) if ["verify_identity", "verify_ca"].contains(&&*mode.to_lowercase()) => options,
        Some(_) if local => options,
        Some(mode) => {
            let proven = ["VERIFY_IDENTITY", "VERIFY_CA"];
            return Err(unproven(mode, options.get_host(), proven, "ssl-mode"));
        }
    };
    if let Some(file) = value_of(&parameters, &["ssl-ca", "sslca"]) {
        options = options.ssl_ca(path_of(base, file));
    }
    if let Some(file) = value_of(&parameters, &["ssl-cert", "sslcert"]) {
        options = options.ssl_client_cert(path_of(base, file));
    }
    if let Some(file) = value_of(&parameters, &["ssl-key", "sslkey"]) {
        options = options.ssl_client_key(path_of(base, file));
    }
    if let Some(password) = password {
        options = options.password(password.expose_secret());
    }
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let place = format!(
        "{}@{host}/{}",
        options.get_username(),
        options.get_database().unwrap_or_default()
    );
    Ok(Server {
        options,
        files: Vec::new(),
        place,
    })
}
