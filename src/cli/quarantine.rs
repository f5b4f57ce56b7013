//! `rekon quarantine list|release|reject`.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::run::collected_line;
use super::{Exit, Output, Usage, identity, print, print_json};
use crate::config::Config;
use crate::run::{self, Decision, Taken};
use crate::store::{QuarantineState, Quarantined};

pub async fn list(config: &Config, all: bool, output: Output) -> Result<Exit> {
    let store = run::open_store(config).await?;
    let mut mails = store.quarantined().await?;
    store.close().await;
    mails.retain(|one| all || one.state == QuarantineState::Held);
    match output {
        Output::Json => print_json(&Value::Array(mails.iter().map(value).collect()))?,
        Output::Text if mails.is_empty() => print("No mail is held in quarantine.")?,
        Output::Text => {
            for one in &mails {
                print(&text(one, config))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn text(one: &Quarantined, config: &Config) -> String {
    let mail = &one.mail;
    let at = |instant: DateTime<Utc>| {
        let local = instant.with_timezone(&config.zone);
        local.format("%Y-%m-%d %H:%M").to_string()
    };
    let received = mail.received_at.map_or("unknown".to_owned(), at);
    let mut out = format!(
        "{}  {}  {}\n    from      {}\n    subject   {}\n    received  {received}, mailbox {}, Message-ID <{}>\n    reason    {}",
        one.id,
        one.state.name(),
        one.channels.join(", "),
        mail.sender,
        mail.subject,
        mail.mailbox,
        mail.message_id,
        one.reason.replace('\n', "\n              "),
    );
    if let Some(decided) = one.decided_at {
        out.push_str(&format!(
            "\n    {}  {} by {}: {}",
            one.state.name(),
            at(decided),
            one.decided_by,
            one.decision
        ));
    }
    out
}

fn value(one: &Quarantined) -> Value {
    let mail = &one.mail;
    json!({
        "id": one.id,
        "state": one.state.name(),
        "channels": one.channels,
        "mailbox": mail.mailbox,
        "folder": mail.folder,
        "uid_validity": mail.uid_validity,
        "uid": mail.uid,
        "message_id": mail.message_id,
        "from": mail.sender,
        "subject": mail.subject,
        "date": mail.sent_at.map(|at| at.to_rfc3339()),
        "received_at": mail.received_at.map(|at| at.to_rfc3339()),
        "sha256": mail.sha256,
        "reason": one.reason,
        "quarantined_at": one.quarantined_at.to_rfc3339(),
        "decided_at": one.decided_at.map(|at| at.to_rfc3339()),
        "decided_by": one.decided_by,
        "decision": one.decision,
    })
}

pub async fn decide(
    config: &Config,
    id: i64,
    decision: Decision,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Exit> {
    if reason.trim().is_empty() {
        let why = "--reason: say how you know, it is kept with the mail";
        bail!(Usage(why.to_owned()));
    }
    let Some((before, collected)) =
        run::decide(config, id, decision, reason, &identity::user(), now).await?
    else {
        bail!(Usage(format!(
            "there is no quarantined mail {id}; `rekon quarantine list` shows them"
        )));
    };
    if before.state == QuarantineState::Released {
        print(&format!(
            "Mail {id} was released already by {}: {}. Its files can be taken back with `rekon files withdraw`.",
            before.decided_by, before.decision
        ))?;
        return Ok(Exit::Done);
    }
    if decision == Decision::Reject {
        if collected.is_empty() {
            print(&format!("Mail {id} is rejected; nothing of it counts."))?;
            return Ok(Exit::Done);
        }
        print(&format!(
            "Mail {id} is rejected. What was taken in of it before still counts:"
        ))?;
        for one in &collected {
            print(&format!(
                "{}: {} (file {}); `rekon files withdraw {} --reason …` takes it back",
                one.channel, one.name, one.id, one.id
            ))?;
        }
        return Ok(Exit::Done);
    }
    print(&format!("Mail {id} is released."))?;
    let mut exit = Exit::Done;
    for one in &collected {
        if matches!(one.taken, Taken::Refused { .. }) {
            exit = Exit::BadData;
        }
        print(&collected_line(one))?;
    }
    Ok(exit)
}
