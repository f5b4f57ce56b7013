//! `rekon breaks note|assign|resolve|write-off|approve|reopen`, `verify` and `purge`.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::{Day, Exit, Usage, identity, print};
use crate::config::Config;
use crate::domain::acts::{Act, Approval};
use crate::report::labels::Language;
use crate::report::words;
use crate::run::{self, Asked, Done, KnownHead};

/// Records the same act for each of these breaks.
pub async fn act(
    config: &Config,
    ids: &[String],
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Exit> {
    let wanted: Vec<(String, Asked)> = ids.iter().map(|id| (id.clone(), asked.clone())).collect();
    let by = identity::user();
    for done in run::act(config, &wanted, &by, now).await? {
        print(&said(&done, &by))?;
    }
    Ok(Exit::Done)
}

/// What was recorded, in a sentence.
pub fn said(done: &Done, by: &str) -> String {
    let id = &done.id;
    match &done.act {
        Act::Note { .. } => format!("{id}: noted by {by}"),
        Act::Assign { owner } if owner.is_empty() => format!("{id}: belongs to nobody now"),
        Act::Assign { owner } => format!("{id}: belongs to {owner}"),
        Act::Resolve { reason, .. } => format!("{id}: resolved by {by}: {reason}"),
        Act::WriteOff {
            reason,
            amount,
            approval,
            ..
        } => {
            let amount = words::rupiah(*amount, Language::En);
            match approval {
                Approval::NotNeeded => format!("{id}: {amount} written off by {by}: {reason}"),
                Approval::Needed => format!(
                    "{id}: {amount} to be written off ({reason}); it stays open until a second \
                     person runs `rekon breaks approve {id}`"
                ),
            }
        }
        Act::Approve { .. } => format!("{id}: write-off approved by {by}"),
        Act::Reopen { reason } => format!("{id}: opened again by {by}: {reason}"),
        Act::Believe { reason, .. } => format!("{id}: accepted by {by}: {reason}"),
    }
}

/// `rekon verify`.
pub async fn verify(config: &Config, head: Option<&str>) -> Result<Exit> {
    let head = head.map(known_head).transpose()?;
    let verified = run::verify(config, head.as_ref()).await?;
    match &verified.head {
        None => print("The audit chain is empty: nothing was taken in or concluded yet.")?,
        Some(last) => print(&format!(
            "Audit chain: {} entries, the last one {} of {}\n\
             Keep this elsewhere: --head {}:{} proves later that nothing up to here was changed or \
             cut off",
            verified.entries, last.hash, last.at, last.seq, last.hash
        ))?,
    }
    for (what, count) in &verified.sound {
        print(&format!("ok    {count} {what} are what was recorded"))?;
    }
    if verified.removed > 0 {
        print(&format!(
            "ok    {} were removed on purpose; their hashes stand",
            verified.removed
        ))?;
    }
    if verified.before_the_chain > 0 {
        print(&format!(
            "note  {} results are older than the chain and not covered by it",
            verified.before_the_chain
        ))?;
    }
    if !verified.sealed.is_empty() {
        let tables = verified.sealed.join("; ");
        print(&format!("note  sealed as they stood: {tables}"))?;
    }
    if verified.unfinished > 0 {
        print(&format!(
            "note  {} unfinished files of killed runs lie in the archive; the next run removes them",
            verified.unfinished
        ))?;
    }
    for fault in &verified.faults {
        print(&format!("FAIL  {fault}"))?;
    }
    if verified.faults.is_empty() {
        return Ok(Exit::Done);
    }
    print(
        "What fails here was changed outside of rekon. Restore state and archive from a backup, \
         and compare with the chain heads that stand in the mailed reports.",
    )?;
    Ok(Exit::BadData)
}

/// `NUMBER:HASH`, or a hash alone; its first letters will do.
fn known_head(text: &str) -> Result<KnownHead> {
    let (seq, hash) = match text.split_once(':') {
        Some((seq, hash)) => (Some(seq), hash.trim()),
        None => (None, text),
    };
    let parsed = seq.map(|seq| seq.trim().parse::<i64>()).transpose();
    match parsed {
        Ok(seq) if hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(KnownHead {
                seq,
                hash: hash.to_ascii_lowercase(),
            })
        }
        _ => bail!(Usage(format!(
            "--head: `{text}` is not a chain head: write NUMBER:HASH as a report shows them, at least \
             the first 8 letters of the hash"
        ))),
    }
}

/// `rekon purge`.
pub async fn purge(
    config: &Config,
    before: Option<Day>,
    reason: &str,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<Exit> {
    if reason.trim().is_empty() {
        let why = "--reason: say why, it is kept in the audit chain";
        bail!(Usage(why.to_owned()));
    }
    let before = before.map(|day| day.resolve(config.zone, now));
    let (date, purge) = match dry_run {
        true => run::would_purge(config, before, now).await?,
        false => run::purge(config, before, &identity::user(), reason, now).await?,
    };
    let verb = if dry_run {
        "would be removed"
    } else {
        "removed"
    };
    print(&format!(
        "Before {date}: {} files and mails, {} results, {} notes, values of {} rejected rows and \
         personal data of {} items {verb}; totals and hashes stay.",
        purge.bytes.len(),
        purge.results,
        purge.notes,
        purge.rejected_rows,
        purge.items
    ))?;
    Ok(Exit::Done)
}
