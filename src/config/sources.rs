//! Where reports come from: mailboxes, SFTP accounts, and the rules of each channel's sources.

use std::collections::BTreeMap;
use std::time::Duration;

use glob::Pattern;
use regex::{Regex, RegexBuilder};

use super::check::{Checking, PASSWORD_HINT, redact};
use super::raw::{RawLimits, RawMailbox, RawSftp, RawSize, RawSource};
use super::{ConfigError, MailRule, Mailbox, Place, Source};
use crate::credential::Credential;
use crate::profiles::Limits;
use crate::sources::mailbox::authenticity::{Authentication, SenderRule};
use crate::sources::{mailbox, sftp};
use crate::spelling::{self, nearest};

/// RFC822.SIZE of the largest mail that is fetched.
const MAIL_BYTES: u64 = 30 << 20;
const AUTHSERV_HINT: &str = "trusted_authserv = \"mx.merchant.example\": the first word of the topmost \
     Authentication-Results in a mail you received, up to its `;`";

/// Who, where: `user@host:port/path` of a URL.
struct Target {
    user: String,
    host: String,
    port: u16,
    path: String,
}

impl Checking<'_> {
    pub(super) fn mailboxes(
        &self,
        raw: BTreeMap<String, RawMailbox>,
    ) -> Result<BTreeMap<String, Mailbox>, ConfigError> {
        raw.into_iter()
            .map(|(name, raw)| Ok((name.clone(), self.mailbox(name, raw)?)))
            .collect()
    }

    fn mailbox(&self, name: String, raw: RawMailbox) -> Result<Mailbox, ConfigError> {
        let key = |field: &str| format!("mailbox.{name}.{field}");
        let example = "\"imaps://user@mail.example:993\"";
        let target = self.target(&key("url"), &raw.url, "imaps", 993, example)?;
        let place = format!("mailbox.{name}");
        let credential =
            self.credential(&place, raw.password.as_deref(), raw.oauth2_token_command)?;
        let Some(credential) = credential else {
            return Err(self.refuse(
                key("password"),
                "nothing proves who reads the mailbox",
                "password = \"env:IMAP_PASSWORD\", or oauth2_token_command = \"…\"",
            ));
        };
        let folder = self.mail_folder(key("folder"), raw.folder)?;
        let processed = self.mail_folder(key("processed"), raw.processed)?;
        let quarantine = self.mail_folder(key("quarantine"), raw.quarantine)?;
        let same = |a: &str, b: &str| a == b || a.eq_ignore_ascii_case(b);
        for (field, other) in [("processed", &processed), ("quarantine", &quarantine)] {
            if same(&folder, other) {
                let reason = format!("`{other}` is the folder that mails arrive in");
                return Err(self.refuse(key(field), reason, "name another folder"));
            }
        }
        if same(&processed, &quarantine) {
            let reason = format!("`{quarantine}` is where believed mails go, too");
            return Err(self.refuse(key("quarantine"), reason, "name another folder"));
        }
        let authentication =
            self.authentication(&name, raw.authentication, raw.trusted_authserv)?;
        if raw.attempts == 0 || raw.attempts > 100 {
            let reason = format!("{} is not between 1 and 100", raw.attempts);
            return Err(self.refuse(key("attempts"), reason, "3 is usual"));
        }
        Ok(Mailbox {
            account: mailbox::Account {
                host: target.host,
                port: target.port,
                user: target.user,
                credential,
                ca: raw.ca.map(|path| self.path(&path)),
                folder,
                timeout: self.timeout(&key("timeout"), &raw.timeout)?,
                name,
            },
            processed,
            quarantine,
            authentication,
            attempts: raw.attempts,
        })
    }

    fn authentication(
        &self,
        name: &str,
        mode: Option<String>,
        trusted: Option<String>,
    ) -> Result<Authentication, ConfigError> {
        let key = |field: &str| format!("mailbox.{name}.{field}");
        let modes = ["authserv", "microsoft365", "none"];
        match (mode.as_deref(), trusted) {
            (None, _) => Err(self.refuse(
                key("authentication"),
                "nothing says how a genuine mail is told from a forged one",
                "\"authserv\" with trusted_authserv = the name your mail server writes first in its \
                 Authentication-Results; \"microsoft365\" for Exchange Online; \"none\" believes the \
                 From of every mail, and every report says so",
            )),
            (Some("authserv"), Some(id)) if authserv_fits(&id) => {
                Ok(Authentication::Authserv { id })
            }
            (Some("authserv"), Some(id)) => Err(self.refuse(
                key("trusted_authserv"),
                format!("`{id}` is no authserv-id"),
                AUTHSERV_HINT,
            )),
            (Some("authserv"), None) => Err(self.refuse(
                key("trusted_authserv"),
                "nothing says whose Authentication-Results count",
                AUTHSERV_HINT,
            )),
            (Some("microsoft365"), None) => Ok(Authentication::Microsoft365),
            (Some("none"), None) => Ok(Authentication::None),
            (Some(mode), Some(_)) if modes.contains(&mode) => Err(self.refuse(
                key("trusted_authserv"),
                format!("means nothing with authentication = \"{mode}\""),
                "leave it out, or set authentication = \"authserv\"",
            )),
            (Some(other), _) => Err(self.choice(key("authentication"), other, &modes)),
        }
    }

    pub(super) fn sftp_accounts(
        &self,
        raw: BTreeMap<String, RawSftp>,
    ) -> Result<BTreeMap<String, sftp::Account>, ConfigError> {
        raw.into_iter()
            .map(|(name, raw)| Ok((name.clone(), self.sftp_account(name, raw)?)))
            .collect()
    }

    fn sftp_account(&self, name: String, raw: RawSftp) -> Result<sftp::Account, ConfigError> {
        let key = |field: &str| format!("sftp.{name}.{field}");
        let example = "\"sftp://user@host:22/reports\"";
        let target = self.target(&key("url"), &raw.url, "sftp", 22, example)?;
        let login = match (raw.key, raw.password, raw.passphrase) {
            (Some(path), None, _) if !path.starts_with("env:") && !path.starts_with("file:") => {
                return Err(self.refuse(
                    key("key"),
                    "has to say where the private key is kept",
                    "key = \"file:id_ed25519\"; one that stood in this file has to be replaced",
                ));
            }
            (Some(pem), None, passphrase) => sftp::Login::Key {
                pem: self.secret(&key("key"), &pem)?,
                passphrase: passphrase
                    .map(|text| self.secret(&key("passphrase"), &text))
                    .transpose()?,
            },
            (None, Some(password), None) => {
                sftp::Login::Password(self.secret(&key("password"), &password)?)
            }
            (None, _, Some(_)) => {
                return Err(self.refuse(
                    key("passphrase"),
                    "there is no key it could open",
                    "key = \"file:id_ed25519\"",
                ));
            }
            (Some(_), Some(_), _) => {
                return Err(self.refuse(
                    key("password"),
                    "there is a key, too",
                    "keep one of them; the passphrase of a key is `passphrase`",
                ));
            }
            (None, None, None) => {
                return Err(self.refuse(
                    key("key"),
                    "nothing proves who logs in",
                    "key = \"file:id_ed25519\", or password = \"env:SFTP_PASSWORD\"",
                ));
            }
        };
        let Some(known_hosts) = raw.known_hosts else {
            return Err(self.refuse(
                key("known_hosts"),
                "nothing says which server is the right one",
                format!(
                    "known_hosts = \"known_hosts\", written by `ssh-keyscan -p {} {}` and compared \
                     with the fingerprint your provider tells you",
                    target.port, target.host
                ),
            ));
        };
        let folder = match target.path.strip_prefix("/~") {
            // As curl has it: below the folder that the login starts in.
            Some("") | Some("/") => ".".to_owned(),
            Some(below) => below.trim_start_matches('/').to_owned(),
            None if target.path.is_empty() => ".".to_owned(),
            None => target.path,
        };
        Ok(sftp::Account {
            host: target.host,
            port: target.port,
            user: target.user,
            login,
            known_hosts: self.path(&known_hosts),
            folder,
            processed: raw.processed,
            timeout: self.timeout(&key("timeout"), &raw.timeout)?,
            name,
        })
    }

    pub(super) fn sources(
        &self,
        channel: usize,
        raw: Vec<RawSource>,
        mailboxes: &BTreeMap<String, Mailbox>,
        sftp: &BTreeMap<String, sftp::Account>,
    ) -> Result<Vec<Source>, ConfigError> {
        let mut sources = Vec::new();
        for (position, raw) in raw.into_iter().enumerate() {
            let key = format!("channel[{channel}].source[{position}]");
            sources.push(self.source(key, raw, mailboxes, sftp)?);
        }
        Ok(sources)
    }

    fn source(
        &self,
        place: String,
        raw: RawSource,
        mailboxes: &BTreeMap<String, Mailbox>,
        sftp: &BTreeMap<String, sftp::Account>,
    ) -> Result<Source, ConfigError> {
        let key = |field: &str| format!("{place}.{field}");
        let password = raw
            .password
            .as_deref()
            .map(|text| self.secret(&key("password"), text))
            .transpose()?;
        let of_mail = [
            ("from", raw.from.is_some()),
            ("subject", raw.subject.is_some()),
            ("attachment", raw.attachment.is_some()),
        ];
        let meant = match (raw.folder, raw.mailbox, raw.sftp) {
            (Some(folder), None, None) => Place::Folder {
                folder: self.path(&folder),
                pattern: self.pattern(key("pattern"), raw.pattern.clone())?,
            },
            (None, None, Some(account)) => Place::Sftp {
                account: self.known(key("sftp"), account, sftp, "sftp")?,
                pattern: self.pattern(key("pattern"), raw.pattern.clone())?,
            },
            (None, Some(mailbox), None) => {
                let mailbox = self.known(key("mailbox"), mailbox, mailboxes, "mailbox")?;
                if raw.pattern.is_some() {
                    return Err(self.refuse(
                        key("pattern"),
                        "a mailbox has mails, not files",
                        "attachment = \"*.xlsx\" says which attachments",
                    ));
                }
                let rule = MailRule {
                    from: self.senders(&key("from"), raw.from)?,
                    subject: raw
                        .subject
                        .map(|text| self.subject(key("subject"), &text))
                        .transpose()?,
                    attachment: self.pattern(key("attachment"), raw.attachment)?,
                };
                return Ok(Source {
                    place: Place::Mailbox { mailbox, rule },
                    key: place,
                    password,
                });
            }
            (None, None, None) => {
                return Err(self.refuse(
                    place,
                    "nothing says where the reports arrive",
                    "folder = \"inbox/ovo\", mailbox = \"settlements\" or sftp = \"tokopedia\"",
                ));
            }
            (folder, mailbox, sftp) => {
                let given = [("folder", folder), ("mailbox", mailbox), ("sftp", sftp)];
                let given = given.iter().filter(|(_, name)| name.is_some());
                let given: Vec<&str> = given.map(|(field, _)| *field).collect();
                return Err(self.refuse(
                    place,
                    format!("{} in one source", given.join(" and ")),
                    "keep one, and give the other a [[channel.source]] of its own",
                ));
            }
        };
        if let Some((field, _)) = of_mail.iter().find(|(_, given)| *given) {
            return Err(self.refuse(
                key(field),
                "only mails have this",
                "it goes with mailbox = \"…\"; files are chosen by `pattern`",
            ));
        }
        Ok(Source {
            key: place,
            place: meant,
            password,
        })
    }

    fn known<T>(
        &self,
        key: String,
        name: String,
        configured: &BTreeMap<String, T>,
        table: &str,
    ) -> Result<String, ConfigError> {
        if configured.contains_key(&name) {
            return Ok(name);
        }
        let hint = match nearest(&name, configured.keys().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("add [{table}.{name}]"),
        };
        Err(self.refuse(key, format!("there is no [{table}.{name}]"), hint))
    }

    fn senders(&self, key: &str, raw: Option<Vec<String>>) -> Result<Vec<SenderRule>, ConfigError> {
        let raw = raw.filter(|list| !list.is_empty()).ok_or_else(|| {
            self.refuse(
                key,
                "nobody is allowed to send this report",
                "from = [\"reports@provider.example\"], or a whole domain: [\"@provider.example\"]",
            )
        })?;
        raw.iter()
            .map(|text| {
                SenderRule::parse(text).map_err(|reason| {
                    let hint = "what stands between < and > in the From of their mails";
                    self.refuse(key, reason.to_string(), hint)
                })
            })
            .collect()
    }

    fn pattern(&self, key: String, text: Option<String>) -> Result<Pattern, ConfigError> {
        let text = text.unwrap_or_else(|| "*".to_owned());
        Pattern::new(&text).map_err(|error| {
            let reason = format!("`{text}`: {}", error.msg);
            self.refuse(key, reason, "use `*` and `?` as in \"*.csv\"")
        })
    }

    /// Part of a subject, or a whole one with `*` and `?`; capitals make no difference.
    fn subject(&self, key: String, text: &str) -> Result<Regex, ConfigError> {
        let mut pattern = String::new();
        for letter in text.trim().chars() {
            match letter {
                '*' => pattern.push_str(".*"),
                '?' => pattern.push('.'),
                other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
        }
        let whole = text.contains(['*', '?']);
        let pattern = if whole {
            format!("^{pattern}$")
        } else {
            pattern
        };
        RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .build()
            .map_err(|error| self.refuse(key, error.to_string(), "a shorter one"))
    }

    pub(super) fn credential(
        &self,
        place: &str,
        password: Option<&str>,
        command: Option<String>,
    ) -> Result<Option<Credential>, ConfigError> {
        match (password, command) {
            (Some(_), Some(_)) => Err(self.refuse(
                format!("{place}.oauth2_token_command"),
                "there is a password, too",
                "keep one of them",
            )),
            (Some(text), None) => {
                let password = self.secret(&format!("{place}.password"), text)?;
                Ok(Some(Credential::Password(password)))
            }
            (None, Some(command)) if command.trim().is_empty() => Err(self.refuse(
                format!("{place}.oauth2_token_command"),
                "is empty",
                "a command that prints an access token",
            )),
            (None, command) => Ok(command.map(Credential::TokenCommand)),
        }
    }

    /// A name that travels as it is: others would need a spelling only IMAP knows.
    fn mail_folder(&self, key: String, name: String) -> Result<String, ConfigError> {
        let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if fits && !name.contains(['*', '%', '&']) {
            return Ok(name);
        }
        let reason = format!("`{name}` is no folder name that every server reads alike");
        Err(self.refuse(
            key,
            reason,
            "letters a to z, digits, spaces, `/` and `.`: \"INBOX/Reports\"",
        ))
    }

    fn timeout(&self, key: &str, text: &str) -> Result<Duration, ConfigError> {
        let timeout = self.duration(key, text)?;
        match timeout.to_std() {
            Ok(timeout) if timeout >= Duration::from_secs(1) => Ok(timeout),
            _ => Err(self.refuse(
                key,
                format!("`{text}` is too short for any server"),
                "\"60s\" is usual",
            )),
        }
    }

    fn target(
        &self,
        key: &str,
        text: &str,
        scheme: &str,
        port: u16,
        example: &str,
    ) -> Result<Target, ConfigError> {
        let url = self.resolved(key, text)?;
        // Also where the URL is a secret itself: what stands before `@` is shown as the user.
        self.refuse_password(key, text, &url, PASSWORD_HINT)?;
        let bad =
            |reason: &str| self.refuse(key, format!("`{}` {reason}", redact(text, &url)), example);
        let rest = url
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
            .ok_or_else(|| {
                bad(&format!(
                    "is no {scheme}:// URL; nothing travels unencrypted"
                ))
            })?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (user, host) = authority
            .rsplit_once('@')
            .ok_or_else(|| bad("names no user"))?;
        let (host, port) = match host.rsplit_once(':') {
            // An IPv6 address has colons of its own.
            Some((host, digits)) if !digits.ends_with(']') => (
                host,
                digits
                    .parse()
                    .map_err(|_| bad("has no port number after its last `:`"))?,
            ),
            _ => (host, port),
        };
        // `user%40domain`: addresses as user names are common.
        let user = user.replace("%40", "@");
        if user.is_empty() || host.is_empty() || user.contains(char::is_control) {
            return Err(bad("names no user or no host"));
        }
        Ok(Target {
            user,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }

    pub(super) fn limits(&self, raw: RawLimits) -> Result<(u64, Limits), ConfigError> {
        let usual = Limits::default();
        let refused = |name: &str, reason: String, hint: &str| {
            self.refuse(format!("limits.{name}"), reason, hint)
        };
        let size = |name: &str, raw: Option<RawSize>, usual: u64, most: u64| {
            let hint = "bytes, or a whole number with its unit: \"64KiB\", \"30MiB\", \"2GiB\"";
            let value = match raw {
                None => return Ok(usual),
                Some(RawSize::Number(number)) => number,
                Some(RawSize::Text(text)) => spelling::bytes(&text)
                    .ok_or_else(|| refused(name, format!("`{text}` is no size"), hint))?,
            };
            if (1..=most).contains(&value) {
                return Ok(value);
            }
            let (value, most) = (spelling::size(value), spelling::size(most));
            let reason = format!("{value} is not between 1 byte and {most}");
            Err(refused(name, reason, hint))
        };
        let count = |name: &str, raw: Option<RawSize>, usual: u64, most: u64| {
            let hint = format!("{usual} unless you say otherwise");
            match raw {
                None => Ok(usual),
                Some(RawSize::Number(value)) if (1..=most).contains(&value) => Ok(value),
                Some(RawSize::Number(value)) => {
                    let reason = format!("{value} is not between 1 and {most}");
                    Err(refused(name, reason, &hint))
                }
                Some(RawSize::Text(text)) => {
                    Err(refused(name, format!("`{text}` is no whole number"), &hint))
                }
            }
        };
        let most_bytes = 1 << 40;
        let most_rows = u64::from(u32::MAX);
        Ok((
            size("mail_bytes", raw.mail_bytes, MAIL_BYTES, 1 << 30)?,
            Limits {
                file_bytes: size("file_bytes", raw.file_bytes, usual.file_bytes, most_bytes)?,
                record_bytes: size(
                    "record_bytes",
                    raw.record_bytes,
                    usual.record_bytes as u64,
                    1 << 30,
                )? as usize,
                field_bytes: size(
                    "field_bytes",
                    raw.field_bytes,
                    usual.field_bytes as u64,
                    1 << 30,
                )? as usize,
                rows: count("rows", raw.rows, u64::from(usual.rows), most_rows)? as u32,
                columns: count("columns", raw.columns, u64::from(usual.columns), 16_384)? as u32,
                sheets: count("sheets", raw.sheets, usual.sheets as u64, 100_000)? as usize,
                rejected_rows: count(
                    "rejected_rows",
                    raw.rejected_rows,
                    usual.rejected_rows as u64,
                    most_rows,
                )? as usize,
                row_repeats: count(
                    "row_repeats",
                    raw.row_repeats,
                    u64::from(usual.row_repeats),
                    most_rows,
                )? as u32,
                zip_entries: count("zip_entries", raw.zip_entries, usual.zip_entries, 1 << 20)?,
                zip_total: size("zip_total", raw.zip_total, usual.zip_total, most_bytes)?,
                zip_part: size("zip_part", raw.zip_part, usual.zip_part, most_bytes)?,
                zip_ratio: count("zip_ratio", raw.zip_ratio, usual.zip_ratio, 1 << 20)?,
                zip_ratio_from: size(
                    "zip_ratio_from",
                    raw.zip_ratio_from,
                    usual.zip_ratio_from,
                    most_bytes,
                )?,
            },
        ))
    }
}

/// A name as a mail server writes it: one word of visible ASCII (RFC 8601 §2.5).
fn authserv_fits(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}
