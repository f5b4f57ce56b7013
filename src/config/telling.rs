//! Who is told what, when and how: `[mail]`, `[[report]]`, `[alert]`, and what tells those outside
//! rekon that it runs: `[schedule]`, `[health]`, `[metrics]`.

use std::net::SocketAddr;

use chrono::{Duration, Weekday};

use super::check::{Checking, PASSWORD_HINT, redact};
use super::raw::{RawAlert, RawHealth, RawMail, RawMetrics, RawReport, RawSchedule, RawSize};
use super::{
    Alert, Channel, ConfigError, Health, Mail, MailTransport, Metrics, Schedule, Subscription,
};
use crate::database::is_loopback;
use crate::mail::Security;
use crate::report::labels::Language;
use crate::spelling::{self, nearest};

/// What most mail servers take, with room for what base64 adds.
const ATTACHMENTS: u64 = 10 << 20;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl Checking<'_> {
    pub(super) fn reports(
        &self,
        raw: Vec<RawReport>,
        channels: &[Channel],
        mail: Option<&Mail>,
    ) -> Result<Vec<Subscription>, ConfigError> {
        let names: Vec<String> = channels
            .iter()
            .map(|channel| channel.name.clone())
            .collect();
        let mut reports: Vec<Subscription> = Vec::new();
        for (position, report) in raw.into_iter().enumerate() {
            let report = self.report(position, report, &names, mail)?;
            if reports.iter().any(|other| other.name == report.name) {
                let key = format!("report[{position}].name");
                let reason = format!("`{}` is taken by another report", report.name);
                return Err(self.refuse(key, reason, "give each report a name of its own"));
            }
            reports.push(report);
        }
        Ok(reports)
    }

    fn report(
        &self,
        position: usize,
        raw: RawReport,
        channels: &[String],
        mail: Option<&Mail>,
    ) -> Result<Subscription, ConfigError> {
        let key = |name: &str| format!("report[{position}].{name}");
        if raw.to.is_empty() {
            return Err(self.refuse(key("to"), "nobody would get it", "to = [\"finance@…\"]"));
        }
        self.recipients(&key("to"), &raw.to, mail)?;
        let strange = raw
            .channels
            .iter()
            .find(|channel| !channels.contains(channel));
        if let Some(channel) = strange {
            let hint = match nearest(channel, channels.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("configured channels: {}", channels.join(", ")),
            };
            let reason = format!("there is no channel `{channel}`");
            return Err(self.refuse(key("channels"), reason, hint));
        }
        let language = self.language(&key("language"), &raw.language)?;
        Ok(Subscription {
            at: raw
                .at
                .as_deref()
                .map(|at| self.time(&key("at"), at))
                .transpose()?,
            weekdays: self.weekdays(&key("weekdays"), &raw.weekdays)?,
            heartbeat: match raw.heartbeat.as_deref() {
                None | Some("never") => None,
                Some(day) => Some(self.weekday(&key("heartbeat"), day)?),
            },
            name: raw.name,
            to: raw.to,
            channels: if raw.channels.is_empty() {
                channels.to_vec()
            } else {
                raw.channels
            },
            when: raw.when,
            language,
            attach: raw.attach,
            unmask: raw.unmask,
        })
    }

    pub(super) fn mail(&self, raw: RawMail) -> Result<Mail, ConfigError> {
        if raw.from.parse::<lettre::message::Mailbox>().is_err() {
            let reason = format!("`{}` is no sender", raw.from);
            return Err(self.refuse(
                "mail.from",
                reason,
                "from = \"Rekon <rekon@merchant.example>\"",
            ));
        }
        let attachment_limit = self.size("mail.attachment_limit", raw.attachment_limit.as_ref())?;
        let credential =
            self.credential("mail", raw.password.as_deref(), raw.oauth2_token_command)?;
        let transport = self.resolved("mail.transport", &raw.transport)?;
        if let Some(path) = transport.strip_prefix("directory:") {
            return Ok(Mail {
                transport: MailTransport::Directory(self.path(path)),
                from: raw.from,
                allow_domains: raw.allow_domains,
                attachment_limit,
            });
        }
        let hint = "\"directory:mail\", \"smtps://user@host:465\" or \"smtp://user@host:587\"";
        let (security, rest) = match (
            transport.strip_prefix("smtps://"),
            transport.strip_prefix("smtp://"),
        ) {
            (Some(rest), _) => (Security::ImplicitTls, rest),
            (_, Some(rest)) => (Security::StartTls, rest),
            _ => {
                let reason = format!("`{}` is no transport", redact(&raw.transport, &transport));
                return Err(self.refuse("mail.transport", reason, hint));
            }
        };
        self.refuse_password("mail.transport", &raw.transport, &transport, PASSWORD_HINT)?;
        let (user, host) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, rest.trim_end_matches('/')),
        };
        let default_port = if security == Security::ImplicitTls {
            465
        } else {
            587
        };
        let (host, port) = match host.rsplit_once(':') {
            // An IPv6 address has colons of its own.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (host, Some(default_port)),
        };
        let bare = host.strip_prefix('[').and_then(|one| one.strip_suffix(']'));
        let host = bare.unwrap_or(host);
        let (false, Some(port)) = (host.is_empty(), port) else {
            return Err(self.refuse("mail.transport", "host or port cannot be read", hint));
        };
        // Whoever writes `Localhost` wants TLS to this host.
        let may_be_plain = is_loopback(host) && host == host.to_ascii_lowercase();
        let security = if may_be_plain && security == Security::StartTls {
            Security::PlainLoopback
        } else {
            security
        };
        let host = host.to_owned();
        Ok(Mail {
            transport: MailTransport::Smtp {
                host,
                port,
                security,
                user,
                credential,
            },
            from: raw.from,
            allow_domains: raw.allow_domains,
            attachment_limit,
        })
    }

    /// Addresses that are mail addresses, in domains that may be written to.
    fn recipients(&self, key: &str, to: &[String], mail: Option<&Mail>) -> Result<(), ConfigError> {
        let allowed = mail.map_or(&[][..], |mail| &mail.allow_domains);
        for address in to {
            let Ok(parsed) = address.parse::<lettre::Address>() else {
                let reason = format!("`{address}` is no mail address");
                return Err(self.refuse(key, reason, "write it as name@domain"));
            };
            let domain = |one: &String| one.eq_ignore_ascii_case(parsed.domain());
            if !allowed.is_empty() && !allowed.iter().any(domain) {
                return Err(self.refuse(
                    key,
                    format!("{address} is in none of the domains that reports may go to"),
                    format!("allowed by mail.allow_domains: {}", allowed.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn weekday(&self, key: &str, text: &str) -> Result<Weekday, ConfigError> {
        let known = WEEKDAYS.map(|(name, _)| name);
        let found = WEEKDAYS.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, day)| *day)
            .ok_or_else(|| self.choice(key.to_owned(), text, &known))
    }

    /// Every day where none is named.
    fn weekdays(&self, key: &str, named: &[String]) -> Result<Vec<Weekday>, ConfigError> {
        if named.is_empty() {
            return Ok(WEEKDAYS.map(|(_, day)| day).to_vec());
        }
        let days = named.iter().map(|text| self.weekday(key, text));
        days.collect()
    }

    fn size(&self, key: &str, raw: Option<&RawSize>) -> Result<u64, ConfigError> {
        match raw {
            None => Ok(ATTACHMENTS),
            Some(RawSize::Number(bytes)) => Ok(*bytes),
            Some(RawSize::Text(text)) => spelling::bytes(text).ok_or_else(|| {
                self.refuse(
                    key,
                    format!("`{text}` is no size"),
                    "a whole number of bytes, or with its unit: \"10MiB\"",
                )
            }),
        }
    }

    pub(super) fn alert(
        &self,
        raw: Option<RawAlert>,
        mail: Option<&Mail>,
    ) -> Result<Option<Alert>, ConfigError> {
        let Some(raw) = raw else { return Ok(None) };
        if mail.is_none() {
            return Err(self.refuse(
                "alert",
                "alerts go by mail and there is no [mail]",
                "add [mail] with transport = \"smtps://user@host:465\"",
            ));
        }
        if raw.to.is_empty() {
            return Err(self.refuse("alert.to", "nobody would get it", "to = [\"ops@…\"]"));
        }
        self.recipients("alert.to", &raw.to, mail)?;
        let language = self.language("alert.language", &raw.language)?;
        Ok(Some(Alert {
            to: raw.to,
            language,
        }))
    }

    fn language(&self, key: &str, name: &str) -> Result<Language, ConfigError> {
        match name {
            "id" => Ok(Language::Id),
            "en" => Ok(Language::En),
            other => Err(self.choice(key.to_owned(), other, &["id", "en"])),
        }
    }

    pub(super) fn schedule(
        &self,
        raw: Option<RawSchedule>,
    ) -> Result<Option<Schedule>, ConfigError> {
        let Some(raw) = raw else { return Ok(None) };
        let collect_every = raw
            .collect_every
            .map(|text| self.duration("schedule.collect_every", &text))
            .transpose()?;
        if collect_every.is_some_and(|every| every < Duration::minutes(1)) {
            return Err(self.refuse(
                "schedule.collect_every",
                "more often than every minute",
                "\"5m\" or \"15m\"; leave it out to collect in the nightly run alone",
            ));
        }
        Ok(Some(Schedule {
            run: self.time("schedule.run", &raw.run)?,
            collect_every,
        }))
    }

    pub(super) fn health(&self, raw: Option<RawHealth>) -> Result<Option<Health>, ConfigError> {
        let Some(raw) = raw else { return Ok(None) };
        let ping = self.resolved("health.ping", &raw.ping)?;
        let host = match (ping.strip_prefix("https://"), ping.strip_prefix("http://")) {
            (Some(rest), _) => rest,
            (_, Some(rest)) => {
                let authority = rest.split('/').next().unwrap_or_default();
                let host = match authority.rsplit_once(':') {
                    Some((host, port)) if !port.ends_with(']') => host,
                    _ => authority,
                };
                if !is_loopback(host) {
                    return Err(self.refuse(
                        "health.ping",
                        "a ping to another host would travel unencrypted",
                        "use its https:// address",
                    ));
                }
                rest
            }
            _ => "",
        };
        if host.trim_start_matches('/').is_empty() {
            return Err(self.refuse(
                "health.ping",
                format!("`{}` is no address to ping", redact(&raw.ping, &ping)),
                "ping = \"env:REKON_PING\", which holds the https:// address of the check",
            ));
        }
        Ok(Some(Health {
            ping: ping.trim_end_matches('/').to_owned().into(),
        }))
    }

    pub(super) fn metrics(&self, raw: Option<RawMetrics>) -> Result<Option<Metrics>, ConfigError> {
        let Some(raw) = raw else { return Ok(None) };
        let listen = raw
            .listen
            .map(|text| {
                let address = text.parse::<SocketAddr>().ok();
                address.filter(|at| at.ip().is_loopback()).ok_or_else(|| {
                    self.refuse(
                        "metrics.listen",
                        format!("`{text}` is no loopback address with a port"),
                        "listen = \"127.0.0.1:9464\"",
                    )
                })
            })
            .transpose()?;
        if raw.file.is_none() && listen.is_none() {
            return Err(self.refuse(
                "metrics",
                "says neither where to write nor where to listen",
                "file = \"/var/lib/prometheus/node-exporter/rekon.prom\"",
            ));
        }
        Ok(Some(Metrics {
            file: raw.file.map(|path| self.path(&path)),
            listen,
        }))
    }
}
