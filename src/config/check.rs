//! Checking a configuration once: `Raw` → [`Config`], each refusal with key, reason and hint.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveTime};
use chrono_tz::Tz;
use secrecy::SecretString;

use super::calendar::RawCalendar;
use super::raw::{Raw, RawBreaks, RawChannel, RawDate, RawLedger};
use super::{Breaks, Channel, Config, ConfigError, Ledger, MailTransport, Source, Writable};
use crate::database::Database;
use crate::domain::money::{Money, NumberStyle, Unit};
use crate::domain::rules::Rules;
use crate::domain::status::{Kind, Status};
use crate::domain::time::BusinessDay;
use crate::ledger::{Negative, quoted_bound};
use crate::profiles::{AmountBasis, FilesPerDate, Limits, Profile};
use crate::spelling::{self, nearest};

/// Where the password of a URL belongs.
pub(super) const PASSWORD_HINT: &str =
    "move it: password = \"env:NAME\" or \"file:PATH\", and change it";

/// The file being checked; its folder is what relative paths start from.
pub struct Checking<'a> {
    pub file: &'a Path,
    pub base: &'a Path,
}

/// Of a date, where the channel says nothing: beyond it nobody works through them one by one.
const BREAK_LIMIT: usize = 200_000;

impl Checking<'_> {
    pub fn refuse(
        &self,
        key: impl Into<String>,
        reason: impl Into<String>,
        hint: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            file: self.file.to_owned(),
            key: key.into(),
            reason: reason.into(),
            hint: hint.into(),
        }
    }

    /// TOML's own error, with its line, and the nearest known key for a misspelt one.
    pub fn syntax(&self, error: &toml::de::Error, text: &str) -> ConfigError {
        let line = error.span().map(|span| {
            text.get(..span.start)
                .map_or(1, |before| before.matches('\n').count() + 1)
        });
        let place = line.map_or("file".to_owned(), |line| format!("line {line}"));
        let message = error.message().trim().to_owned();
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split_once('`'));
        match unknown {
            Some((key, rest)) => {
                let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
                let hint = match nearest(key, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known keys here: {}", known.join(", ")),
                };
                self.refuse(format!("{place}: {key}"), "unknown key", hint)
            }
            None => self.refuse(
                place,
                in_toml(&message),
                "docs/configuration.md has every key with its default",
            ),
        }
    }

    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.base.join(text)
    }

    pub fn check(&self, raw: Raw) -> Result<Config, ConfigError> {
        let zone = self.zone("timezone", &raw.timezone)?;
        if raw.channel.is_empty() {
            return Err(self.refuse("channel", "no channel is configured", "add a [[channel]]"));
        }
        let mailboxes = self.mailboxes(raw.mailbox)?;
        let sftp = self.sftp_accounts(raw.sftp)?;
        let (mail_bytes, limits) = self.limits(raw.limits)?;
        let mut channels: Vec<Channel> = Vec::new();
        for (position, mut channel) in raw.channel.into_iter().enumerate() {
            let sources = std::mem::take(&mut channel.source);
            let sources = self.sources(position, sources, &mailboxes, &sftp)?;
            let channel = self.channel(position, channel, zone, sources, limits.clone())?;
            if channels.iter().any(|other| other.name == channel.name) {
                let key = format!("channel[{position}].name");
                let reason = format!("`{}` is taken by another channel", channel.name);
                return Err(self.refuse(key, reason, "give each channel a name of its own"));
            }
            channels.push(channel);
        }
        tell_apart(&mut channels);
        let ledger = self.ledger(raw.ledger)?;
        for (position, channel) in channels.iter().enumerate() {
            if let Some(bound) = quoted_bound(&channel.ledger_query, &ledger.database) {
                return Err(self.refuse(
                    format!("channel[{position}].ledger_query"),
                    format!("{bound} stands in quotes: it is a text there, and no row is compared with the date"),
                    format!("write {bound} without quotes: it is bound as a value"),
                ));
            }
        }
        let mail = raw.mail.map(|mail| self.mail(mail)).transpose()?;
        let reports = self.reports(raw.report, &channels, mail.as_ref())?;
        if mail.is_none() && !reports.is_empty() {
            return Err(self.refuse(
                "mail",
                "a [[report]] has recipients but there is no [mail]",
                "add [mail] with transport = \"directory:mail\" or \"smtps://user@host:465\"",
            ));
        }
        let publish = match mail.as_ref().map(|mail| &mail.transport) {
            Some(MailTransport::Directory(path)) => path.clone(),
            _ => self.path(&raw.reports),
        };
        Ok(Config {
            file: self.file.to_owned(),
            zone,
            merchant: raw
                .merchant
                .map(|name| self.one_line("merchant", name))
                .transpose()?,
            state: self.state(&raw.state)?,
            archive: self.path(&raw.archive),
            publish,
            catch_up: self.duration("catch_up", &raw.catch_up)?,
            retention: raw
                .retention
                .map(|text| self.duration("retention", &text))
                .transpose()?,
            ledger,
            channels,
            mailboxes,
            sftp,
            mail_bytes,
            breaks: self.breaks(raw.breaks)?,
            alert: self.alert(raw.alert, mail.as_ref())?,
            mail,
            reports,
            templates: raw.templates.map(|path| self.path(&path)),
            schedule: self.schedule(raw.schedule)?,
            health: self.health(raw.health)?,
            metrics: self.metrics(raw.metrics)?,
        })
    }

    fn channel(
        &self,
        position: usize,
        raw: RawChannel,
        zone: Tz,
        sources: Vec<Source>,
        limits: Limits,
    ) -> Result<Channel, ConfigError> {
        let key = |name: &str| format!("channel[{position}].{name}");
        let name_fits = !raw.name.is_empty()
            && raw
                .name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if !name_fits {
            let hint = "use letters, digits, `-` and `_`, as in \"ovo\"";
            return Err(self.refuse(key("name"), format!("`{}` is no name", raw.name), hint));
        }
        let profile = Profile::load(&raw.profile, self.base).map_err(|error| {
            self.refuse(
                key("profile"),
                error.to_string(),
                "`rekon profiles list` shows the built-in ones; a path is relative to this file",
            )
        })?;
        let details = profile.details.clone();
        let match_if_present = profile
            .match_if_present
            .iter()
            .filter_map(|field| details.iter().position(|name| name == field))
            .collect();
        let duration = |name: &str, text: &str| self.duration(&key(name), text);
        let tolerance = |name: &str, text: &str| {
            Money::parse(text, NumberStyle::Plain, Unit::Rupiah)
                .ok()
                .filter(|money| !money.is_negative())
                .ok_or_else(|| {
                    let reason = format!("`{text}` is no amount of rupiah");
                    self.refuse(
                        key(name),
                        reason,
                        "write it plainly: \"0\", \"50\" or \"0.50\"",
                    )
                })
        };
        let rules = Rules {
            direction: profile.money,
            days: BusinessDay {
                zone,
                cutoff: self.cutoff(&key("cutoff"), &raw.cutoff)?,
            },
            amount_tolerance: tolerance("amount_tolerance", &raw.amount_tolerance)?,
            fee_tolerance: tolerance("fee_tolerance", &raw.fee_tolerance)?,
            pending_sla: match &raw.pending_sla {
                Some(text) => duration("pending_sla", text)?,
                None => profile.defaults.pending_sla,
            },
            timing_grace: duration("timing_grace", &raw.timing_grace)?,
            key_lifetime: duration("key_lifetime", &raw.key_lifetime)?.num_days(),
            key: profile.key.clone(),
            details,
            match_if_present,
        };
        let calendar = self.calendar(
            key,
            &RawCalendar {
                calendar: raw.calendar.as_deref(),
                holidays: raw.holidays.as_deref(),
                joint_leave: raw.joint_leave.as_deref(),
                default: profile.defaults.calendar,
            },
        )?;
        let files_per_date = match raw.files_per_date.as_deref() {
            None => profile.defaults.files_per_date,
            Some("one") => FilesPerDate::One,
            Some("parts") => FilesPerDate::Parts,
            Some("many") => FilesPerDate::Many,
            Some(other) => {
                return Err(self.choice(key("files_per_date"), other, &["one", "parts", "many"]));
            }
        };
        let amount_basis = match raw.amount_basis.as_str() {
            "gross" => AmountBasis::Gross,
            "net-of-admin-fee" => AmountBasis::NetOfAdminFee,
            other => {
                return Err(self.choice(
                    key("amount_basis"),
                    other,
                    &["gross", "net-of-admin-fee"],
                ));
            }
        };
        let ledger_unit = match raw.ledger_amounts.as_str() {
            "rupiah" => Unit::Rupiah,
            "minor" => Unit::Minor,
            other => return Err(self.choice(key("ledger_amounts"), other, &["rupiah", "minor"])),
        };
        let ledger_negative = match raw.ledger_negative.as_str() {
            "reject" => Negative::Reject,
            "payment" => Negative::Payment,
            "refund" => Negative::Undo(Kind::Refund),
            "reversal" => Negative::Undo(Kind::Reversal),
            "void" => Negative::Undo(Kind::Void),
            other => {
                let known = ["reject", "payment", "refund", "reversal", "void"];
                return Err(self.choice(key("ledger_negative"), other, &known));
            }
        };
        let mut ledger_status = BTreeMap::new();
        for (ours, canonical) in raw.ledger_status {
            let status = Status::from_name(&canonical).ok_or_else(|| {
                self.choice(
                    key(&format!("ledger_status.{ours}")),
                    &canonical,
                    &Status::NAMES,
                )
            })?;
            ledger_status.insert(ours, status);
        }
        for name in ["from", "to"] {
            if !raw.ledger_query.contains(&format!(":{name}")) {
                return Err(self.refuse(
                    key("ledger_query"),
                    format!("does not bind :{name}"),
                    "restrict it to one business date: occurred >= :from AND occurred < :to",
                ));
            }
        }
        let start = match raw.start {
            None => None,
            Some(date) => {
                let text = match date {
                    RawDate::Text(text) => text,
                    RawDate::Toml(date) => date.to_string(),
                };
                Some(text.parse().map_err(|_| {
                    let reason = format!("`{text}` is no date");
                    self.refuse(key("start"), reason, "write it as YYYY-MM-DD")
                })?)
            }
        };
        Ok(Channel {
            start,
            due: match &raw.due {
                Some(text) => self.time(&key("due"), text)?,
                None => profile.defaults.due,
            },
            ledger_zone: self.zone(&key("ledger_zone"), &raw.ledger_zone)?,
            title: match raw.title.or_else(|| profile.title.clone()) {
                Some(title) => self.one_line(&key("title"), title)?,
                None => raw.name.clone(),
            },
            name: raw.name,
            profile,
            rules,
            break_limit: match raw.break_limit {
                Some(0) => {
                    let hint = format!("{BREAK_LIMIT} unless you say otherwise");
                    return Err(self.refuse(key("break_limit"), "no break at all", hint));
                }
                Some(limit) => limit as usize,
                None => BREAK_LIMIT,
            },
            calendar,
            files_per_date,
            amount_basis,
            ledger_unit,
            ledger_negative,
            ledger_status,
            ledger_query: raw.ledger_query.trim().trim_end_matches(';').to_owned(),
            partner_contact: raw.partner_contact,
            sources,
            limits,
        })
    }

    /// A name that people read: it stands in subjects, headings and columns.
    fn one_line(&self, key: &str, text: String) -> Result<String, ConfigError> {
        let fits = (1..=LONGEST_NAME).contains(&text.trim().chars().count());
        if !fits || text.contains(char::is_control) {
            let hint = format!("write one line of up to {LONGEST_NAME} characters");
            return Err(self.refuse(key, format!("`{text}` is not a name"), hint));
        }
        Ok(text.trim().to_owned())
    }

    fn breaks(&self, raw: RawBreaks) -> Result<Breaks, ConfigError> {
        let reasons = raw.reasons.unwrap_or_else(usual_reasons);
        let blank = reasons.iter().any(|reason| reason.trim().is_empty());
        if reasons.is_empty() || blank {
            let reason = "a reason is empty, or there is none at all";
            let hint = "reasons = [\"refunded\", \"corrected in the ledger\"]";
            return Err(self.refuse("breaks.reasons", reason, hint));
        }
        let limit = raw.write_off_limit.unwrap_or_else(|| "0".to_owned());
        let write_off_limit = Money::parse(&limit, NumberStyle::Plain, Unit::Rupiah)
            .ok()
            .filter(|money| !money.is_negative())
            .ok_or_else(|| {
                self.refuse(
                    "breaks.write_off_limit",
                    format!("`{limit}` is no amount of rupiah"),
                    "write it plainly: \"50000\"; \"0\" has every write-off approved",
                )
            })?;
        Ok(Breaks {
            reasons,
            write_off_limit,
        })
    }

    /// A value, or what `env:NAME`, `file:PATH` or `credential:NAME` hold.
    pub(super) fn resolved(&self, key: &str, text: &str) -> Result<String, ConfigError> {
        if let Some(name) = text.strip_prefix("credential:") {
            // Where a systemd service finds what its LoadCredential= names.
            let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") else {
                return Err(self.refuse(
                    key,
                    format!("there is no credential {name}: systemd did not start this"),
                    format!(
                        "systemd-run --pty --wait --uid=rekon \
                         -p LoadCredential=rekon:/etc/rekon/credentials/ rekon -c {} check",
                        self.file.display()
                    ),
                ));
            };
            return self.held(key, &Path::new(&folder).join(name));
        }
        if let Some(name) = text.strip_prefix("env:") {
            return std::env::var(name).map_err(|_| {
                let reason = format!("the environment variable {name} is not set");
                self.refuse(
                    key,
                    reason,
                    format!("export {name} in the job's environment"),
                )
            });
        }
        if let Some(path) = text.strip_prefix("file:") {
            return self.held(key, &self.path(path));
        }
        Ok(text.to_owned())
    }

    /// The line that a file holds.
    fn held(&self, key: &str, path: &Path) -> Result<String, ConfigError> {
        std::fs::read_to_string(path)
            .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
            .map_err(|error| {
                let reason = format!("{} cannot be read: {error}", path.display());
                self.refuse(key, reason, "check the path and its permissions")
            })
    }

    pub(super) fn secret(&self, key: &str, text: &str) -> Result<SecretString, ConfigError> {
        if !["env:", "file:", "credential:"]
            .iter()
            .any(|from| text.starts_with(from))
        {
            return Err(self.refuse(
                key,
                "a password stands in the configuration file",
                "write \"env:NAME\" or \"file:PATH\" instead, and change that password",
            ));
        }
        self.resolved(key, text).map(SecretString::from)
    }

    pub(super) fn refuse_password(
        &self,
        key: &str,
        text: &str,
        url: &str,
        hint: &str,
    ) -> Result<(), ConfigError> {
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = authority.split(['/', '?']).next().unwrap_or(authority);
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        if user.contains(':') {
            return Err(self.refuse(
                key,
                format!("a password stands in the URL {}", redact(text, url)),
                hint,
            ));
        }
        Ok(())
    }

    fn ledger(&self, raw: RawLedger) -> Result<Ledger, ConfigError> {
        let password = raw
            .password
            .map(|text| self.secret("ledger.password", &text))
            .transpose()?;
        let database = self.database("ledger.url", &raw.url, password.as_ref())?;
        if raw.load.is_some() && !matches!(database, Database::Sqlite(_)) {
            return Err(self.refuse(
                "ledger.load",
                format!("makes a sample in SQLite, not in {}", database.product()),
                "leave `load` out; the ledger on a server is your own",
            ));
        }
        let timeout = self.duration("ledger.timeout", &raw.timeout)?.to_std();
        let timeout = timeout.ok().filter(|timeout| !timeout.is_zero());
        let timeout = timeout.ok_or_else(|| {
            let reason = format!("`{}` ends every query before it begins", raw.timeout);
            self.refuse("ledger.timeout", reason, "timeout = \"30m\"")
        })?;
        Ok(Ledger {
            database,
            load: raw.load.map(|path| self.path(&path)),
            timeout,
            writable: match raw.allow_writable_ledger {
                true => Writable::Allowed,
                false => Writable::Refused,
            },
        })
    }

    /// Where results, items and mails are kept.
    fn state(&self, text: &str) -> Result<Database, ConfigError> {
        let database = self.database("state", text, None)?;
        if matches!(database, Database::MySql(_)) {
            return Err(self.refuse(
                "state",
                "the state is kept in SQLite or PostgreSQL, not in MySQL",
                "\"sqlite:state.db\", or \"postgres://user@host/database\" where several hosts \
                 run; the ledger may be in MySQL",
            ));
        }
        Ok(database)
    }

    fn database(
        &self,
        key: &str,
        text: &str,
        password: Option<&SecretString>,
    ) -> Result<Database, ConfigError> {
        let named = ["env:", "file:", "credential:"]
            .iter()
            .any(|from| text.starts_with(from));
        let url = self.resolved(key, text)?;
        if !named {
            let hint =
                "write the whole URL as \"env:NAME\" or \"file:PATH\", and change the password";
            self.refuse_password(key, text, &url, hint)?;
        }
        Database::parse(&url, self.base, password)
            .map_err(|refused| self.refuse(key, refused.reason, refused.hint))
    }

    fn zone(&self, key: &str, text: &str) -> Result<Tz, ConfigError> {
        text.parse().map_err(|_| {
            let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            let hint = match nearest(text, known) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "name it as the tz database does: \"Asia/Jakarta\", \"UTC\"".to_owned(),
            };
            self.refuse(key, format!("`{text}` is no time zone"), hint)
        })
    }

    pub(super) fn duration(&self, key: &str, text: &str) -> Result<Duration, ConfigError> {
        spelling::duration(text).ok_or_else(|| {
            let reason = format!("`{text}` is no length of time");
            self.refuse(
                key,
                reason,
                "a whole number with its unit: \"30s\", \"15m\", \"2h\", \"14d\"",
            )
        })
    }

    pub(super) fn time(&self, key: &str, text: &str) -> Result<NaiveTime, ConfigError> {
        NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
            self.refuse(
                key,
                format!("`{text}` is no time of day"),
                "write it as \"08:00\"",
            )
        })
    }

    /// A time of day, or `-00:05` where the provider rolls that much before midnight.
    fn cutoff(&self, key: &str, text: &str) -> Result<Duration, ConfigError> {
        let (early, clock) = match text.strip_prefix('-') {
            Some(clock) => (true, clock),
            None => (false, text),
        };
        let since_midnight = self.time(key, clock)? - NaiveTime::MIN;
        Ok(if early {
            -since_midnight
        } else {
            since_midnight
        })
    }

    pub(super) fn choice(&self, key: String, value: &str, known: &[&str]) -> ConfigError {
        let hint = match nearest(value, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("one of: {}", known.join(", ")),
        };
        self.refuse(key, format!("`{value}` is not known"), hint)
    }
}

/// What most breaks end in.
/// Characters of a name that people read.
const LONGEST_NAME: usize = 60;

/// Channels that would read alike, such as two of one profile, are told apart by their names.
fn tell_apart(channels: &mut [Channel]) {
    let titles: Vec<String> = channels
        .iter()
        .map(|channel| channel.title.clone())
        .collect();
    for channel in channels {
        let alike = titles.iter().filter(|title| **title == channel.title);
        if alike.count() > 1 {
            channel.title = format!("{} ({})", channel.title, channel.name);
        }
    }
}

fn usual_reasons() -> Vec<String> {
    [
        "refunded to the customer",
        "delivered to the customer",
        "paid by the partner",
        "paid to the partner",
        "corrected in the ledger",
        "corrected by the partner",
        "test transaction",
        "other",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// TOML's complaint without the names that our types have.
fn in_toml(message: &str) -> String {
    let wrong = message.strip_prefix("invalid type: ");
    let Some((given, expected)) = wrong.and_then(|wrong| wrong.split_once(", expected ")) else {
        return message.to_owned();
    };
    let expected = match expected {
        "a sequence" => "a list: [\"…\"]",
        "u32" | "u64" | "i64" => "a whole number",
        "a string" => "text in quotes",
        other => other,
    };
    format!("{given} where it wants {expected}")
}

/// What a key holds, as a message may show it: not what was read from elsewhere, and nothing that
/// could be a password.
pub(super) fn redact<'t>(text: &'t str, url: &'t str) -> Cow<'t, str> {
    if text != url {
        return Cow::Borrowed(text);
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    match rest.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let user = user.split(':').next().unwrap_or_default();
            Cow::Owned(format!("{scheme}{user}:•••@{host}"))
        }
        _ => Cow::Borrowed(url),
    }
}
