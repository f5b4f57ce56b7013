//! `rekon files list|withdraw|accept` and `rekon accept`.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::run::collected_line;
use super::{Exit, Output, Usage, identity, origin, print, print_json};
use crate::config::Config;
use crate::report::summary::table;
use crate::run::{self, Taken, chosen, current};
use crate::store::{Beside, FileRecord, FileState};

pub async fn list(config: &Config, channels: &[String], output: Output) -> Result<Exit> {
    let store = run::open_store(config).await?;
    let mut lines = vec![
        [
            "id", "channel", "file", "dates", "rows", "rejected", "standing", "sha256",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut values = Vec::new();
    let mut origins = Vec::new();
    for channel in chosen(config, channels)? {
        let files = store.files(&channel.name).await?;
        let mails = store.mails_of_files(&channel.name).await?;
        let counting = current(&files);
        for file in &files {
            let standing = match file.state {
                FileState::Refused if file.is_held() => "held".to_owned(),
                FileState::Refused => "refused".to_owned(),
                FileState::Withdrawn => "withdrawn".to_owned(),
                FileState::Counted => {
                    match counting.iter().find(|current| current.file.id == file.id) {
                        Some(current) if current.revision > 1 => {
                            format!("revision {}", current.revision)
                        }
                        Some(_) => "counts".to_owned(),
                        None => "superseded".to_owned(),
                    }
                }
            };
            let by = mails.get(&file.id);
            values.push(value(file, &standing, origin::values(by)));
            origins.extend(by.into_iter().flatten().map(|by| {
                let said = origin::text(by, config.zone);
                format!("file {}: {said}", file.id)
            }));
            if file.is_held() {
                origins.push(format!("file {}: {}", file.id, file.reason));
            }
            if !file.accepted.is_empty() {
                origins.push(format!("file {}: accepted: {}", file.id, file.accepted));
            }
            lines.push(vec![
                file.id.to_string(),
                file.channel.clone(),
                file.name.clone(),
                dates(file),
                file.entries.to_string(),
                file.rejected.to_string(),
                standing,
                file.sha256[..12].to_owned(),
            ]);
        }
    }
    store.close().await;
    match output {
        Output::Json => print_json(&Value::Array(values))?,
        Output::Text if lines.len() == 1 => print("No file has been taken in yet.")?,
        Output::Text => {
            let mut out = table(&lines, usize::MAX);
            out.extend(origins);
            print(&out.join("\n"))?;
        }
    }
    Ok(Exit::Done)
}

fn dates(file: &FileRecord) -> String {
    match (file.coverage.first(), file.coverage.last()) {
        (Some(first), Some(last)) if first.0 != last.0 => format!("{} to {}", first.0, last.0),
        (Some(first), _) => first.0.to_string(),
        _ => String::new(),
    }
}

fn value(file: &FileRecord, standing: &str, mails: Value) -> Value {
    json!({
        "id": file.id,
        "channel": file.channel,
        "name": file.name,
        "sha256": file.sha256,
        "origin": file.origin,
        "received_at": file.received_at.to_rfc3339(),
        "dates": file.coverage.iter().map(|line| line.0.to_string()).collect::<Vec<_>>(),
        "part": file.part,
        "parts": file.parts,
        "rows": file.entries,
        "rejected": file.rejected,
        "state": standing,
        "reason": file.reason,
        "accepted": (!file.accepted.is_empty()).then_some(&file.accepted),
        "mails": mails,
    })
}

pub async fn withdraw(config: &Config, id: i64, reason: &str, now: DateTime<Utc>) -> Result<Exit> {
    if reason.trim().is_empty() {
        bail!(Usage(
            "--reason: say why, it is kept with the file".to_owned()
        ));
    }
    let Some(file) = run::withdraw(config, id, reason, now).await? else {
        bail!(Usage(format!(
            "there is no file {id}; `rekon files list` shows them"
        )));
    };
    if file.state == FileState::Withdrawn {
        print(&format!(
            "File {id} ({}) is withdrawn already: {}",
            file.name, file.reason
        ))?;
        return Ok(Exit::Done);
    }
    print(&format!(
        "File {id} ({}) no longer counts; its bytes stay in the archive. \
         The next run judges {} anew; `rekon add` takes it in again.",
        file.name,
        dates(&file)
    ))?;
    Ok(Exit::Done)
}

pub async fn accept(
    config: &Config,
    id: i64,
    reason: &str,
    beside: Option<Beside>,
    now: DateTime<Utc>,
) -> Result<Exit> {
    if reason.trim().is_empty() {
        bail!(Usage(
            "--reason: say why, it is kept with the file".to_owned()
        ));
    }
    let Some((file, taken)) = run::accept(config, id, reason, beside, now).await? else {
        bail!(Usage(format!(
            "there is no file {id}; `rekon files list` shows them"
        )));
    };
    if taken.is_empty() {
        bail!(Usage(format!(
            "file {id} ({}) is {}, not held: there is nothing to accept",
            file.name,
            file.state.name()
        )));
    }
    let mut exit = Exit::Done;
    for one in &taken {
        print(&collected_line(one))?;
        if matches!(one.taken, Taken::Refused { .. }) {
            exit = Exit::BadData;
        }
    }
    if exit == Exit::Done {
        print("The next run judges these dates anew.")?;
    }
    Ok(exit)
}

/// A date whose ledger or file looks wrong is right all the same.
pub async fn accept_date(
    config: &Config,
    channel: &str,
    date: NaiveDate,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Exit> {
    if reason.trim().is_empty() {
        bail!(Usage(
            "--reason: say why, it is told in the report".to_owned()
        ));
    }
    let by = identity::user();
    for channel in chosen(config, &[channel.to_owned()])? {
        let name = &channel.name;
        if !run::accept_date(config, channel, date, reason, &by, now).await? {
            bail!(Usage(format!(
                "{name} {date}: its last result found nothing wrong with the ledger or the file; \
                 `rekon status` shows the dates that are not judged"
            )));
        }
        print(&format!(
            "{name} {date}: accepted by {by}: {reason}\nThe next run judges the date; \
             `rekon run --date {date} --channel {name}` does it now."
        ))?;
    }
    Ok(Exit::Done)
}
