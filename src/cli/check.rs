//! `rekon check`: one line for each thing a run needs, with the fix where it is not there.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::{Exit, print};
use crate::config::{Config, Database, MailTransport};
use crate::domain::time::previous;
use crate::mail;
use crate::report::html;
use crate::run::{self, ledger_spec, open_ledger};
use crate::sources::folder;

struct Checks {
    endings: Vec<Exit>,
}

impl Checks {
    fn tell(&mut self, what: &str, result: Result<String>) -> Result<()> {
        match result {
            Ok(said) => print(&format!("ok    {what}: {said}")),
            Err(error) => {
                self.endings.push(Exit::of(&error));
                print(&format!("FAIL  {what}: {error:#}"))
            }
        }
    }
}

pub async fn check(config: &Config, now: DateTime<Utc>) -> Result<Exit> {
    let mut checks = Checks {
        endings: Vec::new(),
    };
    checks.tell(
        "configuration",
        Ok(format!(
            "{}, {} channel(s), {} report(s)",
            config.file.display(),
            config.channels.len(),
            config.reports.len()
        )),
    )?;
    let Database::Sqlite(state) = &config.state;
    let opened = match run::open_store(config).await {
        Ok(store) => {
            store.close().await;
            Ok(state.display().to_string())
        }
        Err(error) => Err(error),
    };
    checks.tell("state", opened)?;
    let archive = crate::archive::Archive::open(&config.archive)
        .and_then(|archive| archive.keep(b"rekon check\n"))
        .map(|_| format!("{}, writable", config.archive.display()));
    checks.tell("archive", archive)?;
    match open_ledger(config) {
        Err(error) => checks.tell("ledger", Err(error))?,
        Ok(ledger) => {
            checks.tell("ledger", Ok("opened read-only, in one snapshot".to_owned()))?;
            for channel in &config.channels {
                let yesterday = previous(channel.rules.days.date_of(now));
                let (from, to) = channel.rules.days.span(yesterday);
                let spec = ledger_spec(channel);
                let read = ledger
                    .check(&spec)
                    .and_then(|()| ledger.read(&spec, from, to))
                    .map(|reading| format!("{} entries on {yesterday}", reading.entries.len()));
                checks.tell(
                    &format!("channel {}, ledger query", channel.name),
                    read.map_err(anyhow::Error::from),
                )?;
            }
        }
    }
    for channel in &config.channels {
        for source in &channel.sources {
            let listed = folder::list(&source.folder, &source.pattern)
                .and_then(|listing| match listing.unreadable.first() {
                    Some((name, reason)) => bail!("{name}: {reason}"),
                    None => Ok(listing.candidates.len()),
                })
                .map(|files| {
                    let folder = source.folder.display();
                    format!("{folder}, {files} file(s) match {}", source.pattern)
                });
            let what = format!("channel {}, source", channel.name);
            checks.tell(&what, listed)?;
        }
        if channel.sources.is_empty() {
            checks.tell(
                &format!("channel {}", channel.name),
                Ok("no source; files come by `rekon add`".to_owned()),
            )?;
        }
    }
    checks.tell("templates", html::check().map_err(anyhow::Error::from))?;
    match config.mail.as_ref().map(|mail| &mail.transport) {
        None => checks.tell(
            "mail",
            Ok("none configured; reports are written to files".to_owned()),
        )?,
        Some(MailTransport::Directory(path)) => {
            let made = crate::archive::private_dir(path)
                .map(|()| format!("directory {}", path.display()))
                .map_err(anyhow::Error::from);
            checks.tell("mail", made)?;
        }
        Some(MailTransport::Smtp { host, port, .. }) => {
            let tried = match run::transport(config) {
                Ok(transport) => mail::try_login(&transport)
                    .await
                    .map(|()| format!("{host}:{port} answers and takes the login"))
                    .map_err(anyhow::Error::from),
                Err(error) => Err(error),
            };
            checks.tell("mail", tried)?;
        }
    }
    Ok(Exit::first(&checks.endings))
}
