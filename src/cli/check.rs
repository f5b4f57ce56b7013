//! `rekon check`: one line for each thing a run needs, with the fix where it is not there.

mod columns;
mod ledger;

use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, Days, Utc};

use super::{Exit, outbox, print};
use crate::config::{Channel, Config, MailTransport, Mailbox, Place};
use crate::domain::holidays::{HolidaySource, JointLeave};
use crate::domain::time::{Calendar, previous};
use crate::mail;
use crate::report::labels::Language;
use crate::report::{sample, view};
use crate::run;
use crate::sources::mailbox::authenticity::Authentication;
use crate::sources::{folder, sftp};
use crate::store::Mails;

struct Checks {
    endings: Vec<Exit>,
}

impl Checks {
    fn tell(&mut self, what: &str, result: Result<String>) -> Result<()> {
        match result {
            Ok(said) => print(&format!("ok    {what}: {said}")),
            Err(error) => {
                self.endings.push(Exit::of(&error));
                // Some faults begin with the very thing they are about.
                let said = format!("{error:#}");
                let said = ["{}: ", "{} "]
                    .iter()
                    .find_map(|form| said.strip_prefix(&form.replace("{}", what)))
                    .unwrap_or(&said);
                print(&format!("FAIL  {what}: {said}"))
            }
        }
    }

    /// What is not wrong and yet worth knowing.
    fn note(&mut self, what: &str, notice: Result<Option<String>>) -> Result<()> {
        match notice {
            Ok(None) => Ok(()),
            Ok(Some(said)) => print(&format!("NOTE  {what}: {said}")),
            Err(error) => self.tell(what, Err(error)),
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
    let mut waiting = Vec::new();
    let mut unread = Vec::new();
    let opened = match run::open_store(config).await {
        Ok(store) => {
            let mails = run::mails(&store, Mails::Open).await;
            unread = columns::unread(config, &store).await;
            store.close().await;
            mails.map(|mails| {
                waiting = outbox::notices(&mails, now);
                config.state.to_string()
            })
        }
        Err(error) => Err(error),
    };
    checks.tell("state", opened)?;
    let archive = crate::archive::Archive::open(&config.archive)
        .and_then(|archive| archive.keep(b"rekon check\n"))
        .map(|_| format!("{}, writable", config.archive.display()));
    checks.tell("archive", archive)?;
    ledger::check(config, now, &mut checks).await?;
    for channel in &config.channels {
        let what = format!("channel {}, calendar", channel.name);
        checks.tell(&what, Ok(calendar(channel, now)))?;
    }
    for channel in &config.channels {
        for source in &channel.sources {
            let Place::Folder { folder, pattern } = &source.place else {
                continue;
            };
            let listed = folder::list(folder, pattern)
                .and_then(
                    |listing| match (listing.unreadable.first(), listing.others.first()) {
                        (Some((name, reason)), _) => bail!("{name}: {reason}"),
                        (None, Some((name, what))) => bail!("{name}: it is {what}, not a file"),
                        (None, None) => Ok(listing.candidates.len()),
                    },
                )
                .map(|files| format!("{}, {files} file(s) match {pattern}", folder.display()));
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
    for (what, notice) in unread {
        checks.note(&what, notice)?;
    }
    for mailbox in config.mailboxes.values() {
        mailbox_check(config, mailbox, &mut checks).await?;
    }
    for account in config.sftp.values() {
        sftp_check(config, account, &mut checks).await?;
    }
    templates_check(config, now, &mut checks)?;
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
    for notice in waiting {
        checks.note("outbox", Ok(Some(notice)))?;
    }
    Ok(Exit::first(&checks.endings))
}

/// Which templates are the operator's own, and whether they can render a report.
fn templates_check(config: &Config, now: DateTime<Utc>, checks: &mut Checks) -> Result<()> {
    let loaded = run::templates(config);
    let mut faults = loaded.faults;
    let mut usable = loaded.templates;
    for language in [Language::Id, Language::En] {
        let sample = view::view(&sample::input(language, now));
        let (rest, unusable) = usable.that_render(&sample);
        usable = rest;
        faults.extend(unusable);
    }
    for fault in faults {
        checks.tell("templates", Err(fault.into()))?;
    }
    for name in loaded.strangers {
        let said = format!(
            "{name} is no template of rekon; those are {}",
            usable.names().join(", ")
        );
        checks.note("templates", Ok(Some(said)))?;
    }
    let own: Vec<&str> = usable.own().into_iter().collect();
    let said = match own.is_empty() {
        true => format!("{}, built in", usable.names().join(", ")),
        false => format!(
            "your own {}; a sample report renders; the others are built in",
            own.join(", ")
        ),
    };
    checks.tell("templates", Ok(said))
}

/// When yesterday's file is expected, by which holidays, and how far these reach.
fn calendar(channel: &Channel, now: DateTime<Utc>) -> String {
    let today = channel.rules.days.date_of(now);
    let due = run::due(channel, previous(today)).with_timezone(&channel.rules.days.zone);
    let kind = match &channel.calendar {
        Calendar::EveryDay => "every day".to_owned(),
        Calendar::Weekdays => "Monday to Friday, no holidays".to_owned(),
        Calendar::WorkingDays { holidays } => {
            let list = match holidays.source() {
                HolidaySource::BuiltIn => "Indonesia's holidays (built in)".to_owned(),
                HolidaySource::File(name) => format!("the holidays of {name}"),
            };
            let years: Vec<String> = holidays.years().map(|year| year.to_string()).collect();
            let joint_leave = match holidays.joint_leave() {
                JointLeave::Holiday => "",
                JointLeave::Working => ", joint leave is a working day",
            };
            format!(
                "working days without {list} of {}{joint_leave}",
                years.join(", ")
            )
        }
    };
    let mut said = format!(
        "{kind}; the file of {} is expected by {}",
        previous(today),
        due.format("%Y-%m-%d %H:%M")
    );
    // Months ahead of the first date that would be judged wrongly: the decrees come in autumn.
    let ahead = [previous(today), today + Days::new(60)];
    for gap in run::unlisted(channel, &ahead) {
        said.push_str(&format!("\n      NOTE: {gap}"));
    }
    said
}

/// Logs in, counts what the rules would take today, and looks at nothing else.
async fn mailbox_check(config: &Config, mailbox: &Mailbox, checks: &mut Checks) -> Result<()> {
    let name = &mailbox.account.name;
    let what = format!("mailbox {name}");
    let all: Vec<&Channel> = config.channels.iter().collect();
    let rules = run::rules(config, mailbox, &all);
    if rules.is_empty() {
        let said = "no channel takes its mails; add [[channel.source]] mailbox = \"…\"";
        return checks.tell(&what, Ok(said.to_owned()));
    }
    let look = match run::look(mailbox, &rules).await {
        Ok(look) => look,
        Err(fault) => return checks.tell(&what, Err(fault.into())),
    };
    let proof = match &mailbox.authentication {
        Authentication::Authserv { id } => format!("senders proven by {id}"),
        Authentication::Microsoft365 => "senders proven by Exchange Online".to_owned(),
        Authentication::None => "SENDERS ARE NOT PROVEN (authentication = \"none\")".to_owned(),
    };
    checks.tell(
        &what,
        Ok(format!(
            "{}:{}, {} mail(s) in {}, {proof}",
            mailbox.account.host, mailbox.account.port, look.mails, mailbox.account.folder
        )),
    )?;
    for (channel, (listed, pretending)) in &look.by_channel {
        let mut said = format!("{listed} mail(s) from its senders would be looked into");
        if *pretending > 0 {
            said.push_str(&format!(
                "; {pretending} that only look so go to quarantine if they bring a report"
            ));
        }
        checks.tell(&format!("channel {channel}, {what}"), Ok(said))?;
    }
    for folder in &look.missing_folders {
        let said = format!("there is no folder {folder} yet; the first mail put there creates it");
        checks.tell(&what, Ok(said))?;
    }
    if !look.moves {
        let said = "the server cannot move mails: they are flagged and stay where they are";
        checks.tell(&what, Ok(said.to_owned()))?;
    }
    Ok(())
}

/// Logs in and lists; nothing is fetched or moved.
async fn sftp_check(config: &Config, account: &sftp::Account, checks: &mut Checks) -> Result<()> {
    let what = format!("sftp {}", account.name);
    let mut session = match sftp::Session::connect(account).await {
        Ok(session) => session,
        Err(fault) => return checks.tell(&what, Err(fault.into())),
    };
    let said = format!(
        "{}:{} is the server of known_hosts and takes the login",
        account.host, account.port
    );
    checks.tell(&what, Ok(said))?;
    for channel in &config.channels {
        for source in &channel.sources {
            let Place::Sftp {
                account: name,
                pattern,
            } = &source.place
            else {
                continue;
            };
            if *name != account.name {
                continue;
            }
            let listed = match session.list(pattern).await {
                Ok(listing) => match listing.unreadable.first() {
                    Some((name, reason)) => Err(anyhow!("{name}: {reason}")),
                    None => Ok(format!(
                        "{} file(s) match {pattern} in {}",
                        listing.files.len(),
                        account.folder
                    )),
                },
                Err(fault) => Err(fault.into()),
            };
            checks.tell(&format!("channel {}, {what}", channel.name), listed)?;
        }
    }
    session.close().await;
    Ok(())
}
